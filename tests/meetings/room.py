"""A meeting of the breast board brought to today, with cases: where the stories of the room start."""

from datetime import timedelta

from django.utils import timezone

from dcc.accounts.models import User
from patients.access import grant
from patients.models import AccessReason
from rcp.models import Case, Meeting
from tests.sheets.casework import make_case, make_patient, sein_meeting

NAMES = ("ABHERVE", "BODENES", "COATMEUR", "DREVILLON", "ELEGOET")


def meeting_today(*, by: User, cases: int = 3) -> Meeting:
    """The next meeting starts in an hour; its cases are open to its participants, as registration does."""
    meeting = sein_meeting()
    start = timezone.now() + timedelta(hours=1)
    meeting.starts_at, meeting.ends_at = start, start + timedelta(minutes=90)
    meeting.closes_at = start - timedelta(hours=24)
    meeting.save()
    for place, name in enumerate(NAMES[:cases], start=1):
        patient = make_patient(name)
        case = make_case(by=by, patient=patient, position=place)
        until = meeting.ends_at + timedelta(days=30)
        grant(
            patient_id=case.patient_id,
            to=meeting.principal,
            reason=AccessReason.MEETING,
            by=by,
            expires_at=until,
        )
    return meeting


def order_of(meeting: Meeting) -> list[str]:
    cases = Case.objects.filter(meeting=meeting).select_related("patient").order_by("position")
    return [case.patient.birth_name for case in cases]


def case_of(meeting: Meeting, name: str) -> Case:
    return Case.objects.select_related("patient").get(meeting=meeting, patient__birth_name=name)
