"""Pages of the identity-vigilance cell: the worklist, one pair, its decision, indicators (PAT-05)."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dcc.accounts.access import StaffRequest, requires
from dcc.audit.record import record
from dcc.lib.lifecycle import TransitionRefused
from dcc.ui.components.data import Column, Tab, page_links
from patients.doubles import actions
from patients.doubles.forms import AllocationForm, DecisionForm
from patients.doubles.indicators import indicators
from patients.doubles.lifecycle import DoubleTransition as T
from patients.doubles.obstacles import Stopped
from patients.doubles.queries import TABS, Pair, pair_of, tab_counts, worklist
from patients.doubles.wording import many_of
from patients.events import PatientEvent
from patients.feed.queries import open_conflicts
from patients.models import Double, DoubleStatus
from patients.naming import shown_name
from patients.permissions import PatientPermission

PER_PAGE = 50
COLUMNS = tuple(Column(label=label) for label in ("Identités", "Naissance", "Force", "Établissement", "Signalé"))
LEVELS = {"probables": True, "a-revoir": False}
JUDGEMENTS = frozenset({T.HOMONYM, T.UNSURE, T.REOPEN})
DONE = {
    T.HOMONYM: "Noté\u00a0: ce sont deux personnes. Cette paire ne sera plus proposée.",
    T.UNSURE: "Laissé incertain.",
    T.REOPEN: "De nouveau à examiner.",
    T.ASK: "Fusion demandée. Une seconde personne doit la confirmer.",
    T.MERGE: "Fusion ordonnée.",
    T.CONFIRM: "Fusion confirmée.",
    T.DECLINE: "Fusion abandonnée\u00a0: la paire est de nouveau à examiner.",
    T.UNDO: "Annulation ordonnée.",
    T.ASK_UNDO: "Annulation demandée. Une seconde personne doit la confirmer.",
    T.CONFIRM_UNDO: "Annulation confirmée.",
    T.DECLINE_UNDO: "Annulation abandonnée\u00a0: les deux identités restent réunies.",
}


@requires(PatientPermission.IDENTITY_VIGILANCE)
@require_safe
def doubles(request: StaffRequest) -> HttpResponse:
    """The worklist: one tab a state, the strongest pairs first, the oldest before the others."""
    tab = request.GET.get("etat", "")
    tab = tab if tab in TABS else "a-examiner"
    level = request.GET.get("force", "")
    page = Paginator(worklist(tab, probable=LEVELS.get(level)), PER_PAGE).get_page(request.GET.get("page"))
    counts = tab_counts()
    context = {
        "tabs": [
            Tab(label=label, count=counts[name], href=f"?etat={name}", current=name == tab)
            for name, (label, _) in TABS.items()
        ],
        "tab": tab,
        "level": level,
        "page": page,
        "links": page_links(page, request.GET) if page.object_list else None,
        "columns": COLUMNS,
        "waiting": counts["a-examiner"] + counts["a-confirmer"],
        "feeds_label": f"Conflits des flux ({conflicts})" if (conflicts := open_conflicts()) else "Flux reçus",
    }
    return render(request, "patients/doubles.html", context)


@requires(PatientPermission.IDENTITY_VIGILANCE)
@require_http_methods(["GET", "POST"])
def double(request: StaffRequest, double_id: UUID) -> HttpResponse:
    """One pair side by side, and what is decided of it."""
    pairs = Double.objects.select_related("first", "second", "organisation", "reported_by")
    found = get_object_or_404(pairs, pk=double_id)
    pair = pair_of(found)
    form = DecisionForm(
        request.POST if request.method == "POST" else None,
        choices=pair.choices,
        initial={"kept": pair.survivor.kept.pk},
    )
    if request.method == "POST" and form.is_valid():
        try:
            _decide(found.pk, form.cleaned_data, request)
        except Stopped as stopped:
            for reason in stopped.reasons:
                form.add_error(None, reason)
        except actions.SamePerson:
            asked = "annulation" if form.cleaned_data["decision"] == T.CONFIRM_UNDO else "fusion"
            form.add_error(None, f"Vous avez demandé cette {asked}\u00a0: une autre personne doit la confirmer.")
        except TransitionRefused:
            messages.warning(request, "Une décision vient d’être prise par une autre personne. La voici.")
            return redirect("patients:double", found.pk)
        else:
            messages.success(request, DONE[T(form.cleaned_data["decision"])])
            return redirect("patients:double", found.pk)
    if request.method == "GET":
        record(PatientEvent.DOUBLE_READ, on=found, by=request.user, reference=request.reference)
    return _page(request, pair, form, _allocation(pair), status=422 if form.errors else 200)


@requires(PatientPermission.IDENTITY_VIGILANCE)
@require_POST
def allocate(request: StaffRequest, double_id: UUID) -> HttpResponse:
    """Say where each thing new since a merge goes back, and undo it."""
    found = get_object_or_404(Double.objects.select_related("first", "second", "organisation"), pk=double_id)
    pair = pair_of(found)
    form = _allocation(pair, request.POST)
    if form is None:
        messages.info(request, "Rien n’est à répartir.")
        return redirect("patients:double", found.pk)
    if not form.is_valid():
        return _page(request, pair, DecisionForm(choices=pair.choices), form, status=422)
    try:
        done = actions.allocate(double_id=found.pk, choices=form.allocation(), by=request.user)
    except (TransitionRefused, actions.NotAllocated):
        messages.warning(request, "Cette fusion a changé d’état entre-temps. Relisez la page.")
    else:
        messages.success(request, DONE[T.ASK_UNDO if done.status == DoubleStatus.UNDO_ASKED else T.UNDO])
    return redirect("patients:double", found.pk)


@requires(PatientPermission.IDENTITY_VIGILANCE)
@require_safe
def doubles_indicators(request: StaffRequest) -> HttpResponse:
    """Figures of identity vigilance: they name nobody."""
    return render(request, "patients/doubles_indicators.html", {"figures": indicators()})


def _decide(double_id: UUID, said: dict[str, Any], request: StaffRequest) -> None:
    decision, reason, by = T(said["decision"]), said["reason"].strip(), request.user
    if decision in JUDGEMENTS:
        actions.judge(double_id=double_id, transition=decision, reason=reason, by=by)
    elif decision in (T.MERGE, T.ASK):
        actions.ask_merge(double_id=double_id, kept_id=said["kept"], reason=reason, by=by)
    elif decision == T.CONFIRM:
        actions.confirm_merge(double_id=double_id, by=by)
    elif decision == T.DECLINE:
        actions.decline_merge(double_id=double_id, reason=reason, by=by)
    elif decision == T.CONFIRM_UNDO:
        actions.confirm_undo(double_id=double_id, by=by)
    elif decision == T.DECLINE_UNDO:
        actions.decline_undo(double_id=double_id, reason=reason, by=by)
    else:
        actions.ask_undo(double_id=double_id, reason=reason, by=by)


def _allocation(pair: Pair, data: Any = None) -> AllocationForm | None:
    if pair.merge is None or not pair.merge.unallocated or pair.double.status != DoubleStatus.MERGED:
        return None
    names = (shown_name(pair.kept.patient), shown_name(pair.lost.patient))
    return AllocationForm(data, merge=pair.merge, names=names)


def _page(
    request: StaffRequest, pair: Pair, form: DecisionForm, allocation: AllocationForm | None, *, status: int
) -> HttpResponse:
    context = {
        "pair": pair,
        "double": pair.double,
        "form": form,
        "allocation": allocation,
        "counts": [(many_of(one.table_name), one) for one in pair.counts],
    }
    return render(request, "patients/doubles_pair.html", context, status=status)
