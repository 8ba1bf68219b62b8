"""Typing an answer: what is understood, what is refused and with which words; how it is then shown (FRM-05, FRM-08)."""

from datetime import date
from typing import Any

import pytest

from rcp.sheets.engine import AnswerRefused, Compiled, display_value, parse_value, range_of
from rcp.sheets.engine.moments import parse_day
from rcp.sheets.engine.regexes import PatternRefused, compile_pattern, matches
from tests.engine.conftest import TODAY, lookup


def typed(form: Compiled, link_id: str, raw: Any) -> Any:
    return parse_value(form, link_id, raw, today=TODAY, lookup=lookup)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("25/11/2025", "2025-11-25"), ("25-11-2025", "2025-11-25"), ("251125", "2025-11-25"),
        ("25112025", "2025-11-25"),
        ("auj", "2025-11-25"), ("Aujourd’hui", "2025-11-25"), ("+7", "2025-12-02"), ("-1", "2025-11-24"),
        ("hier", "2025-11-24"), ("11/2025", "2025-11"), ("2025", "2025"), ("2025-11-25", "2025-11-25"),
        ("12/01", "2026-01-12"), ("03/11", "2025-11-03"), ("1/1/63", "1963-01-01"), ("29/02", "2024-02-29"),
        ("3 mai 2025", "2025-05-03"), ("le 1er août 2025", "2025-08-01"), ("Mai 2025", "2025-05"),
        ("14 févr. 25", "2025-02-14"), ("3 sept", "2025-09-03"), ("3\u00a0décembre 2024", "2024-12-03"),
        ("3 jui 2025", None), ("31 avril 2025", None), ("mai", None), ("3 lundi 2025", None),
        ("31/02/2025", None), ("13/2025", None), ("demain matin", None), ("1234567", None), ("", None),
    ],
)  # fmt: skip
def test_dates_are_read_as_they_are_typed(text: str, found: str | None) -> None:
    if text == "29/02":
        assert parse_day(text, today=TODAY, period="passe") == found
    else:
        assert parse_day(text, today=TODAY) == found


def test_a_date_without_year_is_taken_on_the_side_its_question_looks_to() -> None:
    assert parse_day("03/03", today=TODAY, period="passe") == "2025-03-03"
    assert parse_day("03/03", today=TODAY, period="futur") == "2026-03-03"
    assert parse_day("03/03", today=None) is None
    assert parse_day("+7", today=date.max) is None


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("1 250", 1250), ("1\u202f250,5", "1250.5"), ("2\u00a0500", 2500), ("1250,5 U/mL", "1250.5"),
        ("1 250 U / mL", 1250),
        (",5", "0.5"), ("4,", 4),
    ],
)  # fmt: skip
def test_spaces_in_a_number_stand_between_its_thousands(form: Compiled, text: str, stored: Any) -> None:
    assert typed(form, "sein.ca153", text) == stored


@pytest.mark.parametrize(
    "text", ["4 5", "4 ,5", "4, 5", "12 34", "1 2 3", "1 25", "1250 500", "1  250", "1 250 5", "0,123 456"]
)
def test_a_space_inside_a_number_never_multiplies_it(form: Compiled, text: str) -> None:
    with pytest.raises(AnswerRefused) as refusal:
        typed(form, "sein.ca153", text)
    assert "espace" in refusal.value.message
    assert "sans espace et avec une virgule" in refusal.value.message


@pytest.mark.parametrize(
    ("link_id", "raw", "stored", "shown"),
    [
        ("tronc.poids", "63,5", "63.5", "63,5\u00a0kg"),
        ("tronc.poids", " 63.50 kg", "63.5", "63,5\u00a0kg"),
        ("tronc.taille", "165", 165, "165\u00a0cm"),
        ("sein.ca153", "1 250,5", "1250.5", "1\u202f250,5\u00a0U/mL"),
        ("tronc.perte_poids", "0", 0, "0\u00a0%"),
        ("tronc.rcp_recours", "Oui", True, "Oui"),
        ("tronc.rcp_recours", "false", False, "Non"),
        ("tronc.date_diag", "10/2025", "2025-10", "10/2025"),
        ("tronc.date_acp", "2/10/2025", "2025-10-02", "02/10/2025"),
        ("tronc.allergies", "  pénicilline \n ", "pénicilline", "pénicilline"),
        ("sein.sbr_det", "3/2/1", "3/2/1", "3/2/1"),
        ("tronc.taille", "  ", None, ""),
        ("tronc.comorb", [], None, ""),
        ("tronc.essai_nom", ["ADAGE-Sein"], ["ADAGE-Sein"], "ADAGE-Sein"),
    ],
)
def test_answers_are_read_stored_and_shown(form: Compiled, link_id: str, raw: Any, stored: Any, shown: str) -> None:
    value = typed(form, link_id, raw)
    assert value == stored
    assert type(value) is type(stored)
    assert display_value(form, link_id, value) == shown


