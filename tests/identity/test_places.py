"""D10: a typed postcode or beginning of a name proposes places; the INSEE code is the trait, former ones included."""

import csv
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from patients.identity import build_places, places
from patients.identity.places import PlaceKind, PlaceRefused, find_places, place, place_key, same_place

SHARED = Path(__file__).resolve().parents[2] / "../shared"
COMMUNES = SHARED / "data/identity/communes.csv"
COUNTRIES = SHARED / "data/identity/pays.csv"
needs_tables = pytest.mark.skipif(not COMMUNES.exists(), reason="source tables are kept outside the product")


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("lyon", "69123"),
        ("69003", "69383"),  # the arrondissement before the whole city
        ("St Etienne", "42218"),
        ("saint-étienne", "42218"),
        ("SAINTETIENNE", "42218"),
        ("ste foy les lyon", "69202"),
        ("boulogne s/ mer", "62160"),
        ("l'hay les roses", "94038"),
        ("hay les roses", "94038"),
        ("mans", "72181"),
        ("paris 12", "75112"),
        ("saint denis 93", "93066"),
        ("Saint-Denis (974)", "97411"),
        ("93200 saint denis", "93066"),
        ("2A004", "2A004"),
        ("oeuilly", "02565"),
        ("algerie", "99352"),
        ("DZ", "99352"),
        ("99352", "99352"),
        ("corée du s", "99239"),
        ("Angleterre", "99132"),
        ("république tchèque", "99116"),
        ("inconnu", "99999"),
    ],
)
def test_what_secretaries_type_finds_the_place_first(typed: str, first: str) -> None:
    assert find_places(typed)[0].insee == first


def test_large_communes_come_before_small_ones_and_former_ones_last() -> None:
    found = find_places("saint-denis", limit=200)
    assert {found[0].insee, found[1].insee} == {"93066", "97411"}
    exact = [p for p in found if place_key(p.label) == "SAINTDENIS"]
    assert found[: len(exact)] == exact
    assert [p.former for p in exact] == sorted(p.former for p in exact)


def test_nothing_fits() -> None:
    for typed in ("", "x", "zzzzzz", "0000", "2C004", "750560", "!?"):
        assert find_places(typed) == []


@pytest.mark.parametrize("code", ["91352", "2A999", "12345", "99990", "75999"])
def test_a_well_formed_code_of_no_list_is_offered_and_never_taken_by_itself(code: str) -> None:
    """RNIV: a well-formed former commune is never refused (91352 was Alger); a slip of the finger is nobody's birth."""
    offered, unknown = find_places(code)
    assert (offered, offered.known, unknown.insee) == (place(code), False, "99999")
    assert offered.label == f"Code {code}, inconnu de nos listes"
    assert find_places(code.lower()) == [offered, unknown]


def test_a_code_of_a_list_hides_no_other() -> None:
    assert find_places("91352 Alger") == find_places("91352")
    assert [one.insee for one in find_places("99352")] == ["99352"]
    assert [one.insee for one in find_places("20004")] == ["20004"]
    assert all(one.known for one in find_places("44000"))
    assert find_places("93200 nulle part") == []  # a postcode, with a name that is not there


def test_former_communes_are_found_by_name_and_by_code() -> None:
    by_name = find_places("Bellegarde-sur-Valserine")[0]
    assert (by_name.insee, by_name.current_insee, by_name.former) == ("01033", "01033", True)
    assert by_name.postcodes == ("01200",)
    ajaccio = place("20004")  # Corsica before 1976
    assert (ajaccio.insee, ajaccio.current_insee, ajaccio.former, ajaccio.known) == ("20004", "2A004", True, True)
    assert place("75012").label == "Boulogne-Billancourt (ancien code)"  # département de la Seine


def test_a_well_formed_unknown_code_is_accepted_and_flagged() -> None:
    unknown = place("27999")
    assert (unknown.known, unknown.kind, unknown.department) == (False, PlaceKind.COMMUNE, "27")
    assert (place("99999").known, place("99999").kind) == (True, PlaceKind.UNKNOWN)
    assert place("99998").kind is PlaceKind.COUNTRY
    for malformed in ("", "2C004", "1234", "75 056", "750560"):
        with pytest.raises(PlaceRefused):
            place(malformed)


def test_departments_overseas_and_abroad() -> None:
    assert [place(code).department for code in ("97411", "98735", "2B033", "75056", "99352")] == [
        "974", "987", "2B", "75", "",
    ]  # fmt: skip


def test_two_codes_of_one_commune_of_today() -> None:
    assert same_place("20004", "2A004")
    assert same_place("75012", "92012")
    assert not same_place("75112", "75113")


@needs_tables
def test_every_commune_and_country_of_the_tables_is_there_with_its_postcodes() -> None:
    with COMMUNES.open(encoding="utf-8", newline="") as file:
        communes = list(csv.DictReader(file, delimiter=";"))
    assert len(communes) > 37_000
    for row in communes:
        found = place(row["code_insee"])
        assert found.known
        assert all(place(old).known for old in row["anciens_codes"].split())
        if row["type"] == "commune-actuelle":
            assert (found.label, found.department) == (row["nom"], row["departement"])
            assert list(found.postcodes) == row["codes_postaux"].split()
    with COUNTRIES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
            assert place(row["code_insee"]).kind is PlaceKind.COUNTRY


@needs_tables
def test_every_name_of_the_tables_finds_itself() -> None:
    with COMMUNES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))[::40]
    for row in rows:
        assert row["code_insee"] in {found.insee for found in find_places(row["nom"], limit=60)}, row["nom"]


@needs_tables
def test_the_packaged_file_is_what_the_script_writes(tmp_path: Path) -> None:
    written = tmp_path / "places.txt.gz"
    build_places.main(COMMUNES, COUNTRIES, written)
    assert written.read_bytes() == places.DATA.read_bytes()
    assert len(written.read_bytes()) < 1_500_000


def test_importing_reads_nothing() -> None:
    """A process that never asks for a place never loads them."""
    script = "from patients.identity import places\nassert places._table.cache_info().currsize == 0"
    root = Path(__file__).resolve().parents[2]
    subprocess.run([sys.executable, "-c", script], cwd=root, check=True)


@pytest.mark.parametrize("typed", ["sa", "saint", "01", "75", "ma", "69003", "saint denis 93", "villefranche"])
def test_a_keystroke_reads_a_few_names_and_makes_a_few_places(typed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a keystroke costs, in work rather than in milliseconds: no walk through the 37 000 names."""
    counts = {"_row_key": 0, "_from_row": 0}
    for name in counts:
        plain = getattr(places, name)

        def counted(*args: object, plain: Any = plain, name: str = name) -> Any:
            counts[name] += 1
            return plain(*args)

        monkeypatch.setattr(places, name, counted)
    assert find_places(typed)
    assert counts["_row_key"] < 150  # two or three searches by halves, for one or two spellings
    assert counts["_from_row"] <= 400  # the postcodes of a department, at most
