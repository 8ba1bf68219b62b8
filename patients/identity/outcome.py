"""The evidence on one trait of a pair of identities."""

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """What the comparison of one trait says; UNKNOWN when a side has no value."""

    EQUAL = "equal"
    CLOSE = "close"
    DIFFERENT = "different"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class TraitComparison:
    """One line of evidence: `label` and `detail` in French for the screen, the two values side by side."""

    trait: str
    label: str
    outcome: Outcome
    points: float
    detail: str = ""
    left: str = ""
    right: str = ""
