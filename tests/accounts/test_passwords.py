"""What a password may not be: one's own name, however it is joined, spelled or mailed."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from dcc.accounts.models import User

SOLENE = User(
    first_name="Solène",
    last_name="Le Goff",
    email="cellule.identite-ouest@hopital.example",
    mssante_address="s.legoff.oncologie@ligea-essai.mssante.fr",
)


@pytest.mark.parametrize(
    "typed",
    [
        "solenelegoff",
        "SolèneLeGoff",
        "le-goff-solene",
        "LeGoff.Solène1",
        "SoleneLeGoff2026",
        "celluleidentiteouest",
        "slegoff-oncologie",
    ],
)
def test_ones_own_name_joined_is_refused(typed):
    with pytest.raises(ValidationError, match="ressemble trop") as refused:
        validate_password(typed, SOLENE)
    assert [one.code for one in refused.value.error_list] == ["password_too_similar"], "said once"


@pytest.mark.parametrize(
    "typed", ["Phare-de-Nividic-1912", "le goff remonte la rivière au printemps", "kouign-amann-34x"]
)
def test_a_sentence_of_several_words_is_taken(typed):
    validate_password(typed, SOLENE)


def test_somebody_else_may_take_it():
    validate_password("solenelegoff", User(first_name="Bob", last_name="Kerjean", email="bob@dcc.example"))


def test_the_form_says_it(signed_in):
    client = signed_in("bob")
    data = {"oldpassword": "Phare-de-Nividic-1912", "password1": "bobkerjean12", "password2": "bobkerjean12"}
    answer = client.post("/compte/password/change/", data)
    assert "ressemble trop à votre nom" in answer.content.decode()
