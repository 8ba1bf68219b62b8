"""Session rules D14: 30 minutes without a human act, 12 hours at most; polling is not an act."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from dcc.accounts import room

STARTED, LAST_ACT = "started_at", "last_act_at"
POLLING_HEADER = "HTTP_X_DCC_POLL"  # set by the page on what it asks by itself
ENDS_HEADER = "X-Session-Ends"
CLOSED_HEADER = "X-Session-Closed"
# Never given back to the page that sends a form again.
SECRETS = frozenset(
    {"csrfmiddlewaretoken", "password", "oldpassword", "password1", "password2", "code", "pin", "again", "credential"}
)


class SessionRulesMiddleware:
    """Ends what is idle or too old, and tells the page when it will."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        ends = self._check(request) if request.user.is_authenticated else None
        if (
            request.user.is_authenticated
            and room.is_locked(request.session)
            and request.path not in _open_when_locked()
        ):
            return _locked(request)
        response = self.get_response(request)
        if ends is not None and request.user.is_authenticated:
            response.setdefault(ENDS_HEADER, ends.isoformat(timespec="seconds"))
        elif ends is not None:  # signed out by this very request, from whatever page: nothing stays on the computer
            response["Clear-Site-Data"] = '"storage"'
        return response

    def _check(self, request: HttpRequest) -> datetime | None:
        """Close the session when its time is over, otherwise the instant it will be."""
        now = timezone.now().timestamp()
        session = request.session
        started = session.setdefault(STARTED, now)
        last = session.get(LAST_ACT, now)
        idle, over = now - last > settings.SESSION_IDLE_SECONDS, now - started > settings.SESSION_MAX_SECONDS
        if idle and not over and room.is_on(session):  # in a meeting: a PIN, not a whole sign-in
            if not room.is_locked(session):
                room.lock(request)
            return None
        if idle or over:
            request.sign_out_reason = "inactivité" if idle else "durée maximale"  # type: ignore[attr-defined]
            logout(request)
            return None
        human = POLLING_HEADER not in request.META
        request.unlock_url = reverse("accounts:unlock") if room.is_on(session) else ""  # type: ignore[attr-defined]
        if human and now - session.get(LAST_ACT, 0) > 15:  # one write every 15 s is precise enough
            session[LAST_ACT] = last = now
        request.session_ends = ends = _ends(last, started)  # type: ignore[attr-defined]
        return ends


def acted(request: HttpRequest) -> datetime:
    """Count this instant as a human act; when the session will end now."""
    now = timezone.now().timestamp()
    request.session[LAST_ACT] = now
    return _ends(now, request.session.get(STARTED, now))


def _ends(last: float, started: float) -> datetime:
    return datetime.fromtimestamp(
        min(last + settings.SESSION_IDLE_SECONDS, started + settings.SESSION_MAX_SECONDS), UTC
    )


def _open_when_locked() -> frozenset[str]:
    return frozenset({reverse("accounts:unlock"), reverse("account_logout"), reverse("account_login")})


def _locked(request: HttpRequest) -> HttpResponse:
    """Nothing is served until the PIN is given; a form sent meanwhile comes back with what it held."""
    unlock = reverse("accounts:unlock")
    if asked_by_script(request):
        response = HttpResponse(status=401)
        response[CLOSED_HEADER] = "1"
        return response
    if request.method == "POST":
        return _sent_too_late(request, unlock)
    return redirect(f"{unlock}?{urlencode({'next': request.get_full_path()})}")


def _sent_too_late(request: HttpRequest, open_again: str) -> HttpResponse:
    """The page that gives back what was typed, once the session is open again."""
    kept = [(name, values) for name, values in request.POST.lists() if name not in SECRETS]
    context = {
        "fields": [(name, value) for name, values in kept for value in values],
        "files": bool(request.FILES),
        "path": request.get_full_path(),
        "token_cookie": settings.CSRF_COOKIE_NAME,
        "open_again": open_again,
    }
    return render(request, "accounts/session_closed.html", context, status=401)


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
            return _sent_too_late(request, reverse("account_login"))
        return super().handle_no_permission(request, view_func)


def asked_by_script(request: HttpRequest) -> bool:
    """htmx, fetch and polling, told apart from a person following a link or sending a form."""
    headers = request.headers
    return (
        "HX-Request" in headers
        or POLLING_HEADER in request.META
        or headers.get("Sec-Fetch-Mode", "navigate") in {"cors", "same-origin"}
    )
