"""The two walls: a network sees its regions, a reader sees the files they care for, and nothing is seen by default."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from dcc.organisations.models import Organisation
from dcc.tenancy.models import Principal
from patients.access import AccessRefused, end, grant, may_see
from patients.models import Access, AccessReason, Contact, Patient
from rcp.models import Board, Meeting


def make_patient(region: int = 1) -> Patient:
    return Patient.objects.create(
        region_id=region,
        birth_name="ABHERVE",
        birth_name_received="Abhervé",
        birth_name_key="ABHERVE",
        first_given_name="FRANCOISE",
        first_given_name_received="Françoise",
        first_given_name_key="FRANCOISE",
        birth_date=date(1963, 3, 11),
        sex="F",
        birth_insee="44109",
        birth_place="Nantes",
        birth_name_sound="ABRV",
        given_name_sound="FRSZ",
    )


def test_without_a_scope_nothing_exists(db):
    assert Organisation.objects.count() == 0
    assert Patient.objects.count() == 0


def test_a_network_sees_its_own_regions_only(working_as):
    with working_as("alice"):
        assert set(Organisation.objects.values_list("region_id", flat=True)) == {1, 2}
    with working_as("oscar"):
        assert set(Organisation.objects.values_list("region_id", flat=True)) == {9}


def test_a_row_cannot_be_written_into_another_network(working_as):
    with working_as("oscar"), pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        make_patient(region=1)


def test_identities_are_seen_by_the_network_but_the_file_by_its_principals(working_as):
    with working_as("alice") as alice:
        patient = make_patient()
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            Contact.objects.create(region_id=1, patient=patient, city="Nantes")
        grant(patient_id=patient.pk, to=alice.acting_as.principal, reason=AccessReason.CREATION, by=alice)
        Contact.objects.create(region_id=1, patient=patient, city="Nantes")
        assert Contact.objects.count() == 1
    with working_as("metro"):
        assert Patient.objects.filter(pk=patient.pk).exists()
        assert not Contact.objects.exists()
        assert not may_see(patient.pk)


def test_the_web_role_cannot_write_a_grant_by_itself(working_as):
    with working_as("alice") as alice:
        patient = make_patient()
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            Access.objects.create(region_id=1, patient=patient, principal=alice.principal, reason="sharing")


def test_only_who_sees_a_file_may_share_it(working_as):
    with working_as("alice") as alice:
        patient = make_patient()
        grant(patient_id=patient.pk, to=alice.acting_as.principal, reason=AccessReason.CREATION, by=alice)
    with working_as("metro") as mona, pytest.raises(AccessRefused, match="only who sees"), transaction.atomic():
        grant(patient_id=patient.pk, to=mona.principal, reason=AccessReason.TREATING, by=mona)


@contextmanager
def refused(saying: str) -> Iterator[None]:
    with pytest.raises(AccessRefused, match=saying), transaction.atomic():
        yield


def test_a_break_glass_without_an_end_is_refused(working_as):
    with working_as("denis") as denis:
        patient = make_patient()
        with refused("must expire"):
            grant(patient_id=patient.pk, to=denis.principal, reason=AccessReason.BREAK_GLASS, by=denis)


def test_an_exceptional_access_lasts_four_hours_at_most(working_as):
    with working_as("denis") as denis:
        patient = make_patient()
        to = {"to": denis.principal, "reason": AccessReason.BREAK_GLASS, "by": denis}
        with refused("four hours"):
            grant(patient_id=patient.pk, **to, expires_at=timezone.now() + timedelta(hours=5))
        assert grant(patient_id=patient.pk, **to, expires_at=timezone.now() + timedelta(hours=4))


def test_an_exceptional_access_is_for_oneself_whoever_already_sees_the_file(working_as):
    """Neither one's whole establishment nor a colleague: D2 opens the file to the person who gave the reason."""
    soon = timezone.now() + timedelta(hours=4)
    with working_as("alice") as alice:
        patient = make_patient()
        grant(patient_id=patient.pk, to=alice.acting_as.principal, reason=AccessReason.CREATION, by=alice)
    with working_as("bob") as bob:
        colleague = bob.principal
    for short in ("denis", "alice"):
        with working_as(short) as person:
            for to in (person.acting_as.principal, colleague):
                with refused("for oneself|only who sees"):
                    grant(patient_id=patient.pk, to=to, reason=AccessReason.BREAK_GLASS, by=person, expires_at=soon)


def test_creation_opens_a_file_once_and_to_its_creator(working_as):
    """A second « creation » would open a file that others have without a reason that anybody reviews."""
    with working_as("alice") as alice:
        patient = make_patient()
        with refused("only who sees"):
            grant(patient_id=patient.pk, to=other_team(alice), reason=AccessReason.CREATION, by=alice)
        grant(patient_id=patient.pk, to=alice.acting_as.principal, reason=AccessReason.CREATION, by=alice)
        with refused("once"):
            grant(patient_id=patient.pk, to=alice.principal, reason=AccessReason.CREATION, by=alice)
    with working_as("denis") as denis, refused("once"):
        grant(patient_id=patient.pk, to=denis.principal, reason=AccessReason.CREATION, by=denis)


