"""A connection lost between two requests: the next transaction fails as Django knows it, and the connection is renewed.

The scope is opened on a raw cursor, the first to speak after the silence: it is there that the loss is found.
"""

import os

import psycopg
import pytest
from django.db import OperationalError, connection

from dcc.tenancy.backend.base import DatabaseWrapper
from dcc.tenancy.scope import WebScope, no_transaction_scope


@pytest.fixture
def lost(db):
    """A second connection, that somebody else has ended since it last spoke."""
    wrapper = connection.copy()
    assert isinstance(wrapper, DatabaseWrapper)
    wrapper.ensure_connection()
    told = psycopg.connect(
        host=os.environ["DCC_DB_HOST"],
        port=os.environ["DCC_DB_PORT"],
        user=wrapper.settings_dict["USER"],
        dbname=wrapper.settings_dict["NAME"],
        autocommit=True,
    )
    with told:
        told.execute("SELECT pg_terminate_backend(%s, 5000)", [wrapper.connection.info.backend_pid])
    try:
        yield wrapper
    finally:
        wrapper.close()


@pytest.fixture
def scope(people):
    return WebScope(user_id=people("alice").pk, membership_id=None)


def test_it_is_said_as_django_says_it(lost, scope):
    with no_transaction_scope(scope), pytest.raises(OperationalError) as raised:
        lost.set_autocommit(False)
    assert isinstance(raised.value.__cause__, psycopg.OperationalError)


def test_the_next_request_has_a_new_connection(lost, scope):
    with no_transaction_scope(scope):
        with pytest.raises(OperationalError):
            lost.set_autocommit(False)
        lost.close_if_unusable_or_obsolete()  # what Django does at both ends of a request
        lost.set_autocommit(False)
        lost.rollback()
    assert lost.is_usable()
