"""The symbol of a datamatrix: drawn by the standard, readable by any reader."""

import hashlib
from pathlib import Path

import pytest

from patients.identity import symbol
from patients.identity.datamatrix import GS, read_datamatrix, write_datamatrix
from patients.identity.ins import Platform
from tests.identity import reading_symbols

SAMPLE = Path(__file__).resolve().parents[2] / "../shared/data/identity/vectors/datamatrix-ins-constructed.txt"


def _rows(modules: list[list[bool]]) -> list[str]:
    return ["".join("01"[dark] for dark in line) for line in modules]


def test_correction_follows_the_examples_of_the_standard() -> None:
    assert symbol.encode_ascii("123456") == [142, 164, 186]
    assert symbol.reed_solomon([142, 164, 186], 5) == [114, 25, 5, 88, 102]
    assert symbol.pad(symbol.encode_ascii("A"), 3) == [66, 129, 70]
    assert symbol.reed_solomon([66, 129, 70], 5) == [138, 234, 82, 82, 95]


def test_placement_follows_the_published_symbol_of_aimaim() -> None:
    words = [66, 74, 78, 66, 74, 78, 129, 56, 35, 102, 192, 96, 226, 100, 156, 1, 107, 221]
    assert _rows(symbol.place(words, 12)) == [
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
    assert _rows(symbol.modules("123456")) == [
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
    modules = symbol.modules(("IS01" + "FRANCOISE MARIE " * 20)[:length])
    assert len(modules) == side
    assert hashlib.sha256("\n".join(_rows(modules)).encode()).hexdigest()[:16] == digest


@pytest.mark.parametrize("length", [3, 10, 30, 60, 80, 110, 140, 170, 200, 281])
def test_what_is_drawn_is_read_back_by_another_reader(length: int) -> None:
    text = ("IS01" + "FRANCOISE MARIE\x1dS4PAT-TROIS'" * 10)[:length]
    drawn = symbol.outline(text)
    assert reading_symbols.read_path(drawn.path, drawn.side) == text


def test_the_other_reader_sees_a_single_wrong_module() -> None:
    """Else the reading above would prove nothing: frame, data and correction are all looked at."""
    modules = symbol.modules("IS01" + "0" * 22)
    for y, x in ((0, 1), (5, 0), (7, 9), (12, 12)):
        modules[y][x] = not modules[y][x]
        with pytest.raises(reading_symbols.Unreadable):
            reading_symbols.read(modules)
        modules[y][x] = not modules[y][x]
    assert reading_symbols.read(modules) == "IS01" + "0" * 22


@pytest.mark.skipif(not SAMPLE.exists(), reason="the shared vectors are not beside this checkout")
def test_the_published_vector_is_drawn_read_and_understood() -> None:
    """From the text of the vector to modules, from modules to text by another reader, from text to traits."""
    text = SAMPLE.read_text(encoding="utf-8").splitlines()[0].replace("<GS>", GS)
    written = write_datamatrix(read_datamatrix(text, platform=Platform.TEST))
    drawn = symbol.outline(written)
    assert drawn.side == 42
    assert reading_symbols.read_path(drawn.path, drawn.side) == text


def test_what_cannot_be_encoded_is_refused() -> None:
    with pytest.raises(ValueError, match="ASCII"):
        symbol.modules("é")
    with pytest.raises(ValueError, match="too long"):
        symbol.modules("A" * 281)
