"""« Mode séance » (D14): in a meeting an idle session is locked, and opened again with the PIN chosen for that meeting
or the code of one's application, instead of a whole sign-in.

The state lives in the session: a hash of the PIN, until when, how many wrong tries. Locked, nothing is served.
"""

import time
from datetime import datetime
from typing import Any, NoReturn

from allauth.mfa.models import Authenticator
from django.contrib.auth import logout
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.http import HttpRequest

from dcc.accounts.events import SignInEvent
from dcc.accounts.models import User
from dcc.accounts.tracing import trace

_STATE, _LOCKED = "room_mode", "room_locked"
TRIES = 5


class TooManyTries(Exception):
    """The session was closed: whoever types PINs at random signs in."""


def start(request: HttpRequest, *, pin: str, until: datetime, room: str) -> None:
    """Lock this session instead of closing it when it is idle, until then."""
    request.session[_STATE] = {"pin": make_password(pin), "until": until.timestamp(), "tries": 0}
    trace(SignInEvent.ROOM_STARTED, by=request.user, request=request, room=room)


def stop(request: HttpRequest) -> None:
    if request.session.pop(_STATE, None):
        request.session.pop(_LOCKED, None)
        trace(SignInEvent.ROOM_STOPPED, by=request.user, request=request)


def is_on(session: SessionBase) -> bool:
    return time.time() < session.get(_STATE, {}).get("until", 0)


def is_locked(session: SessionBase) -> bool:
    return bool(session.get(_LOCKED))


def lock(request: HttpRequest) -> None:
    request.session[_LOCKED] = True
    trace(SignInEvent.ROOM_LOCKED, by=request.user, request=request)


def unlock(request: HttpRequest, code: str) -> int:
    """Open the session again; 0 when it is, otherwise how many tries remain. Raises TooManyTries when none does.

    Tries are counted under a lock on the session's row: many at the same moment are no better than one after the other.
    """
    session: Any = request.session
    row = Session.objects.select_for_update().filter(pk=session.session_key).first()
    state = row.get_decoded().get(_STATE) if row else None
    if state is None or time.time() >= state["until"]:
        _close(request, "fin du mode séance")
    if check_password(code, state["pin"]) or _is_own_code(request.user, code):
        session[_STATE] = {**state, "tries": 0}
        session.pop(_LOCKED, None)
        session.save()
        trace(SignInEvent.ROOM_UNLOCKED, by=request.user, request=request)
        return 0
    trace(SignInEvent.ROOM_REFUSED, by=request.user, request=request)
    if state["tries"] + 1 >= TRIES:
        _close(request, "codes de séance faux")
    session[_STATE] = {**state, "tries": state["tries"] + 1}
    session.save()
    return int(TRIES - session[_STATE]["tries"])


def _close(request: HttpRequest, why: str) -> NoReturn:
    request.sign_out_reason = why  # type: ignore[attr-defined]
    logout(request)
    raise TooManyTries


def _is_own_code(user: Any, code: str) -> bool:
    """The six digits of one's application, where one has one."""
    assert isinstance(user, User)
    found = Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.TOTP).first()
    return found is not None and bool(found.wrap().validate_code(code))
