"""Deliveries: what goes out is a row before it is a task (architecture §7)."""

from django.db import models
from django.utils import timezone

from dcc.lib.ids import uuid7
from dcc.organisations.models import Organisation
from dcc.tenancy.isolation import PatientWall, RegionWall, SameRegionReference
from dcc.tenancy.models import RegionModel
from patients.models import Document, PatientModel


class ChannelKind(models.TextChoices):
    MSSANTE = "mssante", "MSSanté"
    HL7 = "hl7", "HL7 vers le DPI"
    PAPER = "paper", "courrier"


class DeliveryStatus(models.TextChoices):
    WAITING = "waiting", "en attente du document"  # due when the content exists
    DUE = "due", "à envoyer"
    SENDING = "sending", "en cours d’envoi"
    SENT = "sent", "remis"
    TO_PRINT = "to_print", "à imprimer"
    PRINTED = "printed", "imprimé"
    REFUSED = "refused", "refusé : à reprendre"  # a human must look
    CANCELLED = "cancelled", "annulé"


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def failed(self) -> "DeliveryQuerySet":
        return self.filter(status=DeliveryStatus.REFUSED)


class Delivery(PatientModel):
    """One document to one recipient over one channel; planning it twice sends it once."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    document = models.ForeignKey(Document, models.PROTECT, related_name="deliveries", db_constraint=False)
    three_c = models.ForeignKey(Organisation, models.PROTECT, related_name="+", db_constraint=False)  # whose basket
    channel = models.CharField(max_length=8, choices=ChannelKind)
    recipient_key = models.CharField(max_length=120)  # address, FINESS of the feed, or a hash of the postal address
    recipient = models.JSONField()  # frozen: name, role, address; never an INS
    occasion = models.CharField(max_length=40, default="first")
    status = models.CharField(max_length=9, choices=DeliveryStatus, default=DeliveryStatus.WAITING)
    control_id = models.CharField(max_length=120, unique=True)  # Message-ID or MSH-10, the same on every retry
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    leased_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    receipt = models.JSONField(default=dict)
    last_error = models.CharField(max_length=300, blank=True)  # for a person, in French
    last_error_detail = models.CharField(max_length=500, blank=True)  # for a technician
    planned_at = models.DateTimeField(default=timezone.now)

    objects = DeliveryQuerySet.as_manager()

    class Meta(PatientModel.Meta):
        constraints = [
            PatientWall(name="delivery_wall"),
            SameRegionReference(name="delivery_patient", column="patient_id", to="patients.Patient"),
            SameRegionReference(name="delivery_document", column="document_id", to="patients.Document"),
            models.UniqueConstraint(
                fields=["region", "document", "channel", "recipient_key", "occasion"], name="delivery_planned_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["region", "next_attempt_at"],
                condition=models.Q(status__in=["due", "sending"]),
                name="delivery_due",
            ),
            models.Index(fields=["three_c", "status", "planned_at"], name="delivery_basket"),
            models.Index(fields=["document"], name="delivery_document_x"),
            models.Index(fields=["patient"], name="delivery_patient_x"),
        ]


class DeliveryAttempt(PatientModel):
    """One try: when, how long, and what the peer said. Insert-only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    delivery = models.ForeignKey(Delivery, models.PROTECT, related_name="tries")
    number = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(default=timezone.now)
    outcome = models.CharField(max_length=12)  # sent, unavailable, refused
    message = models.CharField(max_length=300, blank=True)
    detail = models.CharField(max_length=500, blank=True)

    class Meta(PatientModel.Meta):
        constraints = [
            PatientWall(name="deliveryattempt_wall", web="S", worker="SI"),
            SameRegionReference(name="deliveryattempt_patient", column="patient_id", to="patients.Patient"),
        ]
        indexes = [models.Index(fields=["delivery", "number"], name="deliveryattempt_delivery")]


class Feed(RegionModel):
    """How an establishment's DPI receives documents: MLLP address and HL7 names."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.OneToOneField(Organisation, models.PROTECT, related_name="feed", db_constraint=False)
    host = models.CharField("hôte", max_length=200)
    port = models.PositiveIntegerField("port")
    tls = models.BooleanField("TLS", default=True)
    receiving_application = models.CharField("application destinataire (MSH-5)", max_length=60)
    receiving_facility = models.CharField("établissement destinataire (MSH-6)", max_length=60)
    active = models.BooleanField("actif", default=True)

    class Meta:
        constraints = [
            RegionWall(name="feed_wall"),
            SameRegionReference(name="feed_organisation", column="organisation_id", to="organisations.Organisation"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} ({self.host}:{self.port})"
