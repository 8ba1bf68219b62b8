"""The post: letters for those without a secure address; each kind of document brings its printer (SND-05)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from messaging.models import Delivery
from patients.documents import content
from patients.models import ContentKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One report to post: frozen data of the document, its pages, and the lines of the address, name first."""

    data: dict[str, Any]
    pdf: bytes | None = field(repr=False)
    address: tuple[str, ...]


class Printer(Protocol):
    """How a kind of document is printed behind its address sheet."""

    def check(self, letter: Letter) -> str:
        """What is wrong with the address, in French; '' when it can be printed."""
        ...

    def print(self, letters: Sequence[Letter], printed_on: date) -> bytes:
        """One PDF of them all, in this order."""
        ...


class LetterRefused(Exception):
    """The address of a letter must be corrected first; the message, in French, says how."""


_printers: dict[str, Printer] = {}


def register(kind: str, printer: Printer) -> None:
    """Say who prints the documents of a kind."""
    _printers[kind] = printer


def address_lines(name: str, address: str) -> tuple[str, ...]:
    """The lines of an envelope; an address typed on one line is cut at its commas, never after a street number."""
    lines = [line.strip(" ,") for line in address.splitlines()]
    if len([line for line in lines if line]) == 1:
        lines = re.split(r"(?<!\d),\s*", next(line for line in lines if line))
    return (name, *(line for line in lines if line))


def problem_of(delivery: Delivery) -> str:
    """What stops this letter from being printed, in French; '' when nothing does."""
    letter = _letter(delivery, pdf=None)
    return _printers[delivery.document.kind].check(letter)


def print_letters(deliveries: Sequence[Delivery], *, printed_on: date) -> bytes:
    """One PDF to print, for deliveries of one kind of document. Raises LetterRefused."""
    for delivery in deliveries:
        if problem := problem_of(delivery):
            raise LetterRefused(f"{delivery.recipient['name']}\u00a0: {problem}")
    kinds = {delivery.document.kind for delivery in deliveries}
    assert len(kinds) == 1, "letters of one kind are printed together"
    letters = [
        _letter(delivery, pdf=content.read(owner_id=delivery.document_id, kind=ContentKind.PDF))
        for delivery in deliveries
    ]
    return _printers[kinds.pop()].print(letters, printed_on)


def _letter(delivery: Delivery, *, pdf: bytes | None) -> Letter:
    recipient = delivery.recipient
    return Letter(
        data=delivery.document.data,
        pdf=pdf,
        address=address_lines(recipient["name"], recipient.get("postal_address", "")),
    )
