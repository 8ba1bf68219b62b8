"""The identity messages we send: creation, update, merge, change of identifier; what breaks a rule is not written."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from interop.cda.parties import LocalId, Patient
from interop.hl7v2.mdm import EmissionRefused, Endpoint
from interop.hl7v2.patient import pid
from interop.hl7v2.reader import Segment
from interop.hl7v2.text import Charset
from interop.pam.datatypes import Authority, Cx, Ei, MessageType, Version, Xad, Xpn, moment_of
from interop.pam.layout import read_segment
from interop.pam.message import AdtMessage, write_adt
from interop.pam.said import CLEARED, UNSAID, value_of
from interop.pam.segments import Evn, Mrg, Msh, Pid, Pv1
from interop.pam.triggers import TRIGGERS
from interop.terminologies.hl7v2 import COUNTRY, IDENTITY_STATUSES, QUALIFIED_IDENTITY

VERSION = Version(number="2.5", country=COUNTRY, national="2.11")
PROFILE = Ei(value="2.11", namespace="IHE_FRANCE-2.11-PAM")


class Clearable(StrEnum):
    """What an update can delete at the receiver; strict traits cannot be."""

    USED_NAME = "used_name"
    ADDRESS = "address"
    CONTACTS = "contacts"


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityMessage:
    """An identity to send; `recorded_at` is when it became so here, which orders it at the receiver.

    `prior` is the identifier that disappears (A40) or is replaced (A47), in the authority of one of the patient's.
    """

    control_id: str
    sending: Endpoint
    receiving: Endpoint
    sent_at: datetime
    recorded_at: datetime
    patient: Patient
    processing_id: str = "P"
    prior: LocalId | None = None
    cleared: frozenset[Clearable] = field(default=frozenset())


def build_creation(message: IdentityMessage) -> bytes:
    """Write an A28."""
    return write_adt(adt_of(message, "A28"))


def build_update(message: IdentityMessage) -> bytes:
    """Write an A31: the whole identity, and `""` for what `cleared` names."""
    return write_adt(adt_of(message, "A31"))


def build_merge(message: IdentityMessage) -> bytes:
    """Write an A40: `prior` disappears into the patient's identity."""
    return write_adt(adt_of(message, "A40"))


def build_identifier_change(message: IdentityMessage) -> bytes:
    """Write an A47: `prior` is replaced by the patient's identifier."""
    return write_adt(adt_of(message, "A47"))


def adt_of(message: IdentityMessage, code: str) -> AdtMessage:
    """Type an identity message of that event. Raises EmissionRefused."""
    _check(message, code)
    alone = code in ("A28", "A31")  # A40 and A47 have no PV1
    return AdtMessage(
        msh=_header(message, code),
        evn=Evn(recorded_at=moment_of(message.recorded_at)),
        pid=_cleared(_pid(message.patient), message.cleared),
        pv1=Pv1(rank="1", patient_class="N") if alone else None,
        mrg=None if alone or message.prior is None else Mrg(identifiers=(_cx(message.prior),)),
    )


def _check(message: IdentityMessage, code: str) -> None:
    patient, prior = message.patient, message.prior
    if not patient.local_ids:
        raise EmissionRefused(["une identité sans IPP ne peut pas être envoyée"])
    if not patient.identity_statuses or not set(patient.identity_statuses) <= IDENTITY_STATUSES:
        raise EmissionRefused(["le statut de l’identité est absent ou hors table 0445 (QUAL ne s’envoie pas)"])
    if patient.ins is not None and QUALIFIED_IDENTITY not in patient.identity_statuses:
        raise EmissionRefused(["une INS ne part qu’avec une identité qualifiée"])
    if message.cleared and code != "A31":
        raise EmissionRefused(["seule une mise à jour efface une donnée"])
    if (prior is not None) != (code in ("A40", "A47")):
        raise EmissionRefused(["l’identifiant qui disparaît n’existe que dans une fusion ou un changement"])
    if prior is not None and (
        prior in patient.local_ids or prior.authority_oid not in {own.authority_oid for own in patient.local_ids}
    ):
        raise EmissionRefused(["l’identifiant qui disparaît doit différer de celui qui reste, dans la même autorité"])


def _header(message: IdentityMessage, code: str) -> Msh:
    return Msh(
        sending_application=Authority(name=message.sending.application),
        sending_facility=Authority(name=message.sending.facility),
        receiving_application=Authority(name=message.receiving.application),
        receiving_facility=Authority(name=message.receiving.facility),
        sent_at=moment_of(message.sent_at),
        type=MessageType(code="ADT", trigger=code, structure=TRIGGERS[code].structure),
        control_id=message.control_id,
        processing_id=message.processing_id,
        version=VERSION,
        country=COUNTRY,
        charset=Charset.UTF8.value,
        language="FR",
        profiles=(PROFILE,),
    )


def _pid(patient: Patient) -> Pid:
    """Type the PID of the document messages: one function of the product decides what a PID holds."""

    def refused(number: int, reason: str) -> None:
        raise EmissionRefused([f"PID-{number}\u00a0: {reason}"])

    return read_segment(Pid, Segment(pid(patient).encode()), refused)


def _cleared(segment: Pid, cleared: frozenset[Clearable]) -> Pid:
    if Clearable.USED_NAME in cleared:
        birth = tuple(name for name in value_of(segment.names, ()) if name.type != "D")
        segment = replace(segment, names=(*birth, Xpn(family=CLEARED, given=CLEARED, type="D")))
    if Clearable.ADDRESS in cleared:
        kept = tuple(address for address in value_of(segment.addresses, ()) if address.type == "BDL")
        segment = replace(segment, addresses=(Xad(street=CLEARED, city=CLEARED, postcode=CLEARED, type="H"), *kept))
    if Clearable.CONTACTS in cleared:
        segment = replace(segment, contacts=CLEARED)
    return segment


def _cx(identifier: LocalId) -> Cx:
    authority = Authority(
        name=identifier.authority_name or UNSAID, universal_id=identifier.authority_oid, universal_type="ISO"
    )
    return Cx(value=identifier.value, authority=authority, type="PI")
