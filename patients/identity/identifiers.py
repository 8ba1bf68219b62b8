"""Keys of the national numbers of people and places: RPPS, FINESS (identity §2.1).

ADELI numbers are being retired and are not checked: they are not accepted as identifiers of a participant.
"""

import re
from dataclasses import dataclass

from patients.identity.refusal import NBSP


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifierCheck:
    """What is known of a number: `value` compacted, `valid` or not, French `message` (error, or warning if valid)."""

    value: str
    valid: bool
    message: str = ""


def luhn_holds(digits: str) -> bool:
    """Tell whether a string of digits, its key last, satisfies the Luhn sum."""
    total = 0
    for rank, digit in enumerate(reversed(digits)):
        number = int(digit) * (2 if rank % 2 else 1)
        total += number - 9 if number > 9 else number
    return total % 10 == 0


def check_rpps(text: str, *, test_data: bool = False) -> IdentifierCheck:
    """Check an RPPS number: 11 digits, the last one a Luhn key.

    `test_data` accepts a wrong key with a warning, since the fictitious professionals of the ANS often have one.
    """
    value = _compact(text)
    if not re.fullmatch(r"[0-9]{11}", value):
        return IdentifierCheck(value=value, valid=False, message="Un numéro RPPS compte 11 chiffres.")
    if luhn_holds(value):
        return IdentifierCheck(value=value, valid=True)
    message = f"La clé de ce numéro RPPS est fausse{NBSP}: vérifiez chaque chiffre."
    return IdentifierCheck(value=value, valid=test_data, message=message)


def check_finess(text: str) -> IdentifierCheck:
    """Check a FINESS number: 9 characters, the last one a Luhn key over the nine.

    In Corsica (2A, 2B) the letter counts as 1 or 2; that rule was seen to hold on two numbers only, so a Corsican
    number with another key is accepted with a warning.
    """
    value = _compact(text)
    if not re.fullmatch(r"(?:[0-9]{2}|2[AB])[0-9]{7}", value):
        message = "Un numéro FINESS compte 9 chiffres (2A ou 2B au début pour la Corse)."
        return IdentifierCheck(value=value, valid=False, message=message)
    if luhn_holds(value.replace("A", "1").replace("B", "2")):
        return IdentifierCheck(value=value, valid=True)
    corsican = value[1] in "AB"
    message = f"La clé de ce numéro FINESS est fausse{NBSP}: vérifiez chaque chiffre."
    return IdentifierCheck(value=value, valid=corsican, message=message)


def _compact(text: str) -> str:
    return re.sub(r"\s", "", text).upper()
