"""The cockpit: today's meetings, what must be done before which hour, what comes next (guide §7).

Every read starts from a driver: the meetings of one's 3C or one's own, the requests one made, the basket of one's 3C.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils import timezone

from dcc.accounts.models import User
from dcc.lib import french
from dcc.organisations.kinds import OrganisationKind
from dcc.ui.components.meters import Part
from messaging.models import Delivery, DeliveryStatus
from rcp.meetings.attendance import Light, lights_of
from rcp.meetings.todo import Basket, Group, Todo, delivery_todo, grouped, todo_of
from rcp.models import (
    Attendance,
    BoardMember,
    BoardRole,
    Case,
    CaseStatus,
    Correspondent,
    Level,
    Meeting,
    MeetingStatus,
    Presence,
)
from rcp.registration.load import Load, meeting_loads

BACK, AHEAD = timedelta(days=60), timedelta(days=15)
CARDS, AGENDA = 3, 14
OPEN = (CaseStatus.REQUESTED, CaseStatus.REGISTERED, CaseStatus.PREPARED)
WAITING = (CaseStatus.DISCUSSED, CaseStatus.AWAITING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One of the next meetings: how ready it is, and its quorum."""

    meeting: Meeting
    light: Light
    when: str
    total: int
    parts: tuple[Part, ...]
    first: bool
    mine: Attendance | None

    @property
    def over(self) -> bool:
        return self.meeting.status == MeetingStatus.CLOSED or self.meeting.ends_at < timezone.now()

    @property
    def may_announce(self) -> bool:
        """One's own coming is announced until the meeting opens."""
        return self.mine is not None and self.meeting.status == MeetingStatus.PLANNED and not self.over

    @property
    def announced(self) -> str:
        """The way one said to come: room, remote or absent."""
        if self.mine is None or self.mine.presence == Presence.ABSENT:
            return "absent"
        return "remote" if self.mine.remote else "room"


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """One line of the agenda at right."""

    meeting: Meeting
    light: Light
    load: int

    @property
    def day(self) -> date:
        return timezone.localtime(self.meeting.starts_at).date()

    @property
    def full(self) -> bool:
        return self.load >= self.meeting.capacity


