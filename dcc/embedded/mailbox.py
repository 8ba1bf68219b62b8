"""Reads what the local mail server filed, for the demo's mailbox page: pure functions over a folder.

Mails are written by others: nothing here trusts a name, a header or a size found in one.
"""

import datetime
import email.errors
import email.message
import email.parser
import email.policy
import re
from dataclasses import dataclass
from pathlib import Path

from dcc.embedded.peerstore import PeerStore

CHANNELS = {"mssante": "Messagerie sécurisée (MSSanté)", "ordinary": "Messagerie ordinaire"}
_KEY = re.compile(r"(mssante|ordinary)-([0-9a-f]{40})")
_HEADER_BYTES = 64 * 1024


class MailNotFound(LookupError):
    """No mail has this key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSummary:
    """A line of the mailbox; `recipients` are those of the envelope, `received_at` is in UTC."""

    key: str
    channel: str
    sender: str
    recipients: tuple[str, ...]
    subject: str
    received_at: datetime.datetime
    size: int
    has_attachments: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file joined to a mail; the name has no folder in it."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One mail, decoded."""

    summary: MailSummary
    headers: tuple[tuple[str, str], ...]
    text: str
    attachments: tuple[Attachment, ...]


def list_mails(folder: Path, *, limit: int = 100) -> list[MailSummary]:
    """The newest mails of all doors, newest first; an absent folder is an empty mailbox."""
    files = [(channel, path) for channel in CHANNELS for path in PeerStore(folder=folder / channel).kept()[:limit]]
    files.sort(key=lambda item: item[1].stat().st_mtime_ns, reverse=True)
    return [_summary(channel, path) for channel, path in files[:limit]]


def read_mail(folder: Path, key: str) -> Mail:
    """The mail of this key; MailNotFound for an unknown or malformed one."""
    channel, path = _locate(folder, key)
    message = email.parser.BytesParser(policy=email.policy.default).parsebytes(path.read_bytes())
    text, attachments = _parts(message)
    return Mail(
        summary=_summary(channel, path),
        headers=tuple((name, _plain(value)) for name, value in message.raw_items()),
        text=text,
        attachments=tuple(attachments),
    )


def raw_mail(folder: Path, key: str) -> bytes:
    """The mail as filed, for download; MailNotFound for an unknown or malformed key."""
    return _locate(folder, key)[1].read_bytes()


def _locate(folder: Path, key: str) -> tuple[str, Path]:
    found = _KEY.fullmatch(key)
    path = folder / found.group(1) / "new" / found.group(2) if found else None
    if found is None or path is None or not path.is_file():
        raise MailNotFound(key)
    return found.group(1), path


def _summary(channel: str, path: Path) -> MailSummary:
    with path.open("rb") as file:
        start = file.read(_HEADER_BYTES)
    headers = email.parser.BytesHeaderParser(policy=email.policy.default).parsebytes(start)
    details = path.stat()
    return MailSummary(
        key=f"{channel}-{path.name}",
        channel=channel,
        sender=_header(headers, "From"),
        recipients=tuple(_plain(value) for name, value in headers.raw_items() if name.lower() == "delivered-to"),
        subject=_header(headers, "Subject"),
        received_at=datetime.datetime.fromtimestamp(details.st_mtime, datetime.UTC),
        size=details.st_size,
        has_attachments=headers.get_content_type() == "multipart/mixed",
    )


def _header(message: email.message.Message, name: str) -> str:
    """A header decoded, or as written when it cannot be: the parser raises on some malformed ones."""
    try:
        return _plain(message.get(name, ""))
    except (ValueError, IndexError, email.errors.MessageError):
        return _plain(dict(message.raw_items()).get(name, ""))


def _plain(value: object) -> str:
    """One line of text without control characters."""
    text = re.sub(r"\s+", " ", str(value).encode("utf-8", "replace").decode("utf-8"))
    return "".join(character for character in text if character.isprintable()).strip()


def _parts(message: email.message.Message) -> tuple[str, list[Attachment]]:
    """The first plain text, and every other leaf as an attachment."""
    text: str | None = None
    attachments: list[Attachment] = []
    for part in message.walk():
        if part.is_multipart():
            continue
        name = part.get_filename()
        content = part.get_payload(decode=True)
        content = content if isinstance(content, bytes) else b""
        if text is None and name is None and part.get_content_type() == "text/plain":
            text = _decode(content, part.get_content_charset())
            continue
        attachments.append(
            Attachment(
                name=_file_name(name, len(attachments) + 1), content_type=part.get_content_type(), content=content
            )
        )
    return text or "", attachments


def _decode(content: bytes, charset: str | None) -> str:
    try:
        return content.decode(charset or "utf-8", errors="replace").replace("\r\n", "\n")
    except LookupError:  # a charset that does not exist
        return content.decode("utf-8", errors="replace").replace("\r\n", "\n")


def _file_name(name: str | None, number: int) -> str:
    bare = re.split(r"[/\\]", _plain(name or ""))[-1].lstrip(".")
    return bare[:120] or f"piece-jointe-{number}"
