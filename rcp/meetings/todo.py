"""One line of the cockpit: what is missing, before which hour, whom to call."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from dcc.lib import french
from messaging.models import Delivery
from patients.models import Patient
from patients.naming import shown_name
from rcp.models import Case, CaseStatus, Level, Meeting

QUESTION = "Question posée à la RCP"


class Basket(StrEnum):
    NEW = "demandes"
    COMPLETE = "completer"
    VALIDATE = "valider"
    DELIVERY = "envois"


@dataclass(frozen=True, slots=True, kw_only=True)
class Todo:
    """`deadline` orders the lines; `meeting` and `closing` name the group they stand in."""

    basket: Basket
    deadline: datetime
    meeting: Meeting | None
    closing: bool
    name: str
    detail: str
    blocks: bool
    what: str
    call: str
    phone: str
    since: str
    page: str
    about: UUID
    action: str

    @property
    def url(self) -> str:
        """The address is made for the lines that are shown: hundreds may wait."""
        return reverse(self.page, args=[self.about])

    @property
    def board(self) -> str:
        return str(self.meeting.board) if self.meeting else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The lines of one deadline: « avant 12:00 », « – clôture des inscriptions, RCP Digestif »."""

    before: str
    what: str
    where: str
    board: str
    today: bool
    rows: tuple[Todo, ...]

    @property
    def title(self) -> str:
        return self.before[:1].upper() + self.before[1:]


def todo_of(case: Case, *, now: datetime, unaddressed: Sequence[str], mine: bool) -> Todo | None:
    """What a case waits for; None when nothing does. Its patient, requester and meeting are loaded."""
    status = CaseStatus(case.status)
    if status in (CaseStatus.DISCUSSED, CaseStatus.AWAITING):
        return _to_validate(case, now=now, mine=mine)
    held = case.meeting.ends_at < now
    if held:
        what = ["Réunion passée\u00a0: conclure ou reporter"]
    else:
        what = _lacking(case) + [f"Adresse de {name}" for name in unaddressed]
    if not what:
        return None
    closing = not held and case.meeting.closes_at > now and (QUESTION in what or status == CaseStatus.REQUESTED)
    return _todo(
        case,
        basket=Basket.NEW if status == CaseStatus.REQUESTED else Basket.COMPLETE,
        deadline=case.meeting.closes_at if closing else _too_late(case.meeting, now),
        closing=closing,
        blocks=held,
        what="\u202f; ".join(what),
        now=now,
        action="Ouvrir" if held else "Compléter",
    )


def _too_late(meeting: Meeting, now: datetime) -> datetime:
    """The hour of the meeting; while it is held, its end."""
    return meeting.starts_at if meeting.starts_at > now else meeting.ends_at


def _lacking(case: Case) -> list[str]:
    what = []
    if case.status == CaseStatus.REQUESTED:
        what.append("Nouvelle demande à inscrire")
    if case.level == Level.DISCUSSED and not case.question.strip():
        what.append(QUESTION)
    if case.status == CaseStatus.REGISTERED:
        registered = "Fiche à valider par le demandeur" if case.level == Level.REGISTERED else "Fiche à compléter"
        what.append(registered)
    return what


def _to_validate(case: Case, *, now: datetime, mine: bool) -> Todo:
    awaiting = case.status == CaseStatus.AWAITING
    chair = case.meeting.chair
    return _todo(
        case,
        basket=Basket.VALIDATE,
        deadline=max(case.meeting.ends_at, now),
        closing=False,
        blocks=False,
        what="Contresignature attendue" if awaiting else "Discuté, à valider",
        now=now,
        action=("Contresigner" if awaiting else "Valider") if mine else "Ouvrir",
        call=f"{chair.short_name}, préside" if chair else "",
        phone=chair.phone if chair else "",
        page="rcp:conclusion",
    )


def _todo(
    case: Case,
    *,
    basket: Basket,
    deadline: datetime,
    closing: bool,
    blocks: bool,
    what: str,
    now: datetime,
    action: str,
    call: str = "",
    phone: str = "",
    page: str = "rcp:case",
) -> Todo:
    requester = case.requester
    name = requester.short_name if requester else case.requester_name
    own = requester.phone if requester else ""
    return Todo(
        basket=basket,
        deadline=deadline,
        meeting=case.meeting,
        closing=closing,
        name=shown_name(case.patient),
        detail=_born(case.patient),
        blocks=blocks,
        what=what,
        call=call or f"{name}, demandeur",
        phone=french.phone(phone or own or case.requester_organisation.phone),
        since=since(case.discussed_at or case.registered_at, now),
        page=page,
        about=case.pk,
        action=action,
    )


