"""Which PDF may be shown: one that opens without a password and does nothing by itself."""

import io
from collections.abc import Iterator

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
}


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
    if depth > 40:
        raise FileRefused("Ce PDF est trop compliqué pour être vérifié.", _REPRINT)
    if isinstance(found, pikepdf.Dictionary | pikepdf.Stream):
        values = found if isinstance(found, pikepdf.Dictionary) else found.stream_dict
        for key, value in values.items():
            if key in _KEYS:
                yield _KEYS[key]
            if key == "/S" and isinstance(value, pikepdf.Name) and str(value) in _ACTIONS:
                yield _ACTIONS[str(value)]
            if _is_inside(value):
                yield from _in_object(value, depth=depth + 1)
    elif isinstance(found, pikepdf.Array):
        for value in found:  # type: ignore[attr-defined]
            if _is_inside(value):
                yield from _in_object(value, depth=depth + 1)


def _is_inside(value: object) -> bool:
    """A container written in place; an indirect one has its own turn."""
    return isinstance(value, pikepdf.Dictionary | pikepdf.Array) and not value.is_indirect
