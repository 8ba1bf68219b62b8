"""Keys of INS, FINESS and RPPS numbers on the reference vectors; the INS as a pair."""

import csv
from pathlib import Path

import pytest

from patients.identity.identifiers import check_finess, check_rpps
from patients.identity.ins import InsKind, InsRefused, Platform, matricule_key, read_ins, read_matricule

SHARED = Path(__file__).resolve().parents[2] / "../shared"
VECTORS = SHARED / "data/identity/vectors/identifiers.csv"
TEST_OID = "1.2.250.1.213.1.4.10"


def vectors() -> list[dict[str, str]]:
    if not VECTORS.exists():
        return []
    with VECTORS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


@pytest.mark.skipif(not VECTORS.exists(), reason="reference vectors are kept outside the product")
@pytest.mark.parametrize("vector", vectors(), ids=lambda vector: f"{vector['kind']} {vector['value']}")
def test_reference_vectors(vector: dict[str, str]) -> None:
    expected = vector["valid"] == "yes"
    if vector["kind"] == "INS":
        try:
            accepted = read_matricule(vector["value"]) == vector["value"]
        except InsRefused:
            accepted = False
        assert accepted is expected
    else:
        check = {"FINESS": check_finess, "RPPS": check_rpps}[vector["kind"]]
        assert check(vector["value"]).valid is expected


def test_corsican_departments_count_as_19_and_18() -> None:
    assert matricule_key("180012A004001") == matricule_key("1800119004001") == "68"
    assert matricule_key("280032B033012") == matricule_key("2800318033012") == "69"


def test_a_corsican_finess_with_a_doubtful_key_is_accepted_with_a_warning() -> None:
    sure, doubtful, wrong = check_finess("2A0000014"), check_finess("2A0000015"), check_finess("750712185")
    results = {(check.valid, bool(check.message)) for check in (sure, doubtful)}
    assert (True, True) in results
    assert (wrong.valid, bool(wrong.message)) == (False, True)


def test_fictitious_rpps_are_accepted_with_a_warning_on_a_test_instance_only() -> None:
    assert not check_rpps("10003461033").valid
    lenient = check_rpps("1000 346 1033", test_data=True)
    assert lenient.valid
    assert "clé" in lenient.message
    assert check_rpps("1000").message == "Un numéro RPPS compte 11 chiffres."


def test_matricule_and_oid_come_together_or_not_at_all() -> None:
    assert read_ins("", " ", platform=Platform.TEST) is None
    with pytest.raises(InsRefused, match="sans son OID"):
        read_ins("279035121518989", "", platform=Platform.TEST)
    with pytest.raises(InsRefused, match="sans son matricule"):
        read_ins("", TEST_OID, platform=Platform.TEST)


@pytest.mark.parametrize("kind", list(InsKind))
def test_an_instance_holds_either_real_or_test_identities(kind: InsKind) -> None:
    right = kind.platform
    wrong = Platform.TEST if right is Platform.PRODUCTION else Platform.PRODUCTION
    ins = read_ins("279035121518989", f"urn:oid:{kind.oid}", platform=right)
    assert ins is not None
    assert ins.oid == kind.oid
    with pytest.raises(InsRefused):
        read_ins("279035121518989", kind.oid, platform=wrong)


def test_the_obsolete_ins_c_and_foreign_oids_are_refused() -> None:
    for oid in ("1.2.250.1.213.1.4.2", "1.2.3"):
        with pytest.raises(InsRefused, match="OID"):
            read_ins("279035121518989", oid, platform=Platform.TEST)


def test_a_wrong_key_is_refused_on_entry_and_flagged_on_import() -> None:
    with pytest.raises(InsRefused, match="clé"):
        read_ins("221042545611404", TEST_OID, platform=Platform.TEST)
    imported = read_ins("221042545611404", TEST_OID, platform=Platform.TEST, check_key=False)
    assert imported is not None
    assert not imported.key_is_right
    with pytest.raises(InsRefused, match="manque la clé"):
        read_matricule("2790351215189")


def test_a_matricule_does_not_leak_through_its_text_form() -> None:
    ins = read_ins("2 79 03 51 215 189 89", TEST_OID, platform=Platform.TEST)
    assert ins is not None
    assert ins.matricule == "279035121518989"
    for shown in (repr(ins), str(ins), ins.masked, f"{ins}"):
        assert "27903" not in shown.replace("\u00a0", "")
        assert shown.replace("\u00a0", "").rstrip(")").endswith("18989")
    assert ins.formatted.replace("\u00a0", " ") == "2 79 03 51 215 189 89"
