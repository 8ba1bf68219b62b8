"""The numbers of a patient's copy: those of establishments, the INS and its former ones, each said as what it is.

The copy is the patient's own: it says every number held. Its FHIR part is for another software, which may be sent
an INS only of a qualified identity (EXI SI 08): there a former one is marked `old`, and one that was taken away
because it may be somebody else's is left out.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils import timezone

from dcc.lib import french
from dcc.lib.crypto import CryptoError
from patients.identity.ins import Ins, InsKind
from patients.lifecycle import matricules
from patients.lifecycle.states import InsEnd
from patients.models import FormerIns, IdentityStatus, Patient, PatientIdentifier
from patients.requests import fhir

UNREADABLE = "illisible\u00a0: la clé qui l’a fermé manque"
_HERS = frozenset({InsEnd.DECLARED, InsEnd.REPLACED})  # the other ends say that it may never have been theirs


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """One number in words; `identifier` is None for one that never travels to another software."""

    given_by: str
    value: str = field(repr=False)
    identifier: fhir.Identifier | None = field(default=None, repr=False)


def numbers_of(patient: Patient) -> tuple[Number, ...]:
    """The INS in force, the former ones, then the numbers of establishments, oldest first."""
    return (*_ins(patient), *_former(patient), *_ipps(patient))


def matricule_in_force(patient: Patient) -> str:
    """The matricule an identity holds whatever its status; '' when it holds none, words when it does not open."""
    try:
        ins = matricules.held(patient)
    except CryptoError:
        return UNREADABLE
    return ins.matricule if ins else ""


def former_matricule(row: FormerIns) -> str:
    """A former matricule, or words when it does not open."""
    try:
        return matricules.opened_former(row)
    except CryptoError:
        return UNREADABLE


def _ins(patient: Patient) -> Iterator[Number]:
    if matricule := matricule_in_force(patient):
        qualified = patient.status == IdentityStatus.QUALIFIED
        yield Number(
            given_by=f"INS (identité {patient.get_status_display()})",
            value=_shown(matricule, patient.ins_oid),
            identifier=_identifier(matricule, patient.ins_oid) if qualified else None,
        )


def _former(patient: Patient) -> Iterator[Number]:
    qualified, current = patient.status == IdentityStatus.QUALIFIED, matricule_in_force(patient)
    for row in FormerIns.objects.filter(patient=patient).order_by("recorded_at", "pk"):
        matricule, end = former_matricule(row), InsEnd(row.why)
        ended = row.ended_on or timezone.localdate(row.recorded_at)
        travels = qualified and end in _HERS and matricule != current
        yield Number(
            given_by=f"Ancien INS, jusqu’au {french.date_short(ended)} ({end.label})",
            value=_shown(matricule, row.oid),
            identifier=_identifier(matricule, row.oid, ended=ended.isoformat()) if travels else None,
        )


def _ipps(patient: Patient) -> Iterator[Number]:
    held = PatientIdentifier.objects.filter(patient=patient).select_related("organisation")
    for one in held.order_by("since", "pk"):
        ended = timezone.localdate(one.ended_at) if one.ended_at else None
        name = one.organisation.name
        yield Number(
            given_by=f"{name}, jusqu’au {french.date_short(ended)}" if ended else name,
            value=one.value,
            identifier=fhir.Identifier(
                value=one.value,
                system=f"urn:oid:{one.organisation.oid}" if one.organisation.oid else "",
                authority=name,
                kind=fhir.IPP,
                use="old" if ended else "usual",
                ended=ended.isoformat() if ended else "",
            ),
        )


def _identifier(matricule: str, oid: str, *, ended: str = "") -> fhir.Identifier | None:
    """An INS as FR Core writes it: temporary for an NIA, old once it is no longer in force."""
    kind = InsKind.of_oid(oid)
    if kind is None or matricule == UNREADABLE:
        return None
    use = "old" if ended else "temp" if kind.temporary else "official"
    return fhir.Identifier(
        value=matricule, system=f"urn:oid:{oid}", authority="INS", kind=fhir.ins_kind(kind.code), use=use, ended=ended
    )


def _shown(matricule: str, oid: str) -> str:
    kind = InsKind.of_oid(oid)
    return matricule if kind is None or matricule == UNREADABLE else Ins(matricule=matricule, kind=kind).formatted
