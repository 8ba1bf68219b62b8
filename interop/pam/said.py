"""What a message says of a field: a value, nothing, or that the value is to be deleted.

HL7 v2 makes three states of it: `|PARIS|` is a value, `||` says nothing (what is known stays), `|""|` deletes.
Confusing the last two either keeps a wrong phone number for ever or wipes a file, so they are two distinct objects.
"""

from enum import Enum
from typing import Final, Literal, TypeAlias, TypeVar

NULL = '""'  # as written in a field, a component or a subcomponent


class Silence(Enum):
    """The two states of a field that holds no value."""

    UNSAID = "unsaid"
    CLEARED = "cleared"

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return self.name


UNSAID: Final = Silence.UNSAID
CLEARED: Final = Silence.CLEARED

T = TypeVar("T")
D = TypeVar("D")
Said: TypeAlias = T | Silence


def value_of(said: Said[T], default: D) -> T | D:
    """Give the value said, or the default when there is none, for whatever reason."""
    return default if isinstance(said, Silence) else said
