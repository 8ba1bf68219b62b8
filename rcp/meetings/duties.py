"""Who may do what with a meeting or a board, beyond the rights of their role."""

from collections.abc import Collection
from enum import StrEnum

from django.db import connection

from dcc.accounts.models import User
from dcc.organisations.kinds import OrganisationKind
from rcp.models import Board, BoardMember, Meeting
from rcp.permissions import RcpPermission


def may_manage(*, board: Board, by: User) -> bool:
    """A board is changed by its own 3C (AGD-02) or by the administration of the network."""
    acting = by.acting_as
    return acting.pk == board.organisation_id or acting.kind == OrganisationKind.NETWORK


def may_run(*, meeting: Meeting, by: User, rights: Collection[StrEnum]) -> bool:
    """Attendance and order: the board's 3C, its usual members whose role allows it, and whoever chairs (D5)."""
    if meeting.chair_id == by.pk:
        return True
    if RcpPermission.MEETING_RUN not in rights:
        return False
    if by.acting_as.pk == meeting.board.organisation_id:
        return True
    return BoardMember.objects.filter(board_id=meeting.board_id, user=by).exists()


def my_principals() -> frozenset[int]:
    """The principals the current scope reads patient files as (one query, no table)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nullif(current_setting('dcc.principals', true), '')::int[]")
        row = cursor.fetchone()
    return frozenset(row[0] or ()) if row else frozenset()


def sees_whole(meeting: Meeting, principals: frozenset[int]) -> bool:
    """Whether every case of the meeting is open to these principals: its board, its 3C and its participants (D9)."""
    board = meeting.board
    return not principals.isdisjoint({meeting.principal_id, board.principal_id, board.organisation.principal_id})
