"""Asking INSi and deciding upon its answer: RECUP and QUAL come from here, and from no form (D12).

The question is traced whatever comes of it. An answer waits encrypted for a person, who reads it beside the file.
"""

import json
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from dcc.accounts.models import User
from dcc.audit.record import record
from dcc.lib.crypto import CryptoError, decrypt_field, encrypt_field, keyed_hash
from dcc.lib.ids import uuid7
from dcc.master_keys import keyring
from patients.events import PatientEvent
from patients.identity.candidates import search_keys
from patients.identity.dates import typed_form
from patients.identity.ins import Ins, read_ins
from patients.identity.names import comparison_key
from patients.identity.places import place
from patients.identity.refusal import Refused
from patients.identity.traits import FEMALE, MALE, TraitSet
from patients.insi.choice import insi, platform
from patients.insi.comparison import Comparison, compare
from patients.insi.interface import SENTENCES, Answer, Former, InsiCode, InsiIdentity, InsiUnavailable, Question
from patients.lifecycle import matricules
from patients.lifecycle.actions import STRICT, apply, changes, locked
from patients.lifecycle.history import note, state_of
from patients.lifecycle.regimes import demand_typed_here
from patients.lifecycle.states import Channel, IdentityStatus, InsEnd, InsiDecision
from patients.lifecycle.transitions import ActRefused, IdentityAct, IdentityState, judge
from patients.models import InsiCall, Patient
from patients.search import traits_of

VALID = timedelta(hours=24)
_TOO_OLD = (
    "Cette réponse d’INSi n’est plus valable\u00a0: les traits ont changé, ou plus d’un jour a passé. Interrogez de "
    "nouveau."
)
_SOUNDS = ("birth_name_sound", "used_name_sound", "given_name_sound", "used_given_name_sound")


def ask(*, patient: Patient, given_name: str, by: User) -> InsiCall:
    """Ask INSi with the traits of the file and one given name; an answer that changes nothing confirms the INS at once.

    Raises ActRefused, TraitsComeFromFeed, and InsiUnavailable, after which nothing is known nor written.
    """
    demand_typed_here(by=by, patient=patient)
    judge(IdentityAct.RETRIEVE, state_of(patient))
    if patient.sex not in (MALE, FEMALE):
        raise ActRefused("INSi ne connaît que les sexes féminin et masculin. Corrigez d’abord ce trait s’il est connu.")
    service = insi()
    if service is None:
        raise InsiUnavailable("Cette plateforme n’est pas raccordée à INSi. L’identité se valide avec une pièce.")
    answer = service.search(
        Question(birth_name=patient.birth_name, given_name=given_name, sex=patient.sex, birth_date=patient.birth_date)
    )
    row = uuid7()
    call = InsiCall(id=row, region_id=patient.region_id, patient=patient, asked_by=by, code=answer.code.value)
    call.traits_hash = _digest(patient)
    if answer.identity is not None:
        call.answer_sealed = encrypt_field(_written(answer.identity), keyring=keyring(), context=_context(call))
    with transaction.atomic():
        InsiCall.objects.filter(patient=patient, answer_sealed__isnull=False).update(answer_sealed=None)
        call.save(force_insert=True)
        record(PatientEvent.INSI_ASKED, on=call, by=by, outcome=SENTENCES[answer.code])
        if answer.identity is not None and _confirms(patient, answer):
            _confirm(patient, call, by)
    return call


def answer_of(call: InsiCall) -> InsiIdentity | None:
    """The identity an undecided call found; None when it found none, is decided, too old or cannot be opened."""
    fresh = call.decision == InsiDecision.NONE and timezone.now() - call.asked_at < VALID
    if not fresh or call.answer_sealed is None:
        return None
    try:
        return _read(decrypt_field(bytes(call.answer_sealed), keyring=keyring(), context=_context(call)))
    except (CryptoError, Refused):
        return None


def comparison_of(patient: Patient, call: InsiCall) -> Comparison | None:
    """The answer beside the file; None when there is nothing left to decide."""
    found = answer_of(call)
    holds = bytes(call.traits_hash) == _digest(patient)
    return compare(traits_of(patient), found) if found is not None and holds else None


