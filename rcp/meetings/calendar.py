"""The calendar of meetings, a week or a month (AGD-03…07, AGD-09): no patient data, so it may be mailed (D13)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.utils import timezone

from dcc.lib import french
from rcp.boards.rhythm import holiday
from rcp.meetings.attendance import Light, lights_of
from rcp.models import BoardKind, Meeting, MeetingMode, MeetingStatus
from rcp.registration.load import Load, meeting_loads

FIRST_HOUR, SLOTS, SLOT_MINUTES = 8, 22, 30
WORKING_DAYS = 5
LONGEST_SLOTS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One meeting in the calendar: where it stands, and what is worth knowing of it."""

    meeting: Meeting
    light: Light
    load: int

    @property
    def local(self) -> datetime:
        return timezone.localtime(self.meeting.starts_at)

    @property
    def name(self) -> str:
        return self.meeting.board.name

    @property
    def recourse(self) -> bool:
        return self.meeting.board.kind == BoardKind.RECOURSE

    @property
    def cancelled(self) -> bool:
        return self.meeting.status == MeetingStatus.CANCELLED

    @property
    def done(self) -> bool:
        return self.meeting.status == MeetingStatus.CLOSED or self.meeting.ends_at < timezone.now()

    @property
    def at_risk(self) -> bool:
        return not self.cancelled and not self.done and not self.light.reached

    @property
    def seats(self) -> str:
        """« 18/20 »: cases on the list, of those the meeting takes."""
        return f"{self.load}/{self.meeting.capacity}"

    @property
    def full(self) -> bool:
        return self.load >= self.meeting.capacity

    @property
    def mark(self) -> tuple[str, str, str] | None:
        """What is marked first: (icon, words, tone)."""
        if self.cancelled:
            return "xc", "annulée", ""
        if self.done:
            return "check", "terminée", "ok"
        if self.at_risk:
            return "alert", "à risque", "warn"
        if self.recourse:
            return "branch", "recours", "frozen"
        return ("video", "visio", "") if self.meeting.mode == MeetingMode.REMOTE else None

    @property
    def note(self) -> str:
        if self.at_risk:
            return self.light.detail
        if self.full and not self.done:
            return "Complète"
        return "visio" if self.meeting.mode == MeetingMode.REMOTE else self.meeting.place

    @property
    def css(self) -> str:
        """Classes of the slot: half hours from 08:00 (a strict policy allows no style attribute)."""
        first, span = slots_of(self.meeting)
        kind = "off" if self.cancelled else "risk" if self.at_risk else "done" if self.done else ""
        recourse = "rec" if self.recourse else ""
        hour, minute = divmod(first * SLOT_MINUTES + FIRST_HOUR * 60, 60)
        return " ".join(filter(None, [f"at-{hour:02d}{minute:02d}", f"for-{span * SLOT_MINUTES}", kind, recourse]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """An entry in its lane, of as many as there are at that time: side by side, never overlapping."""

    entry: Entry
    lane: int
    lanes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    day: date
    today: bool
    holiday: str
    entries: tuple[Placed, ...]
    outside: bool = False

    @property
    def label(self) -> str:
        return f"{french.WEEKDAYS[self.day.weekday()].capitalize()} {self.day.day}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """What a calendar shows: its title, its days, the days before and after to go to."""

    title: str
    subtitle: str
    days: tuple[Day, ...]
    weekend: tuple[Entry, ...]
    previous: date
    next: date

    @property
    def weeks(self) -> list[tuple[int, tuple[Day, ...]]]:
        """Weeks of working days with their ISO number."""
        size = WORKING_DAYS
        rows = [self.days[start : start + size] for start in range(0, len(self.days), size)]
        return [(row[0].day.isocalendar().week, row) for row in rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which meetings: those of a 3C (None for all), with or without the recourse boards of the others."""

    holder: UUID | None
    holder_name: str
    recourse: bool


def week(day: date, choice: Choice) -> Span:
    first = day - timedelta(days=day.weekday())
    entries = _entries(first, first + timedelta(days=7), choice)
    last = first + timedelta(days=WORKING_DAYS - 1)
    return Span(
        title=f"Semaine {first.isocalendar().week}",
        subtitle=_period(first, last),
        days=_days(first, WORKING_DAYS, entries),
        weekend=tuple(one for one in entries if one.local.weekday() >= WORKING_DAYS),
        previous=first - timedelta(days=7),
        next=first + timedelta(days=7),
    )


def month(day: date, choice: Choice) -> Span:
    """The working weeks that hold the month; days of the months around are greyed."""
    first = day.replace(day=1)
    after = (first + timedelta(days=32)).replace(day=1)
    start = first - timedelta(days=first.weekday())
    if first.weekday() >= WORKING_DAYS:
        start += timedelta(days=7)
    end = after - timedelta(days=1)
    weeks = (end - start).days // 7 + 1
    entries = _entries(first, after, choice)
    days = [
        one
        for number in range(weeks)
        for one in _days(start + timedelta(days=7 * number), WORKING_DAYS, entries, inside=(first, after))
    ]
    return Span(
        title=f"{french.MONTHS[first.month - 1].capitalize()} {first.year}",
        subtitle="",
        days=tuple(days),
        weekend=tuple(one for one in entries if one.local.weekday() >= WORKING_DAYS),
        previous=(first - timedelta(days=1)).replace(day=1),
        next=after,
    )


def entries_of(span: Span) -> list[Entry]:
    return [placed.entry for day in span.days for placed in day.entries] + list(span.weekend)


def slots_of(meeting: Meeting) -> tuple[int, int]:
    """First half hour from 08:00 and how many, kept inside the picture."""
    start, end = timezone.localtime(meeting.starts_at), timezone.localtime(meeting.ends_at)
    minutes = (start.hour - FIRST_HOUR) * 60 + start.minute
    first = min(max(minutes // SLOT_MINUTES, 0), SLOTS - 1)
    length = max(1, -(-int((end - start).total_seconds() // 60) // SLOT_MINUTES))
    return first, max(1, min(length, SLOTS - first, LONGEST_SLOTS))


def placed(entries: Sequence[Entry]) -> tuple[Placed, ...]:
    """Entries that share a half hour, one with the next, share the width of the day."""
    found: list[Placed] = []
    cluster: list[Entry] = []
    until = 0
    for entry in sorted(entries, key=lambda one: (slots_of(one.meeting), one.name)):
        first, span = slots_of(entry.meeting)
        if first >= until:
            found += _side_by_side(cluster)
            cluster = []
        cluster.append(entry)
        until = max(until, first + span)
    return tuple(found + _side_by_side(cluster))


def _side_by_side(cluster: list[Entry]) -> list[Placed]:
    """Each entry in the first lane that is free when it starts."""
    free_from: list[int] = []
    lanes = []
    for entry in cluster:
        first, span = slots_of(entry.meeting)
        lane = next((number for number, end in enumerate(free_from) if end <= first), len(free_from))
        if lane == len(free_from):
            free_from.append(0)
        free_from[lane] = first + span
        lanes.append(lane + 1)
    return [Placed(entry=one, lane=lane, lanes=len(free_from)) for one, lane in zip(cluster, lanes, strict=True)]


def _days(
    first: date, count: int, entries: Sequence[Entry], *, inside: tuple[date, date] | None = None
) -> tuple[Day, ...]:
    by_day: dict[date, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_day[entry.local.date()].append(entry)
    today = timezone.localdate()
    days = []
    for number in range(count):
        day = first + timedelta(days=number)
        outside = inside is not None and not inside[0] <= day < inside[1]
        days.append(
            Day(day=day, today=day == today, holiday=holiday(day), entries=placed(by_day[day]), outside=outside)
        )
    return tuple(days)


def _entries(first: date, after: date, choice: Choice) -> list[Entry]:
    """Three queries: meetings, their attendance, how full they are."""
    since, until = (timezone.make_aware(datetime.combine(day, time())) for day in (first, after))
    meetings = Meeting.objects.filter(starts_at__gte=since, starts_at__lt=until)
    wanted = [
        one
        for one in meetings.select_related("board__organisation").order_by("starts_at", "board__name")
        if choice.holder is None
        or one.board.organisation_id == choice.holder
        or (choice.recourse and one.board.kind == BoardKind.RECOURSE)
    ]
    lights, loads = lights_of(wanted), meeting_loads([one.pk for one in wanted])
    return [Entry(meeting=one, light=lights[one.pk], load=loads.get(one.pk, Load()).cases) for one in wanted]


def _period(first: date, last: date) -> str:
    """« 24 au 28 novembre 2025 », « 29 septembre au 3 octobre 2025 »."""
    if first.month == last.month:
        return f"{first.day} au {french.date_long(last)}"
    return f"{french.date_long(first, year=first.year != last.year)} au {french.date_long(last)}"
