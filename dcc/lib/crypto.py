"""Encryption of what is stored: documents, raw messages and the INS (decision D21: a stolen disk or dump says nothing).

- Content: a random 256-bit key per document, AES-256-GCM in chunks of 1 MiB. Each nonce carries the chunk's rank and
  whether it is the last, so that cutting, swapping or lengthening is refused (the STREAM construction of Hoang,
  Reyhanitabar, Rogaway and Vizár, 2015). The key is wrapped (AES-KW, RFC 3394) by a master key known by its id;
  destroying the wrapped key destroys the document.
- Small fields (the INS): AES-256-GCM under a key derived from the master key.
- Keyed hash: HMAC-SHA256, to find a value without storing it in clear.

``context`` names what is encrypted ("document:<uuid>", "patient.ins:<uuid>"): it is authenticated, so a ciphertext
moved to another row does not open. Neither context nor purpose ever names a network: networks merge, ciphertexts stay.
"""

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

CHUNK_SIZE = 1024 * 1024  # bytes of plaintext
KEY_SIZE = 32  # bytes: AES-256
LOOKUP = "lookup"  # reserved name, in the keyring's text, of the key of keyed_hash

_TAG_SIZE = 16
_PREFIX_SIZE = 7  # random part of a chunk's nonce; then 4 bytes of rank and 1 byte "last": 12 in all
_NONCE_SIZE = 12
_FORMAT = b"\x01"  # first byte of every ciphertext: another format can come later
_KEY_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")


class CryptoError(Exception):
    """Base of what can go wrong here; messages never hold a key, a plaintext or a hash."""


class KeyringInvalid(CryptoError):
    """The text of the keyring cannot be used: the platform must not start."""


class KeyMissing(CryptoError):
    """The master key that closed this content is not in the keyring."""

    def __init__(self, key_id: str) -> None:
        self.key_id = key_id
        super().__init__(f"master key {key_id!r} is not in the keyring")


