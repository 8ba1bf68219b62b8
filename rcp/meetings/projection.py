"""One case on the screen of the room, and what second screens follow (MTG-01…05, MTG-11, MTG-13)."""

from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from django.utils import timezone

from dcc.lib import french
from patients.models import Document, DocumentState, IdentityStatus
from patients.naming import shown_name
from rcp.cases.decision import decision_of
from rcp.meetings.actions import active_cases
from rcp.meetings.attendance import Light, light_of, participant
from rcp.meetings.current import Current
from rcp.meetings.facts import Facts, facts_of
from rcp.meetings.rows import by_user, question_of
from rcp.models import Attendance, Case, CaseStatus, Meeting, Presence, Sheet
from rcp.sheets.draft import Draft
from rcp.sheets.engine.french_words import elide
from rcp.sheets.reprise import source_of

DOCUMENTS_SHOWN = 12
# Words that agree with nobody: the room knows who asks, the screen does not know how to call them.
ASKER = {
    Presence.PRESENT: "en réunion",
    Presence.WRITTEN: "avis écrit",
    Presence.EXPECTED: "pas encore en réunion",
    Presence.ABSENT: "hors réunion",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What the top of the screen says; without a trait when the presentation is anonymous or masked (D3)."""

    name: str
    born: str
    line: str


class Slide:
    """A case as the room sees it: a constant number of queries, whatever the sheet holds."""

    def __init__(self, *, meeting: Meeting, case: Case, masked: bool = False) -> None:
        self.meeting, self.case = meeting, case
        case.meeting = meeting
        self.masked = masked
        self.nameless = masked or case.anonymous

    @cached_property
    def order(self) -> list[UUID]:
        return list(active_cases(self.meeting).values_list("pk", flat=True))

    @cached_property
    def place(self) -> int:
        return self.order.index(self.case.pk) + 1 if self.case.pk in self.order else 0

    @property
    def total(self) -> int:
        return len(self.order)

    @property
    def previous(self) -> UUID | None:
        return self.order[self.place - 2] if self.place > 1 else None

    @property
    def next(self) -> UUID | None:
        return self.order[self.place] if self.place < self.total else None

    @cached_property
    def identity(self) -> Identity:
        patient, on = self.case.patient, self.meeting.held_on
        age = french.age(patient.birth_date, on)
        if self.nameless:
            name = f"Dossier anonyme n°\u00a0{self.place}" if self.case.anonymous else "Identité masquée"
            return Identity(name=name, born="", line=age)
        born = f"{french.agree(patient.sex, 'né', 'née')} {patient.birth_name}"
        status = status_words(IdentityStatus(patient.status))
        line = " · ".join([french.date_short(patient.birth_date), age, patient.sex, status])
        return Identity(name=shown_name(patient), born=born, line=line)

    @cached_property
    def attendance(self) -> list[Attendance]:
        return list(self.meeting.attendances.select_related("user").order_by("name", "pk"))

    @cached_property
    def light(self) -> Light:
        return light_of(self.meeting, [participant(row) for row in self.attendance])

    @property
    def question(self) -> str:
        return question_of(self.case)

    @property
    def asked_by(self) -> str:
        """« Question du Dr Corlay, en réunion »; nobody who treats an anonymous patient is named."""
        if self.nameless:
            return "Question posée"
        requester = self.case.requester
        name = requester.short_name if requester else self.case.requester_name
        row = by_user(self.attendance).get(requester.pk) if requester else None
        asker = f"du {name}" if name.startswith(("Dr", "Pr")) else elide("de", name)
        return f"Question {asker}, {ASKER[Presence(row.presence) if row else Presence.ABSENT]}"

    @cached_property
    def sheet(self) -> Sheet | None:
        return self.case.sheets.select_related("form").defer("form__questionnaire").order_by("-version").first()

    @cached_property
    def draft(self) -> Draft | None:
        if self.sheet is None:
            return None
        draft = Draft(case=self.case, sheet=self.sheet)
        draft.room = self.attendance
        return draft

    @cached_property
    def facts(self) -> Facts | None:
        if self.draft is None:
            return None
        return facts_of(self.draft, source_of(self.case, self.draft.form, self.draft.sheet.form.code))

    @cached_property
    def decided(self) -> str:
        """What was already decided, once somebody wrote it."""
        if self.draft is None:
            return ""
        proposal = decision_of(self.draft)
        return " – ".join(part for part in (proposal.outcome, proposal.conclusion) if part)

    @cached_property
    def documents(self) -> list[Document]:
        """Earlier documents, newest first; they bear the identity, so a nameless screen shows none."""
        if self.nameless:
            return []
        ready = Document.objects.filter(patient_id=self.case.patient_id, state=DocumentState.READY)
        return list(ready.defer("data").order_by("-issued_at")[:DOCUMENTS_SHOWN])

    @property
    def frozen(self) -> bool:
        return self.case.status == CaseStatus.VALIDATED

    def minutes(self, current: Current | None) -> int | None:
        shown = current is not None and current.case_id == self.case.pk
        return current.minutes(timezone.now()) if current and shown else None

    @property
    def token(self) -> str:
        """Changes when this screen must be drawn again."""
        light = self.light
        seats = f"{light.title}{light.detail}{light.expected}"
        return slide_token(self.case, self.sheet, seats, self.place, self.total)


def status_words(status: IdentityStatus) -> str:
    return "INS qualifiée" if status == IdentityStatus.QUALIFIED else f"identité {status.label}"


def slide_token(case: Case, sheet: Sheet | None, seats: str, place: int, total: int) -> str:
    rev = f"{sheet.version}.{sheet.rev}" if sheet else "0"
    return f"{case.pk}:{case.status}:{rev}:{seats}:{place}/{total}"


def find_slide(*, meeting: Meeting, case_id: UUID, masked: bool = False) -> Slide | None:
    """The slide of a case of this meeting, or None when it is not open to the reader."""
    cases = Case.objects.select_related("patient", "requester", "information")
    case = cases.filter(pk=case_id, meeting=meeting).first()
    return Slide(meeting=meeting, case=case, masked=masked) if case else None


def first_case(meeting: Meeting, current: Current | None) -> UUID | None:
    """Where a projection starts: the case under way, else the first the room has not seen."""
    rows = list(active_cases(meeting).values_list("pk", "status"))
    if current is not None and any(pk == current.case_id for pk, _ in rows):
        return current.case_id
    unseen = (pk for pk, status in rows if status not in (CaseStatus.VALIDATED, CaseStatus.DISCUSSED))
    return next(unseen, rows[0][0] if rows else None)
