"""An ADT message as typed segments: read from bytes or a parsed message, written back byte for byte the same way."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from interop.hl7v2.profile import Problem
from interop.hl7v2.reader import Message
from interop.hl7v2.text import CODECS, Charset
from interop.pam.datatypes import Moment
from interop.pam.layout import read_segment, write_segment
from interop.pam.said import Silence, value_of
from interop.pam.segments import Evn, Mrg, Msh, Nk1, Pd1, Pid, Pv1, Pv2, Rol, Zbe, Zfa, Zfd, Zfm, Zfp
from interop.pam.triggers import TRIGGERS, Trigger
from interop.terminologies.hl7v2 import ErrorCode

T = TypeVar("T")

LONGEST_CONTROL_ID = 199  # characters, as in the later versions of HL7 v2
# Segments in which an unreadable field makes the message unacceptable; elsewhere it is only said in the alerts.
_STRICT = frozenset({"MSH", "EVN", "PID", "MRG"})


class AdtRefused(ValueError):
    """The message cannot be accepted as it is; `problems` say why, in French, for the acknowledgement."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"{problem.segment}-{problem.field} {problem.code}" for problem in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True, kw_only=True)
class AdtMessage:
    """An event and everything it says; `alerts` tells what had to be forgiven, in French, without any trait."""

    msh: Msh
    evn: Evn
    pid: Pid
    pd1: Pd1 | None = None
    roles: tuple[Rol, ...] = ()
    relatives: tuple[Nk1, ...] = ()
    mrg: Mrg | None = None
    pv1: Pv1 | None = None
    pv2: Pv2 | None = None
    zbe: Zbe | None = None
    zfa: Zfa | None = None
    zfp: Zfp | None = None
    zfm: Zfm | None = None
    zfd: Zfd | None = None
    alerts: tuple[str, ...] = field(default=(), compare=False)

    @property
    def trigger(self) -> Trigger:
        """The event of MSH-9.2."""
        kind = self.msh.type
        return TRIGGERS["" if isinstance(kind, Silence) else value_of(kind.trigger, "")]

    @property
    def recorded_at(self) -> Moment:
        """When the event was recorded: what orders the events of an identity (EVN-2, else MSH-7)."""
        said = self.evn.recorded_at if not isinstance(self.evn.recorded_at, Silence) else self.msh.sent_at
        assert not isinstance(said, Silence)  # a message without either is refused when read
        return said


def read_adt(message: Message) -> AdtMessage:
    """Type a parsed message; raise AdtRefused with every reason found at the first level that fails."""
    problems = list(_header_problems(message))
    if problems:
        raise AdtRefused(problems)
    reading = _Reading(message)
    adt = AdtMessage(
        msh=reading.required("MSH", Msh),
        evn=reading.required("EVN", Evn),
        pid=reading.required("PID", Pid),
        pd1=reading.first("PD1", Pd1),
        roles=reading.every("ROL", Rol),
        relatives=reading.every("NK1", Nk1),
        mrg=reading.first("MRG", Mrg),
        pv1=reading.first("PV1", Pv1),
        pv2=reading.first("PV2", Pv2),
        zbe=reading.first("ZBE", Zbe),
        zfa=reading.first("ZFA", Zfa),
        zfp=reading.first("ZFP", Zfp),
        zfm=reading.first("ZFM", Zfm),
        zfd=reading.first("ZFD", Zfd),
        alerts=(*reading.alerts, *(("caractères ou fins de ligne hors norme",) if message.alerts else ())),
    )
    if not reading.problems and isinstance(adt.evn.recorded_at, Silence) and isinstance(adt.msh.sent_at, Silence):
        reading.problems.append(
            Problem(segment="EVN", field=2, code=ErrorCode.REQUIRED_FIELD, text="date de l’événement absente")
        )
    if reading.problems:
        raise AdtRefused(reading.problems)
    return adt


def write_adt(adt: AdtMessage) -> bytes:
    """Write a message in the order of the profile, in the character set it declares (UTF-8 if none).

    The same message always gives the same bytes; what was read from canonical bytes is written as those bytes.
    """
    declared = value_of(adt.msh.charset, "")
    codec = CODECS.get(declared, Charset.UTF8.codec)
    lines = [write_segment(name, value) for name, value in _segments(adt)]
    return "".join(f"{line}\r" for line in lines).encode(codec)


