"""Pages of HTML and their style drawn as a tagged PDF: the only module that reads WeasyPrint.

Nothing outside the page and the typeface is read, whatever the page asks for.
"""

from collections.abc import Mapping
from threading import local

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from rcp.reports.typeface import FACES, FAMILY


def draw(page: str, style: str) -> bytes:
    """Draw a page of HTML with its style; the PDF still has to be made conform to PDF/A-1a."""
    fonts, sheets = _styled(style)
    html = HTML(string=page, base_url=None, url_fetcher=_fetcher())
    made: bytes = html.write_pdf(stylesheets=sheets, font_config=fonts, pdf_variant="pdf/a-1a")
    return made


class _Fetcher(URLFetcher):
    """Reads the typeface and pictures given inside the page, and nothing else."""

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        if not (url.startswith("data:image/png;base64,") or url in {face.url for face in FACES}):
            raise ValueError("a report reads nothing outside itself")
        return super().fetch(url, headers)


def _fetcher() -> URLFetcher:
    return _Fetcher(allowed_protocols=("data", "file"), allow_redirects=False)


_kept = local()  # the font map behind a configuration belongs to one thread


def _styled(style: str) -> tuple[FontConfiguration, list[CSS]]:
    """Read typeface and style once per thread: reading three font files costs more than a page."""
    if not hasattr(_kept, "fonts"):
        _kept.fonts, _kept.sheets = FontConfiguration(), {}
        _kept.faces = _sheet(_font_faces())
    if style not in _kept.sheets:
        _kept.sheets[style] = _sheet(style)
    return _kept.fonts, [_kept.faces, _kept.sheets[style]]


def _sheet(text: str) -> CSS:
    return CSS(string=text, font_config=_kept.fonts, url_fetcher=_fetcher())


def _font_faces() -> str:
    return "\n".join(
        f'@font-face {{ font-family: "{FAMILY}"; font-weight: {face.weight}; src: url("{face.url}"); }}'
        for face in FACES
    )
