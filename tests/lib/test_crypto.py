"""What is stored is opened only with the right key, in the right place, and whole (D21, architecture §7)."""

import base64
import hmac
import logging
import pickle
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given, settings
from hypothesis import strategies as st

from dcc.lib import crypto
from dcc.lib.crypto import (
    CHUNK_SIZE,
    ContentTampered,
    KeyMissing,
    Keyring,
    KeyringInvalid,
    Sealed,
    decrypt,
    decrypt_field,
    encrypt,
    encrypt_field,
    field_key_id,
    keyed_hash,
    rewrap,
)

OLD = f"2025={base64.b64encode(bytes(range(32))).decode()}"
NEW = f"2026={base64.b64encode(bytes(range(1, 33))).decode()}"
LOOKUP = f"lookup={base64.b64encode(bytes(range(2, 34))).decode()}"
BEFORE = Keyring.from_env(f"{OLD} {LOOKUP}")
ROTATED = Keyring.from_env(f"{NEW},{OLD}\n{LOOKUP}")
AFTER = Keyring.from_env(f"{NEW} {LOOKUP}")
HERE = "document:0199"
INS = "279035121518989"  # published test matricule, OID 1.2.250.1.213.1.4.10


@pytest.mark.parametrize("size", [0, 1, CHUNK_SIZE - 1, CHUNK_SIZE, CHUNK_SIZE + 1, 2 * CHUNK_SIZE, 2 * CHUNK_SIZE + 7])
def test_a_document_comes_back_as_it_was(size: int) -> None:
    content = bytes(i % 251 for i in range(997)) * (size // 997 + 1)
    content = content[:size]
    sealed = encrypt(content, keyring=BEFORE, context=HERE)
    assert decrypt(sealed, keyring=BEFORE, context=HERE) == content
    assert sealed.key_id == "2025"


def test_nothing_of_the_document_shows_and_equal_documents_differ() -> None:
    content = b"LE GUILLOU " * 500
    first, second = (encrypt(content, keyring=BEFORE, context=HERE) for _ in range(2))
    assert b"GUILLOU" not in first.ciphertext
    assert first.ciphertext != second.ciphertext
    assert first.wrapped_key != second.wrapped_key


def test_any_altered_byte_is_refused() -> None:
    sealed = encrypt(b"compte rendu", keyring=BEFORE, context=HERE)
    for attribute in ("ciphertext", "wrapped_key"):
        genuine = getattr(sealed, attribute)
        for position in range(len(genuine)):
            altered = bytearray(genuine)
            altered[position] ^= 1 << position % 8
            with pytest.raises(ContentTampered):
                decrypt(replace(sealed, **{attribute: bytes(altered)}), keyring=BEFORE, context=HERE)


@settings(max_examples=40, deadline=None)
@given(position=st.integers(min_value=0, max_value=2 * CHUNK_SIZE + 200), mask=st.integers(min_value=1, max_value=255))
def test_any_altered_byte_of_a_long_document_is_refused(position: int, mask: int) -> None:
    altered = bytearray(LONG.ciphertext)
    altered[position % len(altered)] ^= mask
    with pytest.raises(ContentTampered):
        decrypt(replace(LONG, ciphertext=bytes(altered)), keyring=BEFORE, context=HERE)


LONG = encrypt(b"a" * CHUNK_SIZE + b"b" * CHUNK_SIZE + b"c" * 100, keyring=BEFORE, context=HERE)
_HEAD, _CHUNK = 8, CHUNK_SIZE + 16
FIRST, SECOND = slice(_HEAD, _HEAD + _CHUNK), slice(_HEAD + _CHUNK, _HEAD + 2 * _CHUNK)


def _cut(*pieces: slice) -> Sealed:
    return replace(LONG, ciphertext=b"".join(LONG.ciphertext[piece] for piece in pieces))


@pytest.mark.parametrize(
    "altered",
    [
        _cut(slice(0, _HEAD + 2 * _CHUNK)),
        _cut(slice(0, _HEAD + _CHUNK)),
        _cut(slice(0, _HEAD)),
        _cut(slice(0, 3)),
        _cut(slice(0, 0)),
        _cut(slice(0, -1)),
        _cut(slice(0, _HEAD), SECOND, FIRST, slice(-116, None)),
        _cut(slice(0, _HEAD + _CHUNK), slice(_HEAD, None)),
        _cut(slice(0, None), slice(-116, None)),
        replace(LONG, ciphertext=LONG.ciphertext + b"\0"),
    ],
    ids=["last chunk lost", "two lost", "head only", "half a head", "empty", "cut", "swapped", "repeated",
         "end repeated", "lengthened"],
)  # fmt: skip
def test_cut_swapped_or_lengthened_content_is_refused(altered: Sealed) -> None:
    with pytest.raises(ContentTampered):
        decrypt(altered, keyring=BEFORE, context=HERE)


def test_content_moved_to_another_row_does_not_open() -> None:
    sealed = encrypt(b"compte rendu", keyring=BEFORE, context=HERE)
    with pytest.raises(ContentTampered):
        decrypt(sealed, keyring=BEFORE, context="document:0200")
    with pytest.raises(ValueError, match="context"):
        encrypt(b"compte rendu", keyring=BEFORE, context="")


def test_the_key_of_one_document_does_not_open_another() -> None:
    one, other = (encrypt(b"compte rendu", keyring=BEFORE, context=HERE) for _ in range(2))
    with pytest.raises(ContentTampered):
        decrypt(replace(one, wrapped_key=other.wrapped_key), keyring=BEFORE, context=HERE)


def test_rotation_rewraps_the_key_and_leaves_the_content() -> None:
    sealed = encrypt(b"compte rendu", keyring=BEFORE, context=HERE)
    with pytest.raises(KeyMissing) as refusal:
        decrypt(sealed, keyring=AFTER, context=HERE)
    assert refusal.value.key_id == "2025"

    assert decrypt(sealed, keyring=ROTATED, context=HERE) == b"compte rendu"
    assert ROTATED.current_id == "2026"
    assert ROTATED.key_ids == ("2026", "2025")
    wrapped, key_id = rewrap(sealed.wrapped_key, sealed.key_id, ROTATED)
    moved = replace(sealed, wrapped_key=wrapped, key_id=key_id)
    assert (key_id, moved.ciphertext) == ("2026", sealed.ciphertext)
    assert decrypt(moved, keyring=AFTER, context=HERE) == b"compte rendu"
    assert rewrap(wrapped, key_id, ROTATED) == (wrapped, key_id)
    with pytest.raises(KeyMissing):
        rewrap(sealed.wrapped_key, "2025", AFTER)
    with pytest.raises(ContentTampered):
        rewrap(sealed.wrapped_key, "2026", ROTATED)


def test_a_matricule_is_a_token_that_says_only_its_key() -> None:
    token = encrypt_field(INS, keyring=BEFORE, context="patient.ins:1")
    assert decrypt_field(token, keyring=ROTATED, context="patient.ins:1") == INS
    assert field_key_id(token) == "2025"
    assert INS.encode() not in token
    assert token != encrypt_field(INS, keyring=BEFORE, context="patient.ins:1")
    with pytest.raises(ContentTampered):
        decrypt_field(token, keyring=BEFORE, context="patient.ins:2")
    with pytest.raises(KeyMissing):
        decrypt_field(token, keyring=AFTER, context="patient.ins:1")


def test_any_altered_byte_of_a_token_is_refused() -> None:
    token = encrypt_field(INS, keyring=ROTATED, context="patient.ins:1")
    for position in range(len(token)):
        for altered in (token[:position], token[:position] + bytes([token[position] ^ 1]) + token[position + 1 :]):
            with pytest.raises((ContentTampered, KeyMissing)):
                decrypt_field(altered, keyring=ROTATED, context="patient.ins:1")


def test_keyed_hash_meets_equal_values_and_survives_rotation() -> None:
    found = keyed_hash(INS, purpose="patient.ins", keyring=BEFORE)
    assert found == keyed_hash(INS, purpose="patient.ins", keyring=AFTER)
    assert found != keyed_hash(INS, purpose="mail.address", keyring=BEFORE)
    assert found != keyed_hash(INS[:-1] + "8", purpose="patient.ins", keyring=BEFORE)
    assert len(found) == 32
    # Recomputed from the definition, so that a stored hash can be found again by any later version.
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"dcc/lookup/1\0patient.ins").derive(bytes(range(2, 34)))
    assert found == hmac.digest(key, INS.encode(), "sha256")


