"""People and organisations as documents and messages name them; shared by the CDA, HL7 v2 and XDM codecs."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from interop.terminologies import oids
from interop.terminologies.identifiers import Code, Identifier


class Sex(StrEnum):
    """Administrative sex; each codec writes its own code for it."""

    FEMALE = "F"
    MALE = "M"
    UNKNOWN = "U"


class TelecomUse(StrEnum):
    """Use of a contact point (CDA table)."""

    HOME = "H"
    WORK = "WP"
    MOBILE = "MC"
    EMERGENCY = "EC"
    PUBLIC = "PUB"
    DIRECT = "DIR"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A postal address; empty parts are not written."""

    street: str = ""
    complement: str = ""
    postal_code: str = ""
    city: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Telecom:
    """A contact point with its scheme: `tel:0102030405`, `mailto:a@b.fr`, `fax:…`."""

    value: str
    use: TelecomUse | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalId:
    """A patient number issued by an establishment (IPP): value, OID and short name of the issuing authority."""

    value: str
    authority_oid: str
    authority_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """Strict traits of a person, with the INS only when the identity is qualified (annexe INS).

    `birth_given_names` is the whole list of the birth certificate, `first_birth_given_name` its first one.
    `birth_place_code` is the INSEE code (99xxx abroad). `identity_statuses` are codes of table 0445 FR (PROV, VALI…).
    """

    birth_name: str
    birth_given_names: str
    first_birth_given_name: str
    birth_date: date
    sex: Sex
    birth_place_code: str = ""
    birth_place_name: str = ""
    used_name: str = ""
    used_given_name: str = ""
    ins: Identifier | None = None
    local_ids: tuple[LocalId, ...] = ()
    identity_statuses: tuple[str, ...] = ("PROV",)
    identity_updated_on: date | None = None
    address: Address | None = None
    telecoms: tuple[Telecom, ...] = ()

    @property
    def identifiers(self) -> tuple[Identifier, ...]:
        """Every identifier to send, INS first; the CDA and the HL7 message must carry the same set."""
        own = (self.ins,) if self.ins else ()
        return own + tuple(Identifier(root=item.authority_oid, extension=item.value) for item in self.local_ids)


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """A structure known by its FINESS (9 characters) or its SIRET, or by its name only."""

    name: str
    finess: str = ""
    siret: str = ""
    finess_of_legal_entity: bool = False
    address: Address | None = None
    telecoms: tuple[Telecom, ...] = ()
    practice_setting: Code | None = None

    @property
    def identifier(self) -> Identifier | None:
        """National structure identifier: 1 + FINESS or 3 + SIRET, None when neither is known."""
        if self.finess:
            return Identifier(root=oids.STRUCTURES, extension=f"1{self.finess}")
        return Identifier(root=oids.STRUCTURES, extension=f"3{self.siret}") if self.siret else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Professional:
    """A health professional; `rpps` is the 11-digit number, `specialty` a code of J01, `title` of J246 (DR, PR…)."""

    family: str
    given: str = ""
    rpps: str = ""
    civility: str = ""
    title: str = ""
    specialty: Code | None = None
    organisation: Organisation | None = None
    address: Address | None = None
    telecoms: tuple[Telecom, ...] = ()

    @property
    def identifier(self) -> Identifier | None:
        """National professional identifier (IDNPS): 8 + RPPS, None when the number is unknown."""
        return Identifier(root=oids.PROFESSIONALS, extension=f"8{self.rpps}") if self.rpps else None
