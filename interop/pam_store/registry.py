"""The registry of the rules over PostgreSQL: reads under lock what a message reaches, gathers what it does.

Nothing is written before `write` (writing.py). Lock order, the same for every message: the numbers and the INS it
names (advisory, sorted), the identities they lead to (rows, by id), their patients (rows, by id). An identity that
changed hands meanwhile is let go and read again.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from dcc.audit.record import Actor
from dcc.lib.ids import uuid7
from interop.pam.outcome import Answer, Conflict, MessageKey
from interop.pam.person import Identity, identity_of
from interop.pam.record import LocalId, Record, Stamp
from interop.pam.registry import Named
from interop.pam.visits import VisitRecord
from interop.pam_store import desk
from interop.pam_store.cluster import Cluster, Known, fed_by, load_numbers
from interop.pam_store.parting import RETOLD, Parted, parted_by
from interop.pam_store.reached import reached_by
from interop.pam_store.source import Source
from interop.pam_store.stays import Stay, collisions_of, load_stay, stays_said
from interop.terminologies.hl7v2 import AckCode
from patients.feed.contacts import contacts_of
from patients.feed.joining import family, locked, with_a_file
from patients.feed.numbers import typed_for
from patients.feed.projection import digest_of
from patients.identity.ins import Ins
from patients.ins_index import ins_hash
from patients.models import Contact, FeedIdentity, FeedMerge, FeedMessage, FeedNumber, Patient, Statement


class ChangedHands(Exception):
    """What a number led to was merged or parted while it was waited for: to be done again from the start."""


class DatabaseRegistry:
    """One message at work; `Ref` is the id of an identity, which is that of its patient."""

    def __init__(self, source: Source, *, by: Actor, now: datetime) -> None:
        self.source, self.by, self.now = source, by, now
        self.clusters: dict[UUID, Cluster] = {}
        self.owners: dict[LocalId, UUID] = {}
        self.touched: dict[UUID, Identity] = {}
        self.merges: list[tuple[UUID, UUID, list[LocalId], LocalId]] = []
        self.parted: list[Parted] = []
        self.carried: set[UUID] = set()  # numbers that a parting took elsewhere
        self.typed: dict[LocalId, UUID] = {}  # numbers that desks typed, and the row each is shown as
        self.visits: dict[LocalId, VisitRecord] = {}
        self.stays: dict[LocalId, Stay] = {}
        self.conflicts: list[Conflict] = []
        self.remembered: tuple[MessageKey, Answer] | None = None
        self._unheard: set[LocalId] = set()
        self._named: tuple[LocalId, ...] = ()
        self._unsaid: dict[LocalId, UUID] = {}  # numbers nothing stands of, and where their rows are
        self._holder: tuple[Ins, UUID | None] | None = None

    # Messages

    def answer_to(self, key: MessageKey) -> Answer | None:
        row = FeedMessage.objects.filter(
            region_id=self.source.region_id, organisation_id=self.source.organisation_id, key=key_of(key)
        ).first()
        return Answer(digest=row.digest, ack=bytes(row.ack), code=AckCode(row.code)) if row else None

    def remember(self, key: MessageKey, answer: Answer) -> None:
        self.remembered = (key, answer)

    # Reading

    def hold(self, named: Named) -> None:
        lock(
            [*(f"number {one.authority} {one.value}" for one in named.numbers)]
            + ([f"ins {named.ins.oid} {named.ins.matricule}"] if named.ins else [])
            + ([f"visit {named.visit.authority} {named.visit.value}"] if named.visit else [])
        )
        self._named = named.numbers
        self._reach(named)

    def record(self, identifier: LocalId) -> Record | None:
        ref = self.owners.get(identifier) or self._unsaid.get(identifier)
        known = self.clusters[ref].numbers.get(identifier) if ref in self.clusters else None
        return known.record if known else None

    def find(self, identifier: LocalId) -> UUID | None:
        if identifier not in self.owners and identifier not in self._unheard:
            row = self._numbers([identifier]).first()  # the patient of a visit, whom the message does not name
            if row is None or identifier in self._unsaid:
                return None
            self.owners[identifier] = root_of(row.identity_id, family([row.identity_id]))
        return self.owners.get(identifier)

    def find_by_ins(self, ins: Ins) -> UUID | None:
        assert self._holder is not None, "only the INS that the message names is looked for"
        assert self._holder[0] == ins
        ref = self._holder[1]
        ref = next((kept for gone, kept, *_ in self.merges if gone == ref), ref)
        return ref if ref is not None and self._holds(ref, ins) else None

    def _holds(self, ref: UUID, ins: Ins) -> bool:
        """The word of a number merged away may hold no INS (identity_of): the survivor is then asked."""
        records = self.clusters[ref].records
        if not any(record.redirect is not None for record in records if any(one.ins == ins for one in record.claims)):
            return True
        return any(claim.ins == ins for claim in identity_of(records).claims)

    def records(self, ref: UUID) -> tuple[Record, ...]:
        return self.clusters[ref].records

    def visit(self, number: LocalId) -> VisitRecord | None:
        stay = load_stay(self.source.region_id, number, aside=self._aside)
        if stay is not None:
            self.stays[number] = stay
        return stay.record if stay else None

    def may_join(self, one: UUID, other: UUID) -> bool:
        """Never when a person parted them; else while nobody cares for one of them here: a person merges two files."""
        undone = FeedMerge.objects.filter(gone__in=(one, other), kept__in=(one, other), undone_at__isnull=False)
        if undone.exclude(undone_why=RETOLD).exists():
            return False
        return len(with_a_file((one, other))) < 2

    # Doing

    def create(self, identity: Identity) -> UUID:
        home = next((self._unsaid[number] for number in self._named if number in self._unsaid), None)
        if home is not None:  # its rows are there, with nothing that stands
            self.touched[home] = identity
            return home
        ref = uuid7()
        self.clusters[ref] = Cluster(region_id=self.source.region_id)
        self.touched[ref] = identity
        return ref

    def update(self, ref: UUID, identity: Identity) -> None:
        self.touched[ref] = identity

    def merge(self, *, gone: UUID, kept: UUID) -> None:
        lost, cluster = self.clusters[gone], self.clusters[kept]
        anchor = next(iter(cluster.numbers), None)
        # A number typed here is not stored as one of a feed yet: it moves all the same.
        typed_there = [number for number in self.typed if self.owners.get(number) == gone]
        numbers = [*typed_there, *(number for number in lost.numbers if number not in typed_there)]
        self.merges.append((gone, kept, numbers, anchor or LocalId(authority="", value="")))
        for identifier in numbers:
            self.owners[identifier] = kept
        cluster.numbers |= lost.numbers
        lost.numbers = {}
        self.touched.pop(gone, None)

    def part(self, ref: UUID, numbers: frozenset[LocalId], *, prior: LocalId) -> None:
        cluster = self.clusters[ref]
        parted = parted_by(cluster.numbers[prior].redirection, ref, cluster, by=self.by)
        self.parted.append(parted)
        self.clusters[parted.ref] = parted.cluster
        for number in numbers:
            known = parted.cluster.numbers[number] = cluster.numbers.pop(number)
            self.owners[number] = parted.ref
            self.carried.add(known.pk)
        for each in (ref, parted.ref):
            self.touched[each] = identity_of(self.clusters[each].records)
            self._lose(each)

    def _lose(self, ref: UUID) -> None:
        """Let numbers of which nothing stands lead nowhere, until something is said of them again."""
        records = self.clusters[ref].records
        if records and not any(record.standing for record in records):
            for record in records:
                self.owners.pop(record.identifier, None)
                self._unsaid[record.identifier] = ref

    def visits_said(self, number: LocalId, stamps: frozenset[Stamp]) -> tuple[VisitRecord, ...]:
        found = sorted(stays_said(self.source.region_id, number, stamps))
        visits = (self.visits.get(one) or self.visit(one) for one in found)
        return tuple(visit for visit in visits if visit is not None and visit.says(number, stamps))

    def _aside(self, number: LocalId) -> frozenset[Stamp]:
        record = self.record(number)
        return record.collisions if record is not None else collisions_of(number)

    def attach(self, ref: UUID, record: Record) -> None:
        cluster = self.clusters[ref]
        home = self._unsaid.pop(record.identifier, None)
        if home is not None and home != ref:
            moving = cluster.numbers[record.identifier] = self.clusters[home].numbers.pop(record.identifier)
            self.carried.add(moving.pk)
        known = cluster.numbers.get(record.identifier)
        if known is None:
            row = self.typed.get(record.identifier) or uuid7()
            known = Known(record=record, region_id=self.source.region_id, identifier=row)
            cluster.numbers[record.identifier] = known
        known.record = record
        self.owners[record.identifier] = ref

    def save_visit(self, visit: VisitRecord) -> None:
        self.visits[visit.number] = visit

    def report(self, conflict: Conflict) -> None:
        if conflict not in self.conflicts:
            self.conflicts.append(conflict)

    # Under lock

    def _reach(self, named: Named) -> None:
        """Lock and read everything the message leads to; raise ChangedHands."""
        leading = {LocalId(authority=row.authority, value=row.value): row for row in self._numbers(named.numbers)}
        values = [one.value for one in named.numbers if one not in leading]
        typed = typed_for(self.source.organisation_id, values) if values else {}
        number, holder = self._bearer(named.ins)
        wanted = {row.identity_id for row in leading.values()} | {row.patient_id for row in typed.values()}
        links = family(wanted | {holder} if holder else wanted) if wanted or holder else {}
        reached = wanted | set(links) | ({holder} if holder else set())
        rows = FeedIdentity.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=reached)
        identities = {row.pk: row for row in rows.order_by("pk")}
        patients = locked(reached)
        contacts = contacts_of(patients)
        if {key: patient.merged_into_id for key, patient in patients.items()} != links:
            raise ChangedHands
        unopened = reached - identities.keys()
        if unopened and FeedIdentity.objects.filter(pk__in=unopened).exists():
            raise ChangedHands  # opened by somebody else while its patient was waited for
        numbers = load_numbers(reached)
        loaded = {known.pk: known.identity for group in numbers.values() for known in group}
        expected = {row.pk: row.identity_id for row in leading.values()} | ({number: holder} if number else {})
        if any(loaded.get(key) != identity for key, identity in expected.items()):
            raise ChangedHands
        self._gather(reached, links, identities, patients, contacts, numbers)
        for value, row in typed.items():
            number_typed = LocalId(authority=self.source.authority, value=value)
            self.owners[number_typed], self.typed[number_typed] = root_of(row.patient_id, links), row.pk
        self._unheard = set(named.numbers) - self.owners.keys()
        if named.ins is not None:
            self._holder = named.ins, root_of(holder, links) if holder else None

    def _gather(
        self,
        reached: Iterable[UUID],
        links: dict[UUID, UUID | None],
        identities: dict[UUID, FeedIdentity],
        patients: dict[UUID, Patient],
        contacts: dict[UUID, Contact],
        numbers: dict[UUID, list[Known]],
    ) -> None:
        """Make one cluster of the identities that lead to one: a desk may have merged their patients."""
        for key in reached:
            ref = root_of(key, links)
            cluster = self.clusters.get(ref)
            if cluster is None:
                row, patient = identities.get(ref), patients.get(ref)
                region = row.region_id if row else patient.region_id if patient else self.source.region_id
                shown = bytes(row.shown) if row is not None and row.shown is not None else None
                cluster = Cluster(region_id=region, stored=row is not None, shown=shown, patient=patient)
                cluster.contact = contacts.get(ref)
                self.clusters[ref] = cluster
            for known in numbers.get(key, ()):
                cluster.numbers[known.record.identifier] = known
                self.owners[known.record.identifier] = ref
        for ref, cluster in self.clusters.items():
            self._lose(ref)
            self._hear_the_desk(cluster)

    def _hear_the_desk(self, cluster: Cluster) -> None:
        patient = cluster.patient
        if patient is None or cluster.shown == digest_of(patient, cluster.contact):
            return
        number = desk.number_of(patient)
        known = cluster.numbers.get(number)
        if cluster.shown is None:
            record: Record | None = desk.typed(patient, cluster.contact)
        else:
            identity, said = identity_of(cluster.records), known.record if known else None
            record = desk.changed(patient, fed_by(identity, cluster.records), said, self.now)
            record = desk.reached(cluster.contact, patient, reached_by(identity), record or said, self.now) or record
        if record is not None and known is not None:
            known.record = record
        elif record is not None:
            cluster.numbers[number] = Known(record=record, region_id=patient.region_id)
        self.owners[number] = patient.pk

    def _numbers(self, identifiers: Iterable[LocalId]) -> QuerySet[FeedNumber]:
        """Those of this feed's authority: the only ones a message may name."""
        values = [one.value for one in identifiers if one.authority == self.source.authority]
        return FeedNumber.objects.filter(
            region_id=self.source.region_id, authority=self.source.authority, value__in=values
        )

    def _bearer(self, ins: Ins | None) -> tuple[UUID | None, UUID | None]:
        """Find the number that last said an INS and its identity; else the patient whom a desk gave it."""
        if ins is None:
            return None, None
        hashed = ins_hash(ins.matricule, ins.oid)
        said = Statement.objects.filter(
            traits__region_id__in=self.source.regions, traits__ins_hash=hashed, disputed=False
        )
        row = said.order_by("number_id").values_list("number_id", "number__identity_id").first()
        if row is not None:
            return row
        held = Patient.objects.living_records().filter(region_id__in=self.source.regions, ins_hash=hashed)
        return None, held.values_list("pk", flat=True).first()


def root_of(key: UUID, links: dict[UUID, UUID | None]) -> UUID:
    """Follow where patients lead, from one merged away to the one that is left."""
    while (into := links.get(key)) is not None:
        key = into
    return key


def key_of(key: MessageKey) -> bytes:
    """Digest what makes a message the same as another: it may be of any length."""
    return hashlib.sha256("\x1f".join((key.application, key.facility, key.control_id)).encode()).digest()


def lock(names: list[str]) -> None:
    """Wait for whoever else is at work on one of these, in an order that is everybody's."""
    keys = sorted(
        {int.from_bytes(hashlib.sha256(f"dcc feed {name}".encode()).digest()[:8], signed=True) for name in names}
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(key) FROM unnest(%s::bigint[]) key", [keys])