SHORT = base64.b64encode(b"short").decode()
SAME = OLD.replace("2025=", "2024=")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "entry 1 has no usable key id"),
        (OLD, "'lookup' key is missing"),
        (LOOKUP, "no master key"),
        (f"{OLD} {OLD} {LOOKUP}", "entry 2 repeats"),
        (f"{OLD} {SAME} {LOOKUP}", "same key stands under two names"),
        (f"2025={SHORT} {LOOKUP}", "entry 1 is not 32 bytes"),
        (f"2025=%%% {LOOKUP}", "entry 1 is not base64"),
        (f"é={SHORT}", "entry 1 has no usable key id"),
    ],
)
def test_a_keyring_that_cannot_work_says_why_and_quotes_nothing(text: str, reason: str) -> None:
    with pytest.raises(KeyringInvalid, match=reason) as refusal:
        Keyring.from_env(text)
    shown = str(refusal.value) + repr(refusal.value.__cause__)
    assert SHORT not in shown
    assert OLD.partition("=")[2] not in shown


def test_a_generated_keyring_works_and_is_new_each_time() -> None:
    texts = {Keyring.generate_text(current="demo-1") for _ in range(3)}
    assert len(texts) == 3
    keyring = Keyring.from_env(texts.pop())
    assert decrypt(encrypt(b"x", keyring=keyring, context=HERE), keyring=keyring, context=HERE) == b"x"


def test_keys_appear_neither_in_repr_nor_in_logs_nor_in_pickles(caplog: pytest.LogCaptureFixture) -> None:
    sealed = encrypt(b"x", keyring=ROTATED, context=HERE)
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("test").error("%r %s %r", ROTATED, ROTATED, sealed)
    for secret in (bytes(range(32)), bytes(range(1, 33)), sealed.wrapped_key):
        for shown in (repr(secret), secret.hex(), base64.b64encode(secret).decode()):
            assert shown not in caplog.text
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(ROTATED)


def test_each_use_of_a_master_key_has_its_own_derived_key() -> None:
    keys = {BEFORE.wrapping_key("2025"), BEFORE.field_key("2025"), bytes(range(32))}
    assert len(keys) == 3
    assert crypto.KEY_SIZE == 32
