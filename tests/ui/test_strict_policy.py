"""Strict CSP and French typography, checked in every template and script of the project."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import engines

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("templates", "dcc", "patients", "rcp", "messaging", "pps", "interop", "tests/ui/mockups")
# Printed documents carry their own stylesheet: WeasyPrint reads them, no browser does.
PRINTED = ("/reports/", "/documents/")


def templates() -> list[Path]:
    found = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*.html")]
    return sorted(
        path for path in found if "site-packages" not in str(path) and not any(p in str(path) for p in PRINTED)
    )


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def plain(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    return re.sub(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}", "", text, flags=re.DOTALL)


def test_there_is_something_to_check() -> None:
    assert len(templates()) > 25


@pytest.mark.parametrize("path", templates(), ids=name)
def test_no_style_attribute_no_inline_script(path: Path) -> None:
    text = plain(path)
    assert not re.search(r"<[^>{%]*\sstyle\s*=", text)
    assert not re.search(r"<style\b", text)
    assert not re.search(r"<[a-z][^>]*\son[a-z]+\s*=", text)
    assert not re.search(r"\shx-on", text)
    assert not re.search(r"javascript:", text)
    for tag in re.findall(r"<script\b[^>]*>", text):
        assert "src=" in tag, tag


@pytest.mark.parametrize("path", templates(), ids=name)
def test_it_compiles(path: Path) -> None:
    """A tag that does not exist is found here, not at the desk that opens the page."""
    if "patients" not in settings.INSTALLED_APPS and not str(path).startswith(str(ROOT / "dcc/ui")):
        pytest.skip("the kit alone knows its own tags only")
    engines["django"].from_string(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", templates(), ids=name)
def test_nothing_comes_from_elsewhere(path: Path) -> None:
    assert not re.search(r"""(?:src|href)\s*=\s*["'](?:https?:)?//""", plain(path))


@pytest.mark.parametrize("path", [*templates(), *sorted((ROOT / "dcc/ui/static/dcc/js").glob("*.js"))], ids=name)
def test_french_typography(path: Path) -> None:
    """Narrow space before ; ! ? and no-break space before : and inside « » (guide §10)."""
    text = plain(path)
    if path.suffix == ".js":
        text = " ".join(re.findall(r'"([^"\n]*[àâçéèêëîïôùûœ’«»][^"\n]*)"', text))
    assert not re.findall(r"[\wé»)] [;!?](?=[\s<\"]|$)", text)
    assert not re.findall(r"[\wé»)] :(?=[\s<\"]|$)", text)
    assert not re.findall(r"« |(?<=\S) »", text)
