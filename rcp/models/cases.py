"""Cases: a patient registered to a meeting, and the correspondents who will receive the report."""

from django.db import models
from django.utils import timezone

from dcc.accounts.models import User
from dcc.lib.ids import uuid7
from dcc.organisations.models import Organisation
from dcc.tenancy.isolation import PatientWall, SameRegionReference
from dcc.tenancy.models import Region
from patients.models import Information, PatientModel
from rcp.models.meetings import Meeting


class Level(models.TextChoices):
    REGISTERED = "registered", "enregistré (niveau 1)"  # D4
    DISCUSSED = "discussed", "à discuter (niveau 2)"


class CaseStatus(models.TextChoices):
    REQUESTED = "requested", "demandé"
    REGISTERED = "registered", "inscrit"
    PREPARED = "prepared", "prêt"
    DISCUSSED = "discussed", "discuté"
    AWAITING = "awaiting", "validé, en attente de contresignature"
    VALIDATED = "validated", "validé"
    POSTPONED = "postponed", "reporté"
    CANCELLED = "cancelled", "annulé"
    REFUSED = "refused", "refusé"


class Motive(models.TextChoices):
    DIAGNOSIS = "diagnosis", "avis diagnostique"
    INITIAL = "initial", "proposition de traitement initial"
    CHANGE = "change", "modification ou ajustement du traitement"
    FOLLOW_UP = "follow_up", "surveillance"
    STOP = "stop", "arrêt des traitements spécifiques"
    RECOURSE = "recourse", "recours"
    SUPPORTIVE = "supportive", "avis soins de support ou palliatifs"
    EMERGENCY = "emergency", "enregistrement d’un traitement fait en urgence"


class Urgency(models.TextChoices):
    STANDARD = "standard", "standard"
    WEEK = "week", "semi-urgent (< 7 j)"
    URGENT = "urgent", "urgent (< 48 h)"


class Case(PatientModel):
    """One passage of one patient (D19 for its states). `region` is the patient's, `meeting_region` the host's."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    meeting_region = models.ForeignKey(Region, models.PROTECT, related_name="+", editable=False)
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="cases", db_constraint=False)
    status = models.CharField(max_length=10, choices=CaseStatus, default=CaseStatus.REGISTERED)
    level = models.CharField("niveau", max_length=10, choices=Level, default=Level.DISCUSSED)
    position = models.PositiveSmallIntegerField(default=0)
    motive = models.CharField("motif", max_length=10, choices=Motive)
    question = models.TextField("question posée", max_length=2000, blank=True)
    urgency = models.CharField("degré d’urgence", max_length=8, choices=Urgency, default=Urgency.STANDARD)
    mode = models.CharField("présentation", max_length=6, default="room")
    anonymous = models.BooleanField("présentation anonyme", default=False)  # D3
    information = models.ForeignKey(Information, models.PROTECT, related_name="+")
    requester = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    requester_name = models.CharField("demandeur", max_length=150)
    requester_organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", db_constraint=False)
    requested_at = models.DateTimeField(default=timezone.now)
    registered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    registered_organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", db_constraint=False)
    registered_at = models.DateTimeField(default=timezone.now)
    order_number = models.PositiveIntegerField(null=True)
    order_year = models.PositiveSmallIntegerField(null=True)
    order_label = models.CharField(max_length=24, blank=True)  # SEI-2026-0413
    discussed_at = models.DateTimeField(null=True)
    validated_at = models.DateTimeField(null=True)
    validated_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    previous = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_constraint=False)
    moved_from = models.ForeignKey(Meeting, models.PROTECT, null=True, related_name="+", db_constraint=False)
    status_reason = models.CharField("motif", max_length=300, blank=True)
    representation_due = models.BooleanField("à représenter", default=False)  # D7

    class Meta(PatientModel.Meta):
        constraints = [
            PatientWall(name="case_wall"),
            SameRegionReference(name="case_patient", column="patient_id", to="patients.Patient"),
            SameRegionReference(name="case_meeting", column="meeting_id", region="meeting_region_id", to="rcp.Meeting"),
            models.UniqueConstraint(fields=["region", "id"], name="case_region_id"),
            models.UniqueConstraint(
                fields=["patient", "meeting"],
                condition=~models.Q(status__in=["cancelled", "postponed", "refused"]),
                name="case_once_per_meeting",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="validated")
                | models.Q(order_number__isnull=False, validated_at__isnull=False),
                name="case_validated_is_numbered",
            ),
        ]
        indexes = [
            models.Index(fields=["meeting", "position"], name="case_meeting_x"),
            models.Index(fields=["patient", "registered_at"], name="case_patient_x"),
            models.Index(fields=["requester", "status"], name="case_requester_x"),
        ]

    def __str__(self) -> str:
        return self.order_label or f"dossier du {self.registered_at:%d/%m/%Y}"


class CorrespondentRole(models.TextChoices):
    REQUESTER = "requester", "demandeur"
    REFERRING = "referring", "médecin adresseur"
    GP = "gp", "médecin traitant"
    REQUESTING_3C = "requesting_3c", "3C demandeur"
    OTHER = "other", "autre correspondant"


class Correspondent(PatientModel):
    """Someone who will receive the report, with a secure address or a postal one (INS-05, SND-06)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="correspondents", db_constraint=False)
    role = models.CharField("qualité", max_length=13, choices=CorrespondentRole)
    user = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    name = models.CharField("nom", max_length=150)
    rpps = models.CharField("RPPS", max_length=11, blank=True)
    mssante_address = models.EmailField("adresse MSSanté", blank=True)
    postal_address = models.CharField("adresse postale", max_length=300, blank=True)

    class Meta(PatientModel.Meta):
        constraints = [
            PatientWall(name="correspondent_wall", web="SIUD"),
            SameRegionReference(name="correspondent_patient", column="patient_id", to="patients.Patient"),
            SameRegionReference(name="correspondent_case", column="case_id", to="rcp.Case", on_delete="CASCADE"),
        ]
        indexes = [models.Index(fields=["case"], name="correspondent_case_x")]
