"""The conclusion's page: the decision being written, or the frozen one with what became of its report."""

from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString

from dcc.accounts.access import granted
from messaging.models import Delivery, DeliveryStatus
from patients.models import Document
from rcp.cases import checks
from rcp.cases.letter import preview
from rcp.cases.recipients import addressed
from rcp.cases.report import recipients_sentence
from rcp.meetings.actions import active_cases
from rcp.models import Case, CaseStatus, Level
from rcp.permissions import RcpPermission
from rcp.sheets import panels
from rcp.sheets.chapter_form import Result
from rcp.sheets.desk import DECISION, Desk
from rcp.sheets.page import Refused, banner_for, frozen_context

FRAME = (
    "tronc.conforme",
    "tronc.referentiel",
    "tronc.non_conf_motif",
    "tronc.essai_prop",
    "tronc.essai_nom",
    "tronc.precaire_acces",
    "tronc.biobanque",
)
CHOOSE_RECIPIENTS = (RcpPermission.CASE_REGISTER, RcpPermission.CASE_CONCLUDE)
TONES = {
    DeliveryStatus.SENT: "ok",
    DeliveryStatus.PRINTED: "ok",
    DeliveryStatus.REFUSED: "bad",
    DeliveryStatus.CANCELLED: "neutral",
    DeliveryStatus.TO_PRINT: "warn",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One delivery of the report: to whom, how, and its state as (kind, words)."""

    delivery: Delivery
    name: str
    badge: tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """One version of the report with its deliveries."""

    document: Document
    sent: list[Sent]


class ConclusionPage:
    """One conclusion as its page shows it; `reasons` say why a validation was just refused."""

    def __init__(self, desk: Desk, *, reasons: list[str] | None = None, result: Result | None = None) -> None:
        self.desk, self.case, self.request = desk, desk.case, desk.request
        self.reasons, self.result = reasons or [], result or Result()
        self.order = list(active_cases(self.case.meeting).values_list("pk", "status"))

    def context(self) -> dict[str, Any]:
        desk = self.desk
        self.painter = desk.painter(typed=self.result.typed, errors=self.result.errors)
        shown: dict[str, Any] = {
            "page": self,
            "desk": desk,
            "case": self.case,
            "sheet": desk.sheet,
            "banner_data": banner_for(self.request, self.case),
            "decision": self._questions(frame=False),
            "frame": self._questions(frame=True),
            "reasons": self.reasons,
            "refused": self._refused(),
            **frozen_context(desk),
        }
        if desk.open:
            shown |= live_parts(desk)
        else:
            shown |= {"issued": issued(self.case), "letter": preview(desk.draft, by=self.request.user)}
        return shown

    def heading(self) -> dict[str, Any]:
        return {"page": self, "case": self.case, "banner_data": banner_for(self.request, self.case)}

    def _questions(self, *, frame: bool) -> list[SafeString]:
        chapter = self.desk.draft.form.items.get(DECISION)
        children = chapter.children if chapter else ()
        return [self.painter.fragment(f"{DECISION}/{one}") for one in children if (one in FRAME) is frame]

    def _refused(self) -> list[Refused]:
        draft = self.desk.draft
        return [
            Refused(label=draft.item(path).short_text, message=message, href=f"#{panels.element_id(path)}")
            for path, message in self.result.errors.items()
        ]

    @property
    def place(self) -> int:
        return next((n for n, (pk, _) in enumerate(self.order, start=1) if pk == self.case.pk), 0)

    @property
    def where(self) -> str:
        board = f"{self.case.meeting.board}"
        return f"{board}, dossier {self.place} sur {len(self.order)}" if self.place else board

    @property
    def signing(self) -> checks.Signing:
        return checks.signing(self.desk)

    @property
    def validate_label(self) -> str:
        if self.desk.replacing:
            return "Valider et remplacer"
        if self.is_registered_level:
            return "Valider et demander la contresignature"
        following = next_place(self.order, self.case)
        return f"Valider et passer au dossier {following}" if following else "Valider"

    @property
    def is_registered_level(self) -> bool:
        return self.case.level == Level.REGISTERED

    @property
    def awaiting(self) -> bool:
        return self.case.status == CaseStatus.AWAITING

    @property
    def may_countersign(self) -> bool:
        return self.awaiting and self.signing.allowed

    @property
    def may_discuss(self) -> bool:
        wanted = (CaseStatus.REQUESTED, CaseStatus.REGISTERED, CaseStatus.PREPARED, CaseStatus.DISCUSSED)
        concludes = granted(self.request, RcpPermission.CASE_CONCLUDE)
        return concludes and self.case.status in wanted and not self.is_registered_level


def live_parts(desk: Desk) -> dict[str, Any]:
    """What each answer changes around the decision: checks, letter, who receives."""
    going = addressed(desk.case)
    return {
        "checks": checks.before_freezing(desk),
        "count": panels.to_do(desk),
        "letter": preview(desk.draft, by=desk.request.user),
        "label": checks.next_label(desk.case),
        "recipients": recipients_sentence(going.receive, going.left_out, sex=desk.case.patient.sex),
        "recipient_count": len(going.receive),
        "may_choose": any(granted(desk.request, one) for one in CHOOSE_RECIPIENTS),
        "dormant": panels.dormant(desk),
        "desk": desk,
    }


def issued(case: Case) -> list[Issued]:
    """Every version of the report, newest first, with its deliveries: two queries."""
    documents = list(Document.objects.filter(source_id=case.pk).defer("data").order_by("-version"))
    rows = Delivery.objects.filter(document__in=[one.pk for one in documents]).order_by("planned_at", "pk")
    sent: dict[Any, list[Sent]] = {}
    for row in rows:
        sent.setdefault(row.document_id, []).append(
            Sent(
                delivery=row,
                name=str(row.recipient.get("name", "")),
                badge=(TONES.get(DeliveryStatus(row.status), "info"), row.get_status_display()),
            )
        )
    return [Issued(document=one, sent=sent.get(one.pk, [])) for one in documents]


def next_place(order: list[tuple[Any, str]], case: Case) -> int | None:
    """Rank of the next case the room has not concluded, after this one first."""
    done = (CaseStatus.VALIDATED, CaseStatus.AWAITING)
    ranks = [n for n, (pk, status) in enumerate(order, start=1) if status not in done and pk != case.pk]
    here = next((n for n, (pk, _) in enumerate(order, start=1) if pk == case.pk), 0)
    return next((n for n in ranks if n > here), None)
