"""The INS: matricule and OID together, keys, environments, display (identity §1.9).

Nothing is ever derived from a matricule (sex, date, place), and its text form hides it: it must not reach a log.
"""

import re
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

from patients.identity.refusal import NBSP, Refused, quoted

_MATRICULE = re.compile(r"[1-478][0-9]{4}(?:[0-9]{2}|2[AB])[0-9]{6}[0-9]{2}")


class InsRefused(Refused):
    """A matricule, its OID or their pairing is not acceptable."""


class Platform(Enum):
    """What an instance may hold: a production one refuses test identities, a test or demo one refuses real ones."""

    PRODUCTION = "production"
    TEST = "test"


class InsKind(Enum):
    """The assigning authorities of the INS, with their FHIR code; INS-C is obsolete, so unknown here."""

    NIR = ("1.2.250.1.213.1.4.8", "INS-NIR", Platform.PRODUCTION)
    NIA = ("1.2.250.1.213.1.4.9", "INS-NIA", Platform.PRODUCTION)
    NIR_TEST = ("1.2.250.1.213.1.4.10", "INS-NIR-TEST", Platform.TEST)
    NIR_DEMO = ("1.2.250.1.213.1.4.11", "INS-NIR-DEMO", Platform.TEST)

    def __init__(self, oid: str, code: str, platform: Platform) -> None:
        self.oid = oid
        self.code = code
        self.platform = platform

    @property
    def temporary(self) -> bool:
        """A NIA identifies until the definitive NIR is attributed."""
        return self is InsKind.NIA

    @classmethod
    def of_oid(cls, oid: str) -> "InsKind | None":
        """The authority of an OID; None for one that is not that of an INS."""
        return _KIND_BY_OID.get(oid)


_KIND_BY_OID = {kind.oid: kind for kind in InsKind}


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Ins:
    """A matricule of 15 characters and the authority that gave it; build it with `read_ins`."""

    matricule: str
    kind: InsKind

    @property
    def oid(self) -> str:
        return self.kind.oid

    @property
    def key_is_right(self) -> bool:
        """False is possible on identities imported leniently: to be shown, never corrected."""
        return matricule_key_is_right(self.matricule)

    @property
    def formatted(self) -> str:
        """The matricule in its usual groups, for the screens and prints that are allowed to show it."""
        return _grouped(self.matricule)

    @property
    def masked(self) -> str:
        """Only the last five characters: enough to compare with a card, not to identify."""
        return _grouped("•" * 10 + self.matricule[10:])

    def __repr__(self) -> str:
        return f"Ins({self.kind.name}, {self.masked})"


def matricule_key(body: str) -> str:
    """Compute the two-digit key of the 13 first characters; 2A counts as 19 and 2B as 18."""
    department = body[5:7]
    digits = body[:5] + {"2A": "19", "2B": "18"}.get(department, department) + body[7:]
    return f"{97 - int(digits) % 97:02d}"


def matricule_key_is_right(matricule: str) -> bool:
    """Tell whether a well-formed matricule of 15 characters ends with its key."""
    return _MATRICULE.fullmatch(matricule) is not None and matricule_key(matricule[:13]) == matricule[13:]


def read_matricule(text: str, *, check_key: bool = True) -> str:
    """Compact a matricule to its 15 characters; raise InsRefused when the form, or the key if checked, is wrong.

    `check_key=False` is for imported documents: published samples carry wrong keys, to be flagged, not refused.
    """
    matricule = re.sub(r"\s", "", text).upper()
    if len(matricule) == 13 and _MATRICULE.fullmatch(f"{matricule}00"):
        raise InsRefused("Il manque la clé (deux derniers chiffres) du matricule INS.")
    if not _MATRICULE.fullmatch(matricule):
        raise InsRefused("Un matricule INS compte 15 caractères, clé comprise.")
    if check_key and not matricule_key_is_right(matricule):
        raise InsRefused(f"La clé du matricule INS est fausse{NBSP}: il ne peut pas être retenu.")
    return matricule


def read_ins(matricule: str, oid: str, *, platform: Platform, check_key: bool = True) -> Ins | None:
    """Pair a matricule with its OID; None when both are empty.

    Raises InsRefused when one comes without the other, when the OID is not that of an INS, when it belongs to the other
    environment (test identities in production, real ones elsewhere), or as `read_matricule`.
    """
    matricule, oid = matricule.strip(), oid.strip().removeprefix("urn:oid:")
    if not matricule and not oid:
        return None
    if not matricule or not oid:
        absent = "son OID" if matricule else "son matricule"
        raise InsRefused(f"L’INS est refusée sans {absent}{NBSP}: les deux vont toujours ensemble.")
    kind = InsKind.of_oid(oid)
    if kind is None:
        raise InsRefused(f"L’OID {quoted(oid)} n’est pas celui d’un matricule INS.")
    if kind.platform is not platform:
        if platform is Platform.PRODUCTION:
            raise InsRefused(f"{kind.code} est une identité de test{NBSP}: elle est refusée en production.")
        raise InsRefused(
            f"{kind.code} désigne une personne réelle{NBSP}: cette instance n’admet que des identités de test."
        )
    return Ins(matricule=read_matricule(matricule, check_key=check_key), kind=kind)


def _grouped(matricule: str) -> str:
    bounds = (0, 1, 3, 5, 7, 10, 13, 15)
    return NBSP.join(matricule[start:end] for start, end in pairwise(bounds))
