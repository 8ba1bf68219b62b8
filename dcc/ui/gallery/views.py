"""The gallery and the two addresses its components need; mounted in development and demonstration only."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from dcc.ui.components.contracts import one_of
from dcc.ui.forms import options_response
from dcc.ui.gallery import samples
from dcc.ui.gallery.forms import SampleForm, search_towns

THEMES = ("", "light", "dark")


def gallery(request: HttpRequest) -> HttpResponse:
    """Show every component; ``?theme=dark`` chooses the colours, a POST shows the errors of the form."""
    theme = request.POST.get("theme") or request.GET.get("theme", "")
    form = SampleForm(request.POST) if "birth_name" in request.POST else SampleForm(initial={"birth_name": "NGUYEN"})
    context = {
        **samples.SAMPLES,
        "who": samples.who(one_of(theme, THEMES, "theme")),
        "nav": samples.nav(),
        "environment": "Galerie\u00a0: identités inventées",
        "search_url": request.path,
        "form": form,
        "errors": SampleForm({"birth_name": "NGUYEN", "birth_date": "31/02/1971", "birth_place": "Ro", "ki67": "190"}),
    }
    status = 422 if form.is_bound and not form.is_valid() else 200
    return render(request, "dcc/gallery/gallery.html", context, status=status)


def gallery_options(request: HttpRequest) -> HttpResponse:
    """Proposals of the sample autocomplete."""
    return options_response(request, search_towns(request.GET.get("q", "")))


def gallery_room(request: HttpRequest) -> HttpResponse:
    """The meeting room, at the step of text asked (``?z=2``) and in the light asked."""
    size = one_of(request.GET.get("z", ""), ("", "2", "3", "4"), "z")
    light = " light" if request.GET.get("theme") == "light" else ""
    return render(request, "dcc/gallery/room.html", {"room_class": f"{light}{f' z{size}' if size else ''}"})
