"""Where one lands, and the probe of the reverse proxy."""

from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from dcc.accounts.access import public, signed_in
from dcc.roles import ROLES


@signed_in
@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    """Send everyone to the page their work starts with (guide §5)."""
    membership = request.membership  # type: ignore[attr-defined]
    if membership is None:
        return redirect("accounts:choose_membership")
    target = ROLES[membership.role].landing
    if target == "home":
        target = "rcp:cockpit"
    return redirect(target)


@public
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Answer 200 once the database answers: the probe of the supervisor and of the reverse proxy."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain")


def server_error(request: HttpRequest) -> HttpResponse:
    """The page of an unexpected error, with the reference to give to the support; it reads no database."""
    page = render_to_string("500.html", {"reference": getattr(request, "reference", "")})
    return HttpResponseServerError(page)
