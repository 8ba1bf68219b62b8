"""Who receives: a frozen copy of what the directory said when the delivery was planned."""

import hashlib
import re
from dataclasses import asdict, dataclass, fields
from typing import Any
from uuid import UUID

from messaging.models import ChannelKind
from patients.fields import PATIENT_MAILBOX

TRUST_SPACE = re.compile(r"[a-z0-9._%+'-]+@([a-z0-9-]+\.)+mssante\.fr")


def is_mssante(address: str) -> bool:
    """Whether an address is a professional's or a structure's in the trust space.

    A patient's own mailbox is their matricule: it is not written to from here, and never stored in clear (D21).
    """
    address = address.lower()
    return bool(TRUST_SPACE.fullmatch(address)) and not address.endswith(PATIENT_MAILBOX)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Someone, or an establishment's DPI. `role` is printed (« médecin traitant »).

    An address outside the trust space is none: the report then goes by post, it never leaves in clear (SND-04).
    `principal_id` is who it is known here as, a person or an organisation, which a patient may oppose (D3).
    """

    name: str
    role: str
    mssante_address: str = ""
    postal_address: str = ""
    rpps: str = ""
    organisation_id: UUID | None = None  # an establishment with a feed: HL7
    principal_id: int | None = None

    def __post_init__(self) -> None:
        if not is_mssante(self.mssante_address):
            object.__setattr__(self, "mssante_address", "")

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

    @classmethod
    def thawed(cls, frozen: dict[str, Any]) -> "Recipient":
        """Read what `frozen` wrote."""
        known = {item.name for item in fields(cls)}
        values = {name: value for name, value in frozen.items() if name in known}
        organisation = values.pop("organisation_id", "")
        return cls(**values, organisation_id=UUID(organisation) if organisation else None)
