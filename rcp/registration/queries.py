"""Reads of the registration page: which meetings may take the case, what is taken over from the file."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from dcc.accounts.models import User
from dcc.lib import french
from dcc.organisations.models import Organisation
from patients.consent.queries import opposed_among
from patients.models import Contact, Information, Patient, Wish, WishAnswer, WishSubject
from rcp.models import (
    Attendance,
    Board,
    BoardMember,
    Case,
    CaseStatus,
    Correspondent,
    CorrespondentRole,
    Meeting,
    MeetingStatus,
)
from rcp.registration.load import Load, meeting_loads

SHOWN = 8
LEFT = (CaseStatus.CANCELLED, CaseStatus.POSTPONED, CaseStatus.REFUSED)


class Opening(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    FULL = "full"


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingChoice:
    """A meeting on offer; its own 3C may exceed (`own`), everybody else is told what to do."""

    meeting: Meeting
    left: int
    opening: Opening
    own: bool

    @property
    def selectable(self) -> bool:
        return self.opening is Opening.OPEN or self.own

    @property
    def when(self) -> str:
        return french.moment_long(timezone.localtime(self.meeting.starts_at), year=False).capitalize()

    @property
    def where(self) -> str:
        return self.meeting.place or self.meeting.get_mode_display()

    @property
    def seats(self) -> str:
        if self.left <= 0:
            return "complète"
        return f"{self.left}\u00a0{french.plural(self.left, 'libre')}"

    @property
    def closing(self) -> str:
        at = timezone.localtime(self.meeting.closes_at)
        return f"{french.WEEKDAYS[at.weekday()][:3]}. {french.date_short(at.date())[:5]}, {french.time_short(at)}"

    @property
    def advice(self) -> str:
        """What to do about a meeting that takes no more cases."""
        if self.opening is Opening.OPEN:
            return ""
        state = "inscriptions closes" if self.opening is Opening.CLOSED else "complète"
        if self.own:
            return f"{state} : votre accord est demandé"
        three_c = self.meeting.board.organisation
        call = f"appelez le {three_c.short_name}" + (f" ({french.phone(three_c.phone)})" if three_c.phone else "")
        return f"{state} : {call}, ou prenez la suivante"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the file already says, so that nothing is typed again; empty when the file is closed to the reader."""

    contact: Contact | None
    information: Information | None
    last_case: Case | None
    correspondents: tuple[Correspondent, ...]

    def of_role(self, role: CorrespondentRole) -> Correspondent | None:
        return next((one for one in self.correspondents if one.role == role), None)

    @property
    def others(self) -> tuple[Correspondent, ...]:
        return tuple(one for one in self.correspondents if one.role == CorrespondentRole.OTHER)


def upcoming() -> QuerySet[Meeting]:
    """Meetings that can still take a case."""
    running = Q(status__in=[MeetingStatus.PLANNED, MeetingStatus.OPEN], ends_at__gt=timezone.now(), board__active=True)
    return Meeting.objects.filter(running).select_related("board__organisation").order_by("starts_at", "pk")


def meeting_choices(
    *, by: User, board_id: UUID | None = None, chosen: UUID | None = None, excluding: UUID | None = None
) -> list[MeetingChoice]:
    """The next meetings of a board, else of one's own boards; the chosen one is always among them."""
    meetings = upcoming().exclude(pk=excluding) if excluding else upcoming()
    if board_id:
        listed = list(meetings.filter(board_id=board_id)[:SHOWN])
    else:
        listed = list(meetings.filter(own_boards(by))[:SHOWN]) or list(meetings[:SHOWN])
    if chosen and all(one.pk != chosen for one in listed):
        listed = [*meetings.filter(pk=chosen), *listed]
    loads = meeting_loads([one.pk for one in listed])
    return [meeting_choice(one, loads.get(one.pk, Load()), by=by) for one in listed]


def meeting_choice(meeting: Meeting, load: Load, *, by: User) -> MeetingChoice:
    left = meeting.capacity - load.cases
    opening = Opening.FULL if left <= 0 else Opening.OPEN
    if meeting.closes_at <= timezone.now():
        opening = Opening.CLOSED
    own = meeting.board.organisation_id == _acting(by).pk
    return MeetingChoice(meeting=meeting, left=left, opening=opening, own=own)


def own_boards(by: User) -> Q:
    """The boards of one's 3C, and those one sits on."""
    three_c = _acting(by).three_c
    mine = Q(board_id__in=BoardMember.objects.filter(user=by).values("board_id"))
    return mine | Q(board__organisation=three_c) if three_c else mine


def boards_of_network() -> Sequence[Board]:
    return list(Board.objects.filter(active=True).select_related("organisation").order_by("name", "organisation__name"))


def known(patient: Patient) -> Known:
    """Read what a registration takes over: contact, last information, correspondents of the last passage."""
    cases = Case.objects.filter(patient=patient).exclude(status=CaseStatus.REFUSED)
    last = cases.select_related("meeting").order_by("-registered_at").first()
    correspondents = Correspondent.objects.filter(case=last).order_by("role", "name") if last else ()
    return Known(
        contact=Contact.objects.filter(patient=patient).first(),
        information=Information.objects.filter(patient=patient).order_by("-recorded_at").first(),
        last_case=last,
        correspondents=tuple(correspondents),
    )


def kept_identity(patient: Patient) -> Patient:
    """This identity, or the one it was merged into, to the end of the chain."""
    while patient.merged_into_id is not None:
        patient = Patient.objects.get(pk=patient.merged_into_id)
    return patient


def gp_version(contact: Contact | None) -> str:
    """What the file says of the GP now, for a page to send back with what was typed; '' when it names none."""
    if contact is None or not contact.gp_name:
        return ""
    said = (contact.gp_name, contact.gp_rpps, contact.gp_mssante_address, contact.gp_address)
    return hashlib.sha256("\x1f".join(said).encode()).hexdigest()[:32]


def opposed_in_the_room(patient: Patient, meeting: Meeting) -> tuple[str, ...]:
    """Those expected at this meeting who work only for whom the patient opposes (ADR 11); nobody, for a closed file.

    The usual members of the board and those of the list of presence, guests without an account by their organisation.
    """
    if not Wish.objects.filter(patient=patient, subject=WishSubject.ORGANISATION, answer=WishAnswer.OPPOSED).exists():
        return ()
    members = BoardMember.objects.filter(board_id=meeting.board_id).select_related("user")
    expected = {one.user.principal_id: one.user.display_name for one in members}
    for one in Attendance.objects.filter(meeting=meeting).select_related("user", "organisation"):
        who = one.user or one.organisation
        if who is not None:
            expected.setdefault(who.principal_id, one.name)
    opposed = opposed_among(patient.pk, expected)
    return tuple(sorted(name for principal, name in expected.items() if principal in opposed))


def case_in_meeting(patient: Patient, meeting: Meeting) -> Case | None:
    """The case this patient already has in this meeting, if the reader may see it."""
    return Case.objects.filter(patient=patient, meeting=meeting).exclude(status__in=LEFT).first()


def _acting(by: User) -> Organisation:
    return by.acting_as
