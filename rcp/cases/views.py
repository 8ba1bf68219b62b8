"""The conclusion written in the room, and what follows it: validated, submitted, countersigned, replaced."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from dcc.accounts.access import StaffRequest, demand, requires
from dcc.lib.french import NBSP
from dcc.lib.lifecycle import TransitionRefused
from patients.file_views import note_opening
from rcp.cases import actions
from rcp.cases.forms import ReasonForm
from rcp.cases.page import ConclusionPage, next_place
from rcp.cases.recipients import addressed
from rcp.cases.report import recipients_sentence
from rcp.meetings.actions import active_cases
from rcp.models import Case
from rcp.permissions import RcpPermission
from rcp.sheets.chapter_form import save_chapter
from rcp.sheets.desk import Desk
from rcp.sheets.operations import NotAnOperation

CONCLUDES = (RcpPermission.CASE_CONCLUDE, RcpPermission.CASE_VALIDATE)
CHANGED = "La fiche a changé depuis que vous l’avez relue : relisez-la, puis validez.".replace(" :", f"{NBSP}:")
FROZEN = "La fiche vient d’être validée : rien n’a été fait une seconde fois.".replace(" :", f"{NBSP}:")
MOVED = "L’état du dossier a changé entre-temps : relisez-le avant de continuer.".replace(" :", f"{NBSP}:")


@requires(RcpPermission.CASE_VIEW)
@require_http_methods(["GET", "POST"])
def conclusion(request: StaffRequest, case_id: UUID) -> HttpResponse:
    """The proposal and its validation; a POST is the decision sent as a plain form."""
    desk = Desk(request, case_id)
    if request.method == "POST":
        demand(request, *CONCLUDES)
    if desk.sheet is None:
        return redirect("rcp:case", case_id)
    if request.method == "POST":
        return _decision(request, desk)
    note_opening(request, desk.case.patient)
    return render(request, "rcp/cases/conclusion.html", ConclusionPage(desk).context())


@requires(*CONCLUDES)
@require_POST
def validate(request: StaffRequest, case_id: UUID) -> HttpResponse:
    """Freeze, number, issue, plan; then the next case of the meeting."""
    answer = _act(request, case_id, actions.validate_case, seen_rev=_seen(request))
    if answer is not None:
        return answer
    case = Case.objects.select_related("meeting__board", "requester_organisation", "patient").get(pk=case_id)
    going = addressed(case)
    sent = recipients_sentence(going.receive, going.left_out, sex=case.patient.sex)
    messages.success(request, f"Fiche validée, n°{NBSP}{case.order_label}. Elle part {sent}.")
    return _onwards(case)


@requires(RcpPermission.CASE_CONCLUDE)
@require_POST
def submit(request: StaffRequest, case_id: UUID) -> HttpResponse:
    """The requester validates a registered case and asks for the second signature (D4)."""
    answer = _act(request, case_id, actions.submit_registered, seen_rev=_seen(request))
    if answer is None:
        messages.success(request, "Dossier validé. Il sera numéroté et envoyé à la contresignature.")
    return answer or redirect("rcp:conclusion", case_id)


@requires(*CONCLUDES)
@require_POST
def countersign(request: StaffRequest, case_id: UUID) -> HttpResponse:
    """The coordinator countersigns a registered case."""
    answer = _act(request, case_id, actions.countersign_case)
    if answer is None:
        messages.success(request, "Dossier contresigné. Son compte rendu part.")
    return answer or redirect("rcp:conclusion", case_id)


@requires(RcpPermission.CASE_CONCLUDE)
@require_POST
def discuss(request: StaffRequest, case_id: UUID) -> HttpResponse:
    """« Valider plus tard »: the room has concluded."""
    answer = _act(request, case_id, actions.discuss_case)
    return answer or _onwards(Case.objects.select_related("meeting").get(pk=case_id))


@requires(RcpPermission.SHEET_FILL)
@require_POST
def prepare(request: StaffRequest, case_id: UUID) -> HttpResponse:
    return _act(request, case_id, actions.set_prepared, prepared=True) or redirect("rcp:case", case_id)


@requires(RcpPermission.SHEET_FILL)
@require_POST
def unprepare(request: StaffRequest, case_id: UUID) -> HttpResponse:
    return _act(request, case_id, actions.set_prepared, prepared=False) or redirect("rcp:case", case_id)


@requires(*CONCLUDES)
@require_http_methods(["GET", "POST"])
def replace(request: StaffRequest, case_id: UUID) -> HttpResponse:
    """« Annule et remplace »: a new version, prefilled whole, with its reason (D6)."""
    return _with_reason(
        request, case_id, actions.replace_report, then="rcp:case", title="Annuler et remplacer",
        button="Ouvrir la version qui remplace",
        text="La version validée reste lisible, marquée « remplacée ». La nouvelle reprend toutes ses réponses ; elle "
        "remplacera l’ancienne, sous le même numéro, quand vous la validerez.",
    )  # fmt: skip


@requires(*CONCLUDES)
@require_http_methods(["GET", "POST"])
def send_back(request: StaffRequest, case_id: UUID) -> HttpResponse:
    """The coordinator does not countersign: the case will be discussed (D4)."""
    return _with_reason(
        request, case_id, actions.send_back_case, then="rcp:conclusion", title="Renvoyer en discussion",
        button="Renvoyer en discussion",
        text="Le dossier devient « à discuter » : il sera présenté en réunion. Son demandeur lira ce motif.",
    )  # fmt: skip


def _act(request: StaffRequest, case_id: UUID, action: Callable[..., Any], **given: Any) -> HttpResponse | None:
    """Do it, or give the page back with the reason of the refusal (403, 409, 422, 423); None when it is done."""
    try:
        action(case_id=case_id, by=request.user, **given)
    except Case.DoesNotExist as error:
        raise Http404 from error
    except actions.NotTheirsToValidate as error:
        raise PermissionDenied from error
    except actions.ValidationRefused as refused:
        return _again(request, case_id, refused.reasons, status=422)
    except actions.SheetChanged:
        return _again(request, case_id, [CHANGED], status=409)
    except actions.SheetFrozen:
        return _again(request, case_id, [FROZEN], status=423)
    except TransitionRefused:
        return _again(request, case_id, [MOVED], status=409)
    return None


def _again(request: StaffRequest, case_id: UUID, reasons: list[str], *, status: int) -> HttpResponse:
    desk = Desk(request, case_id)
    if desk.sheet is None:
        return redirect("rcp:case", case_id)
    return render(request, "rcp/cases/conclusion.html", ConclusionPage(desk, reasons=reasons).context(), status=status)


def _decision(request: StaffRequest, desk: Desk) -> HttpResponse:
    """Save the decision sent as a plain form, then what its button asks."""
    try:
        result = save_chapter(desk, request.POST, by=request.user)
    except NotAnOperation:
        return HttpResponseBadRequest()
    if result.errors or result.conflicts or result.refused:
        page = ConclusionPage(Desk(request, desk.case.pk), result=result)
        status = 422 if result.errors else 409 if result.conflicts else 423
        return render(request, "rcp/cases/conclusion.html", page.context(), status=status)
    return redirect("rcp:conclusion", desk.case.pk)


def _with_reason(
    request: StaffRequest, case_id: UUID, action: Callable[..., Any], *, then: str, title: str, button: str, text: str
) -> HttpResponse:
    desk = Desk(request, case_id)
    if not actions.may_validate(case=desk.case, by=request.user):
        raise PermissionDenied
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        answer = _act(request, case_id, action, why=form.cleaned_data["why"])
        return answer or redirect(then, case_id)
    context = {**ConclusionPage(desk).heading(), "form": form, "title": title, "button": button, "text": text}
    return render(request, "rcp/cases/reason.html", context, status=422 if form.is_bound else 200)


def _onwards(case: Case) -> HttpResponse:
    """The next case of the meeting that is not concluded, or back to the list."""
    order = list(active_cases(case.meeting).values_list("pk", "status"))
    place = next_place(order, case)
    if place is None:
        return redirect("rcp:meeting", case.meeting_id)
    return redirect(reverse("rcp:conclusion", args=[order[place - 1][0]]))


def _seen(request: StaffRequest) -> int | None:
    given = request.POST.get("rev", "")
    return int(given) if given.isdigit() else None
