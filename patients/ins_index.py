"""Under which keyed hashes a matricule INS may be stored: it is found again without being kept in clear (D21)."""

from django.conf import settings

from dcc.lib.crypto import keyed_hash
from dcc.master_keys import keyring
from patients.identity.ins import InsKind, Platform

PURPOSE = "patient.ins"


def ins_hash(matricule: str, oid: str) -> bytes:
    """Hash a matricule with the authority that gave it, as Patient.ins_hash holds it."""
    return keyed_hash(f"{oid}|{matricule}", purpose=PURPOSE, keyring=keyring())


def possible_hashes(matricule: str) -> list[bytes]:
    """The hashes of a typed matricule, whose OID is not typed: one for each authority this platform accepts."""
    platform = Platform.TEST if settings.TEST_IDENTITIES else Platform.PRODUCTION
    return [ins_hash(matricule, kind.oid) for kind in InsKind if kind.platform is platform]
