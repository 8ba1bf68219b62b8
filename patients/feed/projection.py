"""Writes on a Patient who the feeds say somebody is, and tells what a desk changed since.

The columns of the patient are the last word, not the source: the statements are kept and the identity is recomputed
from them. So the projection may be done again at will; it writes nothing when nothing changed.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from dcc.audit.record import Actor, record
from patients.events import PatientEvent
from patients.feed.contacts import COLUMNS
from patients.identity.candidates import search_keys
from patients.identity.ins import Ins
from patients.identity.names import comparison_key
from patients.identity.places import UNKNOWN_PLACE, place
from patients.identity.traits import TraitSet
from patients.ins_index import ins_hash
from patients.lifecycle import matricules
from patients.lifecycle.history import note, state_of
from patients.lifecycle.states import DISTRUSTED, FLAGS, Attribute, Channel, IdentityDocument, IdentityStatus, InsEnd
from patients.lifecycle.transitions import IdentityAct, IdentityState
from patients.models import Contact, Patient

NAMES = ("birth_name", "first_given_name", "given_names", "used_name", "used_given_name")
TRAITS = (*NAMES, "birth_date", "birth_date_interpreted", "sex", "birth_insee")
PROVED = (IdentityStatus.VALIDATED, IdentityStatus.QUALIFIED)
# What a message may say of an identity, as far as it is kept here; INVA takes the INS away like a doubt.
ATTRIBUTES = {
    "HOMA": Attribute.HOMONYM,
    "HOMD": Attribute.HOMONYM,
    "DOUT": Attribute.DOUBTFUL,
    "INVA": Attribute.DOUBTFUL,
    "FICT": Attribute.FICTITIOUS,
    "ANOM": Attribute.ANONYMOUS,
}
_LONGEST_PLACE = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class FedIdentity:
    """Somebody as the feeds say; "" and None are unknown. `codes` are those of PID-32, the INS is read already.

    `received` holds the names as they were written, by trait, "" where that says no more than the normalised form.

    `source` is the establishment whose software says the traits, None when a desk does.
    """

    birth_name: str
    first_given_name: str
    given_names: str
    used_name: str
    used_given_name: str
    received: Mapping[str, str]
    birth_date: date
    birth_date_interpreted: bool
    sex: str
    birth_insee: str
    birth_place: str
    status: str
    ins: Ins | None
    codes: frozenset[str]
    is_deceased: bool
    died_on: date | None
    source: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What the projection did; `holder` is another patient who bears the INS, left to them."""

    patient: Patient
    created: bool
    changed: tuple[str, ...]
    holder: UUID | None


def digest_of(patient: Patient, contact: Contact | None) -> bytes:
    """Sum up what a feed may write on a patient, to notice later that a desk changed it."""
    values = [getattr(patient, name) for name in (*TRAITS, "status", *FLAGS.values(), "is_deceased", "died_on")]
    values += [getattr(contact, name) for name in COLUMNS] if contact is not None else [""] * len(COLUMNS)
    held = bytes(patient.ins_hash) if patient.ins_hash is not None else b""
    return hashlib.sha256(repr([str(value) for value in values]).encode() + held).digest()


def show(fed: FedIdentity, *, patient: Patient | None, at: Mapping[str, Any], by: Actor, source_name: str) -> Shown:
    """Create or update a patient (PAT-03); `at` is the id and the region of one to create.

    Writes the history of the identity and the audit event when something changed, nothing otherwise.
    """
    state, distrusted = standing(fed)
    holder = _holder(fed.ins, patient) if state.has_ins else None
    if holder is not None:  # the INS stays where it is until a person decides
        demoted = IdentityStatus.VALIDATED if state.status == IdentityStatus.QUALIFIED else IdentityStatus.PROVISIONAL
        state = IdentityState(status=demoted, attributes=state.attributes)
    created = patient is None
    found = patient if patient is not None else Patient(**at, birth_postcode="")
    before = None if created else state_of(found)
    was = {} if created else {name: getattr(found, name) for name in TRAITS}
    columns = _columns(fed, found, state, created=created)
    changed = [name for name, value in columns.items() if created or getattr(found, name) != value]
    for name in changed:
        setattr(found, name, columns[name])
    if created:
        _hold(found, fed.ins if state.has_ins else None, distrusted)
        found.save(force_insert=True)
    else:
        changed += _hold(found, fed.ins if state.has_ins else None, distrusted)
        if changed:
            found.save(update_fields=changed)
    if changed:
        traits = {} if created else {name: (str(old), str(getattr(found, name))) for name, old in was.items()}
        corrected = {name: pair for name, pair in traits.items() if pair[0] != pair[1]}
        if created or corrected or before != state_of(found):
            act = IdentityAct.FEED
            note(patient=found, act=act, by=by, channel=Channel.FEED, before=before, traits=corrected)
            status = IdentityStatus(found.status).label
            record(PatientEvent.IDENTITY_FED, on=found, by=by, source=source_name, status=status)
    return Shown(patient=found, created=created, changed=tuple(changed), holder=holder)


