"""The bench of identity feeds: messages read, decided in memory and stored, and the reading against hl7apy.

One process, invented messages: a morning of a hospital, one patient for about eight messages. Both readers must give
the same thing of each: every IPP of PID-3, the birth name, the date, the status.
"""

import gc
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median
from typing import Any
from uuid import UUID

from django.db import connections

from dcc.audit.record import System
from interop.hl7v2.reader import parse
from interop.pam.hearing import Policy
from interop.pam.memory import MemoryRegistry
from interop.pam.message import read_adt
from interop.pam.processing import process
from interop.pam.said import value_of
from interop.pam_store.receiving import receive
from interop.pam_store.source import Source
from patients.insi.choice import platform

Facts = tuple[tuple[str, ...], str, str, str]
ROUNDS, THREADS, PER_PATIENT = 5, 4, 8
AUTHORITY = "1.2.250.1.999.1.1"
NOW = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
ORGANISATION = UUID("00000000-0000-0000-0000-00000000000a")
# A hospital that feeds us, in an empty database; identifiers of the bench only.
FILL = """
INSERT INTO tenancy_network (id, slug, name) VALUES (1, 'banc', 'Banc');
INSERT INTO tenancy_region (id, network_id, code, name) VALUES (1, 1, 'banc', 'Banc');
INSERT INTO tenancy_principal (id, kind, label) VALUES (1, 'organisation', 'Hôpital du banc');
INSERT INTO organisations_organisation (id, region_id, kind, name, short_name, finess, oid, phone, email,
  mssante_address, address_line, postcode, city, logo_version, principal_id)
VALUES ('00000000-0000-0000-0000-00000000000a', 1, 'network', 'Hôpital du banc', 'Banc', '',
  '1.2.250.1.999.1.1', '', '', '', '', '', '', 0, 1);
"""
VISIT = (
    "PD1||U||||||||||N\nPV1|1|I|^^^CH&1.2.3&ISO^O|R|||80{0:010d}^LAGARDE^INES^^^^^^ASIP-SANTE-PS&1.2.250.1.71.4.2.1&ISO^D"
    "^^^IDNPS||||||||||||V{0}^^^CH&" + AUTHORITY + "&ISO^VN|||||||||||||||||||||||||20260302090000\n"
    "ZBE|m{1}^CH|20260302090000||INSERT|N||U^^^^^CH&" + AUTHORITY + "&ISO^UF^^^6268|U^^^^^CH&" + AUTHORITY
    + "&ISO^UF^^^6268|HMS\nZFA|ACTIF|20240306111154|||||||INO|20240306111154|IC|20240306111154\nZFD|||Y|N|INSI|20211201"
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """Messages a second: the median and the worst of some rounds."""

    name: str
    usual: float
    worst: float

    def line(self) -> str:
        return f"{self.name:<48}{self.usual:>9.0f} messages/s   au pire {self.worst:>9.0f}"


def feed(count: int, *, first: int = 0) -> list[bytes]:
    """Invent a morning: creations, updates, stays, some merges and changes of number; `first` begins other patients."""
    patients = max(1, count // PER_PATIENT)
    return [_message(rank, first + rank % patients, first) for rank in range(count)]


def _message(rank: int, patient: int, first: int) -> bytes:
    kind = rank % 20
    event = {0: "A40", 1: "A47", 2: "A28", 3: "A31", 4: "A31"}.get(kind) or ("A01", "A02", "A08", "A03")[kind % 4]
    at = f"20260302{rank // 60 % 24:02d}{rank % 60:02d}00+0100"
    ids = _ipp(f"N{first}-{rank}" if event == "A47" else f"{patient:06d}")
    lines = [
        f"MSH|^~\\&|GAM|CH|DCC|RESEAU|{at}||ADT^{event}|{first}-{rank}|T|2.5^FRA^2.11|||||FRA|UNICODE UTF-8|FR||"
        "2.11^IHE_FRANCE-2.11-PAM",
        f"EVN||{at}",
        f"PID|1||{ids}||PAT-{_letters(patient)}^DOMINIQUE^DOMINIQUE MARIE^^^^L||19790328|F|||28 AVENUE HAUTE^^ARMORGNE"
        "^^99100^FRA^H~^^^^^^BDL^^63220||^PRN^CP^^^^^^^^^0600000000|||||||||||||||||||VALI",
    ]
    if event in ("A40", "A47"):
        lines.append(f"MRG|{_ipp(f'X{first}-{rank}')}")
    elif event in ("A28", "A31"):
        lines.append("PV1|1|N")
    else:
        lines += VISIT.format(patient, rank).split("\n")
    return "".join(f"{line}\r" for line in lines).encode()


def _ipp(value: str) -> str:
    return f"{value}^^^CH&{AUTHORITY}&ISO^PI"


def _letters(number: int) -> str:
    return "".join(chr(65 + int(digit)) for digit in f"{number:06d}")


def ours(raw: bytes) -> Facts:
    """Read the facts of a message with our reader."""
    pid = read_adt(parse(raw)).pid
    name = value_of(pid.names, ())[0]
    ids = tuple(value_of(cx.value, "") for cx in value_of(pid.identifiers, ()))
    return ids, value_of(name.family, ""), value_of(pid.birth, ""), value_of(pid.reliability, ("",))[0]


def with_hl7apy(raw: bytes) -> Facts:
    """Read the same facts with hl7apy, which refuses a national version."""
    from hl7apy.parser import parse_message

    pid = parse_message(raw.decode().replace("2.5^FRA^2.11", "2.5"), find_groups=False).pid
    ids = tuple(cx.cx_1.value for cx in pid.pid_3)
    return ids, pid.pid_5[0].xpn_1.fn_1.to_er7(), pid.pid_7.value, pid.pid_32[0].value


def reading(count: int) -> Iterator[Rate]:
    """What the code costs, without a database. Raises AssertionError when the readers do not agree."""
    messages = feed(count)
    few = messages[: max(1, count // 20)]
    assert [ours(raw) for raw in few] == [with_hl7apy(raw) for raw in few], "the two readers disagree"
    yield _rate("lus et typés, tous segments", lambda: [read_adt(parse(raw)) for raw in messages], count)
    yield _rate("traits du PID, lus ici", lambda: [ours(raw) for raw in messages], count)
    yield _rate("traits du PID, lus par hl7apy", lambda: [with_hl7apy(raw) for raw in few], len(few))
    yield _rate("lus, décidés et répondus, en mémoire", lambda: _decide(messages), count)


def storing(count: int) -> Iterator[Rate]:
    """What PostgreSQL makes of it, each message its own committed transaction, as dcc_worker."""
    source = Source(
        organisation_id=ORGANISATION,
        region_id=1,
        regions=(1,),
        name="Banc",
        policy=Policy(platform=platform(), authorities={AUTHORITY: str(ORGANISATION), "CH": str(ORGANISATION)}),
    )
    firsts = iter(range(0, 10**9, count))
    yield _rate("stockés, une connexion", lambda: _store(feed(count, first=next(firsts)), source), count, rounds=3)
    yield _rate(
        f"stockés, {THREADS} connexions du même processus",
        lambda: _store_together(feed(count, first=next(firsts)), source),
        count,
        rounds=3,
    )


def _decide(messages: list[bytes]) -> None:
    registry, policy = MemoryRegistry(), Policy(platform=platform())
    for raw in messages:
        outcome = process(raw, registry=registry, policy=policy, now=NOW)
        assert outcome.code == "AA", outcome.alerts


def _store(messages: list[bytes], source: Source) -> None:
    for raw in messages:
        outcome = receive(raw, source=source, by=System("banc"), now=NOW)
        assert outcome.code == "AA", outcome.alerts


def _store_together(messages: list[bytes], source: Source) -> None:
    def work(share: list[bytes]) -> None:
        try:
            _store(share, source)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(work, [messages[rank::THREADS] for rank in range(THREADS)]))


def _rate(name: str, run: Callable[[], Any], count: int, *, rounds: int = ROUNDS) -> Rate:
    rates = []
    for _ in range(rounds):
        gc.collect()
        start = time.perf_counter()
        run()
        rates.append(count / (time.perf_counter() - start))
    return Rate(name=name, usual=median(rates), worst=min(rates))
