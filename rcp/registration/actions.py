"""Registration of a case to a meeting, its postponement and cancellation (INS-01…12).

Lock order (architecture §4): meetings (by id) → patient → case → sheet.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from dcc.accounts.models import User
from dcc.audit.record import record
from dcc.lib import french
from dcc.lib.ids import uuid7
from dcc.organisations.models import Organisation
from dcc.tenancy.models import Principal
from patients.access import end, grant
from patients.actions import update_contact
from patients.events import PatientEvent
from patients.models import AccessReason, Information, Opposition, Patient
from rcp.cases.lifecycle import CASE_LIFECYCLE, CaseTransition
from rcp.events import RcpEvent
from rcp.models import (
    Case,
    CaseStatus,
    Correspondent,
    CorrespondentRole,
    Level,
    Meeting,
    MeetingStatus,
    Motive,
    Sheet,
    SheetStatus,
    Urgency,
)
from rcp.registration.load import meeting_load
from rcp.registration.queries import LEFT, MeetingChoice, Opening, meeting_choice
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
    """What is asked of the board (INS-04, INS-06, INS-07)."""

    motive: Motive
    level: Level = Level.DISCUSSED
    question: str = ""
    urgency: Urgency = Urgency.STANDARD
    mode: str = "room"


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
    by: User,
) -> Case:
    """Put a patient on the list of a meeting, open the file to those concerned and open the draft sheet.

    `case_id` was drawn with the form: sent twice, it registers once. `exceed`: the board's own 3C takes a case after
    closing or beyond the seats. An identity merged since the form was shown is registered as the one that was kept.
    Raises MeetingRefuses, MeetingOver, AlreadyRegistered, SharingOpposed.
    """
    if information.opposition == Opposition.SHARING:
        raise SharingOpposed
    with transaction.atomic():
        meeting = _lock_meeting(meeting.pk)
        patient = _lock_in_force(patient.pk)
        if (already := Case.objects.filter(pk=case_id).first()) is not None:
            return already
        _check_room(meeting, by=by, exceed=exceed)
        _open_file(patient, meeting, requester, addressees, by)
        _check_alone(patient, meeting)
        informed = _inform(patient, information, by)
        case = Case.objects.create(
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
            anonymous=information.opposition == Opposition.NOMINATIVE,
            information=informed,
            requester=requester.user,
            requester_name=requester.user.display_name,
            requester_organisation=requester.organisation,
            registered_by=by,
            registered_organisation=by.acting_as,
        )
        write_correspondents(case, _with_requester(addressees, requester, meeting))
        write_gp(patient, addressees, by)
        record(RcpEvent.CASE_REGISTERED, on=case, by=by, meeting=str(meeting), requester=case.requester_name)
        open_sheet(case=case, by=by)
        return case


def postpone_case(*, case: Case, to: Meeting, reason: str, exceed: bool = False, by: User) -> Case:
    """Move a case to another meeting (INS-10): the former one keeps its trace, the draft sheet follows.

    Raises TransitionRefused, and what register_case raises.
    """
    with transaction.atomic():
        old_meeting, meeting = _lock_two(case.meeting_id, to.pk)
        patient = _lock_in_force(case.patient_id)
        former = Case.objects.select_for_update(of=("self",), no_key=True).select_related("information").get(pk=case.pk)
        CASE_LIFECYCLE.move(former, CaseTransition.POSTPONE)
        _check_room(meeting, by=by, exceed=exceed)
        _check_alone(patient, meeting)
        former.status_reason = reason
        former.save(update_fields=["status", "status_reason"])
        _close_meeting_access(former, old_meeting, by)
        _open_to_meeting(patient, meeting, by)
        moved = _moved(former, meeting, by)
        Correspondent.objects.bulk_create(_copied(one, moved) for one in former.correspondents.all())
        followed = Sheet.objects.filter(case=former, status=SheetStatus.DRAFT).update(case=moved)
        assert followed == 1, "an open case has one draft"
        record(RcpEvent.CASE_POSTPONED, on=former, by=by, meeting=str(meeting), why=reason, to=str(moved.pk))
        return moved


def cancel_case(*, case: Case, reason: str, by: User) -> Case:
    """Take a case off the list of its meeting, with the reason (INS-10). Raises TransitionRefused."""
    with transaction.atomic():
        meeting = _lock_meeting(case.meeting_id)
        _lock_in_force(case.patient_id)
        case = Case.objects.select_for_update(of=("self",), no_key=True).get(pk=case.pk)
        CASE_LIFECYCLE.move(case, CaseTransition.CANCEL)
        case.status_reason = reason
        case.save(update_fields=["status", "status_reason"])
        _close_meeting_access(case, meeting, by)
        record(RcpEvent.CASE_CANCELLED, on=case, by=by, why=reason)
        return case


def _lock_meeting(meeting_id: UUID) -> Meeting:
    """NO KEY, as everywhere: no key changes, and a save that looks one up must not wait for the whole action."""
    locked = Meeting.objects.select_for_update(of=("self",), no_key=True).select_related(
        "principal", "board__principal", "board__organisation__principal"
    )
    return locked.get(pk=meeting_id)


def _lock_two(one: UUID, other: UUID) -> tuple[Meeting, Meeting]:
    """Both meetings, locked by id whichever way the case goes."""
    locked = {key: _lock_meeting(key) for key in sorted({one, other})}
    return locked[one], locked[other]


def _lock_in_force(patient_id: UUID) -> Patient:
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


def _check_room(meeting: Meeting, *, by: User, exceed: bool) -> None:
    if meeting.status not in {MeetingStatus.PLANNED, MeetingStatus.OPEN} or meeting.ends_at <= timezone.now():
        raise MeetingOver
    choice = meeting_choice(meeting, meeting_load(meeting.pk), by=by)
    if choice.opening is not Opening.OPEN and not (choice.own and exceed):
        raise MeetingRefuses(choice)


def _check_alone(patient: Patient, meeting: Meeting) -> None:
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
    _open_to_meeting(patient, meeting, by)
    open_in_person(patient, addressees, by)


def open_in_person(patient: Patient, addressees: Sequence[Addressee], by: User) -> None:
    """The referring and the treating doctors see the file themselves, wherever they work in the network (D9)."""
    in_person = {CorrespondentRole.REFERRING: AccessReason.REFERRING, CorrespondentRole.GP: AccessReason.TREATING}
    for one in addressees:
        if one.user is not None and (reason := in_person.get(one.role)):
            grant(patient_id=patient.pk, to=one.user.principal, reason=reason, by=by)


def _open_to_meeting(patient: Patient, meeting: Meeting, by: User) -> None:
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


def _close_meeting_access(case: Case, meeting: Meeting, by: User) -> None:
    """The participants of a meeting where the case is no longer heard have no business in the file."""
    end(patient_id=case.patient_id, principal_id=meeting.principal_id, reason=AccessReason.MEETING, by=by)


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


def write_gp(patient: Patient, addressees: Sequence[Addressee], by: User) -> None:
    """The GP named at registration is the patient's: the next one finds it (PAT-10)."""
    gp = next((one for one in addressees if one.role == CorrespondentRole.GP), None)
    if gp is not None:
        values = {
            "gp_name": gp.name,
            "gp_rpps": gp.rpps,
            "gp_mssante_address": gp.mssante_address,
            "gp_address": gp.postal_address,
        }
        update_contact(patient=patient, values=values, by=by)


def _moved(former: Case, meeting: Meeting, by: User) -> Case:
    """The same demand on another list."""
    return Case.objects.create(
        id=uuid7(),
        region_id=former.region_id,
        patient_id=former.patient_id,
        meeting_region_id=meeting.region_id,
        meeting=meeting,
        position=meeting_load(meeting.pk).last_position + 1,
        status=CaseStatus.REGISTERED,
        level=former.level,
        motive=former.motive,
        question=former.question,
        urgency=former.urgency,
        mode=former.mode,
        anonymous=former.anonymous,
        information=former.information,
        requester_id=former.requester_id,
        requester_name=former.requester_name,
        requester_organisation_id=former.requester_organisation_id,
        requested_at=former.requested_at,
        registered_by=by,
        registered_organisation=by.acting_as,
        previous=former,
        moved_from_id=former.meeting_id,
    )


def _copied(one: Correspondent, case: Case) -> Correspondent:
    return Correspondent(
        region_id=case.region_id,
        patient_id=case.patient_id,
        case=case,
        role=one.role,
        user_id=one.user_id,
        name=one.name,
        rpps=one.rpps,
        mssante_address=one.mssante_address,
        postal_address=one.postal_address,
    )
