"""Documents that came from elsewhere and were added to a file: who wrote them, when, and what became of them."""

from django.db import models
from django.utils import timezone

from dcc.accounts.models import User
from dcc.lib.ids import uuid7
from dcc.tenancy.isolation import SameRegionReference
from patients.models.access import PatientModel


class ReceivedKind(models.TextChoices):
    """What the document is; patients/documents/kinds.py gives the code of each."""

    PATHOLOGY = "pathology", "anatomopathologie"
    GENETICS = "genetics", "génétique moléculaire"
    SURGERY = "surgery", "compte rendu opératoire"
    IMAGING = "imaging", "imagerie"
    BIOLOGY = "biology", "biologie"
    LETTER = "letter", "courrier"
    STAY = "stay", "compte rendu d’hospitalisation"
    TREATMENT = "treatment", "traitement antérieur"
    BOARD = "board", "RCP d’ailleurs"
    OTHER = "other", "autre"


class ReceivedStatus(models.TextChoices):
    DRAFT = "draft", "à décrire"
    FILED = "filed", "classé"
    REPLACED = "replaced", "remplacé"
    WITHDRAWN = "withdrawn", "retiré"


class ReceivedFormat(models.TextChoices):
    """Also the kind of its content (ContentKind)."""

    PDF = "pdf", "PDF"
    PNG = "png", "image PNG"
    JPEG = "jpg", "image JPEG"
    TIFF = "tif", "image TIFF"
    CDA = "cda", "CDA"
    TEXT = "txt", "texte"


class ReceivedQuerySet(models.QuerySet["ReceivedDocument"]):
    def in_file(self) -> "ReceivedQuerySet":
        """What the file shows: filed, or replaced by another version and still readable."""
        return self.filter(status__in=[ReceivedStatus.FILED, ReceivedStatus.REPLACED])

    def current(self) -> "ReceivedQuerySet":
        return self.filter(status=ReceivedStatus.FILED)


class ReceivedDocument(PatientModel):
    """One file added to a patient's file. Its bytes never change; its description does until it is right (PAT-12)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    status = models.CharField(max_length=9, choices=ReceivedStatus, default=ReceivedStatus.DRAFT)
    kind = models.CharField("type", max_length=10, choices=ReceivedKind, blank=True)
    title = models.CharField("intitulé", max_length=150, blank=True)
    author = models.CharField("auteur", max_length=150, blank=True)
    origin = models.CharField("origine", max_length=150, blank=True)
    dated_on = models.DateField("date du document", null=True)
    format = models.CharField(max_length=3, choices=ReceivedFormat)
    file_name = models.CharField(max_length=200)  # may name the patient: shown in the file, never in a trace
    sha256 = models.BinaryField(max_length=32)
    size = models.PositiveIntegerField()
    pages = models.PositiveSmallIntegerField(default=1)
    identity_differs = models.BooleanField(default=False)  # the CDA names somebody else than the file
    version = models.PositiveSmallIntegerField(default=1)
    replaces = models.ForeignKey("self", models.PROTECT, null=True, related_name="replacements", db_constraint=False)
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    added_by_name = models.CharField(max_length=200)
    added_at = models.DateTimeField(default=timezone.now)
    filed_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=200, blank=True)
    withdrawn_because = models.CharField(max_length=300, blank=True)

    objects = ReceivedQuerySet.as_manager()

    class Meta(PatientModel.Meta):
        constraints = [
            *PatientModel.Meta.constraints,
            SameRegionReference(name="received_replaces", column="replaces_id", to="patients.ReceivedDocument"),
            models.UniqueConstraint(fields=["region", "id"], name="received_region_id"),
            models.UniqueConstraint(
                fields=["replaces"],
                condition=models.Q(status__in=["filed", "replaced"]),
                name="received_replaced_once",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["draft", "withdrawn"])
                | models.Q(dated_on__isnull=False, filed_at__isnull=False) & ~models.Q(kind="") & ~models.Q(author=""),
                name="received_filed_is_described",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="withdrawn")
                | models.Q(withdrawn_at__isnull=False) & ~models.Q(withdrawn_because=""),
                name="received_withdrawn_says_why",
            ),
        ]
        indexes = [
            models.Index(fields=["patient", "status", "dated_on"], name="received_patient_x"),
            models.Index(fields=["region", "sha256"], name="received_bytes_x"),
        ]

    def __str__(self) -> str:
        return self.title or self.get_kind_display() or "document à décrire"

    @property
    def is_readable(self) -> bool:
        return self.status != ReceivedStatus.WITHDRAWN
