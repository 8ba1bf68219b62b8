"""The directory of boards, and the page of each."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dcc.accounts.access import StaffRequest, requires
from dcc.lib import french
from dcc.lib.lifecycle import TransitionRefused
from dcc.organisations.kinds import RULES, OrganisationKind
from dcc.organisations.models import Organisation
from rcp.boards import actions
from rcp.boards.forms import BoardForm, HolderForm, MemberForm, OneMeetingForm, PlanForm, SeatFormSet, seats_initial
from rcp.boards.queries import board_page, directory, find_board
from rcp.meetings.actions import MeetingHasCases, cancel_meeting
from rcp.meetings.duties import may_manage
from rcp.meetings.forms import CancelMeetingForm
from rcp.meetings.planning import DayTaken, Planned, add_meeting, plan_meetings
from rcp.models import Board, BoardKind, BoardRole, Meeting
from rcp.permissions import RcpPermission
from rcp.registration.professionals import find_professional

TAKEN = "Ce sigle est déjà celui d’une autre RCP. Choisissez-en un autre"


@requires(RcpPermission.MEETING_VIEW, RcpPermission.BOARD_MANAGE, RcpPermission.CALENDAR_VIEW)
@require_GET
def boards(request: StaffRequest) -> HttpResponse:
    """The directory of the network (AGD-12), filtered by what the address says."""
    chosen = {"c": request.GET.get("c", ""), "type": request.GET.get("type", ""), "q": request.GET.get("q", "")}
    kinds = [kind for kind, rules in RULES.items() if rules.holds_boards]
    holders = Organisation.objects.active().of_kind(*kinds).order_by("name")
    kind = chosen["type"] if chosen["type"] in BoardKind.values else ""
    lines = directory(holder=_uuid(chosen["c"]), kind=kind, text=chosen["q"])
    context = {
        "lines": lines,
        "holders": list(holders),
        "kinds": BoardKind.choices,
        "chosen": chosen,
        "creates": RcpPermission.BOARD_MANAGE in request.rights,
        "filtered": any(chosen.values()),
    }
    return render(request, "rcp/boards/boards.html", context)


@requires(RcpPermission.MEETING_VIEW, RcpPermission.BOARD_MANAGE, RcpPermission.CALENDAR_VIEW)
@require_GET
def board(request: StaffRequest, board_id: UUID) -> HttpResponse:
    return _page(request, _board(board_id))


@requires(RcpPermission.BOARD_MANAGE)
@require_http_methods(["GET", "POST"])
def create_board(request: StaffRequest) -> HttpResponse:
    network = request.membership.organisation.kind == OrganisationKind.NETWORK
    holder = HolderForm(request.POST or None) if network else None
    form, seats = BoardForm(request.POST or None), SeatFormSet(request.POST or None, prefix="seats")
    valid = all(one.is_valid() for one in (form, seats, holder) if one is not None)
    if request.method == "POST" and valid:
        organisation = holder.cleaned_data["organisation"] if holder else request.membership.organisation
        values = form.cleaned_data | {"quorum_groups": _groups(seats)}
        try:
            created = actions.create_board(organisation=organisation, values=values, by=request.user)
        except actions.CodeTaken:
            form.add_error("code", TAKEN)
        else:
            messages.success(request, f"{created} créée. Ajoutez ses membres, puis prévoyez ses réunions.")
            return redirect("rcp:board", created.pk)
    return _form(request, form, seats, holder=holder)


@requires(RcpPermission.BOARD_MANAGE)
@require_http_methods(["GET", "POST"])
def change_board(request: StaffRequest, board_id: UUID) -> HttpResponse:
    found = _managed(request, board_id)
    form = BoardForm(request.POST or None, instance=_board(board_id))
    seats = SeatFormSet(request.POST or None, prefix="seats", initial=seats_initial(found))
    if request.method == "POST" and form.is_valid() and seats.is_valid():
        values = form.cleaned_data | {"quorum_groups": _groups(seats)}
        try:
            actions.change_board(board_id=board_id, values=values, by=request.user)
        except actions.CodeTaken:
            form.add_error("code", TAKEN)
        else:
            messages.success(request, "RCP modifiée.")
            return redirect("rcp:board", board_id)
    return _form(request, form, seats, board=found)


@requires(RcpPermission.BOARD_MANAGE)
@require_POST
def add_member(request: StaffRequest, board_id: UUID) -> HttpResponse:
    found = _managed(request, board_id)
    form = MemberForm(request.POST)
    membership = find_professional(form.cleaned_data["person"].code) if form.is_valid() else None
    if membership is None:
        return _page(request, found, member_form=form, status=422)
    role = BoardRole(form.cleaned_data["role"])
    actions.add_member(board_id=board_id, user=membership.user, role=role, by=request.user)
    messages.success(request, f"{membership.user.display_name} est membre de la {found}.")
    return redirect("rcp:board", board_id)


@requires(RcpPermission.BOARD_MANAGE)
@require_POST
def remove_member(request: StaffRequest, board_id: UUID, user_id: int) -> HttpResponse:
    _managed(request, board_id)
    actions.remove_member(board_id=board_id, user_id=user_id, by=request.user)
    return redirect("rcp:board", board_id)


@requires(RcpPermission.BOARD_MANAGE)
@require_POST
def plan(request: StaffRequest, board_id: UUID) -> HttpResponse:
    """Generate the meetings of a period (AGD-11)."""
    found = _managed(request, board_id)
    form = PlanForm(request.POST)
    if not form.is_valid():
        return _page(request, found, plan_form=form, status=422)
    period = {name: form.cleaned_data[name] for name in ("since", "until")}
    planned = plan_meetings(board_id=board_id, by=request.user, **period)
    messages.success(request, _said(planned))
    return redirect("rcp:board", board_id)


@requires(RcpPermission.BOARD_MANAGE)
@require_POST
def add_one(request: StaffRequest, board_id: UUID) -> HttpResponse:
    """Add one meeting outside the rhythm."""
    found = _managed(request, board_id)
    form = OneMeetingForm(request.POST)
    if form.is_valid():
        try:
            made = add_meeting(board_id=board_id, starts_at=form.cleaned_data["starts_at"], by=request.user)
        except DayTaken:
            form.add_error("day", "La RCP se réunit déjà à ce moment-là")
        else:
            return redirect("rcp:meeting", made.pk)
    return _page(request, found, one_form=form, status=422)


@requires(RcpPermission.BOARD_MANAGE)
@require_POST
def cancel_one(request: StaffRequest, board_id: UUID, meeting_id: UUID) -> HttpResponse:
    """Cancel a meeting without cases."""
    found = _managed(request, board_id)
    if not Meeting.objects.filter(pk=meeting_id, board=found).exists():
        raise Http404
    form = CancelMeetingForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Indiquez pourquoi la réunion est annulée.")
        return redirect("rcp:board", board_id)
    try:
        cancel_meeting(meeting_id=meeting_id, why=form.cleaned_data["why"], by=request.user)
    except MeetingHasCases:
        messages.error(request, "Des dossiers sont inscrits à cette réunion. Reportez-les d’abord.")
    except TransitionRefused:
        messages.error(request, "Cette réunion a commencé : elle ne s’annule plus.")
    return redirect("rcp:board", board_id)


def _board(board_id: UUID) -> Board:
    found = find_board(board_id)
    if found is None:
        raise Http404
    return found


def _managed(request: StaffRequest, board_id: UUID) -> Board:
    """The board, for its own 3C and the network's administration; another 3C is refused (403)."""
    found = _board(board_id)
    if not may_manage(board=found, by=request.user):
        raise PermissionDenied
    return found


