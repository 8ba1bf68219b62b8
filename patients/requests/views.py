"""Pages of the patients' requests and of the complete copies of their files."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dcc.accounts.access import StaffRequest, granted, requires
from dcc.audit.record import record
from dcc.lib.crypto import CryptoError
from patients.banner import banner_for
from patients.documents.download import download
from patients.events import PatientEvent
from patients.models import Export, ExportState, Patient, Request, RequestStatus
from patients.permissions import PatientPermission
from patients.requests.actions import SOONER, AlreadyClosed, ask_export, close_request, register_request
from patients.requests.forms import AnswerForm, RequestForm
from patients.requests.producing import read_export
from patients.sharing.reach import open_patient

SHOWN = 100


@requires(PatientPermission.RIGHTS)
@require_safe
def requests(request: StaffRequest) -> HttpResponse:
    """Every request that waits, in the files open to this reader, the first due first."""
    waiting = Request.objects.filter(status=RequestStatus.OPEN).select_related("patient").order_by("due_on")[:SHOWN]
    context = {"waiting": list(waiting), "may_eliminate": granted(request, PatientPermission.RETENTION)}
    return render(request, "patients/requests.html", context)


@requires(PatientPermission.RIGHTS)
@require_http_methods(["GET", "POST"])
def requests_of(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """The requests of one patient, and a new one."""
    patient = open_patient(patient_id)
    form = RequestForm(request.POST or None, initial={"asked_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        register_request(patient=patient, asked=form.asked(), by=request.user)
        messages.success(request, "Demande enregistrée.")
        return redirect("patients:requests_of", patient.pk)
    return _page(request, patient, form, AnswerForm())


@requires(PatientPermission.RIGHTS)
@require_POST
def answer(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """Answer or refuse a request."""
    patient = open_patient(patient_id)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _page(request, patient, RequestForm(initial={"asked_on": timezone.localdate()}), form)
    said = form.cleaned_data
    try:
        status = RequestStatus(said["status"])
        close_request(
            request_id=said["request"], patient=patient, status=status, answer=said["answer"], by=request.user
        )
    except Request.DoesNotExist as missing:
        raise Http404 from missing
    except AlreadyClosed:
        messages.warning(request, "Cette demande vient d’être close\u00a0: rien n’a été écrit une seconde fois.")
    else:
        messages.success(request, "Réponse enregistrée.")
    return redirect("patients:requests_of", patient.pk)


@requires(PatientPermission.RIGHTS)
@require_http_methods(["GET", "POST"])
def export(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """Ask for a complete copy of the file (POST), or download the latest that is ready."""
    patient = open_patient(patient_id)
    if request.method == "POST":
        ask_export(patient=patient, by=request.user)
        messages.success(request, "La copie est en préparation. Elle sera prête dans quelques instants.")
        return redirect("patients:requests_of", patient.pk)
    ready = Export.objects.filter(patient=patient, state=ExportState.READY, expires_at__gt=timezone.now())
    found = ready.order_by("-asked_at").first()
    if found is None:
        raise Http404
    try:
        data = read_export(found)
    except CryptoError:  # the master key that closed it was withdrawn within its seven days
        messages.error(request, "Cette copie ne s’ouvre plus\u00a0: demandez-en une autre.")
        return redirect("patients:requests_of", patient.pk)
    record(PatientEvent.EXPORT_READ, on=found, by=request.user)
    return download(data, name=f"copie-{str(found.pk)[-8:]}.zip", content_type="application/zip")


@requires(PatientPermission.RIGHTS)
@require_safe
def export_state(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """How far the copies are, as a fragment asked again while one is being made."""
    patient = open_patient(patient_id)
    return render(request, "patients/_requests_exports.html", {"patient": patient, "exports": _exports(patient)})


def _page(request: StaffRequest, patient: Patient, form: RequestForm, answer_form: AnswerForm) -> HttpResponse:
    found = Request.objects.filter(patient=patient).select_related("recorded_by", "closed_by").order_by("-recorded_at")
    context = {
        "patient": patient,
        "banner_data": banner_for(request, patient),
        "form": form,
        "answer_form": answer_form,
        "requests": list(found),
        "exports": _exports(patient),
        "sooner": SOONER.days,
    }
    refused = (form.is_bound and form.errors) or (answer_form.is_bound and answer_form.errors)
    return render(request, "patients/requests_of.html", context, status=422 if refused else 200)


def _exports(patient: Patient) -> list[Export]:
    found = Export.objects.filter(patient=patient).select_related("asked_by").defer("ciphertext", "readers")
    return list(found.order_by("-asked_at")[:10])
