"""Error pages (guide §9): what is safe, what to do, the reference to give; no « Oups », nothing technical."""

import pytest
from django.template import Engine, RequestContext
from django.template.context import Context
from django.test import RequestFactory

from tests.ui.settings_ui import ROOT

ENGINE = Engine(
    dirs=[str(ROOT / "templates")],
    app_dirs=True,
    libraries={"ui": "dcc.ui.templatetags.ui", "static": "django.templatetags.static"},
    builtins=["dcc.ui.templatetags.ui"],
)
PAGES = ("400", "403", "403_csrf", "404", "409", "423", "429", "500", "503")


@pytest.mark.parametrize("page", PAGES)
def test_it_renders_with_nothing_at_all(page: str) -> None:
    """Django renders 500.html without any context: it must not depend on one."""
    html = ENGINE.get_template(f"{page}.html").render(Context())
    assert html.count("<h1") == 1
    assert "Référence" not in html


@pytest.mark.parametrize("page", PAGES)
def test_it_says_what_to_do_and_gives_the_reference(page: str) -> None:
    request = RequestFactory().get("/rcp/1/?x=<b>")
    html = ENGINE.get_template(f"{page}.html").render(
        RequestContext(request, {"reference": "4F2A91C0", "request": request})
    )
    assert "4F2A91C0" in html
    assert 'class="btn' in html
    for banned in ("Oups", "Veuillez", "invalide", "Erreur", "!<", '<b>"'):
        assert banned not in html
