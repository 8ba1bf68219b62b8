"""Closing stored contents, raw messages and matricules again under the current master key (D21).

The bytes of a content stay and the wrapping of their key changes; a matricule is encrypted anew. Batch after batch,
each committed: killed anywhere, the next run goes on with what still has a former key. Runs as dcc_owner, whose
policies show every region.
"""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from django.db import models, transaction

from dcc.lib.crypto import Keyring, decrypt_field, encrypt_field, field_key_id, rewrap
from patients.documents.ins_seal import context_of
from patients.feed.sealing import ins_context
from patients.lifecycle.matricules import former_context
from patients.models import Content, FeedMessage, FeedTraits, FormerIns, Patient

BATCH = 500
Sealed = tuple[type[models.Model], str, Callable[[UUID], str]]
# Every column that holds a matricule, and what each is sealed to.
SEALED: tuple[Sealed, ...] = (
    (Patient, "ins_sealed", context_of),
    (FormerIns, "sealed", former_context),
    (FeedTraits, "ins_sealed", ins_context),
)
WRAPPED: tuple[type[models.Model], ...] = (Content, FeedMessage)


def rotate_contents(keyring: Keyring, *, batch: int = BATCH) -> Iterator[int]:
    """Wrap again the key of everything that a former master key closed; yields the count after each batch."""

    def close(row: Any) -> int:
        wrapped, key_id = rewrap(bytes(row.wrapped_key), row.key_id, keyring)
        return type(row)._default_manager.filter(pk=row.pk).update(wrapped_key=wrapped, key_id=key_id)

    done = 0
    for model in WRAPPED:
        waiting = model._default_manager.exclude(key_id=keyring.current_id).exclude(wrapped_key=b"")
        for closed in _by_batches(waiting.only("key_id", "wrapped_key"), close, batch):
            done += closed
            yield done


def rotate_ins(keyring: Keyring, *, batch: int = BATCH) -> Iterator[int]:
    """Encrypt again every matricule that a former master key closed; yields the count after each batch."""
    done = 0
    for model, column, context in SEALED:
        waiting = model._default_manager.filter(**{f"{column}__isnull": False}).only(column)

        def close(row: Any, column: str = column, context: Callable[[UUID], str] = context) -> int:
            former = bytes(getattr(row, column))
            if field_key_id(former) == keyring.current_id:
                return 0
            plain = decrypt_field(former, keyring=keyring, context=context(row.pk))
            token = encrypt_field(plain, keyring=keyring, context=context(row.pk))
            return type(row)._default_manager.filter(pk=row.pk).update(**{column: token})

        for closed in _by_batches(waiting, close, batch):
            done += closed
            yield done


def _by_batches(waiting: models.QuerySet[Any], close: Callable[[Any], int], batch: int) -> Iterator[int]:
    """Close rows by key, so many at a time; how many were, once their batch is committed."""
    last: UUID | None = None
    while True:
        with transaction.atomic():
            found = waiting.filter(pk__gt=last) if last else waiting
            rows = list(found.select_for_update(of=("self",)).order_by("pk")[:batch])
            closed = sum(close(row) for row in rows)
        if not rows:
            return
        last = rows[-1].pk
        yield closed
