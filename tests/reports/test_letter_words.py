"""Words of the letter that are made from its data: a name is not said twice, each sentence of the quorum ends."""

from dataclasses import replace

import pytest

from rcp.reports import letter
from tests.reports.samples import TYPICAL as REPORT


@pytest.mark.parametrize(
    ("used", "given"),
    [("", ""), ("ABHERVE", "FRANCOISE"), ("Abhervé", "Françoise"), ("", "françoise"), ("ABHERVÉ", "")],
)
def test_a_birth_name_that_is_the_usual_one_is_not_said_again(used: str, given: str) -> None:
    patient = replace(REPORT.patient, used_name=used, used_given_name=given)
    assert letter.birth_words(patient) == ""


def test_a_birth_name_that_differs_is_said() -> None:
    patient = replace(REPORT.patient, used_name="LE GUILLOU", used_given_name="")
    assert letter.birth_words(patient) == "née\u00a0ABHERVE FRANCOISE"


def test_each_sentence_of_the_quorum_ends_with_one_stop() -> None:
    quorum = replace(REPORT.quorum, missing="Il manque un chirurgien", rule="au moins trois spécialités")
    said = letter.quorum_sentence(replace(REPORT, quorum=quorum))
    assert "Il manque un chirurgien. Règle de la RCP\u00a0: au moins trois spécialités." in said
    assert ".." not in said
