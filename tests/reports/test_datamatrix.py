"""The datamatrix INS of a report: only for a qualified identity, to the letter of the national format."""

from dataclasses import replace

import pytest

from patients.identity import symbol
from rcp.reports.data import IdentityStatus
from rcp.reports.render import ins_content
from tests.reports import samples

GS = "\x1d"


def test_content_follows_the_national_format() -> None:
    assert ins_content(samples.QUALIFIED) == (
        "IS01"
        + "0" * 22
        + f"S1{samples.INS}S2{samples.INS_OID}S3FRANCOISE MARIE ANNE{GS}S4ABHERVE{GS}S5FS611-03-1963S735288"
    )
    real = replace(samples.QUALIFIED, ins_oid="1.2.250.1.213.1.4.8", given_names="A" * 100, birth_place_code="")
    assert ins_content(real) == (
        "IS01" + "0" * 22 + f"S1{samples.INS}S21.2.250.1.213.1.4.8{GS}S3{'A' * 100}S4ABHERVE{GS}S5FS611-03-1963"
    )


def test_the_longest_content_fits() -> None:
    longest = replace(samples.QUALIFIED, given_names="A" * 100, birth_name="B" * 100)
    assert len(symbol.modules(ins_content(longest))) == 64


@pytest.mark.parametrize(
    "change",
    [
        {"sex": "I"},
        {"birth_name": "Abhervé"},
        {"birth_name": "B" * 101},
        {"given_names": ""},
        {"ins_matricule": "263033528800178"},  # a wrong key would fill another file
        {"ins_oid": "1.2.250.1.213.1.4.2"},  # the obsolete INS-C
        {"birth_place_code": "35 288"},
    ],
)
def test_an_identity_that_cannot_be_written_to_the_letter_is_not_drawn(change: dict[str, str]) -> None:
    assert ins_content(replace(samples.QUALIFIED, **change)) == ""


def test_only_a_qualified_identity_has_one() -> None:
    assert ins_content(samples.PATIENT) == ""
    assert ins_content(replace(samples.PATIENT, identity_status=IdentityStatus.QUALIFIED)) == ""
