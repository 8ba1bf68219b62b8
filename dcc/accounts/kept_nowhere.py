"""No page stays in a browser once it has been left: the computers of a ward are shared."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class KeptNowhereMiddleware:
    """Says « no-store » on whatever the product draws, refusals and redirections included.

    After sign-out, « back » asks the server again, which shows nothing. Signed in or not: a form sent after the session
    ended comes back with what it held. Static files are served before this middleware and keep their own year; the
    product has no offline shell: what a sheet keeps without the network is in the browser's storage, which sign-out
    clears (Clear-Site-Data).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if "no-store" not in response.get("Cache-Control", ""):
            response["Cache-Control"] = "no-store, private"
        return response
