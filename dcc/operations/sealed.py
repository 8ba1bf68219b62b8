"""A file too large for the memory, encrypted as it is written: chunks of AES-256-GCM under a key of its own.

The key is wrapped by the platform's master key, so the file without the keyring is nothing, like the database itself.
Each chunk is bound to the head of the file, to its rank and to being the last: cut, reordered or completed, it is
refused. Head: magic, then one line of JSON.
"""

import base64
import json
import secrets
from collections.abc import Iterator
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from dcc.lib.crypto import ContentTampered, Keyring

MAGIC = b"DCC-SAUVEGARDE-1\n"
CHUNK = 1024 * 1024  # bytes of plaintext
_TAG = 16
_PREFIX = 7


class SealedWriter:
    """Encrypts what is written to `target`; close() marks the end, without which the file is refused."""

    def __init__(self, target: BinaryIO, *, keyring: Keyring, about: dict[str, Any]) -> None:
        key = AESGCM.generate_key(bit_length=256)
        self._prefix = secrets.token_bytes(_PREFIX)
        head = {
            **about,
            "key_id": keyring.current_id,
            "key": base64.b64encode(aes_key_wrap(keyring.wrapping_key(keyring.current_id), key)).decode(),
            "nonce": base64.b64encode(self._prefix).decode(),
        }
        self._head = MAGIC + json.dumps(head, sort_keys=True).encode() + b"\n"
        self._cipher, self._target, self._waiting, self._rank = AESGCM(key), target, bytearray(), 0
        target.write(self._head)

    def write(self, data: bytes | memoryview) -> None:
        self._waiting += data
        while len(self._waiting) > CHUNK:  # one chunk stays, which may be the last
            self._flush(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]

    def close(self) -> None:
        self._flush(bytes(self._waiting), last=True)
        self._waiting.clear()

    def _flush(self, chunk: bytes, *, last: bool) -> None:
        self._target.write(self._cipher.encrypt(_nonce(self._prefix, self._rank, last), chunk, self._head))
        self._rank += 1


def read_head(source: BinaryIO) -> dict[str, Any]:
    """What the head of a sealed file says, without opening it. Raises ContentTampered."""
    if source.read(len(MAGIC)) != MAGIC:
        raise ContentTampered("not a backup of this platform")
    try:
        head: dict[str, Any] = json.loads(source.readline(64 * 1024))
    except ValueError:
        raise ContentTampered("the head of the file cannot be read") from None
    return head


def unsealed(source: BinaryIO, *, keyring: Keyring) -> Iterator[bytes]:
    """The plaintext of a sealed file, chunk by chunk. Raises KeyMissing or ContentTampered, at the first wrong byte."""
    head = read_head(source)
    bound = MAGIC + json.dumps(head, sort_keys=True).encode() + b"\n"
    try:
        wrapped, prefix = base64.b64decode(head["key"]), base64.b64decode(head["nonce"])
        cipher = AESGCM(aes_key_unwrap(keyring.wrapping_key(head["key_id"]), wrapped))
    except (InvalidUnwrap, ValueError, LookupError):
        raise ContentTampered("the key of the file is not what was wrapped") from None
    rank, chunk = 0, source.read(CHUNK + _TAG)
    while True:
        following = source.read(CHUNK + _TAG)
        try:
            yield cipher.decrypt(_nonce(prefix, rank, not following), chunk, bound)
        except (InvalidTag, ValueError):
            raise ContentTampered(f"chunk {rank} of the file is not what was written") from None
        if not following:
            return
        rank, chunk = rank + 1, following


def _nonce(prefix: bytes, rank: int, last: bool) -> bytes:
    return prefix + rank.to_bytes(4, "big") + bytes([last])
