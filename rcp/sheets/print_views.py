"""A sheet and a form on paper: what the room falls back on when a screen fails (FRM-09, FRM-13)."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from dcc.accounts.access import StaffRequest, requires
from dcc.audit.record import record
from patients.file_views import note_opening
from rcp.boards.presets import FORMS
from rcp.events import RcpEvent
from rcp.permissions import RcpPermission
from rcp.sheets.definitions import compiled, form_in_force
from rcp.sheets.desk import Desk
from rcp.sheets.drawing.paper import Paper
from rcp.sheets.page import banner_for, frozen_context

BLANKS = ("Nom de naissance", "Nom utilisé", "Prénoms", "Date de naissance, sexe", "IPP", "Réunion du", "Demandeur")
ONLY = "reponses"  # what was answered and nothing else


@requires(RcpPermission.CASE_VIEW)
@require_safe
def case(request: StaffRequest, case_id: UUID) -> HttpResponse:
    """The sheet of a case to print: what is known with room for the rest, or the answers alone."""
    desk = Desk(request, case_id)
    if desk.sheet is None:
        return redirect("rcp:case", case_id)
    draft = desk.draft
    only = draft.frozen or request.GET.get(ONLY) == "1"
    note_opening(request, desk.case.patient)
    record(RcpEvent.SHEET_PRINTED, on=desk.sheet, by=request.user)
    computed = draft.computed
    # A dormant answer is on no paper: its question is closed.
    known = {path: value for path, value in draft.answers.items() if path in draft.enabled}
    paper = Paper(
        form=draft.form,
        answers=known,
        computed=computed,
        only=draft.enabled if only else None,
        open_chapters=draft.enabled,
    )
    context = {
        "desk": desk,
        "case": desk.case,
        "sheet": desk.sheet,
        "only": only,
        "title": f"Fiche {desk.case.meeting.board}",
        "banner_data": banner_for(request, desk.case),
        "chapters": list(paper.chapters()),
        **frozen_context(desk),
    }
    return render(request, "rcp/sheets/print.html", context)


@requires(RcpPermission.MEETING_VIEW, RcpPermission.BOARD_MANAGE, RcpPermission.CALENDAR_VIEW)
@require_safe
def form(request: StaffRequest, code: str) -> HttpResponse:
    """A blank form to print, in its version in force; it bears nobody's data.

    While a board's own form is not published, its sheets are the trunk: so is its paper, which says why.
    """
    if code not in FORMS:
        raise Http404
    version = form_in_force(code)
    paper = Paper(form=compiled(version.pk))
    context: dict[str, object] = {"version": version, "title": version.title, "chapters": list(paper.chapters())}
    context |= {"blanks": BLANKS, "instead_of": FORMS[code] if version.code != code else ""}
    return render(request, "rcp/sheets/print_form.html", context)
