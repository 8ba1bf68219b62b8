"""Who read a file is said on it after a merge, under whichever identity, and goes back with it (PAT-05, PAT-16)."""

import html
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from dcc.audit.record import record
from dcc.lib import french
from patients.events import PatientEvent
from patients.models import Double, Patient
from patients.sharing.queries import Opening, access_page
from tests.patients.conftest import created
from tests.patients.merging import a_pair, merged, paired, undone  # noqa: F401 - a_pair is a fixture
from tests.registration.conftest import in_ten_days  # noqa: F401 - the fixture


def shown(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def other_of(pair: Double, patient: Patient) -> Patient:
    return Patient.objects.get(pk=pair.second_id if pair.first_id == patient.pk else pair.first_id)


def opened(working_as: Any, short: str, patient_id: Any, event: PatientEvent = PatientEvent.OPENED) -> None:
    with working_as(short) as person:
        patient = Patient.objects.get(pk=patient_id)
        record(event, on=patient, by=person, title="Compte rendu")


def readers(working_as: Any, short: str, patient_id: Any) -> list[Opening]:
    with working_as(short):
        return list(access_page(Patient.objects.get(pk=patient_id)).openings)


@pytest.fixture
def read(working_as, pair, francoise) -> Any:
    """Alice opened the file of Françoise, Bob that of the later identity, whose document he read."""
    with working_as("alice"):
        later = other_of(pair, francoise)
    opened(working_as, "alice", francoise.pk)
    opened(working_as, "bob", later.pk)
    opened(working_as, "bob", later.pk, PatientEvent.DOCUMENT_READ)
    return later


def test_who_opened_the_identity_merged_away_is_on_the_list_of_the_one_that_stays(
    signed_in, working_as, as_worker, pair, francoise, read
):
    merged(working_as, as_worker, pair)
    mark = f"sur l’identité réunie {read.birth_name} {read.first_given_name}"
    found = {(one.actor, one.mark): (one.times, one.documents) for one in readers(working_as, "alice", francoise.pk)}
    assert found == {("Alice Le Bihan", ""): (1, 0), ("Dr Bob Kerjean", mark): (1, 1)}
    assert mark in shown(signed_in("alice").get(f"/patients/{francoise.pk}/?rubrique=acces"))
    assert mark in shown(signed_in("alice").get(f"/patients/{francoise.pk}/acces/imprimer/"))


def test_undone_each_list_is_as_before_and_says_who_read_through_the_other(
    working_as, as_worker, pair, francoise, read
):
    merged(working_as, as_worker, pair)
    opened(working_as, "bob", francoise.pk)  # what he opens is both files
    undone(working_as, as_worker, pair)
    mine = {(one.actor, one.mark) for one in readers(working_as, "alice", francoise.pk)}
    assert mine == {("Alice Le Bihan", ""), ("Dr Bob Kerjean", "")}
    today = french.date_short(timezone.localdate())
    through = f"quand ce dossier était réuni à un autre, du {today} au {today}"
    found = {(one.actor, one.mark): one.times for one in readers(working_as, "bob", read.pk)}
    assert found == {("Dr Bob Kerjean", ""): 1, ("Dr Bob Kerjean", through): 1}


def test_a_list_is_read_by_whoever_sees_the_file_and_nobody_else(working_as, as_worker, pair, francoise, read):
    merged(working_as, as_worker, pair)
    for stranger in ("denis", "oscar", "network"):
        assert readers_of_key(working_as, stranger, francoise.pk) == 0
        assert readers_of_key(working_as, stranger, read.pk) == 0
    assert readers_of_key(working_as, "alice", francoise.pk) == 2


def readers_of_key(working_as: Any, short: str, patient_id: Any) -> int:
    with working_as(short), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM dcc_file_readers(%s, 100)", [patient_id])
        return int(cursor.fetchone()[0])


def test_merged_twice_in_a_chain_all_are_listed(working_as, as_worker, pair, francoise, read):
    with working_as("alice") as alice:
        third = created(alice, "Kermorvan", "Soizic", "11041963")
    opened(working_as, "alice", third.pk)
    merged(working_as, as_worker, paired(as_worker, Patient(pk=read.pk), third))
    merged(working_as, as_worker, pair)
    found = {(one.actor, one.mark) for one in readers(working_as, "alice", francoise.pk)}
    assert found == {
        ("Alice Le Bihan", ""),
        ("Dr Bob Kerjean", "sur l’identité réunie ABHERVE FRANCOISE"),
        ("Alice Le Bihan", "sur l’identité réunie KERMORVAN SOIZIC"),
    }
