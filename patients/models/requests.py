"""What patients ask for, the exports made for them, and the files whose time is over (PAT-08, R.1112-7)."""

from datetime import timedelta

from django.db import models
from django.utils import timezone

from dcc.accounts.models import User
from dcc.lib.ids import uuid7
from dcc.organisations.models import Organisation
from dcc.tenancy.isolation import PatientWall, RegionWall, SameRegionReference
from dcc.tenancy.models import RegionModel
from patients.models.access import PatientModel
from patients.models.information import Means

EXPORT_KEPT = timedelta(days=7)


class RequestKind(models.TextChoices):
    ACCESS = "access", "accès au dossier"
    RECTIFICATION = "rectification", "rectification"
    OPPOSITION = "opposition", "opposition"


class RequestStatus(models.TextChoices):
    OPEN = "open", "à traiter"
    ANSWERED = "answered", "satisfaite"
    REFUSED = "refused", "refusée"


class Request(PatientModel):
    """A right the patient exercises, with the day an answer is due and what was answered."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField("demande", max_length=13, choices=RequestKind)
    status = models.CharField(max_length=8, choices=RequestStatus, default=RequestStatus.OPEN)
    asked_on = models.DateField("reçue le")
    asked_by = models.CharField("présentée par", max_length=150)
    means = models.CharField("moyen", max_length=8, choices=Means)
    about = models.TextField("objet", max_length=1000, blank=True)
    due_on = models.DateField("réponse due le")
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
    answer = models.TextField("réponse", max_length=1000, blank=True)
    closed_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta(PatientModel.Meta):
        constraints = [
            PatientWall(name="request_wall"),
            SameRegionReference(name="request_patient", column="patient_id", to="patients.Patient"),
        ]
        indexes = [
            models.Index(fields=["patient", "recorded_at"], name="request_patient_x"),
            models.Index(
                fields=["region", "due_on"], condition=models.Q(status=RequestStatus.OPEN), name="request_open"
            ),
        ]

    @property
    def late(self) -> bool:
        return self.status == RequestStatus.OPEN and self.due_on < timezone.localdate()


class ExportState(models.TextChoices):
    PRODUCING = "producing", "en préparation"
    READY = "ready", "prêt"
    FAILED = "failed", "préparation en échec"
    DELETED = "deleted", "supprimé"


class Export(PatientModel):
    """A complete copy of a file, made by a worker; its bytes are kept seven days, the row for ever."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    state = models.CharField(max_length=9, choices=ExportState, default=ExportState.PRODUCING)
    progress = models.PositiveSmallIntegerField(default=0)  # hundredths
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    readers = models.JSONField(default=list)  # who opened the file, as the asker read it: workers read no event
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    ready_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    size = models.PositiveIntegerField(null=True)
    sha256 = models.BinaryField(max_length=32, null=True)
    key_id = models.CharField(max_length=40, blank=True)
    wrapped_key = models.BinaryField(null=True)
    ciphertext = models.BinaryField(null=True)

    class Meta(PatientModel.Meta):
        constraints = [
            PatientWall(name="export_wall"),
            SameRegionReference(name="export_patient", column="patient_id", to="patients.Patient"),
            models.CheckConstraint(
                condition=models.Q(state="ready", ciphertext__isnull=False, expires_at__isnull=False)
                | ~models.Q(state="ready") & models.Q(ciphertext__isnull=True),
                name="export_bytes_while_ready",
            ),
        ]
        indexes = [
            models.Index(fields=["patient", "asked_at"], name="export_patient_x"),
            models.Index(
                fields=["region", "next_attempt_at"],
                condition=models.Q(state__in=["producing", "ready"]),
                name="export_due",
            ),
        ]


class ListStatus(models.TextChoices):
    DRAWING = "drawing", "en préparation"
    DRAWN = "drawn", "à signer"
    SIGNED = "signed", "signée, en cours d’exécution"
    DONE = "done", "exécutée"
    DROPPED = "dropped", "abandonnée"


class RetentionList(RegionModel):
    """Files of one organisation whose time is over: drawn by a worker, signed by two persons, then executed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", db_constraint=False)
    status = models.CharField(max_length=8, choices=ListStatus, default=ListStatus.DRAWING)
    drawn_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField(default=timezone.now)
    size = models.PositiveIntegerField(default=0)
    first_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    first_at = models.DateTimeField(null=True)
    second_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    second_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            RegionWall(name="retentionlist_wall"),
            SameRegionReference(
                name="retentionlist_organisation", column="organisation_id", to="organisations.Organisation"
            ),
            models.CheckConstraint(
                condition=models.Q(second_by__isnull=True)
                | models.Q(first_by__isnull=False) & ~models.Q(second_by=models.F("first_by")),
                name="retentionlist_two_persons",
            ),
            models.CheckConstraint(
                condition=~models.Q(status__in=["signed", "done"]) | models.Q(second_by__isnull=False),
                name="retentionlist_executed_once_signed",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "drawn_at"], name="retentionlist_organisation_x")]


class RetentionLine(PatientModel):
    """One file of a list: why its time is over, whether it is kept all the same, and its tombstone once eliminated."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    list_id = models.UUIDField()  # the list may be of another founding region of the network
    last_passage_on = models.DateField()
    over_on = models.DateField()
    rule = models.CharField(max_length=12)
    kept = models.CharField("conservé parce que", max_length=300, blank=True)
    eliminated_at = models.DateTimeField(null=True)
    contents = models.PositiveIntegerField(default=0)  # how many contents lost their key
    digest = models.BinaryField(max_length=32, null=True)  # of their hashes: what was there, without what it said

    class Meta(PatientModel.Meta):
        constraints = [
            PatientWall(name="retentionline_wall"),
            SameRegionReference(name="retentionline_patient", column="patient_id", to="patients.Patient"),
            models.UniqueConstraint(fields=["list_id", "patient"], name="retentionline_once"),
        ]
