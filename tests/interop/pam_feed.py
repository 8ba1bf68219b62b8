"""Writes the messages of an invented hospital feed, as text: the tests of PAM do not read with what they write."""

from dataclasses import dataclass
from datetime import UTC, datetime

from interop.pam.hearing import Policy
from interop.pam.memory import MemoryRegistry
from interop.pam.outcome import Outcome
from interop.pam.person import Identity
from interop.pam.processing import process
from interop.pam.record import LocalId
from patients.identity.ins import Platform

NOW = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
AUTHORITY = "1.2.250.1.999.1.1"
OTHER_AUTHORITY = "1.2.250.1.999.2.2"
INS_A = "279035121518989"
INS_B = "109076322083489"
TEST_OID, REAL_OID = "1.2.250.1.213.1.4.10", "1.2.250.1.213.1.4.8"
POLICY = Policy(platform=Platform.TEST)


def ipp(value: str, authority: str = AUTHORITY) -> str:
    return f"{value}^^^CH&{authority}&ISO^PI"


def ins(matricule: str, oid: str = TEST_OID) -> str:
    return f"{matricule}^^^ASIP-SANTE-INS-NIR&{oid}&ISO^INS"


@dataclass(frozen=True, kw_only=True)
class Adt:
    """One message; `minute` orders it in the morning of 2 March 2026; `extra` are more segments."""

    event: str
    minute: int
    ids: str
    name: str = "PAT-TROIS^DOMINIQUE^DOMINIQUE MARIE^^^^L"
    birth: str = "19790328"
    sex: str = "F"
    addresses: str = "^^^^^^BDL^^63220"
    contacts: str = ""
    status: str = "VALI"
    mrg: str = ""
    extra: str = ""
    control: str = ""
    processing: str = "T"
    facility: str = "CH"

    @property
    def control_id(self) -> str:
        return self.control or f"{self.event}{self.minute:05d}"

    def raw(self) -> bytes:
        at = f"202603{2 + self.minute // 1440:02d}{self.minute // 60 % 24:02d}{self.minute % 60:02d}00+0100"
        lines = [
            f"MSH|^~\\&|GAM|{self.facility}|DCC|RESEAU|{at}||ADT^{self.event}|{self.control_id}|{self.processing}"
            "|2.5^FRA^2.11|||||FRA|UNICODE UTF-8|FR||2.11^IHE_FRANCE-2.11-PAM",
            f"EVN||{at}",
            f"PID|1||{self.ids}||{self.name}||{self.birth}|{self.sex}|||{self.addresses}||{self.contacts}"
            f"|||||||||||||||||||{self.status}",
            *([f"MRG|{self.mrg}"] if self.mrg else []),
            *self.extra.split("\n"),
        ]
        return "".join(f"{line}\r" for line in lines if line).encode()


class Hospital:
    """A registry fed message after message."""

    def __init__(self, policy: Policy = POLICY, registry: MemoryRegistry | None = None) -> None:
        self.policy = policy
        self.registry = registry or MemoryRegistry()

    def send(self, *messages: Adt | bytes, now: datetime = NOW) -> Outcome[int]:
        """Process messages in the order given; return the last outcome."""
        for message in messages:
            raw = message if isinstance(message, bytes) else message.raw()
            outcome = process(raw, registry=self.registry, policy=self.policy, now=now)
        return outcome

    @property
    def state(self) -> list[object]:
        """Everything a user could see, whatever the internal numbers: the living identities and the visits."""
        identities = sorted(map(repr, self.registry.identities.values()))
        visits = sorted(repr((number, visit.visit, visit.patient)) for number, visit in self.registry.visits.items())
        return [*identities, *visits]


MARTIN = "MARTIN^PAULE^PAULE ANNE^^^^L"
QUALIFIED = f"{ipp('1')}~{ins(INS_A)}"


def number(value: str, authority: str = AUTHORITY) -> LocalId:
    return LocalId(authority=authority, value=value)


def who(hospital: Hospital, value: str, authority: str = AUTHORITY) -> Identity:
    ref = hospital.registry.find(number(value, authority))
    assert ref is not None
    return hospital.registry.identities[ref]
