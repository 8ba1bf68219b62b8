"""What happens in a meeting: opened, closed, who is there, who presides, in which order cases come.

Every action locks the meeting's row first (lock order, architecture §4), and says where things must end up rather than
how they move, so that a double click changes nothing the second time.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib.postgres.functions import TransactionNow
from django.db import models
from django.utils import timezone

from dcc.accounts.models import Membership, PrincipalMember, User
from dcc.audit.record import record
from rcp.events import RcpEvent
from rcp.meetings.lifecycle import MEETING_LIFECYCLE, MeetingTransition
from rcp.models import Attendance, BoardMember, BoardRole, Case, CaseStatus, Meeting, MeetingStatus, Presence

OPEN_AFTER = timedelta(days=30)  # participants still read the meeting's files, for reports and corrections
LEFT_THE_LIST = (CaseStatus.POSTPONED, CaseStatus.CANCELLED, CaseStatus.REFUSED)


class MeetingNotEditable(Exception):
    """The meeting is over or cancelled: its attendance and its order say what happened."""


class NotAPhysicianHere(Exception):
    """Only a physician of the attendance, with an account, presides (D5)."""


class MeetingHasCases(Exception):
    """A meeting with cases is not cancelled: they are postponed first, one by one, and their requesters told."""


def lock_meeting(meeting_id: UUID) -> Meeting:
    """NO KEY: registering a case looks the meeting up by its key, and must not wait for who is ticked present."""
    return (
        Meeting.objects.select_for_update(of=("self",), no_key=True)
        .select_related("board__organisation", "chair")
        .get(pk=meeting_id)
    )


def open_meeting(*, meeting_id: UUID, by: User) -> Meeting:
    """Open the meeting, or open it again; the coordinator presides unless someone else was chosen (MTG-07, D5)."""
    meeting = lock_meeting(meeting_id)
    if meeting.status == MeetingStatus.OPEN:
        return meeting
    again = meeting.status == MeetingStatus.CLOSED
    _move(meeting, MeetingTransition.REOPEN if again else MeetingTransition.OPEN, by)
    meeting.opened_at = meeting.opened_at or timezone.now()
    meeting.closed_at = None
    meeting.chair_id = meeting.chair_id or _coordinator_expected(meeting)
    meeting.save(update_fields=["status", "opened_at", "closed_at", "chair"])
    return meeting


def close_meeting(*, meeting_id: UUID, by: User) -> Meeting:
    """End the meeting: those still expected did not come."""
    meeting = lock_meeting(meeting_id)
    if meeting.status == MeetingStatus.CLOSED:
        return meeting
    _move(meeting, MeetingTransition.CLOSE, by)
    meeting.closed_at = timezone.now()
    meeting.save(update_fields=["status", "closed_at"])
    meeting.attendances.filter(presence=Presence.EXPECTED).update(presence=Presence.ABSENT)
    return meeting


def cancel_meeting(*, meeting_id: UUID, why: str, by: User) -> Meeting:
    """Cancel a meeting nobody is registered to. Raises MeetingHasCases, TransitionRefused."""
    meeting = lock_meeting(meeting_id)
    if meeting.status == MeetingStatus.CANCELLED:
        return meeting
    if Case.objects.filter(meeting=meeting).exclude(status__in=LEFT_THE_LIST).exists():
        raise MeetingHasCases
    _move(meeting, MeetingTransition.CANCEL, by, why=why)
    meeting.save(update_fields=["status"])
    return meeting


def set_presence(*, meeting_id: UUID, attendance_id: UUID, presence: Presence, remote: bool, by: User) -> Attendance:
    """Say whether someone is there, and how: in the room, by video, by a written opinion, or not (D8)."""
    row = _editable(meeting_id).attendances.get(pk=attendance_id)
    return _be(row, presence, remote=remote and presence in (Presence.PRESENT, Presence.EXPECTED), by=by)


def announce_coming(*, meeting_id: UUID, coming: bool, remote: bool, by: User) -> Attendance:
    """A participant says beforehand whether they come; once the meeting is open, the room says it."""
    meeting = lock_meeting(meeting_id)
    if meeting.status != MeetingStatus.PLANNED:
        raise MeetingNotEditable
    row = meeting.attendances.get(user=by)
    return _be(row, Presence.EXPECTED if coming else Presence.ABSENT, remote=coming and remote, by=by)


def _be(row: Attendance, presence: Presence, *, remote: bool, by: User) -> Attendance:
    if (row.presence, row.remote) == (presence, remote):
        return row
    now = timezone.now()
    if presence == Presence.PRESENT:
        row.arrived_at, row.left_at = row.arrived_at or now, None
    elif row.presence == Presence.PRESENT:
        row.left_at = now
    row.presence, row.remote = presence, remote
    row.save(update_fields=["presence", "remote", "arrived_at", "left_at"])
    _record_attendance(row, by)
    return row


def add_guest(
    *,
    meeting_id: UUID,
    by: User,
    membership: Membership | None = None,
    name: str = "",
    profession: str = "",
    specialty: str = "",
    presence: Presence = Presence.PRESENT,
    remote: bool = False,
) -> Attendance:
    """Seat someone who is not a usual member; one with an account reads this meeting's files for its time (D9).

    `membership` says who, and for which organisation. Without it, name, profession and specialty are what the room
    says; they open nothing.
    """
    meeting = _editable(meeting_id)
    user = membership.user if membership else None
    known = meeting.attendances.filter(user=user).first() if user else _same_person(meeting, name, profession)
    if known is not None:
        return set_presence(meeting_id=meeting_id, attendance_id=known.pk, presence=presence, remote=remote, by=by)
    row = Attendance.objects.create(
        region_id=meeting.region_id,
        meeting=meeting,
        user=user,
        organisation_id=membership.organisation_id if membership else None,
        name=user.display_name if user else name,
        profession=user.profession if user else profession,
        specialty=user.specialty if user else specialty,
        presence=presence,
        remote=remote,
        arrived_at=timezone.now() if presence == Presence.PRESENT else None,
        is_guest=True,
    )
    if user is not None:
        seat(meeting=meeting, users=[user])
    _record_attendance(row, by)
    return row


def remove_guest(*, meeting_id: UUID, attendance_id: UUID, by: User) -> None:
    """Undo a guest added by mistake, with what was opened to them; a usual member is only absent."""
    meeting = _editable(meeting_id)
    row = meeting.attendances.filter(pk=attendance_id, is_guest=True).first()
    if row is None:
        return
    if row.user_id is not None:
        unseat(meetings=[meeting], user_id=row.user_id)
    if row.user_id is not None and meeting.chair_id == row.user_id:
        meeting.chair = None
        meeting.save(update_fields=["chair"])
    row.delete()
    record(RcpEvent.ATTENDANCE_CHANGED, on=meeting, by=by, name=row.name, presence="retiré")


def choose_chair(*, meeting_id: UUID, attendance_id: UUID, by: User) -> Meeting:
    """Choose who presides, and may validate (D5). Raises NotAPhysicianHere."""
    meeting = _editable(meeting_id)
    row = meeting.attendances.select_related("user").get(pk=attendance_id)
    if row.user is None or not row.user.is_physician:
        raise NotAPhysicianHere
    if meeting.chair_id != row.user_id:
        meeting.chair = row.user
        meeting.save(update_fields=["chair"])
        record(RcpEvent.CHAIR_CHOSEN, on=meeting, by=by, name=row.name)
    return meeting


def place_case(*, meeting_id: UUID, case_id: UUID, place: int, by: User) -> list[UUID]:
    """Give a case its place in the order, from 1; the others close ranks. Returns the order.

    Whoever may order a meeting sees all its cases, so the whole list is renumbered.
    """
    meeting = _editable(meeting_id)
    rows = list(active_cases(meeting).values_list("pk", "position"))
    order = [pk for pk, _ in rows if pk != case_id]
    if len(order) == len(rows):
        raise Case.DoesNotExist
    order.insert(max(0, min(place - 1, len(order))), case_id)
    moved = _renumber(dict(rows), order)
    if case_id in moved:
        case = Case.objects.only("region_id", "patient_id").get(pk=case_id)
        record(RcpEvent.CASE_ORDER_CHANGED, on=case, by=by, position=order.index(case_id) + 1)
    return order


def active_cases(meeting: Meeting) -> models.QuerySet[Case]:
    """The cases that will come or came before the room, in order (driver: the meeting)."""
    return (
        Case.objects.filter(meeting=meeting)
        .exclude(status__in=LEFT_THE_LIST)
        .order_by("position", "registered_at", "pk")
    )


def seat(*, meeting: Meeting, users: Sequence[User]) -> None:
    """Open the meeting's files to people until 30 days after its end; never shortens."""
    expires_at = meeting.ends_at + OPEN_AFTER
    for user in users:
        row, created = PrincipalMember.objects.get_or_create(
            region_id=meeting.region_id,
            principal_id=meeting.principal_id,
            user=user,
            defaults={"starts_at": TransactionNow(), "expires_at": expires_at},  # the clock that will read it
        )
        if not created and row.expires_at < expires_at:
            row.expires_at = expires_at
            row.save(update_fields=["expires_at"])