def _segments(adt: AdtMessage) -> Iterator[tuple[str, Any]]:
    yield from (("MSH", adt.msh), ("EVN", adt.evn), ("PID", adt.pid))
    if adt.pd1 is not None:
        yield "PD1", adt.pd1
    yield from (("ROL", role) for role in adt.roles)
    yield from (("NK1", relative) for relative in adt.relatives)
    middle = (("MRG", adt.mrg), ("PV1", adt.pv1), ("PV2", adt.pv2), ("ZBE", adt.zbe))
    french = (("ZFA", adt.zfa), ("ZFP", adt.zfp), ("ZFM", adt.zfm), ("ZFD", adt.zfd))
    yield from ((name, value) for name, value in (*middle, *french) if value is not None)


class _Reading:
    """Reads the segments of one message, keeping what is wrong with them."""

    def __init__(self, message: Message) -> None:
        self._segments: dict[str, list[Any]] = {}
        for segment in message.segments:
            self._segments.setdefault(segment.name, []).append(segment)
        self.problems: list[Problem] = []
        self.alerts: list[str] = []

    def every(self, name: str, of: type[T]) -> tuple[T, ...]:
        return tuple(
            read_segment(of, segment, self._refused(name, rank))
            for rank, segment in enumerate(self._segments.get(name, ()), start=1)
        )

    def first(self, name: str, of: type[T]) -> T | None:
        found = self._segments.get(name)
        return read_segment(of, found[0], self._refused(name, 1)) if found else None

    def required(self, name: str, of: type[T]) -> T:
        return read_segment(of, self._segments[name][0], self._refused(name, 1))

    def _refused(self, name: str, rank: int) -> Any:
        def refused(number: int, reason: str) -> None:
            if name in _STRICT:
                self.problems.append(
                    Problem(segment=name, field=number, rank=rank, code=ErrorCode.DATA_TYPE, text=reason)
                )
            else:
                self.alerts.append(f"{name}-{number}\u00a0: {reason}")

        return refused


def _header_problems(message: Message) -> Iterator[Problem]:
    msh = message.msh
    for number, label in ((3, "application émettrice"), (4, "établissement émetteur"), (10, "identifiant du message")):
        if not msh.value(number) and not msh.value(number, 1, 2):
            yield Problem(
                segment="MSH", field=number, code=ErrorCode.REQUIRED_FIELD, text=f"{label} absent de l’en-tête"
            )
    if len(msh.value(10)) > LONGEST_CONTROL_ID or not msh.value(10).isprintable():
        yield Problem(segment="MSH", field=10, code=ErrorCode.DATA_TYPE, text="identifiant du message illisible")
    if msh.value(9, 1) != "ADT":
        yield Problem(segment="MSH", field=9, code=ErrorCode.MESSAGE_TYPE, text="type de message autre que ADT")
        return
    trigger = TRIGGERS.get(msh.value(9, 2))
    if trigger is None:
        yield Problem(segment="MSH", field=9, code=ErrorCode.EVENT, text="événement hors du profil PAM France")
        return
    if msh.value(11) not in ("P", "T", "D"):
        yield Problem(segment="MSH", field=11, code=ErrorCode.PROCESSING_ID, text="mode de traitement inconnu")
    if not msh.value(12).startswith("2."):
        yield Problem(segment="MSH", field=12, code=ErrorCode.VERSION, text="version d’HL7 non prise en charge")
    names = [segment.name for segment in message.segments]
    for needed in trigger.needs:
        if needed not in names:
            yield Problem(segment=needed, code=ErrorCode.SEGMENT_SEQUENCE, text=f"segment {needed} absent")
    for single in ("MSH", "EVN", "PID", "MRG"):
        if names.count(single) > 1 and trigger.code not in ("A24", "A37"):
            yield Problem(segment=single, rank=2, code=ErrorCode.CARDINALITY, text=f"plusieurs segments {single}")
