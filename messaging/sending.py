"""Claim, send, settle: the life of one delivery, robust to a death at any point."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import OperationalError, connection, transaction
from django.utils import timezone

from dcc.audit.record import System, record
from messaging.channels.base import ChannelUnavailable, DeliveryRefused, Parcel, Receipt
from messaging.channels.registry import channel_of
from messaging.events import DeliveryEvent
from messaging.models import Delivery, DeliveryAttempt, DeliveryStatus
from patients.documents import content
from patients.models import Content, ContentKind

logger = logging.getLogger(__name__)
LEASE = timedelta(seconds=90)  # longer than the longest time-out of a channel
BACK_OFF = (5, 15, 60, 300, 900, 1800, 3600)  # seconds; then hourly until GIVE_UP
GIVE_UP = timedelta(hours=72)
SENT_KIND = {"mssante": ContentKind.MAIL, "hl7": ContentKind.HL7}
WORKER = System("envoi automatique")
UNPREPARED = "Le message n’a pas pu être préparé. Prévenez le support, avec la référence de l’envoi."

# One delivery per destination and patient at a time, in the order they were planned: a later version never overtakes
# an earlier one that is still on its way, and a refused one has stepped aside. One in flight per destination: a peer
# that hangs holds one thread and delays nobody else.
CLAIM = """
UPDATE messaging_delivery d
   SET status = 'sending', attempts = attempts + 1, leased_until = now() + %(lease)s
 WHERE d.id = (
    SELECT c.id FROM messaging_delivery c
     WHERE c.status IN ('due', 'sending') AND c.next_attempt_at <= now()
       AND (c.leased_until IS NULL OR c.leased_until <= now())
       AND NOT EXISTS (
            SELECT 1 FROM messaging_delivery b
             WHERE b.patient_id = c.patient_id AND b.channel = c.channel AND b.recipient_key = c.recipient_key
               AND b.status IN ('waiting', 'due', 'sending') AND b.planned_at < c.planned_at)
       AND NOT EXISTS (
            SELECT 1 FROM messaging_delivery f
             WHERE f.channel = c.channel AND f.recipient_key = c.recipient_key AND f.id <> c.id
               AND f.status = 'sending' AND f.leased_until > now())
     ORDER BY c.next_attempt_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING d.id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A delivery leased to this worker, with the bytes it will send."""

    delivery: Delivery
    parcel: Parcel
    started_at: datetime


def claim() -> Claimed | None:
    """Lease the next delivery due and fix its bytes; None when nothing is due in the scope."""
    while (leased := _lease()) is not None:
        started_at = timezone.now()
        try:
            with transaction.atomic():
                delivery = Delivery.objects.select_related("document", "patient").get(pk=leased)
                return Claimed(delivery=delivery, parcel=_parcel(delivery), started_at=started_at)
        except OperationalError:
            raise  # the database left: the lease runs out and another try follows
        except Exception as error:  # one that cannot be prepared must not stop the others
            logger.exception("delivery %s cannot be prepared", leased)
            with transaction.atomic():
                delivery = Delivery.objects.get(pk=leased)
                _refused(delivery, started_at, UNPREPARED, type(error).__name__)
    return None


def _lease() -> UUID | None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(CLAIM, {"lease": LEASE})
        row = cursor.fetchone()
        return row[0] if row else None


def _parcel(delivery: Delivery) -> Parcel:
    """The stored bytes of an earlier try, or new ones stored before they leave."""
    channel, kind = channel_of(delivery.channel), SENT_KIND[delivery.channel]
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
        transport=channel.transport(delivery),
    )


def deliver(claimed: Claimed) -> None:
    """Send with no transaction open, then write what became of it."""
    delivery = claimed.delivery
    try:
        receipt = channel_of(delivery.channel).send(claimed.parcel)
    except ChannelUnavailable as error:
        with transaction.atomic():
            _later(delivery, claimed.started_at, error.message, error.detail)
    except DeliveryRefused as error:
        with transaction.atomic():
            _refused(delivery, claimed.started_at, error.message, error.detail)
    except Exception as error:
        logger.exception("delivery %s failed unexpectedly", delivery.pk)
        with transaction.atomic():
            _later(delivery, claimed.started_at, "Erreur inattendue pendant l’envoi.", type(error).__name__)
    else:
        with transaction.atomic():
            _sent(delivery, claimed.started_at, receipt)


def _sent(delivery: Delivery, started_at: datetime, receipt: Receipt) -> None:
    settled = _settle(delivery.pk, status=DeliveryStatus.SENT, sent_at=timezone.now(), receipt=receipt.facts, error="")
    if receipt.raw and settled:
        content.store(
            owner_id=delivery.pk,
            region_id=delivery.region_id,
            patient_id=delivery.patient_id,
            kind=ContentKind.ACK,
            data=receipt.raw,
        )
    _trace(delivery, started_at, "sent", "", "")
    record(DeliveryEvent.SENT, on=delivery, by=WORKER, channel=delivery.channel, attempts=delivery.attempts)


def _later(delivery: Delivery, started_at: datetime, message: str, detail: str) -> None:
    if timezone.now() - delivery.planned_at > GIVE_UP:
        _refused(delivery, started_at, f"{message} Abandonné après 3 jours d’essais.", detail)
        return
    wait = BACK_OFF[min(delivery.attempts, len(BACK_OFF)) - 1]
    _settle(
        delivery.pk,
        status=DeliveryStatus.DUE,
        next_attempt_at=timezone.now() + timedelta(seconds=wait),
        error=message,
        detail=detail,
    )
    _trace(delivery, started_at, "unavailable", message, detail)


def _refused(delivery: Delivery, started_at: datetime, message: str, detail: str) -> None:
    _settle(delivery.pk, status=DeliveryStatus.REFUSED, error=message, detail=detail)
    _trace(delivery, started_at, "refused", message, detail)
    record(DeliveryEvent.REFUSED, on=delivery, by=WORKER, channel=delivery.channel, message=message)


def _settle(pk: UUID, *, status: str, error: str, detail: str = "", **fields: object) -> bool:
    """Write the outcome; False if the delivery was settled by another hand meanwhile (its lease had run out)."""
    touched = Delivery.objects.filter(pk=pk, status=DeliveryStatus.SENDING).update(
        status=status, leased_until=None, last_error=error[:300], last_error_detail=detail[:500], **fields
    )
    return touched == 1


def _trace(delivery: Delivery, started_at: datetime, outcome: str, message: str, detail: str) -> None:
    DeliveryAttempt.objects.create(
        region_id=delivery.region_id,
        patient_id=delivery.patient_id,
        delivery=delivery,
        number=delivery.attempts,
        started_at=started_at,
        outcome=outcome,
        message=message[:300],
        detail=detail[:500],
    )
