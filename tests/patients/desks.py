"""People at work in a database whose rows are committed: each thread has a connection, a scope and a transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.utils import timezone

from dcc.accounts.models import Membership, User
from dcc.tenancy.scope import user_scope
from rcp.models import Meeting
from rcp.registration.passages import connect_boards


@contextmanager
def at_desk(short: str) -> Iterator[Any]:
    """The scope of one of the characters of tests/world.py, committed at the end."""
    user = User.objects.get(email=f"{short}@dcc.example")
    with user_scope(user_id=user.pk, membership_id=None):
        mine = Membership.objects.filter(user=user).earliest("pk")  # the first one: later ones are a population's
    with user_scope(user_id=user.pk, membership_id=mine.pk):
        membership = Membership.objects.select_related("organisation__principal").get(pk=mine.pk)
        user.acting_as, user.acting_in = membership.organisation, membership.region_id
        yield user


def soon(code: str = "SEI") -> Meeting:
    """The meeting of a board, ten days from now: those of the world are years away."""
    connect_boards()
    starts = timezone.now().replace(hour=13, minute=0, second=0, microsecond=0) + timedelta(days=10)
    found = Meeting.objects.select_related("board__organisation").filter(board__code=code, region_id=1).earliest("pk")
    found.starts_at, found.ends_at, found.closes_at = starts, starts + timedelta(minutes=90), starts - timedelta(days=1)
    found.save(update_fields=["starts_at", "ends_at", "closes_at"])
    return found
