"""Search before anything else: the first step of every journey about a patient (PAT-02)."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from dcc.accounts.access import StaffRequest, granted, requires
from dcc.ui.forms import options_response
from patients.birth_places import search_places
from patients.care import care
from patients.forms import SearchForm
from patients.limits import TooManySearches
from patients.permissions import PatientPermission
from patients.queries import found_rows, own_establishments
from patients.recent import Recent, keep, mark_traced, recall
from patients.searching import Wanted, search_identities


@requires(PatientPermission.SEARCH)
@require_http_methods(["GET", "POST"])
def search(request: StaffRequest) -> HttpResponse:
    """Type the traits, then read the identities found; creation is offered below them."""
    if request.method == "POST":
        form = SearchForm(request.POST)
        if not form.is_valid():
            return render(request, "patients/search.html", {"form": form}, status=422)
        return redirect(f"{reverse('patients:search')}?{urlencode({'r': keep(request.session, request.POST)})}")
    recent = recall(request.session, request.GET.get("r", ""))
    if recent is None:
        form = SearchForm(initial={"meeting": request.GET.get("reunion")})
        return render(request, "patients/search.html", {"form": form})
    return _results(request, recent)


@requires(PatientPermission.CREATE, PatientPermission.SEARCH)
@require_safe
def places(request: HttpRequest) -> HttpResponse:
    """Communes and countries proposed while a birth place is typed."""
    return options_response(request, search_places(request.GET.get("q", "")))


def _results(request: StaffRequest, recent: Recent) -> HttpResponse:
    form = SearchForm(recent.typed)
    if not form.is_valid():
        return render(request, "patients/search.html", {"form": form}, status=422)
    form.fields["name"].widget.attrs.pop("autofocus")
    establishments = own_establishments(request.membership.organisation)
    try:
        matches = search_identities(
            wanted=_wanted(form, [one.pk for one in establishments]), by=request.user, traced=recent.traced
        )
    except TooManySearches as many:
        return render(request, "patients/search.html", {"form": form, "too_many": many}, status=429)
    if not recent.traced:  # shown again, nothing of the session changes: it is not written
        mark_traced(request.session, recent.token)
    reads = granted(request, PatientPermission.VIEW)
    rows = found_rows(matches, establishments=establishments, passages=reads)
    meeting = recent.typed["meeting"]
    context = {
        "form": form,
        "searched": True,
        "reads": reads,
        "rows": [(row, care().registration_url(request, row.patient.pk, meeting=meeting)) for row in rows],
        "create_url": _create_url(request, recent),
        "birth": form.cleaned_data["birth_date"],
    }
    return render(request, "patients/search.html", context)


def _wanted(form: SearchForm, establishments: list[Any]) -> Wanted:
    number = form.cleaned_data["number"]
    return Wanted(
        criteria=form.criteria(),
        traits=None if number else form.traits(),
        ipp="" if form.is_matricule else number,
        matricule=number if form.is_matricule else "",
        establishments=establishments,
    )


def _create_url(request: StaffRequest, recent: Recent) -> str:
    if not granted(request, PatientPermission.CREATE):
        return ""
    return f"{reverse('patients:create')}?{urlencode({'r': recent.token})}"
