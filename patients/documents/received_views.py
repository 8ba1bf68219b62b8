"""Reading a received document in the page that shows it, correcting its description, withdrawing it.

The bytes travel to a frame of our own page, inline, with a policy of their own: nothing runs, nothing is fetched,
nothing is kept by the browser. Each opening is an event; the frame of a page that was just traced is not a second one.
"""

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from dcc.accounts.access import StaffRequest, granted, requires
from dcc.audit.record import record
from dcc.lib.lifecycle import TransitionRefused
from patients.banner import banner_for
from patients.documents.attaching import attaching
from patients.documents.cda_narrative import Narrative
from patients.documents.cda_reading import read_cda
from patients.documents.content import stored
from patients.documents.download import download
from patients.documents.formats import read_text
from patients.documents.identity_check import differences
from patients.documents.inspection import wrapped_format
from patients.documents.intake import size_words
from patients.documents.kinds import kind_name
from patients.documents.pictures import page_as_png
from patients.documents.received_actions import ABANDONED, edit_document, withdraw_document
from patients.documents.received_forms import DescriptionForm, WithdrawForm
from patients.documents.received_queries import readers_of, received_line, received_url, versions
from patients.events import PatientEvent
from patients.models import ReceivedDocument, ReceivedFormat, ReceivedStatus
from patients.naming import file_url
from patients.permissions import PatientPermission

_TOKEN_SALT, _TOKEN_SECONDS = "patients.received.seen", 600
_TYPES = {
    ReceivedFormat.PDF: "application/pdf",
    ReceivedFormat.PNG: "image/png",
    ReceivedFormat.JPEG: "image/jpeg",
}
# A PDF is drawn by the browser's own viewer, which a sandbox would forbid; a picture needs nothing.
_CLOSED = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
_VIEWER, _NOTHING = f"{_CLOSED}; object-src 'self'", f"{_CLOSED}; sandbox"


@requires(PatientPermission.VIEW)
@require_safe
def received(request: StaffRequest, document_id: UUID) -> HttpResponse:
    """The document in its page: what it is, its pages, its other versions, who read it."""
    document = _found(document_id)
    patient = document.patient
    context = {
        "document": document,
        "patient": patient,
        "banner_data": banner_for(request, patient),
        "line": received_line(document),
        "size": size_words(document.size),
        "versions": [received_line(one) for one in versions(document)],
        "documents_url": f"{file_url(patient.pk)}?rubrique=documents",
        "may_add": granted(request, PatientPermission.DOCUMENT_ADD),
        "cases": attaching().open_cases(request, patient) if document.status == ReceivedStatus.FILED else (),
    }
    if document.is_readable:
        record(PatientEvent.DOCUMENT_READ, on=document, by=request.user, title=_traced(document))
        context |= _shown(request, document)
    if granted(request, PatientPermission.DOCUMENT_READERS):
        context["readers"] = readers_of(document)
    return render(request, "patients/document.html", context)


@requires(PatientPermission.VIEW)
@require_safe
def received_content(request: StaffRequest, document_id: UUID) -> HttpResponse:
    """The bytes for the frame of the page: a PDF or a picture, alone or wrapped in a CDA."""
    document = _found(document_id)
    kind, data = _bytes(document)
    if kind not in _TYPES:
        raise Http404
    _trace(request, document)
    return _inline(document, data, content_type=_TYPES[kind], extension=kind.value)


@requires(PatientPermission.VIEW)
@require_safe
def received_page(request: StaffRequest, document_id: UUID, number: int) -> HttpResponse:
    """One page of a TIFF, as a PNG."""
    document = _found(document_id)
    kind, data = _bytes(document)
    if kind != ReceivedFormat.TIFF:
        raise Http404
    try:
        picture = page_as_png(data, number)
    except IndexError as missing:
        raise Http404 from missing
    _trace(request, document)
    return _inline(document, picture, content_type="image/png", extension="png")


@requires(PatientPermission.DOCUMENT_ADD)
@require_http_methods(["GET", "POST"])
def edit(request: StaffRequest, document_id: UUID) -> HttpResponse:
    """Correct the description of a filed document."""
    document = _found(document_id)
    if document.status not in (ReceivedStatus.FILED, ReceivedStatus.REPLACED):
        return redirect(received_url(document))
    form = DescriptionForm(request.POST or None, document=document, patient=document.patient)
    for name in ("confirmed", "discard"):
        form.fields.pop(name, None)
    if request.method == "POST" and form.is_valid():
        edit_document(document_id=document.pk, description=form.description(), by=request.user)
        messages.success(request, "Description corrigée.")
        return redirect(received_url(document))
    context = {
        "form": form,
        "document": document,
        "banner_data": banner_for(request, document.patient),
        "title": "Corriger",
    }
    return render(request, "patients/document_edit.html", context, status=422 if form.is_bound else 200)


