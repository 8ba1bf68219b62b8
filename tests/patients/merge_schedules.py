"""A random schedule: people answer sheets, register, add documents while the worker merges and parts the same patients.

Each thread has its own connection, scope and draws; rows are committed. What a person was told is done must be there at
the end, in one file, whole; nothing may be left on an identity that is merged; parted, each row that was there before
is with the patient it was of.
"""

import random
import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from django.db import OperationalError, connection, connections, transaction

from dcc.lib.ids import uuid7
from patients.access import AccessRefused
from patients.actions import add_ipp, update_contact
from patients.consent.actions import Said, record_wish
from patients.documents.intake import Sent
from patients.documents.received_actions import receive_files
from patients.doubles.moving import Miscounted, follow_late_rows
from patients.doubles.survivor import survivor_of
from patients.doubles.tables import file_tables
from patients.doubles.tasks import carry_out_one
from patients.doubles.undoing import KEPT, LOST
from patients.models import Access, Double, DoubleStatus, Means, Merge, MergedTable, Patient, WishAnswer, WishSubject
from rcp.models import Answer, AnswerEvent, Meeting, Sheet
from rcp.registration.actions import AlreadyRegistered, IdentityJoined
from rcp.sheets.actions import Change, save_answer
from rcp.sheets.definitions import compiled
from tests.documents import samples_received as samples
from tests.patients.conftest import created
from tests.patients.desks import at_desk, soon
from tests.patients.merging import organisation
from tests.registration.conftest import another_meeting, registered
from tests.walls.population import OWNER
from tests.walls.reading import as_worker

FIELDS = ("tronc.poids", "tronc.taille", "tronc.synthese")
WEIGHTS = {"answer": 6, "document": 2, "reach": 1, "wish": 1, "register": 2}
# What a person may be answered, besides yes: the file was moved away from them, or joined to another that they have to
# look at, or the list has the patient already.
REFUSALS = (AlreadyRegistered, IdentityJoined, AccessRefused, Patient.DoesNotExist, Sheet.DoesNotExist)
REGION = 1
ALLOCATIONS = 6


@dataclass(slots=True)
class Room:
    """What threads share: identifiers read before they start, and what they were told."""

    pairs: list[tuple[UUID, UUID]] = field(default_factory=list)
    doubles: list[UUID] = field(default_factory=list)
    cases: list[UUID] = field(default_factory=list)
    meetings: list[UUID] = field(default_factory=list)
    before: dict[str, dict[str, UUID]] = field(default_factory=dict)  # whose each row was, by table
    told: list[tuple[str, UUID]] = field(default_factory=list)  # (table, key) of what was said to be done
    done: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    registered: set[UUID] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)
    over: threading.Event = field(default_factory=threading.Event)  # the worker has done its rounds

    @property
    def patients(self) -> list[UUID]:
        return [one for pair in self.pairs for one in pair]

    def say(self, what: str, *told: tuple[str, UUID]) -> None:
        with self.lock:
            self.done[what] += 1
            self.told += told

    def breaks(self, error: BaseException) -> None:
        with self.lock:
            self.broken.append(f"{type(error).__name__}: {error}".splitlines()[0])


def furnish(room: Room, *, pairs: int, draw: random.Random) -> None:
    """Pairs of one person each: a contact, a number, a case and a sheet on both sides, at two meetings."""
    with at_desk("alice") as alice:
        first = soon()
        since = Meeting.objects.filter(board=first.board).count()  # those of the schedules before
        new = [another_meeting(first, days=since + rank) for rank in range(4)]
        room.meetings = [one.pk for one in new[2:]]
        for rank in range(pairs):
            name = f"Essai{draw.randbytes(4).hex().translate(str.maketrans('0123456789', 'ghijklmnop'))}"
            mine = [created(alice, name, given, "05071971", reason="Homonyme connu") for given in ("Rozenn", "Soizic")]
            for one, meeting in zip(mine, new[:2], strict=True):
                update_contact(patient=one, values={"city": f"Ville {rank}"}, by=alice)
                add_ipp(patient=one, value=one.pk.hex[-12:], organisation=organisation("CH Rochebrune"), by=alice)
                room.cases.append(registered(alice, one, meeting=Meeting.objects.get(pk=meeting.pk)).pk)
            room.pairs.append((mine[0].pk, mine[1].pk))
    for one, other in room.pairs:
        double = Double(
            region_id=REGION, first_id=min(one, other), second_id=max(one, other), score=9.0, status="to_examine"
        )
        double.save(using=OWNER)
        room.doubles.append(double.pk)
    room.before = owners(room)


