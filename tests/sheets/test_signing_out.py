"""What could not be sent is kept, encrypted, until the person signs out: then the browser wipes it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from dcc.accounts.session import LAST_ACT

pytestmark = pytest.mark.django_db
WIPED = "Clear-Site-Data"


def test_signing_out_wipes_what_the_browser_keeps(signed_in):
    client = signed_in("bob")
    assert WIPED not in client.get(reverse("rcp:cockpit"))
    assert client.post(reverse("account_logout"))[WIPED] == '"storage"'
    assert WIPED not in client.get(reverse("account_login"))


def test_a_session_that_ends_by_itself_keeps_it_for_who_comes_back(signed_in):
    client = signed_in("bob")
    session = client.session
    session[LAST_ACT] = (timezone.now() - timedelta(hours=2)).timestamp()
    session.save()
    answer = client.get(reverse("rcp:cockpit"))
    assert answer.status_code == 302
    assert WIPED not in answer
