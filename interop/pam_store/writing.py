"""Writes at once what one message did: the message, the statements, where numbers lead, and the patients they show.

Keys between the tables are checked at commit, so rows go in the order that reads best.
"""

from typing import Any
from uuid import UUID

from dcc.audit.record import record
from dcc.lib.crypto import encrypt
from dcc.lib.ids import uuid7
from dcc.master_keys import keyring
from interop.hl7v2.reader import MalformedMessage, parse
from interop.pam.outcome import Conflict, ConflictKind, Outcome
from interop.pam.person import Identity
from interop.pam.record import Claim, LocalId, Redirect
from interop.pam.record import Statement as Said
from interop.pam.visits import VisitRecord
from interop.pam_store.cluster import Cluster, Known, fed_by, sealed
from interop.pam_store.merging import ask_for_files, led_here, write_merges, write_renumberings
from interop.pam_store.parting import RETOLD
from interop.pam_store.reached import reached_by
from interop.pam_store.registry import DatabaseRegistry, key_of
from interop.pam_store.source import DESK
from interop.pam_store.stays import follow, write_visit
from interop.pam_store.wire import ECHO, REFUSED, clean, digest_of, evidence, traits_to_json
from patients.events import PatientEvent
from patients.feed import projection
from patients.feed.conflicts import report
from patients.feed.contacts import show_contact
from patients.feed.joining import doubt
from patients.feed.numbers import ShownNumber, hide_numbers, show_numbers
from patients.feed.proposing import withdraw_demand
from patients.feed.sealing import message_context
from patients.ins_index import ins_hash
from patients.models import (
    FeedIdentity,
    FeedMerge,
    FeedMergeKind,
    FeedMessage,
    FeedNumber,
    FeedTraits,
    Redirection,
    Statement,
)


def write(registry: DatabaseRegistry, raw: bytes, outcome: Outcome[UUID]) -> None:
    """Store a message, its answer and everything it did; what was answered before, or is unreadable, leaves nothing."""
    message = _message(registry, raw, outcome)
    if message is None:
        return
    ended: list[LocalId] = []
    for parting in registry.parted:
        if not parting.cluster.stored:
            write_identity(parting.ref, parting.cluster)
        if parting.merge is not None:
            FeedMerge.objects.filter(pk=parting.merge).update(
                undone_at=registry.now, undone_by=registry.by.display_name, undone_why=RETOLD
            )
    moved, new = _write_numbers(registry)
    for _, cluster in _touched(registry):
        for known in cluster.numbers.values():
            write_statements(known, message)
        ended += write_redirections(cluster, message, registry)
    for gone in write_merges(registry, moved, message):
        write_identity(gone, registry.clusters[gone])
    write_renumberings(registry, ended, message)
    astray = [_write_visit(registry, visit, message) for visit in registry.visits.values()]
    renumbered = bool(moved or ended or new or registry.parted)
    for ref, cluster in _touched(registry):
        show(registry, ref, registry.touched[ref], renumbered=renumbered)
        if registry.touched[ref].missing and cluster.patient is not None and registry.parted:
            doubt(cluster.patient)  # its required traits were those of a number that left
        write_identity(ref, cluster)
    for parting in registry.parted:
        _hide_numbers(registry, parting.cluster)
        files = [registry.clusters[ref].patient for ref in (parting.kept, parting.ref)]
        if files[0] is not None and files[1] is not None:
            withdraw_demand(first=files[0], second=files[1], by=registry.by)
    for whose in astray:
        if whose is not None:
            follow_visits(whose)
    for conflict in registry.conflicts:
        report_conflict(registry, conflict, message)


def write_statements(known: Known, message: FeedMessage | None) -> None:
    """Insert what is new of a number, and what counts no more or again; traits said already are not stored again."""
    rows = []
    for statement in known.record.statements:
        stamp = statement.stamp
        standing = (statement.disputed or statement.refused or stamp in known.record.collisions, statement.refused)
        if stamp not in known.stamps:
            rows.append(
                Statement(
                    region_id=known.region_id,
                    number_id=known.pk,
                    traits_id=_write_traits(known, statement),
                    message=message if known.record.identifier.authority != DESK else None,
                    recorded_at=stamp.recorded_at,
                    sent_at=stamp.sent_at,
                    control_id=stamp.control_id,
                    disputed=standing[0],
                )
            )
        elif known.stamps[stamp] != standing:
            which = {"recorded_at": stamp.recorded_at, "sent_at": stamp.sent_at, "control_id": stamp.control_id}
            changed: dict[str, Any] = {"disputed": standing[0]}
            if known.stamps[stamp][1] != standing[1]:
                changed["traits_id"] = _write_traits(known, statement)
            Statement.objects.filter(number_id=known.pk, **which).update(**changed)
        known.stamps[stamp] = standing
    Statement.objects.bulk_create(rows)


