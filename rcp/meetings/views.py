"""The page of a meeting: its list, its attendance, and what is done there."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dcc.accounts.access import StaffRequest, requires
from dcc.audit.record import record
from dcc.lib.lifecycle import TransitionRefused
from dcc.ui.forms import options_response
from rcp.cases.lifecycle import CASE_LIFECYCLE
from rcp.events import RcpEvent
from rcp.meetings import actions
from rcp.meetings.duties import may_run
from rcp.meetings.forms import GuestForm, PlaceForm, PresenceForm
from rcp.meetings.lifecycle import MEETING_LIFECYCLE
from rcp.meetings.queries import MeetingView, find_meeting
from rcp.models import Attendance, Case, Meeting
from rcp.permissions import RcpPermission
from rcp.registration.professionals import search_professionals

OVER = "La réunion est terminée ou annulée : sa liste de présence ne change plus. Rouvrez-la pour la corriger."
NOT_PHYSICIAN = "Seul un médecin présent qui a un compte peut présider la réunion."


@requires(RcpPermission.MEETING_VIEW)
@require_GET
def meeting(request: StaffRequest, meeting_id: UUID) -> HttpResponse:
    found = find_meeting_or_404(meeting_id)
    return render(request, "rcp/meetings/meeting.html", _context(request, MeetingView(found)))


@requires(RcpPermission.MEETING_VIEW)
@require_GET
def live(request: StaffRequest, meeting_id: UUID) -> HttpResponse:
    """What changed since the token the page holds; 204 when nothing did."""
    view = MeetingView(find_meeting_or_404(meeting_id))
    if request.GET.get("v") == view.token:
        return HttpResponse(status=204)
    return render(request, "rcp/meetings/_live.html", _context(request, view))


@requires(RcpPermission.MEETING_VIEW)
@require_GET
def printable(request: StaffRequest, meeting_id: UUID) -> HttpResponse:
    """The list on paper, anonymous unless names are asked for (INS-11, guide §13)."""
    view = MeetingView(find_meeting_or_404(meeting_id))
    named = request.GET.get("noms") == "1"
    kind = "nominative" if named else "anonyme"
    record(RcpEvent.MEETING_LIST_PRINTED, on=view.meeting, by=request.user, kind=kind, count=len(view.active))
    return render(request, "rcp/meetings/list.html", {"view": view, "meeting": view.meeting, "named": named})


@requires(RcpPermission.MEETING_RUN, RcpPermission.CASE_CONCLUDE)
@require_POST
def open_meeting(request: StaffRequest, meeting_id: UUID) -> HttpResponse:
    return _move(request, meeting_id, actions.open_meeting)


@requires(RcpPermission.MEETING_RUN, RcpPermission.CASE_CONCLUDE)
@require_POST
def close_meeting(request: StaffRequest, meeting_id: UUID) -> HttpResponse:
    return _move(request, meeting_id, actions.close_meeting)


@requires(RcpPermission.MEETING_RUN, RcpPermission.CASE_CONCLUDE)
@require_POST
def presence(request: StaffRequest, meeting_id: UUID, attendance_id: UUID) -> HttpResponse:
    row = get_object_or_404(running_meeting(request, meeting_id).attendances, pk=attendance_id)
    form = PresenceForm(request.POST)
    if not form.is_valid():
        return _attendance(request, meeting_id, status=422)
    said = {"presence": form.cleaned_data["presence"], "remote": form.cleaned_data["remote"]}
    return _try_attendance(request, meeting_id, actions.set_presence, attendance_id=row.pk, changed=row.name, **said)


@requires(RcpPermission.MEETING_VIEW)
@require_POST
def my_presence(request: StaffRequest, meeting_id: UUID) -> HttpResponse:
    """Each participant announces their own coming, from the cockpit or the meeting."""
    get_object_or_404(Attendance, meeting=find_meeting_or_404(meeting_id), user=request.user)
    way = request.POST.get("way", "")
    try:
        actions.announce_coming(
            meeting_id=meeting_id, coming=way in ("room", "remote"), remote=way == "remote", by=request.user
        )
    except actions.MeetingNotEditable:
        messages.error(request, "La réunion a commencé : la présence se coche dans la salle.")
    return redirect("rcp:cockpit")


@requires(RcpPermission.MEETING_RUN, RcpPermission.CASE_CONCLUDE)
@require_http_methods(["POST"])
def add_guest(request: StaffRequest, meeting_id: UUID) -> HttpResponse:
    running_meeting(request, meeting_id)
    form = GuestForm(request.POST)
    if not form.is_valid():
        return _attendance(request, meeting_id, form=form, status=422)
    typed = form.cleaned_data
    return _try_attendance(
        request,
        meeting_id,
        actions.add_guest,
        changed=typed["person"].label,
        membership=typed["membership"],
        name=typed["person"].label,
        **{name: typed[name] for name in ("profession", "specialty", "presence", "remote")},
    )


@requires(RcpPermission.MEETING_RUN, RcpPermission.CASE_CONCLUDE)
@require_POST
def remove_guest(request: StaffRequest, meeting_id: UUID, attendance_id: UUID) -> HttpResponse:
    running_meeting(request, meeting_id)
    return _try_attendance(request, meeting_id, actions.remove_guest, attendance_id=attendance_id)


@requires(RcpPermission.MEETING_RUN, RcpPermission.CASE_CONCLUDE)
@require_POST
def chair(request: StaffRequest, meeting_id: UUID, attendance_id: UUID) -> HttpResponse:
    row = get_object_or_404(running_meeting(request, meeting_id).attendances, pk=attendance_id)
    return _try_attendance(request, meeting_id, actions.choose_chair, attendance_id=row.pk)


@requires(RcpPermission.MEETING_RUN, RcpPermission.CASE_CONCLUDE)
@require_POST
def place(request: StaffRequest, meeting_id: UUID, case_id: UUID) -> HttpResponse:
    """Put a case at its place in the order: drag, Alt ↑ ↓ and menu all end here."""
    found = running_meeting(request, meeting_id)
    form, refusal = PlaceForm(request.POST), ""
    get_object_or_404(Case, pk=case_id, meeting=found)
    if not form.is_valid():
        raise Http404
    try:
        actions.place_case(meeting_id=meeting_id, case_id=case_id, place=form.cleaned_data["place"], by=request.user)
    except actions.MeetingNotEditable:
        refusal = OVER
    except Case.DoesNotExist as error:
        raise Http404 from error
    if "HX-Request" not in request.headers:
        return redirect("rcp:meeting", meeting_id)
    context = _context(request, MeetingView(find_meeting_or_404(meeting_id))) | {"refusal": refusal, "moved": case_id}
    return render(request, "rcp/meetings/_cases.html", context, status=409 if refusal else 200)


@requires(RcpPermission.MEETING_VIEW, RcpPermission.BOARD_MANAGE)
@require_GET
def people(request: StaffRequest) -> HttpResponse:
    """Proposals for a professional's name."""
    return options_response(request, search_professionals(request.GET.get("q", "")))


