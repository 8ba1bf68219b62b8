"""Registration of a case, and what happens to it before its meeting: postponed, cancelled."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from dcc.accounts.access import StaffRequest, requires
from dcc.lib.lifecycle import TransitionRefused
from dcc.ui.forms import options_response
from patients.access import PatientOpposes
from patients.banner import banner_for
from patients.models import Patient
from patients.naming import shown_name
from rcp.models import Case
from rcp.permissions import RcpPermission
from rcp.registration.actions import (
    AlreadyRegistered,
    IdentityJoined,
    MeetingOver,
    MeetingRefuses,
    OpposedInTheRoom,
    SharingOpposed,
)
from rcp.registration.desk import Desk, when, why_not
from rcp.registration.forms import CancelForm, PostponeForm
from rcp.registration.moving import cancel_case, postpone_case
from rcp.registration.professionals import search_physicians, search_professionals
from rcp.registration.queries import kept_identity, meeting_choices, upcoming


@requires(RcpPermission.CASE_REGISTER)
@require_http_methods(["GET", "POST"])
def register(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """Put a patient on the list of a meeting."""
    patient = get_object_or_404(Patient, pk=patient_id)
    if patient.merged_into_id:
        if request.method == "GET":
            return redirect("rcp:register", patient.merged_into_id)
        return _joined(request, patient, kept_identity(patient))
    desk = Desk(request, patient)
    if request.method == "GET":
        return desk.page()
    if "_ajouter" in request.POST or "_reunions" in request.POST:
        return desk.page()
    if not desk.is_valid():
        desk.note_opposition()
        return desk.page(status=422)
    try:
        case = desk.register()
    except IdentityJoined as meanwhile:
        return _joined(request, patient, meanwhile.kept)
    except (
        MeetingRefuses,
        MeetingOver,
        AlreadyRegistered,
        SharingOpposed,
        PatientOpposes,
        OpposedInTheRoom,
    ) as refusal:
        desk.explain(refusal)
        return desk.page(status=422)
    return desk.onward(case)


def _joined(request: StaffRequest, lost: Patient, kept: Patient) -> HttpResponse:
    """What was typed for an identity merged meanwhile, on the page of the one kept; nothing is written (PAT-05)."""
    return Desk(request, kept, joined=lost).page(status=409)


@requires(RcpPermission.CASE_REGISTER)
@require_safe
def meetings(request: StaffRequest) -> HttpResponse:
    """The next meetings of a board, as a fragment."""
    board = request.GET.get("board", "")
    choices = meeting_choices(by=request.user, board_id=_uuid(board))
    context = {"choices": choices, "chosen": "", "meeting_errors": [], "announce": True}
    return render(request, "rcp/registration/_meetings.html", context)


@requires(RcpPermission.CASE_REGISTER)
@require_safe
def chosen(request: StaffRequest) -> HttpResponse:
    """What the final button says once a meeting is chosen, as a fragment."""
    found = upcoming().filter(pk=_uuid(request.GET.get("meeting", ""))).first()
    return HttpResponse(f"Inscrire au {when(found)}" if found else "Inscrire", content_type="text/plain; charset=utf-8")


@requires(RcpPermission.CASE_REGISTER)
@require_safe
def physicians(request: HttpRequest) -> HttpResponse:
    """Physicians proposed while the requester's name is typed."""
    return options_response(request, search_physicians(request.GET.get("q", "")))


@requires(RcpPermission.CASE_REGISTER)
@require_safe
def professionals(request: HttpRequest) -> HttpResponse:
    """Professionals proposed while a correspondent's name is typed."""
    return options_response(request, search_professionals(request.GET.get("q", "")))


@requires(RcpPermission.CASE_MOVE)
@require_http_methods(["GET", "POST"])
def postpone(request: StaffRequest, case_id: UUID) -> HttpResponse:
    """Move a case to another meeting."""
    case = get_object_or_404(Case.objects.select_related("patient", "meeting__board"), pk=case_id)
    form = PostponeForm(request.POST or None, excluding=case.meeting_id)
    if request.method == "POST" and form.is_valid():
        try:
            moved = postpone_case(
                case=case,
                to=form.cleaned_data["meeting"],
                reason=form.cleaned_data["reason"],
                exceed=form.cleaned_data["exceed"],
                by=request.user,
            )
        except (MeetingRefuses, MeetingOver, AlreadyRegistered, TransitionRefused, PatientOpposes) as refusal:
            form.add_error("meeting", why_not(refusal))
        else:
            messages.success(request, f"{shown_name(case.patient)} reporté(e) au {when(moved.meeting)}.")
            return redirect("rcp:meeting", case.meeting_id)
    chosen = str(form["meeting"].value() or "")
    context = {
        "form": form,
        "case": case,
        "banner_data": banner_for(request, case.patient),
        "choices": meeting_choices(
            by=request.user, board_id=case.meeting.board_id, chosen=_uuid(chosen), excluding=case.meeting_id
        ),
        "chosen": chosen,
        "meeting_errors": form["meeting"].errors,
    }
    return render(request, "rcp/registration/postpone.html", context, status=422 if form.is_bound else 200)


@requires(RcpPermission.CASE_MOVE)
@require_http_methods(["GET", "POST"])
def cancel(request: StaffRequest, case_id: UUID) -> HttpResponse:
    """Take a case off the list of its meeting."""
    case = get_object_or_404(Case.objects.select_related("patient", "meeting__board"), pk=case_id)
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            cancel_case(case=case, reason=form.cleaned_data["reason"], by=request.user)
        except TransitionRefused as refusal:
            form.add_error(None, why_not(refusal))
        else:
            messages.success(request, f"Inscription de {shown_name(case.patient)} annulée.")
            return redirect("rcp:meeting", case.meeting_id)
    context = {"form": form, "case": case, "banner_data": banner_for(request, case.patient)}
    return render(request, "rcp/registration/cancel.html", context, status=422 if form.is_bound else 200)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
