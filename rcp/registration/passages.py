"""What the boards tell the pages about patients (patients.care): passages, correspondents, the way to register."""

from collections.abc import Collection
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from dcc.accounts.access import granted
from dcc.lib import french
from dcc.lib.prepared import Among, Prepared
from patients.care import Around, Passage, connect
from patients.models import Patient
from rcp.models import Case, CaseStatus, Correspondent
from rcp.permissions import RcpPermission
from rcp.registration.queries import LEFT

_BADGES = {
    CaseStatus.REQUESTED: ("info", "Demandé"),
    CaseStatus.REGISTERED: ("info", "Inscrit"),
    CaseStatus.PREPARED: ("ok", "Prêt"),
    CaseStatus.DISCUSSED: ("warn", "Discuté, à valider"),
    CaseStatus.AWAITING: ("warn", "En attente de contresignature"),
    CaseStatus.POSTPONED: ("neutral", "Reporté"),
    CaseStatus.CANCELLED: ("neutral", "Annulé"),
    CaseStatus.REFUSED: ("neutral", "Refusé"),
}
_TO_COME = frozenset({CaseStatus.REQUESTED, CaseStatus.REGISTERED, CaseStatus.PREPARED})
# What the list of a search waits for: with its joins, the ORM writes it in longer than it is read.
_LAST: Prepared[Case] = Prepared(
    lambda patients: (
        Case.objects.filter(Among("patient_id", patients))
        .exclude(status__in=LEFT)
        .select_related("meeting__board")
        .order_by("patient_id", "-meeting__starts_at")
        .distinct("patient_id")
    ),
    patients=list,
)


class BoardsCare:
    """The boards' side of patients.care.Care."""

    def passages(self, patient: Patient) -> tuple[Passage, ...]:
        """Every passage, the latest meeting first; one query."""
        cases = list(
            Case.objects.filter(patient=patient)
            .select_related("meeting__board", "requester_organisation", "information")
            .order_by("-meeting__starts_at", "-registered_at")
        )
        heard = [case for case in reversed(cases) if case.status not in LEFT]
        ranks = {case.pk: rank for rank, case in enumerate(heard, start=1)}
        now = timezone.now()
        return tuple(_passage(case, ranks.get(case.pk, 0), patient.sex, now) for case in cases)

    def last_passages(self, patient_ids: Collection[UUID]) -> dict[UUID, str]:
        """« RCP Sein, 14/10/2025 » for each patient who has one; one query."""
        cases = _LAST.all(patients=list(patient_ids))
        return {case.patient_id: f"{case.meeting.board}, {french.date_short(case.meeting.held_on)}" for case in cases}

    def around(self, patient: Patient) -> tuple[Around, ...]:
        """The correspondents of the latest passage, each once."""
        last = Case.objects.filter(patient=patient).exclude(status=CaseStatus.REFUSED).order_by("-registered_at")[:1]
        found: dict[str, Around] = {}
        for one in Correspondent.objects.filter(case__in=last).order_by("role", "name"):
            found.setdefault(
                one.name,
                Around(
                    name=one.name,
                    role=one.get_role_display(),
                    mssante_address=one.mssante_address,
                    postal_address=one.postal_address,
                ),
            )
        return tuple(found.values())

    def registration_url(self, request: HttpRequest, patient_id: UUID, *, meeting: str = "") -> str:
        """Where this reader registers this patient; '' when they may not."""
        if not granted(request, RcpPermission.CASE_REGISTER):
            return ""
        address = reverse("rcp:register", args=[patient_id])
        return f"{address}?{urlencode({'reunion': meeting})}" if meeting else address


def connect_boards() -> None:
    """Called when the application starts, by RcpConfig.ready()."""
    connect(BoardsCare())


def _passage(case: Case, rank: int, sex: str, now: datetime) -> Passage:
    title = f"{case.meeting.board}"
    if rank:
        title += f" – {rank}{'er' if rank == 1 else 'e'} passage"
    starts = timezone.localtime(case.meeting.starts_at)
    to_come = case.status in _TO_COME and case.meeting.ends_at > now
    return Passage(
        title=title,
        url=reverse("rcp:case", args=[case.pk]),
        at=case.meeting.starts_at,
        when=_day(starts, now) if to_come else french.date_short(starts.date()),
        kind="next" if to_come else "frozen" if case.status == CaseStatus.VALIDATED else "past",
        badge=_badge(case),
        text=f"«\u00a0{case.question}\u00a0»" if case.question else "",
        note=_note(case, sex),
    )


def _badge(case: Case) -> tuple[str, str]:
    if case.status == CaseStatus.VALIDATED:
        return ("frozen", f"Validée, n° {case.order_label}")
    return _BADGES[CaseStatus(case.status)]


def _day(starts: datetime, now: datetime) -> str:
    if starts.date() == timezone.localtime(now).date():
        return f"Aujourd’hui, {french.time_short(starts)}"
    return french.moment_long(starts).capitalize()


def _note(case: Case, sex: str) -> str:
    informed = {"F": "patiente informée", "M": "patient informé"}.get(sex, "personne informée")
    parts = [
        f"Demandé par {case.requester_name}, {case.requester_organisation.short_name}",
        f"{informed} le {french.date_short(case.information.given_on)}",
    ]
    if case.anonymous:
        parts.append("présentation anonyme")
    if case.status in LEFT and case.status_reason:
        parts.append(f"motif\u00a0: {case.status_reason}")
    return " · ".join(parts)
