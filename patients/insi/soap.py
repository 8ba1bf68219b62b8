"""INSi through SOAP: the question goes out, the answer comes back; the transport is whatever carries the bytes."""

import http.client
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from patients.identity.ins import Platform
from patients.insi.interface import Answer, InsiUnavailable, Question
from patients.insi.messages import ACTION, LARGEST, Software, read_answer, write_search

Transport = Callable[[bytes], bytes]
PATIENCE = 6.0  # seconds: somebody waits at the desk
_UNREACHED = "INSi ne répond pas. L’identité n’a pas changé\u202f; réessayez dans quelques minutes."


@dataclass(frozen=True, slots=True, kw_only=True)
class SoapInsi:
    """The teleservice behind any transport; an answer of the other platform is refused (EXI REC)."""

    transport: Transport
    software: Software
    platform: Platform

    def search(self, question: Question) -> Answer:
        """Ask WS_INS2; raises InsiUnavailable."""
        message = write_search(question, software=self.software)
        return read_answer(self.transport(message), platform=self.platform)


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpsTransport:
    """HTTPS with the certificate of the organisation (IGC-Santé, mutual TLS); nothing of a message is logged."""

    url: str
    client_cert: str
    client_key: str
    ca: str = ""

    def __call__(self, message: bytes) -> bytes:
        """Post one message; raises InsiUnavailable when nothing usable comes back in time."""
        address = urlsplit(self.url)
        path = address.path or "/"
        headers = {"Content-Type": f'application/soap+xml; charset=utf-8; action="{ACTION}"'}
        try:
            context = ssl.create_default_context(cafile=self.ca or None)
            context.load_cert_chain(self.client_cert, self.client_key)
            connection = http.client.HTTPSConnection(
                address.hostname or "", address.port, timeout=PATIENCE, context=context
            )
            try:
                connection.request("POST", path, body=message, headers=headers)
                answer = connection.getresponse()
                body = answer.read(LARGEST + 1)
            finally:
                connection.close()
        except (OSError, http.client.HTTPException) as error:
            raise InsiUnavailable(_UNREACHED) from error
        if answer.status not in (200, 500):  # a fault of SOAP comes with 500 and is read as one
            raise InsiUnavailable(_UNREACHED)
        return body
