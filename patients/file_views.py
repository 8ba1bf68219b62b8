"""The file of one patient: what is next, the passages, who is around, who may read it (PAT-10…16)."""

import time
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from dcc.accounts.access import StaffRequest, granted, requires
from dcc.audit.record import record
from dcc.lib import french
from dcc.ui.components.data import Tab
from patients.access import may_see
from patients.actions import GlassExhausted, IppTaken, add_ipp, break_glass, update_contact
from patients.banner import banner_for
from patients.care import care
from patients.consent.queries import rights_of
from patients.creation_views import holder_sentence
from patients.events import PatientEvent
from patients.forms import BreakGlassForm, ContactForm, IppForm
from patients.models import Contact, Patient
from patients.naming import banner_of, file_url
from patients.permissions import PatientPermission
from patients.queries import PatientFile, glass_open_until, ipps_of, main_ipp, own_establishments, patient_file
from patients.sharing.queries import access_page, opposition_to_me
from patients.sharing.unusual import watch_opening

SECTIONS = ("parcours", "documents", "correspondants", "information", "acces")
_HOUR = 3600


@requires(PatientPermission.VIEW, PatientPermission.IDENTITY)
@require_safe
def file(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """The file, or why it is closed to this reader and what can be done; for the cell, the identity and no more."""
    patient = get_object_or_404(Patient, pk=patient_id)
    if patient.merged_into_id:
        messages.info(request, "Cette identité a été réunie à une autre : voici celle qui reste.")
        return redirect(file_url(patient.merged_into_id))
    if not may_see(patient.pk):
        return _closed(request, patient, BreakGlassForm(), status=403)
    if not granted(request, PatientPermission.VIEW):
        return redirect("patients:identity", patient.pk)
    note_opening(request, patient)
    found = patient_file(patient)
    section = request.GET.get("rubrique", SECTIONS[0])
    section = section if section in SECTIONS else SECTIONS[0]
    context = {
        "file": found,
        "patient": patient,
        "banner_data": banner_of(
            patient,
            ipp=main_ipp(found.ipps, request.membership.organisation),
            link=False,
            break_glass_until=glass_open_until(patient, request.user),
        ),
        "section": section,
        "tabs": _tabs(found, section),
        "register_url": care().registration_url(request, patient.pk),
        "may_edit": granted(request, PatientPermission.EDIT),
        "may_share": granted(request, PatientPermission.SHARE),
        "may_answer": granted(request, PatientPermission.RIGHTS),
    }
    if section == "information":
        context["rights"] = rights_of(patient, found.information)
    if section == "acces":
        context["sharing"] = access_page(patient)
    return render(request, "patients/file.html", context)


@requires(PatientPermission.BREAK_GLASS)
@require_http_methods(["GET", "POST"])
def glass(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """Open a file exceptionally, or once more before it closes (D2)."""
    patient = get_object_or_404(Patient, pk=patient_id)
    if may_see(patient.pk) and glass_open_until(patient, request.user) is None:
        return redirect(file_url(patient.pk))
    form = BreakGlassForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            until = break_glass(patient=patient, reason=form.cleaned_data["reason"], by=request.user)
        except GlassExhausted:
            form.add_error("reason", "Cet accès a déjà été ouvert puis renouvelé : demandez l’ouverture du dossier")
        else:
            end = french.time_short(timezone.localtime(until))
            messages.success(request, f"Accès exceptionnel ouvert jusqu’à {end}. Il est signalé.")
            return redirect(file_url(patient.pk))
    return _closed(request, patient, form, status=422 if form.is_bound else 200)


@requires(PatientPermission.EDIT)
@require_http_methods(["GET", "POST"])
def contact(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """Change how to reach the patient and their GP."""
    patient = get_object_or_404(Patient, pk=patient_id)
    if not may_see(patient.pk):
        return redirect(file_url(patient.pk))
    existing = Contact.objects.filter(patient=patient).first()
    form = ContactForm(request.POST or None, instance=existing)
    if request.method == "POST" and form.is_valid():
        update_contact(patient=patient, values=form.changed_values(), by=request.user)
        messages.success(request, "Coordonnées enregistrées.")
        return redirect(file_url(patient.pk))
    context = {"form": form, "patient": patient, "banner_data": banner_for(request, patient)}
    return render(request, "patients/contact.html", context, status=422 if form.is_bound else 200)


@requires(PatientPermission.IDENTITY_EDIT)
@require_http_methods(["GET", "POST"])
def ipp(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """Add the number an establishment gave this patient (PAT-03)."""
    patient = get_object_or_404(Patient, pk=patient_id)
    if not may_see(patient.pk):
        return redirect(file_url(patient.pk))
    form = IppForm(request.POST or None, establishments=own_establishments(request.membership.organisation))
    if request.method == "POST" and form.is_valid():
        organisation = form.establishments[form.cleaned_data["organisation"]]
        try:
            add_ipp(patient=patient, value=form.cleaned_data["value"], organisation=organisation, by=request.user)
        except IppTaken as taken:
            form.add_error("value", holder_sentence(taken.holder))
        else:
            messages.success(request, f"IPP ajouté pour {organisation.short_name}.")
            return redirect(f"{file_url(patient.pk)}?rubrique=information")
    context = {"form": form, "patient": patient, "banner_data": banner_for(request, patient), "ipps": ipps_of(patient)}
    return render(request, "patients/ipp.html", context, status=422 if form.is_bound else 200)


def note_opening(request: StaffRequest, patient: Patient) -> None:
    """Opening a file is an event, once per session and hour."""
    now = time.time()
    opened = {key: at for key, at in request.session.get("opened_files", {}).items() if now - at < _HOUR}
    if str(patient.pk) not in opened:
        record(PatientEvent.OPENED, on=patient, by=request.user)
        opened[str(patient.pk)] = now
        request.session["opened_files"] = opened
        watch_opening(patient=patient, by=request.user, opened=len(opened))


def _closed(request: StaffRequest, patient: Patient, form: BreakGlassForm, *, status: int) -> HttpResponse:
    context = {
        "patient": patient,
        "form": form,
        "banner_data": banner_for(request, patient, link=False, file_open=False),
        "may_break": granted(request, PatientPermission.BREAK_GLASS),
        "opposition": opposition_to_me(patient),
        "three_c": request.membership.organisation.three_c,
        "register_url": care().registration_url(request, patient.pk),
    }
    return render(request, "patients/closed.html", context, status=status)


def _tabs(found: PatientFile, section: str) -> list[Tab]:
    labels = {
        "parcours": ("Parcours", None),
        "documents": ("Documents", len(found.documents)),
        "correspondants": ("Correspondants", len(found.around)),
        "information": ("Information et identité", None),
        "acces": ("Accès au dossier", len({one.principal_id for one in found.accesses if one.current})),
    }
    base = file_url(found.patient.pk)
    return [
        Tab(
            label=label,
            count=count,
            href=base if name == SECTIONS[0] else f"{base}?rubrique={name}",
            current=name == section,
        )
        for name, (label, count) in labels.items()
    ]
