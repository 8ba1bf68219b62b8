"""What the feeds of establishments say: messages, numbers, statements, redirections, visits, and what a person settles.

An identity is never kept as a sum: each message is a statement of its number, and who somebody is gets recomputed from
the statements (interop/pam). Only workers reach these tables; the web sees the visits of the files it may open, and the
conflicts it settles. ADR 10.
"""

from django.db import models
from django.utils import timezone

from dcc.accounts.models import User
from dcc.lib.ids import uuid7
from dcc.organisations.models import Organisation
from dcc.tenancy.isolation import PatientWall, RegionWall, SameRegionReference
from dcc.tenancy.models import Region, RegionModel
from patients.models.identity import Patient


class RedirectionKind(models.TextChoices):
    MERGED = "merged", "fusion (A40)"
    RENAMED = "renamed", "changement de numéro (A47)"


class FeedMergeKind(models.TextChoices):
    MERGED = "merged", "fusion (A40)"
    RENAMED = "renamed", "changement d’IPP (A47)"
    SAME_INS = "same_ins", "même INS qualifiée"


class FeedConflictKind(models.TextChoices):
    COLLISION = "collision", "collision probable"
    SAME_INS = "same_ins", "même INS pour deux identités"
    TWO_INS = "two_ins", "fusion de deux INS différentes"
    IDENTIFIER_TAKEN = "identifier_taken", "nouveau numéro déjà en usage"
    ALREADY_REDIRECTED = "already_redirected", "numéro déjà fusionné ou remplacé"
    VISIT_OF_ANOTHER = "visit_of_another", "venue d’un autre patient"
    TWO_FILES = "two_files", "deux dossiers de deux régions"


class FeedMessage(RegionModel):
    """One message received and the answer made to it: sent again, it gets the same bytes. The message is encrypted."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", db_constraint=False)
    key = models.BinaryField(max_length=32)  # digest of sender and control id (MSH-3, MSH-4, MSH-10)
    digest = models.CharField(max_length=64)  # of what followed the header
    control_id = models.CharField(max_length=199)
    event = models.CharField(max_length=3, blank=True)  # A28…
    effect = models.CharField(max_length=8)
    code = models.CharField(max_length=2)  # AA, AE
    ack = models.BinaryField()  # holds no trait
    alerts = models.JSONField(default=list)  # French, without any trait
    identity = models.UUIDField(null=True)
    key_id = models.CharField(max_length=40)
    wrapped_key = models.BinaryField()
    ciphertext = models.BinaryField()
    received_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            RegionWall(name="feedmessage_wall", web="", worker="SI"),
            SameRegionReference(
                name="feedmessage_organisation", column="organisation_id", to="organisations.Organisation"
            ),
            models.UniqueConstraint(fields=["region", "id"], name="feedmessage_region_id"),
            models.UniqueConstraint(fields=["region", "organisation", "key"], name="feedmessage_once"),
        ]


class FeedIdentity(RegionModel):
    """Somebody as the feeds know them; their Patient, once the required traits are said, has the same id."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    merged_into = models.UUIDField(null=True)
    shown = models.BinaryField(max_length=32, null=True)  # digest of what was last written on the patient
    opened_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            RegionWall(name="feedidentity_wall", web=""),
            models.UniqueConstraint(fields=["region", "id"], name="feedidentity_region_id"),
        ]


class FeedNumber(RegionModel):
    """A number in its assigning authority, and whom it leads to; `region` is the authority's."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    authority = models.CharField(max_length=40)  # the establishment's key; "dcc" for what was typed here
    value = models.CharField(max_length=40)
    identity_region = models.ForeignKey(Region, models.PROTECT, related_name="+", editable=False)
    identity = models.ForeignKey(FeedIdentity, models.PROTECT, related_name="numbers", db_constraint=False)
    identifier = models.UUIDField(null=True)  # the PatientIdentifier it is shown as
    first_heard_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            RegionWall(name="feednumber_wall", web=""),
            SameRegionReference(
                name="feednumber_identity",
                column="identity_id",
                region="identity_region_id",
                to="patients.FeedIdentity",
            ),
            models.UniqueConstraint(fields=["region", "id"], name="feednumber_region_id"),
            models.UniqueConstraint(fields=["region", "authority", "value"], name="feednumber_once"),
        ]
        indexes = [models.Index(fields=["identity"], name="feednumber_identity_x")]


class FeedTraits(RegionModel):
    """What a number was said to be, once however often it is repeated: most movements repeat the identity."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.ForeignKey(FeedNumber, models.PROTECT, related_name="+", db_constraint=False)
    digest = models.BinaryField(max_length=32)
    said = models.JSONField()  # by trait: its value, null when it is deleted, absent when nothing is said
    ins_sealed = models.BinaryField(null=True)
    ins_hash = models.BinaryField(null=True)  # keyed, as Patient.ins_hash
    ins_oid = models.CharField(max_length=32, blank=True)

    class Meta:
        constraints = [
            RegionWall(name="feedtraits_wall", web="", worker="SI"),
            SameRegionReference(name="feedtraits_number", column="number_id", to="patients.FeedNumber"),
            models.UniqueConstraint(fields=["region", "id"], name="feedtraits_region_id"),
            models.UniqueConstraint(fields=["region", "number", "digest"], name="feedtraits_once"),
            models.CheckConstraint(
                condition=models.Q(ins_sealed__isnull=True, ins_hash__isnull=True, ins_oid="")
                | models.Q(ins_sealed__isnull=False, ins_hash__isnull=False) & ~models.Q(ins_oid=""),
                name="feedtraits_ins_with_its_oid",
            ),
        ]
        indexes = [
            models.Index(
                fields=["region", "ins_hash"], condition=models.Q(ins_hash__isnull=False), name="feedtraits_ins"
            )
        ]


