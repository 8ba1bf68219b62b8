"""Closing again, under the current master key, the secrets of second factors (D21). Runs as dcc_owner."""

import base64
import binascii

from allauth.mfa.models import Authenticator

from dcc.accounts.adapter import MFA_CONTEXT
from dcc.lib.crypto import CryptoError, Keyring, decrypt_field, encrypt_field, field_key_id

SECRET_NAMES = ("secret", "seed", "migrated_codes")


def rotate_second_factors(keyring: Keyring) -> int:
    """Re-encrypt the secrets of authenticators that another key closed; returns how many rows changed."""
    changed = 0
    for row in Authenticator.objects.order_by("pk").iterator():
        data = {name: _rotated(value, keyring) if name in SECRET_NAMES else value for name, value in row.data.items()}
        if data != row.data:
            changed += Authenticator.objects.filter(pk=row.pk, data=row.data).update(data=data)
    return changed


def _rotated(value: object, keyring: Keyring) -> object:
    if isinstance(value, list):
        return [_rotated(item, keyring) for item in value]
    if not isinstance(value, str):
        return value
    try:
        token = base64.b64decode(value, validate=True)
        if field_key_id(token) == keyring.current_id:
            return value
    except (binascii.Error, CryptoError):
        return value  # not one of ours: left as it is
    plain = decrypt_field(token, keyring=keyring, context=MFA_CONTEXT)
    return base64.b64encode(encrypt_field(plain, keyring=keyring, context=MFA_CONTEXT)).decode()
