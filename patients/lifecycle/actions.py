"""What people do to an identity: each act is judged by the table, written in the history and in the audit.

`seen` is the last line of the history that the person had before their eyes: if another one came since, nothing is done
and they read again.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from dcc.accounts.models import User
from dcc.audit.record import record
from dcc.lib import french
from patients.actions import NewIdentity, stored_traits
from patients.events import PatientEvent
from patients.identity.dates import age_on, typed_form
from patients.lifecycle import matricules
from patients.lifecycle.history import last_line, note, state_of
from patients.lifecycle.regimes import demand_typed_here
from patients.lifecycle.states import (
    DOCUMENTS,
    FLAGS,
    IdentityDocument,
    IdentityStatus,
    InsEnd,
)
from patients.lifecycle.transitions import TRANSITIONS, ActRefused, IdentityAct, IdentityState, judge
from patients.models import Patient, Relative

# Strict traits, in the words of the history; a change of any other one keeps the status.
STRICT = {
    "birth_name": "nom de naissance",
    "first_given_name": "premier prénom",
    "given_names": "prénoms de naissance",
    "birth_date": "date de naissance",
    "sex": "sexe",
    "birth_insee": "lieu de naissance",
}
COMPLEMENTARY = {
    "used_name": "nom utilisé",
    "used_given_name": "prénom utilisé",
    "billing_birth_date": "date de naissance de la carte Vitale",
    "birth_date_interpreted": "date incertaine",
}
LABELS = STRICT | COMPLEMENTARY
OF_AGE = 18
_DROPPED = {IdentityAct.CORRECT: InsEnd.CORRECTED, IdentityAct.LOSE_INS: InsEnd.UNCONFIRMED}


class MovedOn(Exception):
    """Somebody else changed this identity meanwhile: it is read again before anything is done."""

    message = "Cette identité vient d’être modifiée par quelqu’un d’autre. Relisez-la ci-dessous, puis recommencez."


class NotAtTheDesk(ValueError):
    """A trap for programmers: this act is not one a button starts."""


def act_on(*, patient: Patient, act: IdentityAct, by: User, seen: str, reason: str) -> Patient:
    """Mark or unmark an attribute, or cancel a validation; raises ActRefused, MovedOn, TraitsComeFromFeed."""
    line = TRANSITIONS[act]
    if not (line.wants_reason and line.by_hand):
        raise NotAtTheDesk(act)
    with transaction.atomic():
        found = locked(patient, seen)
        if line.source_only:
            demand_typed_here(by=by, patient=found)
        before = _become(found, act)
        note(patient=found, act=act, by=by, before=before, reason=reason)
        record(line.event, on=found, by=by, why=reason)
    return found


def validate(
    *, patient: Patient, document: IdentityDocument, with_representative: bool = False, by: User, seen: str
) -> Patient:
    """Validate an identity with the document that was shown; only its kind and the day are kept.

    Raises ActRefused (also for a document that proves nothing), MovedOn, TraitsComeFromFeed.
    """
    with transaction.atomic():
        found = locked(patient, seen)
        demand_typed_here(by=by, patient=found)
        _check_document(found, document, with_representative)
        before = _become(found, IdentityAct.VALIDATE, document_kind=document, document_checked_on=timezone.localdate())
        note(patient=found, act=IdentityAct.VALIDATE, by=by, before=before, document=document)
        record(PatientEvent.IDENTITY_VALIDATED, on=found, by=by, document=document.label)
    return found


def change_traits(
    *,
    patient: Patient,
    identity: NewIdentity,
    by: User,
    seen: str,
    reason: str = "",
    billing: str | None = None,
    date_as_written: bool = False,
) -> list[str]:
    """Write the traits as typed; the labels of what changed, [] when nothing did.

    `billing` is the date of the Vitale card when it is not that of the calendar, None to leave it (EXI ID 12).
    `date_as_written`: the date is the one of the document, so that it is no longer uncertain (EXI ID 11).

    A strict trait that changes makes the status fall back by the table and sends the INS to the history; the used names
    do not, nor an empty list of given names completed where no INS speaks. Raises ActRefused, MovedOn,
    TraitsComeFromFeed.
    """
    with transaction.atomic():
        found = locked(patient, seen)
        new = stored_traits(identity)
        if new["birth_date"] == found.birth_date:  # shown in full in the form: typing it again makes it no surer
            new["birth_date_interpreted"] = found.birth_date_interpreted and not date_as_written
        if billing is not None:
            new["billing_birth_date"] = billing
        changed = changes(found, new)
        if not changed:
            return _keep_as_received(found, new)
        strict = STRICT.keys() & changed
        if strict or "birth_date_interpreted" in changed:
            demand_typed_here(by=by, patient=found)
        act = IdentityAct.COMPLETE if strict <= _completed(found) else IdentityAct.CORRECT
        for name, value in new.items():
            setattr(found, name, value)
        before = _become(found, act, columns=new)
        note(patient=found, act=act, by=by, before=before, reason=reason, traits=changed)
        labels = [LABELS[name] for name in changed]
        fields, status = french.join_list(labels), found.get_status_display()
        record(TRANSITIONS[act].event, on=found, by=by, fields=fields, status=status)
    return labels


def note_death(*, patient: Patient, deceased: bool, died_on: date | None, by: User) -> Patient:
    """Note that a patient is dead, the day if it is known, or that it was noted by mistake (L.1110-4 V)."""
    with transaction.atomic():
        found = locked(patient)
        if (found.is_deceased, found.died_on) == (deceased, died_on):
            return found
        found.is_deceased, found.died_on = deceased, died_on if deceased else None
        found.save(update_fields=["is_deceased", "died_on"])
        record(PatientEvent.DEATH_NOTED if deceased else PatientEvent.DEATH_CANCELLED, on=found, by=by)
    return found


def add_relative(*, patient: Patient, by: User, **told: str) -> Relative:
    """Note who represents a patient by law, whom they trust, whom to call."""
    made = Relative.objects.create(region_id=patient.region_id, patient=patient, added_by=by, **told)
    record(PatientEvent.RELATIVE_ADDED, on=made, by=by, relation=made.get_relation_display())
    return made


def end_relative(*, relative: Relative, by: User) -> None:
    """Somebody is no longer what they were for the patient; the line stays in the file's history."""
    touched = Relative.objects.filter(pk=relative.pk, ended_at__isnull=True).update(ended_at=timezone.now())
    if touched:
        record(PatientEvent.RELATIVE_ENDED, on=relative, by=by, relation=relative.get_relation_display())


