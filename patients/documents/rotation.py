"""Closing stored contents and INS again under the current master key: the bytes stay, their keys change (D21).

Batch after batch, each committed: killed anywhere, the next run goes on with what still has a former key. Runs as
dcc_owner, whose policies show every region.
"""

from collections.abc import Iterator

from django.db import transaction

from dcc.lib.crypto import Keyring, decrypt_field, encrypt_field, field_key_id, rewrap
from patients.documents.ins_seal import context_of
from patients.models import Content, Patient

BATCH = 500


def rotate_contents(keyring: Keyring, *, batch: int = BATCH) -> Iterator[int]:
    """Wrap again the key of every content that a former master key closed; yields the count after each batch."""
    waiting = Content.objects.exclude(key_id=keyring.current_id).exclude(wrapped_key=b"")
    done, last = 0, None
    while True:
        with transaction.atomic():
            found = waiting.filter(pk__gt=last) if last else waiting
            rows = list(found.only("key_id", "wrapped_key").select_for_update().order_by("pk")[:batch])
            for row in rows:
                wrapped, key_id = rewrap(bytes(row.wrapped_key), row.key_id, keyring)
                Content.objects.filter(pk=row.pk).update(wrapped_key=wrapped, key_id=key_id)
        if not rows:
            return
        done, last = done + len(rows), rows[-1].pk
        yield done


def rotate_ins(keyring: Keyring, *, batch: int = BATCH) -> Iterator[int]:
    """Encrypt again every INS that a former master key closed; yields the count after each batch."""
    sealed = Patient.objects.filter(ins_sealed__isnull=False)
    done, last = 0, None
    while True:
        with transaction.atomic():
            found = sealed.filter(pk__gt=last) if last else sealed
            rows = list(found.only("ins_sealed").select_for_update(of=("self",)).order_by("pk")[:batch])
            for row in rows:
                former = bytes(row.ins_sealed or b"")
                if field_key_id(former) == keyring.current_id:
                    continue
                plain = decrypt_field(former, keyring=keyring, context=context_of(row.pk))
                token = encrypt_field(plain, keyring=keyring, context=context_of(row.pk))
                done += Patient.objects.filter(pk=row.pk).update(ins_sealed=token)
        if not rows:
            return
        last = rows[-1].pk
        yield done
