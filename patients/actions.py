"""Writes about identities: creation, numbers of establishments, contact, exceptional access."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from dcc.accounts.models import User
from dcc.audit.models import AuditEvent
from dcc.audit.record import record
from dcc.lib import french
from dcc.lib.ids import uuid7
from dcc.organisations.models import Organisation
from patients.access import grant, refusals
from patients.events import PatientEvent
from patients.identity.candidates import search_keys
from patients.identity.dates import BirthDate
from patients.identity.matching import Level
from patients.identity.names import NameForms
from patients.identity.places import Place
from patients.identity.traits import TraitSet
from patients.lifecycle.history import note
from patients.lifecycle.regimes import demand_typed_here
from patients.lifecycle.states import Channel
from patients.lifecycle.transitions import IdentityAct
from patients.models import Access, AccessReason, Contact, Patient, PatientIdentifier
from patients.search import Match, find_by_traits
from patients.searching import admit_search, trace_search

GLASS_OPEN = timedelta(hours=4)  # D2
GLASS_AT_MOST = 2  # an opening and its renewal, within a day
GLASS_REPEATED = timedelta(minutes=1)  # a second click, or a page sent again: not a renewal
SHORTEST_REASON = 15  # characters: an alert is read by someone who was not there


@dataclass
class CloseIdentityFound(Exception):
    """Someone very like this is known: creating in spite of it needs a reason (PAT-02)."""

    matches: list[Match]


@dataclass
class IppTaken(Exception):
    """The establishment already gave this number to someone else."""

    holder: Patient


class GlassExhausted(Exception):
    """The exceptional access was opened and renewed already within a day (D2)."""


class NotInCreatorsHands(Exception):
    """This identity exists and was created by somebody else: the form's token is not to be trusted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewIdentity:
    """The traits of a patient to create, normalised; `postcode` is the birth place's, when typed (D10)."""

    birth_name: NameForms
    first_given_name: NameForms
    birth_date: BirthDate
    sex: str
    place: Place
    postcode: str = ""
    given_names: NameForms | None = None
    used_name: NameForms | None = None
    used_given_name: NameForms | None = None

    def traits(self) -> TraitSet:
        return TraitSet(
            birth_name=self.birth_name.normalised,
            first_given_name=self.first_given_name.normalised,
            given_names=_written(self.given_names),
            used_name=_written(self.used_name),
            used_given_name=_written(self.used_given_name),
            birth_date=self.birth_date.value,
            birth_date_interpreted=self.birth_date.interpreted,
            sex=self.sex,
            birth_insee=self.place.insee,
            birth_postcode=self.postcode,
        )


def close_identities(matches: list[Match]) -> list[Match]:
    """Those that ask for a reason: probable or close, twins left aside (D11)."""
    return [one for one in matches if one.comparison and one.comparison.level is not Level.WEAK]


def create_patient(
    *,
    patient_id: UUID,
    identity: NewIdentity,
    by: User,
    reason: str = "",
    ipp: str = "",
    ipp_organisation: Organisation | None = None,
    contact: Mapping[str, str] | None = None,
    channel: Channel = Channel.TYPED,
) -> Patient:
    """Create a provisional identity and open its file to the acting organisation (PAT-02, PAT-03, D12).

    `patient_id` was drawn with the form: sent twice, it creates once. Raises CloseIdentityFound when a close identity
    is known and no reason is given, IppTaken, NotInCreatorsHands, TraitsComeFromFeed where the software of the
    establishment creates, TooManySearches: it looks for close identities, and is a search like another (§4).
    """
    admit_search(by=by, live=True)
    try:
        return _create(patient_id, identity, by, reason, ipp, ipp_organisation, contact, channel)
    except CloseIdentityFound as found:  # written outside what was undone: they are shown
        trace_search(criteria="identités proches, à l’enregistrement", found=len(found.matches), by=by, live=True)
        raise


def _create(
    patient_id: UUID,
    identity: NewIdentity,
    by: User,
    reason: str,
    ipp: str,
    ipp_organisation: Organisation | None,
    contact: Mapping[str, str] | None,
    channel: Channel,
) -> Patient:
    with transaction.atomic():
        demand_typed_here(by=by)
        _one_creation_at_a_time(identity)
        existing = Patient.objects.filter(pk=patient_id).first()
        if existing is not None:
            return _sent_twice(existing, by)
        close = close_identities(find_by_traits(identity.traits()))
        if close and not reason:
            raise CloseIdentityFound(close)
        patient = _insert(patient_id, identity, by, reason if close else "")
        grant(patient_id=patient.pk, to=by.acting_as.principal, reason=AccessReason.CREATION, by=by)
        if close:
            record(
                PatientEvent.CREATED_DESPITE, on=patient, by=by, why=reason, close=[str(m.patient.pk) for m in close]
            )
        else:
            record(PatientEvent.CREATED, on=patient, by=by)
        note(patient=patient, act=IdentityAct.CREATE, by=by, channel=channel, reason=reason if close else "")
        if ipp and ipp_organisation:
            add_ipp(patient=patient, value=ipp, organisation=ipp_organisation, by=by)
        if contact and any(contact.values()):
            Contact.objects.create(region_id=patient.region_id, patient=patient, **contact)
        return patient


def add_ipp(*, patient: Patient, value: str, organisation: Organisation, by: User) -> PatientIdentifier:
    """Note the number an establishment gave this patient (PAT-03). Raises IppTaken."""
    held = PatientIdentifier.objects.filter(organisation=organisation, value=value, ended_at__isnull=True)
    try:
        with transaction.atomic():
            for one in held.select_related("patient"):
                if one.patient_id == patient.pk:
                    return one
                raise IppTaken(one.patient)
            identifier = PatientIdentifier.objects.create(
                region_id=patient.region_id, patient=patient, organisation=organisation, value=value
            )
    except IntegrityError as error:  # given to someone else at this very moment
        raise IppTaken(held.select_related("patient").get().patient) from error
    record(PatientEvent.IPP_ADDED, on=identifier, by=by, organisation_name=organisation.short_name)
    return identifier


