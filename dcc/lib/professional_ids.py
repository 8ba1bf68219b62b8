"""Identifiers of professionals and establishments: RPPS and FINESS, with the key that catches typing errors.

RPPS: 11 digits, the last is the Luhn key of the others. FINESS: department (01 to 95, 2A, 2B, 97, 98), six of order,
and a Luhn key over the nine. Source: Annuaire Santé and FINESS public files. Corsican numbers follow no published
rule for their letter: their key is not checked.
"""

import re

_DEPARTMENTS = re.compile(r"(0[1-9]|[1-8]\d|9[0-5]|97|98|2[AB])")
_SPACES = re.compile(r"[\s.\-\u00a0\u202f]")


class IdentifierRefused(ValueError):
    """The identifier cannot be right; the message says why and what to do, in French."""


def luhn_is_right(digits: str) -> bool:
    """Whether the last digit is the Luhn key of the others."""
    total = 0
    for rank, char in enumerate(reversed(digits)):
        value = int(char) * (2 if rank % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def clean_rpps(typed: str) -> str:
    """The 11 digits of an RPPS typed with or without spaces; raises IdentifierRefused."""
    digits = _SPACES.sub("", typed)
    if not re.fullmatch(r"[0-9]{11}", digits):
        raise IdentifierRefused(f"Un RPPS compte 11 chiffres, « {typed.strip()} » non. Recopiez-le en entier")
    if not luhn_is_right(digits):
        raise IdentifierRefused("La clé de ce RPPS ne correspond pas : un chiffre est faux. Recopiez-le")
    return digits


def clean_finess(typed: str) -> str:
    """The nine characters of a FINESS number; raises IdentifierRefused."""
    value = _SPACES.sub("", typed).upper()
    if not re.fullmatch(r"[0-9][0-9AB][0-9]{7}", value):
        raise IdentifierRefused(f"Un FINESS compte 9 caractères, « {typed.strip()} » non. Recopiez-le en entier")
    if not _DEPARTMENTS.match(value):
        raise IdentifierRefused(f"« {value[:2]} » n’est pas un département. Recopiez le numéro FINESS")
    if value.isdigit() and not luhn_is_right(value):
        raise IdentifierRefused("La clé de ce FINESS ne correspond pas : un chiffre est faux. Recopiez-le")
    return value
