"""A password is not one's own name under another spelling: joined, without accents, or as the mailbox writes it."""

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any

from django.contrib.auth.password_validation import exceeds_maximum_length_ratio
from django.core.exceptions import ValidationError

from dcc.accounts.models import User
from dcc.accounts.people import search_key

MAX_SIMILARITY = 0.7


class OwnNamesValidator:
    """Django compares each field alone: to it « solenelegoff » is neither « Solène » nor « Le Goff »."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError when the password is one's name, address or number, or nearly."""
        if not isinstance(user, User):
            return
        typed = _letters(password)
        for name in filter(None, map(_letters, _own_names(user))):
            if exceeds_maximum_length_ratio(typed, MAX_SIMILARITY, name):
                continue
            if SequenceMatcher(a=typed, b=name).quick_ratio() >= MAX_SIMILARITY:
                raise ValidationError(
                    "Ce mot de passe ressemble trop à votre nom, à votre adresse ou à votre numéro.",
                    code="password_too_similar",
                )

    def get_help_text(self) -> str:
        return "Votre nom, votre adresse électronique et votre numéro sont refusés."


def _own_names(user: User) -> Iterator[str]:
    first, last = user.first_name, user.last_name
    yield from (*f"{first} {last}".split(), first, last, first + last, last + first, first[:1] + last, user.rpps)
    for address in (user.email, user.mssante_address):
        yield from (address, address.partition("@")[0])


def _letters(text: str) -> str:
    return search_key(text).replace(" ", "")
