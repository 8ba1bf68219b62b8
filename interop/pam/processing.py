"""Processes the messages of a feed: read, recognise replays, decide, answer. Pure: clock and registry are given."""

from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Generic, TypeVar

from interop.hl7v2.ack import build_ack, build_unreadable_ack
from interop.hl7v2.profile import Problem
from interop.hl7v2.reader import MalformedMessage, Message, parse
from interop.pam.datatypes import HOME
from interop.pam.deciding import Conflicting, Decision
from interop.pam.hearing import Heard, Policy, hear, hear_prior
from interop.pam.message import AdtMessage, AdtRefused, read_adt
from interop.pam.outcome import Answer, Conflict, ConflictKind, Effect, MessageKey, Outcome
from interop.pam.record import Claim, LocalId, Stamp
from interop.pam.registry import Named, Registry, RegistryUnavailable
from interop.pam.triggers import Family
from interop.pam.visits import Movement, VisitRecord, read_movement
from interop.terminologies.hl7v2 import AckCode, ErrorCode
from patients.identity.ins import Platform

Ref = TypeVar("Ref")


def process(raw: bytes, *, registry: Registry[Ref], policy: Policy, now: datetime) -> Outcome[Ref]:
    """Apply a message once and give its answer: AA done, AE refused as it is (reasons in French), AR try again.

    A message already answered (same sender and MSH-10, same content) gets the same bytes and changes nothing; another
    content under the same MSH-10 is refused. The acknowledgement's id derives from the message.
    """
    control_id = f"ACK{sha256(raw).hexdigest()[:16].upper()}"
    try:
        message = parse(raw)
    except MalformedMessage:
        problem = Problem(segment="MSH", code=ErrorCode.SEGMENT_SEQUENCE, text="message illisible")
        ack = build_unreadable_ack(control_id=control_id, now=now, problem=problem)
        return Outcome(effect=Effect.REFUSED, code=AckCode.ERROR, ack=ack)
    try:
        return _Exchange(message, registry, policy, now, control_id).outcome()
    except RegistryUnavailable:
        return postponed(raw, now=now)


def postponed(raw: bytes, *, now: datetime) -> Outcome[Ref]:
    """Ask to send a message again (AR): nothing of it was kept, the store cannot work now."""
    problem = Problem(
        segment="MSH", code=ErrorCode.APPLICATION, text="enregistrement momentanément impossible, à renvoyer"
    )
    control_id = f"ACK{sha256(raw).hexdigest()[:16].upper()}"
    ack = build_ack(parse(raw), code=AckCode.REJECTED, control_id=control_id, now=now, problems=[problem])
    return Outcome(effect=Effect.REFUSED, code=AckCode.REJECTED, ack=ack)