def _page(request: StaffRequest, found: Board, *, status: int = 200, **forms: Any) -> HttpResponse:
    manages = RcpPermission.BOARD_MANAGE in request.rights and may_manage(board=found, by=request.user)
    context = {
        "page": board_page(found),
        "board": found,
        "manages": manages,
        "member_form": MemberForm(prefix=""),
        "plan_form": PlanForm(),
        "one_form": OneMeetingForm(),
    }
    return render(request, "rcp/boards/board.html", context | forms, status=status)


def _form(request: StaffRequest, form: BoardForm, seats: Any, **context: Any) -> HttpResponse:
    status = 422 if form.is_bound else 200
    return render(request, "rcp/boards/form.html", {"form": form, "seats": seats, **context}, status=status)


def _groups(seats: Any) -> list[dict[str, Any]]:
    return [group for seat in seats.forms if (group := seat.group())]


def _said(planned: Planned) -> str:
    said = f"{french.counted(len(planned.created), 'réunion prévue', 'réunions prévues')}."
    if planned.already:
        said += f" {french.counted(planned.already, 'jour déjà pris', 'jours déjà pris')}, inchangés."
    if planned.holidays:
        days = french.join_list([f"{french.date_short(day)} ({name})" for day, name in planned.holidays])
        said += f" Jours fériés laissés de côté\u00a0: {days}."
    return said


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
