"""What a person does with deliveries: retry, correct, post, print, send once more, cancel (SND-03, SND-05).

Whoever comes second is told: each action states which states it starts from and counts the rows it touched.
"""

from collections.abc import Collection
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from dcc.accounts.models import User
from dcc.audit.record import record
from dcc.tenancy.tasks import after_commit
from messaging.events import DeliveryEvent
from messaging.models import ChannelKind, Delivery, DeliveryStatus
from messaging.opposition import opposed_recipients
from messaging.planning import first_status, plan_deliveries
from messaging.recipients import Recipient
from messaging.tasks import send_due
from patients.models import Document, DocumentState

S = DeliveryStatus
REPAIRABLE = (S.REFUSED, S.DUE)
CANCELLABLE = (S.WAITING, S.DUE, S.TO_PRINT, S.REFUSED)
DELIVERED = (S.SENT, S.PRINTED)


class DeliveryMoved(Exception):
    """Another hand, or the worker, has changed this delivery meanwhile: look at it again."""


class AlreadyPlanned(Exception):
    """The document already goes there: a second message would only confuse."""


class DocumentReplaced(Exception):
    """A later version exists: this one is not sent any more."""


class RecipientOpposed(Exception):
    """The patient opposes this recipient: nothing more of the file leaves to them (D3)."""


def retry_delivery(*, delivery_id: UUID, by: User) -> Delivery:
    """Try again now, with the same identifiers and the same bytes; make the document first if it could not be made.

    Raises DeliveryMoved, RecipientOpposed.
    """
    delivery = _get(delivery_id)
    _demand_wanted(delivery, Recipient.thawed(delivery.recipient))
    if delivery.document.state in (DocumentState.FAILED, DocumentState.PRODUCING):
        return _reproduce(delivery, by)
    _move(
        delivery,
        REPAIRABLE,
        status=first_status(delivery.channel, delivery.document),
        next_attempt_at=timezone.now(),
        last_error="",
        last_error_detail="",
    )
    record(DeliveryEvent.RETRIED, on=delivery, by=by)
    after_commit(send_due, regions=[delivery.region_id])
    return delivery


def retry_many(*, delivery_ids: Collection[UUID], by: User) -> int:
    """Try several again; those that moved meanwhile or are opposed are left alone. Returns how many were."""
    done = 0
    for delivery_id in sorted(delivery_ids):
        try:
            retry_delivery(delivery_id=delivery_id, by=by)
        except (DeliveryMoved, RecipientOpposed):
            continue
        done += 1
    return done


def readdress(*, delivery_id: UUID, address: str, by: User) -> Delivery:
    """Send to another secure address: another delivery, and this one is over.

    Raises AlreadyPlanned, RecipientOpposed.
    """
    delivery = _get(delivery_id)
    recipient = replace(Recipient.thawed(delivery.recipient), mssante_address=address, organisation_id=None)
    made = _succeed(delivery, recipient, why=f"Repris à l’adresse {address}.", by=by)
    record(DeliveryEvent.READDRESSED, on=delivery, by=by)
    after_commit(send_due, regions=[delivery.region_id])
    return made


def to_paper(*, delivery_id: UUID, postal_address: str, by: User) -> Delivery:
    """Put the report on the postal list instead (SND-05). Raises AlreadyPlanned, RecipientOpposed."""
    delivery = _get(delivery_id)
    recipient = replace(
        Recipient.thawed(delivery.recipient), mssante_address="", organisation_id=None, postal_address=postal_address
    )
    made = _succeed(delivery, recipient, why="Passé au courrier.", by=by)
    record(DeliveryEvent.TO_PAPER, on=delivery, by=by)
    return made


def correct_postal_address(*, delivery_id: UUID, postal_address: str, by: User) -> Delivery:
    """Correct the address of a letter that is not printed yet. Raises AlreadyPlanned, RecipientOpposed."""
    delivery = _get(delivery_id)
    recipient = replace(Recipient.thawed(delivery.recipient), postal_address=postal_address)
    made = _succeed(delivery, recipient, why="Adresse postale corrigée.", by=by, sources=(S.TO_PRINT,))
    record(DeliveryEvent.READDRESSED, on=delivery, by=by)
    return made


