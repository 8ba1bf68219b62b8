"""Whatever two files hold, in every table there is, a merge undone leaves each row as it was (hypothesis; PAT-05).

Rows of every table about patients are made by tests/walls/rows.py from the models alone, so a table added tomorrow is
in. Between the merge and its undoing more rows may come: those go where what they hang from goes.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, connections, transaction
from django.db.models import F
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from patients.doubles.survivor import survivor_of
from patients.doubles.tables import STAYS, file_tables
from patients.doubles.tasks import carry_out_one
from patients.models import Access, Double, DoubleStatus, Merge, MergedTable, Patient
from tests.walls.conftest import walls_database  # noqa: F401 - the fixture
from tests.walls.population import OWNER, Population, populate
from tests.walls.reading import as_worker
from tests.walls.rows import Rows

HANGING = {"rcp_answer", "rcp_answerevent", "rcp_correspondent", "messaging_delivery", "messaging_deliveryattempt"}
ONCE = {"patients_contact", "rcp_caseattachment"}  # one a patient, one a case and a document
CHILDREN = [table for table in file_tables() if len(table.links) == 1 and table.name in HANGING]


@pytest.fixture
def unblocked(walls_database: str, django_db_blocker: Any) -> Iterator[None]:  # noqa: F811
    with django_db_blocker.unblock():
        yield


def photograph(pair: list[UUID]) -> dict[str, list[str]]:
    rows = {}
    with connections[OWNER].cursor() as cursor:
        for table in (*(one.name for one in file_tables()), *sorted(STAYS - {MergedTable._meta.db_table})):
            cursor.execute(f'SELECT to_jsonb(t)::text FROM "{table}" t WHERE patient_id = ANY (%s) ORDER BY 1', [pair])
            rows[table] = [row for (row,) in cursor.fetchall()]
        cursor.execute("SELECT to_jsonb(p)::text FROM patients_patient p WHERE id = ANY (%s) ORDER BY 1", [pair])
        rows["patients_patient"] = [row for (row,) in cursor.fetchall()]
    return rows


class Quiet(Rows):
    """Nobody opposes anything here: oppositions that differ stop a merge, and are told elsewhere."""

    SAID = {"patients.Information": {"opposition": ""}, "patients.Wish": {"answer": "agreed"}}

    def new(self, model: type, region: int | None, patient: Any = None, **given: Any) -> Any:
        return super().new(model, region, patient, **{**self.SAID.get(model._meta.label, {}), **given})


@dataclass(slots=True, kw_only=True)
class Files:
    """Two patients of one region, whose files hold rows of tables drawn at random."""

    people: Population
    rows: Quiet
    pair: tuple[Patient, Patient]

    @property
    def ids(self) -> list[UUID]:
        return [one.pk for one in self.pair]

    def save(self) -> None:
        self.people.save(self.rows.take())

    def of(self, model: type, patient: Patient) -> list[Any]:
        return self.rows.known.get((model, patient.region_id, patient.pk), [])


def two_files(people: Population, data: st.DataObject) -> Files:
    rows = Quiet(people.draw)
    rows.known = people.rows.known
    region = data.draw(st.sampled_from(sorted({one.region_id for one in people.patients})), label="region")
    pair = (rows.new(Patient, region), rows.new(Patient, region))
    files = Files(people=people, rows=rows, pair=pair)
    for patient in pair:
        for table in data.draw(st.lists(st.sampled_from(file_tables()), max_size=14), label="tables"):
            if table.name not in ONCE or not files.of(table.model, patient):
                rows.new(table.model, region, patient)
    shared = data.draw(st.lists(st.sampled_from(["registration", "meeting", "sharing"]), unique=True), label="accesses")
    for reason in shared:
        principal = rows.principal().pk
        for patient in pair:
            days = data.draw(st.integers(-3, 400), label="days")
            ends = datetime(2027, 1, 1, tzinfo=UTC) + timedelta(days=days)
            rows.new(Access, region, patient, principal_id=principal, reason=reason, expires_at=ends)
    files.save()
    return files


def late_rows(files: Files, merge: Merge, data: st.DataObject) -> dict[str, UUID]:
    """Rows written since the merge, in the survivor's file, under a parent of either; whose each is by its parent."""
    survivor = next(one for one in files.pair if one.pk == merge.kept_id)
    owners = {}
    for table in data.draw(st.lists(st.sampled_from(CHILDREN), max_size=6), label="late"):
        (link,) = table.links
        parent = table.model._meta.get_field(link.removesuffix("_id")).related_model
        known = [(row, patient.pk) for patient in files.pair for row in files.of(parent, patient)]
        if known:
            row, owner = data.draw(st.sampled_from(known), label="parent")
            new = files.rows.new(table.model, survivor.region_id, survivor, **{link: row.pk})
            files.rows.known[type(new), survivor.region_id, survivor.pk].remove(new)
            owners[str(new.pk)] = owner
    files.save()
    return owners


