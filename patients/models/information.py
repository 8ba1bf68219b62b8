"""What the patient was told, and what they refuse (INS-03, PAT-06…08, D3)."""

from django.db import models
from django.utils import timezone

from dcc.accounts.models import User
from dcc.lib.ids import uuid7
from patients.models.access import PatientModel


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
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta(PatientModel.Meta):
        indexes = [models.Index(fields=["patient", "recorded_at"], name="information_patient_x")]
