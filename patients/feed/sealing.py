"""What the secrets of feeds are sealed to, and closing them again under the current master key (D21).

Batch after batch, each committed; runs as dcc_owner, whose policies show every region (see documents/rotation.py).
"""

from collections.abc import Iterator
from uuid import UUID

from django.db import transaction

from dcc.lib.crypto import Keyring, decrypt_field, encrypt_field, field_key_id, rewrap
from patients.models import FeedMessage, FeedTraits

BATCH = 500


def ins_context(traits_id: UUID) -> str:
    """What a matricule that was said is sealed to: the traits it was said with."""
    return f"feed.ins:{traits_id}"


def message_context(message_id: UUID) -> str:
    """What a raw message is sealed to: its own row."""
    return f"feed.message:{message_id}"


def rotate_messages(keyring: Keyring, *, batch: int = BATCH) -> Iterator[int]:
    """Wrap again the key of every message that a former master key closed; yields the count after each batch."""
    waiting = FeedMessage.objects.exclude(key_id=keyring.current_id).exclude(wrapped_key=b"").order_by("pk")
    done, last = 0, None
    while True:
        with transaction.atomic():
            found = waiting.filter(pk__gt=last) if last else waiting
            rows = list(found.only("key_id", "wrapped_key").select_for_update()[:batch])
            for row in rows:
                wrapped, key_id = rewrap(bytes(row.wrapped_key), row.key_id, keyring)
                FeedMessage.objects.filter(pk=row.pk).update(wrapped_key=wrapped, key_id=key_id)
        if not rows:
            return
        done, last = done + len(rows), rows[-1].pk
        yield done


def rotate_said_ins(keyring: Keyring, *, batch: int = BATCH) -> Iterator[int]:
    """Encrypt again every matricule that a feed said under a former master key; yields the count after each batch."""
    sealed = FeedTraits.objects.filter(ins_sealed__isnull=False).order_by("pk")
    done, last = 0, None
    while True:
        with transaction.atomic():
            found = sealed.filter(pk__gt=last) if last else sealed
            rows = list(found.only("ins_sealed").select_for_update()[:batch])
            for row in rows:
                former = bytes(row.ins_sealed or b"")
                if field_key_id(former) == keyring.current_id:
                    continue
                plain = decrypt_field(former, keyring=keyring, context=ins_context(row.pk))
                token = encrypt_field(plain, keyring=keyring, context=ins_context(row.pk))
                done += FeedTraits.objects.filter(pk=row.pk).update(ins_sealed=token)
        if not rows:
            return
        last = rows[-1].pk
        yield done
