"""HL7 to an establishment's record: MDM^T02 (or T10 for a replacement) by MLLP, its acknowledgement read (EXC-03)."""

from typing import Any

from django.conf import settings
from django.utils import timezone

from interop.hl7v2.ack import parse_ack
from interop.hl7v2.mdm import DocumentMessage, EmissionRefused, Endpoint, build_mdm
from interop.hl7v2.mllp import MllpError, MllpTimeout, exchange
from interop.hl7v2.reader import MalformedMessage
from interop.terminologies.hl7v2 import AckCode, DocumentEvent
from messaging.channels.base import ChannelUnavailable, DeliveryRefused, Parcel, Receipt
from messaging.channels.carried import carried
from messaging.channels.tls import client_context
from messaging.models import ChannelKind, Delivery, Feed
from patients.documents.traceless import without_matricule

EXCHANGE_SECONDS = 20  # the whole exchange: well inside the lease of the delivery


class Hl7Channel:
    """Messages; see interop.hl7v2.mdm for what one must look like."""

    kind = ChannelKind.HL7

    def prepare(self, delivery: Delivery) -> bytes:
        """Write the message. Raises DeliveryRefused when there is no feed or a rule of emission would be broken."""
        document, feed = carried(delivery), _feed(delivery)
        message = DocumentMessage(
            control_id=delivery.control_id,
            event=DocumentEvent.REPLACEMENT if document.replaces else DocumentEvent.INITIAL,
            sending=Endpoint(application="DCC", facility=delivery.document.region.network.slug.upper()),
            receiving=Endpoint(application=feed.receiving_application, facility=feed.receiving_facility),
            sent_at=timezone.localtime(),
            recorded_at=document.written_at,
            activity_at=document.act_at,
            patient=document.patient,
            document_code=document.code,
            document_id=document.document_id,
            document=document.cda,
            sender=document.signatory,
            sender_organisation=document.structure,
            replaced_id=document.replaces,
            authenticator=document.signatory,
            processing_id="T" if settings.TEST_IDENTITIES else "P",
        )
        try:
            return build_mdm(message)
        except EmissionRefused as error:
            raise DeliveryRefused(
                f"Le message pour {delivery.recipient['name']} n’est pas conforme. Prévenez le support.",
                "; ".join(error.problems),
            ) from error

    def transport(self, delivery: Delivery) -> dict[str, Any]:
        feed = _feed(delivery)
        return {"host": feed.host, "port": feed.port, "tls": feed.tls, "name": delivery.recipient["name"]}

    def send(self, parcel: Parcel) -> Receipt:
        """One exchange. AA: sent; AE: a person must look; AR, silence or a wrong answer: tried again."""
        to, name = parcel.transport, parcel.transport["name"]
        context = client_context() if to["tls"] else None
        try:
            raw = exchange(to["host"], to["port"], parcel.payload, EXCHANGE_SECONDS, context)
        except MllpTimeout as error:
            raise ChannelUnavailable(f"{name} ne répond pas. Le message repartira tout seul.", str(error)) from error
        except MllpError as error:
            raise ChannelUnavailable(f"{name} est injoignable. Le message repartira tout seul.", str(error)) from error
        return _judged(raw, parcel)


def _judged(raw: bytes, parcel: Parcel) -> Receipt:
    name = parcel.transport["name"]
    try:
        ack = parse_ack(raw)
    except MalformedMessage as error:
        raise ChannelUnavailable(
            f"{name} a répondu sans accusé lisible. Le message repartira tout seul.", str(error)
        ) from error
    if not ack.answers(parcel.control_id) and (ack.acknowledged_id or ack.accepted):
        raise ChannelUnavailable(
            f"{name} a répondu à un autre message. Celui-ci repartira tout seul.", "MSA-2 is not our MSH-10"
        )
    reasons = without_matricule(ack.reasons)
    if ack.code is AckCode.ERROR:
        raise DeliveryRefused(
            f"{name} refuse le document\u00a0: {reasons or 'sans motif'}. "
            "Voyez avec leur service informatique, puis relancez.",
            f"{ack.sent_code} {reasons} {', '.join(error.location for error in ack.errors)}".strip(),
        )
    if ack.code is AckCode.REJECTED:
        raise ChannelUnavailable(
            f"{name} ne peut pas recevoir pour le moment. Le message repartira tout seul.",
            f"{ack.sent_code} {reasons}".strip(),
        )
    return Receipt(facts={"ack": ack.sent_code, "ack_id": ack.control_id}, raw=raw)


def _feed(delivery: Delivery) -> Feed:
    feed = Feed.objects.filter(organisation_id=delivery.recipient["organisation_id"], active=True).first()
    if feed is None:
        raise DeliveryRefused(
            f"Le flux vers {delivery.recipient['name']} est arrêté. Rétablissez-le, puis relancez, ou annulez."
        )
    return feed
