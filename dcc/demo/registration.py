"""Registrations of the demonstration: every row a registered case has, gathered, then written table by table."""

import random
from datetime import timedelta
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import Model
from django.utils import timezone

from dcc.accounts.models import User
from dcc.demo.answers import Filler
from dcc.demo.building import World
from dcc.demo.clinical import Situation
from dcc.demo.people import BRINGS
from dcc.organisations.models import Organisation
from patients.models import Access, Contact, Information, Patient, PatientIdentifier
from rcp.models import (
    Answer,
    Board,
    Case,
    CaseStatus,
    Correspondent,
    CorrespondentRole,
    FormVersion,
    Level,
    Meeting,
    Sheet,
)
from rcp.sheets.context import launch_context
from rcp.sheets.definitions import compiled, form_in_force

# In the order the foreign keys want them.
TABLES: tuple[type[Model], ...] = (
    Information,
    Access,
    Contact,
    PatientIdentifier,
    Case,
    Correspondent,
    Sheet,
    Answer,
)
BATCH = 2000


class Registrar:
    """Registers patients to meetings; nothing is in the database before `write`."""

    def __init__(self, world: World, draw: random.Random) -> None:
        self.draw = draw
        self.now = timezone.now()
        self.rows: dict[type[Model], list[Any]] = {table: [] for table in TABLES}
        self.sheet_of: dict[UUID, Sheet] = {}
        self.form = cache(form_in_force)
        self.requesters: dict[UUID, list[User]] = {}
        self.organisation_of: dict[int, Organisation] = {
            one.user_id: one.organisation
            for user in world.users.values()
            for one in user.memberships.select_related("organisation")
        }

    def write(self) -> None:
        for table in TABLES:
            table._default_manager.bulk_create(self.rows[table], batch_size=BATCH)
            self.rows[table].clear()

    def register(self, meeting: Meeting, patient: Patient, situation: Situation, position: int, status: str) -> Case:
        requester = self.draw.choice(self._requesters(meeting.board))
        organisation = self.organisation_of[requester.pk]
        level = Level.REGISTERED if position == 7 else Level.DISCUSSED
        asked = meeting.starts_at - timedelta(days=self.draw.randint(3, 12))
        asked = min(
            asked, self.now - timedelta(hours=self.draw.randint(2, 90))
        )  # a far meeting is asked for these days
        information = Information(
            region_id=patient.region_id,
            patient=patient,
            given_on=asked.date(),
            given_by=requester.short_name,
            recorded_by=requester,
        )
        case = Case(
            region_id=patient.region_id,
            patient=patient,
            meeting_region_id=meeting.region_id,
            meeting=meeting,
            status=status,
            level=level,
            position=position,
            motive=situation.motive,
            question="" if level == Level.REGISTERED else situation.question,
            information=information,
            requester=requester,
            requester_name=requester.display_name,
            requester_organisation=organisation,
            requested_at=asked,
            registered_by=requester,
            registered_organisation=organisation,
            registered_at=asked,
            status_reason="Doublon d’inscription" if status == CaseStatus.CANCELLED else "",
        )
        form: FormVersion = self.form(situation.form)
        self.sheet_of[case.pk] = Sheet(region_id=patient.region_id, patient=patient, case=case, form=form)
        self.rows[Information].append(information)
        self.rows[Case].append(case)
        self.rows[Sheet].append(self.sheet_of[case.pk])
        self._accesses(case, organisation)
        self._around(case, requester, organisation)
        return case

    def fill(self, case: Case, situation: Situation, *, share: float, decided: bool) -> None:
        """Answer the sheet of a case registered here, in the requester's name."""
        sheet, author = self.sheet_of[case.pk], case.requester
        assert author is not None, "every demonstration case has a requester"
        filler = Filler(compiled(sheet.form_id), self.draw)
        values = filler.fill(situation, launch_context(case), share=share, decided=decided)
        self.rows[Answer] += [
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
        ]

    def _accesses(self, case: Case, organisation: Organisation) -> None:
        patient, meeting, board = case.patient, case.meeting, case.meeting.board
        grants = [organisation.principal_id, board.principal_id, board.organisation.principal_id]
        self.rows[Access] += [
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
        ]

    def _around(self, case: Case, requester: User, organisation: Organisation) -> None:
        """Correspondents, contact and IPP."""
        patient = case.patient
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
        self.rows[Correspondent] += people
        self.rows[Contact].append(
            Contact(patient=patient, region_id=patient.region_id, city=organisation.city, gp_name=gp)
        )
        if organisation.finess and organisation.region_id == patient.region_id:
            number = f"{self.draw.randint(10**8, 10**9 - 1):010d}"
            self.rows[PatientIdentifier].append(
                PatientIdentifier(region_id=patient.region_id, patient=patient, organisation=organisation, value=number)
            )

    def _requesters(self, board: Board) -> list[User]:
        """The physicians around a board whose specialty brings it cases."""
        if board.pk not in self.requesters:
            near = User.objects.filter(
                memberships__organisation__parent=board.organisation,
                profession="10",
                memberships__role__in=["physician"],
            )
            every = list(near.order_by("pk").distinct())
            usual = [user for user in every if user.specialty in BRINGS.get(board.code[:3], ())]
            self.requesters[board.pk] = usual or every
        return self.requesters[board.pk]
