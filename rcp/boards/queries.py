"""Reads of the directory: the boards of the network, and one of them with its members and meetings."""

from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

from dcc.lib import french
from patients.identity.names import comparison_key
from rcp.boards.presets import FORMS
from rcp.meetings.attendance import Light, lights_of, rule_of, trade
from rcp.models import Attendance, Board, BoardKind, BoardMember, BoardRole, Frequency, Meeting, MeetingStatus

MEETINGS_SHOWN = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardLine:
    """One board of the directory (AGD-12, AGD-17)."""

    board: Board
    rhythm: str
    coordinators: str
    phone: str
    next_meeting: Meeting | None

    @property
    def recourse(self) -> bool:
        return self.board.kind == BoardKind.RECOURSE


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberLine:
    member: BoardMember
    trade: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingLine:
    meeting: Meeting
    light: Light


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardPage:
    """A board with its members, its rule in words and what is planned."""

    board: Board
    rhythm: str
    form: str
    rule: str
    members: tuple[MemberLine, ...]
    meetings: tuple[MeetingLine, ...]


def rhythm_of(board: Board) -> str:
    """« mardi, 14:00, chaque semaine »."""
    day = french.WEEKDAYS[board.weekday]
    return f"{day}, {french.time_short(board.starts_at)}, {Frequency(board.frequency).label}"


def directory(*, holder: UUID | None = None, kind: str = "", text: str = "", closed: bool = False) -> list[BoardLine]:
    """The boards of the network, of every 3C: recourse ones are everybody's (AGD-09). Three queries."""
    boards = Board.objects.select_related("organisation").order_by("organisation__name", "name")
    if holder:
        boards = boards.filter(organisation_id=holder)
    if kind:
        boards = boards.filter(kind=kind)
    if not closed:
        boards = boards.filter(active=True)
    found = [board for board in boards if _fits(board, text)]
    coordinators, phones = _coordinators(found)
    coming = _next_meetings(found)
    return [
        BoardLine(
            board=board,
            rhythm=rhythm_of(board),
            coordinators=french.join_list(coordinators[board.pk]),
            phone=phones.get(board.pk) or board.organisation.phone,
            next_meeting=coming.get(board.pk),
        )
        for board in found
    ]


def _fits(board: Board, text: str) -> bool:
    """A few dozen boards: compared in Python, accents aside."""
    wanted = comparison_key(text)
    return not wanted or wanted in comparison_key(f"{board.name} {board.code} {board.place}")


def _coordinators(boards: list[Board]) -> tuple[dict[UUID, list[str]], dict[UUID, str]]:
    names: dict[UUID, list[str]] = defaultdict(list)
    phones: dict[UUID, str] = {}
    members = BoardMember.objects.filter(board__in=boards, role=BoardRole.COORDINATOR)
    for member in members.select_related("user").order_by("pk"):
        names[member.board_id].append(member.user.short_name)
        if member.user.phone:
            phones.setdefault(member.board_id, member.user.phone)
    return names, phones


def _next_meetings(boards: list[Board]) -> dict[UUID, Meeting]:
    coming = Meeting.objects.filter(board__in=boards, ends_at__gt=timezone.now()).exclude(
        status=MeetingStatus.CANCELLED
    )
    firsts = coming.order_by("board", "starts_at").distinct("board")
    return {meeting.board_id: meeting for meeting in firsts}


def find_board(board_id: UUID) -> Board | None:
    return Board.objects.select_related("organisation").filter(pk=board_id).first()


def board_page(board: Board) -> BoardPage:
    members = board.members.select_related("user").order_by("role", "user__last_name")
    meetings = list(
        Meeting.objects.filter(board=board, ends_at__gt=timezone.now()).order_by("starts_at")[:MEETINGS_SHOWN]
    )
    for meeting in meetings:
        meeting.board = board
    lights = lights_of(meetings)
    return BoardPage(
        board=board,
        rhythm=rhythm_of(board),
        form=FORMS.get(board.form_code, board.form_code),
        rule=rule_of(board).sentence,
        members=tuple(
            MemberLine(
                member=one,
                trade=trade(Attendance(profession=one.user.profession, specialty=one.user.specialty)),
            )
            for one in members
        ),
        meetings=tuple(MeetingLine(meeting=one, light=lights[one.pk]) for one in meetings),
    )