def delivery_todo(delivery: Delivery, *, now: datetime) -> Todo:
    """A delivery that failed and waits for a person; its patient is loaded."""
    name = str(delivery.recipient.get("name") or delivery.get_channel_display())
    return Todo(
        basket=Basket.DELIVERY,
        deadline=now + timedelta(seconds=1),
        meeting=None,
        closing=False,
        name=shown_name(delivery.patient),
        detail=_born(delivery.patient),
        blocks=True,
        what=delivery.last_error or "Envoi refusé",
        call=name,
        phone="",
        since=since(delivery.planned_at, now),
        page="messaging:delivery",
        about=delivery.pk,
        action="Corriger",
    )


def grouped(todos: Sequence[Todo], *, now: datetime) -> list[Group]:
    """The lines by deadline: by meeting before it is too late, then what the day must see done."""
    found: dict[tuple[object, ...], list[Todo]] = {}
    for todo in todos:
        late = todo.deadline <= now
        waits = todo.basket in (Basket.VALIDATE, Basket.DELIVERY)
        key: tuple[object, ...] = ("day",) if waits else ("late",) if late else (todo.deadline, todo.board)
        found.setdefault(key, []).append(todo)
    ranks = {key: _rank(key, found[key][0], now) for key in found}
    return [_group(found[key], now=now) for key in sorted(found, key=lambda key: ranks[key])]


def _rank(key: tuple[object, ...], first: Todo, now: datetime) -> tuple[int, datetime, str]:
    """Late first, then today's hours, then what the day must see done, then the other days."""
    order = {"late": 0, "day": 2}.get(str(key[0]))
    if order is None:
        order = 1 if _is_today(first.deadline, now) else 3
    return order, first.deadline, first.board


def _is_today(at: datetime, now: datetime) -> bool:
    return timezone.localtime(at).date() == timezone.localtime(now).date()


def _group(rows: list[Todo], *, now: datetime) -> Group:
    first = rows[0]
    if first.basket in (Basket.VALIDATE, Basket.DELIVERY):
        return Group(before="dans la journée", what="", where="", board="", today=False, rows=tuple(rows))
    if first.deadline <= now or first.meeting is None:
        return Group(
            before="en retard", what="– la réunion est passée", where="", board="", today=False, rows=tuple(rows)
        )
    meeting = first.meeting
    at, today = timezone.localtime(first.deadline), timezone.localtime(now).date()
    starts = timezone.localtime(meeting.starts_at)
    what = f"– clôture des inscriptions, {meeting.board}" if first.closing else f"– {meeting.board}"
    where = day_words(starts.date(), today) + (f", {french.time_short(starts)}" if first.closing else "")
    return Group(
        before=f"avant {_hour(at, today)}",
        what=what,
        where=" · ".join(part for part in (where, "" if first.closing else meeting.place) if part),
        board=str(meeting.board),
        today=at.date() == today,
        rows=tuple(rows),
    )


def _hour(at: datetime, today: date) -> str:
    hour = french.time_short(at)
    return hour if at.date() == today else f"{day_words(at.date(), today)}, {hour}"


def day_words(day: date, today: date) -> str:
    """« aujourd’hui », « demain », « jeudi 27 »."""
    near = {0: "aujourd’hui", 1: "demain"}.get((day - today).days)
    return near or f"{french.WEEKDAYS[day.weekday()]} {day.day}"


def since(at: datetime, now: datetime) -> str:
    """« 6 j », « hier », « 2 h »."""
    days = (timezone.localtime(now).date() - timezone.localtime(at).date()).days
    if days == 1:
        return "hier"
    if days > 1:
        return f"{days}\u00a0j"
    minutes = max(1, int((now - at).total_seconds() // 60))
    return french.duration(minutes) if minutes < 60 else f"{minutes // 60}\u00a0h"


def _born(patient: Patient) -> str:
    born = french.agree(patient.sex, "né", "née")
    return f"{born} {patient.birth_name}, {french.date_short(patient.birth_date)}"
