"""A sheet on somebody's screen: the case, the draft, what this person may write, and how it is drawn."""

from base64 import b64encode
from collections.abc import Mapping
from functools import cached_property
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from dcc.accounts.access import StaffRequest, granted
from dcc.lib.crypto import keyed_hash
from dcc.lib.french import NBSP, date_short, time_short
from dcc.lib.prepared import Prepared, read_together
from dcc.master_keys import keyring
from rcp.models import Case, CaseStatus, Sheet, SheetStatus
from rcp.permissions import RcpPermission
from rcp.sheets.draft import Draft
from rcp.sheets.drawing import Painter
from rcp.sheets.engine import Item
from rcp.sheets.given import is_given
from rcp.sheets.reprise import Source, source_of
from rcp.sheets.storing import CLOSED

LOCAL_KEY = "rcp.desk"  # purpose of the key that closes what a computer keeps of somebody's unsent answers
DECISION = "tronc.ch.decision"
RELATED = ("meeting__board__organisation", "patient", "information", "requester_organisation", "requester")
# What a save or a poll reads of a case, several times a second: each table less is a millisecond less.
ANSWERED = ("meeting__board", "patient", "information")
_CASES = {
    related: Prepared(
        lambda case_id, related=related: Case.objects.select_related(*related).filter(pk=case_id), case_id=UUID
    )
    for related in (RELATED, ANSWERED)
}
_SHEETS = Prepared(
    lambda case_id: (
        Sheet.objects.filter(case_id=case_id)
        .select_related("form", "frozen_by", "replaces")
        .defer("form__questionnaire", "report", "replaces__report", "replaces__response")
        .order_by("-version")
    ),
    case_id=UUID,
)


class Desk:
    """Reads a case and its latest sheet; 404 for who cannot see it (row-level security)."""

    def __init__(
        self, request: StaffRequest, case_id: UUID, *, version: int | None = None, related: tuple[str, ...] = RELATED
    ) -> None:
        self.request = request
        cases, sheets = read_together(_CASES[related].asked(case_id=case_id), _SHEETS.asked(case_id=case_id))
        if not cases:
            raise Http404
        self.case: Case = cases[0]
        self.sheets: list[Sheet] = sheets
        for sheet in self.sheets:
            sheet.case = self.case
        self.wanted = version

    @property
    def sheet(self) -> Sheet | None:
        """The version asked for, otherwise the latest; None once the sheet has followed its case elsewhere."""
        if self.wanted is not None:
            return next((one for one in self.sheets if one.version == self.wanted), None)
        return self.sheets[0] if self.sheets else None

    @property
    def local_key(self) -> str:
        """The 256-bit key, in base64, of what this person's pages could not send: theirs, whatever the session."""
        return b64encode(keyed_hash(str(self.request.user.pk), purpose=LOCAL_KEY, keyring=keyring())).decode()

    @cached_property
    def draft(self) -> Draft:
        assert self.sheet is not None, "a page without sheet draws no draft"
        return Draft(case=self.case, sheet=self.sheet)

    @property
    def open(self) -> bool:
        """Whether the sheet takes answers now."""
        sheet = self.sheet
        return sheet is not None and sheet.status == SheetStatus.DRAFT and self.case.status not in CLOSED

    @property
    def refusal(self) -> str:
        """Why the sheet takes no answer any more, and by whom."""
        sheet = self.sheet
        if sheet is not None and sheet.frozen_at and sheet.frozen_by:
            when = time_short(timezone.localtime(sheet.frozen_at))
            return f"La fiche a été validée à {when} par {sheet.frozen_by.short_name}."
        return f"Ce dossier est {self.case.get_status_display()}{NBSP}: il ne reçoit plus de réponse."

    @property
    def replacing(self) -> bool:
        return self.open and self.case.status == CaseStatus.VALIDATED

    def allows(self, item: Item) -> bool:
        """Whether this person's role lets them answer a question, whatever the state of the sheet."""
        right = RcpPermission.CASE_CONCLUDE if item.chapter == DECISION else RcpPermission.SHEET_FILL
        if not granted(self.request, right) or is_given(self.draft.form, item):
            return False
        return not item.read_only and (not item.calculated or item.overridable)

    @cached_property
    def writable(self) -> frozenset[str]:
        """Chapters this person may answer now."""
        if not self.open:
            return frozenset()
        fills = granted(self.request, RcpPermission.SHEET_FILL)
        concludes = granted(self.request, RcpPermission.CASE_CONCLUDE)
        chapters = {one.link_id for one in self.draft.form.chapters}
        return frozenset(one for one in chapters if (concludes if one == DECISION else fills))

    @cached_property
    def source(self) -> Source | None:
        """The last validated sheet of the patient, as this form reads it."""
        if self.sheet is None or self.sheet.version > 1:
            return None
        return source_of(self.case, self.draft.form, self.sheet.form.code)

    def renewed(self, rev: int) -> "Desk":
        """The same desk after one of its answers was written: the answers are read again, the case is not."""
        self.__dict__.pop("draft", None)
        if self.sheet is not None:
            self.sheet.rev = rev
        return self

    def before(self) -> Mapping[str, tuple[Any, str]]:
        if self.source is None:
            return {}
        day = date_short(self.source.sheet.case.meeting.held_on)
        return {path: (value, day) for path, value in self.source.answers.items()}

    def painter(
        self, *, typed: Mapping[str, list[str]] | None = None, errors: Mapping[str, str] | None = None
    ) -> Painter:
        return Painter(
            draft=self.draft,
            writable=self.writable,
            codes_url=reverse("rcp:codes", args=[self.case.pk]),
            csrf=csrf_field(self.request),
            before=self.before,
            typed=typed or {},
            errors=errors or {},
        )


def csrf_field(request: HttpRequest) -> SafeString:
    """The token each chapter's form carries: a chapter may arrive alone, as a fragment."""
    return format_html('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', get_token(request))
