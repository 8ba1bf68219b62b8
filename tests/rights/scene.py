"""The objects of the table, made once by the real actions: a case being prepared, another validated, sent and filed."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.db import connection
from django.test import Client
from django.utils import timezone
from PIL import Image

from dcc.accounts.models import Membership, User
from dcc.accounts.queries import my_memberships
from dcc.organisations.actions import set_logo
from dcc.organisations.models import Organisation
from dcc.tenancy.middleware import MEMBERSHIP_KEY
from dcc.tenancy.scope import regions_scope, user_scope
from messaging.feeds.actions import save_feed
from messaging.models import Delivery
from patients.actions import break_glass
from patients.documents import content
from patients.models import ContentKind, Double, FeedConflict, FeedMerge
from patients.reviews import glass_breaks
from rcp.cases.actions import validate_case
from rcp.meetings.actions import set_presence
from rcp.meetings.planning import add_meeting
from rcp.models import Attendance, Board, Level, Meeting, Motive, Presence
from rcp.registration.actions import Demand
from rcp.reports.production import produce_next
from tests.documents.filing import filed, received
from tests.documents.making import give_rpps
from tests.documents.samples_received import picture
from tests.patients.conftest import created
from tests.registration.conftest import asked_by, registered
from tests.sheets.casework import complete, make_case, sit

LITERALS = {
    "code": "sein",
    "kind": "nothing",
    "token": "nothing",
    "key": "nothing",
    "number": 1,
    "rev": 0,
    "act": "doubt",
}


@dataclass(frozen=True, slots=True)
class Scene:
    """`objects`: what the address of each line is about, by the name of its argument."""

    objects: dict[str, Any]
    people: dict[str, Any]
    organisations: dict[str, Any]
    memberships: dict[str, Any]
    clients: dict[str, Client]

    def argument(self, name: str, instead: dict[str, str]) -> Any:
        short = name.removesuffix("_id")
        if name in LITERALS:
            return instead.get(name, LITERALS[name])
        wanted = instead.get(short)
        others = {"user": self.people, "organisation": self.organisations, "membership": self.memberships}
        if wanted is None:
            return self.objects[short]
        return others[short][wanted] if short in others else self.objects[wanted]


@contextmanager
def working(short: str) -> Iterator[Any]:
    """The scope of one of the characters, committed."""
    user = User.objects.get(email=f"{short}@dcc.example")
    with user_scope(user_id=user.pk, membership_id=None):
        found = my_memberships()[0]
    with user_scope(user_id=user.pk, membership_id=found.id):
        membership = Membership.objects.select_related("organisation").get(pk=found.id)
        user.acting_as, user.acting_in = membership.organisation, membership.region_id  # type: ignore[attr-defined]
        yield user


@contextmanager
def at_work(region: int) -> Iterator[None]:
    """The worker, in one founding region."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE dcc_worker")
    try:
        with regions_scope([region]):
            yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET ROLE dcc_web")


def set_the_scene(people: list[str]) -> Scene:
    objects = _validated() | _prepared() | _paired()
    _equip()
    with working("network"):
        organisations = {one.short_name: one.pk for one in Organisation.objects.all()}
    with working("oscar"):
        organisations |= {one.short_name: one.pk for one in Organisation.objects.all()}
    named = {"roche": "CH Rochebrune", "dunes": "Clinique des Dunes", "causses": "CH Causses"}
    clients = {short: client_of(short) for short in people}
    with working("alice") as alice:
        elsewhere = {"session_key": "left-open-elsewhere", "ip": "192.0.2.7", "user_agent": "essai"}
        objects["session"] = UserSession.objects.create(user=alice, **elsewhere).pk
    users = {one.email.split("@")[0]: one.pk for one in User.objects.all()}
    memberships = dict(_memberships("network")) | dict(_memberships("oscar"))
    places = {short: organisations[name] for short, name in named.items()}
    objects |= {"user": users["carol"], "organisation": places["roche"], "membership": memberships["carol"]}
    return Scene(objects, users, places, memberships, clients)


def _memberships(reader: str) -> Iterator[tuple[str, Any]]:
    with working(reader):
        for one in Membership.objects.select_related("user"):
            yield one.user.email.split("@")[0], one.pk


