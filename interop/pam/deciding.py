"""What an event does to the identities: the rules, on a registry. Everything is checked before anything is written.

What is said of a number is kept whatever it says; which of it counts is recomputed from all of it, so a late message
may show that a newer one was about somebody else, or that a merge or a change of number could not be: those are
refused then as they would have been in their turn.
"""

from dataclasses import replace
from datetime import date
from typing import Generic, TypeVar

from interop.hl7v2.profile import Problem
from interop.pam.hearing import Heard, Policy
from interop.pam.outcome import Conflict, ConflictKind, Effect
from interop.pam.person import Identity, identity_of, merged_since
from interop.pam.record import Claim, LocalId, Record, Redirect, RedirectKind, Reliability, Stamp, Statement, Traits
from interop.pam.registry import Registry
from interop.pam.retelling import at, untenable
from interop.pam.said import UNSAID
from interop.pam.unmerging import linked
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
        self.collision: Conflicting | None = None  # the statement is kept and counts for nothing: to be answered so
        self.decided_again: dict[LocalId, frozenset[Stamp]] = {}  # events that count no more, or count again

    def hear_identity(self) -> tuple[Effect, Ref]:
        """A28, A31, visits: traits of one identity; an alias leads to its survivor, a late message overwrites none.

        When it says somebody else than the number was, `collision` is set.
        """
        registry, about, stamp = self._registry, self._heard.identifier, self._heard.statement.stamp
        ref = registry.find(about)
        known = registry.record(about)
        late = known is not None and known.last_event is not None and stamp < known.last_event
        if ref is not None and known is None:
            self._refuse_stranger(ref)
        heard = self._record(about).hearing(self._heard.statement)
        if ref is not None and stamp in heard.collisions:
            self._touch(heard)
            self.collision = self._stop(ConflictKind.COLLISION, about, None, segment="PID", field=5)
            return Effect.REFUSED, self._settle([ref])
        self._retell(about, self._heard.statement)
        ref = registry.find(about)
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
        self._refuse_collision(kept)
        self._refuse_other_redirect(prior, RedirectKind.MERGED)
        if gone is not None and gone != kept:
            self._refuse_two_ins(gone, kept, prior)
        self._retell(kept_id, self._heard.statement, prior)
        gone, kept = registry.find(prior), registry.find(kept_id)
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
            raise self._stop(ConflictKind.IDENTIFIER_TAKEN, new_id, prior, segment="PID", field=3)
        if old is not None and old != new:
            self._refuse_two_ins(old, new, prior)
        self._refuse_collision(new)
        if stamp in self._record(prior).hearing(self._echo()).collisions:
            raise self._stop(ConflictKind.COLLISION, new_id, prior, segment="PID", field=5)
        self._retell(new_id, self._heard.statement, prior)
        self._retell(prior, self._echo(), prior)
        old, new = registry.find(prior), registry.find(new_id)
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
        self._touch(record.hearing(self._echo()) if kind is RedirectKind.RENAMED else record)
        self._break_loop(prior)
        refs = [ref for ref in (kept, twin, gone) if ref is not None]
        if kept is None and twin is None and gone is not None:
            # A survivor never heard of is opened first, so that undoing the merge finds two identities.
            # It has no INS until then: the other still holds it.
            survivor = identity_of([self._record(target)])
            opened = self._registry.create(replace(survivor, ins=None, claims=(), status=Reliability.PROVISIONAL))
            refs = [opened, gone]
        return self._settle(refs)

    def _echo(self) -> Statement:
        """What a change of number says of the new one tells who the former one was: it was no other person."""
        said = self._heard.statement
        return replace(said, traits=replace(said.traits, claim=UNSAID), echo=True)

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

    def _refuse_collision(self, ref: Ref | None) -> None:
        """A number does not become somebody else by the word of a merge."""
        about = self._heard.identifier
        if ref is not None and self._registry.record(about) is None:
            self._refuse_stranger(ref)
        heard = self._record(about).hearing(self._heard.statement)
        if self._heard.statement.stamp in heard.collisions:
            raise self._stop(ConflictKind.COLLISION, about, None, segment="PID", field=5)

    def _retell(self, about: LocalId, statement: Statement, told_of: LocalId | None = None) -> None:
        """Decide again what came before its turn: newer words about somebody else, merges that could not be."""
        before = self._record(about)
        if before.statements and statement.stamp > before.statements[-1].stamp:
            return  # the newest word about a number changes nothing of what came before it
        heard = before.hearing(statement)
        ref = self._registry.find(about)
        if ref is None or heard is before:
            return
        while (found := self._untenable(about, statement, told_of)) is not None:
            self._take_back(*found, about, statement)
        after = self._record(about).hearing(statement)
        changed = before.collisions ^ after.collisions
        if changed:
            self.decided_again[about] = changed
        for stamp in sorted(after.collisions - before.collisions):
            self._dispute(ConflictKind.COLLISION, about, None, at(after, stamp))

    def _untenable(
        self, about: LocalId, statement: Statement, told_of: LocalId | None
    ) -> tuple[LocalId, Redirect, ConflictKind] | None:
        """Find a redirection from or to a number that cannot be with one more word about it."""
        ref = self._registry.find(about)
        if ref is None:
            return None
        known = {record.identifier: record for record in self._registry.records(ref)}
        known[about] = self._record(about).hearing(statement)
        for prior in known.values():
            redirect = prior.redirect
            if redirect is None or about not in (prior.identifier, redirect.target) or redirect.target not in known:
                continue
            if prior.identifier == told_of and redirect.stamp > statement.stamp:
                continue  # told again: it was so from this time on
            if (why := untenable(prior, known[redirect.target])) is not None:
                return prior.identifier, redirect, why
        return None

    def _take_back(
        self, prior: LocalId, redirect: Redirect, why: ConflictKind, about: LocalId, statement: Statement
    ) -> None:
        """Refuse a merge or a change of number now, and part the two unless something else makes them one."""
        registry, target = self._registry, redirect.target
        ref = registry.find(target)
        assert ref is not None
        said = at(self._record(target), redirect.stamp)
        self._dispute(why, target, prior if why is ConflictKind.IDENTIFIER_TAKEN else None, said)
        echoes = {one.stamp for one in self._record(prior).statements if one.echo and one.stamp > redirect.stamp}
        refused = frozenset({redirect.stamp} | echoes)  # told again later, it is refused again
        kept_apart = [self._record(prior).leading_to(None).refusing(refused), self._record(target).refusing(refused)]
        for record in kept_apart:
            registry.attach(ref, record)
        records = {record.identifier: record for record in registry.records(ref)}
        trial = records | {about: records[about].hearing(statement)}
        renamed = redirect.kind is RedirectKind.RENAMED and records[prior].standing
        leaver, stayer = (target, prior) if renamed else (prior, target)
        leaving = linked(trial.values(), leaver)
        if stayer not in leaving:
            registry.part(ref, leaving, prior=prior)
        for each in dict.fromkeys(registry.find(number) for number in (prior, target)):
            if each is not None:
                registry.update(each, identity_of(registry.records(each)))

    def _dispute(self, kind: ConflictKind, about: LocalId, other: LocalId | None, said: Traits | None) -> None:
        self.conflicts.append(Conflict(kind=kind, about=about, other=other, said=said))

    def _stop(
        self, kind: ConflictKind, about: LocalId, other: LocalId | None, *, segment: str, field: int
    ) -> Conflicting:
        return Conflicting(self._conflict(kind, about, other), segment=segment, field=field)

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
            raise self._stop(ConflictKind.COLLISION, self._heard.identifier, None, segment="PID", field=5)

    def _refuse_other_redirect(self, prior: LocalId, kind: RedirectKind) -> None:
        redirect = self._record(prior).redirect
        if redirect is None or (redirect.target == self._heard.identifier and redirect.kind is kind):
            return
        if self._registry.find(prior) != self._registry.find(self._heard.identifier):
            raise self._stop(ConflictKind.ALREADY_REDIRECTED, prior, redirect.target, segment="MRG", field=1)

    def _refuse_two_ins(self, gone: Ref, kept: Ref | None, prior: LocalId) -> None:
        claim = self._heard.statement.traits.claim
        ours = {claim.ins} if isinstance(claim, Claim) else set()
        lost = self._identity(gone)
        if kept is not None:
            survivor = self._identity(kept)
            ours |= {held.ins for held in survivor.claims} if survivor.ins or ours else set()
        theirs = {held.ins for held in lost.claims} if lost.ins else set()
        if ours and theirs and not ours & theirs:
            raise self._stop(ConflictKind.TWO_INS, prior, self._heard.identifier, segment="MRG", field=1)

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
        agrees = agrees and not self._said_of_another(claim, ref)
        if agrees and (ref is None or self._policy.join_qualified) and self._may_join(other, ref, also):
            return statement
        identifiers = self._identity(other).identifiers
        other_number = identifiers[0] if identifiers else None
        self.conflicts.append(self._conflict(ConflictKind.SAME_INS, self._heard.identifier, other_number))
        return replace(statement, traits=replace(statement.traits, claim=UNSAID), disputed=True)

    def _said_of_another(self, claim: Claim, ref: Ref | None) -> bool:
        """A number merged away joins its survivor to nobody, unless the INS it says is said with their traits."""
        if ref is None:
            return False
        records = {record.identifier: record for record in self._registry.records(ref)}
        if merged_since(self._heard.identifier, records) is None:
            return False
        strict = identity_of(records.values()).strict
        return strict is None or not strict.agrees_with(claim.traits)

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
