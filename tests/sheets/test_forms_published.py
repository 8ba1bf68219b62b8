"""The packaged forms are published once: what changed is another version, what did not stays as it is."""

import io

import pytest
from django.core.management import call_command

from rcp.models import FormVersion
from rcp.sheets.code_lists import find, search
from rcp.sheets.definitions import compiled, form_for, packaged_codes
from tests.sheets.casework import sein_meeting

TOPOGRAPHY = "https://dcc.example/fhir/ValueSet/topographie-cim10|2022"
MORPHOLOGY = "https://dcc.example/fhir/ValueSet/morphologie-cimo3|2022"


def test_publishing_again_publishes_nothing(db):
    before = set(FormVersion.objects.values_list("pk", flat=True))
    out = io.StringIO()
    call_command("load_forms", stdout=out)
    assert set(FormVersion.objects.values_list("pk", flat=True)) == before
    assert len(out.getvalue().splitlines()) == len(packaged_codes()) == len(before)


def test_a_board_without_its_form_has_the_trunk(working_as):
    with working_as("alice"):
        board = sein_meeting().board
        assert form_for(board).code == "sein"
        board.form_code = "a-venir"
        assert form_for(board).code == "tronc"


@pytest.mark.parametrize(
    ("canonical", "text", "code"),
    [
        (TOPOGRAPHY, "sein supero", "C50.4"),
        (TOPOGRAPHY, "C50.4", "C50.4"),
        (TOPOGRAPHY, "QUADRANT SUPÉRO-EXTERNE", "C50.4"),
        (MORPHOLOGY, "canal infil", "8500/3"),
        (MORPHOLOGY, "8500", "8500/3"),
    ],
)
def test_coded_answers_are_found_by_code_or_by_words(canonical, text, code):
    assert code in {concept.code for concept in search(canonical, text)}


def test_unknown_codes_and_lists_are_nothing():
    assert search(TOPOGRAPHY, "zzzz") == search("https://dcc.example/other", "sein") == search(TOPOGRAPHY, " ") == []
    assert find(TOPOGRAPHY, "Z99.9") is None
    assert find("https://dcc.example/other", "C50") is None


def test_every_value_set_of_the_forms_is_packaged(db):
    """A coded question whose list is not on the server could never be answered."""
    for form in FormVersion.objects.only("pk"):
        for item in compiled(form.pk).items.values():
            if item.value_set:
                assert search(item.value_set, "tumeur"), item.link_id
