"""What is asked of INSi and what it answers, whatever carries the question.

INSi answers strictly: hyphens, order and spelling must be those of the civil status. So nothing is corrected on the
way; another given name is another question, asked by a person.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from patients.identity.ins import Ins


class InsiCode(StrEnum):
    """CodeCR of an answer."""

    FOUND = "00"
    NONE = "01"
    SEVERAL = "02"


SENTENCES = {
    InsiCode.FOUND: "une identité trouvée",
    InsiCode.NONE: "aucune identité trouvée",
    InsiCode.SEVERAL: "plusieurs identités trouvées",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """The traits asked with, normalised; one given name; the place may be left out ("")."""

    birth_name: str
    given_name: str
    sex: str  # M or F
    birth_date: date
    birth_insee: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Former:
    """A matricule the person bore, with its dates when given."""

    ins: Ins
    started_on: date | None = None
    ended_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class InsiIdentity:
    """The person INSi knows: matricule in force, former ones, and the traits of the civil status as received."""

    ins: Ins
    former: tuple[Former, ...]
    birth_name: str
    given_names: str
    sex: str
    birth_date: date
    birth_insee: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Answer:
    """A code, and the identity when it is FOUND."""

    code: InsiCode
    identity: InsiIdentity | None = None


class InsiUnavailable(Exception):
    """No usable answer came: nothing is known of the person, and nothing changes. The message is French."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Insi(Protocol):
    """Whatever answers a question; raises InsiUnavailable."""

    def search(self, question: Question) -> Answer: ...
