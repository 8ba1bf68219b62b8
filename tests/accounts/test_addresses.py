"""An address is one person's, however it is typed, and is found through an index however many people there are."""

import json

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from dcc.accounts import tracing
from dcc.accounts.forms import PersonForm
from dcc.accounts.models import User

TYPED = " Bob@DCC.example "


def test_it_is_found_however_it_is_typed(people):
    assert User.objects.at(TYPED).get() == people("bob")
    assert User.objects.get_by_natural_key("BOB@dcc.example") == people("bob")


def test_one_that_could_never_sign_in_cannot_be_kept(people):
    bob = people("bob")
    with pytest.raises(IntegrityError, match="user_email_lower"), transaction.atomic():
        User.objects.filter(pk=bob.pk).update(email="Bob@dcc.example")


def test_the_same_address_in_capitals_is_the_same_person(people):
    form = PersonForm({"email": "BOB@DCC.EXAMPLE", "last_name": "K", "first_name": "B", "profession": "secretaire"})
    form.is_valid()
    assert form.existing == people("bob")


def form_of_somebody_else(people):
    PersonForm({"email": "BOB@DCC.EXAMPLE"}, user=people("alice")).is_valid()


def attempt_at_the_entrance(people):
    tracing.failed(email=TYPED, request=None)


def sign_in(people):
    User.objects.get_by_natural_key("BOB@dcc.example")


def plans_of(statements):
    """The plans of what reads users by their address, were the table too large to be read whole."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for sql in statements:
            if 'FROM "accounts_user"' in sql and '"email"' in sql.split("WHERE", 1)[-1]:
                cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}")
                found = cursor.fetchone()[0]
                yield json.dumps(json.loads(found) if isinstance(found, str) else found)


@pytest.mark.parametrize("door", [sign_in, attempt_at_the_entrance, form_of_somebody_else])
def test_it_is_found_through_the_index(door, people, working_as):
    with working_as("alice"), CaptureQueriesContext(connection) as asked:
        door(people)
        plans = list(plans_of([one["sql"] for one in asked.captured_queries]))
    assert plans
    for plan in plans:
        assert "Index Cond" in plan
        assert "Seq Scan" not in plan
