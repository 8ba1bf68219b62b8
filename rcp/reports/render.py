"""Turn the frozen data of a report into its pages: PDF/A-1a, one file for paper, mail and CDA (D16).

Same data, same bytes: dates come from the validation, the file identifier is computed from the content, and no font,
file or address outside this package and its typeface is read.
"""

import base64
import io
import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from PIL import Image

from dcc.lib import french
from dcc.lib.pdf_checks import check_pdfa1a, conform_pdfa1a
from patients.identity import symbol
from patients.identity.datamatrix import InsDatamatrix, write_datamatrix
from patients.identity.ins import Ins, InsKind
from patients.identity.refusal import Refused
from rcp.reports import letter
from rcp.reports.data import Patient, ReportData
from rcp.reports.typeface import printable
from rcp.reports.typesetting import typeset

_LAYOUT = Path(__file__).parent / "layout"
_MODULE_PIXELS = 8  # a module drawn on 8 × 8 pixels stays sharp in viewers that smooth small pictures


class NotConforming(Exception):
    """The pages made are not PDF/A-1a: nothing may be stored or sent; the reasons are for engineers."""

    def __init__(self, reasons: list[str]) -> None:
        self.reasons = reasons
        super().__init__("; ".join(reasons))


def render_pdf(data: ReportData) -> bytes:
    """Draw a report as PDF/A-1a; raises NotConforming rather than give a file that could not be archived."""
    question_after = len(data.question) > letter.LONG_QUESTION
    lines = data.proposal.lines
    return to_pdf(
        "report",
        {
            "data": data,
            "letter": letter,
            "created": data.validation.effective_at.isoformat(timespec="seconds"),
            "start": datetime.combine(data.meeting.held_on, data.meeting.starts_at),
            "logo": data_url(data.establishment.logo) if data.establishment.logo else "",
            "datamatrix": _datamatrix_url(data),
            "traits": letter.traits(data),
            "correspondents": letter.correspondents(data),
            "first_lines": [line for line in lines if not line.alternative],
            "other_lines": [line for line in lines if line.alternative],
            "question_after": question_after,
        },
    )


def pdf_filename(data: ReportData) -> str:
    """Name the file the way secure messaging wants it: ``20251125_CR-RCP_NAME_GIVEN.pdf``, ASCII, no space."""
    words = [f"{data.meeting.held_on:%Y%m%d}", "CR-RCP"]
    if isinstance(data.patient, Patient):
        words += [data.patient.birth_name, data.patient.first_given_name]
    else:
        words += ["ANONYME", data.order_number]
    return "_".join(re.sub(r"[^A-Za-z0-9-]+", "-", word).strip("-") for word in words) + ".pdf"


def to_pdf(name: str, context: Mapping[str, Any]) -> bytes:
    """Fill the layout ``name`` (a page and its style) and make it a PDF/A-1a."""
    # Here and not above: this module is read when any process starts, WeasyPrint takes 0.4 s to be read, and only what
    # draws a PDF needs it.
    from rcp.reports.pages import draw

    page = _environment().get_template(f"{name}.html.jinja").render(french=french, **context)
    pdf = conform_pdfa1a(draw(page, (_LAYOUT / f"{name}.css").read_text(encoding="utf-8")))
    if reasons := check_pdfa1a(pdf):
        raise NotConforming(reasons)
    return pdf


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_LAYOUT),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
    )
    environment.filters["paragraphs"] = paragraphs
    environment.filters["batch_columns"] = _two_columns
    environment.filters["flat"] = lambda text: typeset(" ".join(text.split()))
    return environment


def _finalize(value: Any) -> Any:
    """Reduce every text put into a page to what the typeface can print; what a macro made already went through."""
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def paragraphs(text: str) -> list[str]:
    """Cut a free text into its paragraphs, typeset; empty lines vanish."""
    return [typeset(line.strip()) for line in printable(text).split("\n") if line.strip()]


def _two_columns(items: list[letter.Trait]) -> list[tuple[letter.Trait, ...]]:
    """Lay a list down two columns, read downwards: rows of two, the last maybe of one."""
    half = -(-len(items) // 2)
    return [tuple(items[rank::half]) for rank in range(half)]


def ins_content(patient: Patient) -> str:
    """Write the text of the datamatrix of a patient; "" when the identity may not have one (EXI DIF 02).

    A report carries an INS only for a qualified identity; one that cannot be written to the letter is not drawn, since
    a reader would fill another file with it.
    """
    kind = InsKind.of_oid(patient.ins_oid)
    if not patient.ins_matricule or kind is None:
        return ""
    try:
        return write_datamatrix(
            InsDatamatrix(
                ins=Ins(matricule=patient.ins_matricule, kind=kind),
                given_names=patient.given_names,
                birth_name=patient.birth_name,
                sex=patient.sex,
                birth_date=patient.birth_date,
                birth_insee=patient.birth_place_code,
            )
        )
    except Refused:
        return ""


def _datamatrix_url(data: ReportData) -> str:
    content = ins_content(data.patient) if isinstance(data.patient, Patient) else ""
    return data_url(_draw(symbol.modules(content))) if content else ""


def _draw(modules: list[list[bool]]) -> bytes:
    side = len(modules) + 2 * symbol.QUIET_MODULES
    picture = Image.new("L", (side, side), 255)
    for y, line in enumerate(modules):
        for x, dark in enumerate(line):
            if dark:
                picture.putpixel((x + symbol.QUIET_MODULES, y + symbol.QUIET_MODULES), 0)
    stream = io.BytesIO()
    picture.resize((side * _MODULE_PIXELS, side * _MODULE_PIXELS), Image.Resampling.NEAREST).save(stream, "PNG")
    return stream.getvalue()


def data_url(png: bytes) -> str:
    """Put a PNG inside a page."""
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"
