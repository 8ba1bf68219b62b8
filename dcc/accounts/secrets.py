"""The keyring of the platform, for the secrets of second factors."""

from functools import lru_cache

from django.conf import settings

from dcc.lib.crypto import Keyring


@lru_cache(maxsize=4)
def _read(text: str) -> Keyring:
    return Keyring.from_env(text)


def keyring() -> Keyring:
    """Read MASTER_KEYS once; raises KeyringInvalid."""
    return _read(settings.MASTER_KEYS)
