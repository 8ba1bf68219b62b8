"""Documents of the file, their encrypted content and what became of them."""

from django.db import models
from django.utils import timezone

from dcc.lib.ids import uuid7
from patients.models.access import PatientModel


class DocumentKind(models.TextChoices):
    RCP_REPORT = "rcp_report", "compte rendu de RCP"
    PPS = "pps", "programme personnalisé de soins"
    RECEIVED = "received", "document reçu"


class DocumentState(models.TextChoices):
    PRODUCING = "producing", "en production"
    READY = "ready", "prêt"
    FAILED = "failed", "production en échec"
    REPLACED = "replaced", "remplacé"


class Document(PatientModel):
    """A document issued from frozen data; a correction is another one that replaces it (D6)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=12, choices=DocumentKind)
    title = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=DocumentState, default=DocumentState.PRODUCING)
    version = models.PositiveSmallIntegerField(default=1)
    replaces = models.OneToOneField("self", models.PROTECT, null=True, related_name="replaced_by")
    data = models.JSONField()  # frozen when issued: what every rendering is made from
    data_hash = models.BinaryField(max_length=32)
    source_id = models.UUIDField()  # the case, the plan… that it was issued from
    issued_at = models.DateTimeField(default=timezone.now)
    issued_by = models.CharField(max_length=200)
    ready_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta(PatientModel.Meta):
        constraints = [
            *PatientModel.Meta.constraints,
            models.UniqueConstraint(fields=["region", "id"], name="document_region_id"),
            models.UniqueConstraint(fields=["source_id", "kind", "version"], name="document_version_once"),
        ]
        indexes = [
            models.Index(fields=["patient", "issued_at"], name="document_patient_x"),
            models.Index(
                fields=["region", "next_attempt_at"],
                condition=models.Q(state="producing"),
                name="document_due",
            ),
        ]


class ContentKind(models.TextChoices):
    PDF = "pdf", "PDF"
    CDA = "cda", "CDA"
    MAIL = "mail", "message MSSanté"
    HL7 = "hl7", "message HL7"
    ACK = "ack", "accusé"
    PNG = "png", "image PNG"
    JPEG = "jpg", "image JPEG"
    TIFF = "tif", "image TIFF"
    TEXT = "txt", "texte"


class Content(PatientModel):
    """Bytes that left or arrived, written once and encrypted: a document's renderings, a delivery's message (D21)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner_id = models.UUIDField()  # the document, issued or received, or the delivery
    kind = models.CharField(max_length=4, choices=ContentKind)
    sha256 = models.BinaryField(max_length=32)
    size = models.PositiveIntegerField()
    key_id = models.CharField(max_length=40)
    wrapped_key = models.BinaryField()  # null byte string once the key is destroyed
    ciphertext = models.BinaryField()
    written_at = models.DateTimeField(default=timezone.now)

    class Meta(PatientModel.Meta):
        constraints = [
            *PatientModel.Meta.constraints,
            models.UniqueConstraint(fields=["owner_id", "kind"], name="content_once"),
        ]
        indexes = [models.Index(fields=["patient"], name="content_patient_x")]
