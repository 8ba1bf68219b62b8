"""The platform's master keys, from the environment: a database without them is nothing (D21)."""

from functools import lru_cache

from django.conf import settings

from dcc.lib.crypto import Keyring


@lru_cache(maxsize=4)
def _read(text: str) -> Keyring:
    return Keyring.from_env(text)


def keyring() -> Keyring:
    """The keyring of the settings. Raises dcc.lib.crypto.KeyringInvalid."""
    return _read(settings.MASTER_KEYS)
