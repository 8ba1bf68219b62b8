"""Reads of one meeting: its page, and what changes on it while people look."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from uuid import UUID

from django.utils import timezone

from dcc.lib import french
from dcc.ui.components.meters import Part
from rcp.meetings.attendance import Light, light_of, participant, rule_of
from rcp.meetings.current import Current, current_case
from rcp.meetings.duties import my_principals, sees_whole
from rcp.meetings.quorum import Rule
from rcp.meetings.rows import Attendee, CaseRow, attendee, by_user, case_row, counts_of
from rcp.models import Attendance, BoardMember, BoardRole, Case, Meeting, MeetingMode, MeetingStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where the room is in its list, and when it will be through."""

    parts: tuple[Part, ...]
    place: int
    total: int
    pace: int | None
    ends_at: datetime | None


class MeetingView:
    """A meeting as its page shows it: three queries (cases, attendance, coordinators), however long the list."""

    def __init__(self, meeting: Meeting) -> None:
        self.meeting = meeting
        self.now = timezone.now()
        self.whole = sees_whole(meeting, my_principals())

    @cached_property
    def rule(self) -> Rule:
        return rule_of(self.meeting.board)

    @cached_property
    def current(self) -> Current | None:
        return current_case(self.meeting.pk) if self.meeting.status == MeetingStatus.OPEN else None

    @cached_property
    def attendance(self) -> list[Attendance]:
        """Physicians first, guests after members; the order never depends on who is there, so no tick moves a row."""
        rows = self.meeting.attendances.select_related("user")
        return sorted(rows, key=lambda row: (not participant(row).is_physician, row.is_guest, _family_name(row)))

    @cached_property
    def attendees(self) -> list[Attendee]:
        return [attendee(row, meeting=self.meeting, rule=self.rule) for row in self.attendance]

    @cached_property
    def light(self) -> Light:
        return light_of(self.meeting, [participant(row) for row in self.attendance])

    @cached_property
    def cases(self) -> list[Case]:
        rows = Case.objects.filter(meeting=self.meeting).select_related("patient", "requester")
        return list(rows.order_by("position", "registered_at", "pk"))

    @cached_property
    def rows(self) -> list[CaseRow]:
        """The list of the day, then those that left it."""
        room = by_user(self.attendance)
        found, left = [], []
        for case in self.cases:
            minutes = self.current.minutes(self.now) if self.current and self.current.case_id == case.pk else None
            row = case_row(case, len(found) + 1, meeting=self.meeting, room=room, minutes=minutes)
            (found if row.active else left).append(row)
        return found + left

    @cached_property
    def active(self) -> list[CaseRow]:
        return [row for row in self.rows if row.active]

    @cached_property
    def left(self) -> list[CaseRow]:
        return [row for row in self.rows if not row.active]

    @cached_property
    def coordinators(self) -> str:
        members = BoardMember.objects.filter(board_id=self.meeting.board_id, role=BoardRole.COORDINATOR)
        return french.join_list([one.user.short_name for one in members.select_related("user").order_by("pk")])

    @cached_property
    def progress(self) -> Progress:
        counts = counts_of([row.case for row in self.active])
        done, total = counts["validated"] + counts["discussed"], len(self.active)
        shown = next((row.place for row in self.active if row.current), min(done + 1, total))
        pace, ends_at = self._pace(done, total)
        return Progress(
            parts=(
                Part(kind="frozen", value=counts["validated"], label=french.plural(counts["validated"], "validé")),
                Part(kind="ok", value=counts["discussed"], label="à valider"),
                Part(kind="rest", value=counts["rest"], label="à voir"),
            ),
            place=shown,
            total=total,
            pace=pace,
            ends_at=ends_at,
        )

    def _pace(self, done: int, total: int) -> tuple[int | None, datetime | None]:
        """Minutes per case and end, once two cases have been seen: one alone says nothing."""
        opened = self.meeting.opened_at
        if self.meeting.status != MeetingStatus.OPEN or opened is None or done < 2 or done == total:
            return None, None
        pace = (self.now - opened) / done
        return max(1, round(pace / timedelta(minutes=1))), self.now + pace * (total - done)

    @property
    def where(self) -> str:
        """« CH de Rochebrune, salle Arvor et visio »."""
        mode = MeetingMode(self.meeting.mode)
        place = self.meeting.place
        if mode == MeetingMode.REMOTE or not place:
            return str(mode.label)
        return f"{place} et visio" if mode == MeetingMode.MIXED else place

    @property
    def subtitle(self) -> str:
        minutes = int((self.meeting.ends_at - self.meeting.starts_at).total_seconds() // 60)
        parts = [self.where]
        if self.coordinators:
            parts.append(f"coordination {self.coordinators}")
        length = f"{french.duration(minutes)} prévues"
        parts.append(f"{french.counted(len(self.active), 'dossier')}, {length}" if self.whole else length)
        return " · ".join(parts)

    @cached_property
    def token(self) -> str:
        """Changes when anything the page shows does: polling answers nothing else while it stays."""
        seen = hashlib.sha256()
        seen.update(f"{self.meeting.status}|{self.meeting.chair_id}|{self.whole}".encode())
        for row in self.rows:
            seen.update(f"|{row.case.pk}{row.name}{row.case.question}{row.badge}{row.requester_state}".encode())
        for person in self.attendees:
            seen.update(f"|{person.row.pk}{person.mode}{person.present}{person.name}".encode())
        return seen.hexdigest()[:16]


def find_meeting(meeting_id: UUID) -> Meeting | None:
    """The meeting with its board and its 3C, or None for who is in another network."""
    meetings = Meeting.objects.select_related("board__organisation", "chair")
    return meetings.filter(pk=meeting_id).first()


def _family_name(row: Attendance) -> str:
    return (row.user.last_name if row.user else row.name.split()[-1]).lower()
