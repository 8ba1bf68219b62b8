"""The datamatrix INS: only for a qualified identity, and readable by any reader."""

import hashlib
from dataclasses import replace

import pytest

from rcp.reports import datamatrix
from rcp.reports.data import IdentityStatus
from tests.reports import samples

GS = "\x1d"


def _rows(modules: list[list[bool]]) -> list[str]:
    return ["".join("01"[dark] for dark in line) for line in modules]


def test_correction_follows_the_examples_of_the_standard() -> None:
    assert datamatrix.encode_ascii("123456") == [142, 164, 186]
    assert datamatrix.reed_solomon([142, 164, 186], 5) == [114, 25, 5, 88, 102]
    assert datamatrix.pad(datamatrix.encode_ascii("A"), 3) == [66, 129, 70]
    assert datamatrix.reed_solomon([66, 129, 70], 5) == [138, 234, 82, 82, 95]


def test_placement_follows_the_published_symbol_of_aimaim() -> None:
    words = [66, 74, 78, 66, 74, 78, 129, 56, 35, 102, 192, 96, 226, 100, 156, 1, 107, 221]
    assert _rows(datamatrix.place(words, 12)) == [
        "011100001111",
        "001010101000",
        "010001010100",
        "001010100010",
        "000111000100",
        "011000010100",
        "000100001101",
        "011000010000",
        "001100001101",
        "100010010111",
        "011101011010",
        "001011001010",
    ]


def test_the_symbol_of_the_standard() -> None:
    assert _rows(datamatrix.modules("123456")) == [
        "1010101010",
        "1100101101",
        "1100000100",
        "1100011101",
        "1100001000",
        "1000001111",
        "1110110000",
        "1111011001",
        "1001110100",
        "1111111111",
    ]


@pytest.mark.parametrize(
    ("length", "side", "digest"),
    [
        (30, 22, "decf5f7bcb9d8312"),
        (60, 32, "59a2f7105aeb4012"),
        (80, 36, "148ec87085104b6e"),
        (110, 40, "83f0613194560839"),
        (140, 44, "477e5ab51f81c145"),
        (170, 48, "c47ed12f37e2cf4c"),
        (200, 52, "1d42e656d4305d3c"),
        (281, 64, "39f5479085bcf3a4"),
    ],
)
def test_larger_symbols_are_those_an_independent_reader_read(length: int, side: int, digest: str) -> None:
    """Symbols of these lengths were read back by ZXing-C++ 1.4 when this was written; any change shows here."""
    modules = datamatrix.modules(("IS01" + "FRANCOISE MARIE " * 20)[:length])
    assert len(modules) == side
    assert hashlib.sha256("\n".join(_rows(modules)).encode()).hexdigest()[:16] == digest


def test_content_follows_the_national_format() -> None:
    assert datamatrix.ins_content(samples.QUALIFIED) == (
        "IS01"
        + "0" * 22
        + f"S1{samples.INS}S2{samples.INS_OID}S3FRANCOISE MARIE ANNE{GS}S4ABHERVE{GS}S5FS611-03-1963S735288"
    )
    real = replace(samples.QUALIFIED, ins_oid="1.2.250.1.213.1.4.8", given_names="A" * 100, birth_place_code="")
    assert datamatrix.ins_content(real) == (
        "IS01" + "0" * 22 + f"S1{samples.INS}S21.2.250.1.213.1.4.8{GS}S3{'A' * 100}S4ABHERVE{GS}S5FS611-03-1963"
    )


def test_the_longest_content_fits() -> None:
    longest = replace(samples.QUALIFIED, given_names="A" * 100, birth_name="B" * 100)
    assert len(datamatrix.modules(datamatrix.ins_content(longest) or "")) == 64


def test_no_datamatrix_for_who_may_not_have_one() -> None:
    assert datamatrix.ins_content(samples.PATIENT) is None
    assert datamatrix.ins_content(replace(samples.PATIENT, identity_status=IdentityStatus.QUALIFIED)) is None
    for field, value in (("sex", "I"), ("birth_name", "Abhervé"), ("given_names", ""), ("birth_name", "B" * 101)):
        assert datamatrix.ins_content(replace(samples.QUALIFIED, **{field: value})) is None


def test_what_cannot_be_encoded_is_refused() -> None:
    with pytest.raises(ValueError, match="ASCII"):
        datamatrix.modules("é")
    with pytest.raises(ValueError, match="too long"):
        datamatrix.modules("A" * 281)