class ContentTampered(CryptoError):
    """The content, its wrapped key or its context is not what was encrypted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """An encrypted content: what a row of the content table holds."""

    wrapped_key: bytes = field(repr=False)
    key_id: str
    ciphertext: bytes = field(repr=False)


class Keyring:
    """The master keys of a platform, the current one and the former ones, and the key of keyed hashes.

    The lookup key is apart because it does not rotate with the others: changing it means computing every hash again.
    """

    __slots__ = ("_current", "_lookup", "_masters")

    def __init__(self, *, masters: Mapping[str, bytes], current: str, lookup: bytes) -> None:
        if current not in masters:
            raise KeyringInvalid("the current master key is not among the keys")
        if any(len(key) != KEY_SIZE for key in (*masters.values(), lookup)):
            raise KeyringInvalid(f"each key is {KEY_SIZE} bytes long")
        if len({*masters.values(), lookup}) != len(masters) + 1:
            raise KeyringInvalid("the same key stands under two names")
        self._masters = dict(masters)
        self._current = current
        self._lookup = lookup

    @classmethod
    def from_env(cls, text: str) -> "Keyring":
        """Read ``id=base64`` entries separated by spaces, commas or lines: first the current key, then former ones.

        One entry named ``lookup`` is the key of keyed hashes. Raises KeyringInvalid, without quoting what was read.
        """
        keys: dict[str, bytes] = {}
        for rank, entry in enumerate(re.split(r"[\s,]+", text.strip()), start=1):
            name, _, encoded = entry.partition("=")
            if not _KEY_ID.fullmatch(name):
                raise KeyringInvalid(f"entry {rank} has no usable key id")
            if name in keys:
                raise KeyringInvalid(f"entry {rank} repeats the key id {name!r}")
            keys[name] = _decode_key(encoded, rank)
        lookup = keys.pop(LOOKUP, None)
        if lookup is None:
            raise KeyringInvalid(f"the {LOOKUP!r} key is missing")
        if not keys:
            raise KeyringInvalid("no master key")
        return cls(masters=keys, current=next(iter(keys)), lookup=lookup)

    @staticmethod
    def generate_text(*, current: str) -> str:
        """Make the text of a new keyring, to be kept outside the database and its backups."""
        entries = {name: base64.b64encode(secrets.token_bytes(KEY_SIZE)).decode() for name in (current, LOOKUP)}
        return "\n".join(f"{name}={key}" for name, key in entries.items())

    @property
    def current_id(self) -> str:
        """The id of the key that closes new content."""
        return self._current

    @property
    def key_ids(self) -> tuple[str, ...]:
        """The ids of every master key that can still open content."""
        return tuple(self._masters)

    def wrapping_key(self, key_id: str) -> bytes:
        """Derive the key that wraps document keys from a master key; raises KeyMissing."""
        return self._derive(key_id, b"dcc/wrap/1")

    def field_key(self, key_id: str) -> bytes:
        """Derive the key that encrypts small fields from a master key; raises KeyMissing."""
        return self._derive(key_id, b"dcc/field/1")

    def lookup_key(self, purpose: str) -> bytes:
        """Derive the key of keyed hashes for one purpose, so that hashes of two purposes never compare."""
        return _hkdf(self._lookup, b"dcc/lookup/1\0" + purpose.encode())

    def _derive(self, key_id: str, info: bytes) -> bytes:
        try:
            return _hkdf(self._masters[key_id], info)
        except KeyError:
            raise KeyMissing(key_id) from None

    def __repr__(self) -> str:
        return f"<Keyring current={self._current!r} ids={list(self._masters)!r}>"

    def __reduce__(self) -> str:
        raise TypeError("a keyring is not pickled: keys stay in the process that read them")


def encrypt(plaintext: bytes, *, keyring: Keyring, context: str) -> Sealed:
    """Encrypt a content under a new random key, wrapped by the current master key."""
    key = AESGCM.generate_key(bit_length=KEY_SIZE * 8)
    prefix = secrets.token_bytes(_PREFIX_SIZE)
    cipher, bound = AESGCM(key), _bound("content", context)
    parts = [_FORMAT, prefix]
    for rank, chunk, last in _chunks(plaintext, CHUNK_SIZE):
        parts.append(cipher.encrypt(_chunk_nonce(prefix, rank, last), chunk, bound))
    wrapped = aes_key_wrap(keyring.wrapping_key(keyring.current_id), key)
    return Sealed(wrapped_key=wrapped, key_id=keyring.current_id, ciphertext=b"".join(parts))


def decrypt(sealed: Sealed, *, keyring: Keyring, context: str) -> bytes:
    """Give back a content, whole and as it was; raises KeyMissing or ContentTampered, never returns a part."""
    cipher = AESGCM(_unwrap(sealed.wrapped_key, sealed.key_id, keyring))
    head, body = sealed.ciphertext[: 1 + _PREFIX_SIZE], memoryview(sealed.ciphertext)[1 + _PREFIX_SIZE :]
    if head[:1] != _FORMAT or len(head) != 1 + _PREFIX_SIZE:
        raise ContentTampered("unknown format of content")
    bound, parts = _bound("content", context), []
    for rank, chunk, last in _chunks(body, CHUNK_SIZE + _TAG_SIZE):
        try:
            parts.append(cipher.decrypt(_chunk_nonce(head[1:], rank, last), chunk, bound))
        except (InvalidTag, ValueError):
            raise ContentTampered(f"chunk {rank} of the content is not what was encrypted") from None
    return b"".join(parts)


def rewrap(wrapped_key: bytes, key_id: str, keyring: Keyring) -> tuple[bytes, str]:
    """Close a document's key under the current master key; the content itself is not touched.

    Returns the new (wrapped key, key id); unchanged when the key is already current.
    """
    key = _unwrap(wrapped_key, key_id, keyring)
    if key_id == keyring.current_id:
        return wrapped_key, key_id
    return aes_key_wrap(keyring.wrapping_key(keyring.current_id), key), keyring.current_id


def encrypt_field(value: str, *, keyring: Keyring, context: str) -> bytes:
    """Encrypt a small value (INS, address holding one) into one self-described token."""
    key_id, nonce = keyring.current_id, secrets.token_bytes(_NONCE_SIZE)
    head = _FORMAT + bytes([len(key_id)]) + key_id.encode()
    closed = AESGCM(keyring.field_key(key_id)).encrypt(nonce, value.encode(), _bound("field", context) + head)
    return head + nonce + closed


def decrypt_field(token: bytes, *, keyring: Keyring, context: str) -> str:
    """Give back a small value; raises KeyMissing or ContentTampered."""
    key_id = field_key_id(token)
    end = 2 + len(key_id)
    head, nonce, closed = token[:end], token[end : end + _NONCE_SIZE], token[end + _NONCE_SIZE :]
    try:
        return AESGCM(keyring.field_key(key_id)).decrypt(nonce, closed, _bound("field", context) + head).decode()
    except (InvalidTag, ValueError):
        raise ContentTampered("the field is not what was encrypted") from None


def field_key_id(token: bytes) -> str:
    """Read which master key closed a token, to find those a rotation still has to close again."""
    if len(token) < 2 or token[:1] != _FORMAT:
        raise ContentTampered("unknown format of field")
    key_id = bytes(token[2 : 2 + token[1]]).decode("ascii", errors="replace")
    if not _KEY_ID.fullmatch(key_id):
        raise ContentTampered("unknown format of field")
    return key_id


def keyed_hash(value: str, *, purpose: str, keyring: Keyring) -> bytes:
    """Hash a value so that equal values meet and nothing else shows: 32 bytes, the same on the whole platform.

    The caller normalises the value first. ``purpose`` ("patient.ins") keeps two kinds of values apart.
    """
    return hmac.digest(keyring.lookup_key(purpose), value.encode(), hashlib.sha256)


def _decode_key(encoded: str, rank: int) -> bytes:
    try:
        key = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise KeyringInvalid(f"entry {rank} is not base64") from None
    if len(key) != KEY_SIZE:
        raise KeyringInvalid(f"entry {rank} is not {KEY_SIZE} bytes long")
    return key


def _hkdf(key: bytes, info: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_SIZE, salt=None, info=info).derive(key)


def _bound(kind: str, context: str) -> bytes:
    if not context:
        raise ValueError("a context is needed: it ties the ciphertext to its row")
    return f"dcc/{kind}/1\0{context}\0".encode()


def _chunk_nonce(prefix: bytes, rank: int, last: bool) -> bytes:
    return prefix + rank.to_bytes(4, "big") + bytes([last])


def _chunks(data: bytes | memoryview, size: int) -> Iterator[tuple[int, bytes | memoryview, bool]]:
    """Cut data into (rank, chunk, is it the last); nothing at all is one empty last chunk."""
    count = max(1, -(-len(data) // size))
    view = memoryview(data)
    for rank in range(count):
        yield rank, view[rank * size : (rank + 1) * size], rank == count - 1


def _unwrap(wrapped_key: bytes, key_id: str, keyring: Keyring) -> bytes:
    try:
        return aes_key_unwrap(keyring.wrapping_key(key_id), wrapped_key)
    except (InvalidUnwrap, ValueError):
        raise ContentTampered("the key of the content is not what was wrapped") from None
