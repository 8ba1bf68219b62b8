"""The two walls: a network sees its regions, a reader sees the files they care for, and nothing is seen by default."""

import uuid
from datetime import date

import pytest
from django.db import ProgrammingError, connection, transaction

from dcc.organisations.models import Organisation
from patients.access import AccessRefused, end, grant, may_see
from patients.models import Access, AccessReason, Contact, Patient


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


def test_a_break_glass_without_an_end_is_refused(working_as):
    with working_as("denis") as denis:
        patient = make_patient()
        with pytest.raises(AccessRefused, match="must expire"), transaction.atomic():
            grant(patient_id=patient.pk, to=denis.principal, reason=AccessReason.BREAK_GLASS, by=denis)


def test_an_ended_access_closes_the_file(working_as):
    with working_as("alice") as alice:
        patient = make_patient()
        principal = alice.acting_as.principal
        grant(patient_id=patient.pk, to=principal, reason=AccessReason.CREATION, by=alice)
        assert may_see(patient.pk)
        assert end(patient_id=patient.pk, principal_id=principal.pk, reason=AccessReason.CREATION, by=alice)
        # now() is the start of the transaction: the access ends for the next one, so compare the row
        assert not Access.objects.filter(expires_at__year=9999).exists()


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
