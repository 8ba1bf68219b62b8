"""The MSSanté mail that carries an XDM archive and its PDF: subject, X-MSS headers, names, receipts.

Source: Référentiel socle MSSanté (requirements ECO.*), RFC 5322, 3461, 8098. Nothing outside the attachments may hold
an INS, save the patient's own mailbox, whose name it is.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256

from interop.cda.parties import Patient
from interop.xdm.archive import ARCHIVE_NAME

MAX_SIZE = 25 * 1024 * 1024
SUBJECT_PREFIX = "XDM/1.0/DDM+"
_PATIENT_DOMAIN = "patient.mssante.fr"
_TRUST_DOMAIN = re.compile(r"[^@\s]+@([a-z0-9-]+\.)+mssante\.fr", re.IGNORECASE)
_ASCII_FORMS = str.maketrans({"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "’": "'"})
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9._+=~-]+@[A-Za-z0-9.-]+>")


class MailRefused(ValueError):
    """The mail would break a rule of the trust space; `problems` are French sentences without patient data."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachedPdf:
    """The readable copy of a document: same bytes as in its CDA."""

    content: bytes
    act_on: date
    label: str
    file_number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MssanteMail:
    """One mail about one patient, to professionals or to the patient, never both.

    `message_id` (with its angle brackets) is kept by the caller: a retry is the same mail. `document_codes` are the
    codes of the CDAs in `archive`. `software_reference` is the product's number in the national register (X-MSS-NIL).
    """

    message_id: str
    sent_at: datetime
    sender: str
    sender_label: str
    recipients: tuple[str, ...]
    subject_label: str
    patient: Patient
    body: str
    archive: bytes
    pdfs: tuple[AttachedPdf, ...]
    document_codes: tuple[str, ...]
    software_reference: str
    reply_to: str = ""
    reading_receipt_to: str = ""
    ends_exchange: bool = False
    in_reply_to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What to say in SMTP: options ask for delivery receipts (RFC 3461) traced by the mail's own id."""

    sender: str
    recipients: tuple[str, ...]
    mail_options: tuple[str, ...]
    recipient_options: tuple[str, ...]


def build_mail(mail: MssanteMail, *, max_size: int = MAX_SIZE) -> bytes:
    """Write the mail, the same bytes for the same input; MailRefused lists the rules it would break."""
    problems = list(_problems(mail))
    if problems:
        raise MailRefused(problems)
    message = EmailMessage(policy=SMTP)
    for name, value in _headers(mail).items():
        message[name] = value
    message.set_content(mail.body, cte="quoted-printable")
    message.add_attachment(mail.archive, maintype="application", subtype="zip", filename=ARCHIVE_NAME)
    for pdf in mail.pdfs:
        message.add_attachment(pdf.content, maintype="application", subtype="pdf", filename=pdf_name(pdf, mail.patient))
    message.set_boundary(f"=_{sha256(mail.message_id.encode()).hexdigest()[:40]}")
    raw = message.as_bytes()
    if len(raw) > max_size:
        raise MailRefused([f"courriel de {len(raw) // 1024 // 1024 + 1} Mo, au-delà de la taille acceptée"])
    return raw


def envelope(mail: MssanteMail, *, delivery_receipt: bool = True) -> Envelope:
    """Return the SMTP envelope; without receipt no option is asked, for servers that do not know DSN."""
    trace = mail.message_id.strip("<>").replace("+", "+2B").replace("=", "+3D")
    return Envelope(
        sender=mail.sender,
        recipients=mail.recipients,
        mail_options=("RET=HDRS", f"ENVID={trace}") if delivery_receipt else (),
        recipient_options=("NOTIFY=SUCCESS,FAILURE",) if delivery_receipt else (),
    )


