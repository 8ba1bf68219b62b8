"""What can be done with boards, meetings, cases and sheets."""

from enum import StrEnum


class RcpPermission(StrEnum):
    CALENDAR_VIEW = "rcp.calendar_view"
    BOARD_MANAGE = "rcp.board_manage"
    MEETING_VIEW = "rcp.meeting_view"
    MEETING_RUN = "rcp.meeting_run"  # attendance, order of the cases
    CASE_REGISTER = "rcp.case_register"
    CASE_MOVE = "rcp.case_move"  # postpone, cancel
    CASE_VIEW = "rcp.case_view"
    SHEET_FILL = "rcp.sheet_fill"
    CASE_CONCLUDE = "rcp.case_conclude"  # write the proposal in the room
    CASE_VALIDATE = "rcp.case_validate"
    CASE_REPLACE = "rcp.case_replace"


# Whoever only reads the file of a patient reads the sheets too: they write none, and move no case (patients.team).
CARE_TEAM_ONLY = frozenset(
    {
        RcpPermission.SHEET_FILL,
        RcpPermission.CASE_MOVE,
        RcpPermission.CASE_CONCLUDE,
        RcpPermission.CASE_VALIDATE,
        RcpPermission.CASE_REPLACE,
    }
)
