"""Pages of the review of exceptional accesses and of unusual openings (D2)."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from dcc.accounts.access import StaffRequest, requires
from dcc.audit.events import AuditReading
from dcc.audit.models import AuditEvent
from dcc.audit.record import record
from dcc.ui.components.data import Column, Tab
from patients.forms import GlassReviewForm
from patients.permissions import PatientPermission
from patients.reviews import (
    AlreadyReviewed,
    GlassBreak,
    OwnAccess,
    Watched,
    access_to_review,
    done_during,
    glass_breaks,
    review_glass,
    waiting,
)
from patients.sharing.unusual import RULES

UNUSUAL = "inhabituelles"  # in the address
COLUMNS = tuple(Column(label=label) for label in ("Ouvert", "Par", "Patient", "Motif", "Relecture"))
REVIEWED_SHOWN = 50


@requires(PatientPermission.GLASS_REVIEW)
@require_safe
def reviews(request: StaffRequest) -> HttpResponse:
    """What waits for a review, the oldest first, then what was reviewed, fifty at a time."""
    what = Watched.UNUSUAL if request.GET.get("quoi") == UNUSUAL else Watched.EXCEPTIONAL
    before = _one(request, request.GET["avant"]) if request.GET.get("avant") else None
    reviewed = glass_breaks(reviewed=True, before=before, limit=REVIEWED_SHOWN + 1, what=what)
    pending, pending_in_all = waiting(what=what) if before is None else ([], 0)
    _note(request)
    context = {
        "what": what,
        "tabs": _tabs(what),
        "rules": RULES.values() if what is Watched.UNUSUAL else (),
        "pending": pending,
        "pending_in_all": pending_in_all,
        "reviewed": reviewed[:REVIEWED_SHOWN],
        "older": reviewed[REVIEWED_SHOWN - 1].id if len(reviewed) > REVIEWED_SHOWN else "",
        "later_page": before is not None,
        "columns": COLUMNS,
    }
    return render(request, "patients/glass_reviews.html", context)


@requires(PatientPermission.GLASS_REVIEW)
@require_http_methods(["GET", "POST"])
def review(request: StaffRequest, event_id: UUID) -> HttpResponse:
    """One access: who, when, which patient, why, what was done; and what the auditor says of it."""
    access = _one(request, str(event_id))
    form = GlassReviewForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            review_glass(event_id=access.id, by=request.user, **form.cleaned_data)
        except AlreadyReviewed:
            messages.warning(request, "Cet accès vient d’être relu\u00a0: rien n’a été écrit une seconde fois.")
            return redirect("patients:glass_review", event_id)
        except OwnAccess:
            form.add_error(None, "On ne relit pas son propre accès\u00a0: une autre personne doit le faire.")
        else:
            messages.success(request, "Relecture enregistrée.")
            return redirect(_list_of(access))
    _note(request)
    context = {
        "access": access,
        "form": form,
        "done": done_during(access),
        "rule": RULES.get(access.rule or ""),
        "list_url": _list_of(access),
    }
    return render(request, "patients/glass_review.html", context, status=422 if form.errors else 200)


def _one(request: StaffRequest, event_id: str) -> GlassBreak:
    try:
        return access_to_review(UUID(event_id))
    except (ValueError, AuditEvent.DoesNotExist) as error:
        raise Http404 from error


def _list_of(access: GlassBreak) -> str:
    address = reverse("patients:glass_reviews")
    return f"{address}?quoi={UNUSUAL}" if access.rule else address


def _tabs(what: Watched) -> list[Tab]:
    address = reverse("patients:glass_reviews")
    return [
        Tab(label="Accès exceptionnels", href=address, current=what is Watched.EXCEPTIONAL),
        Tab(label="Ouvertures inhabituelles", href=f"{address}?quoi={UNUSUAL}", current=what is Watched.UNUSUAL),
    ]


def _note(request: StaffRequest) -> None:
    """Reading the audit is traced, this part of it as well."""
    record(
        AuditReading.READ,
        by=request.user,
        region_id=request.membership.region_id,
        reference=request.reference,
        filters="accès exceptionnels",
    )
