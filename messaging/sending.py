"""Claim, send, settle: the life of one delivery, robust to a death at any point.

claim() leases a row in a short transaction and fixes its bytes; deliver() sends them with no transaction open and
writes what became of it. Killed anywhere between, the lease runs out and the very same bytes leave again.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import OperationalError, connection, transaction
from django.utils import timezone

from dcc.audit.record import System, record
from messaging.channels.base import ChannelFailed, ChannelUnavailable, DeliveryRefused, Parcel, Receipt
from messaging.channels.registry import channel_of
from messaging.events import DeliveryEvent
from messaging.models import Delivery, DeliveryAttempt, DeliveryStatus
from messaging.opposition import opposed_recipients
from messaging.recipients import Recipient
from patients.documents import content
from patients.documents.traceless import where
from patients.models import Content, ContentKind

logger = logging.getLogger(__name__)
LEASE = timedelta(seconds=90)  # longer than the longest conversation of a channel
BACK_OFF = (5, 15, 60, 300, 900, 1800, 3600)  # seconds; then hourly until GIVE_UP
GIVE_UP = timedelta(hours=72)
SENT_KIND = {"mssante": ContentKind.MAIL, "hl7": ContentKind.HL7}
WORKER = System("envoi automatique")
UNPREPARED = "Le message n’a pas pu être préparé. Prévenez le support, avec la référence de l’envoi."
OPPOSED = "Le patient s’oppose à ce que ce destinataire reçoive son dossier\u00a0: rien n’est parti."
UNEXPECTED = "Erreur inattendue pendant l’envoi. Le message repartira tout seul."

# Claims take turns (a millisecond each), so that each one sees those before it.
TURN = "SELECT pg_advisory_xact_lock(7421)"
# 1. A destination and patient receive in the order things were planned: what waits, is due or in flight holds back
#    what was planned after it.
# 2. A refused version holds back the later versions of its own document, for that destination only: a replacement of
#    what was never received would be refused too. A person sends the first one again or cancels it.
# 3. One in flight per destination, and three mails in all (they leave by one server): a peer that hangs holds its own
#    lanes and no more.
CLAIM = """
UPDATE messaging_delivery d
   SET status = 'sending', attempts = attempts + 1, leased_until = statement_timestamp() + %(lease)s
 WHERE d.id = (
    SELECT c.id FROM messaging_delivery c
     WHERE c.status IN ('due', 'sending') AND c.next_attempt_at <= statement_timestamp()
       AND (c.leased_until IS NULL OR c.leased_until <= statement_timestamp())
       AND NOT EXISTS (
            SELECT 1 FROM messaging_delivery b
             WHERE b.patient_id = c.patient_id AND b.channel = c.channel AND b.recipient_key = c.recipient_key
               AND b.status IN ('waiting', 'due', 'sending') AND (b.planned_at, b.id) < (c.planned_at, c.id))
       AND NOT EXISTS (
            SELECT 1 FROM messaging_delivery r
              JOIN patients_document older ON older.id = r.document_id
              JOIN patients_document newer ON newer.id = c.document_id
             WHERE r.patient_id = c.patient_id AND r.channel = c.channel AND r.recipient_key = c.recipient_key
               AND r.status = 'refused' AND older.source_id = newer.source_id AND older.kind = newer.kind
               AND older.version < newer.version)
       AND NOT EXISTS (
            SELECT 1 FROM messaging_delivery f
             WHERE f.channel = c.channel AND f.recipient_key = c.recipient_key AND f.id <> c.id
               AND f.status = 'sending' AND f.leased_until > statement_timestamp())
       AND (c.channel <> 'mssante' OR (
            SELECT count(*) FROM messaging_delivery m
             WHERE m.channel = 'mssante' AND m.status = 'sending' AND m.leased_until > statement_timestamp()) < 3)
     ORDER BY c.next_attempt_at, c.id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING d.id, d.attempts
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A delivery leased to this worker, with the bytes it will send; `attempt` tells its lease from another's."""

    delivery: Delivery
    attempt: int
    parcel: Parcel
    started_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """One attempt being settled."""

    delivery: Delivery
    number: int
    started_at: datetime


def claim() -> Claimed | None:
    """Lease the next delivery due and fix its bytes; None when nothing is due in the scope."""
    while (leased := _lease()) is not None:
        identifier, attempt = leased
        started_at = timezone.now()
        try:
            with transaction.atomic():
                delivery = _read(identifier)
                parcel = _parcel(delivery)
            return Claimed(delivery=delivery, attempt=attempt, parcel=parcel, started_at=started_at)
        except OperationalError:
            raise  # the database left: the lease runs out and another try follows
        except ChannelFailed as failure:
            _settle_failure(_try(identifier, attempt, started_at), failure)
        except Exception as error:  # one that cannot be prepared must not stop the others
            logger.error("delivery %s cannot be prepared: %s", identifier, where(error))
            refusal = DeliveryRefused(UNPREPARED, type(error).__name__)
            _settle_failure(_try(identifier, attempt, started_at), refusal)
    return None


def deliver(claimed: Claimed) -> None:
    """Send with no transaction open, then write what became of it."""
    own = Try(delivery=claimed.delivery, number=claimed.attempt, started_at=claimed.started_at)
    try:
        receipt = channel_of(claimed.delivery.channel).send(claimed.parcel)
    except ChannelFailed as failure:
        _settle_failure(own, failure)
    except Exception as error:
        logger.error("delivery %s failed unexpectedly: %s", claimed.delivery.pk, where(error))
        _settle_failure(own, ChannelUnavailable(UNEXPECTED, type(error).__name__))
    else:
        with transaction.atomic():
            _sent(own, receipt)


def _lease() -> tuple[UUID, int] | None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(TURN)
        cursor.execute(CLAIM, {"lease": LEASE})  # type: ignore[dict-item]  # psycopg adapts it
        row = cursor.fetchone()
        return (row[0], row[1]) if row else None


def _read(identifier: UUID) -> Delivery:
    return Delivery.objects.select_related("document__patient", "document__region__network", "three_c").get(
        pk=identifier
    )


def _try(identifier: UUID, attempt: int, started_at: datetime) -> Try:
    with transaction.atomic():
        return Try(delivery=_read(identifier), number=attempt, started_at=started_at)


def _parcel(delivery: Delivery) -> Parcel:
    """The stored bytes of an earlier try, or new ones stored before they leave; DeliveryRefused for an opposed one."""
    if opposed_recipients(delivery.patient_id, [Recipient.thawed(delivery.recipient)]):
        raise DeliveryRefused(OPPOSED, "")
    channel, kind = channel_of(delivery.channel), SENT_KIND[delivery.channel]
    transport = channel.transport(delivery)
    if not Content.objects.filter(owner_id=delivery.pk, kind=kind).exists():
        content.store(
            owner_id=delivery.pk,
            region_id=delivery.region_id,
            patient_id=delivery.patient_id,
            kind=kind,
            data=channel.prepare(delivery),
        )
    return Parcel(
        control_id=delivery.control_id,
        payload=content.read(owner_id=delivery.pk, kind=kind),
        transport=transport,
    )


def _settle_failure(own: Try, failure: ChannelFailed) -> None:
    with transaction.atomic():
        if isinstance(failure, ChannelUnavailable):
            _later(own, failure.message, failure.detail)
        else:
            _refused(own, failure.message, failure.detail)


def _sent(own: Try, receipt: Receipt) -> None:
    """Delivered is delivered, even when the lease had run out and another hand has failed meanwhile."""
    delivery = own.delivery
    settled = Delivery.objects.filter(
        pk=delivery.pk, status__in=[DeliveryStatus.SENDING, DeliveryStatus.DUE, DeliveryStatus.REFUSED]
    ).update(
        status=DeliveryStatus.SENT,
        sent_at=timezone.now(),
        receipt=receipt.facts,
        leased_until=None,
        last_error="",
        last_error_detail="",
    )
    if receipt.raw and settled:
        content.store(
            owner_id=delivery.pk,
            region_id=delivery.region_id,
            patient_id=delivery.patient_id,
            kind=ContentKind.ACK,
            data=receipt.raw,
        )
    _trace(own, "sent", "", "")
    record(DeliveryEvent.SENT, on=delivery, by=WORKER, channel=delivery.get_channel_display(), attempts=own.number)


def _later(own: Try, message: str, detail: str) -> None:
    if timezone.now() - own.delivery.planned_at > GIVE_UP:
        _refused(own, f"{message} Abandonné après trois jours d’essais.", detail)
        return
    wait = BACK_OFF[min(own.number, len(BACK_OFF)) - 1]
    _settle(
        own,
        status=DeliveryStatus.DUE,
        next_attempt_at=timezone.now() + timedelta(seconds=wait),
        last_error=message[:300],
        last_error_detail=detail[:500],
    )
    _trace(own, "unavailable", message, detail)


def _refused(own: Try, message: str, detail: str) -> None:
    settled = _settle(own, status=DeliveryStatus.REFUSED, last_error=message[:300], last_error_detail=detail[:500])
    _trace(own, "refused", message, detail)
    if settled:
        channel = own.delivery.get_channel_display()
        record(DeliveryEvent.REFUSED, on=own.delivery, by=WORKER, channel=channel, message=message)


def _settle(own: Try, **fields: object) -> bool:
    """Write a failure, unless the lease had run out: another try is under way or over, and its word stands."""
    touched = Delivery.objects.filter(pk=own.delivery.pk, status=DeliveryStatus.SENDING, attempts=own.number).update(
        leased_until=None, **fields
    )
    return touched == 1


def _trace(own: Try, outcome: str, message: str, detail: str) -> None:
    DeliveryAttempt.objects.create(
        region_id=own.delivery.region_id,
        patient_id=own.delivery.patient_id,
        delivery=own.delivery,
        number=own.number,
        started_at=own.started_at,
        outcome=outcome,
        message=message[:300],
        detail=detail[:500],
    )
