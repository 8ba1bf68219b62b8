"""Encrypted bytes: stored once, read back by those who may (D21, architecture §7)."""

import hashlib
from uuid import UUID

from dcc.lib.crypto import Sealed, decrypt, encrypt
from dcc.master_keys import keyring
from patients.models import Content, ContentKind, ReceivedDocument


def context_of(owner_id: UUID, kind: str) -> str:
    """Binds a ciphertext to what it belongs to: moved elsewhere, it does not open."""
    return f"content:{owner_id}:{kind}"


def store(*, owner_id: UUID, region_id: int, patient_id: UUID, kind: ContentKind, data: bytes) -> Content:
    """Seal and insert; what is already there stays (written once, a retry renders the same)."""
    sealed = encrypt(data, keyring=keyring(), context=context_of(owner_id, kind))
    content, _ = Content.objects.get_or_create(
        owner_id=owner_id,
        kind=kind,
        defaults={
            "region_id": region_id,
            "patient_id": patient_id,
            "sha256": hashlib.sha256(data).digest(),
            "size": len(data),
            "key_id": sealed.key_id,
            "wrapped_key": sealed.wrapped_key,
            "ciphertext": sealed.ciphertext,
        },
    )
    return content


def read(*, owner_id: UUID, kind: ContentKind) -> bytes:
    """Open a content. Raises Content.DoesNotExist, dcc.lib.crypto.ContentTampered or KeyMissing."""
    content = Content.objects.get(owner_id=owner_id, kind=kind)
    sealed = Sealed(wrapped_key=bytes(content.wrapped_key), key_id=content.key_id, ciphertext=bytes(content.ciphertext))
    return decrypt(sealed, keyring=keyring(), context=context_of(owner_id, kind))


def stored(document: ReceivedDocument) -> bytes | None:
    """The bytes of a received document; None once they were eliminated (their key destroyed, or never kept)."""
    kind = ContentKind(document.format)
    if not Content.objects.filter(owner_id=document.pk, kind=kind).exclude(wrapped_key=b"").exists():
        return None
    return read(owner_id=document.pk, kind=kind)