def test_choices_are_given_by_key_or_by_label(form: Compiled) -> None:
    by_key, by_label = typed(form, "tronc.statut_cas", "discute"), typed(form, "tronc.statut_cas", "cas DISCUTE")
    assert by_key == by_label == form.item("tronc.statut_cas").option("discute").value
    assert display_value(form, "tronc.statut_cas", by_key) == "Cas discuté"
    several = typed(form, "tronc.comorb", ["diabete", "respiratoire"])
    assert display_value(form, "tronc.comorb", several) == "Diabète, Respiratoire"
    topography = typed(form, "tronc.topo", "C50.4")
    assert display_value(form, "tronc.topo", topography).startswith("C50.4 Tumeur maligne du quadrant")


@pytest.mark.parametrize(
    ("link_id", "raw", "said"),
    [
        ("tronc.taille", "300", "300 cm est au-dessus de 230 cm. Vérifiez la valeur ou son unité (40 à 230 cm)."),
        ("tronc.taille", "1,65 m", "l’unité « m » n’est pas celle attendue. Écrivez la valeur en cm."),
        ("tronc.taille", "16o", "l’unité « o » n’est pas celle attendue"),
        ("tronc.taille", "grande", "« grande » n’est pas un nombre. Écrivez un nombre, 40 à 230 cm."),
        ("tronc.taille", "165,5", "un nombre entier est attendu. Arrondissez 165,5."),
        ("tronc.poids", "63,55", "1 chiffre après la virgule au plus"),
        ("tronc.date_acp", "31/02/2025", "n’est pas une date. Écrivez par exemple 25/11/2025."),
        ("tronc.date_acp", "10/2025", "la date est trop peu précise. Indiquez le jour, le mois et l’année"),
        ("tronc.date_diag", "2025", "Indiquez le mois et l’année, par exemple 11/2025."),
        ("tronc.date_acp", "12/12/2025", "cette date est dans le futur. Indiquez une date au plus tard aujourd’hui."),
        ("tronc.represent_le", "24/11/2025", "cette date est passée. Indiquez une date à partir d’aujourd’hui."),
        ("tronc.oms", "7", "« 7 » n’est pas dans la liste. Choisissez une réponse proposée."),
        ("tronc.oms", ["1", "2"], "une seule réponse est possible. Gardez-en une."),
        ("tronc.comorb", ["aucune", "diabete"], "« Aucune » ne va pas avec une autre réponse."),
        ("tronc.comorb", ["diabete", "diabete"], "une réponse est donnée deux fois."),
        ("tronc.rcp_recours", "peut-être", "n’est ni oui ni non. Choisissez Oui ou Non."),
        ("tronc.topo", "Z99", "n’est pas dans la liste"),
        ("sein.sbr_det", "trois", "la forme attendue n’est pas respectée. Écrivez par exemple 3/2/1."),
        ("tronc.allergies", "x" * 301, "301 caractères, 300 au plus. Raccourcissez le texte."),
        ("tronc.ch.stade", "x", "Cette ligne ne reçoit pas de réponse."),
    ],
)  # fmt: skip
def test_refusals_say_what_is_wrong_then_what_to_do(form: Compiled, link_id: str, raw: Any, said: str) -> None:
    with pytest.raises(AnswerRefused) as refusal:
        typed(form, link_id, raw)
    message = refusal.value.message.replace("\u00a0", " ")
    assert said in message
    assert message.endswith(".")


def test_the_range_is_shown_beside_the_input(form: Compiled) -> None:
    assert range_of(form.item("tronc.taille")) == "40 à 230\u00a0cm"
    assert range_of(form.item("tronc.allergies")) == ""


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        (r"^[^@\s]+@[^@\s]+\.[^@\s]+$", "a@b.fr", True),
        (r"^[^@\s]+@[^@\s]+\.[^@\s]+$", "a@@b.fr", False),
        (r"\d+(,\d+)?", "12,5", True),
        (r"[A-Fa-f0-9-]{2,3}|xyz", "xyz", True),
        (r"a{2,3}b*", "aaaa", False),
        (r"\w\S.\.", "é?x.", True),
    ],
)
def test_patterns_match_the_whole_text(pattern: str, text: str, expected: bool) -> None:
    assert matches(pattern, text) is expected


@pytest.mark.parametrize("pattern", [r"(a+)+", r"(?=a)", r"(a)\1", "a**", "a{1,9999}", "[b-a]", "(a", "a{", "*"])
def test_patterns_outside_the_linear_subset_are_refused(pattern: str) -> None:
    with pytest.raises(PatternRefused):
        compile_pattern(pattern)
