"""How an identity became what it is: each act upon it, its former matricules, what INSi answered, who stands by it."""

from django.db import models
from django.utils import timezone

from dcc.accounts.models import User
from dcc.lib.ids import uuid7
from dcc.organisations.models import Organisation
from dcc.tenancy.isolation import PatientWall, RegionWall, SameRegionReference
from dcc.tenancy.models import RegionModel
from patients.lifecycle.states import Channel, IdentityDocument, IdentityStatus, InsEnd, InsiDecision, Relation
from patients.models.access import PatientModel
from patients.models.identity import Patient


class IdentityChange(PatientModel):
    """One act upon an identity: who, when, by which channel and document, what it was and what it became.

    Inserted, never changed. `traits` holds the corrected ones, name: [before, after]; a matricule never comes here.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")  # nobody: the feed of an establishment
    actor = models.CharField(max_length=200)
    organisation = models.CharField(max_length=200, blank=True)
    act = models.CharField(max_length=14)
    channel = models.CharField(max_length=4, choices=Channel)
    status_before = models.CharField(max_length=5, choices=IdentityStatus, blank=True)
    status_after = models.CharField(max_length=5, choices=IdentityStatus)
    attributes = models.CharField(max_length=30, blank=True)  # after the act: « DOUT HOMA »
    document_kind = models.CharField(max_length=6, choices=IdentityDocument, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    traits = models.JSONField(default=dict)

    class Meta:
        constraints = [
            PatientWall(name="identitychange_wall", web="SI"),
            SameRegionReference(name="identitychange_patient", column="patient_id", to="patients.Patient"),
        ]
        indexes = [models.Index(fields=["patient", "at"], name="identitychange_patient_x")]


class FormerIns(RegionModel):
    """A matricule that this identity bore, with its OID: it is still found by it, and never sent with it.

    Behind wall 1 like the one in force. Sealed to its own row, so that a merge may give it to the survivor.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="former_ins", db_constraint=False)
    sealed = models.BinaryField()
    hash = models.BinaryField()
    oid = models.CharField(max_length=32)
    why = models.CharField(max_length=11, choices=InsEnd)
    started_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            RegionWall(name="formerins_wall", web="SI"),
            SameRegionReference(name="formerins_patient", column="patient_id", to="patients.Patient"),
        ]
        indexes = [
            models.Index(fields=["region", "hash"], name="formerins_hash"),
            models.Index(fields=["patient"], name="formerins_patient_x"),
        ]


class InsiCall(PatientModel):
    """A question to INSi; its answer is kept encrypted until a person decides upon it, asks again, or a day is over."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    asked_at = models.DateTimeField(default=timezone.now)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    code = models.CharField(max_length=2)
    answer_sealed = models.BinaryField(null=True)
    traits_hash = models.BinaryField(max_length=32)  # of the traits asked with: decided upon only while they hold
    decision = models.CharField(max_length=8, choices=InsiDecision, blank=True, default="")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta(PatientModel.Meta):
        indexes = [
            models.Index(fields=["patient", "asked_at"], name="insicall_patient_x"),
            models.Index(
                fields=["region", "asked_at"],
                condition=models.Q(answer_sealed__isnull=False),
                name="insicall_answers_held",
            ),
        ]


class Relative(PatientModel):
    """Somebody who represents the patient by law, whom they trust, or whom to call.

    Typed by a desk, or said by the feed of an establishment, which then ends it itself; never both.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    relation = models.CharField("qualité", max_length=8, choices=Relation)
    name = models.CharField("nom et prénom", max_length=150)
    phone = models.CharField("téléphone", max_length=20, blank=True)
    email = models.EmailField("adresse électronique", blank=True)
    address = models.CharField("adresse postale", max_length=300, blank=True)
    added_at = models.DateTimeField(default=timezone.now)
    added_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    fed_by = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", db_constraint=False)
    ended_at = models.DateTimeField(null=True)

    class Meta(PatientModel.Meta):
        constraints = [
            *PatientModel.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(added_by__isnull=True) ^ models.Q(fed_by__isnull=True),
                name="relative_of_a_desk_or_a_feed",
            ),
        ]
        indexes = [models.Index(fields=["patient", "relation"], name="relative_patient_x")]

    def __str__(self) -> str:
        return self.name
