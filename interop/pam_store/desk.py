"""What desks typed, as statements of an authority of our own: a feed completes it, and a better status speaks first.

Once a feed has shown somebody, a desk only says what it changed since: the rest is the feed's, and may change with it.
"""

from dataclasses import replace
from datetime import datetime

from interop.pam.record import Claim, LocalId, Record, Reliability, Stamp, Statement, Traits, strict_traits
from interop.pam.said import CLEARED, UNSAID
from interop.pam_store.reached import said_of
from interop.pam_store.source import DESK
from patients.feed.contacts import FedContact
from patients.feed.projection import NAMES, TRAITS, FedIdentity, standing
from patients.identity.names import comparison_key
from patients.identity.places import UNKNOWN_PLACE
from patients.lifecycle import matricules
from patients.models import Contact, Patient

_RELIABILITY = {
    "PROV": Reliability.PROVISIONAL,
    "RECUP": Reliability.RETRIEVED,
    "VALI": Reliability.VALIDATED,
    "QUAL": Reliability.VALIDATED,
}


def number_of(patient: Patient) -> LocalId:
    """The number that a patient has here."""
    return LocalId(authority=DESK, value=str(patient.pk))


def typed(patient: Patient, contact: Contact | None) -> Record:
    """Everything a desk said of a patient no feed had heard of."""
    said = _whole(patient)
    stamp = Stamp(patient.created_at, patient.created_at, 0, "")
    said_here = (Statement(stamp=stamp, traits=said),)
    record = Record(identifier=number_of(patient), statements=said_here, by_hand=True)
    return reached(contact, patient, None, record, patient.created_at) or record


def changed(patient: Patient, shown: FedIdentity, record: Record | None, now: datetime) -> Record | None:
    """Add what a desk changed since `shown` was written; None when that is nothing a statement can say."""
    whole, (state, _) = _whole(patient), standing(shown)
    if patient.status != state.status or matricules.held(patient) != (shown.ins if state.has_ins else None):
        said = whole  # a status is worth what it was given to: every trait beside it
    else:
        values = {name: getattr(whole, name) for name in TRAITS if _differs(patient, shown, name)}
        marks = UNSAID if patient.attributes == state.attributes else whole.attributes
        said = Traits(**values, attributes=marks)
        if said == Traits():
            return None
    known = record or Record(identifier=number_of(patient), by_hand=True)
    return known.hearing(Statement(stamp=Stamp(now, now, 0, ""), traits=said))


def reached(
    contact: Contact | None, patient: Patient, shown: FedContact | None, record: Record | None, now: datetime
) -> Record | None:
    """Add how a desk said to reach the patient since `shown` was written; None when that is nothing new.

    Said when the row was last written: nobody but a desk writes it without noting what it wrote.
    """
    said = said_of(contact, shown)
    if said == Traits():
        return None
    at = contact.updated_at if contact is not None else now
    known = record or Record(identifier=number_of(patient), by_hand=True)
    return known.hearing(Statement(stamp=Stamp(at, at, 1, "C"), traits=said))


def _differs(patient: Patient, shown: FedIdentity, name: str) -> bool:
    stored, fed = getattr(patient, name), getattr(shown, name)
    if name in NAMES:
        return comparison_key(stored) != comparison_key(fed)
    return bool(stored != (fed or UNKNOWN_PLACE if name == "birth_insee" else fed))


def _whole(patient: Patient) -> Traits:
    names = {name: getattr(patient, name) or UNSAID for name in NAMES}
    traits = Traits(
        **names,
        birth_date=patient.birth_date,
        birth_date_interpreted=patient.birth_date_interpreted,
        sex=patient.sex,
        birth_insee=patient.birth_insee if patient.birth_insee != UNKNOWN_PLACE else UNSAID,
        birth_place=patient.birth_place or UNSAID,
        deceased=patient.is_deceased or UNSAID,
        reliability=_RELIABILITY[patient.status],
        attributes=frozenset(one.value for one in patient.attributes),
    )
    ins, strict = matricules.held(patient), strict_traits(traits)
    if ins is not None and strict is not None:
        return replace(traits, claim=Claim(ins=ins, traits=strict))
    return replace(traits, claim=CLEARED) if patient.status == "PROV" else traits
