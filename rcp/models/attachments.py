"""Documents of the file attached to a case, to be at hand when it is discussed (FRM-01, MTG-11)."""

from django.db import models
from django.utils import timezone

from dcc.accounts.models import User
from dcc.lib.ids import uuid7
from dcc.tenancy.isolation import PatientWall, SameRegionReference
from patients.models import PatientModel, ReceivedDocument
from rcp.models.cases import Case


class CaseAttachment(PatientModel):
    """A received document shown with a case; once the case is validated, what the room had is no longer changed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="attachments", db_constraint=False)
    document = models.ForeignKey(ReceivedDocument, models.PROTECT, related_name="+", db_constraint=False)
    attached_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    attached_at = models.DateTimeField(default=timezone.now)

    class Meta(PatientModel.Meta):
        constraints = [
            PatientWall(name="caseattachment_wall", web="SID"),
            SameRegionReference(name="caseattachment_patient", column="patient_id", to="patients.Patient"),
            SameRegionReference(name="caseattachment_case", column="case_id", to="rcp.Case"),
            SameRegionReference(name="caseattachment_document", column="document_id", to="patients.ReceivedDocument"),
            models.UniqueConstraint(fields=["case", "document"], name="caseattachment_once"),
        ]
        indexes = [
            models.Index(fields=["document"], name="caseattachment_document_x"),
            models.Index(fields=["patient"], name="caseattachment_patient_x"),
        ]
