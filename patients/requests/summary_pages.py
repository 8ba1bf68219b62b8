"""A patient's copy drawn as a PDF: the only module of the requests that reads WeasyPrint."""

from pathlib import Path

import font_source_sans_pro
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

_FOLDER = Path(font_source_sans_pro.font_directory)
_FACES = {400: _FOLDER / "SourceSansPro-Regular.ttf", 600: _FOLDER / "SourceSansPro-Semibold.ttf"}


def draw(page: str, style: str) -> bytes:
    """Draw a page of HTML in the typeface; nothing else is read, whatever the page asks for."""
    fonts = FontConfiguration()
    faces = "".join(
        f'@font-face {{ font-family: "Copie"; font-weight: {weight}; src: url("{path.as_uri()}") }}'
        for weight, path in _FACES.items()
    )
    fetcher = _Fetcher(allowed_protocols=("file",), allow_redirects=False)
    css = CSS(string=faces + style, font_config=fonts, url_fetcher=fetcher)
    made: bytes = HTML(string=page, base_url=None, url_fetcher=fetcher).write_pdf(stylesheets=[css], font_config=fonts)
    return made


class _Fetcher(URLFetcher):
    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
        if url not in {path.as_uri() for path in _FACES.values()}:
            raise ValueError("a copy reads nothing outside itself")
        return super().fetch(url, headers)
