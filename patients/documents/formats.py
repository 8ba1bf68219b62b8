"""What a file is, by its first bytes and never by its name; what is not accepted gets an advice (PAT-12)."""

import io
import re
import zipfile

from patients.documents.refusal import FileRefused
from patients.models import ReceivedFormat

TO_PDF = "Ouvrez-le, enregistrez-le en PDF (Fichier, Enregistrer sous, PDF), puis ajoutez ce PDF."
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_OFFICE = {
    "word/": "un document Word (.docx)",
    "xl/": "un classeur Excel (.xlsx)",
    "ppt/": "une présentation PowerPoint (.pptx)",
    "content.xml": "un document LibreOffice",
    "META-INF/": "une archive d’application",
}
_PICTURE = "Enregistrez l’image en PNG ou en JPEG, puis ajoutez-la."
# What else hospitals and telephones produce: (where the mark is, the mark, what it is, what to do).
_OTHERS: tuple[tuple[int, bytes, str, str], ...] = (
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "un ancien document Office (.doc, .xls) ou un courriel Outlook", TO_PDF),
    (0, rb"{\rtf", "un document RTF", TO_PDF),
    (128, b"DICM", "une image DICOM", "Ajoutez le compte rendu, ou les images clés exportées en JPEG."),
    (4, b"ftyphei", "une photo HEIC", "Partagez-la en JPEG depuis le téléphone, puis ajoutez-la."),
    (4, b"ftypmif1", "une photo HEIC", "Partagez-la en JPEG depuis le téléphone, puis ajoutez-la."),
    (4, b"ftyp", "une vidéo ou une photo de téléphone", "Ajoutez les images utiles, en JPEG."),
    (0, b"GIF8", "une image GIF", _PICTURE),
    (0, b"BM", "une image BMP", _PICTURE),
    (8, b"WEBP", "une image WebP", _PICTURE),
    (0, b"MZ", "un programme", "Ce n’est pas un document\u00a0: il n’entre pas dans un dossier."),
    (0, b"\x7fELF", "un programme", "Ce n’est pas un document\u00a0: il n’entre pas dans un dossier."),
    (0, b"7z\xbc\xaf", "une archive", "Ouvrez-la et ajoutez les documents qu’elle contient."),
    (0, b"Rar!", "une archive", "Ouvrez-la et ajoutez les documents qu’elle contient."),
    (0, b"\x1f\x8b", "une archive", "Ouvrez-la et ajoutez les documents qu’elle contient."),
    (0, b"%!PS", "un fichier PostScript", TO_PDF),
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_MARKUP = re.compile(r"<(!doctype\s+html|html|head|body|script)\b", re.IGNORECASE)


def format_of(data: bytes) -> ReceivedFormat:
    """Recognise one of the accepted formats. Raises FileRefused for an empty file or any other kind."""
    if not data.strip(b"\x00 \t\r\n"):
        raise FileRefused("Ce fichier est vide.", "Vérifiez-le à sa source, puis ajoutez-le de nouveau.")
    if b"%PDF-" in data[:1024]:
        return ReceivedFormat.PDF
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return ReceivedFormat.PNG
    if data.startswith(b"\xff\xd8\xff"):
        return ReceivedFormat.JPEG
    if data.startswith((b"II*\x00", b"MM\x00*")):
        return ReceivedFormat.TIFF
    if data.startswith(b"PK\x03\x04"):
        raise _zipped(data)
    for offset, mark, what, advice in _OTHERS:
        if data[offset : offset + len(mark)] == mark:
            raise FileRefused(f"C’est {what}.", advice)
    return _textual(data)


def read_text(data: bytes) -> str:
    """The characters of a text file, whatever hospital software wrote it. Raises FileRefused when it is no text."""
    for bom, encoding in zip(_BOMS, ("utf-8-sig", "utf-16", "utf-16"), strict=True):
        if data.startswith(bom):
            encodings: tuple[str, ...] = (encoding,)
            break
    else:
        encodings = ("utf-8", "cp1252")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _CONTROLS.search(text):
            return text
    raise FileRefused("Ce fichier n’est d’aucun format connu.", TO_PDF)


def _textual(data: bytes) -> ReceivedFormat:
    text = read_text(data)
    start = text.lstrip()
    if start.startswith("<") and not _MARKUP.match(start):
        return ReceivedFormat.CDA  # its reader says whether it really is one
    if start.startswith("<"):
        raise FileRefused(
            "C’est une page web.", "Imprimez-la en PDF (Imprimer, Enregistrer au format PDF), puis ajoutez-le."
        )
    return ReceivedFormat.TEXT


def _zipped(data: bytes) -> FileRefused:
    try:
        names = zipfile.ZipFile(io.BytesIO(data)).namelist()
    except Exception:  # hostile bytes: zipfile raises more than BadZipFile
        names = []
    for beginning, what in _OFFICE.items():
        if any(name.startswith(beginning) for name in names):
            return FileRefused(f"C’est {what}.", TO_PDF)
    return FileRefused("C’est une archive.", "Ouvrez-la et ajoutez les documents qu’elle contient.")
