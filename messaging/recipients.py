"""Who receives: a frozen copy of what the directory said when the delivery was planned."""

import hashlib
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from messaging.models import ChannelKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Someone, or an establishment's DPI. `role` is printed (« médecin traitant »)."""

    name: str
    role: str
    mssante_address: str = ""
    postal_address: str = ""
    rpps: str = ""
    organisation_id: UUID | None = None  # an establishment with a feed: HL7

    @property
    def channel(self) -> ChannelKind:
        """The best way to reach them: their DPI, their secure mailbox, else the post (SND-04, SND-05)."""
        if self.organisation_id:
            return ChannelKind.HL7
        return ChannelKind.MSSANTE if self.mssante_address else ChannelKind.PAPER

    @property
    def key(self) -> str:
        """What makes two deliveries the same one: an address, an establishment, or a postal identity."""
        match self.channel:
            case ChannelKind.HL7:
                return str(self.organisation_id)
            case ChannelKind.MSSANTE:
                return self.mssante_address.lower()
        return hashlib.sha256(f"{self.name}|{self.postal_address}".lower().encode()).hexdigest()[:40]

    def frozen(self) -> dict[str, Any]:
        return {**asdict(self), "organisation_id": str(self.organisation_id) if self.organisation_id else ""}
