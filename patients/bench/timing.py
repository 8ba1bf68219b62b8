"""What something costs: the time it takes, and the processor it uses here and in PostgreSQL, whatever the others do."""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from django.db import connection

T = TypeVar("T")


@dataclass(slots=True, kw_only=True)
class Costs:
    """Seconds of one thing done for many questions: the first time, at best of `times`, and of processor.

    On a machine that others use, the clock counts their work too: the best of some times is nearer to what the thing
    takes by itself, and the processor (of this process and of its server's, at best too) is what it costs.
    """

    name: str
    times: int = 1
    first: list[float] = field(default_factory=list)
    best: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)

    def of(self, action: Callable[[], T]) -> T:
        """Do it as many times as wanted; give what it gave the first time."""
        runs = [_run(action) for _ in range(self.times)]
        self.first.append(runs[0][1])
        self.best.append(min(clock for _, clock, _ in runs))
        self.processor.append(min(spent for _, _, spent in runs))
        return runs[0][0]

    def lines(self) -> Iterator[str]:
        """The figures in milliseconds; the processor is left out where the system does not tell it."""
        yield f"{self.name:<40}{len(self.first):>6} fois   {percentiles(self.first)}"
        if self.times > 1:
            yield f"{'':<40}au mieux de {self.times}   {percentiles(self.best)}"
        if any(self.processor):
            yield f"{'':<40} processeur   {percentiles(self.processor)}"


def _run(action: Callable[[], T]) -> tuple[T, float, float]:
    server, here, started = _server_time(), time.process_time(), time.perf_counter()
    given = action()
    clock = time.perf_counter() - started
    return given, clock, time.process_time() - here + _server_time() - server


def percentiles(seconds: Sequence[float]) -> str:
    if not seconds:
        return "—"
    ordered = sorted(seconds)
    of = [ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000 for share in (0.5, 0.95, 0.99)]
    return "p50 {:>6.1f}  p95 {:>6.1f}  p99 {:>6.1f} ms".format(*of)


def load() -> str:
    """How busy the machine is: with more waiting than it has processors, the clock counts the others' work too."""
    return f"charge {os.getloadavg()[0]:.1f} pour {os.cpu_count()} processeurs"


def _server_time() -> float:
    """Seconds of processor of the PostgreSQL process behind our connection, where Linux says it; otherwise none."""
    if connection.connection is None:
        return 0.0
    try:
        told = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat").read_text()
    except OSError:
        return 0.0
    return int(told.split()[0]) / 1e9
