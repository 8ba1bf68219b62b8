"""The search as a secretary makes it: her three fields posted, then the page of results, through every middleware."""

from collections.abc import Iterator
from dataclasses import asdict

from django.test import Client
from django.urls import reverse

from dcc.accounts.models import User
from dcc.accounts.queries import my_memberships
from dcc.tenancy.middleware import MEMBERSHIP_KEY
from dcc.tenancy.scope import user_scope
from patients.bench.questions import Typed

BACKEND = "dcc.accounts.backends.StaffBackend"


class SearchFailed(Exception):
    """A page did not answer as it does to a secretary: what was measured would be something else."""


def secretaries(questions: int, *, each: int) -> Iterator[Client]:
    """A signed-in client for each question, `each` of them for one person, who may not search more in a minute."""
    for user in User.objects.order_by("pk")[: -(-questions // each)]:
        client = _signed_in(user)
        for _ in range(each):
            yield client


def address() -> str:
    return reverse("patients:search")


def post(client: Client, typed: Typed) -> str:
    """Send the form; the address of the results, or "" when it is refused with a sentence.

    Raises SearchFailed.
    """
    answer = client.post(address(), {**asdict(typed), "number": ""})
    if answer.status_code == 422:
        return ""
    if answer.status_code != 302:
        raise SearchFailed(answer.status_code)
    return str(answer["Location"])


def read(client: Client, location: str) -> None:
    """Read one page. Raises SearchFailed."""
    answer = client.get(location)
    if answer.status_code != 200:
        raise SearchFailed(answer.status_code)


def _signed_in(user: User) -> Client:
    client = Client(headers={"host": "localhost"})
    client.force_login(user, backend=BACKEND)
    with user_scope(user_id=user.pk, membership_id=None):
        membership = my_memberships()[0].id
    session = client.session
    session[MEMBERSHIP_KEY] = str(membership)
    session.save()
    return client
