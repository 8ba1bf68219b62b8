"""Reading HL7 v2: escapes, character sets, liberal line ends, official samples without loss (EXC-03)."""

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interop.hl7v2.mdm import DocumentMessage, build_mdm
from interop.hl7v2.reader import MalformedMessage, parse
from interop.hl7v2.text import escape, unescape
from interop.hl7v2.writer import components, segment

HEADER = b"MSH|^~\\&|A|B|C|D|20260101||ADT^A28^ADT_A05|1|P|2.5^FRA^2.11|||||FRA|UNICODE UTF-8\r"
LINE_BREAKS = ("\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029")


@settings(deadline=None)
@given(st.text())
def test_any_text_survives_escaping(text: str) -> None:
    expected = text
    for line_break in LINE_BREAKS:
        expected = expected.replace(line_break, "\n")
    written = escape(text)
    assert not set(written) & set("|^~&\r\n\x0b\x1c")
    assert unescape(written) == expected


@settings(deadline=None)
@given(st.text(alphabet="\\FSTREX0A1.brHN|é"))
def test_unescaping_never_fails_on_unfinished_sequences(text: str) -> None:
    assert isinstance(unescape(text), str)


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (r"Chir\T\Onco", "Chir&Onco"),
        (r"a\F\b\S\c\R\d\E\e", "a|b^c~d\\e"),
        (r"ligne 1\.br\ligne 2", "ligne 1\nligne 2"),
        (r"caf\XC3A9\ ", "café "),
        (r"reste \Zxx\ tel quel", r"reste \Zxx\ tel quel"),
        ("fin \\", "fin \\"),
    ],
)
def test_escape_sequences_are_read(sent: str, read: str) -> None:
    assert unescape(sent) == read


@settings(deadline=None)
@given(st.lists(st.text(), min_size=1, max_size=6))
def test_written_components_are_read_back(values: list[str]) -> None:
    raw = HEADER + segment("ZZZ", {1: components(*values)}).encode()
    read = parse(raw).segments[1] if any(values) else None
    for position, value in enumerate(values, start=1):
        assert (read.value(1, position) if read else "") == unescape(escape(value))


@pytest.mark.parametrize("line_end", [b"\r", b"\n", b"\r\n"])
def test_any_line_end_is_accepted(line_end: bytes) -> None:
    message = parse(b"\x0b" + (HEADER + b"PID|1||7^^^H&1.2.3&ISO^PI\r").replace(b"\r", line_end) + b"\x1c\r")
    assert [item.name for item in message.segments] == ["MSH", "PID"]
    assert message.value("PID", 3, 4, 2) == "1.2.3"
    assert bool(message.alerts) == (line_end != b"\r")


def test_a_document_cut_over_several_lines_stays_in_its_field() -> None:
    message = parse(HEADER + b"OBX|1|ED|34794-8||^text^XML^Base64^QUJD\nREVG\n||||||F\rNTE|1\r")
    assert message.value("OBX", 11) == "F"
    assert b"".join(message.first("OBX").raw_component(5, 5).split()) == b"QUJDREVG"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("declared", "codec"),
    [("8859/15", "iso-8859-15"), ("8859/1", "iso-8859-1"), ("UNICODE UTF-8", "utf-8"), ("", "utf-8")],
)
def test_the_announced_character_set_is_used(declared: str, codec: str) -> None:
    raw = HEADER.replace(b"UNICODE UTF-8", declared.encode()) + "PID|1||||BÉATRICE\r".encode(codec)
    assert parse(raw).value("PID", 5) == "BÉATRICE"


def test_a_wrong_character_set_is_read_with_an_alert() -> None:
    message = parse(HEADER + "PID|1||||BÉATRICE\r".encode("iso-8859-15"))
    assert message.value("PID", 5) == "BÉATRICE"
    assert message.alerts == ("not UTF-8 as announced, read as 8859-15",)


def test_other_delimiters_are_honoured() -> None:
    message = parse(b"MSH#*%\\$#APP#FAC\rPID#1##7***H$1.2$ISO*PI%8***K\r")
    assert (message.value("PID", 3, 4, 2), message.value("PID", 3, repetition=2)) == ("1.2", "8")


@pytest.mark.parametrize("raw", [b"", b"PID|1", b"MSH", b"MSH|^^^^|x", b"MSH|", b"\x00" * 40, b"MSH|abcd|x"])
def test_what_is_not_a_message_is_refused(raw: bytes) -> None:
    with pytest.raises(MalformedMessage):
        parse(raw)


SAMPLES = Path(__file__).resolve().parents[2] / "../shared/data/hl7"


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*")) or [None], ids=lambda path: path.name if path else "none")
def test_official_samples_are_read_without_loss(path: Path | None, shared: Path) -> None:
    assert path is not None
    raw = path.read_bytes()
    lines = [line for line in raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n") if line.strip()]
    message = parse(raw)
    assert message.to_bytes() == b"".join(line + b"\r" for line in lines)
    for line, read in zip(lines, message.segments, strict=True):
        assert read.name == line[:3].decode()
        shift = 1 if read.name == "MSH" else 0
        fields = line.split(b"|")
        assert [read.raw_field(number + shift) for number in range(1, len(fields))] == fields[1:]


def test_the_parser_never_crashes_on_mutated_bytes(message: DocumentMessage) -> None:
    original = build_mdm(message)
    chance = random.Random(20261121)
    for _ in range(400):
        mutated = bytearray(original)
        for _ in range(chance.randint(1, 8)):
            place = chance.randrange(len(mutated))
            action = chance.randrange(3)
            if action == 0:
                mutated[place] = chance.randrange(256)
            elif action == 1:
                del mutated[place : place + chance.randint(1, 60)]
            else:
                mutated[place:place] = bytes(chance.choices(b"|^~\\&\r\n\x0b\x1cMSHOBX\xff", k=chance.randint(1, 9)))
        _read_everything(bytes(mutated))


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_the_parser_never_crashes_after_a_valid_start(tail: bytes) -> None:
    _read_everything(b"MSH|^~\\&" + tail)


def _read_everything(raw: bytes) -> None:
    try:
        message = parse(raw)
    except MalformedMessage:
        return
    for item in message.segments:
        for number in range(len(item) + 2):
            item.value(number, 2, 2, 2)
            item.value(number)
            item.repetitions(number)
