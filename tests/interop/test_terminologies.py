"""Packaged codes are the official ones, unchanged (pitfall 12 of the kit: value sets are data, not code)."""

import csv
from pathlib import Path
from uuid import UUID

import pytest

from interop.terminologies import oncology
from interop.terminologies.identifiers import is_oid, oid_of_uuid
from interop.terminologies.value_sets import ValueSet, concept, concepts, holds


def test_packaged_value_sets_are_the_official_ones(shared: Path) -> None:
    official: dict[str, list[tuple[str, str, str]]] = {}
    with (shared / "data/cda/jdv_concepts.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            official.setdefault(row["jdv"], []).append((row["code"], row["codeSystem"], row["displayName"]))
    for value_set in ValueSet:
        names = [
            name
            for name in official
            if name.removeprefix("JDV_").removeprefix("HL7_").removesuffix("_CISIS") == value_set.value
            or name.startswith(f"JDV_{value_set.value}_")
        ]
        assert len(names) == 1
        packaged = [(item.code, item.system, item.label) for item in concepts(value_set).values()]
        assert packaged == official[names[0]]


def test_a_code_outside_its_set_is_an_error_that_names_both() -> None:
    with pytest.raises(KeyError, match=r"SCH10.*J01"):
        concept(ValueSet.SPECIALTY, "G15_10/SCH10")
    assert not holds(ValueSet.SPECIALTY, code="G15_10/SM36", system="1.2.3")


def test_oncology_documents_have_their_national_type() -> None:
    assert [item.code.code for item in (oncology.RCP_REPORT, oncology.PPS, oncology.PPAC)] == [
        "34794-8",
        "18776-5",
        "34133-9",
    ]


def test_document_ids_are_bare_oids() -> None:
    oid = oid_of_uuid(UUID("ffffffff-ffff-ffff-ffff-ffffffffffff"))
    assert oid == "2.25.340282366920938463463374607431768211455"
    assert is_oid(oid)
    assert not any(map(is_oid, ["", "1", "1.2.", "1.02", "3.1", "1.2" * 40, "2.25.A"]))
