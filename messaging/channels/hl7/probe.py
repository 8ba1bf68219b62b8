"""Trying a feed: does the hospital's platform answer the door? No message is sent."""

import socket
import ssl
from dataclasses import dataclass

from messaging.channels.base import ChannelUnavailable
from messaging.channels.tls import client_context
from messaging.models import Feed

SECONDS = 3.0  # short: a person waits, and their request holds a transaction (it locks nothing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What a try showed, in words, and the technical detail."""

    reached: bool
    message: str
    detail: str = ""


def probe(feed: Feed) -> Probe:
    """Open a connection, encrypted if the feed is, and close it."""
    place = f"{feed.host}:{feed.port}"
    try:
        with socket.create_connection((feed.host, feed.port), timeout=SECONDS) as plain:
            if not feed.tls:
                return Probe(reached=True, message=f"{place} répond, sans chiffrement.")
            with client_context().wrap_socket(plain, server_hostname=feed.host) as secured:
                return Probe(reached=True, message=f"{place} répond, liaison chiffrée.", detail=secured.version() or "")
    except ssl.SSLError as error:
        return Probe(
            reached=False,
            message=f"{place} répond, mais la liaison chiffrée échoue. Vérifiez les certificats des deux côtés.",
            detail=error.reason or type(error).__name__,
        )
    except TimeoutError:
        return Probe(reached=False, message=f"{place} ne répond pas. Vérifiez l’adresse et l’ouverture du pare-feu.")
    except OSError as error:
        return Probe(
            reached=False,
            message=f"{place} refuse la connexion. Vérifiez le port et que l’interface est démarrée.",
            detail=error.strerror or type(error).__name__,
        )
    except ChannelUnavailable as error:
        return Probe(reached=False, message=error.message, detail=error.detail)
