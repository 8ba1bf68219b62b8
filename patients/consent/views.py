"""Pages about what the patient was told and decided, and the sheet that is handed to them."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from dcc.accounts.access import StaffRequest, requires
from patients.access import may_see
from patients.banner import banner_for
from patients.consent import leaflet as sheet
from patients.consent.actions import EarlierThanOpposition, LastTeam, inform, record_wish
from patients.consent.forms import InformForm, WishForm
from patients.models import Patient
from patients.naming import file_url
from patients.permissions import PatientPermission
from patients.sharing.reach import open_patient


@requires(PatientPermission.EDIT)
@require_http_methods(["GET", "POST"])
def information(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """Trace an information given to the patient."""
    patient = open_patient(patient_id)
    form = InformForm(request.POST or None, initial={"given_on": timezone.localdate(), "given_by": _me(request)})
    if request.method == "POST" and form.is_valid():
        try:
            inform(patient=patient, given=form.given(), by=request.user)
        except EarlierThanOpposition:
            form.add_error(
                "given_on", "La personne s’est opposée au partage depuis cette date\u00a0: l’opposition demeure"
            )
        else:
            messages.success(request, "Information tracée.")
            return _back(patient)
    return _page(request, "patients/consent_information.html", patient, form)


@requires(PatientPermission.EDIT)
@require_http_methods(["GET", "POST"])
def wish(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """Trace what the patient decided."""
    patient = open_patient(patient_id)
    form = WishForm(request.POST or None, initial={"said_on": timezone.localdate(), "said_to": _me(request)})
    if request.method == "POST" and form.is_valid():
        try:
            record_wish(patient=patient, by=request.user, **form.decision())
        except LastTeam:
            form.add_error(
                "organisation",
                "Cette organisation est la seule à tenir ce dossier\u00a0: personne ne pourrait plus y répondre."
                " Enregistrez une demande d’opposition",
            )
        else:
            messages.success(request, "Volonté tracée.")
            return _back(patient)
    return _page(request, "patients/consent_wish.html", patient, form)


@requires(PatientPermission.VIEW)
@require_safe
def leaflet(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """The information sheet, to print and hand over; the patient's name is in its banner only."""
    patient = open_patient(patient_id)
    organisation = request.membership.organisation
    context = {
        "patient": patient,
        "banner_data": banner_for(request, patient),
        "title": sheet.TITLE,
        "version": sheet.VERSION,
        "network": request.membership.region.network,
        "organisation": organisation,
        "three_c": organisation.three_c,
    }
    return render(request, "patients/consent_leaflet.html", context)


def _page(request: StaffRequest, template: str, patient: Patient, form: InformForm | WishForm) -> HttpResponse:
    context = {"form": form, "patient": patient, "banner_data": banner_for(request, patient)}
    return render(request, template, context, status=422 if form.is_bound else 200)


def _back(patient: Patient) -> HttpResponse:
    """To the file, unless what was just recorded closed it to this very person."""
    address = file_url(patient.pk)
    return redirect(f"{address}?rubrique=information" if may_see(patient.pk) else address)


def _me(request: StaffRequest) -> str:
    return request.user.display_name
