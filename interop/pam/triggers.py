"""The ADT events of PAM France: their structure (MSH-9.3) and what they do to an identity and to a visit.

Source: PAM FR 2.11 list as given in the exchange fact sheet; A08 is not in it but is what international senders use.
"""

from dataclasses import dataclass
from enum import Enum


class Family(Enum):
    """What an event does to identities."""

    IDENTITY = "identity"  # says traits of one identity
    VISIT = "visit"  # the same, and something of a visit
    MERGE = "merge"  # one identifier disappears into another
    CHANGE = "change"  # an identifier is replaced, same person
    NOTED = "noted"  # accepted and traced, no automatic effect


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """One event: `needs` are the segments without which it is refused."""

    code: str
    structure: str
    family: Family
    needs: tuple[str, ...]


def _each(codes: str, structure: str, family: Family, needs: str) -> dict[str, Trigger]:
    return {
        code: Trigger(code=code, structure=structure, family=family, needs=("EVN", *needs.split()))
        for code in codes.split()
    }


TRIGGERS = {
    **_each("A28 A31", "ADT_A05", Family.IDENTITY, "PID"),
    **_each("A40", "ADT_A39", Family.MERGE, "PID MRG"),
    **_each("A47", "ADT_A30", Family.CHANGE, "PID MRG"),
    **_each("A01 A04 A08 A13 Z99", "ADT_A01", Family.VISIT, "PID PV1"),
    **_each("A02", "ADT_A02", Family.VISIT, "PID PV1"),
    **_each("A03", "ADT_A03", Family.VISIT, "PID PV1"),
    **_each("A05", "ADT_A05", Family.VISIT, "PID PV1"),
    **_each("A06 A07", "ADT_A06", Family.VISIT, "PID PV1"),
    **_each("A11", "ADT_A09", Family.VISIT, "PID PV1"),
    **_each("A12", "ADT_A12", Family.VISIT, "PID PV1"),
    **_each("A38", "ADT_A38", Family.VISIT, "PID PV1"),
    # Pending events, leaves, changes of doctor, links, accounts: nothing a tumour board acts on by itself.
    **_each("A14", "ADT_A05", Family.NOTED, "PID"),
    **_each("A15", "ADT_A15", Family.NOTED, "PID"),
    **_each("A16", "ADT_A16", Family.NOTED, "PID"),
    **_each("A21 A22 A25 A26 A27 A32 A33", "ADT_A21", Family.NOTED, "PID"),
    **_each("A52 A53", "ADT_A52", Family.NOTED, "PID"),
    **_each("A54 A55", "ADT_A54", Family.NOTED, "PID"),
    **_each("A09 A10", "ADT_A09", Family.NOTED, "PID"),
    **_each("A24", "ADT_A24", Family.NOTED, "PID"),
    **_each("A37", "ADT_A37", Family.NOTED, "PID"),
    **_each("A44", "ADT_A43", Family.NOTED, "PID"),
    **_each("A49", "ADT_A30", Family.NOTED, "PID"),
}
