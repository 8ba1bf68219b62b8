"""Segments of PAM France 2.11, by their French content; fields forbidden in France are not declared, so never carried.

Nor is ZFS (legal mode of psychiatric care): a tumour board has no right to it.
"""

# `at` declares a field, as dataclasses.field does; the rule only knows the latter.
# ruff: noqa: RUF009

from dataclasses import dataclass

from interop.pam.datatypes import TIME, Authority, Cx, Ei, MessageType, Moment, Place, Version, Xad, Xcn, Xon, Xpn, Xtn
from interop.pam.layout import at, many
from interop.pam.said import Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Msh:
    """Header of a message."""

    sending_application: Said[Authority] = at(3, Authority)
    sending_facility: Said[Authority] = at(4, Authority)
    receiving_application: Said[Authority] = at(5, Authority)
    receiving_facility: Said[Authority] = at(6, Authority)
    sent_at: Said[Moment] = at(7, TIME)
    type: Said[MessageType] = at(9, MessageType)
    control_id: Said[str] = at(10)
    processing_id: Said[str] = at(11)
    version: Said[Version] = at(12, Version)
    accept_ack: Said[str] = at(15)
    application_ack: Said[str] = at(16)
    country: Said[str] = at(17)
    charset: Said[str] = at(18)
    language: Said[str] = at(19)
    profiles: Said[tuple[Ei, ...]] = at(21, many(Ei))