def _write_traits(known: Known, statement: Said) -> UUID:
    said, claim = traits_to_json(statement.traits), statement.traits.claim
    said |= {mark: True for mark, holds in ((REFUSED, statement.refused), (ECHO, statement.echo)) if holds}
    hashed = ins_hash(claim.ins.matricule, claim.ins.oid) if isinstance(claim, Claim) else b""
    digest = digest_of(said, hashed)
    key = known.traits.get(digest)
    if key is None:
        key = known.traits[digest] = uuid7()
        ins: dict[str, Any] = {}
        if isinstance(claim, Claim):
            ins = {"ins_sealed": sealed(claim.ins, key), "ins_hash": hashed, "ins_oid": claim.ins.oid}
        FeedTraits.objects.create(
            id=key, region_id=known.region_id, number_id=known.pk, digest=digest, said=said, **ins
        )
    return key


def write_redirections(cluster: Cluster, message: FeedMessage | None, registry: DatabaseRegistry) -> list[LocalId]:
    """End the redirections that are no longer, insert the new ones; give the numbers of both."""
    changed = [one for one in cluster.numbers.values() if one.record.redirect != one.redirect]
    for known in changed:
        if known.redirection is not None:
            ended = Redirection.objects.filter(pk=known.redirection, ended_at__isnull=True).update(
                ended_at=registry.now
            )
            assert ended == 1, "a redirection in force that was read under lock"
        known.redirect = redirect = known.record.redirect
        known.redirection = _insert_redirection(known, cluster, redirect, message) if redirect else None
    return [known.record.identifier for known in changed]


def show(registry: DatabaseRegistry, ref: UUID, identity: Identity, *, renumbered: bool) -> None:
    """Write on the patient who the numbers say they are, once the required traits are said."""
    cluster = registry.clusters[ref]
    if identity.missing:
        if renumbered:
            follow_visits(cluster)
        return
    fed = fed_by(identity, cluster.records)
    shown = projection.show(
        fed,
        patient=cluster.patient,
        at={"id": ref, "region_id": cluster.region_id},
        by=registry.by,
        source_name=registry.source.name,
    )
    cluster.patient = shown.patient
    cluster.contact = show_contact(
        reached_by(identity), patient=shown.patient, contact=cluster.contact, by=registry.by,
        source_name=registry.source.name,
    )  # fmt: skip
    if shown.holder is not None and not led_here(shown.holder, ref):
        other = next((number for number in cluster.numbers if number.authority != DESK), None)
        if other is not None:
            registry.report(Conflict(kind=ConflictKind.SAME_INS, about=other, other=None))
    if renumbered or shown.created:
        _show_numbers(cluster)
        follow_visits(cluster)


def follow_visits(cluster: Cluster) -> None:
    """Give the visits of its numbers to the patient of a cluster."""
    patient = cluster.patient
    follow(
        [known.pk for known in cluster.numbers.values()],
        patient_id=patient.pk if patient else None,
        patient_region_id=patient.region_id if patient else None,
    )


def report_conflict(registry: DatabaseRegistry, conflict: Conflict, message: FeedMessage | None) -> None:
    """Put a matter before the identity-vigilance cell, and trace it the first time."""
    identity, other = registry.find(conflict.about), registry.find(conflict.other) if conflict.other else None
    row, new = report(
        region_id=registry.source.region_id,
        kind=conflict.kind.value,
        about=(conflict.about.authority, conflict.about.value),
        other=(conflict.other.authority, conflict.other.value) if conflict.other else ("", ""),
        identities=(identity, other),
        said=evidence(conflict.said) if conflict.said is not None else {},
        message=message,
    )
    if conflict.kind is ConflictKind.IDENTIFIER_TAKEN and identity and other and identity != other:
        ask_for_files(registry, (identity, other), FeedMergeKind.RENAMED, (conflict.other, conflict.about))
    if new:
        matter = conflict.sentence.rstrip(".")
        record(PatientEvent.FEED_CONFLICT, on=row, by=registry.by, source=registry.source.name, matter=matter)


def _message(registry: DatabaseRegistry, raw: bytes, outcome: Outcome[UUID]) -> FeedMessage | None:
    if registry.remembered is None:
        return None
    key, answer = registry.remembered
    row = uuid7()
    closed = encrypt(raw, keyring=keyring(), context=message_context(row))
    return FeedMessage.objects.create(
        id=row,
        region_id=registry.source.region_id,
        organisation_id=registry.source.organisation_id,
        key=key_of(key),
        digest=answer.digest,
        control_id=clean(key.control_id)[:199],
        event=_event(raw),
        effect=outcome.effect.value,
        code=answer.code.value,
        ack=answer.ack,
        alerts=[clean(alert) for alert in outcome.alerts],
        identity=outcome.ref,
        key_id=closed.key_id,
        wrapped_key=closed.wrapped_key,
        ciphertext=closed.ciphertext,
        received_at=registry.now,
    )


