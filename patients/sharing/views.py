"""Pages of the sharing of a file, and the list of accesses as it is handed to the patient."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dcc.accounts.access import StaffRequest, requires
from dcc.audit.record import record
from dcc.lib import french
from dcc.ui.forms import options_response
from patients.access import AccessRefused, PatientOpposes
from patients.banner import banner_for
from patients.events import PatientEvent
from patients.models import Patient
from patients.naming import file_url
from patients.permissions import PatientPermission
from patients.sharing.actions import end_sharing, share_file
from patients.sharing.forms import ShareForm
from patients.sharing.people import receiver, search_receivers
from patients.sharing.queries import access_page
from patients.sharing.reach import open_patient


@requires(PatientPermission.SHARE)
@require_http_methods(["GET", "POST"])
def share(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """Open the file to somebody for a time."""
    patient = open_patient(patient_id)
    form = ShareForm(request.POST or None, sex=patient.sex)
    if request.method == "POST" and form.is_valid() and _shared(request, patient, form):
        return redirect(f"{file_url(patient.pk)}?rubrique=acces")
    context = {"form": form, "patient": patient, "banner_data": banner_for(request, patient)}
    return render(request, "patients/sharing.html", context, status=422 if form.is_bound else 200)


@requires(PatientPermission.SHARE)
@require_safe
def receivers(request: HttpRequest) -> HttpResponse:
    """People and organisations proposed while a name is typed."""
    return options_response(request, search_receivers(request.GET.get("q", "")))


@requires(PatientPermission.SHARE)
@require_POST
def unshare(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """End a sharing before its time."""
    patient = open_patient(patient_id)
    principal = request.POST.get("principal", "")
    try:
        done = principal.isdecimal() and end_sharing(patient=patient, principal_id=int(principal), by=request.user)
    except AccessRefused:
        messages.error(request, "Seule l’équipe de soins met fin à ce partage.")
    else:
        messages.success(request, "Partage terminé." if done else "Ce partage était déjà terminé.")
    return redirect(f"{file_url(patient.pk)}?rubrique=acces")


@requires(PatientPermission.VIEW)
@require_safe
def accesses_print(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """Who can open the file and who did, in plain French, on paper."""
    patient = open_patient(patient_id)
    record(PatientEvent.ACCESSES_PRINTED, on=patient, by=request.user)
    context = {
        "patient": patient,
        "banner_data": banner_for(request, patient),
        "sharing": access_page(patient),
        "printed_at": timezone.now(),
        "printed_by": request.user.display_name,
    }
    return render(request, "patients/sharing_print.html", context)


def _shared(request: StaffRequest, patient: Patient, form: ShareForm) -> bool:
    """Share as typed; what is refused is said at its field."""
    said = form.cleaned_data
    to = receiver(said["to"].code)
    try:
        if to is None or not share_file(patient=patient, to=to, why=said["why"], until=said["until"], by=request.user):
            form.add_error(
                "to", "Ce partage existe déjà, pour plus longtemps. Terminez-le d’abord s’il doit être plus court"
            )
            return False
    except PatientOpposes:
        form.add_error("to", f"{_person(patient)} s’oppose à ce partage\u00a0: il n’est pas possible")
        return False
    except AccessRefused:
        form.add_error(
            None, "Seule l’équipe de soins partage un dossier\u00a0: votre propre accès est un partage ou exceptionnel"
        )
        return False
    day = french.date_short(said["until"])
    messages.success(request, f"Dossier partagé avec {said['to'].label} jusqu’au {day}.")
    return True


def _person(patient: Patient) -> str:
    return "La patiente" if patient.sex == "F" else "Le patient"
