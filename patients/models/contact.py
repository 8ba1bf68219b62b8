"""How to reach the patient and those who treat them."""

from django.db import models

from dcc.lib.ids import uuid7
from patients.models.access import PatientModel


class Contact(PatientModel):
    """Where the patient lives and can be reached, and their treating GP (PAT-10); a feed writes it too (ADR 10)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    address_line = models.CharField("adresse", max_length=200, blank=True)
    postcode = models.CharField("code postal", max_length=10, blank=True)
    city = models.CharField("commune", max_length=100, blank=True)
    phone = models.CharField("téléphone", max_length=20, blank=True)
    email = models.EmailField("adresse électronique", blank=True, default="", db_default="")
    gp_name = models.CharField("médecin traitant", max_length=150, blank=True)
    gp_rpps = models.CharField("RPPS du médecin traitant", max_length=11, blank=True)
    gp_mssante_address = models.EmailField("adresse MSSanté du médecin traitant", blank=True)
    gp_address = models.CharField("adresse postale du médecin traitant", max_length=300, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta(PatientModel.Meta):
        constraints = [
            *PatientModel.Meta.constraints,
            models.UniqueConstraint(fields=["patient"], name="contact_one_per_patient"),
        ]
