"""Session rules D14: 30 minutes without a human act, 12 hours at most; polling is not an act."""

from collections.abc import Callable
from datetime import UTC, datetime

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

STARTED, LAST_ACT = "started_at", "last_act_at"
POLLING_HEADER = "HTTP_X_DCC_POLL"  # set by the page on what it asks by itself


class SessionRulesMiddleware:
    """Ends what is idle or too old, and tells the page when it will."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = timezone.now().timestamp()
            session = request.session
            started = session.setdefault(STARTED, now)
            last = session.get(LAST_ACT, now)
            if now - last > settings.SESSION_IDLE_SECONDS or now - started > settings.SESSION_MAX_SECONDS:
                logout(request)
            else:
                human = POLLING_HEADER not in request.META
                if human and now - session.get(LAST_ACT, 0) > 15:  # one write every 15 s is precise enough
                    session[LAST_ACT] = last = now
                end = min(last + settings.SESSION_IDLE_SECONDS, started + settings.SESSION_MAX_SECONDS)
                request.session_ends = datetime.fromtimestamp(end, UTC)  # type: ignore[attr-defined]
        return self.get_response(request)
