"""What an event does to the identities: the rules, on a registry. Everything is checked before anything is written."""

from dataclasses import replace
from datetime import date
from typing import Generic, TypeVar

from interop.hl7v2.profile import Problem
from interop.pam.hearing import Heard, Policy
from interop.pam.outcome import Conflict, ConflictKind, Effect
from interop.pam.person import Identity, identity_of
from interop.pam.record import Claim, LocalId, Record, Redirect, RedirectKind, Reliability, Statement
from interop.pam.registry import Registry
from interop.pam.said import UNSAID
from interop.terminologies.hl7v2 import ErrorCode
from patients.identity.names import comparison_key

Ref = TypeVar("Ref")


class Conflicting(Exception):
    """The event is understood and not applied: a person must decide."""

    def __init__(self, conflict: Conflict, segment: str, field: int) -> None:
        super().__init__(conflict.kind)
        self.conflict = conflict
        self.problem = Problem(segment=segment, field=field, code=ErrorCode.APPLICATION, text=conflict.sentence)


class Decision(Generic[Ref]):
    """Applies one event: what it touches is gathered here, then written at once by `settle`."""

    def __init__(self, registry: Registry[Ref], policy: Policy, heard: Heard) -> None:
        self._registry = registry
        self._policy = policy
        self._heard = heard
        self._touched: dict[LocalId, Record] = {}
        self.conflicts: list[Conflict] = []
        self.identity: Identity | None = None

    def hear_identity(self) -> tuple[Effect, Ref]:
        """A28, A31, visits: traits of one identity; an alias leads to its survivor, a late message overwrites none."""
        registry, about, stamp = self._registry, self._heard.identifier, self._heard.statement.stamp
        ref = registry.find(about)
        known = registry.record(about)
        late = known is not None and known.last_event is not None and stamp < known.last_event
        if ref is not None:
            self._refuse_collision(ref)
        statement = self._undisputed(ref)
        self._touch(self._record(about).hearing(statement))
        twin = self._same_ins(statement, ref)
        if ref is None and twin is not None:
            return Effect.ATTACHED, self._settle([twin])
        if ref is None:
            return Effect.CREATED, self._settle([])
        if twin is not None:
            return Effect.MERGED, self._settle([twin, ref])
        return Effect.LATE if late else Effect.UPDATED, self._settle([ref])

    def merge(self, prior: LocalId) -> tuple[Effect, Ref]:
        """A40: `prior` disappears into the identity of the PID, which is opened if it is unknown."""
        registry, kept_id = self._registry, self._heard.identifier
        gone, kept = registry.find(prior), registry.find(kept_id)
        if kept is not None:
            self._refuse_collision(kept)
        self._refuse_other_redirect(prior, RedirectKind.MERGED)
        if gone is not None and gone != kept:
            self._refuse_two_ins(gone, kept, prior)
        statement = self._undisputed(kept, also=gone)
        self._touch(self._record(kept_id).hearing(statement))
        twin = self._same_ins(statement, kept, also=gone)
        return Effect.MERGED, self._redirect(prior, RedirectKind.MERGED, kept, twin, gone)

    def change_identifier(self, prior: LocalId) -> tuple[Effect, Ref]:
        """A47: the same person, whose IPP `prior` becomes that of the PID; one already in use is a conflict."""
        registry, new_id, stamp = self._registry, self._heard.identifier, self._heard.statement.stamp
        old, new = registry.find(prior), registry.find(new_id)
        self._refuse_other_redirect(prior, RedirectKind.RENAMED)
        first = self._record(new_id).first_event
        if self._record(prior).redirect is None and first is not None and first < stamp:
            # Even when both numbers are already one person: the answer must not depend on which message came first.
            raise Conflicting(self._conflict(ConflictKind.IDENTIFIER_TAKEN, new_id, prior), segment="PID", field=3)
        if old is not None and old != new:
            self._refuse_two_ins(old, new, prior)
        if (known := new if new is not None else old) is not None:
            self._refuse_collision(known)
        statement = self._undisputed(new, also=old)
        self._touch(self._record(new_id).hearing(statement))
        twin = self._same_ins(statement, new, also=old)
        if new is None and old is not None:
            new, old = old, None  # the same file goes on under its new number
        return Effect.RENAMED, self._redirect(prior, RedirectKind.RENAMED, new, twin, old)

    def _redirect(
        self, prior: LocalId, kind: RedirectKind, kept: Ref | None, twin: Ref | None, gone: Ref | None
    ) -> Ref:
        target, stamp = self._heard.identifier, self._heard.statement.stamp
        record = self._record(prior)
        if record.redirect is None or stamp < record.redirect.stamp:  # told twice: it was so from the first time
            record = record.leading_to(Redirect(target=target, kind=kind, stamp=stamp))
        self._touch(record)
        self._break_loop(prior)
        refs = [ref for ref in (kept, twin, gone) if ref is not None]
        if kept is None and twin is None and gone is not None:
            # A survivor never heard of is opened first, so that undoing the merge finds two identities.
            # It has no INS until then: the other still holds it.
            survivor = identity_of([self._record(target)])
            opened = self._registry.create(replace(survivor, ins=None, claims=(), status=Reliability.PROVISIONAL))
            refs = [opened, gone]
        return self._settle(refs)

    def _settle(self, refs: list[Ref]) -> Ref:
        """Make one identity of the first one and the others, with every record touched; open it if there is none."""
        registry = self._registry
        distinct = list(dict.fromkeys(refs))
        records = {record.identifier: record for ref in distinct for record in registry.records(ref)}
        records |= self._touched
        self.identity = identity = identity_of(records.values())
        if not distinct:
            distinct = [registry.create(identity)]
        kept, *others = distinct
        for other in others:
            registry.merge(gone=other, kept=kept)
        for record in self._touched.values():
            registry.attach(kept, record)
        registry.update(kept, identity)
        return kept

    def _touch(self, record: Record) -> None:
        self._touched[record.identifier] = record

    def _record(self, identifier: LocalId) -> Record:
        touched = self._touched.get(identifier)
        return touched or self._registry.record(identifier) or Record(identifier=identifier)

    def _identity(self, ref: Ref) -> Identity:
        return identity_of(self._registry.records(ref))

    def _refuse_collision(self, ref: Ref) -> None:
        """A checked identity does not become, in one message, someone with another name, given name and birth date."""
        about, said = self._heard.identifier, self._heard.statement
        if self._registry.record(about) is None and self._registry.find(about) == ref:
            self._refuse_stranger(ref)
        records = [record for record in self._registry.records(ref) if record.identifier.authority == about.authority]
        heard = [record.last_event for record in records if record.last_event is not None]
        known = identity_of(records)
        if not heard or said.stamp < max(heard) or known.status == Reliability.PROVISIONAL:
            return
        names = ("birth_name", "first_given_name", "birth_date")
        if all(getattr(said.traits, name) not in (UNSAID, getattr(known, name)) for name in names):
            raise Conflicting(self._conflict(ConflictKind.COLLISION, about, None), segment="PID", field=5)

    def _refuse_stranger(self, ref: Ref) -> None:
        """A number typed by hand is somebody's word only: the first message about it must be of the same person."""
        known, traits = self._identity(ref), self._heard.statement.traits
        said = [
            (traits.birth_name, known.birth_name),
            (traits.first_given_name, known.first_given_name),
        ]
        differences = [comparison_key(new) != comparison_key(old) for new, old in said if isinstance(new, str) and old]
        if isinstance(traits.birth_date, date) and known.birth_date:
            differences.append(traits.birth_date != known.birth_date)
        if sum(differences) >= 2:
            conflict = self._conflict(ConflictKind.COLLISION, self._heard.identifier, None)
            raise Conflicting(conflict, segment="PID", field=5)

    def _refuse_other_redirect(self, prior: LocalId, kind: RedirectKind) -> None:
        redirect = self._record(prior).redirect
        if redirect is None or (redirect.target == self._heard.identifier and redirect.kind is kind):
            return
        if self._registry.find(prior) != self._registry.find(self._heard.identifier):
            conflict = self._conflict(ConflictKind.ALREADY_REDIRECTED, prior, redirect.target)
            raise Conflicting(conflict, segment="MRG", field=1)

    def _refuse_two_ins(self, gone: Ref, kept: Ref | None, prior: LocalId) -> None:
        claim = self._heard.statement.traits.claim
        ours = {claim.ins} if isinstance(claim, Claim) else set()
        lost = self._identity(gone)
        if kept is not None:
            survivor = self._identity(kept)
            ours |= {held.ins for held in survivor.claims} if survivor.ins or ours else set()
        theirs = {held.ins for held in lost.claims} if lost.ins else set()
        if ours and theirs and not ours & theirs:
            conflict = self._conflict(ConflictKind.TWO_INS, prior, self._heard.identifier)
            raise Conflicting(conflict, segment="MRG", field=1)

    def _conflict(self, kind: ConflictKind, about: LocalId, other: LocalId | None) -> Conflict:
        return Conflict(kind=kind, about=about, other=other, said=self._heard.statement.traits)

    def _holder_of(self, claim: Claim) -> tuple[Ref | None, bool]:
        """Find the identity that holds an INS, and whether it holds it with the same traits."""
        ref = self._registry.find_by_ins(claim.ins)
        if ref is None:
            return None, True
        held = (known for record in self._registry.records(ref) for known in record.claims if known.ins == claim.ins)
        return ref, any(known.traits.agrees_with(claim.traits) for known in held)

    def _undisputed(self, ref: Ref | None, also: Ref | None = None) -> Statement:
        """Give the statement, without its INS when that belongs to another identity it may not join."""
        statement, claim = self._heard.statement, self._heard.statement.traits.claim
        if not isinstance(claim, Claim):
            return statement
        other, agrees = self._holder_of(claim)
        if other is None or other in (ref, also):
            return statement
        if agrees and (ref is None or self._policy.join_qualified) and self._may_join(other, ref, also):
            return statement
        identifiers = self._identity(other).identifiers
        other_number = identifiers[0] if identifiers else None
        self.conflicts.append(self._conflict(ConflictKind.SAME_INS, self._heard.identifier, other_number))
        return replace(statement, traits=replace(statement.traits, claim=UNSAID), disputed=True)

    def _may_join(self, other: Ref, *refs: Ref | None) -> bool:
        return all(self._registry.may_join(ref, other) for ref in refs if ref is not None)

    def _same_ins(self, statement: Statement, ref: Ref | None, also: Ref | None = None) -> Ref | None:
        """Give another identity that the qualified INS of the statement makes one with this one."""
        claim = statement.traits.claim
        if not isinstance(claim, Claim):
            return None
        other = self._registry.find_by_ins(claim.ins)
        return None if other is None or other in (ref, also) else other

    def _break_loop(self, start: LocalId) -> None:
        """Follow the redirections from an identifier; if they come back to it, the oldest of them is dropped."""
        path = [start]
        while (redirect := self._record(path[-1]).redirect) is not None and redirect.target != start:
            path.append(redirect.target)
        if redirect is None:
            return
        oldest = min(path, key=lambda identifier: self._record(identifier).redirect.stamp)  # type: ignore[union-attr]
        self._touch(self._record(oldest).leading_to(None))
