"""Pages of the identity-vigilance cell about feeds: conflicts to settle, merges received that can be taken back."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from dcc.accounts.access import StaffRequest, requires
from dcc.audit.record import record
from dcc.ui.components.data import Column, Tab, page_links
from patients.events import PatientEvent
from patients.feed.actions import AlreadyAsked, ask_undo, settle_conflict
from patients.feed.conflicts import ConflictSettled
from patients.feed.forms import SettleForm, TakeBackForm
from patients.feed.queries import (
    MERGES,
    SETTLED,
    TO_SETTLE,
    conflicts,
    listed,
    matter_of,
    merges,
    received,
    tab_counts,
)
from patients.models import FeedConflict, FeedMerge
from patients.permissions import PatientPermission

PER_PAGE = 50
LABELS = {TO_SETTLE: "À régler", SETTLED: "Réglés", MERGES: "Fusions reçues"}
COLUMNS = {
    TO_SETTLE: ("Conflit", "IPP", "Établissement", "Signalé"),
    SETTLED: ("Conflit", "IPP", "Établissement", "Réglé"),
    MERGES: ("Identités", "IPP", "Établissement", "Reçue", "État"),
}


@requires(PatientPermission.IDENTITY_VIGILANCE)
@require_safe
def feed_matters(request: StaffRequest) -> HttpResponse:
    """What feeds could not decide, what was decided, and what they merged."""
    tab = request.GET.get("etat", "")
    tab = tab if tab in LABELS else TO_SETTLE
    rows = merges() if tab == MERGES else conflicts(tab)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    counts = tab_counts()
    context: dict[str, Any] = {
        "tabs": [
            Tab(label=label, count=counts[name], href=f"?etat={name}", current=name == tab)
            for name, label in LABELS.items()
        ],
        "tab": tab,
        "waiting": counts[TO_SETTLE],
        "rows": received(page.object_list) if tab == MERGES else listed(page.object_list),
        "links": page_links(page, request.GET) if page.object_list else None,
        "columns": tuple(Column(label=label) for label in COLUMNS[tab]),
    }
    return render(request, "patients/feed_matters.html", context)


@requires(PatientPermission.IDENTITY_VIGILANCE)
@require_http_methods(["GET", "POST"])
def feed_matter(request: StaffRequest, conflict_id: UUID) -> HttpResponse:
    """One conflict: the evidence side by side, and how it is settled."""
    conflict = get_object_or_404(FeedConflict, pk=conflict_id)
    form = SettleForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            settle_conflict(conflict_id=conflict.pk, verdict=said["verdict"], reason=said["reason"], by=request.user)
        except ConflictSettled:
            messages.warning(request, "Ce conflit vient d’être réglé par une autre personne. Voici sa décision.")
        else:
            messages.success(request, "Conflit réglé.")
        return redirect("patients:feed_matter", conflict.pk)
    if request.method == "GET":
        record(PatientEvent.FEED_CONFLICT_READ, on=conflict, by=request.user, reference=request.reference)
    context = {"matter": matter_of(conflict), "conflict": conflict, "form": form}
    return render(request, "patients/feed_matter.html", context, status=422 if form.errors else 200)


@requires(PatientPermission.IDENTITY_VIGILANCE)
@require_http_methods(["GET", "POST"])
def feed_merge(request: StaffRequest, merge_id: UUID) -> HttpResponse:
    """What a feed made one, and its taking back."""
    merge = get_object_or_404(FeedMerge.objects.select_related("undo_asked_by"), pk=merge_id)
    form = TakeBackForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            ask_undo(merge_id=merge.pk, reason=form.cleaned_data["reason"], by=request.user)
        except AlreadyAsked:
            messages.warning(request, "C’est déjà demandé.")
        else:
            messages.success(request, "Demandé. Les deux identités sont séparées dans quelques secondes.")
        return redirect("patients:feed_merge", merge.pk)
    if request.method == "GET":
        record(PatientEvent.FEED_MERGE_READ, on=merge, by=request.user, reference=request.reference)
    (shown,) = received([merge])
    context = {"shown": shown, "merge": merge, "form": form}
    return render(request, "patients/feed_merge.html", context, status=422 if form.errors else 200)
