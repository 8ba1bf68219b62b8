"""The identity-vigilance cell of a 3C works on identities: the clinical files of that 3C stay closed to it (PAT-05)."""

import html
from typing import Any

import pytest

from patients.models import Patient, ReceivedDocument
from tests.documents.filing import filed
from tests.registration.conftest import in_ten_days, registered  # noqa: F401 - the fixture


def shown(answer: Any) -> str:
    return html.unescape(answer.content.decode())


@pytest.fixture
def followed(working_as, francoise) -> Patient:
    """Of the cell's own 3C, with a case and a document."""
    with working_as("alice") as alice:
        registered(alice, francoise)
        filed(francoise, alice)
    return francoise


def test_the_address_of_the_file_leads_to_the_identity(signed_in, followed):
    answer = signed_in("vigilance").get(f"/patients/{followed.pk}/", follow=True)
    page = shown(answer)
    assert answer.redirect_chain == [(f"/patients/{followed.pk}/identite/", 302)]
    assert "Historique" in page
    assert "Valider avec une pièce d’identité" in page
    for clinical in ("RCP Sein", "chimiothérapie", "Mazurier", "Compte rendu"):
        assert clinical not in page


@pytest.mark.parametrize("section", ["documents", "correspondants", "information", "acces"])
def test_so_does_every_part_of_it(signed_in, followed, section):
    answer = signed_in("vigilance").get(f"/patients/{followed.pk}/?rubrique={section}")
    assert answer.url == f"/patients/{followed.pk}/identite/"


def test_neither_the_documents_nor_the_will_nor_the_address_of_the_patient(signed_in, working_as, followed):
    with working_as("alice"):
        document = ReceivedDocument.objects.get(patient=followed).pk
    cell = signed_in("vigilance")
    for rest in (f"documents/recus/{document}/", f"documents/recus/{document}/contenu/"):
        assert cell.get(f"/patients/{rest}").status_code == 403
    for rest in ("coordonnees/", "information/", "volontes/", "copie/", "documents/ajouter/", "partager/", "demandes/"):
        assert cell.get(f"/patients/{followed.pk}/{rest}").status_code == 403, rest


@pytest.mark.parametrize(
    "rest", ["identite/", "identite/piece/", "identite/traits/", "identite/acte/fictitious/", "ipp/"]
)
def test_what_the_cell_is_for_stays(signed_in, followed, rest):
    assert signed_in("vigilance").get(f"/patients/{followed.pk}/{rest}").status_code == 200


def test_a_search_does_not_tell_it_which_board_heard_of_her(signed_in, followed):
    asked = {"name": followed.birth_name[:5], "birth_date": f"{followed.birth_date:%d%m%Y}"}
    told = {who: shown(signed_in(who).post("/patients/", asked, follow=True)) for who in ("alice", "vigilance")}
    assert all(followed.birth_name in page for page in told.values())
    assert "Dernier passage" in told["alice"]
    assert "Sein" in told["alice"]
    assert "Dernier passage" not in told["vigilance"]
    assert "Sein" not in told["vigilance"]
