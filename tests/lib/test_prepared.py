"""A read compiled once says what the queryset says, for everybody, each time (ADR 8)."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dcc.accounts.models import Membership, User
from dcc.lib.prepared import NotPreparable, Prepared

BY_USER = Prepared(
    lambda user_id: Membership.objects.filter(user_id=user_id).select_related("organisation").order_by("pk"),
    user_id=int,
)


def test_it_reads_what_the_queryset_reads(people, working_as):
    with working_as("alice") as alice:
        expected = list(Membership.objects.filter(user_id=alice.pk).order_by("pk"))
        with CaptureQueriesContext(
            connection,
        ) as asked:
            found = BY_USER.all(user_id=alice.pk)
            names = [one.organisation.name for one in found]
        assert len(asked) == 1, "what is related comes with it"
        assert [one.organisation.name for one in expected] == names
    assert found == expected


def test_each_reader_sees_what_is_theirs(people, working_as):
    """The same text runs in the scope of the moment: nothing of one person is kept for the next."""
    alice = people("alice")
    with working_as("alice"):
        assert BY_USER.all(user_id=alice.pk)
    with working_as("oscar"):
        assert BY_USER.all(user_id=alice.pk) == []
    with working_as("alice"):
        assert BY_USER.first(user_id=alice.pk) == BY_USER.all(user_id=alice.pk)[0]


def test_a_value_of_today_is_refused():
    recent = Prepared(lambda pk: User.objects.filter(pk=pk, created_at__lt=datetime.now(UTC)), pk=int)
    with pytest.raises(NotPreparable, match="frozen"):
        recent.first(pk=1)


def test_a_parameter_that_is_not_in_the_query_is_refused():
    with pytest.raises(NotPreparable, match="not all"):
        Prepared(lambda pk, name: User.objects.filter(pk=pk), pk=int, name=str).first(pk=1, name="x")


@pytest.mark.parametrize(
    "given", [{}, {"user_id": "1"}, {"user_id": None}, {"user_id": 1, "more": 2}, {"user_id": uuid4()}]
)
def test_another_kind_of_parameter_is_refused(given):
    with pytest.raises(TypeError):
        BY_USER.all(**given)


def test_the_same_text_serves_each_value(people, working_as):
    one = Prepared(lambda pk, email: User.objects.filter(pk=pk, email=email), pk=int, email=str)
    bob, alice = people("bob"), people("alice")
    assert one.first(pk=bob.pk, email=bob.email) == bob
    assert one.first(pk=alice.pk, email=alice.email) == alice
    assert one.first(pk=alice.pk, email=bob.email) is None
    assert isinstance(Prepared(lambda pk: Membership.objects.filter(pk=pk), pk=UUID).all(pk=uuid4()), list)