def test_a_closed_file_is_registered_by_ones_own_team_before_any_other(working_as):
    with working_as("alice") as alice:
        patient = make_patient()
        grant(patient_id=patient.pk, to=alice.acting_as.principal, reason=AccessReason.CREATION, by=alice)
        own = alice.acting_as.principal
    with working_as("denis") as denis:
        with refused("only who sees"):
            grant(patient_id=patient.pk, to=other_team(denis), reason=AccessReason.REGISTRATION, by=denis)
        grant(patient_id=patient.pk, to=denis.acting_as.principal, reason=AccessReason.REGISTRATION, by=denis)
        assert grant(patient_id=patient.pk, to=own, reason=AccessReason.REGISTRATION, by=denis)


def other_team(reader: object) -> Principal:
    elsewhere = Organisation.objects.exclude(pk=reader.acting_as.pk).order_by("name")  # type: ignore[attr-defined]
    return elsewhere.select_related("principal")[0].principal


def test_a_file_is_not_opened_to_another_network(working_as):
    """Organisation, person or team: wall 1 would show them nothing, and the access would wait for a merger."""
    with working_as("oscar") as oscar:
        strangers = [oscar.principal, oscar.acting_as.principal, Board.objects.get().principal]
    with working_as("alice") as alice:
        patient = make_patient()
        grant(patient_id=patient.pk, to=alice.acting_as.principal, reason=AccessReason.CREATION, by=alice)
        for one in strangers:
            with refused("principal out of scope"):
                grant(patient_id=patient.pk, to=one, reason=AccessReason.TREATING, by=alice)
        assert grant(patient_id=patient.pk, to=alice.principal, reason=AccessReason.TREATING, by=alice)


def test_the_access_of_a_meeting_ends_before_its_time_and_no_other(working_as):
    until = timezone.now() + timedelta(days=30)
    with working_as("alice") as alice:
        patient = make_patient()
        own = alice.acting_as.principal
        room = Meeting.objects.get(board__code="SEI").principal
        grant(patient_id=patient.pk, to=own, reason=AccessReason.CREATION, by=alice)
        grant(patient_id=patient.pk, to=room, reason=AccessReason.MEETING, by=alice, expires_at=until)
        with refused("only the access of a meeting"):
            end(patient_id=patient.pk, principal_id=own.pk, reason=AccessReason.CREATION, by=alice)
    with working_as("metro") as mona, refused("only who sees"):
        end(patient_id=patient.pk, principal_id=room.pk, reason=AccessReason.MEETING, by=mona)
    with working_as("bob"):
        assert may_see(patient.pk)
    with working_as("alice") as alice:
        assert end(patient_id=patient.pk, principal_id=room.pk, reason=AccessReason.MEETING, by=alice)
        # now() is the start of the transaction, the test's own: the access is over for the next one
        assert not end(patient_id=patient.pk, principal_id=room.pk, reason=AccessReason.MEETING, by=alice)


def test_nobody_in_particular_opens_nothing(working_as, as_worker):
    with working_as("alice") as alice:
        patient = make_patient()
    with as_worker(1), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        grant(patient_id=patient.pk, to=alice.principal, reason=AccessReason.CREATION, by=alice)


def test_a_patient_of_another_network_cannot_even_be_granted(working_as):
    with working_as("alice"):
        patient = make_patient()
    with working_as("oscar") as oscar, pytest.raises(AccessRefused, match="out of scope"), transaction.atomic():
        grant(patient_id=patient.pk, to=oscar.principal, reason=AccessReason.CREATION, by=oscar)
    with working_as("oscar") as oscar, pytest.raises(AccessRefused, match="out of scope"), transaction.atomic():
        grant(patient_id=uuid.uuid4(), to=oscar.principal, reason=AccessReason.CREATION, by=oscar)


def test_the_worker_sees_regions_and_not_principals(working_as, as_worker):
    with working_as("alice"):
        patient = make_patient()
    with as_worker(1):
        assert Patient.objects.filter(pk=patient.pk).exists()
    with as_worker(9):
        assert not Patient.objects.filter(pk=patient.pk).exists()


def test_the_role_of_the_web_is_not_privileged(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == ("dcc_web", False, False)


def test_a_revoked_membership_opens_nothing(people, db):
    from dcc.tenancy.scope import user_scope

    alice = people("alice")
    with user_scope(user_id=alice.pk, membership_id=uuid.uuid4()):
        assert Organisation.objects.count() == 0
