"""Form versions, sheets, answers and the events that lose nothing (architecture §6)."""

from django.db import models
from django.utils import timezone

from dcc.accounts.models import User
from dcc.lib.ids import uuid7
from dcc.tenancy.isolation import GlobalTable, PatientWall, SameRegionReference
from patients.models import PatientModel
from rcp.models.cases import Case


class FormVersion(models.Model):
    """A published Questionnaire, immutable; sheets keep the version they were opened with."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=30)
    version = models.CharField(max_length=20)
    title = models.CharField(max_length=200)
    questionnaire = models.JSONField()
    digest = models.BinaryField(max_length=32)
    published_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            GlobalTable(name="formversion_global", reason="definitions of forms, no patient data", web="S", worker="S"),
            models.UniqueConstraint(fields=["code", "version"], name="formversion_once"),
        ]

    def __str__(self) -> str:
        return f"{self.code}|{self.version}"


class SheetStatus(models.TextChoices):
    DRAFT = "draft", "en cours"
    FROZEN = "frozen", "figée"


class Sheet(PatientModel):
    """The structured sheet of a case. `rev` counts every change; the guarded UPDATE of it starts every save."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="sheets", db_constraint=False)
    form = models.ForeignKey(FormVersion, models.PROTECT, related_name="+")
    status = models.CharField(max_length=6, choices=SheetStatus, default=SheetStatus.DRAFT)
    rev = models.PositiveIntegerField(default=0)
    version = models.PositiveSmallIntegerField(default=1)
    replaces = models.OneToOneField("self", models.PROTECT, null=True, related_name="replaced_by", db_constraint=False)
    replace_reason = models.CharField(max_length=300, blank=True)
    response = models.JSONField(null=True)  # the QuestionnaireResponse, once frozen
    report = models.JSONField(null=True)  # ReportData, once frozen: what documents are rendered from
    content_hash = models.BinaryField(max_length=32, null=True)
    frozen_at = models.DateTimeField(null=True)
    frozen_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta(PatientModel.Meta):
        constraints = [
            PatientWall(name="sheet_wall"),
            SameRegionReference(name="sheet_patient", column="patient_id", to="patients.Patient"),
            SameRegionReference(name="sheet_case", column="case_id", to="rcp.Case"),
            models.UniqueConstraint(fields=["region", "id"], name="sheet_region_id"),
            models.UniqueConstraint(fields=["case", "version"], name="sheet_version_once"),
            models.CheckConstraint(
                condition=models.Q(status="draft", response__isnull=True, content_hash__isnull=True)
                | models.Q(status="frozen", response__isnull=False, content_hash__isnull=False),
                name="sheet_frozen_whole",
            ),
        ]
        indexes = [models.Index(fields=["patient"], name="sheet_patient_x")]


class Origin(models.TextChoices):
    TYPED = "typed", "saisie"
    PREFILL = "prefill", "reprise"
    CALCULATED = "calculated", "calcul"


class Answer(PatientModel):
    """The current answer at one path of a sheet, with its own version: compare-and-swap per field."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sheet = models.ForeignKey(Sheet, models.PROTECT, related_name="answers", db_constraint=False)
    path = models.CharField(max_length=300)
    value = models.JSONField(null=True)  # null: emptied
    ver = models.PositiveIntegerField(default=1)
    rev = models.PositiveIntegerField()  # of the sheet when last written
    origin = models.CharField(max_length=10, choices=Origin, default=Origin.TYPED)
    to_confirm = models.BooleanField(default=False)
    author = models.ForeignKey(User, models.PROTECT, related_name="+")
    author_name = models.CharField(max_length=150)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta(PatientModel.Meta):
        constraints = [
            PatientWall(name="answer_wall"),
            SameRegionReference(name="answer_patient", column="patient_id", to="patients.Patient"),
            SameRegionReference(name="answer_sheet", column="sheet_id", to="rcp.Sheet"),
            models.UniqueConstraint(fields=["sheet", "path"], name="answer_once"),
        ]
        indexes = [models.Index(fields=["patient"], name="answer_patient_x")]


class Outcome(models.TextChoices):
    APPLIED = "applied", "appliquée"
    CONFLICT = "conflict", "en conflit"
    REFUSED = "refused", "refusée"


class AnswerEvent(PatientModel):
    """Everything ever typed, applied or not; `op_id` makes a replay harmless. Insert-only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sheet = models.ForeignKey(Sheet, models.PROTECT, related_name="events", db_constraint=False)
    op_id = models.UUIDField()
    path = models.CharField(max_length=300)
    value = models.JSONField(null=True)
    base_ver = models.PositiveIntegerField()
    ver = models.PositiveIntegerField(null=True)
    rev = models.PositiveIntegerField(null=True)
    outcome = models.CharField(max_length=8, choices=Outcome)
    author = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta(PatientModel.Meta):
        constraints = [
            PatientWall(name="answerevent_wall", web="SI", worker="S"),
            SameRegionReference(name="answerevent_patient", column="patient_id", to="patients.Patient"),
            SameRegionReference(name="answerevent_sheet", column="sheet_id", to="rcp.Sheet"),
            models.UniqueConstraint(fields=["sheet", "op_id"], name="answerevent_op_once"),
        ]
        indexes = [models.Index(fields=["sheet", "rev"], name="answerevent_sheet_x")]
