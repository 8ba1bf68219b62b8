"""A registry in memory: for tests, for the checking command, and to see what a feed would do before plugging it."""

from dataclasses import dataclass, field

from interop.pam.outcome import Answer, Conflict, MessageKey
from interop.pam.person import Identity
from interop.pam.record import LocalId, Record, Stamp
from interop.pam.registry import Named
from interop.pam.visits import VisitRecord
from patients.identity.ins import Ins


@dataclass(slots=True)
class MemoryRegistry:
    """Identities are numbered from 1; those merged away keep their number in `gone`."""

    answers: dict[MessageKey, Answer] = field(default_factory=dict)
    stored: dict[LocalId, Record] = field(default_factory=dict)
    owners: dict[LocalId, int] = field(default_factory=dict)
    members: dict[int, dict[LocalId, None]] = field(default_factory=dict)
    identities: dict[int, Identity] = field(default_factory=dict)
    holders: dict[Ins, int] = field(default_factory=dict)
    gone: dict[int, int] = field(default_factory=dict)
    visits: dict[LocalId, VisitRecord] = field(default_factory=dict)
    conflicts: list[Conflict] = field(default_factory=list)

    def answer_to(self, key: MessageKey) -> Answer | None:
        return self.answers.get(key)

    def remember(self, key: MessageKey, answer: Answer) -> None:
        self.answers[key] = answer

    def hold(self, named: Named) -> None:
        """Nobody else is there."""

    def record(self, identifier: LocalId) -> Record | None:
        return self.stored.get(identifier)

    def find(self, identifier: LocalId) -> int | None:
        return self.owners.get(identifier)

    def find_by_ins(self, ins: Ins) -> int | None:
        return self.holders.get(ins)

    def records(self, ref: int) -> tuple[Record, ...]:
        return tuple(self.stored[identifier] for identifier in self.members[ref])

    def create(self, identity: Identity) -> int:
        ref = self._next()
        self.members[ref] = {}
        self.update(ref, identity)
        return ref

    def update(self, ref: int, identity: Identity) -> None:
        self.identities[ref] = identity
        for ins in [ins for ins, holder in self.holders.items() if holder == ref]:
            del self.holders[ins]
        for claim in identity.claims:
            self.holders[claim.ins] = ref

    def merge(self, *, gone: int, kept: int) -> None:
        for identifier in self.members.pop(gone):
            self.owners[identifier] = kept
            self.members[kept][identifier] = None
        for ins in [ins for ins, ref in self.holders.items() if ref == gone]:
            self.holders[ins] = kept
        del self.identities[gone]
        self.gone[gone] = kept

    def part(self, ref: int, numbers: frozenset[LocalId], *, prior: LocalId) -> None:
        new = self._next()
        self.members[new] = dict.fromkeys(sorted(numbers))
        for identifier in numbers:
            del self.members[ref][identifier]
            self.owners[identifier] = new
        for each in (ref, new):
            if not any(record.standing for record in self.records(each)):
                self._forget(each)

    def _forget(self, ref: int) -> None:
        for identifier in self.members[ref]:
            del self.owners[identifier]
        self.members[ref] = {}
        self.identities.pop(ref, None)
        self.holders = {ins: holder for ins, holder in self.holders.items() if holder != ref}

    def visits_said(self, number: LocalId, stamps: frozenset[Stamp]) -> tuple[VisitRecord, ...]:
        return tuple(visit for visit in self.visits.values() if visit.says(number, stamps))

    def _next(self) -> int:
        return len(self.members) + len(self.gone) + 1

    def may_join(self, one: int, other: int) -> bool:
        return True

    def attach(self, ref: int, record: Record) -> None:
        self.stored[record.identifier] = record
        self.owners[record.identifier] = ref
        self.members[ref][record.identifier] = None

    def visit(self, number: LocalId) -> VisitRecord | None:
        return self.visits.get(number)

    def save_visit(self, visit: VisitRecord) -> None:
        self.visits[visit.number] = visit

    def report(self, conflict: Conflict) -> None:
        if conflict not in self.conflicts:
            self.conflicts.append(conflict)
