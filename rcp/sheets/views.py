"""The sheet on screen: its page, one operation at a time, what others did, the codes its searches propose."""

from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dcc.accounts.access import StaffRequest, demand, requires
from dcc.lib.french import NBSP, counted
from dcc.ui.forms import Option, options_response
from patients.file_views import note_opening
from rcp.cases.actions import SheetFrozen, reword_question
from rcp.models import Case, Outcome
from rcp.permissions import RcpPermission
from rcp.sheets import code_lists, operations
from rcp.sheets.answers_json import CONCLUSION, invalid_response, saved_response
from rcp.sheets.chapter_form import Result, save_chapter
from rcp.sheets.desk import ANSWERED, RELATED, Desk
from rcp.sheets.engine import AnswerRefused
from rcp.sheets.form_choice import FormRefusedHere, change_form
from rcp.sheets.live import live_content
from rcp.sheets.page import SheetPage
from rcp.sheets.reprise import take_over

NOT_YOURS = f"Cette page est celle d’une autre personne{NBSP}: rechargez-la."


@requires(RcpPermission.CASE_VIEW)
@require_http_methods(["GET", "POST"])
def case(request: StaffRequest, case_id: UUID) -> HttpResponse:
    """The sheet of a case; a POST is one chapter, sent as a plain form. Kept by no browser: it bears a key."""
    desk = Desk(request, case_id, version=_version(request))
    if request.method == "POST":
        demand(request, RcpPermission.SHEET_FILL, RcpPermission.CASE_CONCLUDE)
        return _chapter(request, desk)
    note_opening(request, desk.case.patient)
    if desk.sheet is None:
        return _gone(request, desk)
    return render(request, "rcp/sheets/sheet.html", SheetPage(desk).context())


@requires(RcpPermission.SHEET_FILL, RcpPermission.CASE_CONCLUDE)
@require_POST
def field(request: StaffRequest, case_id: UUID) -> HttpResponse:
    """One operation: 200 applied, 409 in conflict, 422 not an answer, 423 the sheet takes none any more.

    401 « foreign » when the page is somebody else's: what waited there is not signed by who opened a session since.
    """
    if request.POST.get("who", str(request.user.pk)) != str(request.user.pk):
        return JsonResponse({"outcome": "foreign", "message": NOT_YOURS}, status=401)
    try:
        asked = operations.read(request.POST)
        desk = Desk(request, case_id, related=_related(request.POST))
        saved = operations.run(desk, asked, by=request.user)
    except operations.NotAnOperation:
        return HttpResponseBadRequest()
    except AnswerRefused as refused:
        return invalid_response(asked, refused)
    gone = saved is None or saved.outcome == Outcome.REFUSED
    after = Desk(request, case_id) if gone or saved is None else desk.renewed(saved.rev)
    if saved is None or after.sheet is None:
        return JsonResponse({"outcome": "refused", "message": "La fiche a suivi son dossier."}, status=423)
    redraw, page = bool(request.POST.get("redraw")), request.POST.get("page", "")
    answer = saved_response(after, saved, asked, redraw=redraw, page=page)
    after.draft.release()
    return answer


@requires(RcpPermission.CASE_VIEW)
@require_safe
def since(request: StaffRequest, case_id: UUID, rev: int) -> HttpResponse:
    """What others did since a revision, and who is there; 204 when nothing moved."""
    asked = request.GET
    content = live_content(
        Desk(request, case_id, related=_related(asked)),
        rev,
        chapter=asked.get("chapitre", ""),
        page=asked.get("page", ""),
    )
    return JsonResponse(content) if content else HttpResponse(status=204)


@requires(RcpPermission.SHEET_FILL, RcpPermission.CASE_CONCLUDE)
@require_safe
def codes(request: StaffRequest, case_id: UUID) -> HttpResponse:
    """Codes proposed for a question whose list is too long to be shown."""
    desk = Desk(request, case_id)
    item = desk.draft.form.items.get(request.GET.get("question", "")) if desk.sheet else None
    found = code_lists.search(item.value_set, request.GET.get("q", "")) if item and item.value_set else []
    return options_response(request, [Option(code=one.code, label=f"{one.code} {one.label}", note="") for one in found])


@requires(RcpPermission.SHEET_FILL)
@require_POST
def question(request: StaffRequest, case_id: UUID) -> HttpResponse:
    """Put the question to the board in better words: it is the registration's, and read in its place."""
    wording = request.POST.get("question", "").strip()[:2000]
    try:
        reword_question(case_id=case_id, question=wording, by=request.user)
    except Case.DoesNotExist:
        return HttpResponse(status=404)
    except SheetFrozen:
        messages.error(request, "Ce dossier n’est plus en préparation : la question reste celle qui a été posée.")
    return redirect("rcp:case", case_id)


@requires(RcpPermission.SHEET_FILL)
@require_POST
def reprise(request: StaffRequest, case_id: UUID) -> HttpResponse:
    """Take over from the last validated sheet what was asked for (VAL-04)."""
    desk = Desk(request, case_id)
    if desk.sheet is not None and desk.open:
        link_ids = request.POST.getlist("question")
        take_over(case=desk.case, sheet=desk.sheet, link_ids=link_ids, op_id=uuid4(), by=request.user)
    return redirect("rcp:case", case_id)


@requires(RcpPermission.SHEET_FILL)
@require_POST
def form(request: StaffRequest, case_id: UUID) -> HttpResponse:
    """Fill the sheet with another form of its board (FRM-02)."""
    desk = Desk(request, case_id)
    if desk.sheet is None or not desk.open or desk.replacing:
        messages.error(request, "Cette fiche n’est plus ouverte : son formulaire ne change plus.")
        return redirect("rcp:case", case_id)
    try:
        change_form(
            case=desk.case, sheet=desk.sheet, form_code=request.POST.get("fiche", ""), op_id=uuid4(), by=request.user
        )
    except FormRefusedHere:
        messages.info(request, "La fiche est déjà celle-là, ou la RCP ne s’en sert pas.")
    else:
        messages.success(request, "Formulaire changé : les réponses communes sont gardées.")
    return redirect("rcp:case", case_id)


def _chapter(request: StaffRequest, desk: Desk) -> HttpResponse:
    """Save a chapter sent as a form: back to it, or 409 and 422 with what must be looked at."""
    try:
        result = save_chapter(desk, request.POST, by=request.user)
    except operations.NotAnOperation:
        return HttpResponseBadRequest()
    if not (result.errors or result.conflicts or result.refused):
        if result.saved:
            messages.success(request, f"{counted(result.saved, 'réponse enregistrée', 'réponses enregistrées')}.")
        return redirect(f"{request.get_full_path()}#{request.POST.get('retour', '')}".rstrip("#"))
    page = SheetPage(Desk(request, desk.case.pk), result)
    return render(request, "rcp/sheets/sheet.html", page.context(), status=_status(result))


def _related(asked: QueryDict) -> tuple[str, ...]:
    """What is read with the case: the letter of the conclusion names everybody, the questions of the sheet do not."""
    return RELATED if asked.get("page") == CONCLUSION else ANSWERED


def _status(result: Result) -> int:
    if result.errors:
        return 422
    return 409 if result.conflicts else 423


def _gone(request: StaffRequest, desk: Desk) -> HttpResponse:
    """A case whose sheet followed it to another meeting: where it is now."""
    moved = Case.objects.filter(previous=desk.case).select_related("meeting__board").first()
    return render(request, "rcp/sheets/gone.html", {"case": desk.case, "moved": moved})


def _version(request: HttpRequest) -> int | None:
    given = request.GET.get("version", "")
    return int(given) if given.isdigit() else None
