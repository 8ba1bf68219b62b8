"""Planning deliveries in the transaction that issues the document; they become due when its content exists."""

from collections.abc import Iterable
from uuid import UUID

from django.conf import settings

from dcc.lib.ids import uuid7
from dcc.organisations.models import Organisation
from messaging.models import ChannelKind, Delivery, DeliveryStatus
from messaging.recipients import Recipient
from patients.models import Document, DocumentState

BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def control_id(channel: str, identifier: UUID) -> str:
    """Message-ID of a mail, or MSH-10 (20 characters at most): fixed for ever, so that a peer stores a retry once."""
    if channel == ChannelKind.HL7:
        bits = (identifier.int >> 80) << 52 | identifier.int & (1 << 52) - 1
        return "".join(BASE32[bits >> shift & 31] for shift in range(95, -1, -5))
    return f"<{identifier.hex}@{settings.MESSAGE_ID_DOMAIN}>"


def plan_deliveries(
    *, document: Document, recipients: Iterable[Recipient], three_c: Organisation, occasion: str = "first"
) -> list[Delivery]:
    """One row per recipient and channel (SND-06); planning the same twice adds nothing."""
    ready = document.state == DocumentState.READY
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
            status=first_status(channel) if ready else DeliveryStatus.WAITING,
            control_id=control_id(channel, identifier),
        )
    return Delivery.objects.bulk_create(rows.values(), ignore_conflicts=True)


def first_status(channel: str) -> DeliveryStatus:
    """What a delivery becomes once its document exists."""
    return DeliveryStatus.TO_PRINT if channel == ChannelKind.PAPER else DeliveryStatus.DUE
