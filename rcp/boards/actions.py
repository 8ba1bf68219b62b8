"""The directory of boards is kept by their 3C: created, changed, with their usual members (AGD-01, AGD-02, AGD-12).

A change locks the board's row, then the meetings it touches.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib.postgres.functions import TransactionNow
from django.db import IntegrityError, transaction
from django.utils import timezone

from dcc.accounts.models import PrincipalMember, User
from dcc.audit.record import record
from dcc.organisations.models import Organisation
from dcc.tenancy.models import Principal, PrincipalKind
from rcp.boards.presets import preset_groups
from rcp.events import RcpEvent
from rcp.meetings.actions import seat, unseat
from rcp.models import Attendance, Board, BoardMember, BoardRole, Meeting, MeetingStatus, Presence

CODE_CONSTRAINT = "board_code_once"


class CodeTaken(Exception):
    """Another board of this founding region has this code: order numbers would be mixed up."""


def create_board(*, organisation: Organisation, values: dict[str, Any], by: User) -> Board:
    """Create a board of a 3C, its principal, and the quorum its form usually wants (spec/clinical §8).

    Raises CodeTaken.
    """
    principal = Principal.objects.create(kind=PrincipalKind.BOARD, label=f"RCP {values['name']}")
    board = Board(region_id=organisation.region_id, organisation=organisation, principal=principal, **values)
    if not board.quorum_groups:
        board.quorum_groups = preset_groups(form_code=board.form_code, kind=board.kind)
    _save(board)
    record(RcpEvent.BOARD_CREATED, on=board, by=by, board=str(board))
    return board


def change_board(*, board_id: UUID, values: dict[str, Any], by: User) -> Board:
    """Change what is given; the code stays once a number was given with it. Raises CodeTaken."""
    board = lock_board(board_id)
    changed = [name for name, value in values.items() if getattr(board, name) != value]
    for name in changed:
        setattr(board, name, values[name])
    if changed:
        _save(board, changed)
        labels = ", ".join(str(Board._meta.get_field(name).verbose_name) for name in changed)
        record(RcpEvent.BOARD_CHANGED, on=board, by=by, fields=labels)
    if "name" in changed:
        Principal.objects.filter(pk=board.principal_id).update(label=str(board))
    return board


def add_member(*, board_id: UUID, user: User, role: BoardRole, by: User) -> BoardMember:
    """Name a usual member, or change their role: they read the board's files, and are expected from now on."""
    board = lock_board(board_id)
    member, created = BoardMember.objects.get_or_create(
        region_id=board.region_id, board=board, user=user, defaults={"role": role}
    )
    if not created:
        if member.role != role:
            member.role = role
            member.save(update_fields=["role"])
            _record_member(board, member, by)
        return member
    PrincipalMember.objects.get_or_create(
        region_id=board.region_id, principal_id=board.principal_id, user=user, defaults={"starts_at": TransactionNow()}
    )
    for meeting in coming_meetings(board):
        expect(meetings=[meeting], users=[user])
    _record_member(board, member, by)
    return member


def remove_member(*, board_id: UUID, user_id: int, by: User) -> None:
    """End a usual participation: the board's files and its coming meetings close to them."""
    board = lock_board(board_id)
    member = BoardMember.objects.filter(board=board, user_id=user_id).select_related("user").first()
    if member is None:
        return
    coming = list(coming_meetings(board).select_for_update(of=("self",)))
    unseat(meetings=coming, user_id=user_id)
    Attendance.objects.filter(meeting__in=coming, user_id=user_id, is_guest=False).delete()
    PrincipalMember.objects.filter(principal_id=board.principal_id, user_id=user_id).delete()
    member.delete()
    record(RcpEvent.BOARD_MEMBER_REMOVED, on=board, by=by, name=member.user.display_name)


def expect(*, meetings: Sequence[Meeting], users: Sequence[User]) -> None:
    """Expect people at meetings and open these meetings' files to them for their time (idempotent)."""
    Attendance.objects.bulk_create(
        (
            Attendance(
                region_id=meeting.region_id,
                meeting=meeting,
                user=user,
                name=user.display_name,
                profession=user.profession,
                specialty=user.specialty,
                presence=Presence.EXPECTED,
            )
            for meeting in meetings
            for user in users
        ),
        ignore_conflicts=True,
    )
    for meeting in meetings:
        seat(meeting=meeting, users=users)


def coming_meetings(board: Board) -> Any:
    meetings = Meeting.objects.filter(board=board, status=MeetingStatus.PLANNED, ends_at__gt=timezone.now())
    return meetings.order_by("pk")


def lock_board(board_id: UUID) -> Board:
    return Board.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=board_id)


def _record_member(board: Board, member: BoardMember, by: User) -> None:
    role = str(BoardRole(member.role).label)
    record(RcpEvent.BOARD_MEMBER_ADDED, on=board, by=by, name=member.user.display_name, role=role)


def _save(board: Board, fields: list[str] | None = None) -> None:
    try:
        with transaction.atomic():
            board.save(update_fields=fields)
    except IntegrityError as error:
        if CODE_CONSTRAINT in str(error):
            raise CodeTaken from error
        raise
