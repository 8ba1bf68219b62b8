"""The readable page of a patient's copy: a PDF made from plain values, which reads no address and no file but fonts."""

from dataclasses import dataclass
from datetime import date, datetime
from html import escape

from dcc.lib import french

_STYLE = """
@page { size: A4; margin: 18mm 16mm; @bottom-right { content: counter(page) " / " counter(pages); font-size: 8pt } }
body { font: 10pt/1.4 "Copie", sans-serif; color: #000 }
h1 { font-size: 16pt; margin: 0 } h2 { font-size: 12pt; margin: 7mm 0 2mm; font-weight: 600 }
table { width: 100%; border-collapse: collapse }
td, th { text-align: left; vertical-align: top; padding: 1mm 2mm 1mm 0 }
th { font-weight: 600; border-bottom: .5pt solid #000 } tr { break-inside: avoid } p.none { color: #444 }
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What the page says, each line a tuple of words and dates in the order of its columns."""

    name: str
    birth: str
    made_at: datetime
    remarks: tuple[str, ...] = ()
    numbers: tuple[tuple[str, str], ...] = ()
    passages: tuple[tuple[str, str, str], ...] = ()
    documents: tuple[tuple[date, str, str], ...] = ()
    informations: tuple[tuple[date, str, str], ...] = ()
    wishes: tuple[tuple[date, str], ...] = ()
    readers: tuple[tuple[str, str, int, str], ...] = ()


def summary_pdf(said: Summary) -> bytes:
    """Draw the page."""
    # Here and not above: every process reads this module, and only the worker that draws a copy needs WeasyPrint, which
    # takes 0.4 s to be read.
    from patients.requests.summary_pages import draw

    return draw(page_of(said), _STYLE)


def page_of(said: Summary) -> str:
    """The page as HTML; every value is escaped."""
    made = french.date_short(said.made_at.date())
    sections = [
        ("Vos numéros", ("Donné par", "Numéro"), said.numbers),
        ("Vos passages en réunion", ("Quand", "Réunion", "Question"), said.passages),
        ("Vos documents", ("Date", "Document", "Fichier"), said.documents),
        ("Ce qui vous a été expliqué", ("Le", "Par", "Opposition"), said.informations),
        ("Ce que vous avez décidé", ("Le", "Décision"), said.wishes),
        ("Qui a ouvert votre dossier", ("Personne", "Où", "Fois", "Dernière fois"), said.readers),
    ]
    remarks = "".join(f"<p>{escape(one)}</p>" for one in said.remarks)
    body = "".join(_section(title, columns, lines) for title, columns, lines in sections)
    return (
        f'<!doctype html><html lang="fr"><head><title>Copie du dossier</title></head><body><h1>{escape(said.name)}</h1>'
        f"<p>{escape(said.birth)}. Copie complète du dossier communicant de cancérologie, faite le {made}.</p>"
        f"{remarks}{body}</body></html>"
    )


def _section(title: str, columns: tuple[str, ...], lines: tuple[tuple[object, ...], ...]) -> str:
    if not lines:
        return f'<h2>{title}</h2><p class="none">Rien.</p>'
    head = "".join(f"<th>{one}</th>" for one in columns)
    rows = "".join("<tr>" + "".join(f"<td>{escape(_said(one))}</td>" for one in line) + "</tr>" for line in lines)
    return f"<h2>{title}</h2><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _said(value: object) -> str:
    return french.date_short(value) if isinstance(value, date) else str(value)