def find_meeting_or_404(meeting_id: UUID) -> Meeting:
    found = find_meeting(meeting_id)
    if found is None:
        raise Http404
    return found


def running_meeting(request: StaffRequest, meeting_id: UUID) -> Meeting:
    """The meeting, for those who run it; others are refused (403)."""
    found = find_meeting_or_404(meeting_id)
    if not may_run(meeting=found, by=request.user, rights=request.rights):
        raise PermissionDenied
    return found


def _context(request: StaffRequest, view: MeetingView) -> dict[str, Any]:
    rights = request.rights
    runs = may_run(meeting=view.meeting, by=request.user, rights=rights)
    moves = [{one.name for one in CASE_LIFECYCLE.available(row.case.status, rights)} for row in view.active]
    return {
        "view": view,
        "meeting": view.meeting,
        "runs": runs,
        "editable": runs and view.meeting.status in ("planned", "open"),
        "listed": list(zip(view.active, moves, strict=True)),
        "transitions": {one.name for one in MEETING_LIFECYCLE if view.meeting.status in one.sources},
        "guest_form": GuestForm(),
        "may_register": RcpPermission.CASE_REGISTER in rights,
    }


def _move(request: StaffRequest, meeting_id: UUID, action: Any) -> HttpResponse:
    running_meeting(request, meeting_id)
    try:
        action(meeting_id=meeting_id, by=request.user)
    except TransitionRefused:
        messages.error(request, "Cette réunion a changé d’état entre-temps. Vérifiez sa page avant de recommencer.")
    return redirect("rcp:meeting", meeting_id)


def _try_attendance(
    request: StaffRequest, meeting_id: UUID, action: Any, *, changed: str = "", **arguments: Any
) -> HttpResponse:
    try:
        action(meeting_id=meeting_id, by=request.user, **arguments)
    except actions.MeetingNotEditable:
        return _attendance(request, meeting_id, refusal=OVER, status=409)
    except actions.NotAPhysicianHere:
        return _attendance(request, meeting_id, refusal=NOT_PHYSICIAN, status=409)
    return _attendance(request, meeting_id, changed=changed)


def _attendance(
    request: StaffRequest,
    meeting_id: UUID,
    *,
    form: GuestForm | None = None,
    changed: str = "",
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    """The card of the attendance after an action; the whole page, or a redirection, without htmx."""
    scripted = "HX-Request" in request.headers
    if not scripted and status == 200:
        return redirect("rcp:meeting", meeting_id)
    context = _context(request, MeetingView(find_meeting_or_404(meeting_id))) | {"changed": changed, "refusal": refusal}
    if form is not None:
        context["guest_form"] = form
    template = "rcp/meetings/_attendance.html" if scripted else "rcp/meetings/meeting.html"
    answer = render(request, template, context, status=status)
    if status != 200:
        answer["HX-Reswap"] = "outerHTML"  # boxes ticked in a row draw nothing by themselves, but a refusal is shown
    return answer
