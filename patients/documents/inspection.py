"""Everything a file goes through before it is kept: what it is, whether it opens, whether it may be shown."""

from dataclasses import dataclass
from datetime import date

from django.conf import settings

from patients.documents.cda_reading import Cda, read_cda
from patients.documents.formats import check_name, format_of, read_text
from patients.documents.kinds import kind_of_loinc
from patients.documents.pdf_safety import check_pdf
from patients.documents.pictures import check_picture
from patients.documents.refusal import FileRefused
from patients.models import ReceivedFormat

_LONGEST_TEXT = 1_000_000
# What a CDA of level 1 may wrap and how it is read.
WRAPPED = {
    "application/pdf": ReceivedFormat.PDF,
    "image/png": ReceivedFormat.PNG,
    "image/jpeg": ReceivedFormat.JPEG,
    "image/jpg": ReceivedFormat.JPEG,
    "image/tiff": ReceivedFormat.TIFF,
    "text/plain": ReceivedFormat.TEXT,
}
_PICTURES = (ReceivedFormat.PNG, ReceivedFormat.JPEG, ReceivedFormat.TIFF)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspected:
    """What is known of an acceptable file. Empty words and None are for its reader to fill."""

    format: ReceivedFormat
    pages: int = 1
    kind: str = ""
    title: str = ""
    author: str = ""
    origin: str = ""
    dated_on: date | None = None
    cda: Cda | None = None


def inspect(data: bytes, *, name: str = "") -> Inspected:
    """Recognise, open and check a file and the name it came under. Raises FileRefused with what its owner can do."""
    if len(data) > settings.DOCUMENT_MAX_BYTES:
        raise FileRefused("Ce fichier est trop lourd.", "Ajoutez les pages utiles seulement.")
    found = format_of(data)
    check_name(name, found)
    if found == ReceivedFormat.CDA:
        return _inspect_cda(data)
    return Inspected(format=found, pages=_pages(data, found))


def wrapped_format(cda: Cda) -> ReceivedFormat:
    """What a level 1 carries. Raises FileRefused for a kind we do not show."""
    found = WRAPPED.get(cda.media_type.split(";")[0].strip().lower())
    if found is None:
        raise FileRefused(
            f"Ce CDA contient un fichier «\u00a0{cda.media_type}\u00a0».", "Demandez-le en PDF à son auteur."
        )
    return found


def _pages(data: bytes, kind: ReceivedFormat) -> int:
    if kind == ReceivedFormat.PDF:
        return check_pdf(data)
    if kind in _PICTURES:
        return check_picture(data, kind)
    if len(read_text(data)) > _LONGEST_TEXT:
        raise FileRefused("Ce texte est trop long pour être affiché.", "Enregistrez-le en PDF, puis ajoutez-le.")
    return 1


def _inspect_cda(data: bytes) -> Inspected:
    cda = read_cda(data)
    pages = 1
    if cda.body is not None:
        inner = wrapped_format(cda)
        if inner in (ReceivedFormat.PDF, *_PICTURES) and format_of(cda.body) != inner:
            raise FileRefused(
                "Le fichier contenu dans ce CDA n’est pas ce qu’il annonce.", "Demandez-le en PDF à son auteur."
            )
        pages = _pages(cda.body, inner)
    return Inspected(
        format=ReceivedFormat.CDA,
        pages=pages,
        kind=kind_of_loinc(cda.code) or "",
        title=cda.title[:150],
        author=", ".join(cda.authors)[:150],
        origin=cda.origin[:150],
        dated_on=cda.made_on,
        cda=cda,
    )
