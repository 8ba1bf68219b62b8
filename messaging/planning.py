"""Planning deliveries in the transaction that issues the document; they become due when its content exists."""

from collections.abc import Iterable
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from dcc.audit.record import System, record
from dcc.lib.ids import uuid7
from dcc.organisations.models import Organisation
from messaging.events import DeliveryEvent
from messaging.models import ChannelKind, Delivery, DeliveryStatus
from messaging.recipients import Recipient
from patients.models import Content, ContentKind, Document, DocumentState

BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
REPLACED = "Remplacé par la version {version} avant d’être parti."
PLATFORM = System("remplacement d’un document")
UNSENT = (DeliveryStatus.WAITING, DeliveryStatus.DUE, DeliveryStatus.TO_PRINT, DeliveryStatus.REFUSED)


def control_id(channel: str, identifier: UUID) -> str:
    """Message-ID of a mail, or MSH-10 (20 characters at most): fixed for ever, so that a peer stores a retry once."""
    if channel == ChannelKind.HL7:
        bits = (identifier.int >> 80) << 52 | identifier.int & (1 << 52) - 1
        return "".join(BASE32[bits >> shift & 31] for shift in range(95, -1, -5))
    return f"<{identifier.hex}@{settings.MESSAGE_ID_DOMAIN}>"


def plan_deliveries(
    *, document: Document, recipients: Iterable[Recipient], three_c: Organisation, occasion: str = "first"
) -> list[Delivery]:
    """One row per recipient and channel (SND-06); planning the same twice adds nothing.

    What the document replaces and has not left yet is withdrawn first.
    """
    if document.replaces_id is not None and occasion == "first":
        withdraw(document.replaces_id, version=document.version)
    rows = {}
    for recipient in recipients:
        identifier = uuid7()
        channel = recipient.channel
        rows[(channel, recipient.key)] = Delivery(
            id=identifier,
            region_id=document.region_id,
            patient_id=document.patient_id,
            document=document,
            three_c=three_c,
            channel=channel,
            recipient_key=recipient.key,
            recipient=recipient.frozen(),
            occasion=occasion,
            status=first_status(channel, document),
            control_id=control_id(channel, identifier),
        )
    return Delivery.objects.bulk_create(rows.values(), ignore_conflicts=True)


def first_status(channel: str, document: Document) -> DeliveryStatus:
    """Where a delivery of this document starts: it waits for the content, then leaves or is printed."""
    if document.state not in (DocumentState.READY, DocumentState.REPLACED):
        return DeliveryStatus.WAITING
    return DeliveryStatus.TO_PRINT if channel == ChannelKind.PAPER else DeliveryStatus.DUE


def withdraw(document_id: UUID, *, version: int) -> None:
    """Cancel what has not left of a version that another one replaces: nobody receives a report known to be wrong.

    A hospital's record is the exception, once the old version exists as a file: a replacement must find there what it
    replaces, so the old one still goes first, or waits, refused, for a person to decide (claim order).
    """
    unsent = Delivery.objects.filter(document_id=document_id, status__in=UNSENT)
    if Content.objects.filter(owner_id=document_id, kind=ContentKind.CDA).exists():
        unsent = unsent.exclude(channel=ChannelKind.HL7)
    for delivery in unsent.select_for_update(of=("self",)).order_by("pk"):
        delivery.status, delivery.last_error = DeliveryStatus.CANCELLED, REPLACED.format(version=version)
        delivery.last_error_detail = ""
        delivery.save(update_fields=["status", "last_error", "last_error_detail"])
        record(DeliveryEvent.CANCELLED, on=delivery, by=PLATFORM, why=delivery.last_error)


def deliveries_ready(document: Document) -> None:
    """The content exists: what waited for it is due, or goes to the postal list."""
    waiting = Delivery.objects.filter(document=document, status=DeliveryStatus.WAITING)
    waiting.filter(channel=ChannelKind.PAPER).update(status=DeliveryStatus.TO_PRINT)
    waiting.update(status=DeliveryStatus.DUE, next_attempt_at=timezone.now())


def deliveries_failed(document: Document, message: str) -> None:
    """The content cannot be made: a person must look, in the list they already watch."""
    Delivery.objects.filter(document=document, status=DeliveryStatus.WAITING).update(
        status=DeliveryStatus.REFUSED, last_error=message[:300], last_error_detail=""
    )
