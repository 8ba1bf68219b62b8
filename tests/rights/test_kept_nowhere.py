"""Computers of a ward are shared: after sign-out, no page of anybody is found again by the back button.

Each address of the table, asked by the first person to whom it shows something; then what is shown to nobody signed in.
"""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from tests.rights.table import PEOPLE
from tests.rights.test_table import LINES, Line, ask


def reader_of(line: Line) -> str:
    shown = [one for one in PEOPLE if line.expected[one] in (200, 422)]
    return next(iter(shown), PEOPLE[0])


@pytest.mark.parametrize("line", LINES, ids=str)
def test_no_page_stays_in_the_browser(line: Line, scene: Any, forgotten: None) -> None:
    answer = ask(line, scene, reader_of(line))
    assert "no-store" in answer.headers["Cache-Control"], line


@pytest.mark.parametrize("address", ["/patients/", "/compte/login/", "/nulle/part/"])
def test_nor_does_a_redirection_a_sign_in_page_or_an_error(address: str, scene: Any, forgotten: None) -> None:
    assert "no-store" in Client().get(address).headers["Cache-Control"]
    assert "no-store" in scene.clients["alice"].get(address).headers["Cache-Control"]


def test_nor_does_what_was_typed_once_the_session_is_over(scene: Any, forgotten: None) -> None:
    answer = Client().post("/patients/", {"name": "Abhervé", "csrfmiddlewaretoken": "a-form-always-sends-one"})
    assert answer.status_code == 401
    assert "Abherv" in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]


def test_static_files_are_served_before_and_keep_their_year() -> None:
    order = settings.MIDDLEWARE
    static, ours = "whitenoise.middleware.WhiteNoiseMiddleware", "dcc.accounts.kept_nowhere.KeptNowhereMiddleware"
    assert order.index(static) < order.index(ours)
    assert order.index(ours) == order.index(static) + 1, "nothing that draws a page stands before it"
