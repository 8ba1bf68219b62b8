"""A validated sheet shows its stage with its edition, and what was forced with who did (clinical.md §6)."""

import html
import re

import pytest

from rcp.cases.actions import validate_case
from tests.sheets.casework import choose, complete, make_case, sit


@pytest.fixture
def staged(working_as):
    """A breast sheet ready to be validated, T2 N1 M0: the edition and the stage are calculated."""
    with working_as("bob") as bob:
        case = make_case(by=bob)
        sit(case.meeting, "bob", "helias", "oumarou")
        sheet = case.sheets.get()
        complete(sheet, by=bob)
        for name, code in (("tnm_type", "c"), ("tnm_t", "T2"), ("tnm_n", "N1"), ("tnm_m", "M0")):
            choose(sheet, f"tronc.{name}", code, by=bob)
    return case


def question(client, case, link_id: str) -> str:
    """What the page says of a question, without its markup."""
    page = client.get(f"/dossiers/{case.pk}/").content.decode()
    assert "Fiche figée le" in page
    found = re.search(rf'<fieldset [^>]*data-path="[^"]*/{re.escape(link_id)}".*?</fieldset>', page, re.S)
    assert found, link_id
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", found[0])).replace("\u00a0", " ").split())


def test_the_stage_is_shown_with_the_edition_and_the_codes_it_comes_from(staged, signed_in, working_as):
    with working_as("bob") as bob:
        validate_case(case_id=staged.pk, by=bob)
    client = signed_in("bob")
    stage = question(client, staged, "tronc.stade")
    assert "IIB" in stage
    assert "Version TNM UICC 8e, T2, N1, M0" in stage
    assert "UICC 8e" in question(client, staged, "tronc.tnm_version")
    assert "forcé" not in stage


@pytest.mark.parametrize(
    ("link_id", "code", "shown", "instead"),
    [
        ("tronc.tnm_version", "uicc7", "UICC 7e", "UICC 8e"),
        ("tronc.stade", "IIIA", "IIIA", "IIB"),
    ],
)
def test_what_was_forced_is_shown_with_who_did_and_what_the_rule_gave(
    staged, signed_in, working_as, link_id, code, shown, instead
):
    with working_as("bob") as bob:
        choose(staged.sheets.get(), link_id, code, by=bob)
        validate_case(case_id=staged.pk, by=bob)
    said = question(signed_in("bob"), staged, link_id)
    assert shown in said
    assert "forcé par Dr Kerjean à " in said
    assert f"le calcul donne : {instead}" in said
    assert "attend" not in said


def test_no_stage_of_another_edition_stands_beside_a_forced_one(staged, signed_in, working_as):
    with working_as("bob") as bob:
        choose(staged.sheets.get(), "tronc.tnm_version", "uicc7", by=bob)
        validate_case(case_id=staged.pk, by=bob)
    stage = question(signed_in("bob"), staged, "tronc.stade")
    assert "non calculé : édition non disponible" in stage
    assert "IIB" not in stage
