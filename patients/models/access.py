"""Who a file is open to (wall 2), and the base of every table behind that wall."""

from django.db import models
from django.utils import timezone

from dcc.lib.clock import never
from dcc.tenancy.isolation import OwnPrincipals, PatientWall, SameRegionReference
from dcc.tenancy.models import Principal, RegionModel
from patients.models.identity import Patient


class AccessReason(models.TextChoices):
    CREATION = "creation", "création de l’identité"
    REGISTRATION = "registration", "inscription en RCP"
    MEETING = "meeting", "réunion"
    REFERRING = "referring", "médecin adresseur"
    TREATING = "treating", "médecin traitant"
    SHARING = "sharing", "partage"
    BREAK_GLASS = "break_glass", "accès exceptionnel"


class Access(RegionModel):
    """Who the file is open to, why and until when. Written only by the function dcc_grant_access (wall 2)."""

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+", db_constraint=False)
    principal = models.ForeignKey(Principal, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=14, choices=AccessReason)
    why = models.CharField(max_length=300, blank=True, db_default="")  # of a sharing: read by the patient
    granted_by = models.BigIntegerField(null=True)
    granted_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(default=never)

    class Meta:
        db_table = "patients_access"
        constraints = [
            OwnPrincipals(name="access_wall"),
            SameRegionReference(name="access_patient", column="patient_id", to="patients.Patient"),
            models.UniqueConstraint(fields=["patient", "principal", "reason"], name="access_once"),
        ]
        indexes = [
            models.Index(fields=["patient", "principal", "expires_at"], name="access_probe"),
            models.Index(fields=["principal", "granted_at"], name="access_driver"),
        ]


class PatientModel(RegionModel):
    """A row about one patient, behind both walls; its region is the patient's."""

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+", db_constraint=False, editable=False)

    class Meta:
        abstract = True
        constraints = [
            PatientWall(name="%(app_label)s_%(class)s_wall"),
            SameRegionReference(name="%(app_label)s_%(class)s_patient", column="patient_id", to="patients.Patient"),
        ]
