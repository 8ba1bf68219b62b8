"""What a channel is: it prepares the bytes once, then sends the very same bytes at each try (architecture §7)."""

from dataclasses import dataclass, field
from typing import Any, Protocol

from messaging.models import Delivery


class ChannelFailed(Exception):
    """`message` is for a person, in French, and says what to do; `detail` is for a technician."""

    def __init__(self, message: str, detail: str = "") -> None:
        super().__init__(message)
        self.message, self.detail = message, detail


class ChannelUnavailable(ChannelFailed):
    """The peer cannot be reached or asks to come back: tried again with back-off."""


class DeliveryRefused(ChannelFailed):
    """The peer says no, or the message cannot be written: trying again is no use, a person must look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A delivery ready to leave: its bytes and what the transport needs beside them."""

    control_id: str
    payload: bytes = field(repr=False)
    transport: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What the peer answered: stored with the delivery, and the raw answer encrypted if there is one."""

    facts: dict[str, Any]
    raw: bytes = field(default=b"", repr=False)


class Channel(Protocol):
    """One way out. `prepare` and `transport` read the database, `send` never does: nothing is open while it waits."""

    @property
    def kind(self) -> str: ...

    def prepare(self, delivery: Delivery) -> bytes: ...

    def transport(self, delivery: Delivery) -> dict[str, Any]: ...

    def send(self, parcel: Parcel) -> Receipt: ...
