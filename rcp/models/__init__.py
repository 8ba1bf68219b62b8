"""Tables of the tumour boards, one subject per file."""

from rcp.models.attachments import CaseAttachment
from rcp.models.boards import Board, BoardKind, BoardMember, BoardRole, Frequency, MeetingMode
from rcp.models.cases import (
    Case,
    CaseStatus,
    Correspondent,
    CorrespondentRole,
    Level,
    Motive,
    Urgency,
)
from rcp.models.facts import Fact, StatKey
from rcp.models.meetings import Attendance, Meeting, MeetingStatus, OrderCounter, Presence
from rcp.models.sheets import Answer, AnswerEvent, FormVersion, Origin, Outcome, Sheet, SheetStatus

__all__ = [
    "Answer",
    "AnswerEvent",
    "Attendance",
    "Board",
    "BoardKind",
    "BoardMember",
    "BoardRole",
    "Case",
    "CaseAttachment",
    "CaseStatus",
    "Correspondent",
    "CorrespondentRole",
    "Fact",
    "FormVersion",
    "Frequency",
    "Level",
    "Meeting",
    "MeetingMode",
    "MeetingStatus",
    "Motive",
    "OrderCounter",
    "Origin",
    "Outcome",
    "Presence",
    "Sheet",
    "SheetStatus",
    "StatKey",
    "Urgency",
]