class Cockpit:
    """What one person needs first, in a constant number of queries."""

    def __init__(self, *, user: User, sends: bool) -> None:
        self.user, self.sends = user, sends
        self.now = timezone.now()
        self.today = timezone.localdate()
        self.organisation = user.acting_as
        self.desk = self.organisation.kind == OrganisationKind.THREE_C

    @cached_property
    def meetings(self) -> list[Meeting]:
        """The meetings of one's 3C, or those one is expected at, from two months ago to two weeks ahead."""
        around = Meeting.objects.filter(starts_at__gte=self.now - BACK, starts_at__lt=self.now + AHEAD)
        if self.desk:
            mine = around.filter(board__organisation=self.organisation)
        else:
            rows = Attendance.objects.filter(user=self.user).values("meeting_id")
            mine = around.filter(pk__in=rows)
        listed = mine.exclude(status=MeetingStatus.CANCELLED).select_related("board__organisation", "chair")
        return list(listed.order_by("starts_at", "board__name"))

    @cached_property
    def upcoming(self) -> list[Meeting]:
        return [one for one in self.meetings if self._local(one.starts_at).date() >= self.today]

    @cached_property
    def lights(self) -> dict[UUID, Light]:
        return lights_of(self.upcoming)

    @cached_property
    def shown(self) -> list[Meeting]:
        """The meetings of today, those still to come first, then the very next ones."""
        return sorted(self.upcoming, key=lambda one: (self._rank(one), one.starts_at))[:CARDS]

    def _rank(self, meeting: Meeting) -> int:
        if self._local(meeting.starts_at).date() != self.today:
            return 2
        return 1 if meeting.ends_at < self.now else 0

    @cached_property
    def cards(self) -> list[Card]:
        counts = self._counts(self.shown)
        mine = {row.meeting_id: row for row in Attendance.objects.filter(meeting__in=self.shown, user=self.user)}
        return [
            Card(
                meeting=one,
                light=self.lights[one.pk],
                when=self._when(one),
                total=sum(counts[one.pk].values()),
                parts=_parts(counts[one.pk], over=one.ends_at < self.now),
                first=rank == 0 and one.ends_at > self.now,
                mine=mine.get(one.pk),
            )
            for rank, one in enumerate(self.shown)
        ]

    @cached_property
    def agenda(self) -> list[tuple[date, list[Coming]]]:
        """Meetings after those of the cards, by day."""
        ids = {one.pk for one in self.shown}
        rest = [one for one in self.upcoming if one.pk not in ids][:AGENDA]
        loads = meeting_loads([one.pk for one in rest])
        days: dict[date, list[Coming]] = defaultdict(list)
        for one in rest:
            coming = Coming(meeting=one, light=self.lights[one.pk], load=loads.get(one.pk, Load()).cases)
            days[coming.day].append(coming)
        return list(days.items())

    @cached_property
    def todos(self) -> list[Todo]:
        """What waits, soonest first."""
        found = [
            todo
            for case in self._cases()
            if (todo := todo_of(case, now=self.now, unaddressed=self._unaddressed.get(case.pk, ()), mine=not self.desk))
        ]
        found += [delivery_todo(delivery, now=self.now) for delivery in self._failed]
        return sorted(found, key=lambda one: (one.deadline, one.board, one.name))

    @cached_property
    def counts(self) -> dict[str, int]:
        return Counter(todo.basket for todo in self.todos)

    def groups(self, basket: str = "", limit: int | None = None) -> list[Group]:
        """What to do before which hour, `limit` lines in all."""
        wanted = [todo for todo in self.todos if basket in ("", todo.basket)]
        return grouped(wanted[:limit], now=self.now)

    @cached_property
    def to_print(self) -> int:
        """Reports of one's 3C that wait to be printed for the post."""
        if not (self.desk and self.sends):
            return 0
        waiting = Delivery.objects.filter(three_c=self.organisation, status=DeliveryStatus.TO_PRINT)
        return waiting.count()

    @property
    def sentence(self) -> str:
        """« 10 h 20 – à finir avant 12:00 : 2 dossiers de la RCP Digestif ; avant 14:00 : 3 de la RCP Sein. »"""
        hour = french.time_short(self._local(self.now))
        soon = [one for one in grouped(self.todos, now=self.now) if one.today][:2]
        if not soon:
            return f"{hour} – rien à finir aujourd’hui."
        first, *others = soon
        said = f"à finir {first.before}\u00a0: {french.counted(len(first.rows), 'dossier')} de la {first.board}"
        said += "".join(f"\u202f; {one.before}\u00a0: {len(one.rows)} de la {one.board}" for one in others)
        return f"{hour} – {said}."

    def _cases(self) -> list[Case]:
        if self.desk:
            needs = Q(status__in=(CaseStatus.REQUESTED, CaseStatus.REGISTERED, *WAITING))
            needs |= Q(pk__in=list(self._unaddressed)) | Q(status=CaseStatus.PREPARED, meeting__ends_at__lt=self.now)
            cases = Case.objects.filter(needs, meeting__in=[one.pk for one in self.meetings])
        else:
            cases = self._my_cases()
        # Hundreds of cases share a few requesters and meetings: joined to each row, they would be built anew for each.
        meetings = Prefetch("meeting", Meeting.objects.select_related("board", "chair"))
        return list(cases.select_related("patient").prefetch_related("requester", "requester_organisation", meetings))

    def _my_cases(self) -> QuerySet[Case]:
        """One's own requests to complete, and what one presides or coordinates, to validate (D5)."""
        boards = BoardMember.objects.filter(user=self.user, role=BoardRole.COORDINATOR).values_list(
            "board_id", flat=True
        )
        coordinated = set(boards)
        judged = [one.pk for one in self.meetings if one.chair_id == self.user.pk or one.board_id in coordinated]
        asked = Q(requester=self.user, status__in=(CaseStatus.REQUESTED, CaseStatus.REGISTERED))
        return Case.objects.filter(
            asked & Q(meeting__starts_at__gte=self.now - BACK) | Q(meeting__in=judged, status__in=WAITING)
        )

    @cached_property
    def _unaddressed(self) -> dict[UUID, list[str]]:
        """Correspondents nobody can write to, by case to come."""
        coming = [one.pk for one in self.upcoming]
        rows = Correspondent.objects.filter(
            case__meeting__in=coming, case__status__in=OPEN, mssante_address="", postal_address=""
        )
        found: dict[UUID, list[str]] = defaultdict(list)
        if self.desk:
            for case_id, name in rows.values_list("case_id", "name"):
                found[case_id].append(name)
        return found

    @cached_property
    def _failed(self) -> list[Delivery]:
        if not (self.desk and self.sends):
            return []
        failed = Delivery.objects.failed().filter(three_c=self.organisation)
        return list(failed.select_related("patient", "document").defer("document__data").order_by("planned_at")[:50])

    def _counts(self, meetings: Sequence[Meeting]) -> dict[UUID, Counter[str]]:
        rows = (
            Case.objects.filter(meeting__in=[one.pk for one in meetings])
            .values("meeting_id", "status", "level")
            .annotate(many=Count("pk"))
        )
        found: dict[UUID, Counter[str]] = defaultdict(Counter)
        for row in rows:
            if kind := _readiness(row["status"], row["level"]):
                found[row["meeting_id"]][kind] += row["many"]
        return found

    def _when(self, meeting: Meeting) -> str:
        """« dans 3 h 40 », « terminée à 09:52 », « jeudi 27 »."""
        if meeting.status == MeetingStatus.CLOSED and meeting.closed_at:
            return f"terminée à {french.time_short(self._local(meeting.closed_at))}"
        if meeting.status == MeetingStatus.OPEN:
            return "en cours"
        if meeting.ends_at < self.now:
            return f"finie à {french.time_short(self._local(meeting.ends_at))}"
        day = self._local(meeting.starts_at).date()
        if day != self.today:
            return "demain" if day == self.today + timedelta(days=1) else f"{french.WEEKDAYS[day.weekday()]} {day.day}"
        minutes = int((meeting.starts_at - self.now).total_seconds() // 60)
        return f"dans {french.duration(minutes)}" if minutes > 0 else "maintenant"

    @staticmethod
    def _local(at: datetime) -> datetime:
        return timezone.localtime(at)


def _readiness(status: str, level: str) -> str:
    """Which part of the bar a case is in; '' when it left the list."""
    if status == CaseStatus.VALIDATED:
        return "validated"
    if status in WAITING:
        return "waiting"
    if status not in OPEN:
        return ""
    if level == Level.REGISTERED:
        return "registered"
    return "ready" if status == CaseStatus.PREPARED else "todo"


def _parts(counts: Counter[str], *, over: bool) -> tuple[Part, ...]:
    if not counts:
        return ()
    if over:
        rest = counts["ready"] + counts["registered"] + counts["todo"]
        return (
            _part("ok", counts["validated"], "validé"),
            _part("warn", counts["waiting"], "à valider", "à valider"),
            _part("bad", rest, "non conclu"),
        )
    return (
        _part("ok", counts["ready"] + counts["validated"] + counts["waiting"], "prêt"),
        _part("frozen", counts["registered"], "enregistré"),
        _part("warn", counts["todo"], "à compléter", "à compléter"),
    )


def _part(kind: str, value: int, one: str, many: str = "") -> Part:
    return Part(kind=kind, value=value, label=french.plural(value, one, many))


BASKETS = (
    ("", "Tout"),
    (Basket.NEW, "Nouvelles demandes"),
    (Basket.COMPLETE, "À compléter"),
    (Basket.VALIDATE, "À valider"),
    (Basket.DELIVERY, "Envois"),
)
