"""Messages of a PAM feed a second: parse, type, decide, against hl7apy (and python-hl7 if it is installed), same run.

`python -m tests.interop.bench_adt [N]`, one process, one thread, registry in memory: what the code costs, not the
store. Each reader must give the same thing: every IPP and INS of PID-3, the birth name, the date, the status.
"""

import gc
import importlib
import importlib.util
import statistics
import sys
import time
from collections.abc import Callable

from hl7apy.parser import parse_message

from interop.hl7v2.reader import parse
from interop.pam.message import read_adt
from interop.pam.processing import process
from interop.pam.said import value_of
from tests.interop.pam_feed import AUTHORITY, NOW, POLICY, Adt, Hospital, ipp

Facts = tuple[tuple[str, ...], str, str, str]
ROUNDS = 5
VISIT = (
    "PD1||U||||||||||N\nPV1|1|I|^^^CH&1.2.3&ISO^O|R|||80{0:010d}^LAGARDE^INES^^^^^^ASIP-SANTE-PS&1.2.250.1.71.4.2.1&ISO^D^^^"
    "IDNPS||||||||||||V{0}^^^CH&" + AUTHORITY + "&ISO^VN|||||||||||||||||||||||||20260302090000\n"
    "ZBE|m{1}^CH|20260302090000||INSERT|N||U^^^^^CH&" + AUTHORITY + "&ISO^UF^^^6268|U^^^^^CH&" + AUTHORITY
    + "&ISO^UF^^^6268|HMS\nZFA|ACTIF|20240306111154|||||||INO|20240306111154|IC|20240306111154\nZFD|||Y|N|INSI|20211201"
)  # fmt: skip


def feed(count: int) -> list[bytes]:
    """A morning of a hospital: creations, updates, stays, some merges; one patient for about eight messages."""
    messages = []
    for rank in range(count):
        patient, kind = rank % max(1, count // 8), rank % 20
        event = {0: "A40", 1: "A47", 2: "A28", 3: "A31", 4: "A31"}.get(kind) or ("A01", "A02", "A08", "A03")[kind % 4]
        message = Adt(
            event=event,
            minute=rank % 1400,
            ids=ipp(f"N{rank}" if event == "A47" else f"{patient:06d}"),
            addresses="28 AVENUE HAUTE^^ARMORGNE^^99100^FRA^H~^^^^^^BDL^^63220",
            contacts="^PRN^CP^^^^^^^^^0600000000",
            mrg=ipp(f"X{rank}") if event in ("A40", "A47") else "",
            extra=VISIT.format(patient, rank) if event < "A20" else "PV1|1|N" if event in ("A28", "A31") else "",
            control=f"{rank:08d}",
        )
        messages.append(message.raw())
    return messages


def ours(raw: bytes) -> Facts:
    pid = read_adt(parse(raw)).pid
    name = value_of(pid.names, ())[0]
    ids = tuple(value_of(cx.value, "") for cx in value_of(pid.identifiers, ()))
    return ids, value_of(name.family, ""), value_of(pid.birth, ""), value_of(pid.reliability, ("",))[0]


def with_hl7apy(raw: bytes) -> Facts:
    text = raw.decode().replace("2.5^FRA^2.11", "2.5")  # it refuses a national version
    pid = parse_message(text, find_groups=False).pid
    ids = tuple(cx.cx_1.value for cx in pid.pid_3)
    return ids, pid.pid_5[0].xpn_1.fn_1.to_er7(), pid.pid_7.value, pid.pid_32[0].value


def with_python_hl7(raw: bytes) -> Facts:
    library = importlib.import_module("hl7")
    pid = library.parse(raw.decode()).segment("PID")
    ids = tuple(str(repetition[0]) for repetition in pid[3])
    return ids, str(pid[5][0][0]), str(pid[7]), str(pid[32])


def rate(run: Callable[[], object], count: int) -> tuple[float, float]:
    """Messages a second, median and worst of the rounds."""
    rates = []
    for _ in range(ROUNDS):
        gc.collect()
        start = time.perf_counter()
        run()
        rates.append(count / (time.perf_counter() - start))
    return statistics.median(rates), min(rates)


def decide(messages: list[bytes]) -> None:
    hospital = Hospital()
    for raw in messages:
        outcome = process(raw, registry=hospital.registry, policy=POLICY, now=NOW)
        assert outcome.code == "AA", outcome.alerts


def main(count: int) -> list[str]:
    messages = feed(count)
    few = messages[: max(1, count // 20)]
    assert [ours(raw) for raw in few] == [with_hl7apy(raw) for raw in few]
    size = sum(map(len, messages)) / count
    lines: dict[str, tuple[float, float]] = {
        "cut into segments (reader)": rate(lambda: [parse(raw) for raw in messages], count),
        "every segment typed": rate(lambda: [read_adt(parse(raw)) for raw in messages], count),
        "PID facts, ours": rate(lambda: [ours(raw) for raw in messages], count),
        "PID facts, hl7apy": rate(lambda: [with_hl7apy(raw) for raw in few], len(few)),
        "parsed, decided, answered": rate(lambda: decide(messages), count),
    }
    if importlib.util.find_spec("hl7") is not None:
        lines["PID facts, python-hl7"] = rate(lambda: [with_python_hl7(raw) for raw in messages], count)
    report = [f"{count} messages, {size:.0f} bytes on average, {ROUNDS} rounds: median (worst) messages a second"]
    report += [f"{name:<28} {median:>9.0f} ({worst:.0f})" for name, (median, worst) in lines.items()]
    report.append(f"ours / hl7apy: x {lines['PID facts, ours'][0] / lines['PID facts, hl7apy'][0]:.0f}")
    if "PID facts, python-hl7" not in lines:
        report.append("python-hl7 is not in the lock: not measured")
    return report


if __name__ == "__main__":
    print("\n".join(main(int(sys.argv[1]) if len(sys.argv) > 1 else 4000)))  # noqa: T201
