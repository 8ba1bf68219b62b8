"""Chains of seals: what makes a changed, removed or slipped-in event show (architecture §9, ADM-10).

One sealer chains committed events after the fact, a chain per founding region and one for the platform (0): nothing
is locked in the transactions of the product. Order is that of sealing, positions have no gap. Each digest binds every
field of its event; each link binds the digest, its place and the link before it.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet
from django.db.transaction import atomic

from dcc.audit.models import AuditEvent, AuditSeal

PLATFORM = 0  # chain of events that belong to no region
GENESIS = bytes(32)
BATCH = 2000
LOCK = 7_420_001  # advisory lock of whoever seals


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The last link of a chain."""

    chain: int
    position: int
    link: bytes


def digest(event: AuditEvent) -> bytes:
    """SHA-256 of every field, in one canonical form."""
    bound = {
        "id": str(event.id),
        "region": event.region_id,
        "at": event.recorded_at.astimezone(UTC).isoformat(timespec="microseconds"),
        "event": event.event,
        "actor_id": event.actor_id,
        "actor": event.actor,
        "organisation": event.organisation,
        "object_type": event.object_type,
        "object_id": event.object_id,
        "patient": str(event.patient_id) if event.patient_id else None,
        "details": event.details,
        "reference": event.reference,
    }
    canonical = json.dumps(bound, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(b"dcc/audit/event/1\0" + canonical.encode()).digest()


def link(*, chain: int, position: int, previous: bytes, event_digest: bytes) -> bytes:
    """SHA-256 of an event's digest, its place and the link before it."""
    place = chain.to_bytes(2, "big", signed=True) + position.to_bytes(8, "big")
    return hashlib.sha256(b"dcc/audit/link/1\0" + place + previous + event_digest).digest()


def chain_of(event: AuditEvent) -> int:
    return PLATFORM if event.region_id is None else event.region_id


def head(chain: int) -> Head:
    last = AuditSeal.objects.filter(chain=chain).order_by("-position").first()
    if last is None:
        return Head(chain=chain, position=0, link=GENESIS)
    return Head(chain=chain, position=last.position, link=bytes(last.link))


def chains() -> list[int]:
    return list(AuditSeal.objects.values_list("chain", flat=True).distinct().order_by("chain"))


def seal(*, since: datetime | None = None, batch: int = BATCH, stopping: Callable[[], bool] = lambda: False) -> int:
    """Seal what is committed and not sealed yet, recorded after `since`; how many. Runs as dcc_sealer.

    Zero when another process is sealing at this moment; `stopping` is asked between batches.
    """
    sealed, after = 0, since
    while not stopping() and (events := _seal_batch(after, batch)):
        sealed += len(events)
        if len(events) < batch:
            break
        after = events[-1].recorded_at
    return sealed


def _seal_batch(since: datetime | None, batch: int) -> list[AuditEvent]:
    with atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return []
        cursor.execute("SET LOCAL statement_timeout = 0")  # a first pass over years of events takes its time
        events = list(unsealed(since)[:batch])
        _append(events)
        return events


def unsealed(since: datetime | None = None) -> QuerySet[AuditEvent]:
    """Events without a seal, oldest first."""
    found = AuditEvent.objects.filter(~Exists(AuditSeal.objects.filter(event_id=OuterRef("pk"))))
    found = found.order_by("recorded_at", "id")
    return found.filter(recorded_at__gte=since) if since else found


def _append(events: Sequence[AuditEvent]) -> None:
    by_chain: dict[int, list[AuditEvent]] = defaultdict(list)
    for event in events:
        by_chain[chain_of(event)].append(event)
    for chain, ours in sorted(by_chain.items()):
        last = head(chain)
        AuditSeal.objects.bulk_create(_seals(ours, last), batch_size=500)


def _seals(events: Sequence[AuditEvent], last: Head) -> Iterator[AuditSeal]:
    previous = last.link
    for position, event in enumerate(events, start=last.position + 1):
        own = digest(event)
        previous = link(chain=last.chain, position=position, previous=previous, event_digest=own)
        yield AuditSeal(chain=last.chain, position=position, event_id=event.id, digest=own, link=previous)


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """The first place where a chain does not hold, and why."""

    chain: int
    position: int
    event_id: UUID | None
    reason: str


def verify_chain(chain: int) -> tuple[Head, Break | None]:
    """Recompute a chain from its first link; its head as far as it holds, and where it breaks."""
    last = Head(chain=chain, position=0, link=GENESIS)
    seals = AuditSeal.objects.filter(chain=chain).order_by("position").iterator(chunk_size=BATCH)
    for batch in _by(seals, BATCH):
        events = AuditEvent.objects.in_bulk([one.event_id for one in batch])
        for one in batch:
            reason = _trouble(one, events.get(one.event_id), last)
            if reason:
                return last, Break(chain=chain, position=one.position, event_id=one.event_id, reason=reason)
            last = Head(chain=chain, position=one.position, link=bytes(one.link))
    return last, None


def _trouble(one: AuditSeal, event: AuditEvent | None, last: Head) -> str:
    if one.position != last.position + 1:
        return f"{one.position - last.position - 1} maillon(s) manquant(s) avant celui-ci"
    if event is None:
        return "évènement supprimé"
    if chain_of(event) != one.chain:
        return "évènement d’une autre chaîne"
    own = digest(event)
    if own != bytes(one.digest):
        return "évènement modifié depuis son scellement"
    if link(chain=one.chain, position=one.position, previous=last.link, event_digest=own) != bytes(one.link):
        return "maillon forgé : il ne suit pas le précédent"
    return ""


def _by(seals: Iterator[AuditSeal], size: int) -> Iterator[list[AuditSeal]]:
    batch: list[AuditSeal] = []
    for one in seals:
        batch.append(one)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