def update_contact(*, patient: Patient, values: Mapping[str, str], by: User) -> Contact:
    """Write how to reach the patient and their GP (PAT-10); records which fields changed, never what they held.

    `values` are those to write and no others: what a form did not change may have been changed by a feed meanwhile.
    """
    with transaction.atomic():
        # As a feed does, the identity before the row: two first writes wait for each other.
        Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)
        contact = Contact.objects.select_for_update(no_key=True).filter(patient=patient).first()
        contact = contact or Contact(region_id=patient.region_id, patient=patient)
        changed = [name for name, value in values.items() if getattr(contact, name) != value]
        for name in changed:
            setattr(contact, name, values[name])
        if changed:
            contact.save()
            labels = french.join_list(str(Contact._meta.get_field(name).verbose_name) for name in changed)  # type: ignore[union-attr]
            record(PatientEvent.CONTACT_UPDATED, on=contact, by=by, fields=labels)
        return contact


def record_opposition(*, patient: Patient, given_on: date, given_by: str, by: User) -> bool:
    """Note that the patient opposes the sharing of their data, said to `given_by`; True unless it was noted already.

    No file is opened for that (D3): it stands for every team, whoever sees the file reads it. Raises AccessRefused for
    a patient of another network.
    """
    with transaction.atomic(), refusals(), connection.cursor() as cursor:
        cursor.execute("SELECT dcc_record_opposition(%s, %s, %s, %s)", [uuid7(), patient.pk, given_on, given_by])
        (written,) = cursor.fetchone()
        if written:
            record(PatientEvent.OPPOSED, on=patient, by=by, given_on=french.date_short(given_on), given_by=given_by)
    return bool(written)


def break_glass(*, patient: Patient, reason: str, by: User) -> datetime:
    """Open a file exceptionally to one person for four hours, renewable once; gives its end (D2).

    Asked again within a minute, it gives the same end and writes nothing: urgency makes people click twice, and the
    renewal is for later. Raises GlassExhausted at the third opening within a day.
    """
    until = timezone.now() + GLASS_OPEN
    with transaction.atomic():
        if (current := _just_broken(patient, by)) is not None:
            return current
        grant(patient_id=patient.pk, to=by.principal, reason=AccessReason.BREAK_GLASS, by=by, expires_at=until)
        if glass_count(patient=patient, by=by) >= GLASS_AT_MOST:  # readable now that the file is open
            raise GlassExhausted
        written = french.moment_short(timezone.localtime(until))
        record(PatientEvent.GLASS_BROKEN, on=patient, by=by, why=reason, until=written)
    return until


def _just_broken(patient: Patient, by: User) -> datetime | None:
    """The end of what this person opened within the minute; two clicks at the same moment wait for each other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"glass {by.pk} {patient.pk}"])
    now = timezone.now()
    own = Access.objects.filter(patient=patient, principal_id=by.principal_id, reason=AccessReason.BREAK_GLASS)
    found = own.filter(expires_at__gt=now, granted_at__gt=now - GLASS_REPEATED)
    return found.values_list("expires_at", flat=True).first()


def glass_count(*, patient: Patient, by: User) -> int:
    """How often this person opened this file exceptionally within a day, as far as they may read it."""
    since = timezone.now() - timedelta(days=1)
    return AuditEvent.objects.filter(
        patient_id=patient.pk, actor_id=by.pk, event=PatientEvent.GLASS_BROKEN.value, recorded_at__gte=since
    ).count()


def _one_creation_at_a_time(identity: NewIdentity) -> None:
    """Two desks creating the same person at the same moment: the second one waits, then finds the first's."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [0xDCC, identity.birth_date.value.toordinal()])


def _sent_twice(existing: Patient, by: User) -> Patient:
    if existing.created_by_id != by.pk:
        raise NotInCreatorsHands
    return existing


def stored_traits(identity: NewIdentity) -> dict[str, Any]:
    """The columns of Patient that hold the traits: as received, normalised, compared and heard."""
    keys = search_keys(identity.traits())
    fields: dict[str, Any] = {name: getattr(keys, name) for name in _SOUNDS}
    for name in ("birth_name", "first_given_name", "given_names", "used_name", "used_given_name"):
        forms: NameForms | None = getattr(identity, name)
        fields |= {name: _written(forms), f"{name}_key": forms.key if forms else ""}
        fields[f"{name}_received"] = forms.received if forms else ""
    return fields | {
        "birth_date": identity.birth_date.value,
        "birth_date_interpreted": identity.birth_date.interpreted,
        "sex": identity.sex,
        "birth_insee": identity.place.insee,
        "birth_postcode": identity.postcode,
        "birth_place": identity.place.label,
    }


def _insert(patient_id: UUID, identity: NewIdentity, by: User, reason: str) -> Patient:
    patient = Patient(
        id=patient_id, region_id=by.acting_in, created_by=by, duplicate_reason=reason, **stored_traits(identity)
    )
    try:
        with transaction.atomic():
            patient.save(force_insert=True)
    except IntegrityError as error:  # this very identifier exists out of sight
        raise NotInCreatorsHands from error
    return patient


_SOUNDS = ("birth_name_sound", "used_name_sound", "given_name_sound", "used_given_name_sound")


def _written(forms: NameForms | None) -> str:
    return forms.normalised if forms else ""
