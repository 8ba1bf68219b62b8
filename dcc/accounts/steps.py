"""What must be done between sign-in and work: accept the terms, choose an organisation, see one's recovery codes."""

import time
from collections.abc import Callable
from typing import Any

from allauth.account.internal.stagekit import LOGIN_SESSION_KEY
from django.conf import settings
from django.contrib import messages
from django.db.transaction import atomic
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode

from dcc.accounts.access import acting
from dcc.accounts.tracing import PROPOSE_ENROLMENT
from dcc.tenancy.middleware import MEMBERSHIP_KEY

# allauth's addresses that the product does not offer: accounts and their addresses are an administrator's (ADM-05).
CLOSED = frozenset(
    {
        "account_signup",
        "account_email",
        "account_email_verification_sent",
        "account_confirm_email",
        "account_set_password",
        "mfa_download_recovery_codes",
    }
)
# Open whatever remains to be done.
ALWAYS = frozenset({"account_logout", "health", "accounts:terms", "accounts:stay"})
BEFORE_MEMBERSHIP = ALWAYS | {"accounts:choose_membership"}
BEFORE_ENROLMENT = BEFORE_MEMBERSHIP | {"accounts:enrolment", "accounts:preferences", "account_reauthenticate"}
CODE_EXPIRED = "Le code n’est plus valable. Reconnectez-vous pour en recevoir un autre."


class StepsMiddleware:
    """Sends to the first step left, and nowhere else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        name = request.resolver_match.view_name if request.resolver_match else ""
        if name in CLOSED:
            raise Http404
        if not request.user.is_authenticated:
            if name == "account_confirm_login_code" and _code_expired(request):
                messages.error(request, CODE_EXPIRED)
            return None
        step = _next_step(request, name)
        if not step:
            return None
        return redirect(f"{step}?{urlencode({'next': request.get_full_path()})}" if request.method == "GET" else step)

    def process_template_response(self, request: HttpRequest, response: TemplateResponse) -> TemplateResponse:
        """Render allauth's late templates in a transaction, where the scope is open; a refused form answers 422."""
        context = response.context_data or {}
        form = context.get("form")
        if request.method == "POST" and form is not None and form.is_bound and form.errors:
            response.status_code = 422
        with atomic():
            acting(request)
            response.render()
        return response


def _next_step(request: HttpRequest, name: str) -> str:
    if request.user.cgu_version != settings.CGU_VERSION:  # type: ignore[union-attr]
        return "" if name in ALWAYS else reverse("accounts:terms")
    if not request.session.get(MEMBERSHIP_KEY):
        return "" if name in BEFORE_MEMBERSHIP else reverse("accounts:choose_membership")
    if request.session.get(PROPOSE_ENROLMENT) and request.method == "GET" and name not in BEFORE_ENROLMENT:
        return "" if name.startswith("mfa_") else reverse("accounts:enrolment")
    return ""


def _code_expired(request: HttpRequest) -> bool:
    stages = request.session.get(LOGIN_SESSION_KEY, {}).get("state", {}).get("stages", {})
    sent_at = stages.get("login_by_code", {}).get("data", {}).get("at")
    return sent_at is not None and time.time() - sent_at > settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT
