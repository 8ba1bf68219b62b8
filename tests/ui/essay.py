"""A page and fragments to try the behaviour modules against: every kind of answer htmx can receive."""

import time
from datetime import timedelta
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import engines
from django.utils import timezone

from dcc.ui.components.chrome import Who
from dcc.ui.gallery import samples

PAGE = Path(__file__).with_name("essay.html")

received: list[str] = []


def page(request: HttpRequest) -> HttpResponse:
    """The page; ``?session=130`` ends the session in so many seconds."""
    seconds = request.GET.get("session")
    who = samples.who("")
    if seconds:
        end = timezone.now() + timedelta(seconds=int(seconds))
        who = Who(name="Essai", session_ends=end, stay_url="/essai/rester/", sign_in_url="/connexion/")
    codes = [{"id": f"code-{code}", "url": f"/essai/page/{code}/"} for code in (401, 403, 404, 409, 423, 429, 500, 503)]
    context = {
        "who": who, "nav": samples.nav(), "search_url": "/", "codes": codes, "code_label": "Code",
        "rows": ["PRIGENT", "ROZEC", "KERVELLA"],
    }  # fmt: skip
    return HttpResponse(engines["django"].from_string(PAGE.read_text(encoding="utf-8")).render(context, request))


def slow(request: HttpRequest) -> HttpResponse:
    """Count how often a plain form really arrives."""
    received.append("lent")
    time.sleep(0.4)
    return HttpResponse(f"<!doctype html><html lang=fr><title>x</title><p id=recu>{received.count('lent')}</p>")


def accepted(request: HttpRequest) -> HttpResponse:
    """Say what the confirmed form carried."""
    return HttpResponse(f"<!doctype html><html lang=fr><title>x</title><p id=recu>{request.POST.get('go', '')}</p>")


def refused(request: HttpRequest) -> HttpResponse:
    """422 with a summary, as any form of the product."""
    source = '<div class="alert alert-bad" data-summary tabindex="-1" id="resume"><h2>Une réponse à corriger</h2></div>'
    return HttpResponse(source, status=422)


def whole_page(request: HttpRequest, code: int) -> HttpResponse:
    """A whole error page where a fragment was expected."""
    if code in (401, 409):
        return HttpResponse("<p id='fragment'>un fragment</p>", status=code)
    response = render(request, f"{403 if code == 404 else code}.html", {"reference": "4F2A91C0"}, status=code)
    response["X-Request-Reference"] = "4F2A91C0"
    return response


def count(request: HttpRequest) -> HttpResponse:
    """A new region that announces its result and takes the focus by its heading."""
    return HttpResponse('<div data-announce="3 identités"><h2>3 identités</h2></div>')


def saved(request: HttpRequest) -> HttpResponse:
    """Saved, with a toast."""
    template = engines["django"].from_string('{% save_state "saved" "Enregistré à 10:18" element_id="etat" %}')
    response = HttpResponse(template.render({}, request))
    response["HX-Trigger"] = '{"toast": "6 comptes rendus imprimes"}'
    return response


def nothing(request: HttpRequest) -> HttpResponse:
    """Empty answer."""
    return HttpResponse("")


def stay(request: HttpRequest) -> HttpResponse:
    """Put the end of the session half an hour off."""
    response = HttpResponse(status=204)
    response["X-Session-Ends"] = (timezone.now() + timedelta(minutes=30)).isoformat()
    return response
