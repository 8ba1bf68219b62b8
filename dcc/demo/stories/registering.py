"""Registering somebody to the next meeting of a board of the 3C Estuaire, at its secretary's desk."""

from django.utils import timezone

from dcc.demo.stories.backstage import Backstage, day
from dcc.lib.ids import uuid7
from patients.models import Patient
from rcp.models import Case, CorrespondentRole, Meeting, MeetingStatus, Motive
from rcp.registration.actions import Addressee, Demand, InformationGiven, Requester, register_case

DOCTOR = "Dr Yann Hélias"


def next_meeting(code: str) -> Meeting:
    """The next one of a board, by the start of its order numbers."""
    ahead = Meeting.objects.filter(board__code=code, board__region_id=1, starts_at__gt=timezone.now())
    found = (
        ahead.filter(status=MeetingStatus.PLANNED).select_related("board__organisation").order_by("starts_at").first()
    )
    assert found is not None, "every board of the demonstration meets again"
    return found


def register(backstage: Backstage, patient: Patient, meeting: Meeting, question: str) -> Case:
    """What the physician asks, with what he told the patient and the treating GP; the list may be full."""
    doctor = backstage.world.users["demandeur@dcc.example"]
    with backstage.acting("secretaire") as desk:
        return register_case(
            case_id=uuid7(),
            patient=patient,
            meeting=meeting,
            demand=Demand(motive=Motive.INITIAL, question=question),
            requester=Requester(user=doctor, organisation=backstage.world.organisations["rochebrune"]),
            information=InformationGiven(given_on=day(3), given_by=DOCTOR),
            addressees=[
                Addressee(
                    role=CorrespondentRole.GP,
                    name="Dr Paul Mazurier",
                    mssante_address="mazurier.cabinet@demo-ligea.mssante.fr",
                    postal_address="12, rue des Tilleuls\n44990 Port-Navailles",
                )
            ],
            exceed=True,
            by=desk,
        )