def subject(mail: MssanteMail) -> str:
    """`XDM/1.0/DDM+label NAME given dd/mm/yyyy`: the prefix tells software that an archive is attached."""
    patient = mail.patient
    return _one_line(
        f"{SUBJECT_PREFIX}{mail.subject_label} {patient.birth_name} {patient.first_birth_given_name} "
        f"{patient.birth_date:%d/%m/%Y}"
    )


def pdf_name(pdf: AttachedPdf, patient: Patient) -> str:
    """`YYYYMMDD_label_NAME_given[_number].pdf`, ASCII so that every mail reader shows it."""
    parts = [f"{pdf.act_on:%Y%m%d}", pdf.label, patient.birth_name, patient.first_birth_given_name, pdf.file_number]
    return "_".join(_ascii(part) for part in parts if part) + ".pdf"


def _headers(mail: MssanteMail) -> dict[str, object]:
    headers: dict[str, object] = {
        "From": Address(_one_line(mail.sender_label), addr_spec=mail.sender),
        "To": [Address(addr_spec=address) for address in mail.recipients],
        "Subject": subject(mail),
        "Date": format_datetime(mail.sent_at),
        "Message-ID": mail.message_id,
    }
    if mail.reply_to:
        headers["Reply-To"] = Address(addr_spec=mail.reply_to)
    if mail.in_reply_to:
        headers |= {"In-Reply-To": mail.in_reply_to, "References": mail.in_reply_to}
    if mail.reading_receipt_to:
        headers["Disposition-Notification-To"] = mail.reading_receipt_to
    headers |= {
        "X-MSS-CODECDA": ",".join(mail.document_codes),
        "X-MSS-INS": "O" if mail.patient.ins else "N",
        "X-MSS-NIL": mail.software_reference,
    }
    if mail.ends_exchange:
        headers["X-MSS-MES"] = "FIN"
    return headers


def _problems(mail: MssanteMail) -> list[str]:
    problems = []
    addresses = [mail.sender, *mail.recipients, *filter(None, (mail.reply_to, mail.reading_receipt_to))]
    if not mail.recipients:
        problems.append("aucun destinataire")
    if any(not _TRUST_DOMAIN.fullmatch(address) or not address.isascii() for address in addresses):
        problems.append("adresse hors de l’espace de confiance MSSanté")
    if not all(_MESSAGE_ID.fullmatch(item) for item in (mail.message_id, mail.in_reply_to or mail.message_id)):
        problems.append("identifiant de courriel mal formé")
    if not mail.archive or not mail.pdfs or not mail.document_codes:
        problems.append("archive, PDF ou code du document absent")
    to_patient = [address for address in mail.recipients if address.lower().endswith(f"@{_PATIENT_DOMAIN}")]
    if to_patient and len(to_patient) != len(mail.recipients):
        problems.append("le patient et un professionnel ne reçoivent pas le même courriel")
    if to_patient and (
        mail.patient.ins is None
        or {address.lower() for address in to_patient} != {f"{mail.patient.ins.extension}@{_PATIENT_DOMAIN}".lower()}
    ):
        problems.append("adresse d’un patient autre que celui du document")
    if _names_the_ins(mail):
        problems.append("matricule INS hors des pièces jointes")
    return problems


def _names_the_ins(mail: MssanteMail) -> bool:
    if mail.patient.ins is None:
        return False
    said = [
        mail.body,
        subject(mail),
        mail.sender_label,
        mail.sender,
        mail.reply_to,
        mail.reading_receipt_to,
        mail.message_id,
        mail.in_reply_to,
        mail.software_reference,
        *(pdf_name(pdf, mail.patient) for pdf in mail.pdfs),
    ]
    number = mail.patient.ins.extension[:13].upper()
    return any(number in re.sub(r"[\s.\u00a0\u202f-]", "", text).upper() for text in said)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _ascii(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.translate(_ASCII_FORMS))
    return re.sub(r"[^A-Za-z0-9]+", "-", plain.encode("ascii", "ignore").decode()).strip("-")
