"""Adding documents to a file: choose or drop them, then describe each. Every step works without JavaScript."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from dcc.accounts.access import StaffRequest, requires
from dcc.lib import french
from dcc.lib.lifecycle import TransitionRefused
from dcc.ui.forms.summary import error_summary
from patients.access import may_see
from patients.banner import banner_for
from patients.documents.cda_reading import Cda, read_cda
from patients.documents.content import stored
from patients.documents.identity_check import differences
from patients.documents.intake import Intake
from patients.documents.received_actions import (
    ABANDONED,
    AnotherPatient,
    Reception,
    file_document,
    receive_files,
    withdraw_document,
)
from patients.documents.received_forms import DescriptionForm
from patients.documents.received_queries import drafts, received_line, received_url, same_bytes_elsewhere
from patients.models import Patient, ReceivedDocument, ReceivedFormat, ReceivedStatus
from patients.naming import file_url
from patients.permissions import PatientPermission


@csrf_exempt  # for the outer view only: the intake must be in place before the token is read from the form
@requires(PatientPermission.DOCUMENT_ADD)
@require_http_methods(["GET", "POST"])
def add(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """Take files in, within bounds, in memory."""
    request.upload_handlers = [intake := Intake(request)]
    return _add(request, patient_id, intake)


@csrf_protect
def _add(request: StaffRequest, patient_id: UUID, intake: Intake) -> HttpResponse:
    patient = get_object_or_404(Patient, pk=patient_id)
    if not may_see(patient.pk):
        return redirect(file_url(patient.pk))
    replaces = _replaced(patient, request.POST.get("remplace") or request.GET.get("remplace", ""))
    context = {"patient": patient, "banner_data": banner_for(request, patient), "replaces": replaces}
    if request.method == "GET":
        return render(request, "patients/document_add.html", context | {"waiting": drafts(patient)})
    if not intake.sent:
        missing = "Choisissez au moins un fichier, ou déposez-le dans le cadre"
        return render(request, "patients/document_add.html", context | {"missing": missing}, status=422)
    reception = receive_files(patient=patient, sent=intake.sent, replaces=replaces, by=request.user)
    if request.get_preferred_type(["text/html", "application/json"]) == "application/json":
        return JsonResponse({"files": list(_told(reception))})
    if reception.refused or reception.known:
        context |= {"reception": reception, "waiting": drafts(patient)}
        return render(request, "patients/document_add.html", context, status=422 if reception.refused else 200)
    return redirect("patients:document_describe", patient.pk)


def _told(reception: Reception) -> Iterator[dict[str, str]]:
    """What became of each file, for the script that sends them one by one.

    A file sent again because the answer of its first sending was lost waits to be described, as the first time.
    """
    for name, why in reception.refused:
        yield {"name": name, "state": "refused", "words": f"{why.problem} {why.advice}", "href": ""}
    for one in reception.added:
        yield {"name": one.file_name, "state": "added", "words": "reçu", "href": ""}
    for name, double in reception.known:
        if double.status == ReceivedStatus.DRAFT:
            yield {"name": name, "state": "added", "words": "reçu", "href": ""}
        else:
            since = f"déjà dans le dossier depuis le {timezone.localdate(double.added_at):%d/%m/%Y}"
            yield {"name": name, "state": "known", "words": since, "href": received_url(double)}


@requires(PatientPermission.DOCUMENT_ADD)
@require_http_methods(["GET", "POST"])
def describe(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """Say what each added file is; they are all filed together, and nothing typed is lost when one lacks something."""
    patient = get_object_or_404(Patient, pk=patient_id)
    if not may_see(patient.pk):
        return redirect(file_url(patient.pk))
    waiting = drafts(patient)
    if not waiting:
        return redirect(f"{file_url(patient.pk)}?rubrique=documents")
    replaceable = list(ReceivedDocument.objects.filter(patient=patient).current().order_by("-dated_on")[:100])
    data = request.POST if request.method == "POST" else None
    forms = [DescriptionForm(data, document=one, patient=patient, replaceable=replaceable) for one in waiting]
    valid = [form.is_valid() or form.discarded for form in forms]  # every one says what it lacks
    if data is not None and all(valid) and _filed(request, forms):
        kept = sum(not form.discarded for form in forms)
        count = french.counted(kept, "document classé", "documents classés")
        messages.success(request, f"{count} dans le dossier." if kept else "Aucun fichier gardé.")
        return redirect(f"{file_url(patient.pk)}?rubrique=documents")
    context = {
        "patient": patient,
        "banner_data": banner_for(request, patient),
        "summary": error_summary(*forms),
        "rows": [_row(form, patient) for form in forms],
        "label": f"Classer {french.counted(len(forms), 'document')}" if len(forms) > 1 else "Classer le document",
    }
    return render(request, "patients/document_describe.html", context, status=422 if data is not None else 200)


def _filed(request: StaffRequest, forms: Sequence[DescriptionForm]) -> bool:
    """File them all or none; a form that cannot be filed says why."""
    with transaction.atomic():
        for form in forms:
            try:
                with transaction.atomic():
                    if form.discarded:
                        withdraw_document(document_id=form.document.pk, because=ABANDONED, by=request.user)
                        continue
                    file_document(document_id=form.document.pk, description=form.description(), by=request.user)
            except TransitionRefused:
                form.add_error(None, "Ce document vient d’être classé ou remplacé par quelqu’un d’autre. Vérifiez-le")
            except AnotherPatient:
                form.add_error(None, "Ce document nomme un autre patient. Confirmez, ou retirez-le")
        failed = any(form.errors for form in forms)
        if failed:
            transaction.set_rollback(True)
    return not failed


def _row(form: DescriptionForm, patient: Patient) -> dict[str, object]:
    """A document to describe with what must be known before it is filed."""
    document = form.document
    cda = cda_of(document)
    return {
        "form": form,
        "document": document,
        "line": received_line(document),
        "differences": differences(cda.patient, patient) if cda and document.identity_differs else (),
        "elsewhere": same_bytes_elsewhere(document),
    }


def cda_of(document: ReceivedDocument) -> Cda | None:
    """The CDA of a document that is one and whose bytes are still there."""
    data = stored(document) if document.format == ReceivedFormat.CDA else None
    return read_cda(data) if data is not None else None


def _replaced(patient: Patient, key: str) -> ReceivedDocument | None:
    """The document of this patient that the new one takes the place of."""
    try:
        wanted = UUID(key)
    except ValueError:
        return None
    return ReceivedDocument.objects.filter(patient=patient, pk=wanted).current().first()
