"""One POST attaches a document to a case, or takes it away, and comes back where it was asked."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from dcc.accounts.access import StaffRequest, requires
from patients.models import ReceivedDocument
from patients.naming import file_url
from rcp.attachments.actions import AttachmentRefused, attach_document, detach_document
from rcp.attachments.queries import MAY_ATTACH
from rcp.models import Case


@requires(*MAY_ATTACH)
@require_POST
def attach(request: StaffRequest, case_id: UUID) -> HttpResponse:
    """`document` is attached, or taken away with `remove`; `next` says where to come back: file, case or document."""
    case = get_object_or_404(Case.objects.select_related("meeting__board"), pk=case_id)
    if not request.POST.get("document"):
        messages.info(request, "Choisissez un document à joindre.")
        return redirect("rcp:case", case.pk)
    document = _document(request, case)
    try:
        if request.POST.get("remove"):
            detach_document(case=case, document=document, by=request.user)
            messages.success(request, f"Document détaché du dossier de la {case.meeting.board}.")
        else:
            attach_document(case=case, document=document, by=request.user)
            messages.success(request, f"Document joint au dossier de la {case.meeting.board}.")
    except AttachmentRefused:
        messages.error(request, "Ce dossier n’est plus ouvert, ou ce document n’est plus en vigueur. Vérifiez-les.")
    back = {
        "file": f"{file_url(case.patient_id)}?rubrique=documents",
        "case": reverse("rcp:case", args=[case.pk]),
    }
    document_page = reverse("patients:received", args=[document.pk])
    return redirect(back.get(request.POST.get("next", ""), document_page))


def _document(request: StaffRequest, case: Case) -> ReceivedDocument:
    try:
        wanted = UUID(request.POST.get("document", ""))
    except ValueError as error:
        raise Http404 from error
    return get_object_or_404(ReceivedDocument, pk=wanted, patient_id=case.patient_id)
