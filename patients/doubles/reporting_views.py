"""« Signaler un doublon », from a patient's file: look for the other identity, say why, and the cell has it."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods

from dcc.accounts.access import StaffRequest, requires
from dcc.lib import french
from patients.banner import banner_for
from patients.doubles.forms import ReportForm
from patients.doubles.reporting import AlreadyReported, OtherRegion, SamePatient, report_double
from patients.forms import SearchForm
from patients.limits import TooManySearches
from patients.models import Double, DoubleStatus, Patient
from patients.naming import birth_label, file_url, shown_name
from patients.permissions import PatientPermission
from patients.queries import Found, found_rows, own_establishments
from patients.recent import Recent, keep, mark_traced, recall
from patients.searching import Wanted, search_identities
from patients.sharing.reach import open_patient


@dataclass(slots=True, kw_only=True)
class _Desk:
    """What the page shows: what was typed, what was found, what is about to be reported."""

    search: SearchForm
    report: ReportForm | None = None
    too_many: TooManySearches | None = None

    @property
    def status(self) -> int:
        if self.too_many:
            return 429
        return 422 if self.search.errors or (self.report is not None and self.report.errors) else 200


@requires(PatientPermission.IDENTITY, PatientPermission.SEARCH)
@require_http_methods(["GET", "POST"])
def report(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """Look for the other identity (traits are never in an address), then choose it and say why."""
    patient = open_patient(patient_id)
    if request.method == "POST" and "other" not in request.POST and "token" not in request.POST:
        form = SearchForm(request.POST)
        if not form.is_valid():
            return _page(request, patient, _Desk(search=form))
        return redirect(f"{_address(patient)}?{urlencode({'r': keep(request.session, request.POST)})}")
    token = request.POST.get("token", "") if request.method == "POST" else request.GET.get("r", "")
    recent = recall(request.session, token)
    if recent is None:
        return _page(request, patient, _Desk(search=SearchForm()))
    desk = _found(request, patient, recent)
    said = desk.report
    if said is not None and said.is_bound and said.is_valid() and _reported(request, patient, said):
        return redirect(file_url(patient.pk))
    return _page(request, patient, desk)


def _found(request: StaffRequest, patient: Patient, recent: Recent) -> _Desk:
    form = SearchForm(recent.typed)
    if not form.is_valid():
        return _Desk(search=form)
    form.fields["name"].widget.attrs.pop("autofocus")
    number, matricule = form.cleaned_data["number"], form.is_matricule
    establishments = own_establishments(request.membership.organisation)
    wanted = Wanted(
        criteria=f"doublon à signaler\u00a0: {form.criteria()}",
        traits=None if number else form.traits(),
        ipp="" if matricule else number,
        matricule=number if matricule else "",
        establishments=[one.pk for one in establishments],
    )
    try:
        matches = search_identities(wanted=wanted, by=request.user, traced=recent.traced)
    except TooManySearches as many:
        return _Desk(search=form, too_many=many)
    mark_traced(request.session, recent.token)
    rows = found_rows(matches, establishments=establishments, passages=False)
    choices = [(str(one.patient.pk), _told_apart(one)) for one in rows if one.patient.pk != patient.pk]
    data = request.POST if request.method == "POST" else None
    return _Desk(search=form, report=ReportForm(data, choices=choices, initial={"token": recent.token}))


def _told_apart(found: Found) -> str:
    """Everything that tells two identities of nearly the same name apart, as the search shows it."""
    one = found.patient
    born = f"{birth_label(one)}, {one.sex}, {french.date_short(one.birth_date)}, {one.birth_place}"
    numbers = [f"IPP {number} ({place})" for place, number in found.ipps]
    said = ", ".join([f"identité {one.get_status_display()}", *numbers])
    return format_html('{}<span class="sub2">{}. {}{}</span>', shown_name(one), born, said[:1].upper(), said[1:])


def _reported(request: StaffRequest, patient: Patient, form: ReportForm) -> bool:
    said: dict[str, Any] = form.cleaned_data
    try:
        report_double(patient=patient, other_id=UUID(said["other"]), why=said["why"], by=request.user)
    except (SamePatient, Patient.DoesNotExist):
        form.add_error("other", "Cette identité est déjà réunie à celle du dossier")
    except OtherRegion:
        form.add_error(
            "other", "Ces identités relèvent de deux régions fondatrices\u00a0: leurs dossiers restent séparés"
        )
    except AlreadyReported as known:
        messages.info(request, _already(known.double))
        return True
    else:
        messages.success(
            request, "Doublon signalé à la cellule d’identitovigilance. Elle examinera les deux identités."
        )
        return True
    return False


def _already(double: Double) -> str:
    if double.status == DoubleStatus.REPORTED and double.reported_by and double.reported_at:
        day = french.date_short(double.reported_at.date())
        return f"Ce doublon est déjà signalé, le {day} par {double.reported_by.display_name}. Rien n’a été ajouté."
    return f"La cellule d’identitovigilance a déjà décidé de ce doublon\u00a0: {double.get_status_display()}."


def _address(patient: Patient) -> str:
    return reverse("patients:double_report", args=[patient.pk])


def _page(request: StaffRequest, patient: Patient, desk: _Desk) -> HttpResponse:
    context = {
        "patient": patient,
        "banner_data": banner_for(request, patient),
        "form": desk.search,
        "report": desk.report,
        "too_many": desk.too_many,
        "address": _address(patient),
    }
    return render(request, "patients/doubles_report.html", context, status=desk.status)