def unseat(*, meetings: Sequence[Meeting], user_id: int) -> None:
    PrincipalMember.objects.filter(principal__in=[one.principal_id for one in meetings], user_id=user_id).delete()


def _renumber(before: dict[UUID, int], order: list[UUID]) -> set[UUID]:
    places = {pk: place for place, pk in enumerate(order, start=1)}
    moved = {pk for pk, place in places.items() if before[pk] != place}
    if moved:
        place = models.Case(*(models.When(pk=pk, then=models.Value(places[pk])) for pk in moved))
        touched = Case.objects.filter(pk__in=moved).update(position=place)
        assert touched == len(moved), "an invisible case would silently keep its place"
    return moved


def _editable(meeting_id: UUID) -> Meeting:
    meeting = lock_meeting(meeting_id)
    if meeting.status in (MeetingStatus.CLOSED, MeetingStatus.CANCELLED):
        raise MeetingNotEditable
    return meeting


def _move(meeting: Meeting, name: MeetingTransition, by: User, **details: Any) -> None:
    transition = MEETING_LIFECYCLE.move(meeting, name)
    record(RcpEvent(transition.event), on=meeting, by=by, **details)


def _record_attendance(row: Attendance, by: User) -> None:
    said = f"{row.get_presence_display()}, en visio" if row.remote else row.get_presence_display()
    record(RcpEvent.ATTENDANCE_CHANGED, on=row, by=by, name=row.name, presence=said)


def _coordinator_expected(meeting: Meeting) -> int | None:
    coordinators = BoardMember.objects.filter(board_id=meeting.board_id, role=BoardRole.COORDINATOR).values("user")
    rows = meeting.attendances.filter(user__in=coordinators).exclude(presence=Presence.ABSENT)
    return rows.order_by("name").values_list("user_id", flat=True).first()


def _same_person(meeting: Meeting, name: str, profession: str) -> Attendance | None:
    return meeting.attendances.filter(user=None, name=name, profession=profession, is_guest=True).first()
