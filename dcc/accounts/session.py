"""Session rules D14: 30 minutes without a human act, 12 hours at most; polling is not an act."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

STARTED, LAST_ACT = "started_at", "last_act_at"
POLLING_HEADER = "HTTP_X_DCC_POLL"  # set by the page on what it asks by itself
ENDS_HEADER = "X-Session-Ends"
CLOSED_HEADER = "X-Session-Closed"
# Never given back to the page that sends a form again.
SECRETS = frozenset({"csrfmiddlewaretoken", "password", "oldpassword", "password1", "password2", "code", "credential"})


class SessionRulesMiddleware:
    """Ends what is idle or too old, and tells the page when it will."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        ends = self._check(request) if request.user.is_authenticated else None
        response = self.get_response(request)
        if ends is not None and request.user.is_authenticated:
            response[ENDS_HEADER] = ends.isoformat(timespec="seconds")
        elif ends is not None:  # signed out by this very request, from whatever page: nothing stays on the computer
            response["Clear-Site-Data"] = '"storage"'
        return response

    def _check(self, request: HttpRequest) -> datetime | None:
        """Close the session when its time is over, otherwise the instant it will be."""
        now = timezone.now().timestamp()
        session = request.session
        started = session.setdefault(STARTED, now)
        last = session.get(LAST_ACT, now)
        if now - last > settings.SESSION_IDLE_SECONDS or now - started > settings.SESSION_MAX_SECONDS:
            request.sign_out_reason = "inactivité" if now - last > settings.SESSION_IDLE_SECONDS else "durée maximale"  # type: ignore[attr-defined]
            logout(request)
            return None
        human = POLLING_HEADER not in request.META
        if human and now - session.get(LAST_ACT, 0) > 15:  # one write every 15 s is precise enough
            session[LAST_ACT] = last = now
        ends = datetime.fromtimestamp(
            min(last + settings.SESSION_IDLE_SECONDS, started + settings.SESSION_MAX_SECONDS), UTC
        )
        request.session_ends = ends  # type: ignore[attr-defined]
        return ends


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Every view needs someone signed in; whoever is no longer loses nothing of what they typed.

    Scripts get 401 and say it beside what is typed; a form sent too late comes back, ready to be sent again.
    """

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponse:  # type: ignore[override]
        if asked_by_script(request):
            response = HttpResponse(status=401)
            response[CLOSED_HEADER] = "1"
            return response
        if request.method == "POST":
            kept = [(name, values) for name, values in request.POST.lists() if name not in SECRETS]
            fields = [(name, value) for name, values in kept for value in values]
            context = {
                "fields": fields,
                "files": bool(request.FILES),
                "path": request.get_full_path(),
                "token_cookie": settings.CSRF_COOKIE_NAME,
            }
            return render(request, "accounts/session_closed.html", context, status=401)
        return super().handle_no_permission(request, view_func)


def asked_by_script(request: HttpRequest) -> bool:
    """htmx, fetch and polling, told apart from a person following a link or sending a form."""
    headers = request.headers
    return (
        "HX-Request" in headers
        or POLLING_HEADER in request.META
        or headers.get("Sec-Fetch-Mode", "navigate") in {"cors", "same-origin"}
    )
