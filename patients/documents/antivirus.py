"""Asking clamd about a file before it enters (INSTREAM over a unix or TCP socket); nothing is asked when none is set.

`settings.ANTIVIRUS`: "" (none), "unix:/run/clamav/clamd.ctl" or "tcp://antivirus:3310". Asked before anything is
written and with no lock held.
"""

import socket
import struct
from urllib.parse import urlsplit

from django.conf import settings

_CHUNK = 64 * 1024
_CONNECT_SECONDS, _ANSWER_SECONDS = 3, 20
_LONGEST_ANSWER = 4096


class AntivirusUnavailable(Exception):
    """clamd does not answer, or not as agreed: the file stays out until it does."""


class Infected(Exception):
    """clamd knows this file; `signature` is the name it gives."""

    def __init__(self, signature: str) -> None:
        super().__init__(signature)
        self.signature = signature


def scan(data: bytes) -> None:
    """Return when the file is clean, or when no antivirus is set. Raises Infected or AntivirusUnavailable."""
    address = settings.ANTIVIRUS
    if not address:
        return
    try:
        with _connected(address) as connection:
            connection.sendall(b"zINSTREAM\0")
            for start in range(0, len(data), _CHUNK):
                chunk = data[start : start + _CHUNK]
                connection.sendall(struct.pack("!L", len(chunk)) + chunk)
            connection.sendall(struct.pack("!L", 0))
            answer = _answer(connection)
    except OSError as error:
        raise AntivirusUnavailable(type(error).__name__) from error
    _read(answer)


def _connected(address: str) -> socket.socket:
    if address.startswith("unix:"):
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(_CONNECT_SECONDS)
        connection.connect(address.removeprefix("unix:"))
    else:
        place = urlsplit(address)
        connection = socket.create_connection((place.hostname, place.port or 3310), timeout=_CONNECT_SECONDS)
    connection.settimeout(_ANSWER_SECONDS)
    return connection


def _answer(connection: socket.socket) -> str:
    received = b""
    while not received.endswith(b"\0") and len(received) < _LONGEST_ANSWER:
        part = connection.recv(_LONGEST_ANSWER)
        if not part:
            break
        received += part
    return received.rstrip(b"\0\n").decode("utf-8", "replace")


def _read(answer: str) -> None:
    """« stream: OK », « stream: Some.Signature FOUND », or an error."""
    words = answer.removeprefix("stream:").strip()
    if words == "OK":
        return
    if words.endswith(" FOUND"):
        raise Infected(words.removesuffix(" FOUND")[:100])
    raise AntivirusUnavailable(words[:100] or "no answer")
