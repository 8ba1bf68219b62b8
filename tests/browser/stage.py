"""What exists before a story begins: a meeting at a useful date, patients and cases made by the product’s actions."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from dcc.accounts.models import Membership
from dcc.audit.record import System
from dcc.lib.ids import uuid7
from dcc.organisations.models import Organisation
from dcc.tenancy.scope import regions_scope
from interop.pam.outcome import Outcome
from interop.pam_store.receiving import receive
from interop.pam_store.source import source_of
from patients.actions import add_ipp, create_patient
from patients.lifecycle.regimes import change_regime
from patients.lifecycle.states import Regime
from patients.models import Patient
from rcp.models import Case, CorrespondentRole, Meeting, Motive
from rcp.registration.actions import Addressee, Demand, InformationGiven, Requester, register_case
from tests.interop.pam_feed import AUTHORITY, Adt
from tests.patients.conftest import new_identity

Backstage = Callable[[str], AbstractContextManager[Any]]
QUESTION = "Indication d’une chimiothérapie adjuvante ?"
GP = "Dr Paul Mazurier"


def meeting_at(backstage: Backstage, starts: datetime) -> Meeting:
    """The breast meeting of the world, moved to `starts`."""
    with backstage("alice"):
        meeting = Meeting.objects.select_related("board").get(board__code="SEI")
        meeting.starts_at, meeting.ends_at = starts, starts + timedelta(minutes=90)
        meeting.closes_at = starts - timedelta(days=1)
        meeting.save()
        return meeting


def in_ten_days() -> datetime:
    return timezone.now().replace(hour=13, minute=0, second=0, microsecond=0) + timedelta(days=10)


def known(backstage: Backstage, *typed: str, ipp: str = "", **traits: str) -> Patient:
    """A patient the 3C Estuaire already has."""
    with backstage("alice") as alice:
        patient = create_patient(
            patient_id=uuid7(), identity=new_identity(*typed, **traits), by=alice, reason="Homonyme connu"
        )
        if ipp:
            roche = Membership.objects.select_related("organisation").get(user__email="bob@dcc.example").organisation
            add_ipp(patient=patient, organisation=roche, value=ipp, by=alice)
        return patient


def registered(backstage: Backstage, patient: Patient, *, question: str = QUESTION) -> Case:
    """A case asked by Dr Kerjean for the breast meeting, whose GP has no secure address."""
    with backstage("alice") as alice:
        requester = Membership.objects.select_related("user", "organisation").get(user__email="bob@dcc.example")
        return register_case(
            case_id=uuid7(),
            patient=patient,
            meeting=Meeting.objects.select_related("board__organisation").get(board__code="SEI"),
            demand=Demand(motive=Motive.INITIAL, question=question),
            requester=Requester(user=requester.user, organisation=requester.organisation),
            information=InformationGiven(given_on=date(2026, 11, 20), given_by="Dr Bob Kerjean"),
            addressees=[
                Addressee(
                    role=CorrespondentRole.GP,
                    name=GP,
                    user=None,
                    rpps="",
                    mssante_address="",
                    postal_address="3, rue du Port\n44000 Port-Navailles",
                )
            ],
            exceed=True,
            by=alice,
        )


@contextmanager
def worker_role() -> Iterator[None]:
    """What the product's worker may do, on the product's database and in transactions of its own."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE dcc_worker")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET ROLE dcc_web")


def heard(backstage: Backstage, *messages: Adt) -> list[Outcome[Any]]:
    """What the software of CH Rochebrune says of its identities, received as the product receives it."""
    with backstage("network") as administrator:
        hospital = Organisation.objects.get(short_name="CH Rochebrune")
        change_regime(organisation=hospital, regime=Regime.FOLLOWER, by=administrator)
    with worker_role():
        with regions_scope((1, 2)):
            source = source_of(hospital, names=(AUTHORITY,))
        by = System(f"flux de {source.name}")
        return [receive(message.raw(), source=source, by=by) for message in messages]
