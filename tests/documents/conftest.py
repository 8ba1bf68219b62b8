"""The database where every commit is seen, shared with the tests of sending."""

from tests.messaging.conftest import committed  # noqa: F401
