"""What happens to a registered case before its meeting: postponed, cancelled (INS-10).

Lock order (architecture §4): meetings (by id) → patient → case → sheet. An identity merged meanwhile is followed.
"""

from uuid import UUID

from django.db import transaction

from dcc.accounts.models import User
from dcc.audit.record import record
from dcc.lib.ids import uuid7
from patients.access import end
from patients.models import AccessReason
from rcp.cases.lifecycle import CASE_LIFECYCLE, CaseTransition
from rcp.events import RcpEvent
from rcp.models import Case, CaseStatus, Correspondent, Meeting, Sheet, SheetStatus
from rcp.registration.actions import check_alone, check_room, lock_in_force, lock_meeting, open_to_meeting
from rcp.registration.load import meeting_load


def postpone_case(*, case: Case, to: Meeting, reason: str, exceed: bool = False, by: User) -> Case:
    """Move a case to another meeting (INS-10): the former one keeps its trace, the draft sheet follows.

    Raises TransitionRefused, and what register_case raises.
    """
    with transaction.atomic():
        old_meeting, meeting = _lock_two(case.meeting_id, to.pk)
        patient = lock_in_force(case.patient_id)
        former = Case.objects.select_for_update(of=("self",), no_key=True).select_related("information").get(pk=case.pk)
        CASE_LIFECYCLE.move(former, CaseTransition.POSTPONE)
        check_room(meeting, by=by, exceed=exceed)
        check_alone(patient, meeting)
        former.status_reason = reason
        former.save(update_fields=["status", "status_reason"])
        _close_meeting_access(former, old_meeting, by)
        open_to_meeting(patient, meeting, by)
        moved = _moved(former, meeting, by)
        Correspondent.objects.bulk_create(_copied(one, moved) for one in former.correspondents.all())
        followed = Sheet.objects.filter(case=former, status=SheetStatus.DRAFT).update(case=moved)
        assert followed == 1, "an open case has one draft"
        record(RcpEvent.CASE_POSTPONED, on=former, by=by, meeting=str(meeting), why=reason, to=str(moved.pk))
        return moved


def cancel_case(*, case: Case, reason: str, by: User) -> Case:
    """Take a case off the list of its meeting, with the reason (INS-10). Raises TransitionRefused."""
    with transaction.atomic():
        meeting = lock_meeting(case.meeting_id)
        lock_in_force(case.patient_id)
        case = Case.objects.select_for_update(of=("self",), no_key=True).get(pk=case.pk)
        CASE_LIFECYCLE.move(case, CaseTransition.CANCEL)
        case.status_reason = reason
        case.save(update_fields=["status", "status_reason"])
        _close_meeting_access(case, meeting, by)
        record(RcpEvent.CASE_CANCELLED, on=case, by=by, why=reason)
        return case


def _lock_two(one: UUID, other: UUID) -> tuple[Meeting, Meeting]:
    """Both meetings, locked by id whichever way the case goes."""
    locked = {key: lock_meeting(key) for key in sorted({one, other})}
    return locked[one], locked[other]


def _close_meeting_access(case: Case, meeting: Meeting, by: User) -> None:
    """The participants of a meeting where the case is no longer heard have no business in the file."""
    end(patient_id=case.patient_id, principal_id=meeting.principal_id, reason=AccessReason.MEETING, by=by)


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
