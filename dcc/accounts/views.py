"""One's own account: which organisation one works for."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from dcc.accounts.access import signed_in
from dcc.accounts.queries import my_memberships
from dcc.tenancy.middleware import MEMBERSHIP_KEY


@signed_in
@require_http_methods(["GET", "POST"])
def choose_membership(request: HttpRequest) -> HttpResponse:
    """Choose the organisation and role to work under; alone, it is chosen at once."""
    mine = my_memberships()
    chosen = request.POST.get("membership") if request.method == "POST" else None
    found = next((one for one in mine if str(one.id) == chosen), None) or (mine[0] if len(mine) == 1 else None)
    if found:
        request.session[MEMBERSHIP_KEY] = str(found.id)
        return redirect("home")
    return render(request, "accounts/choose_membership.html", {"memberships": mine})
