"""Cases of the demonstration: registered, prepared, discussed, validated, postponed… over the weeks around today."""

import random
from datetime import timedelta

from django.utils import timezone

from dcc.accounts.models import User
from dcc.demo.building import World
from dcc.demo.casting import Casting
from dcc.demo.clinical import Situation
from dcc.demo.registration import Registrar
from patients.models import Document, Patient
from rcp.cases.actions import discuss_case, submit_registered, validate_case
from rcp.models import Case, CaseStatus, Level, Meeting

CASES_PER_MEETING = {"past": 6, "next": 9, "later": 4, "rare": 3}
VALIDATED_MEETINGS = 14  # the most recent past meetings hold validated cases, each with its report
RARE_BOARDS = ("NEU", "SAR", "THY", "MOL", "OGE", "PAL", "PED", "HPB")  # their last meeting holds a few as well
RENDER_EVERY = timedelta(seconds=4)  # the reports of the demonstration appear one by one, without slowing the rest


class Activity:
    """Registers the patients of a world to its meetings; deterministic for a given day."""

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.draw = random.Random(seed)  # noqa: S311  reproducible, not secret
        self.registrar = Registrar(world, self.draw)

    def run(self, patients: list[Patient]) -> None:
        casting = Casting(patients, self.draw)
        now = timezone.now()
        past = sorted((m for m in self.world.meetings if m.ends_at < now), key=lambda m: m.starts_at, reverse=True)
        ahead = sorted((m for m in self.world.meetings if m.ends_at >= now), key=lambda m: m.starts_at)
        ours = [m for m in past if m.board.organisation.short_name in ("3C Estuaire", "3C Plateau")]
        self.latest = next(meeting for meeting in ours if meeting.board.code == "SEI")
        for meeting in ours[:VALIDATED_MEETINGS]:
            self._past(casting.of(meeting, CASES_PER_MEETING["past"]), meeting)
        for code in RARE_BOARDS:
            meeting = next(one for one in past if one.board.code == code)
            self._past(casting.of(meeting, CASES_PER_MEETING["rare"]), meeting)
        soon = now + timedelta(days=8)
        next_rare = {code: next(one.pk for one in ahead if one.board.code == code) for code in RARE_BOARDS}
        for meeting in ahead:
            near = meeting.starts_at < soon
            cast = casting.of(meeting, CASES_PER_MEETING["next" if near else "later"])
            self._ahead(cast, meeting, near=near or meeting.pk in next_rare.values())
        self.registrar.write()
        self._stagger_documents()

    def _past(self, cast: list[tuple[Patient, Situation]], meeting: Meeting) -> None:
        cases = []
        for position, (patient, situation) in enumerate(cast, start=1):
            case = self.registrar.register(meeting, patient, situation, position, CaseStatus.PREPARED)
            self.registrar.fill(case, situation, share=0.6, decided=True)
            cases.append(case)
        self.registrar.write()
        for case in cases:
            self._conclude(case, meeting.chair, case.position, first=meeting == self.latest)

    def _conclude(self, case: Case, chair: User | None, position: int, *, first: bool) -> None:
        """The latest meeting still has something to do: one to validate, one to countersign, one put off."""
        assert chair is not None, "every demonstration meeting has a chair"
        if first and position == 4:
            Case.objects.filter(pk=case.pk).update(
                status=CaseStatus.POSTPONED, status_reason="Résultat d’IRM attendu, à représenter"
            )
        elif first and position == 5:
            Case.objects.filter(pk=case.pk).update(level=Level.REGISTERED)
            assert case.requester is not None, "every demonstration case has a requester"
            submit_registered(case_id=case.pk, by=case.requester)
        elif position == 6:
            discuss_case(case_id=case.pk, by=chair)
            Case.objects.filter(pk=case.pk).update(discussed_at=case.meeting.starts_at)
        else:
            validate_case(case_id=case.pk, by=chair)

    def _ahead(self, cast: list[tuple[Patient, Situation]], meeting: Meeting, *, near: bool) -> None:
        """The next meetings are being prepared, the later ones only have registrations."""
        for position, (patient, situation) in enumerate(cast, start=1):
            status = CaseStatus.PREPARED if near and position % 3 != 2 else CaseStatus.REGISTERED
            if near and position == 8:
                status = CaseStatus.CANCELLED
            case = self.registrar.register(meeting, patient, situation, position, status)
            if status == CaseStatus.PREPARED:
                self.registrar.fill(case, situation, share=0.5, decided=False)

    def _stagger_documents(self) -> None:
        start = timezone.now()
        waiting = list(Document.objects.filter(state="producing").order_by("-issued_at"))
        for rank, document in enumerate(waiting):
            document.next_attempt_at = start + rank * RENDER_EVERY
        Document.objects.bulk_update(waiting, ["next_attempt_at"], batch_size=200)
