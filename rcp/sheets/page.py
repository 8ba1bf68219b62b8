"""The sheet's page: everything its template shows, read once."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from dcc.accounts.access import StaffRequest, granted
from dcc.lib import french
from dcc.lib.french import NBSP, date_short, time_short
from dcc.ui.components.identity import BannerData
from dcc.ui.components.sheet import Chapter
from patients.banner import banner_for as patient_banner
from patients.doubles.alerts import alerts_of
from rcp.boards.presets import FORMS
from rcp.cases.actions import may_validate
from rcp.cases.lifecycle import CASE_LIFECYCLE, CaseTransition
from rcp.models import Case, CaseStatus
from rcp.permissions import RcpPermission
from rcp.sheets import panels
from rcp.sheets.chapter_form import Result
from rcp.sheets.desk import Desk
from rcp.sheets.drawing import Painter
from rcp.sheets.form_choice import FormOffer, offers

# (transition, the name of its address) of the buttons this page shows.
PREPARED = ((CaseTransition.PREPARE, "rcp:prepare"), (CaseTransition.UNPREPARE, "rcp:unprepare"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """One answer that cannot be: the question, the words, the field."""

    label: str
    message: str
    href: str


class SheetPage:
    """One sheet as its page shows it."""

    def __init__(self, desk: Desk, result: Result | None = None) -> None:
        self.desk, self.request = desk, desk.request
        self.case: Case = desk.case
        self.result = result or Result()

    def context(self) -> dict[str, Any]:
        desk = self.desk
        day, changes = panels.changed(desk)
        return {
            "page": self,
            "desk": desk,
            "case": self.case,
            "sheet": desk.sheet,
            "banner_data": banner_for(self.request, self.case),
            "sections": self.sections(),
            "chapters": self.chapters(),
            "checks": panels.checks(desk) if desk.open else [],
            "count": panels.to_do(desk) if desk.open else 0,
            "changed_since": day,
            "changes": changes,
            "take_over": panels.to_take_over(desk),
            "dormant": panels.dormant(desk) if desk.open else [],
            "findable": panels.findable(desk),
            "form_name": FORMS.get(desk.sheet.form.code, desk.sheet.form.title) if desk.sheet else "",
            "other_forms": self.other_forms(),
            "pieces": panels.pieces(desk),
            "refused": self.refused(),
            "may_reword": desk.open and not desk.replacing and granted(self.request, RcpPermission.SHEET_FILL),
            **frozen_context(desk),
        }

    def sections(self) -> list[SafeString]:
        painter: Painter = self.desk.painter(typed=self.result.typed, errors=self.result.errors)
        return [painter.chapter(item) for item in self.desk.draft.form.chapters]

    def other_forms(self) -> list[FormOffer]:
        """The forms this sheet may be filled with instead, for who may fill it while it is a first draft."""
        desk = self.desk
        if desk.sheet is None or not desk.open or desk.replacing:
            return []
        if not granted(self.request, RcpPermission.SHEET_FILL):
            return []
        return offers(
            board=self.case.meeting.board,
            current=desk.sheet.form.code,
            answers=desk.draft.answers,
            form=desk.draft.form,
        )

    def chapters(self) -> list[Chapter]:
        return panels.chapters(self.desk)

    def refused(self) -> list[Refused]:
        form = self.desk.draft
        return [
            Refused(label=form.item(path).short_text, message=message, href=f"#{panels.element_id(path)}")
            for path, message in self.result.errors.items()
        ]

    @property
    def title(self) -> str:
        return f"Fiche {self.case.meeting.board}"

    @property
    def when(self) -> str:
        return french.moment_long(timezone.localtime(self.case.meeting.starts_at), year=False)

    @property
    def read_only_because(self) -> str:
        """Why nothing can be written here, for who might expect to."""
        if self.desk.open or self.case.status == CaseStatus.VALIDATED:
            return ""
        return self.desk.refusal

    @property
    def prepared_actions(self) -> list[tuple[str, str]]:
        """(label, address) of « Marquer prêt » or « Remettre à compléter »."""
        available = {one.name: one.label for one in CASE_LIFECYCLE.available(self.case.status, self.request.rights)}
        return [(available[name], reverse(url, args=[self.case.pk])) for name, url in PREPARED if name in available]


def banner_for(request: StaffRequest, case: Case) -> BannerData:
    """The patient's banner on the pages of a case (guide §6)."""
    return patient_banner(request, case.patient, alerts=alerts_of(case.patient))


def frozen_context(desk: Desk) -> dict[str, Any]:
    """What the violet line of a frozen sheet says and offers."""
    if not desk.draft.frozen:
        return {}
    latest = desk.sheet is desk.sheets[0]
    may_replace = latest and may_validate(case=desk.case, by=desk.request.user)
    return {"frozen_title": frozen_title(desk), "may_replace": may_replace, "replaced": not latest}


def frozen_title(desk: Desk) -> str:
    """« Fiche figée le 14/10/2025 à 15:12, n° SEI-2025-0371 »."""
    sheet = desk.sheet
    assert sheet is not None
    assert sheet.frozen_at is not None
    moment = timezone.localtime(sheet.frozen_at)
    version = f", version {sheet.version}" if len(desk.sheets) > 1 else ""
    when = f"{date_short(moment)} à {time_short(moment)}"
    return f"Fiche figée le {when}, n°{NBSP}{desk.case.order_label}{version}"