class Dated(RegionModel):
    """The place of an event in time: when it was recorded, when it was sent, the control id of its message."""

    recorded_at = models.DateTimeField()
    sent_at = models.DateTimeField()
    control_id = models.CharField(max_length=199)

    class Meta:
        abstract = True


class Statement(Dated):
    """Traits said of a number by one event; `disputed` when its INS belongs to somebody else."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.ForeignKey(FeedNumber, models.PROTECT, related_name="+", db_constraint=False)
    traits = models.ForeignKey(FeedTraits, models.PROTECT, related_name="+", db_constraint=False)
    message = models.ForeignKey(FeedMessage, models.PROTECT, null=True, related_name="+", db_constraint=False)
    disputed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            RegionWall(name="statement_wall", web=""),
            SameRegionReference(name="statement_number", column="number_id", to="patients.FeedNumber"),
            SameRegionReference(name="statement_traits", column="traits_id", to="patients.FeedTraits"),
            SameRegionReference(name="statement_message", column="message_id", to="patients.FeedMessage"),
            models.UniqueConstraint(
                fields=["region", "number", "recorded_at", "sent_at", "control_id"], name="statement_once"
            ),
        ]
        indexes = [models.Index(fields=["number"], name="statement_number_x")]


class Redirection(Dated):
    """Since an event, a number leads to another of its authority; ended, it is history."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.ForeignKey(FeedNumber, models.PROTECT, related_name="+", db_constraint=False)
    target = models.ForeignKey(FeedNumber, models.PROTECT, related_name="+", db_constraint=False)
    kind = models.CharField(max_length=7, choices=RedirectionKind)
    message = models.ForeignKey(FeedMessage, models.PROTECT, null=True, related_name="+", db_constraint=False)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            RegionWall(name="redirection_wall", web=""),
            SameRegionReference(name="redirection_number", column="number_id", to="patients.FeedNumber"),
            SameRegionReference(name="redirection_target", column="target_id", to="patients.FeedNumber"),
            SameRegionReference(name="redirection_message", column="message_id", to="patients.FeedMessage"),
            models.UniqueConstraint(
                fields=["region", "number"], condition=models.Q(ended_at__isnull=True), name="redirection_one_in_force"
            ),
        ]


