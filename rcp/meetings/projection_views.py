"""The screen of the room and the screens that follow it."""

from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from dcc.accounts.access import StaffRequest, requires
from dcc.accounts.session import POLLING_HEADER
from dcc.audit.record import record
from rcp.events import RcpEvent
from rcp.meetings.current import current_case, show_case
from rcp.meetings.duties import may_run
from rcp.meetings.projection import Slide, find_slide, first_case
from rcp.meetings.views import find_meeting_or_404
from rcp.models import Meeting, MeetingStatus
from rcp.permissions import RcpPermission

FOLLOW, MASK, EMPTIES, DOCUMENTS = "suivre", "masque", "vides", "documents"
REREAD = "relu"  # the same case asked again because it changed: nobody opened anything


@requires(RcpPermission.CASE_VIEW)
@require_GET
def start(request: StaffRequest, meeting_id: UUID) -> HttpResponse:
    """Go to the case under way, or to the first one the room has not seen."""
    meeting = find_meeting_or_404(meeting_id)
    case_id = first_case(meeting, current_case(meeting_id))
    if case_id is None:
        return render(request, "rcp/projection/empty.html", {"meeting": meeting})
    return redirect(_address(meeting, case_id, _kept(request)))


@requires(RcpPermission.CASE_VIEW)
@require_GET
def slide(request: StaffRequest, meeting_id: UUID, case_id: UUID) -> HttpResponse:
    """One case. Who runs the meeting shows it to the second screens; a second screen only follows."""
    meeting = find_meeting_or_404(meeting_id)
    found = find_slide(meeting=meeting, case_id=case_id, masked=request.GET.get(MASK) == "1")
    if found is None:
        raise Http404
    follows = request.GET.get(FOLLOW) == "1"
    presents = not follows and may_run(meeting=meeting, by=request.user, rights=request.rights)
    if request.GET.get(REREAD) != "1":
        record(RcpEvent.PROJECTION_OPENED, on=found.case, by=request.user)
        running = meeting.status in (MeetingStatus.PLANNED, MeetingStatus.OPEN)
        if presents and running and POLLING_HEADER not in request.META:
            show_case(meeting_id=meeting_id, case_id=case_id, at=timezone.now())
    return render(request, "rcp/projection/slide.html", _context(request, found, follows=follows))


@requires(RcpPermission.CASE_VIEW)
@require_GET
def state(request: StaffRequest, meeting_id: UUID, case_id: UUID) -> HttpResponse:
    """What a screen should show now: the address of the case to follow, and a token of its content."""
    meeting = find_meeting_or_404(meeting_id)
    shown = case_id
    if request.GET.get(FOLLOW) == "1" and (current := current_case(meeting_id)):
        shown = current.case_id
    found = find_slide(meeting=meeting, case_id=shown) or find_slide(meeting=meeting, case_id=case_id)
    if found is None:
        raise Http404
    return JsonResponse({"url": _address(meeting, found.case.pk, _kept(request)), "token": found.token})


def _kept(request: StaffRequest) -> dict[str, str]:
    """What stays from case to case: following and masking."""
    return {name: "1" for name in (FOLLOW, MASK) if request.GET.get(name) == "1"}


def _address(meeting: Meeting, case_id: UUID, kept: dict[str, str]) -> str:
    address = reverse("rcp:projection_case", args=[meeting.pk, case_id])
    return f"{address}?{urlencode(kept)}" if kept else address


def _context(request: StaffRequest, found: Slide, *, follows: bool) -> dict[str, object]:
    meeting, kept = found.meeting, _kept(request)
    here = _address(meeting, found.case.pk, kept)
    panel = next((name for name in (EMPTIES, DOCUMENTS) if request.GET.get(name) == "1"), "")
    masked = kept | ({MASK: "1"} if not found.masked else {})
    if found.masked:
        masked.pop(MASK, None)
    return {
        "slide": found,
        "meeting": meeting,
        "follows": follows,
        "panel": panel,
        "minutes": found.minutes(current_case(meeting.pk)),
        "previous_url": _address(meeting, found.previous, kept) if found.previous else "",
        "next_url": _address(meeting, found.next, kept) if found.next else "",
        "here_url": here,
        "empties_url": _with(here, EMPTIES) if panel != EMPTIES else here,
        "documents_url": _with(here, DOCUMENTS) if panel != DOCUMENTS else here,
        "mask_url": _address(meeting, found.case.pk, masked),
        "state_url": f"{reverse('rcp:projection_state', args=[meeting.pk, found.case.pk])}?{urlencode(kept)}",
        "may_conclude": RcpPermission.CASE_CONCLUDE in request.rights,
    }


def _with(address: str, name: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}{name}=1"
