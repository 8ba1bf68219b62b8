"""HL7 v2.5 data types as PAM France uses them; each position is a three-state field (said.py)."""

# `at` declares a field, as dataclasses.field does; the rule only knows the latter.
# ruff: noqa: RUF009

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

from interop.pam.layout import Leaf, Unreadable, at
from interop.pam.said import Said

# A moment without offset is local to the sending hospital; French ones overseas must send their offset.
HOME = ZoneInfo("Europe/Paris")

_MOMENT = re.compile(
    r"(\d{4})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:\.\d{1,4})?)?)?)?)?)?(?:([+-])(\d{2})(\d{2}))?"
)


@dataclass(frozen=True, slots=True)
class Moment:
    """A date or time with the precision it was sent with; `text` is the form on the wire, built by `moment`."""

    text: str
    at: datetime
    precision: int  # digits: 4 year, 6 month, 8 day, 12 minute, 14 second

    @property
    def day(self) -> date | None:
        """The day as written, whatever the offset; None when the precision stops before it."""
        return self.at.date() if self.precision >= 8 else None


@lru_cache(maxsize=4096)
def moment(text: str) -> Moment:
    """Read a timestamp (YYYY[MM[DD[HHMM[SS[.S]]]]][+ZZZZ]); raise Unreadable when it is not one."""
    found = _MOMENT.fullmatch(text)
    if found is None or not text.isascii():
        raise Unreadable("date ou heure illisible")
    year, month, day, hour, minute, second = (int(part) if part else 0 for part in found.groups()[:6])
    try:
        zone = _offset(*found.group(7, 8, 9)) if found[7] else HOME
        instant = datetime(year, month or 1, day or 1, hour, minute, second, tzinfo=zone)
        instant.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Unreadable("date ou heure absente du calendrier") from None
    digits = sum(len(part) for part in found.groups()[:6] if part)
    return Moment(text=text, at=instant, precision=digits)


def moment_of(instant: datetime) -> Moment:
    """Make the timestamp of an instant, to the second with its offset."""
    if instant.tzinfo is None:
        raise ValueError("a timestamp needs its time zone")
    return moment(instant.strftime("%Y%m%d%H%M%S%z"))


def _offset(sign: str, hours: str, minutes: str) -> timezone:
    shift = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-shift if sign == "-" else shift)


TIME = Leaf(moment, lambda value: value.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """HD: who issued an identifier; `universal_id` is an OID when `universal_type` is ISO, a FINESS in some feeds."""

    name: Said[str] = at(1)
    universal_id: Said[str] = at(2)
    universal_type: Said[str] = at(3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cx:
    """An identifier; `type` PI (IPP), INS, RI, AN (account), VN (visit)."""

    value: Said[str] = at(1)
    authority: Said[Authority] = at(4, Authority)
    type: Said[str] = at(5)
    facility: Said[Authority] = at(6, Authority)
    valid_from: Said[str] = at(7)
    valid_until: Said[str] = at(8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ei:
    """An entity identifier (a movement of ZBE-1, a profile of MSH-21)."""

    value: Said[str] = at(1)
    namespace: Said[str] = at(2)
    universal_id: Said[str] = at(3)
    universal_type: Said[str] = at(4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Xpn:
    """A name; `type` L birth, D used, S pseudonym. In an L one `given_names` is the list of birth given names."""

    family: Said[str] = at(1)
    given: Said[str] = at(2)
    given_names: Said[str] = at(3)
    suffix: Said[str] = at(4)
    prefix: Said[str] = at(5)
    degree: Said[str] = at(6)
    type: Said[str] = at(7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Xad:
    """An address; `type` H home, O office, BDL birth place, whose INSEE code is `insee`."""

    street: Said[str] = at(1)
    complement: Said[str] = at(2)
    city: Said[str] = at(3)
    state: Said[str] = at(4)
    postcode: Said[str] = at(5)
    country: Said[str] = at(6)
    type: Said[str] = at(7)
    other: Said[str] = at(8)
    insee: Said[str] = at(9)


@dataclass(frozen=True, slots=True, kw_only=True)
class Xtn:
    """A phone (`number`, or `text` in older feeds) or a mail address (`email`, `equipment` Internet)."""

    text: Said[str] = at(1)
    use: Said[str] = at(2)
    equipment: Said[str] = at(3)
    email: Said[str] = at(4)
    number: Said[str] = at(12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Xcn:
    """A professional; `id_type` RPPS, IDNPS, RI."""

    value: Said[str] = at(1)
    family: Said[str] = at(2)
    given: Said[str] = at(3)
    prefix: Said[str] = at(6)
    authority: Said[Authority] = at(9, Authority)
    name_type: Said[str] = at(10)
    id_type: Said[str] = at(13)


@dataclass(frozen=True, slots=True, kw_only=True)
class Xon:
    """A unit of ZBE-7 and ZBE-8; `number` is the code of the unit."""

    name: Said[str] = at(1)
    authority: Said[Authority] = at(6, Authority)
    id_type: Said[str] = at(7)
    number: Said[str] = at(10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """PL: where the patient lies in the hospital."""

    unit: Said[str] = at(1)
    room: Said[str] = at(2)
    bed: Said[str] = at(3)
    facility: Said[Authority] = at(4, Authority)
    status: Said[str] = at(5)
    type: Said[str] = at(6)
    building: Said[str] = at(7)


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageType:
    """MSH-9."""

    code: Said[str] = at(1)
    trigger: Said[str] = at(2)
    structure: Said[str] = at(3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """MSH-12."""

    number: Said[str] = at(1)
    country: Said[str] = at(2)
    national: Said[str] = at(3)
