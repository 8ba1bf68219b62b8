"""A refusal is a fact too: recorded in its own transaction, after the rollback of the request."""

from collections.abc import Callable
from contextlib import suppress

from django.db import DatabaseError
from django.db.transaction import atomic
from django.http import HttpRequest, HttpResponse

from dcc.audit.catalogue import AccessEvent
from dcc.audit.record import record

RECORDED = {403: AccessEvent.REFUSED, 404: AccessEvent.NOT_FOUND}


class RefusalMiddleware:
    """Write 403 and 404 answered to a signed-in person, in the region they work in, else on the platform's chain."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        event = RECORDED.get(response.status_code)
        if event and request.user.is_authenticated:
            with suppress(DatabaseError), atomic():  # the refusal stands even where it cannot be written
                record(
                    event,
                    by=request.user,
                    path=request.path[:200],
                    method=request.method,
                    region_id=getattr(getattr(request, "membership", None), "region_id", None),
                    reference=getattr(request, "reference", ""),
                )
        return response
