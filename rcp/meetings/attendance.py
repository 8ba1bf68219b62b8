"""The quorum of a meeting, from its board's rule and its attendance rows."""

from rcp.meetings.quorum import Group, Participant, Quorum, Rule, evaluate
from rcp.models import Board, Meeting


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


def participants(meeting: Meeting) -> list[Participant]:
    return [
        Participant(
            name=row.name,
            profession=row.profession,
            specialty=row.specialty,
            presence=row.presence,
            remote=row.remote,
        )
        for row in meeting.attendances.order_by("name")
    ]


def quorum_of(meeting: Meeting) -> Quorum:
    """The quorum as the room stands now (D8); one query beside the meeting and its board."""
    return evaluate(rule_of(meeting.board), participants(meeting))