@dataclass(frozen=True, slots=True, kw_only=True)
class Evn:
    """When the event was recorded (2), is planned (3), happened (6); EVN-1 is forbidden in France."""

    recorded_at: Said[Moment] = at(2, TIME)
    planned_at: Said[Moment] = at(3, TIME)
    reason: Said[str] = at(4)
    operator: Said[Xcn] = at(5, Xcn)
    occurred_at: Said[Moment] = at(6, TIME)
    facility: Said[Authority] = at(7, Authority)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pid:
    """The identity; `birth` stays text, since a partial or lunar date is not one of the calendar."""

    rank: Said[str] = at(1)
    identifiers: Said[tuple[Cx, ...]] = at(3, many(Cx))
    names: Said[tuple[Xpn, ...]] = at(5, many(Xpn))
    mother_names: Said[tuple[Xpn, ...]] = at(6, many(Xpn))
    birth: Said[str] = at(7)
    sex: Said[str] = at(8)
    addresses: Said[tuple[Xad, ...]] = at(11, many(Xad))
    contacts: Said[tuple[Xtn, ...]] = at(13, many(Xtn))
    work_contacts: Said[tuple[Xtn, ...]] = at(14, many(Xtn))
    marital_status: Said[str] = at(16)
    account: Said[Cx] = at(18, Cx)
    mother_identifiers: Said[tuple[Cx, ...]] = at(21, many(Cx))
    birth_place: Said[str] = at(23)
    multiple_birth: Said[str] = at(24)
    birth_order: Said[str] = at(25)
    citizenships: Said[tuple[str, ...]] = at(26, many())
    died_at: Said[Moment] = at(29, TIME)
    deceased: Said[str] = at(30)
    unknown_identity: Said[str] = at(31)
    reliability: Said[tuple[str, ...]] = at(32, many())
    updated_at: Said[Moment] = at(33, TIME)
    updated_by: Said[Authority] = at(34, Authority)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pd1:
    """Additional demographics."""

    living_arrangement: Said[str] = at(2)
    protected: Said[str] = at(12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rol:
    """A professional of the patient; `role` ODRP is the declared treating doctor."""

    instance: Said[Ei] = at(1, Ei)
    action: Said[str] = at(2)
    role: Said[str] = at(3)
    persons: Said[tuple[Xcn, ...]] = at(4, many(Xcn))
    starts_at: Said[Moment] = at(5, TIME)
    ends_at: Said[Moment] = at(6, TIME)
    addresses: Said[tuple[Xad, ...]] = at(11, many(Xad))
    contacts: Said[tuple[Xtn, ...]] = at(12, many(Xtn))


@dataclass(frozen=True, slots=True, kw_only=True)
class Nk1:
    """A relative: trusted person, legal representative, person to warn."""

    rank: Said[str] = at(1)
    names: Said[tuple[Xpn, ...]] = at(2, many(Xpn))
    relation: Said[str] = at(3)
    addresses: Said[tuple[Xad, ...]] = at(4, many(Xad))
    contacts: Said[tuple[Xtn, ...]] = at(5, many(Xtn))
    role: Said[str] = at(7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mrg:
    """The identifiers that disappear: merged away (A40), replaced (A47)."""

    identifiers: Said[tuple[Cx, ...]] = at(1, many(Cx))
    account: Said[Cx] = at(3, Cx)
    visit_number: Said[Cx] = at(5, Cx)
    names: Said[tuple[Xpn, ...]] = at(7, many(Xpn))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pv1:
    """The visit; `patient_class` E, I, O, R, or N when there is none."""

    rank: Said[str] = at(1)
    patient_class: Said[str] = at(2)
    location: Said[Place] = at(3, Place)
    admission_type: Said[str] = at(4)
    preadmission_number: Said[Cx] = at(5, Cx)
    prior_location: Said[Place] = at(6, Place)
    attending: Said[tuple[Xcn, ...]] = at(7, many(Xcn))
    referring: Said[tuple[Xcn, ...]] = at(8, many(Xcn))
    vip: Said[str] = at(16)
    admitting: Said[tuple[Xcn, ...]] = at(17, many(Xcn))
    visit_number: Said[Cx] = at(19, Cx)
    courtesy: Said[str] = at(22)
    discharge_disposition: Said[str] = at(36)
    admitted_at: Said[Moment] = at(44, TIME)
    discharged_at: Said[Moment] = at(45, TIME)
    visit_indicator: Said[str] = at(51)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pv2:
    """Planned dates and circumstances of the visit."""

    accommodation: Said[str] = at(2)
    admit_reason: Said[str] = at(3)
    user_code: Said[str] = at(7)
    expected_admission: Said[Moment] = at(8, TIME)
    expected_discharge: Said[Moment] = at(9, TIME)
    description: Said[str] = at(12)
    publicity: Said[str] = at(18)
    protected: Said[str] = at(22)
    precaution: Said[str] = at(30)
    newborn: Said[str] = at(36)


@dataclass(frozen=True, slots=True, kw_only=True)
class Zbe:
    """The movement: its ids, its period, what is done with it (`action` INSERT, UPDATE, CANCEL) and in which units."""

    movements: Said[tuple[Ei, ...]] = at(1, many(Ei))
    starts_at: Said[Moment] = at(2, TIME)
    ends_at: Said[Moment] = at(3, TIME)
    action: Said[str] = at(4)
    historical: Said[str] = at(5)
    original_event: Said[str] = at(6)
    medical_unit: Said[Xon] = at(7, Xon)
    care_unit: Said[Xon] = at(8, Xon)
    nature: Said[str] = at(9)


@dataclass(frozen=True, slots=True, kw_only=True)
class Zfa:
    """Shared record (DMP): its state, opposition to feeding (`feeding` IO), consent to consultation (IC, INC)."""

    state: Said[str] = at(1)
    state_at: Said[Moment] = at(2, TIME)
    closed_at: Said[Moment] = at(3, TIME)
    feeding: Said[str] = at(9)
    feeding_at: Said[Moment] = at(10, TIME)
    consultation: Said[str] = at(11)
    consultation_at: Said[Moment] = at(12, TIME)


@dataclass(frozen=True, slots=True, kw_only=True)
class Zfp:
    """Occupation, two INSEE codes."""

    occupation: Said[str] = at(1)
    category: Said[str] = at(2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Zfm:
    """Administrative modes of entry and exit."""

    entry_mode: Said[str] = at(1)
    exit_mode: Said[str] = at(2)
    entry_from: Said[str] = at(3)
    exit_to: Said[str] = at(4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Zfd:
    """How the identity was established; `birth_corrected` Y: the birth date of PID-7 was completed by rule."""

    lunar_birth: Said[str] = at(1)
    gestation_weeks: Said[str] = at(2)
    sms_consent: Said[str] = at(3)
    birth_corrected: Said[str] = at(4)
    obtained_by: Said[str] = at(5)
    ins_checked_on: Said[Moment] = at(6, TIME)
    document: Said[str] = at(7)
    document_expires_on: Said[Moment] = at(8, TIME)
