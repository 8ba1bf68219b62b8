"""« Mode séance » of whoever runs a meeting: a short PIN instead of a whole sign-in, until it is over (D14)."""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from dcc.accounts import room
from dcc.accounts.access import StaffRequest, requires
from dcc.accounts.room_forms import RoomForm
from rcp.meetings.views import running_meeting
from rcp.models import MeetingStatus
from rcp.permissions import RcpPermission

AFTER = timedelta(hours=1)  # reports are re-read when the meeting is over


@requires(RcpPermission.MEETING_RUN, RcpPermission.CASE_CONCLUDE)
@require_http_methods(["GET", "POST"])
def room_mode(request: StaffRequest, meeting_id: UUID) -> HttpResponse:
    """Choose the PIN of this meeting, or leave the mode."""
    meeting = running_meeting(request, meeting_id)
    if meeting.status != MeetingStatus.OPEN:
        messages.info(request, "Ouvrez la réunion\u00a0: le mode séance dure autant qu’elle.")
        return redirect("rcp:meeting", meeting.pk)
    if request.method == "POST" and "stop" in request.POST:
        room.stop(request)
        messages.success(request, "Mode séance terminé sur ce poste.")
        return redirect("rcp:meeting", meeting.pk)
    form = RoomForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        until = max(meeting.ends_at, timezone.now()) + AFTER
        room.start(request, pin=form.cleaned_data["pin"], until=until, room=str(meeting))
        messages.success(request, "Mode séance activé sur ce poste.")
        return redirect("rcp:meeting", meeting.pk)
    return render(
        request, "rcp/meetings/room_mode.html", {"meeting": meeting, "form": form}, status=422 if form.errors else 200
    )
