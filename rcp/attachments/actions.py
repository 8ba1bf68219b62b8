"""Attaching documents of the file to a case and taking them away, as long as the case is open."""

from django.db import transaction

from dcc.accounts.models import User
from dcc.audit.record import record
from patients.documents.kinds import kind_name
from patients.models import ReceivedDocument, ReceivedStatus
from rcp.events import RcpEvent
from rcp.models import Case, CaseAttachment, CaseStatus

OPEN = (CaseStatus.REQUESTED, CaseStatus.REGISTERED, CaseStatus.PREPARED, CaseStatus.DISCUSSED)


class AttachmentRefused(Exception):
    """The case is no longer open, or the document is not a current one of the same patient."""


def attach_document(*, case: Case, document: ReceivedDocument, by: User) -> CaseAttachment:
    """Show `document` with `case`; attaching twice is attaching once. Raises AttachmentRefused."""
    if case.status not in OPEN:
        raise AttachmentRefused("the case is closed")
    if document.patient_id != case.patient_id or document.status != ReceivedStatus.FILED:
        raise AttachmentRefused("not a current document of this patient")
    attachment, made = CaseAttachment.objects.get_or_create(
        case=case,
        document=document,
        defaults={"region_id": case.region_id, "patient_id": case.patient_id, "attached_by": by},
    )
    if made:
        record(RcpEvent.DOCUMENT_ATTACHED, on=case, by=by, kind=kind_name(document.kind), document=str(document.pk))
    return attachment


def detach_document(*, case: Case, document: ReceivedDocument, by: User) -> bool:
    """Take it away; False when it was not there. Raises AttachmentRefused once the case is closed."""
    if case.status not in OPEN:
        raise AttachmentRefused("the case is closed")
    removed, _ = CaseAttachment.objects.filter(case=case, document=document).delete()
    if removed:
        record(RcpEvent.DOCUMENT_DETACHED, on=case, by=by, kind=kind_name(document.kind), document=str(document.pk))
    return bool(removed)


def follow_replacement(*, former: ReceivedDocument, document: ReceivedDocument, by: User) -> None:
    """Open cases show the version in force; those already validated keep what the room had."""
    with transaction.atomic():
        rows = CaseAttachment.objects.filter(document=former, case__status__in=OPEN).select_related("case")
        for row in rows.order_by("case_id"):
            attach_document(case=row.case, document=document, by=by)
            detach_document(case=row.case, document=former, by=by)
