"""The INS datamatrix: read whatever the scanner sends, write to the letter of the format."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patients.identity.datamatrix import GS, HEADER, DatamatrixRefused, InsDatamatrix, read_datamatrix, write_datamatrix
from patients.identity.ins import InsKind, InsRefused, Platform, matricule_key, read_ins
from patients.identity.names import NameRefused

SHARED = Path(__file__).resolve().parents[2] / "../shared"
SAMPLE = SHARED / "data/identity/vectors/datamatrix-ins-constructed.txt"


def content(kind: InsKind = InsKind.NIR_TEST, **changes: object) -> InsDatamatrix:
    ins = read_ins("279035121518989", kind.oid, platform=kind.platform)
    assert ins is not None
    base = InsDatamatrix(
        ins=ins, given_names="DOMINIQUE MARIE-LOUISE", birth_name="PAT-TROIS", sex="F", birth_date=date(1979, 3, 28),
        birth_insee="51215",
    )  # fmt: skip
    return replace(base, **changes)  # type: ignore[arg-type]


@pytest.mark.skipif(not SAMPLE.exists(), reason="reference sample is kept outside the product")
def test_the_reference_sample_both_ways() -> None:
    text = SAMPLE.read_text(encoding="utf-8").splitlines()[0].replace("<GS>", GS)
    assert read_datamatrix(text, platform=Platform.TEST) == content()
    assert write_datamatrix(content()) == text


def test_what_scanners_add_is_tolerated() -> None:
    text = write_datamatrix(content())
    for scanned in (f"]d2{text}\r\n", text.replace(GS, "<GS>"), text.replace(GS, "^]"), f"{text}{GS}"):
        assert read_datamatrix(scanned, platform=Platform.TEST) == content()


def test_a_missing_gs_and_another_order_are_read() -> None:
    """Public writers forget the GS after an OID of 19 characters; the norm leaves the order free."""
    real = content(InsKind.NIR, birth_insee="")
    text = write_datamatrix(real)
    assert f"S2{real.ins.oid}{GS}S3" in text
    assert read_datamatrix(text.replace(GS, ""), platform=Platform.PRODUCTION) == real
    thomas = f"{HEADER}S5FS628-03-1979S4THOMAS{GS}S3MARIE LYS{GS}S2{InsKind.NIR_TEST.oid}S1279035121518989"
    read = read_datamatrix(thomas, platform=Platform.TEST)
    assert (read.birth_name, read.given_names, read.birth_insee) == ("THOMAS", "MARIE LYS", "")
    assert read_datamatrix(thomas.replace(GS, ""), platform=Platform.TEST) == read


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda text: "", "n’est pas un datamatrix INS"),
        (lambda text: "01034009303", "n’est pas un datamatrix INS"),
        (lambda text: text.lower(), "minuscules"),
        (lambda text: text[:20], "incomplète"),
        (lambda text: text[:70], "ne contient pas"),
        (lambda text: text.replace("S5F", "S5X"), "illisible"),
        (lambda text: text + "S5F", "deux fois"),
        (lambda text: text.replace("28-03-1979", "31-02-1979"), "n’existe pas"),
        (lambda text: "IS&é" + text[4:], "clavier français"),
    ],
)
def test_a_bad_reading_is_refused_with_advice(damage, reason: str) -> None:
    with pytest.raises(DatamatrixRefused, match=reason):
        read_datamatrix(damage(write_datamatrix(content())), platform=Platform.TEST)


def test_a_test_identity_is_refused_in_production() -> None:
    with pytest.raises(InsRefused, match="production"):
        read_datamatrix(write_datamatrix(content()), platform=Platform.PRODUCTION)


def test_writing_is_strict() -> None:
    with pytest.raises(DatamatrixRefused, match="normalisée"):
        write_datamatrix(content(birth_name="Pat-Trois"))
    with pytest.raises(NameRefused):
        write_datamatrix(content(given_names=""))
    with pytest.raises(DatamatrixRefused, match="sexe"):
        write_datamatrix(content(sex="I"))
    with pytest.raises(DatamatrixRefused, match="INSEE"):
        write_datamatrix(content(birth_insee="5121"))
    wrong = read_ins("221042545611404", InsKind.NIR_TEST.oid, platform=Platform.TEST, check_key=False)
    assert wrong is not None
    with pytest.raises(DatamatrixRefused, match="clé"):
        write_datamatrix(content(ins=wrong))


NAMES = st.from_regex(r"[A-Z]{1,12}([ '-][A-Z]{1,12}){0,3}", fullmatch=True)


@given(
    kind=st.sampled_from(InsKind), given_names=NAMES, birth_name=NAMES, sex=st.sampled_from("MF"), day=st.dates(),
    body=st.from_regex(r"[12][0-9]{4}(2A|2B|[0-9]{2})[0-9]{6}", fullmatch=True),
    place=st.sampled_from(["", "75056", "2A004", "99352"]), keep_gs=st.booleans(),
)  # fmt: skip
def test_what_is_written_is_read_back(kind, given_names, birth_name, sex, day, body, place, keep_gs) -> None:
    ins = read_ins(body + matricule_key(body), kind.oid, platform=kind.platform)
    assert ins is not None
    try:
        text = write_datamatrix(
            InsDatamatrix(
                ins=ins, given_names=given_names, birth_name=birth_name, sex=sex, birth_date=day, birth_insee=place
            )
        )
    except (NameRefused, DatamatrixRefused):
        return
    read = read_datamatrix(text if keep_gs else text.replace(GS, ""), platform=kind.platform)
    assert (read.ins, read.given_names, read.birth_name) == (ins, given_names, birth_name)
    assert (read.sex, read.birth_date, read.birth_insee) == (sex, day, place)


@given(st.text(max_size=120))
def test_no_text_breaks_the_reader(text: str) -> None:
    for candidate in (text, HEADER + text, f"{HEADER}S1{text}"):
        with pytest.raises((DatamatrixRefused, InsRefused)):
            read_datamatrix(candidate, platform=Platform.TEST)
