"""Pages of the review of exceptional accesses (D2)."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from dcc.accounts.access import StaffRequest, requires
from dcc.audit.events import AuditReading
from dcc.audit.models import AuditEvent
from dcc.audit.record import record
from dcc.ui.components.data import Column
from patients.forms import GlassReviewForm
from patients.permissions import PatientPermission
from patients.reviews import AlreadyReviewed, GlassBreak, OwnAccess, done_during, glass_breaks, review_glass

COLUMNS = tuple(Column(label=label) for label in ("Ouvert", "Par", "Patient", "Motif", "Relecture"))
REVIEWED_SHOWN = 50


@requires(PatientPermission.GLASS_REVIEW)
@require_safe
def reviews(request: StaffRequest) -> HttpResponse:
    """What waits for a review, the oldest first, then what was reviewed, fifty at a time."""
    before = _one(request, request.GET["avant"]) if request.GET.get("avant") else None
    reviewed = glass_breaks(reviewed=True, before=before, limit=REVIEWED_SHOWN + 1)
    _note(request)
    context = {
        "pending": list(reversed(glass_breaks(reviewed=False))) if before is None else [],
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
            return redirect("patients:glass_reviews")
    _note(request)
    context = {"access": access, "form": form, "done": done_during(access)}
    return render(request, "patients/glass_review.html", context, status=422 if form.errors else 200)


def _one(request: StaffRequest, event_id: str) -> GlassBreak:
    try:
        return glass_breaks(event_id=UUID(event_id))[0]
    except (ValueError, IndexError, AuditEvent.DoesNotExist) as error:
        raise Http404 from error


def _note(request: StaffRequest) -> None:
    """Reading the audit is traced, this part of it as well."""
    record(
        AuditReading.READ,
        by=request.user,
        region_id=request.membership.region_id,
        reference=request.reference,
        filters="accès exceptionnels",
    )
