"""Creating an identity: the strict traits, normalised; never a double by accident (PAT-02, PAT-03, D11)."""

import threading
from typing import Any

import pytest
from django.conf import settings

from dcc.audit.models import AuditEvent
from dcc.lib.ids import uuid7
from dcc.organisations.models import Organisation
from patients.access import may_see
from patients.actions import (
    CloseIdentityFound,
    IppTaken,
    NotInCreatorsHands,
    add_ipp,
    create_patient,
    update_contact,
)
from patients.events import PatientEvent
from patients.models import Contact, IdentityStatus, Patient
from tests.conftest import owner_connection
from tests.patients.conftest import created, new_identity


def events(patient: Patient) -> list[str]:
    return list(
        AuditEvent.objects.filter(patient_id=patient.pk).order_by("recorded_at", "id").values_list("event", flat=True)
    )


def test_what_is_stored_is_what_was_typed_its_normal_form_and_its_keys(working_as):
    with working_as("alice") as alice:
        patient = created(alice, "L’Hélias-Cœur", "Marie Noëlle", used_name="d'Aramitz")
        stored = Patient.objects.get(pk=patient.pk)
    assert (stored.birth_name, stored.birth_name_received) == ("L'HELIAS-COEUR", "L’Hélias-Cœur")
    assert (stored.birth_name_key, stored.used_name_key) == ("LHELIASCOEUR", "DARAMITZ")
    assert stored.first_given_name == "MARIE NOELLE"
    assert all([stored.birth_name_sound, stored.given_name_sound, stored.used_name_sound])
    assert (stored.birth_insee, stored.birth_place, stored.region_id) == ("44109", "Nantes", 1)
    assert stored.used_given_name == ""  # EXI ID 08: never filled by itself


def test_a_form_can_only_make_a_provisional_identity(working_as):
    with working_as("alice") as alice:
        assert created(alice).status == IdentityStatus.PROVISIONAL  # D12


def test_a_partial_date_is_completed_by_rule_and_flagged(working_as):
    with working_as("alice") as alice:
        patient = created(alice, "Tanguy", "Maël", "1971", sex="M")
        assert (patient.birth_date.isoformat(), patient.birth_date_interpreted) == ("1971-12-31", True)


def test_creation_opens_the_file_to_the_acting_organisation_and_to_nobody_else(working_as, francoise):
    with working_as("alice"):
        assert may_see(francoise.pk)
        assert events(francoise) == [PatientEvent.ACCESS_GRANTED.value, PatientEvent.CREATED.value]
    with working_as("metro"):
        assert Patient.objects.filter(pk=francoise.pk).exists()
        assert not may_see(francoise.pk)
    with working_as("oscar"):
        assert not Patient.objects.filter(pk=francoise.pk).exists()


@pytest.mark.parametrize(
    "typed",
    [
        ("Abherve", "Françoise", "11031963"),
        ("Abhervé", "Francoise", "03111963"),  # day and month swapped
        ("Le Guillou", "Françoise", "11031963"),  # her used name typed as her birth name
        ("Abervé", "Françoise", "12031963"),
    ],
)
def test_a_close_identity_asks_for_a_reason(working_as, francoise, typed):
    with working_as("alice") as alice:
        with pytest.raises(CloseIdentityFound) as refusal:
            created(alice, *typed)
        assert [match.patient.pk for match in refusal.value.matches] == [francoise.pk]
        assert Patient.objects.count() == 1


def test_the_reason_is_stored_and_traced_with_the_identities_it_set_aside(working_as, francoise):
    with working_as("alice") as alice:
        other = created(alice, "Abhervé", "Françoise", reason="Homonyme connu")
        assert other.duplicate_reason == "Homonyme connu"
        event = AuditEvent.objects.get(patient_id=other.pk, event=PatientEvent.CREATED_DESPITE.value)
        assert event.details == {"why": "Homonyme connu", "close": [str(francoise.pk)]}


def test_a_reason_given_for_nothing_is_not_kept(working_as):
    with working_as("alice") as alice:
        assert created(alice, reason="Homonyme connu").duplicate_reason == ""


def test_twins_ask_for_no_reason(working_as, francoise):
    with working_as("alice") as alice:
        twin = created(alice, "Abhervé", "Solenn")
        assert twin.pk != francoise.pk
        assert twin.duplicate_reason == ""


