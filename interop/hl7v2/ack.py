"""Acknowledgements: written with the event, country and character set of what they answer, and read back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from interop.hl7v2 import writer
from interop.hl7v2.profile import Problem
from interop.hl7v2.reader import MalformedMessage, Message, Segment, parse
from interop.hl7v2.text import CODECS, Charset
from interop.terminologies.hl7v2 import COUNTRY, ERROR_LABELS, MDM_VERSION, AckCode

# Enhanced-mode peers answer with commit codes: a commit says that the message is safely stored, all we wait for.
_CODES = {
    "AA": AckCode.ACCEPTED,
    "CA": AckCode.ACCEPTED,
    "AE": AckCode.ERROR,
    "CE": AckCode.ERROR,
    "AR": AckCode.REJECTED,
    "CR": AckCode.REJECTED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AckError:
    """One ERR segment: where (`PID^1^3`), code of table 0357, application code when there is one, what is said."""

    location: str
    code: str
    label: str
    severity: str
    application_code: str
    application_label: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ack:
    """An acknowledgement as read; `sent_code` is MSA-1 as written, `code` its meaning in original mode."""

    code: AckCode
    sent_code: str
    acknowledged_id: str
    control_id: str
    text: str
    errors: tuple[AckError, ...]

    @property
    def accepted(self) -> bool:
        """The peer takes responsibility for the document."""
        return self.code is AckCode.ACCEPTED

    def answers(self, control_id: str) -> bool:
        """Tell whether this acknowledges the message of that control id (MSA-2)."""
        return self.acknowledged_id == control_id

    @property
    def reasons(self) -> str:
        """What a human must know of a refusal, in one line."""
        said = [self.text, *(error.message or error.application_label or error.label for error in self.errors)]
        return "\u00a0; ".join(part for part in said if part)


def build_ack(
    received: Message,
    *,
    code: AckCode,
    control_id: str,
    now: datetime,
    problems: Sequence[Problem] = (),
    text: str = "",
) -> bytes:
    """Answer a message; AE and AR carry one ERR a problem. `control_id` is the acknowledgement's own MSH-10."""
    msh = received.msh
    version = msh.value(12) or MDM_VERSION
    charset = msh.value(18) if msh.value(18) in CODECS else Charset.UTF8.value
    header = writer.segment(
        "MSH",
        {
            3: writer.components(msh.value(5)),
            4: writer.components(msh.value(6)),
            5: writer.components(msh.value(3)),
            6: writer.components(msh.value(4)),
            7: writer.timestamp(now),
            9: writer.components("ACK", msh.value(9, 2), "ACK") if msh.value(9, 2) else "ACK",
            10: writer.components(control_id),
            11: writer.components(msh.value(11)) or "P",
            12: writer.components(version),
            17: COUNTRY,
            18: writer.components(charset),
        },
    )
    lines = [
        header,
        writer.segment("MSA", {1: code.value, 2: writer.components(msh.value(10)), 3: writer.components(text)}),
        *map(_err, problems),
    ]
    return _encoded(lines, CODECS[charset])


def build_unreadable_ack(*, control_id: str, now: datetime, problem: Problem) -> bytes:
    """Answer AE to bytes that hold no readable header: nothing of theirs can be echoed."""
    header = writer.segment(
        "MSH",
        {
            7: writer.timestamp(now),
            9: "ACK",
            10: writer.components(control_id),
            11: "P",
            12: MDM_VERSION,
            17: COUNTRY,
            18: Charset.UTF8.value,
        },
    )
    return _encoded([header, writer.segment("MSA", {1: AckCode.ERROR.value}), _err(problem)], Charset.UTF8.codec)


def parse_ack(raw: bytes) -> Ack:
    """Read an acknowledgement; MalformedMessage when it has no MSA or an unknown code."""
    message = parse(raw)
    msa = message.first("MSA")
    if msa is None:
        raise MalformedMessage("the answer holds no MSA segment")
    sent_code = msa.value(1)
    if sent_code not in _CODES:
        raise MalformedMessage("the acknowledgement code is unknown")
    return Ack(
        code=_CODES[sent_code],
        sent_code=sent_code,
        acknowledged_id=msa.value(2),
        control_id=message.control_id,
        text=msa.value(3),
        errors=tuple(map(_read_error, message.named("ERR"))),
    )


def _read_error(segment: Segment) -> AckError:
    location = "^".join(segment.value(2, component) for component in range(1, 7)).rstrip("^")
    return AckError(
        location=location,
        code=segment.value(3),
        label=segment.value(3, 2),
        severity=segment.value(4),
        application_code=segment.value(5),
        application_label=segment.value(5, 2),
        message=segment.value(8),
    )


def _err(problem: Problem) -> str:
    location = [problem.segment, str(problem.rank), *([str(problem.field)] if problem.field else [])]
    return writer.segment(
        "ERR",
        {
            2: writer.components(*location),
            3: writer.components(problem.code.value, ERROR_LABELS[problem.code], "messageErrorCondition"),
            4: "E",
            8: writer.components(problem.text),
        },
    )


def _encoded(lines: list[str], codec: str) -> bytes:
    return "".join(line + "\r" for line in lines).encode(codec, errors="replace")
