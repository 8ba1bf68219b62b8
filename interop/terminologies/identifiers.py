"""Identifiers and codes as every health standard writes them: a value inside a naming authority."""

import re
from dataclasses import dataclass
from uuid import UUID

_OID = re.compile(r"[0-2](\.(0|[1-9]\d*))+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Identifier:
    """A value (`extension`) issued by an authority (`root`, an OID); a bare OID or UUID has no extension."""

    root: str
    extension: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A code, the OID of its code system and its official label."""

    code: str
    system: str
    label: str
    system_name: str = ""


def is_oid(text: str) -> bool:
    """Tell whether the text is a dotted OID of at most 64 characters (DICOM and XDS limit)."""
    return len(text) <= 64 and _OID.fullmatch(text) is not None


def oid_of_uuid(value: UUID) -> str:
    """Mint the bare OID of a UUID under the public arc 2.25 (ITU-T X.667): the DMP refuses the OID^extension form."""
    return f"2.25.{value.int}"
