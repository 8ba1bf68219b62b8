"""The audit as auditors read it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dcc.accounts.access import StaffRequest, requires
from dcc.accounts.permissions import AccountPermission
from dcc.audit.events import AuditReading
from dcc.audit.forms import EventFilter
from dcc.audit.queries import read_events
from dcc.audit.record import record
from dcc.ui.components.data import Column

COLUMNS = (
    Column(label="Quand"),
    Column(label="Qui"),
    Column(label="Quoi"),
    Column(label="Dossier"),
    Column(label="Référence"),
)


@requires(AccountPermission.AUDIT_VIEW)
@require_safe
def events(request: StaffRequest) -> HttpResponse:
    """Filters in the address, fifty events a page, and the reading itself recorded."""
    form = EventFilter(request.GET or None)
    wanted = form.cleaned_data if form.is_bound and form.is_valid() else {}
    page = read_events(clinical=request.membership.clinical, **wanted, cursor=request.GET.get("avant", ""))
    said = ", ".join(sorted(str(form.fields[name].label).lower() for name, value in wanted.items() if value))
    record(
        AuditReading.READ,
        by=request.user,
        region_id=request.membership.region_id,
        reference=request.reference,
        filters=said or "sans filtre",
    )
    context = {"form": form, "page": page, "columns": COLUMNS, "older": _older(request, page.older_than)}
    return render(request, "audit/events.html", context, status=422 if form.errors else 200)


def _older(request: HttpRequest, cursor: str) -> str:
    if not cursor:
        return ""
    query = request.GET.copy()
    query["avant"] = cursor
    return f"?{query.urlencode()}"
