"""The last searches of a session: traits are never in an address (logs, history), nor typed twice in one journey.

A matricule may be among them: what is typed is sealed, since sessions are rows of the database (D21).
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.sessions.backends.base import SessionBase

from dcc.lib.crypto import CryptoError, decrypt_field, encrypt_field
from dcc.master_keys import keyring

KEPT = 8
_KEY = "patient_searches"
_TYPED = ("name", "given_name", "birth_date", "number", "meeting")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recent:
    """One search as it was typed; `traced` once it has been run and written in the trace."""

    token: str
    typed: dict[str, str]
    traced: bool


def keep(session: SessionBase, data: Mapping[str, Any]) -> str:
    """Keep what was typed, forget the oldest; gives the token that stands for it in addresses."""
    token = secrets.token_urlsafe(6)
    typed = json.dumps({name: str(data.get(name, "")) for name in _TYPED})
    sealed = encrypt_field(typed, keyring=keyring(), context=_context(token)).hex()
    session[_KEY] = [*session.get(_KEY, []), {"token": token, "sealed": sealed, "traced": False}][-KEPT:]
    return token


def recall(session: SessionBase, token: str) -> Recent | None:
    """What was typed under this token in this session; None too when its key was retired since."""
    entry = next((entry for entry in session.get(_KEY, []) if entry["token"] == token), None)
    if entry is None:
        return None
    try:
        typed = decrypt_field(bytes.fromhex(entry["sealed"]), keyring=keyring(), context=_context(token))
    except CryptoError:
        return None
    return Recent(token=token, typed=json.loads(typed), traced=entry["traced"])


def mark_traced(session: SessionBase, token: str) -> None:
    """A result shown again (back from a file) is not another search."""
    session[_KEY] = [{**entry, "traced": entry["traced"] or entry["token"] == token} for entry in session[_KEY]]


def _context(token: str) -> str:
    return f"patient_search:{token}"
