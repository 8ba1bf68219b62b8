"""Meetings generated from their board, or added one at a time (AGD-10, AGD-11)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.contrib.postgres.functions import TransactionNow
from django.utils import timezone

from dcc.accounts.models import PrincipalMember, User
from dcc.audit.record import record
from dcc.lib import french
from dcc.tenancy.models import Principal, PrincipalKind
from rcp.boards.actions import lock_board
from rcp.boards.rhythm import dates_of, holiday
from rcp.events import RcpEvent
from rcp.meetings.actions import OPEN_AFTER
from rcp.models import Attendance, Board, Meeting, Presence

KNOWN_RHYTHM = 12  # meetings that say the rhythm


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What planning did: meetings created, days left out because they are holidays, days already taken."""

    created: tuple[Meeting, ...]
    holidays: tuple[tuple[date, str], ...]
    already: int


class DayTaken(Exception):
    """The board already meets at that very time."""


def plan_meetings(*, board_id: UUID, since: date, until: date, by: User) -> Planned:
    """Create the meetings of a period from the board's frequency, holidays left out (AGD-11).

    Planning the same period again creates nothing: a day on which the board has a meeting, even a cancelled one, is
    left as it is. Usual members are expected, and read the meeting's files until 30 days after it.
    """
    board = lock_board(board_id)
    held = sorted({_local_day(at) for at in Meeting.objects.filter(board=board).values_list("starts_at", flat=True)})
    wanted = dates_of(
        frequency=board.frequency, weekday=board.weekday, since=since, until=until, held=_latest_before(held, until)
    )
    free = [day for day in wanted if day not in set(held)]
    off = [(day, holiday(day)) for day in free if holiday(day)]
    days = [day for day in free if not holiday(day)]
    created = _create(board, [_start(board, day) for day in days], by)
    return Planned(created=tuple(created), holidays=tuple(off), already=len(wanted) - len(free))


def add_meeting(*, board_id: UUID, starts_at: datetime, by: User, place: str = "") -> Meeting:
    """Add one meeting outside the rhythm. Raises DayTaken."""
    board = lock_board(board_id)
    if Meeting.objects.filter(board=board, starts_at=starts_at).exists():
        raise DayTaken
    return _create(board, [starts_at], by, place=place)[0]


def _create(board: Board, starts: list[datetime], by: User, place: str = "") -> list[Meeting]:
    labels = [f"{board} du {french.date_short(_local_day(at))}" for at in starts]
    principals = Principal.objects.bulk_create(Principal(kind=PrincipalKind.MEETING, label=label) for label in labels)
    meetings = Meeting.objects.bulk_create(
        Meeting(
            region_id=board.region_id,
            board=board,
            starts_at=at,
            ends_at=at + timedelta(minutes=board.minutes),
            closes_at=at - timedelta(hours=board.closes_hours_before),
            place=place or board.place,
            mode=board.mode,
            capacity=board.capacity,
            principal=principal,
        )
        for at, principal in zip(starts, principals, strict=True)
    )
    _expect_members(board, meetings)
    for meeting, label in zip(meetings, labels, strict=True):
        record(RcpEvent.MEETING_PLANNED, on=meeting, by=by, meeting=label)
    return meetings


def _expect_members(board: Board, meetings: list[Meeting]) -> None:
    users = [member.user for member in board.members.select_related("user").order_by("pk")]
    Attendance.objects.bulk_create(
        Attendance(
            region_id=board.region_id,
            meeting=meeting,
            user=user,
            name=user.display_name,
            profession=user.profession,
            specialty=user.specialty,
            presence=Presence.EXPECTED,
        )
        for meeting in meetings
        for user in users
    )
    PrincipalMember.objects.bulk_create(
        PrincipalMember(
            region_id=board.region_id,
            principal_id=meeting.principal_id,
            user=user,
            starts_at=TransactionNow(),
            expires_at=meeting.ends_at + OPEN_AFTER,
        )
        for meeting in meetings
        for user in users
    )


def _start(board: Board, day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, board.starts_at))


def _local_day(at: datetime) -> date:
    return timezone.localtime(at).date()


def _latest_before(held: list[date], until: date) -> list[date]:
    return [day for day in held if day <= until][-KNOWN_RHYTHM:]