def resend(*, delivery_id: UUID, by: User) -> Delivery:
    """Send once more what was delivered: another occasion, with identifiers of its own.

    Raises DocumentReplaced, RecipientOpposed.
    """
    delivery = _get(delivery_id)
    if delivery.document.state == DocumentState.REPLACED:
        raise DocumentReplaced
    if delivery.status not in DELIVERED:
        raise DeliveryMoved
    same = Delivery.objects.filter(
        document_id=delivery.document_id, channel=delivery.channel, recipient_key=delivery.recipient_key
    )
    made = _plan(delivery, Recipient.thawed(delivery.recipient), occasion=f"again-{same.count()}")
    record(DeliveryEvent.RESENT, on=made, by=by, channel=made.get_channel_display())
    after_commit(send_due, regions=[delivery.region_id])
    return made


def cancel_delivery(*, delivery_id: UUID, why: str, by: User) -> Delivery:
    """This recipient will not get it from here; the reason stays with the delivery."""
    delivery = _get(delivery_id)
    _move(delivery, CANCELLABLE, status=S.CANCELLED, last_error=why[:300], last_error_detail="", leased_until=None)
    record(DeliveryEvent.CANCELLED, on=delivery, by=by, why=why)
    after_commit(send_due, regions=[delivery.region_id])  # what it held back may leave
    return delivery


def mark_printed(*, delivery_ids: Collection[UUID], by: User) -> int:
    """The letters are printed and in their envelopes. Returns how many were still waiting for it."""
    waiting = Delivery.objects.filter(pk__in=delivery_ids, status=S.TO_PRINT, channel=ChannelKind.PAPER)
    letters = list(waiting.select_for_update(of=("self",)).order_by("pk"))
    Delivery.objects.filter(pk__in=[one.pk for one in letters]).update(status=S.PRINTED, sent_at=timezone.now())
    for letter in letters:
        record(DeliveryEvent.PRINTED, on=letter, by=by, count=1)
    return len(letters)


def _get(delivery_id: UUID) -> Delivery:
    return Delivery.objects.select_related("document", "three_c").get(pk=delivery_id)


def _move(delivery: Delivery, sources: Collection[str], **fields: Any) -> None:
    touched = Delivery.objects.filter(pk=delivery.pk, status__in=sources).update(**fields)
    if touched != 1:
        raise DeliveryMoved
    delivery.refresh_from_db()


def _reproduce(delivery: Delivery, by: User) -> Delivery:
    """Make the document again; every delivery that failed with it waits for it again."""
    document = delivery.document
    touched = Document.objects.filter(pk=document.pk, state__in=[DocumentState.FAILED, DocumentState.PRODUCING]).update(
        state=DocumentState.PRODUCING, attempts=0, next_attempt_at=timezone.now(), last_error=""
    )
    if touched != 1:
        raise DeliveryMoved
    Delivery.objects.filter(document=document, status=S.REFUSED).update(status=S.WAITING, last_error="")
    record(DeliveryEvent.REPRODUCED, on=delivery, by=by)
    delivery.refresh_from_db()
    return delivery


def _succeed(
    delivery: Delivery, recipient: Recipient, *, why: str, by: User, sources: Collection[str] = REPAIRABLE
) -> Delivery:
    """End a delivery and plan the one that takes over: both or none."""
    with transaction.atomic():
        _move(delivery, sources, status=S.CANCELLED, last_error=why, last_error_detail="", leased_until=None)
        return _plan(delivery, recipient, occasion=delivery.occasion)


def _demand_wanted(delivery: Delivery, recipient: Recipient) -> None:
    if opposed_recipients(delivery.patient_id, [recipient]):
        raise RecipientOpposed


def _plan(delivery: Delivery, recipient: Recipient, *, occasion: str) -> Delivery:
    _demand_wanted(delivery, recipient)
    (made,) = plan_deliveries(
        document=delivery.document, recipients=[recipient], three_c=delivery.three_c, occasion=occasion
    )
    found = Delivery.objects.filter(pk=made.pk).first()
    if found is None:
        raise AlreadyPlanned
    return found
