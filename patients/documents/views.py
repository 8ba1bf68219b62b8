"""Reading a document of the file: its PDF on screen, its CDA as a file. Each reading is an event."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from dcc.accounts.access import StaffRequest, requires
from dcc.audit.record import record
from patients.documents import content
from patients.documents.download import download
from patients.events import PatientEvent
from patients.models import Content, ContentKind, Document
from patients.permissions import PatientPermission

TYPES = {ContentKind.PDF: ("application/pdf", "pdf"), ContentKind.CDA: ("application/xml", "xml")}


@requires(PatientPermission.VIEW)
@require_safe
def document(request: StaffRequest, document_id: UUID, kind: str) -> HttpResponse:
    """The document as it was produced, for ever the same; 404 while it is not."""
    found = get_object_or_404(Document.objects.defer("data"), pk=document_id)
    if kind not in TYPES:
        raise Http404
    try:
        data = content.read(owner_id=found.pk, kind=ContentKind(kind))
    except Content.DoesNotExist as missing:
        raise Http404 from missing
    record(PatientEvent.DOCUMENT_READ, on=found, by=request.user, title=found.title, kind=kind)
    content_type, extension = TYPES[ContentKind(kind)]
    name = f"{found.issued_at:%Y%m%d}-{str(found.pk)[-8:]}-v{found.version}.{extension}"
    return download(data, name=name, content_type=content_type, inline=kind == ContentKind.PDF)
