"""What the rules need of whoever keeps the identities; a listener gives it one transaction a message."""

from dataclasses import dataclass
from typing import Protocol, TypeVar

from interop.pam.outcome import Answer, Conflict, MessageKey
from interop.pam.person import Identity
from interop.pam.record import LocalId, Record, Stamp
from interop.pam.visits import VisitRecord
from patients.identity.ins import Ins

Ref = TypeVar("Ref")


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Everything a message designates; whatever it touches is reached from there."""

    numbers: tuple[LocalId, ...]
    ins: Ins | None
    visit: LocalId | None


class RegistryUnavailable(RuntimeError):
    """The store cannot work now; the sender is told to try again (AR)."""


class Registry(Protocol[Ref]):
    """Keeps identities, the records of their identifiers, visits and answers. `Ref` designates one identity.

    Everything done for one message is done or undone together. Two messages that reach one identity are never
    processed at once: `hold` sees to that.
    """

    def answer_to(self, key: MessageKey) -> Answer | None:
        """Give the answer already made to that message."""

    def remember(self, key: MessageKey, answer: Answer) -> None:
        """Keep the answer made to a message."""

    def hold(self, named: Named) -> None:
        """Keep all others from what the message reaches until its end; called once, before anything else is read."""

    def record(self, identifier: LocalId) -> Record | None:
        """Give what was said of an identifier; None when it was only typed by hand, though `find` knows it."""

    def find(self, identifier: LocalId) -> Ref | None:
        """Find the identity that an identifier, in force or alias, leads to."""

    def find_by_ins(self, ins: Ins) -> Ref | None:
        """Find the identity that holds or held an INS."""

    def records(self, ref: Ref) -> tuple[Record, ...]:
        """Give the records of every identifier of an identity, aliases included."""

    def create(self, identity: Identity) -> Ref:
        """Open an identity; when `identity.missing` is not empty it waits, unseen, for the missing traits."""

    def update(self, ref: Ref, identity: Identity) -> None:
        """Replace the traits, status, INS and identifiers of an identity."""

    def merge(self, *, gone: Ref, kept: Ref) -> None:
        """Make one identity of two: the identifiers and files of `gone` lead to `kept`, and it can be undone."""

    def may_join(self, one: Ref, other: Ref) -> bool:
        """Tell whether two identities may become one on the word of their INS alone, without a person looking."""

    def part(self, ref: Ref, numbers: frozenset[LocalId], *, prior: LocalId) -> None:
        """Take numbers out of an identity into one of their own, which is to be updated.

        A redirection of `prior`, refused since, had brought them. A number nothing stands of leads nowhere any more.
        """

    def visits_said(self, number: LocalId, stamps: frozenset[Stamp]) -> tuple[VisitRecord, ...]:
        """Give the visits of which one of these events said a movement."""

    def attach(self, ref: Ref, record: Record) -> None:
        """Store a record, new or changed, under an identity."""

    def visit(self, number: LocalId) -> VisitRecord | None:
        """Give a visit by its number."""

    def save_visit(self, visit: VisitRecord) -> None:
        """Store a visit."""

    def report(self, conflict: Conflict) -> None:
        """Put a conflict on the worklist of the identity-vigilance cell; the same one may be reported again."""