def ordered(people: Population, one: Patient, other: Patient) -> Double:
    """As two people of the cell would have it."""
    chosen = survivor_of(one, other)
    first, second = sorted((one.pk, other.pk))
    with transaction.atomic(using=OWNER):
        double = Double.objects.using(OWNER).create(
            region_id=one.region_id, first_id=first, second_id=second, score=20.0, status=DoubleStatus.MERGING
        )
        Merge.objects.using(OWNER).create(
            region_id=one.region_id, double=double, kept=chosen.kept, lost=chosen.lost, rule=chosen.why,
            reason="Épreuve", asked_by=people.users[0], confirmed_by=people.users[1],
        )  # fmt: skip
    return double


def carried(double: Double) -> Merge:
    with as_worker({double.region_id}):
        merge = carry_out_one(double.pk)
    assert merge is not None
    assert merge.obstacles == []
    double.refresh_from_db()
    return merge


def asked_to_undo(double: Double) -> None:
    """By the two people of the merge."""
    in_force = Merge.objects.using(OWNER).filter(double=double, undone_at=None)
    in_force.update(undo_by=F("asked_by"), undo_confirmed_by=F("confirmed_by"))
    Double.objects.using(OWNER).filter(pk=double.pk).update(status=DoubleStatus.UNDOING)


def merge_then_undo(people: Population, data: st.DataObject) -> None:
    files = two_files(people, data)
    before = photograph(files.ids)
    double = ordered(people, *files.pair)
    merge = carried(double)
    assert double.status == DoubleStatus.MERGED
    during = photograph(files.ids)
    assert {table: len(rows) for table, rows in during.items()} == {table: len(rows) for table, rows in before.items()}
    moved_to = sum(str(merge.kept_id) in row for row in during["rcp_case"])
    assert moved_to == len(before["rcp_case"])
    owners = late_rows(files, merge, data)
    asked_to_undo(double)
    carried(double)
    assert double.status == DoubleStatus.UNDONE
    after = photograph(files.ids)
    found = {}
    for table, rows in after.items():
        kept = [row for row in rows if json.loads(row)["id"] not in owners]
        if not (owners and table == "patients_access"):  # what comes back may be opened to those of the survivor
            assert kept == before[table], table
        found |= {json.loads(row)["id"]: UUID(json.loads(row)["patient_id"]) for row in rows if row not in kept}
    assert found == owners


@pytest.fixture(scope="module")
def people(walls_database: str, django_db_blocker: Any) -> Population:  # noqa: F811
    with django_db_blocker.unblock():
        return populate(404)


# Each example writes two files and reads them three times: shrinking one would take minutes, its draws say enough.
HELD: dict[str, Any] = {
    "deadline": None,
    "database": None,
    "phases": [Phase.generate],
    "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
}


@settings(max_examples=12, derandomize=True, **HELD)
@given(data=st.data())
def test_a_merge_undone_leaves_each_row_as_it_was(unblocked, people, data):
    merge_then_undo(people, data)


@pytest.mark.soak
@settings(max_examples=1500, **HELD)
@given(data=st.data())
def test_a_merge_undone_leaves_each_row_as_it_was_for_a_long_time(unblocked, people, data):
    merge_then_undo(people, data)


def test_no_table_about_patients_is_forgotten(unblocked):
    """PostgreSQL is asked, not the models: every key to the identities is moved, or on the list of those that stay."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT c.conrelid::regclass::text FROM pg_constraint c JOIN pg_attribute a"
            " ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey) WHERE c.contype = 'f'"
            " AND c.confrelid = 'patients_patient'::regclass AND a.attname = 'patient_id'"
        )
        found = {name for (name,) in cursor.fetchall()}
        assert found == {table.name for table in file_tables()} | STAYS
        cursor.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
            " WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attname = 'patient_id'"
        )
        assert {name for (name,) in cursor.fetchall()} - found == {"audit_auditevent", "audit_rowversion"}


@pytest.mark.parametrize("table", [table.name for table in file_tables()])
def test_the_worker_can_move_a_row_of_every_table(unblocked, people, table):
    """Neither a privilege nor a trigger stops it: each table holds a row of somebody who is merged."""
    model = next(one.model for one in file_tables() if one.name == table)
    rows = Quiet(people.draw)
    rows.known = people.rows.known
    region = people.patients[0].region_id
    pair = (rows.new(Patient, region), rows.new(Patient, region))
    rows.new(model, region, pair[1])
    people.save(rows.take())
    kept = survivor_of(*pair).kept
    double = ordered(people, *pair)
    merge = carried(double)
    with as_worker({region}):
        written = merge.merged_tables.get(table_name=table)
        assert written.kept_after >= 1
        assert written.lost_after == 0
        assert model._base_manager.filter(patient_id=kept.pk).count() == written.kept_after
