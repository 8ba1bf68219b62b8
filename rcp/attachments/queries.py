"""Which documents go with which cases, for the pages that show cases."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from dcc.accounts.access import granted
from dcc.accounts.models import User
from dcc.lib import french
from patients.documents.attaching import OpenCase, connect
from patients.models import Patient, ReceivedDocument, ReceivedStatus
from rcp.attachments.actions import OPEN, follow_replacement
from rcp.models import Case, CaseAttachment
from rcp.permissions import RcpPermission

MAY_ATTACH = (RcpPermission.SHEET_FILL,)
MOST_OFFERED = 5


def attached_documents(case_ids: Collection[UUID]) -> dict[UUID, list[ReceivedDocument]]:
    """The readable documents of each case, the latest first: one query, whatever their number."""
    rows = CaseAttachment.objects.filter(
        case_id__in=list(case_ids), document__status__in=[ReceivedStatus.FILED, ReceivedStatus.REPLACED]
    )
    found: dict[UUID, list[ReceivedDocument]] = defaultdict(list)
    for row in rows.select_related("document").order_by("-document__dated_on", "pk"):
        found[row.case_id].append(row.document)
    return dict(found)


def offered(case: Case, attached: Collection[ReceivedDocument]) -> list[ReceivedDocument]:
    """Current documents of the file that this open case lacks, the latest first."""
    if case.status not in OPEN:
        return []
    rows = ReceivedDocument.objects.filter(patient_id=case.patient_id).current()
    return list(rows.exclude(pk__in=[one.pk for one in attached]).order_by("-dated_on", "-pk")[:MOST_OFFERED])


class CasesOfBoards:
    """The boards' side of patients.documents.attaching.Attaching."""

    def open_cases(self, request: HttpRequest, patient: Patient) -> tuple[OpenCase, ...]:
        """Cases still to be concluded, the next meeting first; none for who may not attach."""
        if not any(granted(request, one) for one in MAY_ATTACH):
            return ()
        joined = CaseAttachment.objects.filter(case=OuterRef("pk")).values("document_id")
        cases = Case.objects.filter(patient=patient, status__in=OPEN).select_related("meeting__board")
        cases = cases.annotate(joined=ArraySubquery(joined)).order_by("meeting__starts_at")
        return tuple(
            OpenCase(
                label=f"{case.meeting.board}, {french.date_short(_day(case))}",
                url=reverse("rcp:attach", args=[case.pk]),
                attached=frozenset(case.joined),
            )
            for case in cases
        )

    def follow(self, *, former: ReceivedDocument, document: ReceivedDocument, by: User) -> None:
        follow_replacement(former=former, document=document, by=by)


def connect_attachments() -> None:
    """Called when the application starts, by RcpConfig.ready()."""
    connect(CasesOfBoards())


def _day(case: Case) -> date:
    return timezone.localdate(case.meeting.starts_at)
