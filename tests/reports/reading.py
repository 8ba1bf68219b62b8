"""Reads the text of rendered pages with its place on the paper, through the fonts' own Unicode maps."""

import io
import re
from dataclasses import dataclass
from functools import cache

import pikepdf
from pikepdf import Name, Pdf

from rcp.reports.render import render_pdf
from tests.reports import samples

POINTS_PER_MM = 72 / 25.4


@dataclass(frozen=True)
class Run:
    """A piece of text and where it starts: millimetres from the left and the top of its page."""

    text: str
    x: float
    y: float


@cache
def rendered(name: str) -> bytes:
    """The pages of a sample, drawn once for all tests."""
    return render_pdf(samples.ALL[name])


def runs(pdf: bytes) -> list[list[Run]]:
    """Every piece of text, page by page, in drawing order."""
    with Pdf.open(io.BytesIO(pdf)) as document:
        return [_page_runs(page) for page in document.pages]


def pages(pdf: bytes) -> list[str]:
    """The text of each page, spaces of any kind made plain."""
    return [plain(" ".join(run.text for run in page)) for page in runs(pdf)]


def plain(text: str) -> str:
    """One plain space between words."""
    return " ".join(text.split())


def _page_runs(page: pikepdf.Page) -> list[Run]:
    fonts = {str(key): _unicode_map(font) for key, font in page.resources.get(Name.Font, {}).items()}
    height = float(page.mediabox[3])
    found, stack = [], []
    matrix = text_matrix = pikepdf.Matrix()
    letters: dict[int, str] = {}
    for operands, operator in pikepdf.parse_content_stream(page):
        match str(operator):
            case "q":
                stack.append(matrix)
            case "Q":
                matrix = stack.pop()
            case "cm":
                matrix = pikepdf.Matrix(*map(float, operands)) @ matrix
            case "BT":
                text_matrix = pikepdf.Matrix()
            case "Tm":
                text_matrix = pikepdf.Matrix(*map(float, operands))
            case "Tf":
                letters = fonts[str(operands[0])]
            case "TJ" | "Tj":
                place = text_matrix @ matrix
                pieces = operands[0] if str(operator) == "TJ" else operands
                text = "".join(_decode(bytes(piece), letters) for piece in pieces if isinstance(piece, pikepdf.String))
                found.append(Run(text, place.e / POINTS_PER_MM, (height - place.f) / POINTS_PER_MM))
    return found


def _decode(codes: bytes, letters: dict[int, str]) -> str:
    return "".join(letters[int.from_bytes(codes[i : i + 2], "big")] for i in range(0, len(codes), 2))


def _unicode_map(font: pikepdf.Object) -> dict[int, str]:
    table = font.ToUnicode.read_bytes()
    pairs = re.findall(rb"<([0-9a-f]{4})> <([0-9a-f]+)>", table)
    return {int(code, 16): bytes.fromhex(text.decode()).decode("utf-16-be") for code, text in pairs}
