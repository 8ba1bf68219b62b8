"""The last searches of a session: traits are never in an address (logs, history), nor typed twice in one journey."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.sessions.backends.base import SessionBase

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
    entry = {"token": token, "typed": {name: str(data.get(name, "")) for name in _TYPED}, "traced": False}
    session[_KEY] = [*session.get(_KEY, []), entry][-KEPT:]
    return token


def recall(session: SessionBase, token: str) -> Recent | None:
    """What was typed under this token in this session."""
    return next((Recent(**entry) for entry in session.get(_KEY, []) if entry["token"] == token), None)


def mark_traced(session: SessionBase, token: str) -> None:
    """A result shown again (back from a file) is not another search."""
    session[_KEY] = [{**entry, "traced": entry["traced"] or entry["token"] == token} for entry in session[_KEY]]
