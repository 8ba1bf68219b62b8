"""Registration of a case to a meeting (INS-01…09); what happens to it afterwards is in moving.py.

Lock order (architecture §4): meetings (by id) → patient → case → sheet.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from dcc.accounts.models import User
from dcc.audit.record import record
from dcc.lib import french
from dcc.organisations.models import Organisation
from dcc.tenancy.models import Principal
from patients.access import grant
from patients.actions import update_contact
from patients.events import PatientEvent
from patients.models import AccessReason, Contact, Information, Opposition, Patient
from rcp.events import RcpEvent
from rcp.models import (
    Case,
    Correspondent,
    CorrespondentRole,
    Level,
    Meeting,
    MeetingStatus,
    Motive,
    Urgency,
)
from rcp.registration.load import meeting_load
from rcp.registration.queries import LEFT, MeetingChoice, Opening, gp_version, meeting_choice, opposed_in_the_room
from rcp.sheets.actions import open_sheet

MEETING_ACCESS = timedelta(days=30)  # participants read the file until then after the meeting


@dataclass
class MeetingRefuses(Exception):
    """The meeting takes no more cases; `choice` says why and what to do."""

    choice: MeetingChoice


class MeetingOver(Exception):
    """The meeting is finished or cancelled: nobody can add a case to it."""


@dataclass
class AlreadyRegistered(Exception):
    """This patient already has a case in this meeting."""

    case: Case


@dataclass
class IdentityJoined(Exception):
    """The identity was merged since the page was shown: `kept` has to be seen before anything is registered."""

    kept: Patient


@dataclass
class OpposedInTheRoom(Exception):
    """`names` are expected at the meeting and work for whom the patient opposes: how to present is to be chosen."""

    names: tuple[str, ...]


class SharingOpposed(Exception):
    """The patient opposes the sharing of their data: no registration (D3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InformationGiven:
    """What the patient was told and by whom; mandatory (INS-03)."""

    given_on: date
    given_by: str
    opposition: Opposition = Opposition.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Requester:
    """The physician who asks, for which organisation (INS-02)."""

    user: User
    organisation: Organisation


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What is asked of the board (INS-04, INS-06, INS-07).

    `anonymous`: presented without traits, or with them, as somebody chose; None when nobody was asked.
    """

    motive: Motive
    level: Level = Level.DISCUSSED
    question: str = ""
    urgency: Urgency = Urgency.STANDARD
    mode: str = "room"
    anonymous: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """Who will receive the report: by secure mail, else by post (INS-05)."""

    role: CorrespondentRole
    name: str
    user: User | None = None
    rpps: str = ""
    mssante_address: str = ""
    postal_address: str = ""


def register_case(
    *,
    case_id: UUID,
    patient: Patient,
    meeting: Meeting,
    demand: Demand,
    requester: Requester,
    information: InformationGiven,
    addressees: Sequence[Addressee] = (),
    exceed: bool = False,
    gp_seen: str | None = None,
    by: User,
) -> Case:
    """Put a patient on the list of a meeting, open the file to those concerned and open the draft sheet.

    `case_id` was drawn with the form: sent twice, it registers once. `exceed`: the board's own 3C takes a case after
    closing or beyond the seats. `gp_seen` is the version of the file's GP that the page showed (write_gp).
    Raises MeetingRefuses, MeetingOver, AlreadyRegistered, SharingOpposed, OpposedInTheRoom, and IdentityJoined when
    the identity was merged since the form was shown.
    """
    if information.opposition == Opposition.SHARING:
        raise SharingOpposed
    with transaction.atomic():
        meeting = lock_meeting(meeting.pk)
        kept = lock_in_force(patient.pk)
        if (already := Case.objects.filter(pk=case_id).first()) is not None:
            return already
        if kept.pk != patient.pk:
            raise IdentityJoined(kept)
        patient = kept
        check_room(meeting, by=by, exceed=exceed)
        _open_file(patient, meeting, requester, addressees, by)
        check_alone(patient, meeting)
        anonymous = _presented_without_traits(patient, meeting, demand, information)
        informed = _inform(patient, information, by)
        case = _put_on_the_list(case_id, patient, meeting, demand, requester, informed, anonymous, by)
        write_correspondents(case, _with_requester(addressees, requester, meeting))
        write_gp(patient, addressees, by, seen=gp_seen)
        record(
            RcpEvent.CASE_REGISTERED,
            on=case,
            by=by,
            meeting=str(meeting),
            requester=case.requester_name,
            **_chosen_presentation(demand),
        )
        open_sheet(case=case, by=by)
        return case


def _put_on_the_list(
    case_id: UUID,
    patient: Patient,
    meeting: Meeting,
    demand: Demand,
    requester: Requester,
    informed: Information,
    anonymous: bool,
    by: User,
) -> Case:
    return Case.objects.create(
        id=case_id,
        region_id=patient.region_id,
        patient=patient,
        meeting_region_id=meeting.region_id,
        meeting=meeting,
        position=meeting_load(meeting.pk).last_position + 1,
        level=demand.level,
        motive=demand.motive,
        question=demand.question,
        urgency=demand.urgency,
        mode=demand.mode,
        anonymous=anonymous,
        information=informed,
        requester=requester.user,
        requester_name=requester.user.display_name,
        requester_organisation=requester.organisation,
        registered_by=by,
        registered_organisation=by.acting_as,
    )


def lock_meeting(meeting_id: UUID) -> Meeting:
    """NO KEY, as everywhere: no key changes, and a save that looks one up must not wait for the whole action."""
    locked = Meeting.objects.select_for_update(of=("self",), no_key=True).select_related(
        "principal", "board__principal", "board__organisation__principal"
    )
    return locked.get(pk=meeting_id)


def lock_in_force(patient_id: UUID) -> Patient:
    """The identity, or the one it was merged into meanwhile, to the end of the chain.

    One row is held at a time, the savepoint lets go of the others: a merge takes its two in the order of their ids.
    """
    while True:
        savepoint = transaction.savepoint()
        patient = Patient.objects.select_for_update(no_key=True).get(pk=patient_id)
        if patient.merged_into_id is None:
            transaction.savepoint_commit(savepoint)
            return patient
        transaction.savepoint_rollback(savepoint)
        patient_id = patient.merged_into_id


def check_room(meeting: Meeting, *, by: User, exceed: bool) -> None:
    if meeting.status not in {MeetingStatus.PLANNED, MeetingStatus.OPEN} or meeting.ends_at <= timezone.now():
        raise MeetingOver
    choice = meeting_choice(meeting, meeting_load(meeting.pk), by=by)
    if choice.opening is not Opening.OPEN and not (choice.own and exceed):
        raise MeetingRefuses(choice)


def check_alone(patient: Patient, meeting: Meeting) -> None:
    already = Case.objects.filter(patient=patient, meeting=meeting).exclude(status__in=LEFT).first()
    if already is not None:
        raise AlreadyRegistered(already)


def _open_file(
    patient: Patient, meeting: Meeting, requester: Requester, addressees: Sequence[Addressee], by: User
) -> None:
    """Wall 2 (D9): the teams first, so that this person may open the file to the others."""
    teams: list[Organisation] = [by.acting_as, requester.organisation]
    for team in teams:
        grant(patient_id=patient.pk, to=team.principal, reason=AccessReason.REGISTRATION, by=by)
    open_to_meeting(patient, meeting, by)
    open_in_person(patient, addressees, by)


def open_in_person(patient: Patient, addressees: Sequence[Addressee], by: User) -> None:
    """The referring and the treating doctors see the file themselves, wherever they work in the network (D9)."""
    in_person = {CorrespondentRole.REFERRING: AccessReason.REFERRING, CorrespondentRole.GP: AccessReason.TREATING}
    for one in addressees:
        if one.user is not None and (reason := in_person.get(one.role)):
            grant(patient_id=patient.pk, to=one.user.principal, reason=reason, by=by)


def open_to_meeting(patient: Patient, meeting: Meeting, by: User) -> None:
    """The board and its 3C for good, the participants for the time of the meeting."""
    holders: list[Principal] = [meeting.board.principal, meeting.board.organisation.principal]
    for holder in holders:
        grant(patient_id=patient.pk, to=holder, reason=AccessReason.REGISTRATION, by=by)
    grant(
        patient_id=patient.pk,
        to=meeting.principal,
        reason=AccessReason.MEETING,
        by=by,
        expires_at=meeting.ends_at + MEETING_ACCESS,
    )


def _presented_without_traits(patient: Patient, meeting: Meeting, demand: Demand, given: InformationGiven) -> bool:
    """As the patient asks, else as was chosen; asked when somebody expected is of whom the patient opposes (ADR 11)."""
    if given.opposition == Opposition.NOMINATIVE:
        return True
    if demand.anonymous is None and (names := opposed_in_the_room(patient, meeting)):
        raise OpposedInTheRoom(names)
    return bool(demand.anonymous)


def _chosen_presentation(demand: Demand) -> dict[str, Any]:
    """For the trace, when somebody was asked."""
    if demand.anonymous is None:
        return {}
    return {"presentation": "sans les traits d’identité" if demand.anonymous else "nominative"}


def _inform(patient: Patient, given: InformationGiven, by: User) -> Information:
    """Trace the information; a later opposition than the one being typed stands (D3)."""
    last = Information.objects.filter(patient=patient).order_by("-recorded_at").first()
    if last and last.opposition == Opposition.SHARING and last.given_on > given.given_on:
        raise SharingOpposed
    informed = Information.objects.create(
        region_id=patient.region_id,
        patient=patient,
        given_on=given.given_on,
        given_by=given.given_by,
        opposition=given.opposition,
        recorded_by=by,
    )
    record(PatientEvent.INFORMED, on=informed, by=by, given_on=french.date_short(given.given_on))
    return informed


def _with_requester(addressees: Sequence[Addressee], requester: Requester, meeting: Meeting) -> list[Addressee]:
    """Add the requester, and the requesting 3C when it is not the board's (SND-06)."""
    found = [
        Addressee(
            role=CorrespondentRole.REQUESTER,
            name=requester.user.display_name,
            user=requester.user,
            rpps=requester.user.rpps,
            mssante_address=requester.user.mssante_address,
            postal_address=postal_address(requester.organisation),
        ),
        *addressees,
    ]
    three_c = requester.organisation.three_c
    if three_c is not None and three_c.pk != meeting.board.organisation_id:
        found.append(
            Addressee(
                role=CorrespondentRole.REQUESTING_3C,
                name=three_c.name,
                mssante_address=three_c.mssante_address,
                postal_address=postal_address(three_c),
            )
        )
    return found


def postal_address(organisation: Organisation) -> str:
    """The address of an organisation on one line, without its name; '' when it has none."""
    town = f"{organisation.postcode} {organisation.city}".strip()
    return ", ".join(part for part in (organisation.name, organisation.address_line, town) if part and town)


def write_correspondents(case: Case, addressees: Sequence[Addressee]) -> None:
    """Who will receive the report, as frozen copies of what is known of them now."""
    Correspondent.objects.bulk_create(
        Correspondent(
            region_id=case.region_id,
            patient_id=case.patient_id,
            case=case,
            role=one.role,
            user=one.user,
            name=one.name,
            rpps=one.rpps,
            mssante_address=one.mssante_address,
            postal_address=one.postal_address,
        )
        for one in addressees
    )


def write_gp(patient: Patient, addressees: Sequence[Addressee], by: User, *, seen: str | None = None) -> None:
    """The GP named at registration is the patient's: the next one finds it (PAT-10).

    `seen` is the gp_version that the page showed, if a page did: a GP changed since, by a feed or at another desk, is
    not put back to an older one. The caller holds the identity, as whoever writes a contact does.
    """
    gp = next((one for one in addressees if one.role == CorrespondentRole.GP), None)
    if gp is None or (seen is not None and seen != gp_version(Contact.objects.filter(patient=patient).first())):
        return
    values = {
        "gp_name": gp.name,
        "gp_rpps": gp.rpps,
        "gp_mssante_address": gp.mssante_address,
        "gp_address": gp.postal_address,
    }
    update_contact(patient=patient, values=values, by=by)