class Person(threading.Thread):
    """Somebody at a desk, doing one thing after another to patients drawn at random, until the worker is done."""

    def __init__(self, room: Room, seed: str) -> None:
        super().__init__()
        self.room = room
        self.draw = random.Random(seed)

    def run(self) -> None:
        try:
            while not self.room.over.is_set():
                name = self.draw.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
                try:
                    with at_desk("alice") as alice:
                        told = getattr(self, name)(alice)
                except REFUSALS as refusal:
                    self.room.say(f"{name}: {type(refusal).__name__}")
                except Exception as error:
                    self.room.breaks(error)
                else:
                    self.room.say(name, *told)
        finally:
            connection.close()

    def patient(self) -> Patient:
        return Patient.objects.get(pk=self.draw.choice(self.room.patients))

    def answer(self, by: Any) -> list[tuple[str, UUID]]:
        sheet = Sheet.objects.get(case_id=self.draw.choice(self.room.cases))
        path = compiled(sheet.form_id).path(self.draw.choice(FIELDS))
        known = Answer.objects.filter(sheet=sheet, path=path).first()
        value: Any = self.draw.randint(50, 99)
        change = Change(value=str(value) if path.endswith("synthese") else value)
        op = uuid4()
        saved = save_answer(
            sheet_id=sheet.pk, path=path, change=change, base_ver=known.ver if known else 0, op_id=op, by=by
        )
        assert saved is not None, "the sheet was read a moment ago in the same transaction"
        return [("rcp_answerevent", AnswerEvent.objects.values_list("pk", flat=True).get(op_id=op))]

    def document(self, by: Any) -> list[tuple[str, UUID]]:
        sent = Sent(name="essai.pdf", data=samples.pdf(mark=self.draw.randbytes(6).hex().encode()))
        (added,) = receive_files(patient=self.patient(), sent=[sent], by=by).added
        return [("patients_receiveddocument", added.pk)]

    def reach(self, by: Any) -> list[tuple[str, UUID]]:
        update_contact(patient=self.patient(), values={"city": f"Ville {self.draw.randint(1, 99)}"}, by=by)
        return []

    def wish(self, by: Any) -> list[tuple[str, UUID]]:
        patient = self.patient()
        said = Said(said_on=patient.created_at.date(), said_to="Mme Alice Le Bihan", means=Means.ORAL)
        made = record_wish(patient=patient, subject=WishSubject.HOSTING, answer=WishAnswer.AGREED, said=said, by=by)
        return [("patients_wish", made.pk)]

    def register(self, by: Any) -> list[tuple[str, UUID]]:
        """Each once, each to a meeting of its own: both at one is another story (test_merge_late.py)."""
        patient = self.patient()
        with self.room.lock:
            if patient.pk in self.room.registered:
                return []
            self.room.registered.add(patient.pk)
        meetings = Meeting.objects.select_related("board__organisation")
        meeting = meetings.get(pk=self.room.meetings[self.room.patients.index(patient.pk) % 2])
        return [("rcp_case", registered(by, patient, meeting=meeting, case_id=uuid7()).pk)]


class Worker(threading.Thread):
    """The process that merges and parts, one pair after another."""

    def __init__(self, room: Room, seed: str, rounds: int, users: list[Any]) -> None:
        super().__init__()
        self.room, self.rounds, self.users = room, rounds, users
        self.draw = random.Random(seed)

    def run(self) -> None:
        try:
            for _ in range(self.rounds):
                merge_or_part(self.room, self.draw.choice(self.room.doubles), self.draw, self.users)
        except Exception as error:
            self.room.breaks(error)
        finally:
            self.room.over.set()
            connections.close_all()


def merge_or_part(room: Room, double_id: UUID, draw: random.Random, users: list[Any]) -> None:
    double = Double.objects.using(OWNER).get(pk=double_id)
    if double.status == DoubleStatus.MERGED:
        room.say(f"part: {_carried(room, _to_part(double), draw)}")
    else:
        room.say(f"merge: {_carried(room, _to_merge(double, users), draw)}")
    with as_worker({REGION}), transaction.atomic():
        room.done["rows that came late"] += follow_late_rows()


def _to_merge(double: Double, users: list[Any]) -> Double:
    """As somebody of the cell would have it ordered."""
    pair = Patient.objects.using(OWNER).in_bulk([double.first_id, double.second_id])
    chosen = survivor_of(pair[double.first_id], pair[double.second_id])
    with transaction.atomic(using=OWNER):
        Double.objects.using(OWNER).filter(pk=double.pk).update(status=DoubleStatus.MERGING)
        Merge(
            region_id=REGION, double_id=double.pk, kept_id=chosen.kept.pk, lost_id=chosen.lost.pk, rule=chosen.why,
            reason="Épreuve", asked_by_id=users[0].pk,
        ).save(using=OWNER)  # fmt: skip
    return double


def _to_part(double: Double) -> Double:
    Double.objects.using(OWNER).filter(pk=double.pk).update(status=DoubleStatus.UNDOING)
    return double