def locked(patient: Patient, seen: str | None = None) -> Patient:
    """Lock one identity and check that it is still the one that was looked at. Raises MovedOn."""
    found = Patient.objects.select_for_update(of=("self",)).get(pk=patient.pk)
    if found.merged_into_id is not None or (seen is not None and last_line(found.pk) != seen):
        raise MovedOn
    return found


def changes(patient: Patient, new: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """The traits that would change, before and after, as the history writes them."""
    pairs = {name: (_written(getattr(patient, name)), _written(new[name])) for name in LABELS if name in new}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def apply(patient: Patient, after: IdentityState, *, why: InsEnd = InsEnd.DOUBTED) -> list[str]:
    """Put on a locked patient what the table decided, unsaved; the names of the changed columns."""
    columns = [] if after.has_ins else matricules.end(patient, why)
    patient.status = after.status
    for attribute, column in FLAGS.items():
        setattr(patient, column, attribute in after.attributes)
    if after.status not in (IdentityStatus.VALIDATED, IdentityStatus.QUALIFIED):
        patient.document_kind, patient.document_checked_on = "", None
    return ["status", *FLAGS.values(), "document_kind", "document_checked_on", *columns]


def _become(patient: Patient, act: IdentityAct, *, columns: Iterable[str] = (), **proof: Any) -> IdentityState:
    """Judge, apply and save; the state as it was. Raises ActRefused."""
    before = state_of(patient)
    changed = apply(patient, judge(act, before), why=_DROPPED.get(act, InsEnd.DOUBTED))
    for name, value in proof.items():
        setattr(patient, name, value)
    patient.save(update_fields=[*changed, *columns])
    return before


def _completed(patient: Patient) -> set[str]:
    """The strict traits that may be filled in without a doubt about the rest: the list of given names, once.

    Where there is an INS the list is one of its traits: INSi or the feed says it, nobody at a desk (identity §1.3).
    """
    typed_here = patient.status in (IdentityStatus.PROVISIONAL, IdentityStatus.VALIDATED)
    return {"given_names"} if typed_here and not patient.given_names else set()


def _check_document(patient: Patient, document: IdentityDocument, with_representative: bool) -> None:
    rule = DOCUMENTS[document]
    if not rule.at_the_desk:
        raise NotAtTheDesk(document)
    if not rule.validates:
        raise ActRefused(
            f"Ce document ({document.label}) ne prouve pas l’identité\u00a0: elle reste provisoire. Demandez une carte "
            "nationale d’identité, un passeport ou un titre de séjour."
        )
    if rule.minors_only and age_on(patient.birth_date, timezone.localdate()) >= OF_AGE:
        raise ActRefused(
            f"Ce document ({document.label}) ne vaut que pour un mineur. Demandez une carte nationale d’identité, un "
            "passeport ou un titre de séjour."
        )
    if rule.minors_only and not with_representative:
        raise ActRefused(
            f"Ce document ({document.label}) se contrôle avec la pièce d’identité d’un représentant légal\u00a0: "
            "contrôlez-la, puis cochez la case."
        )


def _keep_as_received(patient: Patient, new: dict[str, Any]) -> list[str]:
    """Another writing of the same traits: kept as received, since nothing of the identity changes."""
    received = [name for name in new if name.endswith("_received") and getattr(patient, name) != new[name]]
    for name in received:
        setattr(patient, name, new[name])
    if received:
        patient.save(update_fields=received)
    return []


def _written(value: Any) -> str:
    return typed_form(value) if isinstance(value, date) else str(value)
