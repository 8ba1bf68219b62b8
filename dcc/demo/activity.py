"""Cases of the demonstration: registered, prepared, discussed, validated, postponed… over the weeks around today."""

import random
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from typing import Any

from django.utils import timezone

from dcc.accounts.models import User
from dcc.demo.answers import Filler
from dcc.demo.building import World
from dcc.organisations.models import Organisation
from patients.models import (
    Access,
    Contact,
    Document,
    Information,
    Patient,
    PatientIdentifier,
)
from rcp.cases.actions import discuss_case, submit_registered, validate_case
from rcp.models import Answer, Case, CaseStatus, Correspondent, CorrespondentRole, Level, Meeting, Sheet
from rcp.sheets.context import launch_context
from rcp.sheets.definitions import compiled, form_for

MOTIVES = ("initial", "initial", "initial", "change", "diagnosis", "follow_up")
QUESTIONS = (
    "Indication d’un traitement adjuvant ?",
    "Chirurgie première ou traitement néoadjuvant ?",
    "Conduite à tenir devant une progression sous traitement ?",
    "Avis sur la reprise des marges ou un complément de radiothérapie ?",
    "Place d’une surveillance active ?",
    "Traitement systémique de première ligne ?",
)
CASES_PER_MEETING = {"past": 6, "next": 9, "later": 4}
VALIDATED_MEETINGS = 14  # the most recent past meetings hold validated cases, each with its report
SEX_OF_BOARD = {"SEI": "F", "GYN": "F", "URO": "M"}
NETWORK_OF = {1: 1, 2: 1, 9: 9}  # founding region: the first region of its network
RENDER_EVERY = timedelta(seconds=4)  # the reports of the demonstration appear one by one, without slowing the rest