class _Exchange(Generic[Ref]):
    """One message and its answer."""

    def __init__(
        self, message: Message, registry: Registry[Ref], policy: Policy, now: datetime, control_id: str
    ) -> None:
        self._message = message
        self._registry = registry
        self._policy = policy
        self._now = now
        self._control_id = control_id

    def outcome(self) -> Outcome[Ref]:
        msh = self._message.msh
        key = MessageKey(application=msh.value(3), facility=msh.value(4), control_id=msh.value(10))
        digest = sha256(b"\r".join(segment.raw for segment in self._message.segments[1:])).hexdigest()
        previous = self._registry.answer_to(key) if key.control_id else None
        if previous is not None and previous.digest == digest:
            return Outcome(effect=Effect.REPLAYED, code=previous.code, ack=previous.ack)
        if previous is not None:
            return self._refused([_problem("MSH", 10, ErrorCode.OTHER, _REUSED)])
        try:
            outcome = self._applied(read_adt(self._message))
        except AdtRefused as refusal:
            outcome = self._refused(refusal.problems)
        except Conflicting as stop:
            self._registry.report(stop.conflict)
            outcome = self._refused([stop.problem], (stop.conflict,))
        if key.control_id:
            self._registry.remember(key, Answer(digest=digest, ack=outcome.ack, code=outcome.code))
        return outcome

    def _applied(self, adt: AdtMessage) -> Outcome[Ref]:
        self._check_context(adt)
        if adt.trigger.family is Family.NOTED:
            return self._accepted(Effect.NOTED, None, adt.alerts)
        heard = hear(adt, policy=self._policy, today=self._now.astimezone(HOME).date())
        prior = self._prior(adt, heard) if adt.trigger.family in (Family.MERGE, Family.CHANGE) else None
        visit = read_movement(adt, heard.identifier, self._policy) if adt.trigger.family is Family.VISIT else None
        claim = heard.statement.traits.claim
        self._registry.hold(
            Named(
                numbers=(heard.identifier,) if prior is None else (heard.identifier, prior),
                ins=claim.ins if isinstance(claim, Claim) else None,
                visit=visit[0] if visit else None,
            )
        )
        decision = Decision(self._registry, self._policy, heard)
        if prior is None:
            effect, ref = decision.hear_identity()
        elif adt.trigger.family is Family.MERGE:
            effect, ref = decision.merge(prior)
        else:
            effect, ref = decision.change_identifier(prior)
        alerts = list(heard.alerts)
        for number, stamps in decision.decided_again.items():
            self._set_aside(number, stamps)
        if visit is not None:
            self._visit(*visit, heard, ref, decision)
        if decision.collision is not None:
            raise decision.collision
        for conflict in decision.conflicts:
            self._registry.report(conflict)
            alerts.append(conflict.sentence)
        if decision.identity is not None and decision.identity.missing:
            alerts.append(f"identité incomplète, en attente\u00a0: {', '.join(decision.identity.missing)}")
        outcome = self._accepted(effect, ref, tuple(alerts), tuple(decision.conflicts))
        return replace(outcome, identity=decision.identity)

    def _check_context(self, adt: AdtMessage) -> None:
        problems = []
        if self._policy.platform is Platform.PRODUCTION and self._message.msh.value(11) != "P":
            problems.append(
                _problem("MSH", 11, ErrorCode.PROCESSING_ID, "message de test ou de mise au point refusé en production")
            )
        if adt.recorded_at.at > self._now + timedelta(seconds=self._policy.clock_tolerance_seconds):
            # Accepted, it would be the newest for years and no true update would pass it.
            problems.append(_problem("EVN", 2, ErrorCode.DATA_TYPE, "date de l’événement dans le futur"))
        if problems:
            raise AdtRefused(problems)

    def _prior(self, adt: AdtMessage, heard: Heard) -> LocalId:
        prior = hear_prior(adt, policy=self._policy, authority=heard.identifier.authority)
        if prior == heard.identifier:
            raise AdtRefused([_problem("MRG", 1, ErrorCode.OTHER, "l’IPP qui disparaît est celui qui reste")])
        return prior

    def _visit(self, number: LocalId, movement: Movement, heard: Heard, ref: Ref, decision: Decision[Ref]) -> None:
        visit = self._registry.visit(number) or VisitRecord(number=number)
        if decision.collision is not None:
            movement = replace(movement, aside=True)
        elif visit.patient is not None and self._registry.find(visit.patient) != ref:
            said = heard.statement.traits
            decision.conflicts.append(
                Conflict(kind=ConflictKind.VISIT_OF_ANOTHER, about=heard.identifier, other=visit.patient, said=said)
            )
        self._registry.save_visit(visit.hearing(movement))

    def _set_aside(self, number: LocalId, stamps: frozenset[Stamp]) -> None:
        record = self._registry.record(number)
        collisions = record.collisions if record else frozenset()
        for visit in self._registry.visits_said(number, stamps):
            self._registry.save_visit(visit.setting_aside(number, stamps, collisions))

    def _accepted(
        self, effect: Effect, ref: Ref | None, alerts: tuple[str, ...], conflicts: tuple[Conflict, ...] = ()
    ) -> Outcome[Ref]:
        ack = build_ack(self._message, code=AckCode.ACCEPTED, control_id=self._control_id, now=self._now)
        return Outcome(
            effect=effect,
            code=AckCode.ACCEPTED,
            ack=ack,
            ref=ref,
            alerts=tuple(dict.fromkeys(alerts)),
            conflicts=conflicts,
        )

    def _refused(self, problems: list[Problem], conflicts: tuple[Conflict, ...] = ()) -> Outcome[Ref]:
        ack = build_ack(
            self._message, code=AckCode.ERROR, control_id=self._control_id, now=self._now, problems=problems
        )
        return Outcome(
            effect=Effect.REFUSED,
            code=AckCode.ERROR,
            ack=ack,
            alerts=tuple(f"{problem.segment}-{problem.field} ({problem.code})" for problem in problems),
            conflicts=conflicts,
        )


_REUSED = "identifiant de message déjà employé pour un autre contenu"


def _problem(segment: str, field: int, code: ErrorCode, text: str) -> Problem:
    return Problem(segment=segment, field=field, code=code, text=text)
