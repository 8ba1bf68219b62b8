"""Which INSi this platform asks: the setting INSI, or by default the local one where only test identities are held."""

from django.conf import settings

from patients.identity.ins import Platform
from patients.insi.interface import Insi
from patients.insi.messages import Software
from patients.insi.responder import LocalResponder
from patients.insi.soap import HttpsTransport, SoapInsi


def platform() -> Platform:
    """Whether test or real identities are held here: never both."""
    return Platform.TEST if settings.TEST_IDENTITIES else Platform.PRODUCTION


def insi() -> Insi | None:
    """The teleservice to ask; None where the platform is not connected to it.

    settings.INSI = {"url", "client_cert", "client_key", "ca", "idam", "version", "instance"}; an empty url is none. A
    platform of real identities never falls back on the local one.
    """
    chosen: dict[str, str] = settings.INSI
    software = Software(
        idam=chosen.get("idam", ""), version=chosen.get("version", ""), instance=chosen.get("instance", "")
    )
    if url := chosen.get("url", ""):
        transport = HttpsTransport(
            url=url, client_cert=chosen["client_cert"], client_key=chosen["client_key"], ca=chosen.get("ca", "")
        )
        return SoapInsi(transport=transport, software=software, platform=platform())
    if platform() is Platform.TEST:
        return SoapInsi(transport=LocalResponder(), software=software, platform=Platform.TEST)
    return None