@requires(PatientPermission.DOCUMENT_ADD)
@require_http_methods(["GET", "POST"])
def withdraw(request: StaffRequest, document_id: UUID) -> HttpResponse:
    """Take a document out of the file, saying why; one that was never described needs no reason."""
    document = _found(document_id)
    draft = document.status == ReceivedStatus.DRAFT
    data = request.POST if request.method == "POST" else None
    form = WithdrawForm({"because": ABANDONED} if draft and data is not None else data)
    if data is not None and form.is_valid():
        try:
            withdraw_document(document_id=document.pk, because=form.cleaned_data["because"], by=request.user)
        except TransitionRefused:
            messages.info(request, "Ce document est déjà retiré.")
        else:
            messages.success(request, "Fichier abandonné." if draft else "Document retiré du dossier.")
        if draft:
            return redirect("patients:document_describe", document.patient_id)
        return redirect(f"{file_url(document.patient_id)}?rubrique=documents")
    context = {"form": form, "document": document, "line": received_line(document)}
    context |= {"banner_data": banner_for(request, document.patient), "draft": draft}
    return render(request, "patients/document_withdraw.html", context, status=422 if form.is_bound else 200)


def _found(document_id: UUID) -> ReceivedDocument:
    return get_object_or_404(ReceivedDocument.objects.select_related("patient", "added_by"), pk=document_id)


def _traced(document: ReceivedDocument) -> str:
    """What a trace may say: the kind, never a title somebody typed."""
    return kind_name(document.kind) or "document à décrire"


def _shown(request: StaffRequest, document: ReceivedDocument) -> dict[str, object]:
    """How the page draws this document: our own HTML, pictures, or a frame."""
    data = stored(document)
    if data is None:
        return {"eliminated": True}
    if document.format != ReceivedFormat.CDA:
        return _drawn(request, document, ReceivedFormat(document.format), data)
    cda = read_cda(data)
    shown = {
        "cda": cda,
        "differences": differences(cda.patient, document.patient),
        "narrative": Narrative(cda).sections(),
    }
    return shown if cda.body is None else shown | _drawn(request, document, wrapped_format(cda), cda.body)


def _drawn(request: StaffRequest, document: ReceivedDocument, kind: ReceivedFormat, data: bytes) -> dict[str, object]:
    """A text in the page; anything else from an address that knows the page was traced."""
    if kind == ReceivedFormat.TEXT:
        return {"text": read_text(data)}
    seen = urlencode({"vu": signing.dumps([str(document.pk), request.user.pk], salt=_TOKEN_SALT)})
    if kind == ReceivedFormat.TIFF:
        pages = range(1, document.pages + 1)
        return {"pages": [f"{reverse('patients:received_page', args=[document.pk, n])}?{seen}" for n in pages]}
    address = f"{reverse('patients:received_content', args=[document.pk])}?{seen}"
    return {"frame" if kind == ReceivedFormat.PDF else "picture": address}


def _bytes(document: ReceivedDocument) -> tuple[ReceivedFormat, bytes]:
    """What is to be shown: the file, or the one a CDA wraps. Raises Http404 once withdrawn or eliminated."""
    data = stored(document) if document.is_readable else None
    if data is None:
        raise Http404
    if document.format != ReceivedFormat.CDA:
        return ReceivedFormat(document.format), data
    cda = read_cda(data)
    return (ReceivedFormat.CDA, data) if cda.body is None else (wrapped_format(cda), cda.body)


def _trace(request: StaffRequest, document: ReceivedDocument) -> None:
    """Asked beside the page, it is an opening of its own."""
    try:
        seen = signing.loads(request.GET.get("vu", ""), salt=_TOKEN_SALT, max_age=_TOKEN_SECONDS)
    except signing.BadSignature:
        seen = None
    if seen != [str(document.pk), request.user.pk]:
        record(PatientEvent.DOCUMENT_READ, on=document, by=request.user, title=_traced(document))


def _inline(document: ReceivedDocument, data: bytes, *, content_type: str, extension: str) -> HttpResponse:
    """To be drawn, not kept: no sniffing, no cache, no referrer, and a policy under which nothing runs."""
    name = f"document-{str(document.pk)[-8:]}.{extension}"
    response = download(data, name=name, content_type=content_type, inline=True)
    response["Content-Security-Policy"] = _VIEWER if content_type == "application/pdf" else _NOTHING
    response["X-Frame-Options"] = "SAMEORIGIN"
    response["Referrer-Policy"] = "no-referrer"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
