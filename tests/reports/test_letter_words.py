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


@pytest.mark.parametrize(
    ("strict", "received", "said"),
    [
        ("HELENE", "Hélène", "Hélène"),
        ("HELENE", "hélène", "Hélène"),
        ("HELENE", "HÉLÈNE", "Hélène"),
        ("HELENE", "He\u0301le\u0300ne", "Hélène"),
        ("HELENE", "  Hélène ", "Hélène"),
        ("JEAN-FRANCOIS", "jean-françois", "Jean-François"),
        ("MACARENA", "MaCaRena", "MaCaRena"),
        ("HELENE", "HELENE", "HELENE"),  # capitals without accents say no more than the trait
        ("HELENE", "", "HELENE"),
        ("HELENE", "Hélène Marie", "HELENE"),  # the trait was corrected since: other letters are another name
    ],
)
def test_a_given_name_is_said_as_it_was_typed(strict: str, received: str, said: str) -> None:
    assert letter.said_given_name(strict, received) == said


class TestNamesWithTheirAccents:
    """The running sentence has the accents that were typed; the identity block keeps the strict traits (RNIV)."""

    def of(self, **names: str):
        return replace(REPORT, patient=replace(REPORT.patient, **names))

    def test_the_opening_says_both_names_with_their_accents(self) -> None:
        report = self.of(
            first_given_name_received="Françoise", used_given_name="HELENE", used_given_name_received="Hélène"
        )
        assert "Mme\u00a0LE GUILLOU Hélène, née\u00a0ABHERVE Françoise, 62\u00a0ans," in letter.opening(report)

    def test_without_a_used_given_name_the_birth_one_is_said(self) -> None:
        report = self.of(first_given_name_received="Françoise", used_given_name="", used_given_name_received="")
        assert "Mme\u00a0LE GUILLOU Françoise, née\u00a0ABHERVE Françoise," in letter.opening(report)

    def test_one_name_has_the_accents_typed_for_either(self) -> None:
        report = self.of(first_given_name_received="Françoise", used_given_name="FRANCOISE")
        assert "Mme\u00a0LE GUILLOU Françoise, née\u00a0ABHERVE Françoise," in letter.opening(report)
        other = self.of(first_given_name_received="Françoise", used_given_name="HELENE")
        assert "Mme\u00a0LE GUILLOU HELENE, née\u00a0ABHERVE Françoise," in letter.opening(other)

    def test_traits_title_and_foot_stay_strict(self) -> None:
        report = self.of(
            first_given_name_received="Françoise", used_given_name="HELENE", used_given_name_received="Hélène"
        )
        said = [letter.title(report), letter.footer_name(report), *(trait.value for trait in letter.traits(report))]
        assert not [text for text in said if "Françoise" in text or "Hélène" in text]
        assert letter.birth_words(report.patient) == "née\u00a0ABHERVE FRANCOISE"


@pytest.mark.parametrize(
    ("listed", "label", "value"),
    [
        ("FRANCOISE MARIE", "Prénoms de naissance", "FRANCOISE MARIE"),
        ("", "Premier prénom de naissance", "FRANCOISE"),
    ],
)
def test_the_list_of_given_names_is_named_only_when_it_is_known(listed: str, label: str, value: str) -> None:
    patient = replace(REPORT.patient, given_names=listed)
    rows = [(row.label, row.value) for row in letter.traits(replace(REPORT, patient=patient)) if "rénom" in row.label]
    assert rows == [(label, value), ("Prénom utilisé", "FRANCOISE")]
    assert all(row.value for row in letter.traits(replace(REPORT, patient=patient)))
