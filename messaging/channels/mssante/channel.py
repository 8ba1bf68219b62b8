"""MSSanté: a mail with the XDM archive and the PDF, handed to the operator of the platform's own mailbox (EXC-04)."""

from typing import Any
from uuid import NAMESPACE_DNS, uuid5

from django.conf import settings
from django.utils import timezone

from dcc.lib import french
from interop.terminologies.identifiers import oid_of_uuid
from interop.xdm.archive import build_archive
from interop.xdm.mail import AttachedPdf, MailRefused, MssanteMail, build_mail
from interop.xdm.metadata import Submission
from messaging.channels.base import DeliveryRefused, Parcel, Receipt
from messaging.channels.carried import Carried, carried
from messaging.channels.mssante import submission
from messaging.models import ChannelKind, Delivery
from messaging.recipients import is_mssante


class MssanteChannel:
    """Mails; see interop.xdm.mail for what one must look like."""

    kind = ChannelKind.MSSANTE

    def prepare(self, delivery: Delivery) -> bytes:
        """Write the mail. Raises DeliveryRefused when it would break a rule of the trust space."""
        submission.check_mailbox()
        try:
            return build_mail(mail_of(delivery, carried(delivery)))
        except MailRefused as error:
            raise DeliveryRefused(
                f"Le courriel pour {delivery.recipient['name']} ne peut pas partir\u00a0: {', '.join(error.problems)}.",
                "; ".join(error.problems),
            ) from error

    def transport(self, delivery: Delivery) -> dict[str, Any]:
        return {
            "sender": settings.MSSANTE["sender"],
            "address": delivery.recipient["mssante_address"],
            "name": delivery.recipient["name"],
        }

    def send(self, parcel: Parcel) -> Receipt:
        return submission.submit(parcel)


def mail_of(delivery: Delivery, document: Carried) -> MssanteMail:
    """Everything the mail of a delivery says."""
    now, three_c, sender = timezone.localtime(), delivery.three_c, settings.MSSANTE["sender"]
    label = document.short_label + (" (annule et remplace)" if document.replaces else "")
    return MssanteMail(
        message_id=delivery.control_id,
        sent_at=now,
        sender=sender,
        sender_label=f"RCP – {three_c.name}",
        recipients=(delivery.recipient["mssante_address"],),
        subject_label=label,
        patient=document.patient,
        body=_body(delivery, document),
        archive=build_archive(
            Submission(
                unique_id=oid_of_uuid(delivery.pk),
                source_id=oid_of_uuid(uuid5(NAMESPACE_DNS, settings.MESSAGE_ID_DOMAIN)),
                submitted_at=now,
                title=document.title,
                author=document.signatory,
                organisation=document.structure,
                documents=(document.cda,),
                software=settings.SITE_NAME,
            )
        ),
        pdfs=(
            AttachedPdf(
                content=document.pdf,
                act_on=document.act_on,
                label=document.short_label,
                file_number=f"v{document.version}" if document.version > 1 else "",
            ),
        ),
        document_codes=(document.code.code,),
        software_reference=settings.MSSANTE["software_id"],
        reply_to=three_c.mssante_address if is_mssante(three_c.mssante_address) else "",
        reading_receipt_to=sender,
    )


def _body(delivery: Delivery, document: Carried) -> str:
    patient, recipient, three_c = document.patient, delivery.recipient, delivery.three_c
    replaced = (
        "Ce compte rendu annule et remplace la version que vous avez reçue auparavant\u00a0: ne l’utilisez plus.\n\n"
        if document.replaces
        else ""
    )
    born = french.agree(patient.sex.value, "né", "née")
    given = patient.first_birth_given_name
    name = f"{patient.used_name or patient.birth_name} {given}"
    if patient.used_name and patient.used_name != patient.birth_name:
        name += f" ({born} {patient.birth_name})"
    return (
        "Bonjour,\n\n"
        "Vous trouverez ci-joint le compte rendu de la réunion de concertation pluridisciplinaire du "
        f"{french.date_long(document.act_on)} pour {name}, {born} le {patient.birth_date:%d/%m/%Y}.\n\n"
        f"{replaced}"
        "Il est joint deux fois\u00a0: en PDF, à lire ou à imprimer, et dans l’archive IHE_XDM.zip, que votre logiciel "
        "peut ranger dans le dossier.\n\n"
        f"Ce message est destiné à {recipient['name']} ({recipient['role']}). S’il vous est parvenu par erreur, "
        "répondez-nous, puis supprimez-le.\n\n"
        + "\n".join(part for part in (three_c.name, french.phone(three_c.phone) if three_c.phone else "") if part)
        + "\n"
    )