class Activity:
    """Registers the patients of a world to its meetings; deterministic for a given day."""

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.draw = random.Random(seed)  # noqa: S311  reproducible, not secret
        self.requesters: dict[Any, list[User]] = {}
        self.organisation_of: dict[int, Organisation] = {
            one.user_id: one.organisation
            for user in world.users.values()
            for one in user.memberships.select_related("organisation")
        }

    def run(self, patients: list[Patient]) -> None:
        queue = {
            network: iter([patient for patient in patients if NETWORK_OF[patient.region_id] == network])
            for network in set(NETWORK_OF.values())
        }
        now = timezone.now()
        past = sorted((m for m in self.world.meetings if m.ends_at < now), key=lambda m: m.starts_at, reverse=True)
        ahead = sorted((m for m in self.world.meetings if m.ends_at >= now), key=lambda m: m.starts_at)
        ours = [m for m in past if m.board.organisation.short_name in ("3C Estuaire", "3C Plateau")]
        self.latest = next(meeting for meeting in ours if meeting.board.code == "SEI")
        for meeting in ours[:VALIDATED_MEETINGS]:
            self._past(meeting, queue)
        soon = now + timedelta(days=8)
        for meeting in ahead:
            self._ahead(meeting, queue, CASES_PER_MEETING["next" if meeting.starts_at < soon else "later"])
        self._stagger_documents()

    def _patients(self, meeting: Meeting, queues: dict[int, Iterator[Patient]], count: int) -> list[Patient]:
        sex = SEX_OF_BOARD.get(meeting.board.code[:3], "")
        return list(islice((one for one in queues[NETWORK_OF[meeting.region_id]] if sex in ("", one.sex)), count))

    def _past(self, meeting: Meeting, queue: dict[int, Iterator[Patient]]) -> None:
        for position, patient in enumerate(self._patients(meeting, queue, CASES_PER_MEETING["past"]), start=1):
            case = self._register(meeting, patient, position, CaseStatus.PREPARED)
            self._fill(case, share=0.5, decided=True)
            self._conclude(case, meeting.chair, position, first=meeting == self.latest)

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

    def _ahead(self, meeting: Meeting, queue: dict[int, Iterator[Patient]], count: int) -> None:
        for position, patient in enumerate(self._patients(meeting, queue, count), start=1):
            status = (CaseStatus.PREPARED, CaseStatus.PREPARED, CaseStatus.REGISTERED)[position % 3]
            if position == 8:
                status = CaseStatus.CANCELLED
            case = self._register(meeting, patient, position, status)
            near = count == CASES_PER_MEETING["next"]
            if near and meeting.board.code == "SEI":
                self._fill(case, share=0.6 if status == CaseStatus.PREPARED else 0.2, decided=False)

    def _register(self, meeting: Meeting, patient: Patient, position: int, status: str) -> Case:
        board = meeting.board
        requester = self.draw.choice(self._requesters(board.organisation))
        organisation = self.organisation_of[requester.pk]
        level = Level.REGISTERED if position == 7 else Level.DISCUSSED
        registered_at = meeting.starts_at - timedelta(days=self.draw.randint(3, 12))
        grants = [organisation.principal_id, board.principal_id, board.organisation.principal_id]
        Access.objects.bulk_create(
            [
                *(
                    Access(region_id=patient.region_id, patient=patient, principal_id=one, reason="registration")
                    for one in dict.fromkeys(grants)
                ),
                Access(
                    region_id=patient.region_id,
                    patient=patient,
                    principal_id=meeting.principal_id,
                    reason="meeting",
                    expires_at=meeting.ends_at + timedelta(days=30),
                ),
            ],
            ignore_conflicts=True,
        )
        information = Information.objects.create(
            region_id=patient.region_id,
            patient=patient,
            given_on=registered_at.date(),
            given_by=requester.short_name,
            recorded_by=requester,
        )
        case = Case.objects.create(
            region_id=patient.region_id,
            patient=patient,
            meeting_region_id=meeting.region_id,
            meeting=meeting,
            status=status,
            level=level,
            position=position,
            motive=self.draw.choice(MOTIVES),
            question="" if level == Level.REGISTERED else self.draw.choice(QUESTIONS),
            information=information,
            requester=requester,
            requester_name=requester.display_name,
            requester_organisation=organisation,
            requested_at=registered_at,
            registered_by=requester,
            registered_organisation=organisation,
            registered_at=registered_at,
            status_reason="Doublon d’inscription" if status == CaseStatus.CANCELLED else "",
        )
        self._around(case, patient, requester, organisation)
        Sheet.objects.create(region_id=patient.region_id, patient=patient, case=case, form=form_for(board))
        return case

    def _around(self, case: Case, patient: Patient, requester: User, organisation: Organisation) -> None:
        """Correspondents, contact and IPP."""
        gp = f"Dr {self.draw.choice(('Mazurier', 'Legendre-Petit', 'Daumesnil', 'Passelande'))}"
        secure = self.draw.random() < 0.7
        people = [
            Correspondent(
                role=CorrespondentRole.REQUESTER,
                user=requester,
                name=requester.display_name,
                rpps=requester.rpps,
                mssante_address=requester.mssante_address,
                postal_address=f"{organisation.name}\n{organisation.postcode} {organisation.city}",
            ),
            Correspondent(
                role=CorrespondentRole.GP,
                name=gp,
                mssante_address=f"{gp[3:].lower()}.cabinet@demo-ligea.mssante.fr" if secure else "",
                postal_address="12, rue des Tilleuls\n44990 Port-Navailles",
            ),
        ]
        for one in people:
            one.region_id, one.patient, one.case = patient.region_id, patient, case
        Correspondent.objects.bulk_create(people)
        Contact.objects.get_or_create(
            patient=patient,
            defaults={"region_id": patient.region_id, "city": organisation.city, "gp_name": gp},
        )
        if organisation.finess and organisation.region_id == patient.region_id:
            PatientIdentifier.objects.create(
                region_id=patient.region_id,
                patient=patient,
                organisation=organisation,
                value=f"{self.draw.randint(10**8, 10**9 - 1):010d}",
            )

    def _fill(self, case: Case, *, share: float, decided: bool) -> None:
        sheet = case.sheets.get()
        filler = Filler(compiled(sheet.form_id), self.draw)
        values = filler.fill(launch_context(case), share=share, decided=decided)
        author = case.requester
        assert author is not None, "every demonstration case has a requester"
        Answer.objects.bulk_create(
            Answer(
                region_id=case.region_id,
                patient_id=case.patient_id,
                sheet=sheet,
                path=path,
                value=value,
                rev=0,
                author=author,
                author_name=author.short_name,
                updated_at=case.registered_at,
            )
            for path, value in values.items()
        )

    def _requesters(self, three_c: Organisation) -> list[User]:
        if three_c.pk not in self.requesters:
            near = User.objects.filter(
                memberships__organisation__parent=three_c, profession="10", memberships__role__in=["physician"]
            )
            self.requesters[three_c.pk] = list(near.order_by("pk").distinct())
        return self.requesters[three_c.pk]

    def _stagger_documents(self) -> None:
        start = timezone.now()
        waiting = list(Document.objects.filter(state="producing").order_by("-issued_at"))
        for rank, document in enumerate(waiting):
            document.next_attempt_at = start + rank * RENDER_EVERY
        Document.objects.bulk_update(waiting, ["next_attempt_at"], batch_size=200)
