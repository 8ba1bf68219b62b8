"""One line of a meeting's list, and one of its attendance, as the page says them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from dcc.accounts.models import User
from dcc.lib import french
from patients.naming import birth_label, shown_name
from rcp.meetings.attendance import participant, trade
from rcp.meetings.quorum import Rule
from rcp.models import Attendance, Case, CaseStatus, Level, Meeting, MeetingStatus, Presence

LEFT = {CaseStatus.POSTPONED: "Reporté", CaseStatus.CANCELLED: "Annulé", CaseStatus.REFUSED: "Refusé"}
# Words that agree with nobody: nothing here knows the sex of a professional. Short: a narrow column holds them.
PRESENT, EXPECTED, ABSENT, WRITTEN = "présence notée", "à venir", "absence", "avis écrit"
# How a requester is: (tone of the words, icon, words)
REQUESTER_STATES = {
    Presence.PRESENT: ("ok", "check", PRESENT),
    Presence.WRITTEN: ("ok", "pen", WRITTEN),
    Presence.EXPECTED: ("muted", "clock", EXPECTED),
    Presence.ABSENT: ("warn", "minus", ABSENT),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """A case of the list. `name` and `detail` hold no trait when the presentation is anonymous (D3)."""

    case: Case
    place: int
    name: str
    detail: str
    question: str
    requester: str
    requester_state: tuple[str, str, str] | None
    badge: tuple[str, str, str | None]
    current: bool = False

    @property
    def active(self) -> bool:
        return self.case.status not in LEFT


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendee:
    """A person of the attendance: `mode` is (icon or '', words, tone)."""

    row: Attendance
    name: str
    trade: str
    mode: tuple[str, str, str]
    present: bool
    counts: bool
    chairs: bool
    may_chair: bool


def case_name(case: Case, place: int) -> str:
    return f"Dossier anonyme n°\u00a0{place}" if case.anonymous else shown_name(case.patient)


def question_of(case: Case) -> str:
    """The question set the French way; a registered case may ask none (D4)."""
    asked = french.typography(case.question.strip())
    return asked or ("Cas enregistré, pour information" if case.level == Level.REGISTERED else "")


def case_detail(case: Case, on: date) -> str:
    """« née ABHERVE, 62 ans »."""
    if case.anonymous:
        return "sans identité dans la salle"
    patient = case.patient
    born = french.agree(patient.sex, "né", "née")
    label = f"{born} {patient.birth_name}" if patient.used_name != patient.birth_name else birth_label(patient)
    return f"{label}, {french.age(patient.birth_date, on)}"


def case_row(
    case: Case, place: int, *, meeting: Meeting, room: Mapping[int, Attendance], minutes: int | None = None
) -> CaseRow:
    """`room` is the attendance by user, `minutes` how long the case has been on the screen, None if it is not."""
    requester = case.requester
    return CaseRow(
        case=case,
        place=place,
        name=case_name(case, place),
        detail=case_detail(case, meeting.held_on),
        question=question_of(case),
        requester=requester.short_name if requester else case.requester_name,
        requester_state=_requester_state(requester, meeting, room),
        badge=badge_of(case, on=meeting.held_on, minutes=minutes),
        current=minutes is not None,
    )


def _requester_state(
    requester: User | None, meeting: Meeting, room: Mapping[int, Attendance]
) -> tuple[str, str, str] | None:
    row = room.get(requester.pk) if requester else None
    if row is not None:
        return REQUESTER_STATES[Presence(row.presence)]
    return None if meeting.status == MeetingStatus.PLANNED else REQUESTER_STATES[Presence.ABSENT]


def badge_of(case: Case, *, on: date, minutes: int | None = None) -> tuple[str, str, str | None]:
    """State of a case in words to act on: (kind, label, icon)."""
    status = CaseStatus(case.status)
    if status in LEFT:
        return "neutral", LEFT[status], None
    if status == CaseStatus.VALIDATED:
        return "frozen", f"{_validated_word(case)} {_moment(case.validated_at, on)}", None
    if status == CaseStatus.AWAITING:
        return "frozen", "Enregistré, à contresigner", None
    if minutes is not None:
        return "info", f"En cours, {french.duration(minutes)}", "clock"
    if status == CaseStatus.DISCUSSED:
        return "info", "Discuté, à valider", "clock"
    if status == CaseStatus.PREPARED:
        return "ok", "Enregistré, prêt" if case.level == Level.REGISTERED else "Prêt", None
    if case.level == Level.DISCUSSED and not case.question.strip():
        return "warn", "Question manque", None
    if case.level == Level.REGISTERED:
        return "warn", "Enregistré, à compléter", None
    return "warn", "Nouvelle demande" if status == CaseStatus.REQUESTED else "À compléter", None


def _validated_word(case: Case) -> str:
    return "Enregistré" if case.level == Level.REGISTERED else "Validé"


def _moment(at: datetime | None, on: date) -> str:
    if at is None:
        return ""
    local = timezone.localtime(at)
    return french.time_short(local) if local.date() == on else f"le {french.date_short(local.date())}"


def attendee(row: Attendance, *, meeting: Meeting, rule: Rule) -> Attendee:
    counts = participant(row).counts(rule)
    physician = participant(row).is_physician
    return Attendee(
        row=row,
        name=row.user.short_name if row.user and row.user.civility else row.name,
        trade=trade(row),
        mode=_mode(row, counts=counts, running=meeting.status != MeetingStatus.PLANNED),
        present=row.presence == Presence.PRESENT,
        counts=counts,
        chairs=row.user_id is not None and row.user_id == meeting.chair_id,
        may_chair=physician and row.user_id is not None,
    )


def _mode(row: Attendance, *, counts: bool, running: bool) -> tuple[str, str, str]:
    if row.presence == Presence.WRITTEN:
        return "pen", WRITTEN if counts else f"{WRITTEN}, hors quorum", ""
    if row.presence == Presence.ABSENT:
        return "minus", ABSENT, "warn" if running else ""
    if row.presence == Presence.EXPECTED:
        return ("video" if row.remote else ""), EXPECTED, "warn" if running else ""
    words = "visio" if row.remote else "salle"
    return ("video" if row.remote else "pin"), words if counts else "hors quorum", ""


def by_user(rows: list[Attendance]) -> dict[int, Attendance]:
    return {row.user_id: row for row in rows if row.user_id is not None}


def counts_of(cases: list[Case]) -> dict[str, int]:
    """How far the list is: validated, discussed and to do."""
    found: dict[str, Any] = {"validated": 0, "discussed": 0, "rest": 0}
    for case in cases:
        if case.status == CaseStatus.VALIDATED:
            found["validated"] += 1
        elif case.status in (CaseStatus.DISCUSSED, CaseStatus.AWAITING):
            found["discussed"] += 1
        else:
            found["rest"] += 1
    return found
