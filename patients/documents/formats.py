"""What a file is, by its first bytes; what is not accepted gets an advice (PAT-12).

Every mark of another kind is looked for before that of a PDF, which readers accept further on: a program, a page or an
archive that is a PDF too is what it begins with. Its name never says what a file is, it can only say that it is not a
document: a text under the name of a program or of a mail.
"""

import io
import re
import zipfile
from pathlib import PurePosixPath

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
_NO_PLACE = "Ce n’est pas un document\u00a0: il n’entre pas dans un dossier."
# What else hospitals and telephones produce: (where the mark is, the mark, what it is, what to do).
_OTHERS: tuple[tuple[int, bytes, str, str], ...] = (
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "un ancien document Office (.doc, .xls) ou un courriel Outlook", TO_PDF),
    (0, rb"{\rtf", "un document RTF", TO_PDF),
    (128, b"DICM", "une image DICOM", "Ajoutez le compte rendu, ou les images clés exportées en JPEG."),
    (4, b"ftyphei", "une photo HEIC", "Partagez-la en JPEG depuis le téléphone, puis ajoutez-la."),
    (4, b"ftypmif1", "une photo HEIC", "Partagez-la en JPEG depuis le téléphone, puis ajoutez-la."),
    (4, b"ftyp", "une vidéo ou une photo de téléphone", "Ajoutez les images utiles, en JPEG."),
    (0, b"GIF8", "une image GIF", _PICTURE),
    (8, b"WEBP", "une image WebP", _PICTURE),
    (0, b"\x7fELF", "un programme", _NO_PLACE),
    (0, b"#!", "un programme", _NO_PLACE),
    (0, b"7z\xbc\xaf", "une archive", "Ouvrez-la et ajoutez les documents qu’elle contient."),
    (0, b"Rar!", "une archive", "Ouvrez-la et ajoutez les documents qu’elle contient."),
    (0, b"\x1f\x8b", "une archive", "Ouvrez-la et ajoutez les documents qu’elle contient."),
    (0, b"%!PS", "un fichier PostScript", TO_PDF),
)
# Marks of two letters, which a text may begin with (« BMI 24 »): only with a binary header behind.
_SHORT_MARKS = (
    (b"MZ", "un programme", _NO_PLACE),
    (b"BM", "une image BMP", _PICTURE),
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_MARKUP = re.compile(r"(<!--.*?-->\s*)*<(!doctype\s+html|html|head|body|script)\b", re.IGNORECASE | re.DOTALL)
_CODE = re.compile(r"<(!|[?%]|/?(html|head|body|script|svg|iframe|object|embed|style|img|meta|form)\b)", re.IGNORECASE)
_WEB_PAGE = ("C’est une page web.", "Imprimez-la en PDF (Imprimer, Enregistrer au format PDF), puis ajoutez-le.")
# Before a PDF: a header of mail or of a transfer, a boundary, an order to a printer, or words; never code.
_NOISE = re.compile(r"[A-Za-z][\w-]*: .*|[ \t]+.*|--\S+|\x1b%-12345X.*|@PJL.*|[^<>{}()=;$`@#]*")
# fmt: off
_PROGRAMS = frozenset({
    "app", "apk", "bat", "bash", "chm", "class", "cmd", "com", "cpl", "dll", "dmg", "exe", "gadget", "hta", "htm",
    "html", "inf", "ins", "iso", "jar", "js", "jse", "jsp", "lnk", "mjs", "msc", "msi", "msp", "mst", "php", "pif",
    "pl", "ps1", "psm1", "py", "rb", "reg", "scf", "scr", "sh", "shtml", "svg", "sys", "url", "vb", "vbe", "vbs",
    "ws", "wsc", "wsf", "wsh", "xht", "xhtml",
})
# fmt: on
_MAILS = frozenset({"eml", "msg", "mbox"})
_PLAIN = frozenset({"", "txt"})


def format_of(data: bytes) -> ReceivedFormat:
    """Recognise one of the accepted formats. Raises FileRefused for an empty file or any other kind."""
    if not data.strip(b"\x00 \t\r\n"):
        raise FileRefused("Ce fichier est vide.", "Vérifiez-le à sa source, puis ajoutez-le de nouveau.")
    found = _marked(data)
    if found is None:
        return ReceivedFormat.PDF if _pdf_after_noise(data) else _textual(data)
    if zipfile.is_zipfile(io.BytesIO(data)):
        raise FileRefused("Ce fichier cache une archive (ZIP) derrière un document.", TO_PDF)
    return found


def check_name(name: str, found: ReceivedFormat) -> None:
    """Refuse the name of a program whatever it holds, and a text that is not named as one. Raises FileRefused."""
    extension = _extension(name)
    if extension in _PROGRAMS:
        raise FileRefused(
            f"Ce fichier porte le nom d’un programme ou d’une page web (.{extension}).",
            f"Si c’est un document\u00a0: {TO_PDF[0].lower()}{TO_PDF[1:]}",
        )
    if found != ReceivedFormat.TEXT or extension in _PLAIN:
        return
    if extension in _MAILS:
        raise FileRefused(
            f"C’est un courriel (.{extension}).", "Ajoutez le document qu’il porte, ou imprimez le courriel en PDF."
        )
    raise FileRefused(f"Ce fichier «\u00a0.{extension}\u00a0» n’est ni un document ni un texte simple (.txt).", TO_PDF)


def _extension(name: str) -> str:
    """« csv » of « a.CSV »; '' for a name that merely holds a point (« CR Dr. Morvan », « bilan 12.11.2026 »)."""
    last = PurePosixPath(name.strip()).suffix[1:].lower()
    return last if re.fullmatch(r"[a-z0-9]{1,6}", last) and not last.isdigit() else ""


def _marked(data: bytes) -> ReceivedFormat | None:
    """What the first bytes say; None when they say nothing. Raises FileRefused for a kind that is not accepted."""
    if data.startswith(b"%PDF-"):
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
    for mark, what, advice in _SHORT_MARKS:
        if data.startswith(mark) and _CONTROLS.search(data[:64].decode("latin-1")):
            raise FileRefused(f"C’est {what}.", advice)
    return None


def _pdf_after_noise(data: bytes) -> bool:
    """Whether a PDF begins on a line of the first kilobyte, after what scanners, printers and mails leave before it.

    Raises FileRefused when what comes before is a page or a program.
    """
    at = data[:1024].find(b"%PDF-")
    if at < 0:
        return False
    before = data[:at].lstrip(b"\xef\xbb\xbf\xff\xfe\x00")
    noise = before.rstrip(b"\x00").decode("latin-1")
    if _CODE.search(noise):
        raise FileRefused(*_WEB_PAGE)
    if noise.strip() and not noise.endswith(("\n", "\r")):
        return False
    if _CONTROLS.search(noise.replace("\x1b", "")) or not all(map(_NOISE.fullmatch, noise.splitlines())):
        raise FileRefused("Ce fichier est un PDF caché derrière autre chose.", TO_PDF)
    return True


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
    if re.match(r"@echo\b", start, re.IGNORECASE):
        raise FileRefused("C’est un programme.", _NO_PLACE)
    if _MARKUP.match(start):
        raise FileRefused(*_WEB_PAGE)
    # The reader of CDA says whether it really is one.
    return ReceivedFormat.CDA if start.startswith("<") else ReceivedFormat.TEXT


def _zipped(data: bytes) -> FileRefused:
    try:
        names = zipfile.ZipFile(io.BytesIO(data)).namelist()
    except Exception:  # hostile bytes: zipfile raises more than BadZipFile
        names = []
    for beginning, what in _OFFICE.items():
        if any(name.startswith(beginning) for name in names):
            return FileRefused(f"C’est {what}.", TO_PDF)
    return FileRefused("C’est une archive.", "Ouvrez-la et ajoutez les documents qu’elle contient.")
