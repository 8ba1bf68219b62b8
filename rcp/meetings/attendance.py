"""The quorum of meetings, from their board's rule and their attendance rows, and the light that shows it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from dcc.accounts.professions import QuorumRole, quorum_role, specialty_label
from rcp.meetings.quorum import EXPECTED, Group, Participant, Quorum, Rule, evaluate, forecast
from rcp.models import Attendance, Board, Meeting, MeetingStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Light:
    """The table seen from above (guide §1): `label` says in words what the seats draw."""

    reached: bool
    title: str
    detail: str
    present: int
    expected: int
    missing: int
    at_risk: int

    @property
    def label(self) -> str:
        return f"{self.title}\u00a0: {self.detail[:1].lower()}{self.detail[1:]}"


def rule_of(board: Board) -> Rule:
    """The board's rule as the pure package knows it."""
    return Rule(
        physicians=board.quorum_physicians,
        specialties=board.quorum_specialties,
        groups=tuple(
            Group(label=group["label"], roles=frozenset(group["roles"]), count=group.get("count", 1))
            for group in board.quorum_groups
        ),
        remote_counts=board.remote_counts,
        written_counts=board.written_opinion_counts,
    )


def participant(row: Attendance) -> Participant:
    return Participant(
        name=row.name, profession=row.profession, specialty=row.specialty, presence=row.presence, remote=row.remote
    )


def participants(meeting: Meeting) -> list[Participant]:
    return [participant(row) for row in meeting.attendances.order_by("name")]


def quorum_of(meeting: Meeting) -> Quorum:
    """The quorum as the room stands now (D8); one query beside the meeting and its board."""
    return evaluate(rule_of(meeting.board), participants(meeting))


def light_of(meeting: Meeting, room: Sequence[Participant]) -> Light:
    """Before the meeting, what those expected would make; from its opening, what those present make."""
    rule = rule_of(meeting.board)
    if meeting.status == MeetingStatus.PLANNED:
        quorum = forecast(rule, room)
        return _light(quorum, title="Quorum prévu" if quorum.reached else "Quorum à risque", risk=True)
    quorum = evaluate(rule, room)
    coming = sum(one.is_physician and one.presence == EXPECTED for one in room)
    return _light(quorum, title="Quorum atteint" if quorum.reached else "Quorum non atteint", coming=coming)


def _light(quorum: Quorum, *, title: str, coming: int = 0, risk: bool = False) -> Light:
    return Light(
        reached=quorum.reached,
        title=title,
        detail=quorum.summary if quorum.reached else quorum.missing_sentence,
        present=quorum.physicians,
        expected=coming,
        missing=0 if risk else max(0, quorum.missing_seats - coming),
        at_risk=quorum.missing_seats if risk else 0,
    )


def lights_of(meetings: Iterable[Meeting]) -> dict[UUID, Light]:
    """The light of each meeting (boards loaded), in one query."""
    listed = list(meetings)
    rooms: dict[UUID, list[Participant]] = defaultdict(list)
    for row in Attendance.objects.filter(meeting__in=[one.pk for one in listed]):
        rooms[row.meeting_id].append(participant(row))
    return {one.pk: light_of(one, rooms[one.pk]) for one in listed}


def trade(row: Attendance) -> str:
    """What the room calls someone: « chirurgien », « radiothérapeute », « infirmier »."""
    role = quorum_role(row.specialty)
    if role and role not in (QuorumRole.OTHER, QuorumRole.ORGAN):
        return str(QuorumRole(role).label)
    return specialty_label(row.specialty) or str(row.get_profession_display())