def standing(fed: FedIdentity) -> tuple[IdentityState, bool]:
    """Give the status, attributes and INS that may stand together, as the CHECK constraints of the table say; and
    whether the identity is distrusted."""
    said = {ATTRIBUTES[code] for code in fed.codes if code in ATTRIBUTES}
    if said & DISTRUSTED:
        kept = next(({one} for one in (Attribute.FICTITIOUS, Attribute.ANONYMOUS) if one in said), said)
        return IdentityState(status=IdentityStatus.PROVISIONAL, attributes=frozenset(kept)), True
    return IdentityState(
        status=IdentityStatus(fed.status), attributes=frozenset(said), has_ins=fed.ins is not None
    ), False


def _holder(ins: Ins | None, patient: Patient | None) -> UUID | None:
    if ins is None:
        return None
    hashed = ins_hash(ins.matricule, ins.oid)
    if patient is not None and patient.ins_hash is not None and bytes(patient.ins_hash) == hashed:
        return None
    others = Patient.objects.living_records().filter(ins_hash=hashed)
    return (others.exclude(pk=patient.pk) if patient is not None else others).values_list("pk", flat=True).first()


def _columns(fed: FedIdentity, patient: Patient, state: IdentityState, *, created: bool) -> dict[str, Any]:
    keys = search_keys(
        TraitSet(
            birth_name=fed.birth_name,
            first_given_name=fed.first_given_name,
            used_name=fed.used_name,
            used_given_name=fed.used_given_name,
            birth_date=fed.birth_date,
        )
    )
    insee = fed.birth_insee or UNKNOWN_PLACE
    columns: dict[str, Any] = {
        "birth_date": fed.birth_date,
        "birth_date_interpreted": fed.birth_date_interpreted,
        "sex": fed.sex,
        "birth_insee": insee,
        "birth_place": (fed.birth_place or place(insee).label)[:_LONGEST_PLACE],
        "birth_name_sound": keys.birth_name_sound,
        "used_name_sound": keys.used_name_sound,
        "given_name_sound": keys.given_name_sound,
        "used_given_name_sound": keys.used_given_name_sound,
        "status": state.status,
        "is_deceased": fed.is_deceased,
        "died_on": fed.died_on if fed.is_deceased else None,
        "fed_by_id": fed.source,
    }
    for name in NAMES:
        written, key = getattr(fed, name), comparison_key(getattr(fed, name))
        columns |= {name: written, f"{name}_key": key}
        if fed.received.get(name):
            columns[f"{name}_received"] = fed.received[name]
        elif created or getattr(patient, f"{name}_key") != key:  # the accents that somebody typed are kept
            columns[f"{name}_received"] = written
    columns |= {column: attribute in state.attributes for attribute, column in FLAGS.items()}
    if not created and patient.birth_insee != insee:
        columns["birth_postcode"] = ""
    if fed.source is not None:
        columns["document_kind"] = IdentityDocument.SOURCE if state.status in PROVED else ""
    if state.status not in PROVED:
        columns |= {"document_kind": "", "document_checked_on": None}
    return columns


def _hold(patient: Patient, ins: Ins | None, distrusted: bool) -> list[str]:
    """Give the INS, or send the one that is no longer said to the history; the names of the changed columns."""
    if ins is None:
        return matricules.end(patient, InsEnd.DOUBTED if distrusted else InsEnd.CORRECTED)
    if patient.ins_hash is not None and bytes(patient.ins_hash) == ins_hash(ins.matricule, ins.oid):
        return []
    return matricules.hold(patient, ins, source=Channel.FEED)
