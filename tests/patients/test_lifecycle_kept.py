"""What is held about an identity: who says its traits, what PostgreSQL refuses, death, relatives, its datamatrix."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from dcc.audit.models import AuditEvent
from patients.actions import create_patient
from patients.events import PatientEvent
from patients.identity.datamatrix import read_datamatrix
from patients.identity.ins import Platform
from patients.lifecycle import actions, asking, matricules
from patients.lifecycle.datamatrix import NoDatamatrix, datamatrix_of
from patients.lifecycle.regimes import TraitsComeFromFeed, change_regime
from patients.lifecycle.states import InsEnd, Regime
from patients.models import FormerIns, IdentityChange, Patient
from tests.patients.conftest import created, new_identity
from tests.patients.identities import MATRICULE, OID, PAT_TROIS, again, doubted, pat_trois, retrieved, seen, validated


class TestRegimes:
    """Where the software of the establishment says the traits, they are read only here (PAT-01)."""

    def test_creation_correction_validation_and_insi_are_done_there(self, working_as, people):
        with working_as("alice") as alice:
            patient = pat_trois(alice)
            actions_org = alice.acting_as
        with working_as("network") as nadia:
            change_regime(organisation=actions_org, regime=Regime.FOLLOWER, by=nadia)
        with working_as("alice") as alice:
            for attempt in (
                lambda: created(alice, "Tanguy", "Maël", sex="M"),
                lambda: validated(patient, alice),
                lambda: asking.ask(patient=patient, given_name="DOMINIQUE", by=alice),
                lambda: actions.change_traits(
                    patient=patient, identity=new_identity("Autre"), by=alice, seen=seen(patient)
                ),
            ):
                with pytest.raises(TraitsComeFromFeed) as refused:
                    attempt()
                assert "viennent de son logiciel" in refused.value.message
            assert doubted(patient, alice).is_doubtful  # a danger seen here is said here

    def test_what_another_establishment_feeds_is_read_only_for_all(self, working_as):
        with working_as("alice") as alice:
            patient = pat_trois(alice)
        with working_as("network") as nadia:
            roche = nadia.acting_as.__class__.objects.get(short_name="CH Rochebrune")
            change_regime(organisation=roche, regime=Regime.FOLLOWER, by=nadia)
        with working_as("alice") as alice:
            assert created(alice, "Tanguy", "Maël", sex="M")
            Patient.objects.filter(pk=patient.pk).update(fed_by=roche)
            with pytest.raises(TraitsComeFromFeed) as refused:
                validated(again(patient), alice)
            assert "CH Rochebrune" in refused.value.message


class TestDatabase:
    """PostgreSQL holds what must never break, whatever writes."""

    @pytest.mark.parametrize(
        "wrong",
        [
            {"status": "QUAL"},
            {"status": "RECUP"},
            {"status": "VALI", "is_doubtful": True},
            {"is_fictitious": True, "is_homonym": True},
            {"is_fictitious": True, "is_anonymous": True},
            {"is_doubtful": True, "ins_hash": b"x", "ins_sealed": b"x", "ins_oid": OID},
            {"ins_hash": b"x", "ins_sealed": b"x"},
            {"died_on": "2026-01-01"},
        ],
    )
    def test_a_wrong_state_cannot_be_written(self, working_as, wrong):
        with working_as("alice") as alice:
            patient = pat_trois(alice)
            with pytest.raises(IntegrityError), transaction.atomic():
                Patient.objects.filter(pk=patient.pk).update(**wrong)

    def test_the_history_is_not_rewritten(self, working_as):
        with working_as("alice") as alice:
            patient = pat_trois(alice)
            for rewriting in (
                lambda: IdentityChange.objects.filter(patient=patient).update(actor="Personne"),
                lambda: IdentityChange.objects.filter(patient=patient).delete(),
            ):
                with pytest.raises(DatabaseError), transaction.atomic():
                    rewriting()

    def test_the_history_is_behind_wall_2_and_the_former_ins_behind_wall_1(self, working_as):
        with working_as("alice") as alice:
            patient = pat_trois(alice)
            matricules.remember(patient, asking._ins(MATRICULE, OID), InsEnd.REPLACED)
        with working_as("metro"):
            assert not IdentityChange.objects.filter(patient=patient).exists()
            assert FormerIns.objects.filter(patient=patient).exists()
        with working_as("oscar"):
            assert not FormerIns.objects.filter(patient=patient).exists()


def test_the_creation_is_the_first_line(working_as):
    with working_as("alice") as alice:
        patient = pat_trois(alice)
        line = IdentityChange.objects.get(patient=patient)
        assert (line.act, line.status_before, line.status_after, line.channel) == ("create", "", "PROV", "SM")
        assert create_patient(patient_id=patient.pk, identity=new_identity(*PAT_TROIS), by=alice).pk == patient.pk
        assert IdentityChange.objects.filter(patient=patient).count() == 1


def test_death_is_noted_with_its_day_or_without_and_taken_back(working_as):
    with working_as("alice") as alice:
        patient = pat_trois(alice)
        day = timezone.localdate()
        noted = actions.note_death(patient=patient, deceased=True, died_on=day, by=alice)
        assert (noted.is_deceased, noted.died_on) == (True, day)
        back = actions.note_death(patient=patient, deceased=False, died_on=day, by=alice)
        assert (back.is_deceased, back.died_on) == (False, None)
        told = AuditEvent.objects.filter(event__startswith="patients.death").count()
        assert told == 2


def test_who_represents_a_child_is_kept_with_its_end(working_as):
    with working_as("alice") as alice:
        patient = pat_trois(alice)
        mother = actions.add_relative(patient=patient, by=alice, relation="mother", name="PAT-TROIS Anne")
        actions.end_relative(relative=mother, by=alice)
        actions.end_relative(relative=mother, by=alice)
        mother.refresh_from_db()
        assert mother.ended_at
        assert AuditEvent.objects.filter(event=PatientEvent.RELATIVE_ENDED.value).count() == 1


def test_the_datamatrix_of_a_qualified_identity_is_read_back_and_no_other_has_one(working_as):
    with working_as("alice") as alice:
        patient = retrieved(pat_trois(alice), alice)
        with pytest.raises(NoDatamatrix):
            datamatrix_of(again(patient))
        validated(patient, alice)
        payload = datamatrix_of(again(patient))
    read = read_datamatrix(payload, platform=Platform.TEST)
    assert (read.ins.matricule, read.ins.oid, read.given_names) == (MATRICULE, OID, "DOMINIQUE MARIE-LOUISE")
    assert (read.birth_name, read.sex, f"{read.birth_date}", read.birth_insee) == (
        "PAT-TROIS", "F", "1979-03-28", "51215",
    )  # fmt: skip
    assert payload.isascii()
