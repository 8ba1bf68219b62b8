"""A pair of identities of one person, merged and parted as the cell and the worker do it."""

from typing import Any

import pytest
from django.db import connection

from dcc.organisations.models import Organisation
from patients.actions import add_ipp, update_contact
from patients.doubles import actions
from patients.doubles.survivor import survivor_of
from patients.doubles.tables import STAYS, file_tables
from patients.doubles.tasks import carry_out_one
from patients.models import (
    Double,
    Merge,
    MergedTable,
    Patient,
)
from tests.patients.conftest import created
from tests.registration.conftest import another_meeting, in_ten_days, meeting_of, registered  # noqa: F401

WHY = "Même personne, carte Vitale vue au guichet"


@pytest.fixture(name="pair")
def a_pair(working_as: Any, as_worker: Any, francoise: Patient) -> Double:
    """Françoise twice: the elder has a contact and an IPP of Rochebrune, the later one a case and an IPP of Dunes."""
    with working_as("alice") as alice:
        later = created(alice, "Abhervé", "Francoise", reason="Homonyme connu")
        add_ipp(patient=francoise, value="R-1", organisation=organisation("CH Rochebrune"), by=alice)
        add_ipp(patient=later, value="D-7", organisation=organisation("Clinique des Dunes"), by=alice)
        update_contact(patient=francoise, values={"city": "Nantes"}, by=alice)
        update_contact(patient=later, values={"city": "Rezé", "phone": "0240000000"}, by=alice)
        registered(alice, later)
    return paired(as_worker, francoise, later)


def organisation(short: str) -> Organisation:
    return Organisation.objects.get(short_name=short)


def paired(as_worker: Any, one: Patient, other: Patient) -> Double:
    with as_worker(1):
        first, second = sorted((one, other), key=lambda patient: patient.pk)
        return Double.objects.create(region_id=1, first=first, second=second, score=20.0, probable=True)


def ordered(working_as: Any, double: Double, *, by: str = "vigilance") -> Merge:
    with working_as(by) as person:
        first, second = Patient.objects.get(pk=double.first_id), Patient.objects.get(pk=double.second_id)
        kept = survivor_of(first, second).kept.pk
        actions.ask_merge(double_id=double.pk, kept_id=kept, reason=WHY, by=person)
        return double.merges.latest("asked_at")


def merged(working_as: Any, as_worker: Any, double: Double) -> Merge:
    ordered(working_as, double)
    return carried(as_worker, double)


def undone(working_as: Any, as_worker: Any, double: Double) -> Merge:
    with working_as("vigilance") as vera:
        actions.ask_undo(double_id=double.pk, reason="Deux sœurs, erreur de notre part", by=vera)
    return carried(as_worker, double)


def carried(as_worker: Any, double: Double) -> Merge:
    with as_worker(1):
        merge = carry_out_one(double.pk)
        double.refresh_from_db()
        assert merge is not None
        merge.refresh_from_db()
        return merge


def photograph(as_worker: Any, double: Double) -> dict[str, list[str]]:
    """Every row of both files and both identities, to the last column."""
    rows: dict[str, list[str]] = {}
    pair = [double.first_id, double.second_id]
    with as_worker(1), connection.cursor() as cursor:
        for table in (*(one.name for one in file_tables()), *sorted(STAYS - {MergedTable._meta.db_table})):
            cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [table])
            if cursor.fetchone()[0]:
                cursor.execute(
                    f'SELECT to_jsonb(t)::text FROM "{table}" t WHERE patient_id = ANY (%s) ORDER BY 1', [pair]
                )
                rows[table] = [row for (row,) in cursor.fetchall()]
        cursor.execute("SELECT to_jsonb(p)::text FROM patients_patient p WHERE id = ANY (%s) ORDER BY 1", [pair])
        rows["patients_patient"] = [row for (row,) in cursor.fetchall()]
    return rows


def foreign_keys_hold() -> None:
    """Deferred constraints are checked when the transaction of the test would have ended: now."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def qualify(as_worker: Any, patient_id: Any, ins: bytes, *, status: str = "QUAL") -> None:
    """As the INSi interface would leave it, with or without a document checked."""
    with as_worker(1):
        Patient.objects.filter(pk=patient_id).update(
            status=status, ins_sealed=b"sealed", ins_hash=ins * 32, ins_oid="1.2.250.1.213.1.4.10"
        )
