"""Which establishments send their identities, and which type them here: a setting, no patient in sight (PAT-01)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from dcc.accounts.access import StaffRequest, requires
from patients.lifecycle.forms import RegimeForm
from patients.lifecycle.queries import establishments_and_regimes
from patients.lifecycle.regimes import change_regime
from patients.lifecycle.states import Regime
from patients.permissions import PatientPermission


@requires(PatientPermission.IDENTITY_REGIME)
@require_http_methods(["GET", "POST"])
def regimes(request: StaffRequest) -> HttpResponse:
    """Each establishment of the reader's reach, and who says the traits of its patients."""
    rows = establishments_and_regimes(request.membership.organisation)
    establishments = [one for one, _ in rows]
    form = RegimeForm(request.POST or None, establishments=establishments)
    if request.method == "POST" and form.is_valid():
        change_regime(organisation=form.chosen, regime=Regime(form.cleaned_data["regime"]), by=request.user)
        messages.success(request, f"Réglage enregistré pour {form.chosen.short_name}.")
        return redirect("patients:regimes")
    context = {"rows": rows, "form": form, "regimes": Regime.choices}
    return render(request, "patients/identity_regimes.html", context, status=422 if form.is_bound else 200)