class FeedMerge(RegionModel):
    """Two identities, or two numbers, that a message made one, with all that is needed to part them again.

    For a mere change of number, `gone` is the identity that the new number would open: nobody has it yet. A person of
    the cell asks to take one back (`undo_asked_…`); the worker does it, or says in French what stops it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=8, choices=FeedMergeKind, default=FeedMergeKind.MERGED)
    authority = models.CharField(max_length=40, blank=True)  # the key of the establishment whose feed said it
    gone_value = models.CharField("IPP disparu", max_length=40, blank=True)
    kept_value = models.CharField("IPP conservé", max_length=40, blank=True)
    gone = models.UUIDField()  # identities
    kept = models.UUIDField()
    moved = models.JSONField()  # the numbers that were of `gone`
    kept_number = models.UUIDField()  # one that was of `kept`
    redirection = models.ForeignKey(Redirection, models.PROTECT, null=True, related_name="+", db_constraint=False)
    message = models.ForeignKey(FeedMessage, models.PROTECT, null=True, related_name="+", db_constraint=False)
    at = models.DateTimeField(default=timezone.now)
    undo_asked_at = models.DateTimeField(null=True)
    undo_asked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    undo_refused = models.CharField(max_length=300, blank=True)  # what stopped the last try
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=200, blank=True)
    undone_why = models.CharField("motif", max_length=300, blank=True)

    class Meta:
        constraints = [
            RegionWall(name="feedmerge_wall", web="SU"),
            SameRegionReference(name="feedmerge_message", column="message_id", to="patients.FeedMessage"),
            models.CheckConstraint(
                condition=models.Q(undone_at__isnull=True) | ~models.Q(undone_by="") & ~models.Q(undone_why=""),
                name="feedmerge_undone_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["gone"], name="feedmerge_gone"),
            models.Index(fields=["kept"], name="feedmerge_kept"),
            models.Index(
                fields=["region", "at"], condition=models.Q(undone_at__isnull=True), name="feedmerge_in_force"
            ),
        ]


class Visit(RegionModel):
    """A stay or a consultation as its movements leave it; the patient is absent until their identity is complete."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    authority = models.CharField(max_length=40)
    value = models.CharField("numéro de venue", max_length=60)
    number = models.ForeignKey(FeedNumber, models.PROTECT, related_name="+", db_constraint=False)
    patient_region = models.ForeignKey(Region, models.PROTECT, null=True, related_name="+", editable=False)
    patient = models.ForeignKey(Patient, models.PROTECT, null=True, related_name="+", db_constraint=False)
    status = models.CharField(max_length=9)  # planned, open, closed, cancelled
    patient_class = models.CharField(max_length=20, blank=True)
    medical_unit = models.CharField(max_length=60, blank=True)
    admitted_at = models.DateTimeField(null=True)
    discharged_at = models.DateTimeField(null=True)
    attending = models.JSONField(default=list)

    class Meta:
        constraints = [
            PatientWall(name="visit_wall", web="S"),
            SameRegionReference(name="visit_number", column="number_id", to="patients.FeedNumber"),
            SameRegionReference(
                name="visit_patient", column="patient_id", region="patient_region_id", to="patients.Patient"
            ),
            models.UniqueConstraint(fields=["region", "id"], name="visit_region_id"),
            models.UniqueConstraint(fields=["region", "authority", "value"], name="visit_once"),
        ]
        indexes = [
            models.Index(fields=["patient", "admitted_at"], name="visit_patient_x"),
            models.Index(fields=["number"], name="visit_number_x"),
        ]


class Movement(Dated):
    """One event of a visit, as it was said."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    visit = models.ForeignKey(Visit, models.PROTECT, related_name="+", db_constraint=False)
    message = models.ForeignKey(FeedMessage, models.PROTECT, null=True, related_name="+", db_constraint=False)
    said = models.JSONField()

    class Meta:
        constraints = [
            RegionWall(name="movement_wall", web="", worker="SI"),
            SameRegionReference(name="movement_visit", column="visit_id", to="patients.Visit"),
            SameRegionReference(name="movement_message", column="message_id", to="patients.FeedMessage"),
            models.UniqueConstraint(
                fields=["region", "visit", "recorded_at", "sent_at", "control_id"], name="movement_once"
            ),
        ]


class FeedConflict(RegionModel):
    """Two numbers a person must look at side by side; the same matter, told again, is the same row.

    `said` is what the message said of `about`, for the one who compares: traits, never an INS.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=18, choices=FeedConflictKind)
    about_authority = models.CharField(max_length=40)
    about_value = models.CharField(max_length=40)
    other_authority = models.CharField(max_length=40, blank=True)
    other_value = models.CharField(max_length=40, blank=True)
    message = models.ForeignKey(FeedMessage, models.PROTECT, null=True, related_name="+", db_constraint=False)
    identity = models.UUIDField(null=True)  # those the numbers led to then: also the ids of their patients
    other_identity = models.UUIDField(null=True)
    said = models.JSONField(default=dict)
    times = models.PositiveIntegerField(default=1)
    reported_at = models.DateTimeField(default=timezone.now)
    last_reported_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=200, blank=True)
    settled_how = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            RegionWall(name="feedconflict_wall", web="SU"),
            SameRegionReference(name="feedconflict_message", column="message_id", to="patients.FeedMessage"),
            models.UniqueConstraint(
                fields=["region", "kind", "about_authority", "about_value", "other_authority", "other_value"],
                condition=models.Q(settled_at__isnull=True),
                name="feedconflict_open_once",
            ),
            models.CheckConstraint(
                condition=models.Q(settled_at__isnull=True) | ~models.Q(settled_by="") & ~models.Q(settled_how=""),
                name="feedconflict_settled_by_somebody",
            ),
        ]
        indexes = [
            models.Index(
                fields=["region", "reported_at"], condition=models.Q(settled_at__isnull=True), name="feedconflict_open"
            )
        ]
