"""The visit messages we send, each event of PAM France that opens, moves, closes, corrects or cancels a visit."""

from dataclasses import dataclass, replace
from datetime import datetime

from interop.cda.parties import LocalId
from interop.hl7v2.mdm import EmissionRefused
from interop.pam.datatypes import Authority, Cx, Ei, Moment, Xon, moment_of
from interop.pam.message import write_adt
from interop.pam.outgoing import IdentityMessage, adt_of
from interop.pam.said import UNSAID, Said
from interop.pam.segments import Pv1, Zbe
from interop.pam.triggers import TRIGGERS, Family
from interop.pam.visits import CANCELS, CORRECTION


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A unit of care: the code its establishment gives it, and its name."""

    code: str
    name: str
    authority_oid: str
    authority_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitEvent:
    """What happens to a visit; `movement` is its id at the sender, `original_event` what is corrected or cancelled.

    `account` (PID-18) is the visit number unless it has one of its own.
    """

    code: str
    number: LocalId
    movement: LocalId
    patient_class: str
    starts_at: datetime
    original_event: str = ""
    account: LocalId | None = None
    medical_unit: Unit | None = None
    admitted_at: datetime | None = None
    discharged_at: datetime | None = None


def build_visit(message: IdentityMessage, visit: VisitEvent) -> bytes:
    """Write a visit message (A01…A08, A11, A12, A13, A38, Z99). Raises EmissionRefused, with the reasons in French."""
    _check(message, visit)
    adt = adt_of(message, visit.code)
    account = visit.account or visit.number
    return write_adt(
        replace(
            adt,
            pid=replace(adt.pid, account=_cx(account, "AN")),
            pv1=Pv1(
                rank="1",
                patient_class=visit.patient_class,
                visit_number=_cx(visit.number, "VN"),
                admitted_at=_moment(visit.admitted_at),
                discharged_at=_moment(visit.discharged_at),
            ),
            zbe=Zbe(
                movements=(
                    Ei(
                        value=visit.movement.value,
                        namespace=visit.movement.authority_name or UNSAID,
                        universal_id=visit.movement.authority_oid,
                        universal_type="ISO",
                    ),
                ),
                starts_at=moment_of(visit.starts_at),
                action=_action(visit.code),
                historical="N",
                original_event=_original(visit) or UNSAID,
                medical_unit=_unit(visit.medical_unit),
            ),
        )
    )


def _check(message: IdentityMessage, visit: VisitEvent) -> None:
    trigger = TRIGGERS.get(visit.code)
    if trigger is None or trigger.family is not Family.VISIT:
        raise EmissionRefused(["cet événement n’est pas celui d’une venue"])
    if message.prior is not None or message.cleared:
        raise EmissionRefused(["un mouvement ne fusionne ni n’efface rien"])
    if visit.code == CORRECTION and not visit.original_event:
        raise EmissionRefused(["une correction dit quel événement elle corrige"])
    if visit.code in CANCELS and _original(visit) not in CANCELS[visit.code]:
        raise EmissionRefused(["une annulation dit quel événement elle annule"])


def _original(visit: VisitEvent) -> str:
    """ZBE-6; the only event that a cancellation can be of needs not be said."""
    cancelled = CANCELS.get(visit.code, ())
    return visit.original_event or (cancelled[0] if len(cancelled) == 1 else "")


def _action(code: str) -> str:
    if code in CANCELS:
        return "CANCEL"
    return "UPDATE" if code in (CORRECTION, "A08") else "INSERT"


def _cx(identifier: LocalId, kind: str) -> Cx:
    return Cx(
        value=identifier.value, authority=_authority(identifier.authority_name, identifier.authority_oid), type=kind
    )


def _authority(name: str, oid: str) -> Authority:
    return Authority(name=name or UNSAID, universal_id=oid, universal_type="ISO")


def _unit(unit: Unit | None) -> Said[Xon]:
    if unit is None:
        return UNSAID
    authority = _authority(unit.authority_name, unit.authority_oid)
    return Xon(name=unit.name, authority=authority, id_type="UF", number=unit.code)


def _moment(instant: datetime | None) -> Said[Moment]:
    return UNSAID if instant is None else moment_of(instant)
