"""Which PDF may be shown: one that opens without a password and does nothing by itself.

Decided (PAT-12): reports hold links, so a link that somebody clicks may lead to a site or an address, and only there.
What happens without a click (at the opening, on a page, on a field) may only go to a place of the document itself.
Everything that runs, sends, plays or opens another file is refused, wherever it is written.
"""

import io
import re
from collections.abc import Iterator
from typing import Any

import pikepdf

from patients.documents.refusal import FileRefused

MAX_PAGES = 500
_MAX_OBJECTS = 300_000
_REPRINT = "Ouvrez-le puis imprimez-le en PDF (Imprimer, Enregistrer au format PDF)\u00a0: la copie n’en contient plus."
# Actions that run, send or open something, and what the reader is told of them.
_ACTIONS = {
    "/JavaScript": "du code (JavaScript)",
    "/Launch": "l’ouverture d’un programme",
    "/SubmitForm": "l’envoi d’un formulaire",
    "/ImportData": "l’import de données",
    "/GoToE": "un fichier joint",
    "/GoToR": "l’ouverture d’un autre fichier",
    "/Sound": "un son",
    "/RichMediaExecute": "un contenu animé",
    "/Rendition": "un son ou une vidéo",
    "/Movie": "une vidéo",
}
_KEYS = {
    "/JS": "du code (JavaScript)",
    "/JavaScript": "du code (JavaScript)",
    "/EF": "un fichier joint",
    "/EmbeddedFiles": "un fichier joint",
    "/RichMediaContent": "un contenu animé",
    "/XFA": "un formulaire dynamique (XFA)",
    "/Renditions": "un son ou une vidéo",
}
_PLAYED = {"/Sound": "un son", "/Movie": "une vidéo", "/Screen": "un contenu animé", "/RichMedia": "un contenu animé"}
_ADDRESS = re.compile(r"(?:(?:https?|mailto|tel):|(?!//|\\\\|[a-z][a-z0-9+.-]*:))", re.IGNORECASE)
_DEEPEST = 40


def check_pdf(data: bytes) -> int:
    """The number of pages. Raises FileRefused: password, damage, active content, too many pages.

    A file that only forbids printing or copying opens without a password and is accepted.
    """
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            pages = len(pdf.pages)
            found = next(_active(pdf), "")
    except pikepdf.PasswordError as error:
        raise FileRefused(
            "Ce PDF est protégé par un mot de passe.",
            "Ouvrez-le avec son mot de passe, imprimez-le en PDF, puis ajoutez cette copie.",
        ) from error
    except FileRefused:
        raise
    except Exception as error:  # hostile bytes: the parser raises more than its own errors
        raise FileRefused(
            "Ce PDF est abîmé.", "Redemandez-le à son auteur, ou numérisez le document papier."
        ) from error
    if found:
        raise FileRefused(f"Ce PDF contient {found}.", _REPRINT)
    if not pages:
        raise FileRefused("Ce PDF n’a aucune page.", "Redemandez-le à son auteur.")
    if pages > MAX_PAGES:
        raise FileRefused(f"Ce PDF compte {pages} pages.", f"Ajoutez les parties utiles, {MAX_PAGES} pages au plus.")
    return pages


def _active(pdf: pikepdf.Pdf) -> Iterator[str]:
    """What the file would do, object by object: every indirect object, and what is written inside it."""
    for number, found in enumerate(pdf.objects):
        if number > _MAX_OBJECTS:
            raise FileRefused("Ce PDF est trop compliqué pour être vérifié.", _REPRINT)
        yield from _in_object(found, depth=0)


def _in_object(found: pikepdf.Object, *, depth: int) -> Iterator[str]:
    _refuse_deep(depth)
    if isinstance(found, pikepdf.Dictionary | pikepdf.Stream):
        values = found if isinstance(found, pikepdf.Dictionary) else found.stream_dict
        for key, value in values.items():
            yield from _said_by(key, value)
            if _is_inside(value):
                yield from _in_object(value, depth=depth + 1)
    elif isinstance(found, pikepdf.Array):
        for value in found:  # type: ignore[attr-defined]
            if _is_inside(value):
                yield from _in_object(value, depth=depth + 1)


def _said_by(key: str, value: Any) -> Iterator[str]:
    """What one entry of a dictionary does."""
    if key in _KEYS:
        yield _KEYS[key]
    elif key in ("/S", "/Subtype") and isinstance(value, pikepdf.Name):
        known = _ACTIONS if key == "/S" else _PLAYED
        if said := known.get(str(value)):
            yield said
    elif key == "/URI" and isinstance(value, pikepdf.String) and not _ADDRESS.match(str(value).strip()):
        yield "un lien qui n’est pas une adresse de site"
    elif key == "/OpenAction":
        yield from _unasked(value)
    elif key == "/AA" and isinstance(value, pikepdf.Dictionary):
        for one in value.values():
            yield from _unasked(one)


def _unasked(action: Any, *, depth: int = 0) -> Iterator[str]:
    """What an action that nobody asks for does, and those after it, unless they go to a place of the same document."""
    _refuse_deep(depth)
    if not isinstance(action, pikepdf.Dictionary):
        return  # a page, or the name of a destination
    kind = action.get("/S")
    if kind != pikepdf.Name.GoTo:
        yield _ACTIONS.get(str(kind), "une action qui se déclenche sans qu’on la demande")
    following: Any = action.get("/Next", [])
    for one in [following] if isinstance(following, pikepdf.Dictionary) else list(following):
        yield from _unasked(one, depth=depth + 1)


def _refuse_deep(depth: int) -> None:
    if depth > _DEEPEST:
        raise FileRefused("Ce PDF est trop compliqué pour être vérifié.", _REPRINT)


def _is_inside(value: object) -> bool:
    """A container written in place; an indirect one has its own turn."""
    return isinstance(value, pikepdf.Dictionary | pikepdf.Array) and not value.is_indirect
