"""IHE_XDM.zip: written the same for the same submission, read without trusting it."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha1
from html import escape
from pathlib import PurePosixPath

from lxml import etree

from interop.cda.header import UnreadableDocument, parse_safely, read_header
from interop.terminologies import xds
from interop.xdm.metadata import ACTION_SLOT, LCM, RIM, Submission, build_metadata, file_name

ARCHIVE_NAME = "IHE_XDM.zip"
_SUBSET = "IHE_XDM/SUBSET01"
_NS = {"rim": RIM}
MAX_ENTRIES = 200
MAX_UNPACKED = 200 * 1024 * 1024


class InvalidArchive(ValueError):
    """The archive is unsafe, damaged or not an XDM one; the message says why without quoting its content."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedDocument:
    """One document of an archive, its size and hash checked; `action` is C, D or empty."""

    name: str
    content: bytes
    mime_type: str
    unique_id: str
    patient_id: str
    title: str
    type_code: str
    action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedArchive:
    """What an XDM archive brings."""

    submission_id: str
    patient_id: str
    documents: tuple[ReceivedDocument, ...]


def build_archive(submission: Submission) -> bytes:
    """Write IHE_XDM.zip; files are dated from the submission, so the same submission gives the same bytes."""
    files = [
        ("INDEX.HTM", _index(submission).encode()),
        ("README.TXT", _readme(submission).encode()),
        (f"{_SUBSET}/METADATA.XML", build_metadata(submission)),
        *((f"{_SUBSET}/{file_name(number)}", content) for number, content in enumerate(submission.documents, start=1)),
    ]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files:
            archive.writestr(_entry(name, submission.submitted_at), content, compresslevel=9)
    return buffer.getvalue()


def read_archive(raw: bytes, *, max_unpacked: int = MAX_UNPACKED) -> ReceivedArchive:
    """Read an archive; InvalidArchive for a path that escapes, a bomb, a wrong hash or size, a missing document."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            files = dict(_unpacked(archive, max_unpacked))
    except InvalidArchive:
        raise
    except (zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError, EOFError, RuntimeError, OSError) as error:
        raise InvalidArchive(f"unreadable zip: {type(error).__name__}") from None
    metadata_name = next((name for name in files if name.upper().endswith("/METADATA.XML")), None)
    if metadata_name is None:
        raise InvalidArchive("METADATA.XML is missing")
    try:
        root = parse_safely(files[metadata_name])
    except UnreadableDocument:
        raise InvalidArchive("METADATA.XML is not readable") from None
    if root.tag != f"{{{LCM}}}SubmitObjectsRequest":
        raise InvalidArchive("METADATA.XML is not a submission")
    folder = PurePosixPath(metadata_name).parent
    by_name = {name.upper(): content for name, content in files.items()}
    documents = tuple(_received(entry, folder, by_name) for entry in root.iter(f"{{{RIM}}}ExtrinsicObject"))
    package = root.find(".//rim:RegistryPackage", _NS)
    if package is None or not documents:
        raise InvalidArchive("the submission set or its documents are missing")
    return ReceivedArchive(
        submission_id=_external(package, xds.SUBMISSION_UNIQUE_ID),
        patient_id=_external(package, xds.SUBMISSION_PATIENT_ID),
        documents=documents,
    )


def _entry(name: str, moment: datetime) -> zipfile.ZipInfo:
    # Zip dates have no zone and an even number of seconds.
    entry = zipfile.ZipInfo(
        name, (moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second // 2 * 2)
    )
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = 3
    entry.external_attr = 0o644 << 16
    return entry


def _unpacked(archive: zipfile.ZipFile, limit: int) -> Iterator[tuple[str, bytes]]:
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        raise InvalidArchive("too many files")
    left, seen = limit, set()
    for entry in entries:
        _check_name(entry.filename)
        if entry.filename.upper() in seen:
            raise InvalidArchive("two files of the same name")
        seen.add(entry.filename.upper())
        if entry.is_dir():
            continue
        if entry.flag_bits & 0x1:
            raise InvalidArchive("encrypted file")
        with archive.open(entry) as stream:
            content = stream.read(left + 1)  # the declared size is not trusted
        if len(content) > left:
            raise InvalidArchive("unpacked content exceeds the limit")
        left -= len(content)
        yield entry.filename, content


def _check_name(name: str) -> None:
    parts = PurePosixPath(name).parts
    if not name or "\\" in name or ":" in name or "\0" in name or name.startswith("/") or ".." in parts:
        raise InvalidArchive("a file name leaves the archive")


def _received(entry: etree._Element, folder: PurePosixPath, files: dict[str, bytes]) -> ReceivedDocument:
    uri = _slot(entry, "URI")
    if not uri:
        raise InvalidArchive("a document has no file name")
    _check_name(uri)
    content = files.get(str(folder / uri).upper())
    if content is None:
        raise InvalidArchive("a document announced is missing")
    if _slot(entry, "size") not in ("", str(len(content))):
        raise InvalidArchive("a document has not the size announced")
    if _slot(entry, "hash").lower() != sha1(content, usedforsecurity=False).hexdigest():
        raise InvalidArchive("a document has not the hash announced")
    kind = entry.find(f"rim:Classification[@classificationScheme='{xds.DOCUMENT_TYPE}']", _NS)
    name = entry.find("rim:Name/rim:LocalizedString", _NS)
    return ReceivedDocument(
        name=uri,
        content=content,
        mime_type=entry.get("mimeType", ""),
        unique_id=_external(entry, xds.DOCUMENT_UNIQUE_ID),
        patient_id=_external(entry, xds.DOCUMENT_PATIENT_ID),
        title="" if name is None else name.get("value", ""),
        type_code="" if kind is None else kind.get("nodeRepresentation", ""),
        action=_slot(entry, ACTION_SLOT),
    )


def _slot(entry: etree._Element, name: str) -> str:
    return (
        entry.findtext(f"rim:Slot[@name='{name}']/rim:ValueList/rim:Value", default="", namespaces=_NS) or ""
    ).strip()


def _external(entry: etree._Element, scheme: str) -> str:
    found = entry.find(f"rim:ExternalIdentifier[@identificationScheme='{scheme}']", _NS)
    return "" if found is None else found.get("value", "")


def _index(submission: Submission) -> str:
    links = "".join(
        f'<li><a href="{_SUBSET}/{file_name(number)}">{escape(read_header(content).title)}</a></li>'
        for number, content in enumerate(submission.documents, start=1)
    )
    return (
        '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML Basic 1.1//EN" '
        '"http://www.w3.org/TR/xhtml-basic/xhtml-basic11.dtd">\n'
        '<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="fr"><head>'
        '<meta http-equiv="Content-Type" content="text/html; charset=utf-8" />'
        f"<title>{escape(submission.title)}</title></head><body><h1>{escape(submission.title)}</h1>"
        f"<p>{escape(submission.organisation.name)}</p><ul>{links}</ul>"
        '<p><a href="README.TXT">À propos de cette archive</a></p></body></html>\n'
    )


def _readme(submission: Submission) -> str:
    return (
        "Archive de documents de santé (IHE XDM)\r\n\r\n"
        f"Émetteur\u00a0: {submission.organisation.name}\r\n"
        f"Logiciel\u00a0: {submission.software}\r\n\r\n"
        "INDEX.HTM liste les documents. Chaque document est un fichier CDA (XML) du dossier IHE_XDM/SUBSET01,\r\n"
        "décrit par METADATA.XML. Le même contenu est joint au courriel en PDF.\r\n"
    )
