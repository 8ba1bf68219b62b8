"""What the bar and the menu of a person lead to: requests and files whose time is over, for whoever has the right."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dcc.navigation import IN_BAR
from patients.models import Means, Patient, RequestKind
from patients.requests.actions import Asked, register_request

ASKED, OVER = "patients:requests", "patients:retention"


def places(client: Client) -> tuple[list[str], list[str]]:
    """The addresses of the bar and of the person's menu."""
    context = client.get(reverse("accounts:profile")).context
    return [one.url for one in context["nav"]], [one.url for one in context["who"].links]


@pytest.mark.parametrize(
    ("who", "bar", "menu"),
    [
        ("alice", {ASKED}, set()),
        ("bob", {ASKED}, {OVER}),
        ("admin3c", set(), {ASKED, OVER}),
        ("carol", set(), set()),
        ("vigilance", set(), set()),
        ("network", set(), set()),
    ],
)
def test_who_has_the_right_has_a_way(signed_in: Callable[..., Client], who: str, bar: set[str], menu: set[str]) -> None:
    in_bar, in_menu = places(signed_in(who))
    ours = {reverse(ASKED), reverse(OVER)}
    assert ours & set(in_bar) == {reverse(one) for one in bar}
    assert ours & set(in_menu) == {reverse(one) for one in menu}
    assert len(in_bar) <= IN_BAR


def test_a_late_answer_is_counted_where_the_file_is_open(
    signed_in: Callable[..., Client], working_as: Callable[..., Any], francoise: Patient
) -> None:
    day = timezone.localdate()
    with working_as("alice") as alice:
        for days in (2, 45):
            asked = Asked(
                kind=RequestKind.ACCESS, asked_on=day - timedelta(days=days), asked_by="La patiente", means=Means.POST
            )
            register_request(patient=francoise, asked=asked, by=alice)
    page = signed_in("alice").get(reverse(ASKED))
    assert [(one.badge, one.badge_label) for one in page.context["nav"] if one.url == reverse(ASKED)] == [
        (1, "en retard")
    ]
    stranger = signed_in("oscar").get(reverse(ASKED))
    assert [one.badge for one in stranger.context["nav"] if one.url == reverse(ASKED)] == [0]
    assert "Demandes (1 en retard)" in signed_in("admin3c").get(reverse("accounts:profile")).content.decode()
