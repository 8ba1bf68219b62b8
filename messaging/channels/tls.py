"""The TLS of our own clients: the platform's certificate, and the authorities it believes."""

import ssl
from functools import lru_cache

from django.conf import settings

from messaging.channels.base import ChannelUnavailable


def client_context() -> ssl.SSLContext:
    """TLS 1.2 at least, peer verified, client certificate presented.

    Raises ChannelUnavailable when the certificate cannot be read: the platform is set up wrong, messages wait.
    """
    given = settings.MSSANTE
    try:
        return _context(given["client_cert"], given["client_key"], given["ca"])
    except (OSError, ssl.SSLError) as error:
        raise ChannelUnavailable(
            "Le certificat de la plateforme ne se lit pas. L’équipe technique doit le vérifier.",
            f"client certificate: {type(error).__name__}",
        ) from error


@lru_cache(maxsize=4)
def _context(certificate: str, key: str, authority: str) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=authority or None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if certificate:
        context.load_cert_chain(certificate, key or None)
    return context
