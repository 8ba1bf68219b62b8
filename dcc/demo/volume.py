"""Cases for the patients of a scaled demonstration, by COPY: enough rows to measure pages at 150 000 patients."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from dcc.accounts.models import User
from dcc.demo.population import copy_rows
from dcc.lib.clock import NEVER
from dcc.lib.ids import uuid7
from dcc.tenancy.models import Principal, PrincipalKind
from rcp.models import Board, Meeting, MeetingStatus

CASES_PER_MEETING = 25
CASES_PER_PATIENT = 5 / 3  # 250 000 cases for 150 000 patients
INFORMATION = ["id", "region_id", "patient_id", "given_on", "given_by", "opposition", "recorded_by_id", "recorded_at"]
ACCESS = ["region_id", "patient_id", "principal_id", "reason", "granted_by", "granted_at", "expires_at"]
CASE = [
    "id",
    "region_id",
    "patient_id",
    "meeting_region_id",
    "meeting_id",
    "status",
    "level",
    "position",
    "motive",
    "question",
    "urgency",
    "mode",
    "anonymous",
    "information_id",
    "requester_id",
    "requester_name",
    "requester_organisation_id",
    "requested_at",
    "registered_by_id",
    "registered_organisation_id",
    "registered_at",
    "order_label",
    "status_reason",
    "representation_due",
    "discussed_at",
]


def copy_cases(patients: list[tuple[Any, int]]) -> int:
    """Register each patient to one or two meetings of the last years, discussed; returns how many cases."""
    draw = random.Random(len(patients))  # noqa: S311  reproducible, not secret
    meetings = _old_meetings(int(len(patients) * CASES_PER_PATIENT) // CASES_PER_MEETING + 1)
    requesters = list(User.objects.filter(profession="10", memberships__region__in=[1, 2]).distinct().order_by("pk"))
    organisations = {user.pk: user.memberships.all()[0].organisation for user in requesters}
    plan = list(_plan(patients, meetings, draw))
    information = [(uuid7(), *one) for one in plan]
    who = [requesters[draw.randrange(len(requesters))] for _ in plan]
    copy_rows(
        "patients_information",
        INFORMATION,
        (
            (key, region, patient, meeting.starts_at.date(), user.short_name, "", user.pk, meeting.starts_at)
            for (key, patient, region, meeting, _), user in zip(information, who, strict=True)
        ),
    )
    copy_rows("patients_access", ACCESS, _accesses(information, who, organisations))
    return copy_rows("rcp_case", CASE, _cases(information, who, organisations))


def _plan(
    patients: list[tuple[Any, int]], meetings: list[Meeting], draw: random.Random
) -> Iterator[tuple[Any, int, Meeting, int]]:
    again = [one for one in patients if draw.random() < CASES_PER_PATIENT - 1]
    # Everybody once, then those who come back: never twice in the same meeting.
    for rank, (patient, region) in enumerate([*patients, *again]):
        yield patient, region, meetings[rank // CASES_PER_MEETING], rank % CASES_PER_MEETING + 1


def _old_meetings(count: int) -> list[Meeting]:
    boards = list(Board.objects.filter(region__in=[1, 2]).select_related("organisation").order_by("pk"))
    start = timezone.now() - timedelta(weeks=8)
    meetings = []
    for number in range(count + len(boards)):
        board = boards[number % len(boards)]
        at = start - timedelta(hours=6 * number)
        meetings.append(
            Meeting(
                region_id=board.region_id,
                board=board,
                starts_at=at,
                ends_at=at + timedelta(minutes=90),
                closes_at=at - timedelta(hours=24),
                mode=board.mode,
                capacity=CASES_PER_MEETING,
                status=MeetingStatus.CLOSED,
                principal=Principal(kind=PrincipalKind.MEETING, label=f"{board} du {at:%d/%m/%Y}"),
            )
        )
    Principal.objects.bulk_create([meeting.principal for meeting in meetings], batch_size=5000)
    for meeting in meetings:
        meeting.principal_id = meeting.principal.pk
    return Meeting.objects.bulk_create(meetings, batch_size=5000)


def _accesses(information: Any, who: list[User], organisations: Any) -> Iterator[tuple[Any, ...]]:
    seen: set[tuple[Any, int]] = set()
    now: datetime = timezone.now()
    for (_, patient, region, meeting, _), user in zip(information, who, strict=True):
        holder = meeting.board.organisation
        for principal in (organisations[user.pk].principal_id, meeting.board.principal_id, holder.principal_id):
            if (patient, principal) not in seen:
                seen.add((patient, principal))
                yield region, patient, principal, "registration", user.pk, now, NEVER


def _cases(information: Any, who: list[User], organisations: Any) -> Iterator[tuple[Any, ...]]:
    for (key, patient, region, meeting, position), user in zip(information, who, strict=True):
        organisation = organisations[user.pk].pk
        at = meeting.starts_at - timedelta(days=5)
        yield (
            uuid7(), region, patient, meeting.region_id, meeting.pk, "discussed", "discussed", position, "initial",
            "Indication d’un traitement adjuvant ?", "standard", "room", False, key, user.pk, user.display_name,
            organisation, at, user.pk, organisation, at, "", "", False, meeting.starts_at,
        )  # fmt: skip
