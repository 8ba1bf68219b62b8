"""The first door: a request opens the scope of the person and of the membership they work under."""

import secrets
from collections.abc import Callable
from uuid import UUID

from django.db import connection
from django.http import HttpRequest, HttpResponse

from dcc.tenancy.scope import WebScope, no_transaction_scope, opened

MEMBERSHIP_KEY = "membership"


class RequestIdMiddleware:
    """A short reference printed on error pages and written in the audit, to join a call to support with its trace."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.reference = secrets.token_hex(4).upper()  # type: ignore[attr-defined]
        response = self.get_response(request)
        response["X-Request-Reference"] = request.reference  # type: ignore[attr-defined]
        return response


class ScopeMiddleware:
    """Says whose scope transactions will open; PostgreSQL checks the membership when each of them begins."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.get_response(request)
        chosen = request.session.get(MEMBERSHIP_KEY)
        scope = WebScope(user_id=request.user.pk, membership_id=UUID(chosen) if chosen else None)
        # A surrounding transaction exists in tests only: the stamp of the backend is then too early for this person.
        with opened(scope) if connection.in_atomic_block else no_transaction_scope(scope):
            return self.get_response(request)