def accept(*, call: InsiCall, by: User) -> Patient:
    """Take the traits and the matricule of an answer: PROV becomes RECUP, VALI becomes QUAL.

    Where a trait that a document shows is not the one INSi has, the document no longer proves the identity: RECUP.
    Raises ActRefused, TraitsComeFromFeed, matricules.InsHeldByAnother.
    """
    with transaction.atomic():
        patient = locked(call.patient)
        demand_typed_here(by=by, patient=patient)
        current = InsiCall.objects.select_for_update(of=("self",)).get(pk=call.pk)
        found, compared = answer_of(current), comparison_of(patient, current)
        if found is None or compared is None:
            raise ActRefused(_TOO_OLD)
        before = state_of(patient)
        columns = matricules.hold(patient, found.ins, source=Channel.INSI)
        for one in found.former:
            matricules.remember(patient, one.ins, InsEnd.DECLARED, started_on=one.started_on, ended_on=one.ended_on)
        changed = _take_traits(patient, compared.accepted)
        columns += apply(patient, _accepted_state(before, compared))
        _save_held(patient, [*columns, *_columns_of_traits()])
        note(patient=patient, act=IdentityAct.RETRIEVE, by=by, channel=Channel.INSI, before=before, traits=changed)
        _decide(current, InsiDecision.ACCEPTED, by)
        record(PatientEvent.INS_RETRIEVED, on=patient, by=by, status=patient.get_status_display())
    return patient


def dismiss(*, call: InsiCall, reason: str, by: User) -> None:
    """Leave an answer aside: this is not the patient, or it must be looked into."""
    with transaction.atomic():
        current = InsiCall.objects.select_for_update(of=("self",)).get(pk=call.pk)
        if current.decision == InsiDecision.NONE:
            _decide(current, InsiDecision.REFUSED, by)
            record(PatientEvent.INSI_DISMISSED, on=current, by=by, why=reason)


def lose_ins(*, patient: Patient, by: User) -> Patient:
    """Take away an INS that INSi does not confirm: the last call must have found nobody. Raises ActRefused."""
    with transaction.atomic():
        found = locked(patient)
        demand_typed_here(by=by, patient=found)
        last = last_call(found)
        if last is None or last.code == InsiCode.FOUND or bytes(last.traits_hash) != _digest(found):
            raise ActRefused(
                "Interrogez d’abord INSi avec les traits actuels\u00a0: l’INS se retire s’il ne la confirme pas."
            )
        before = state_of(found)
        columns = apply(found, judge(IdentityAct.LOSE_INS, before), why=InsEnd.UNCONFIRMED)
        found.save(update_fields=columns)
        note(patient=found, act=IdentityAct.LOSE_INS, by=by, channel=Channel.INSI, before=before)
        record(PatientEvent.INS_LOST, on=found, by=by, status=found.get_status_display())
    return found


def forget_answers() -> int:
    """Erase the answers nobody decided upon within a day, in the regions of the scope; how many.

    The row stays: who asked, when, what came of it, and since when its answer is no longer held.
    """
    over = InsiCall.objects.filter(answer_sealed__isnull=False, asked_at__lte=timezone.now() - VALID)
    return over.update(answer_sealed=None, decision=InsiDecision.LAPSED, decided_at=timezone.now())


def last_call(patient: Patient) -> InsiCall | None:
    """The latest question about a patient."""
    return InsiCall.objects.filter(patient=patient).select_related("asked_by").order_by("-asked_at").first()


def _save_held(patient: Patient, columns: list[str]) -> None:
    """Save an identity with its matricule; another desk may have given it to somebody else at this very moment."""
    try:
        with transaction.atomic():
            patient.save(update_fields=columns)
    except IntegrityError as error:
        holder = Patient.objects.living_records().filter(ins_hash=patient.ins_hash).exclude(pk=patient.pk).first()
        if holder is None:
            raise
        raise matricules.InsHeldByAnother(holder) from error


def _confirms(patient: Patient, answer: Answer) -> bool:
    found, ours = answer.identity, matricules.held(patient)
    return found is not None and ours == found.ins and not compare(traits_of(patient), found).differs


def _confirm(patient: Patient, call: InsiCall, by: User) -> None:
    found = locked(patient)
    found.ins_confirmed_at = timezone.now()
    found.save(update_fields=["ins_confirmed_at"])
    _decide(call, InsiDecision.ACCEPTED, by)
    record(PatientEvent.INS_CONFIRMED, on=found, by=by)


def _accepted_state(before: IdentityState, compared: Comparison) -> IdentityState:
    after = judge(IdentityAct.RETRIEVE, before)
    if compared.keeps_document or after.status != IdentityStatus.QUALIFIED:
        return after
    return IdentityState(status=IdentityStatus.RETRIEVED, attributes=after.attributes, has_ins=True)


def _take_traits(patient: Patient, accepted: TraitSet) -> dict[str, tuple[str, str]]:
    """Put the traits of INSi on the file, unsaved; those that changed, before and after."""
    assert accepted.birth_date is not None
    new: dict[str, Any] = {name: getattr(accepted, name) for name in STRICT} | {"birth_date_interpreted": False}
    changed = changes(patient, new)
    for name in ("birth_name", "first_given_name", "given_names"):
        value = getattr(accepted, name)
        setattr(patient, name, value)
        setattr(patient, f"{name}_key", comparison_key(value))
        if comparison_key(getattr(patient, f"{name}_received")) != comparison_key(value):
            setattr(patient, f"{name}_received", value)  # accents typed earlier are kept while the letters are the same
    patient.birth_date, patient.birth_date_interpreted = accepted.birth_date, False
    patient.sex = accepted.sex
    if "birth_insee" in changed:
        patient.birth_insee, patient.birth_postcode = accepted.birth_insee, ""
        patient.birth_place = place(accepted.birth_insee).label
    keys = search_keys(accepted)
    for name in _SOUNDS:
        setattr(patient, name, getattr(keys, name))
    return changed


def _columns_of_traits() -> list[str]:
    names = ("birth_name", "first_given_name", "given_names")
    forms = [f"{name}{form}" for name in names for form in ("", "_key", "_received")]
    others = ["birth_date", "birth_date_interpreted", "sex", "birth_insee", "birth_postcode", "birth_place"]
    return [*forms, *others, *_SOUNDS]


def _decide(call: InsiCall, decision: InsiDecision, by: User) -> None:
    call.decision, call.decided_at, call.decided_by = decision, timezone.now(), by
    call.answer_sealed = None  # decided: nothing of the answer is kept beside the identity
    call.save(update_fields=["decision", "decided_at", "decided_by", "answer_sealed"])


def _digest(patient: Patient) -> bytes:
    """What an answer is about: the strict traits, hashed with a key."""
    traits = traits_of(patient)
    said = [traits.birth_name, traits.first_given_name, traits.given_names, traits.sex, traits.birth_insee]
    born = typed_form(traits.birth_date) if traits.birth_date else ""
    return keyed_hash("|".join([*said, born]), purpose="patient.traits", keyring=keyring())


def _context(call: InsiCall) -> str:
    return f"patient.insi:{call.pk}"


def _written(found: InsiIdentity) -> str:
    """An answer as it is sealed."""
    former = [[one.ins.matricule, one.ins.oid, _iso(one.started_on), _iso(one.ended_on)] for one in found.former]
    traits = [found.birth_name, found.given_names, found.sex, found.birth_date.isoformat(), found.birth_insee]
    return json.dumps({"ins": [found.ins.matricule, found.ins.oid], "former": former, "traits": traits})


def _read(text: str) -> InsiIdentity:
    told = json.loads(text)
    birth_name, given_names, sex, born, insee = told["traits"]
    return InsiIdentity(
        ins=_ins(*told["ins"]),
        former=tuple(
            Former(ins=_ins(matricule, oid), started_on=_day(starts), ended_on=_day(ends))
            for matricule, oid, starts, ends in told["former"]
        ),
        birth_name=birth_name,
        given_names=given_names,
        sex=sex,
        birth_date=date.fromisoformat(born),
        birth_insee=insee,
    )


def _ins(matricule: str, oid: str) -> Ins:
    found = read_ins(matricule, oid, platform=platform(), check_key=False)
    assert found is not None
    return found


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
