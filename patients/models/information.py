"""What the patient was told, and what they refuse (INS-03, PAT-06…08, D3)."""

from django.db import models
from django.utils import timezone

from dcc.accounts.models import User
from dcc.lib.ids import uuid7
from dcc.tenancy.isolation import PatientWall, SameRegionReference
from dcc.tenancy.models import Principal
from patients.models.access import PatientModel


class Means(models.TextChoices):
    """How something was said to the patient, or by the patient."""

    ORAL = "oral", "de vive voix"
    PAPER = "paper", "document remis en main propre"
    POST = "post", "par courrier"
    MAIL = "mail", "par messagerie sécurisée"


class Opposition(models.TextChoices):
    NONE = "", "aucune"
    NOMINATIVE = "nominative", "refus de la présentation nominative"
    SHARING = "sharing", "opposition au partage"


class Information(PatientModel):
    """One act of informing the patient about the RCP; insert-only, the latest one speaks."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    given_on = models.DateField("date de l’information")
    given_by = models.CharField("donnée par", max_length=150)
    opposition = models.CharField("opposition", max_length=10, choices=Opposition, blank=True)
    document = models.CharField("document remis", max_length=120, blank=True, db_default="")
    document_version = models.CharField("version du document", max_length=20, blank=True, db_default="")
    means = models.CharField("moyen", max_length=8, choices=Means, blank=True, db_default="")
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta(PatientModel.Meta):
        constraints = [
            PatientWall(name="patients_information_wall", web="SI"),
            SameRegionReference(name="patients_information_patient", column="patient_id", to="patients.Patient"),
        ]
        indexes = [models.Index(fields=["patient", "recorded_at"], name="information_patient_x")]


class WishSubject(models.TextChoices):
    HOSTING = "hosting", "hébergement des données de santé"
    ORGANISATION = "organisation", "partage avec une organisation"
    WATCH = "watch", "surveillance des ouvertures du dossier"


class WishAnswer(models.TextChoices):
    AGREED = "agreed", "accord"
    OPPOSED = "opposed", "opposition"
    WITHDRAWN = "withdrawn", "retrait"


class Wish(PatientModel):
    """Something the patient decided about their data; insert-only, the latest about a subject speaks (PAT-06…08).

    `principal` is the organisation an opposition is about. The opposition to all sharing stays with the information.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject = models.CharField("sujet", max_length=12, choices=WishSubject)
    answer = models.CharField("réponse", max_length=9, choices=WishAnswer)
    principal = models.ForeignKey(Principal, models.PROTECT, related_name="+", null=True)
    said_on = models.DateField("exprimée le")
    said_to = models.CharField("recueillie par", max_length=150)
    means = models.CharField("moyen", max_length=8, choices=Means)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta(PatientModel.Meta):
        constraints = [
            PatientWall(name="wish_wall", web="SI"),
            SameRegionReference(name="wish_patient", column="patient_id", to="patients.Patient"),
        ]
        indexes = [models.Index(fields=["patient", "subject", "recorded_at"], name="wish_patient_x")]