def test_the_same_form_sent_twice_creates_once(working_as):
    token = uuid7()
    with working_as("alice") as alice:
        first = create_patient(patient_id=token, identity=new_identity(), by=alice)
        again = create_patient(patient_id=token, identity=new_identity(), by=alice)
        assert first.pk == again.pk
        assert Patient.objects.count() == 1


def test_the_token_of_somebody_else_opens_nothing(working_as, francoise):
    with working_as("metro") as mona, pytest.raises(NotInCreatorsHands):
        create_patient(patient_id=francoise.pk, identity=new_identity("Tanguy", "Maël"), by=mona)
    with working_as("oscar") as oscar, pytest.raises(NotInCreatorsHands):
        create_patient(patient_id=francoise.pk, identity=new_identity("Tanguy", "Maël"), by=oscar)


def test_two_desks_at_the_same_moment_make_one_patient_and_one_warning(django_db_setup, django_db_blocker):
    """Real transactions: the second creation waits for the first, then finds it."""
    from django.db import connection

    from dcc.accounts.models import Membership, User
    from dcc.accounts.queries import my_memberships
    from dcc.tenancy.scope import user_scope

    outcomes: list[Any] = []
    start = threading.Barrier(2)

    def desk(email: str) -> None:
        with django_db_blocker.unblock():
            try:
                user = User.objects.get(email=email)
                with user_scope(user_id=user.pk, membership_id=None):
                    membership_id = my_memberships()[0].id
                start.wait(timeout=10)
                with user_scope(user_id=user.pk, membership_id=membership_id):
                    membership = Membership.objects.select_related("organisation").get(pk=membership_id)
                    user.acting_as, user.acting_in = membership.organisation, membership.region_id
                    outcomes.append(created(user, "Simultané", "Yves", "05071950", sex="M"))
            except CloseIdentityFound as refusal:
                outcomes.append(refusal)
            finally:
                connection.close()

    desks = [threading.Thread(target=desk, args=(f"{short}@dcc.example",)) for short in ("alice", "metro")]
    for one in desks:
        one.start()
    for one in desks:
        one.join(timeout=20)
    with owner_connection(settings.DATABASES["default"]["NAME"]) as owner:  # committed: not of any test's transaction
        for table in ("patients_access", "patients_identitychange"):
            owner.execute(f"DELETE FROM {table} WHERE patient_id IN (SELECT id FROM patients_patient)")
        owner.execute("DELETE FROM patients_patient")
    assert sorted(type(one).__name__ for one in outcomes) == ["CloseIdentityFound", "Patient"]


def test_an_ipp_belongs_to_one_person_of_an_establishment(working_as, francoise):
    with working_as("alice") as alice:
        roche = Organisation.objects.get(short_name="CH Rochebrune")
        add_ipp(patient=francoise, value="0048217306", organisation=roche, by=alice)
        again = add_ipp(patient=francoise, value="0048217306", organisation=roche, by=alice)
        assert again.patient_id == francoise.pk
        other = created(alice, "Tanguy", "Maël", sex="M")
        with pytest.raises(IppTaken) as refusal:
            add_ipp(patient=other, value="0048217306", organisation=roche, by=alice)
        assert refusal.value.holder.pk == francoise.pk
        dunes = Organisation.objects.get(short_name="Clinique des Dunes")
        add_ipp(patient=other, value="0048217306", organisation=dunes, by=alice)


def test_the_contact_traces_which_fields_changed_and_not_what_they_hold(working_as, francoise):
    with working_as("alice") as alice:
        update_contact(patient=francoise, values={"city": "Nantes", "gp_name": "Dr Mazurier"}, by=alice)
        event = AuditEvent.objects.get(patient_id=francoise.pk, event=PatientEvent.CONTACT_UPDATED.value)
        assert event.details == {"fields": "commune et médecin traitant"}
        update_contact(patient=francoise, values={"city": "Nantes"}, by=alice)
        assert AuditEvent.objects.filter(event=PatientEvent.CONTACT_UPDATED.value).count() == 1
        assert Contact.objects.get(patient=francoise).gp_name == "Dr Mazurier"
    with working_as("metro"):
        assert not Contact.objects.exists()
