"""One message of a feed: decided and stored in one transaction, answered once it is committed."""

from datetime import datetime
from uuid import UUID

from django.db import DatabaseError, IntegrityError, OperationalError, transaction
from django.utils import timezone

from dcc.audit.record import Actor
from dcc.tenancy.scope import RegionScope, no_transaction_scope
from interop.pam.outcome import Outcome
from interop.pam.processing import postponed, process
from interop.pam_store.registry import ChangedHands, DatabaseRegistry
from interop.pam_store.source import Source
from interop.pam_store.writing import write
from interop.terminologies.hl7v2 import AckCode

TRIES = 8
# Somebody else was at the same thing: done again from the start, it finds what they did.
_AGAIN = frozenset({"40001", "40P01", "23505"})


def receive(raw: bytes, *, source: Source, by: Actor, now: datetime | None = None) -> Outcome[UUID]:
    """Apply a message of a feed once and for good, then give its outcome, whose `ack` may now be sent.

    Called outside any transaction, by a worker (wall 1). A store that does not work answers AR and keeps nothing.
    Sent again, a message gets the bytes of its first answer. Raises nothing for what a peer may send.
    """
    at = now or timezone.now()
    for rank in range(1, TRIES + 1):
        try:
            with no_transaction_scope(RegionScope(regions=source.regions)), transaction.atomic(durable=True):
                registry = DatabaseRegistry(source, by=by, now=at)
                outcome = process(raw, registry=registry, policy=source.policy, now=at)
                if outcome.code is AckCode.REJECTED:
                    transaction.set_rollback(True)
                else:
                    write(registry, raw, outcome)
            return outcome
        except ChangedHands:
            if rank == TRIES:
                return postponed(raw, now=at)
        except (IntegrityError, OperationalError) as error:
            if not _may_try_again(error) or rank == TRIES:
                if isinstance(error, IntegrityError):
                    raise
                return postponed(raw, now=at)
    raise AssertionError("the last try returns or raises")


def _may_try_again(error: DatabaseError) -> bool:
    return getattr(error.__cause__, "sqlstate", "") in _AGAIN