def _carried(room: Room, double: Double, draw: random.Random) -> str:
    """Carry out what was ordered, allocating a few times what belongs to neither; the state the pair comes to."""
    for attempt in range(ALLOCATIONS):
        merge = _swept(room, double)
        if merge is None or double.status != DoubleStatus.MERGED or not merge.unallocated or attempt + 1 == ALLOCATIONS:
            break  # people go on writing: what is new meanwhile waits for another day
        for one in merge.unallocated:
            one["to"] = one["to"] or draw.choice([KEPT, LOST])
        Merge.objects.using(OWNER).filter(pk=merge.pk).update(unallocated=merge.unallocated)
        _to_part(double)
    return str(double.status)


def _swept(room: Room, double: Double) -> Merge | None:
    """As the sweep does: what somebody wrote in at that very moment is tried again."""
    while True:
        try:
            with as_worker({REGION}):
                merge = carry_out_one(double.pk)
        except Miscounted:
            room.done["counted again"] += 1
        else:
            double.refresh_from_db(using=OWNER)
            return merge


def settle(room: Room, draw: random.Random) -> None:
    """Everybody went home: what is merged is swept, looked at, then parted."""
    with as_worker({REGION}), transaction.atomic():
        follow_late_rows()
    room.broken += left_behind(room)
    room.broken += missing(room)
    room.broken += torn(room)
    for double in Double.objects.using(OWNER).filter(pk__in=room.doubles, status=DoubleStatus.MERGED):
        if (state := _carried(room, _to_part(double), draw)) != DoubleStatus.UNDONE:
            why = Merge.objects.using(OWNER).filter(double_id=double.pk).latest("asked_at").obstacles
            room.broken.append(f"a merge does not come apart: {state} {why}")
    room.broken += missing(room)
    room.broken += torn(room)
    room.broken += elsewhere(room)


def owners(room: Room) -> dict[str, dict[str, UUID]]:
    """Whose each row of these files is, by table."""
    found: dict[str, dict[str, UUID]] = {}
    with connections[OWNER].cursor() as cursor:
        for table in file_tables():
            cursor.execute(
                f'SELECT id::text, patient_id FROM "{table.name}" WHERE patient_id = ANY (%s)', [room.patients]
            )
            found[table.name] = dict(cursor.fetchall())
    return found


def left_behind(room: Room) -> list[str]:
    """Rows on a merged identity, but for what exists once a patient and the survivor has its own of."""
    found = []
    now = owners(room)
    for merge in Merge.objects.using(OWNER).filter(double_id__in=room.doubles, done_at__isnull=False, undone_at=None):
        kept = {
            one.table_name: set(one.left) for one in MergedTable.objects.using(OWNER).filter(merge_id=merge.pk)
        }  # fmt: skip
        for table, rows in now.items():
            stray = {row for row, patient in rows.items() if patient == merge.lost_id} - kept[table]
            found += [f"{table} {row} is left on a merged identity" for row in stray]
    return found


def missing(room: Room) -> list[str]:
    """What somebody was told is done, and is not there, once, in the files of one pair."""
    now = owners(room)
    return [f"{table} {key} is lost" for table, key in room.told if str(key) not in now[table]]


def torn(room: Room) -> list[str]:
    """Rows whose parent is in the file of another patient."""
    found = []
    with connections[OWNER].cursor() as cursor:
        for child, link, parent in (
            ("rcp_sheet", "case_id", "rcp_case"), ("rcp_answer", "sheet_id", "rcp_sheet"),
            ("rcp_answerevent", "sheet_id", "rcp_sheet"), ("rcp_correspondent", "case_id", "rcp_case"),
            ("patients_content", "owner_id", "patients_receiveddocument"), ("rcp_case", "information_id",
            "patients_information"),
        ):  # fmt: skip
            cursor.execute(
                f"SELECT c.id::text FROM {child} c JOIN {parent} p ON p.id = c.{link}"
                " WHERE c.patient_id <> p.patient_id AND c.patient_id = ANY (%s)",
                [room.patients],
            )
            found += [f"{child} {row} is not in the file of its {parent}" for (row,) in cursor.fetchall()]
    return found


def elsewhere(room: Room) -> list[str]:
    """All parted: each row that was there at the start is with the patient it was of."""
    now, found = owners(room), []
    for table, rows in room.before.items():
        if table == Access._meta.db_table:
            continue  # registrations open more, and prolong
        found += [f"{table} {row} is elsewhere" for row, patient in rows.items() if now[table].get(row) != patient]
    return found


def played(seed: int, *, pairs: int, people: int, rounds: int, users: list[Any]) -> Room:
    """One schedule; `room.broken` is empty when it held."""
    room, draw = Room(), random.Random(seed)
    furnish(room, pairs=pairs, draw=draw)
    desks = [Person(room, f"{seed}-{rank}") for rank in range(people)]
    worker = Worker(room, f"{seed}-worker", rounds, users)
    for one in (*desks, worker):
        one.start()
    for one in (*desks, worker):
        one.join()
    try:
        settle(room, draw)
    except OperationalError as error:
        room.breaks(error)
    return room