def _event(raw: bytes) -> str:
    try:
        return clean(parse(raw).msh.value(9, 2))[:3]
    except MalformedMessage:
        return ""


def _touched(registry: DatabaseRegistry) -> list[tuple[UUID, Cluster]]:
    return [(ref, registry.clusters[ref]) for ref in registry.touched]


def _hide_numbers(registry: DatabaseRegistry, cluster: Cluster) -> None:
    """Take the numbers of an identity that is not complete away from the patient they were shown of."""
    if cluster.patient is not None:
        return
    hide_numbers([known.identifier or known.pk for known in cluster.numbers.values()], at=registry.now)
    FeedNumber.objects.filter(pk__in=[known.pk for known in cluster.numbers.values()]).update(identifier=None)


def _write_numbers(registry: DatabaseRegistry) -> tuple[dict[UUID, UUID], int]:
    """Insert the numbers that are new, move those of a merge; give where each moved one was, and how many are new."""
    new = 0
    moved: dict[UUID, UUID] = {}
    for gone, kept, numbers, _ in registry.merges:
        for number in numbers:
            known = registry.clusters[kept].numbers[number]
            moved[known.pk] = known.identity or gone
    for ref, cluster in _touched(registry):
        fresh = [known for known in cluster.numbers.values() if not known.stored]
        FeedNumber.objects.bulk_create(_number(known, ref, cluster) for known in fresh)
        new += len(fresh)
        away = moved.keys() | registry.carried
        back = [known.pk for known in cluster.numbers.values() if known.stored and known.pk in away]
        if back:
            rows = FeedNumber.objects.filter(pk__in=back)
            assert rows.update(identity_id=ref, identity_region_id=cluster.region_id) == len(back)
        for known in cluster.numbers.values():
            known.stored = True
    return moved, new


def write_identity(ref: UUID, cluster: Cluster) -> None:
    """Keep what was last written on the patient, to notice what a desk changes next."""
    patient = cluster.patient
    shown = projection.digest_of(patient, cluster.contact) if patient is not None else None
    if not cluster.stored:
        FeedIdentity.objects.create(id=ref, region_id=cluster.region_id, shown=shown)
    elif shown != cluster.shown:
        FeedIdentity.objects.filter(pk=ref).update(shown=shown)
    cluster.stored, cluster.shown = True, shown


def _write_visit(registry: DatabaseRegistry, visit: VisitRecord, message: FeedMessage) -> Cluster | None:
    """Write a visit; give whose it is now when that is to be written, once they are shown."""
    patient, stay = visit.patient or visit.movements[-1].patient, registry.stays.get(visit.number)
    ref = registry.find(patient)
    cluster = registry.clusters.get(ref) if ref else None
    known = cluster.numbers.get(patient) if cluster else None
    if known is None:  # its newest movement is of somebody else, whom this message is not about
        number = FeedNumber.objects.get(
            region_id=registry.source.region_id, authority=patient.authority, value=patient.value
        )
    else:
        number = FeedNumber(id=known.pk, region_id=known.region_id)
    return cluster if write_visit(visit, stay=stay, number=number, message=message) else None


def _number(known: Known, ref: UUID, cluster: Cluster) -> FeedNumber:
    return FeedNumber(
        id=known.pk,
        region_id=known.region_id,
        authority=known.record.identifier.authority,
        value=known.record.identifier.value,
        identity_id=ref,
        identity_region_id=cluster.region_id,
        identifier=known.identifier,
    )


def _insert_redirection(known: Known, cluster: Cluster, redirect: Redirect, message: FeedMessage | None) -> UUID:
    row = Redirection.objects.create(
        region_id=known.region_id,
        number_id=known.pk,
        target_id=cluster.numbers[redirect.target].pk,
        kind=redirect.kind.value,
        recorded_at=redirect.stamp.recorded_at,
        sent_at=redirect.stamp.sent_at,
        control_id=redirect.stamp.control_id,
        message=message,
    )
    return row.pk


def _show_numbers(cluster: Cluster) -> None:
    assert cluster.patient is not None
    listed = [known for known in cluster.numbers.values() if known.record.identifier.authority != DESK]
    show_numbers(
        cluster.patient,
        [
            ShownNumber(
                organisation_id=UUID(known.record.identifier.authority),
                value=known.record.identifier.value,
                ended_at=known.record.redirect.stamp.recorded_at if known.record.redirect else None,
                identifier=known.identifier or known.pk,
            )
            for known in listed
        ],
    )
