"""How a fake peer is told to misbehave: a small file that it reads again whenever it changes.

    set_fault(state.faults / "mail.json", Fault(mode=FaultMode.DEFER, times=3))
    set_fault(state.faults / "mail.json", None)

The file survives the peer's restarts; the number of times left is counted by the running peer.
"""

import json
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path


class FaultMode(StrEnum):
    """What the peer does instead of accepting."""

    REFUSE = "refuse"  # SMTP 550, HL7 AE: a human must look
    DEFER = "defer"  # SMTP 451, HL7 AR: try again
    HANG = "hang"  # says nothing for `seconds`, then accepts
    DROP_BEFORE_STORING = "drop-before-storing"  # hangs up, nothing kept
    DROP_AFTER_STORING = "drop-after-storing"  # hangs up with the message kept: the sender cannot know


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One misbehaviour: for the messages whose identifier or recipient contains `match`, at most `times` times."""

    mode: FaultMode
    match: str = ""
    seconds: float = 30.0
    times: int | None = None


def set_fault(file: Path, fault: Fault | None) -> None:
    """Write the control file in one step, or remove it."""
    if fault is None:
        file.unlink(missing_ok=True)
        return
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_suffix(".tmp")
    draft.write_text(json.dumps(asdict(fault)))
    draft.rename(file)


@dataclass(slots=True)
class FaultSwitch:
    """The running peer's view of its control file."""

    file: Path
    _version: tuple[int, int] = field(default=(0, 0), init=False)
    _fault: Fault | None = field(default=None, init=False)
    _used: int = field(default=0, init=False)

    def current(self, *texts: str) -> Fault | None:
        """The fault that applies to a message described by these texts; None to behave. Does not count it."""
        self._refresh()
        fault = self._fault
        if fault is None or (fault.times is not None and self._used >= fault.times):
            return None
        return fault if any(fault.match in text for text in texts) else None

    def used(self) -> None:
        """Count the current fault as applied once more."""
        self._used += 1

    def _refresh(self) -> None:
        try:
            details = self.file.stat()
        except FileNotFoundError:
            self._version, self._fault = (0, 0), None
            return
        version = (details.st_mtime_ns, details.st_ino)
        if version != self._version:
            values = json.loads(self.file.read_text())
            self._fault = Fault(**(values | {"mode": FaultMode(values["mode"])}))
            self._version, self._used = version, 0