def _paired() -> dict[str, Any]:
    """Two identities that may be one person, as the search of doubles and the feed of a hospital would say."""
    with working("alice") as alice:
        one = created(alice, "Quéméner", "Soizic", "09091949")
        other = created(alice, "Quemener", "Soisic", "09091949", reason="Homonyme connu")
    with at_work(1):
        double = Double.objects.create(region_id=1, first=one, second=other, score=15.0)
        told = {"region_id": 1, "identity": one.pk, "other_identity": other.pk}
        conflict = FeedConflict.objects.create(kind="identifier_taken", about_value="7", **told)
        made = FeedMerge.objects.create(region_id=1, kept=one.pk, gone=other.pk, moved={}, kept_number=one.pk)
    return {"double": double.pk, "conflict": conflict.pk, "merge": made.pk}


def _validated() -> dict[str, Any]:
    """A report validated by Bob, produced, with a mail that left and a letter to post."""
    with working("bob") as bob:
        give_rpps()
        case = make_case(by=bob)
        sit(case.meeting, "bob", "helias", "oumarou")
        complete(case.sheets.get(), by=bob)
        document = validate_case(case_id=case.pk, by=bob)
    with at_work(1):
        assert produce_next() == 1
        deliveries = {one.channel: one for one in Delivery.objects.filter(document=document)}
        mail = deliveries["mssante"]
        content.store(
            owner_id=mail.pk, region_id=1, patient_id=mail.patient_id, kind=ContentKind.MAIL, data=b"Subject: essai"
        )
    return {"document": document.pk, "delivery": mail.pk, "letter": deliveries["paper"].pk, "validated": case.pk}


def _prepared() -> dict[str, Any]:
    """Françoise, registered by Alice to a meeting that is to come."""
    at = timezone.now().replace(hour=13, minute=0, second=0, microsecond=0) + timedelta(days=10)
    with working("alice") as alice:
        board = Board.objects.get(code="SEI", region_id=1)
        meeting = add_meeting(board_id=board.pk, starts_at=at, by=alice)
        meeting = Meeting.objects.select_related("board__organisation").get(pk=meeting.pk)
        patient = created(alice, "Guégan", "Maëlle", "02021971")
        case = registered(alice, patient, meeting=meeting)
        recorded = registered(
            alice,
            created(alice, "Riou", "Yves", "03031950", sex="M"),
            meeting=meeting,
            requester=asked_by("helias"),
            demand=Demand(motive=Motive.SUPPORTIVE, level=Level.REGISTERED),
        )
        helias = Attendance.objects.get(meeting=meeting, user__email="helias@dcc.example")
        said = {"presence": Presence.PRESENT, "remote": False}
        set_presence(meeting_id=meeting.pk, attendance_id=helias.pk, by=alice, **said)
        documents = {"received": filed(patient, alice), "fax": filed(patient, alice, picture("TIFF"))}
        received(patient, alice, picture("PNG"))  # one that waits to be described
    found = {"board": board, "meeting": meeting, "patient": patient, "case": case, "attendance": helias}
    found |= {"recorded": recorded, **documents}
    return {name: one.pk for name, one in found.items()} | {"event": _broken()}


def _broken() -> Any:
    """Denis opened the file of somebody else exceptionally."""
    with working("alice") as alice:
        other = created(alice, "Le Du", "Corentin", "05051944", sex="M")
    with working("denis") as denis:
        break_glass(patient=other, reason="Détresse respiratoire, traitement en cours inconnu", by=denis)
    with working("auditor"):
        return glass_breaks()[0].id


def _equip() -> None:
    """Rochebrune has a logo, and a feed nobody listens to."""
    picture = io.BytesIO()
    Image.new("RGB", (60, 40), "white").save(picture, "PNG")
    with working("network") as nadia:
        roche = Organisation.objects.get(short_name="CH Rochebrune")
        set_logo(organisation=roche, image=picture.getvalue(), by=nadia)
        names = {"receiving_application": "DPI", "receiving_facility": "ROCHE"}
        save_feed(organisation=roche, host="127.0.0.1", port=9, tls=False, active=True, by=nadia, **names)


def client_of(short: str) -> Client:
    """A browser signed in, its second factor done, its membership chosen."""
    made = Client()
    if short == "anonymous":
        return made
    user = User.objects.get(email=f"{short}@dcc.example")
    made.force_login(user, backend="dcc.accounts.backends.StaffBackend")
    with user_scope(user_id=user.pk, membership_id=None):
        chosen = my_memberships()[0]
    session = made.session
    session[MEMBERSHIP_KEY] = str(chosen.id)
    session.save()
    return made
