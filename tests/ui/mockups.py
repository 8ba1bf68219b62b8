"""Screens made again with base.html and the tags, to be looked at beside the reference pictures and checked by axe."""

from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.template import engines

from dcc.ui.gallery import samples

FOLDER = Path(__file__).with_name("mockups")
NAMES = tuple(sorted(path.stem for path in FOLDER.glob("*.html")))


def mockup(request: HttpRequest, name: str) -> HttpResponse:
    """Render tests/ui/mockups/<name>.html."""
    context = {
        **samples.SAMPLES,
        "who": samples.who(request.GET.get("theme", "")),
        "nav": samples.nav(),
        "search_url": "/",
    }
    template = engines["django"].from_string((FOLDER / f"{name}.html").read_text(encoding="utf-8"))
    return HttpResponse(template.render(context, request))
