"""The assets step: quick, repeatable, and the typeface has every sign a report uses."""

import os
import re
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from dcc.ui import assets

NEEDED = "ÀÂÇÉÈÊËÎÏÔŒÙÛÜŸàâçéèêëîïôœùûüÿñ«»’“”…–—•€°µ²³₂⁴≥≤≠±×÷−→←↑↓✓αβγδκλμπσω½¼\u00a0\u202f"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build in a folder of its own, so that a running demonstration is left alone."""
    folder = tmp_path_factory.mktemp("vendor")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(assets, "VENDOR", folder)
        patch.setattr(assets, "STAMP", folder / "stamp")
        clock = os.times()
        assert assets.build()
        spent = [now - then for then, now in zip(clock[:4], os.times()[:4], strict=True)]
        assert sum(spent) < 6, "3 s of processor, its children included, whatever else the machine does"
        before = {path.name: path.stat().st_mtime_ns for path in folder.rglob("*")}
        assert not assets.build(), "up to date: nothing is written"
        assert before == {path.name: path.stat().st_mtime_ns for path in folder.rglob("*")}
    return folder


def test_one_stylesheet_without_imports(built: Path) -> None:
    text = (built / "dcc.css").read_text(encoding="utf-8")
    assert "@import" not in text
    assert "/*" not in text
    assert text.count("{") == text.count("}")


def test_every_stylesheet_is_in_the_cascade() -> None:
    assert {path.stem for path in assets.CSS.glob("*.css")} == set(assets.STYLESHEETS)


def test_every_variable_is_defined() -> None:
    text = assets.stylesheet()
    used, defined = set(re.findall(r"var\((--[\w-]+)", text)), set(re.findall(r"(--[\w-]+):", text))
    assert used <= defined


@pytest.mark.parametrize("weight", sorted(assets.FONTS))
def test_the_typeface_has_what_reports_use(built: Path, weight: int) -> None:
    path = built / "fonts" / f"source-sans-{weight}.woff2"
    font = TTFont(path)
    have = font.getBestCmap()
    assert [sign for sign in NEEDED if ord(sign) not in have] == []
    assert {"zero", "sups", "case"} <= {record.FeatureTag for record in font["GSUB"].table.FeatureList.FeatureRecord}
    widths = {font["hmtx"][have[ord(figure)]][0] for figure in "0123456789"}
    assert len(widths) == 1, "figures are tabular"
    assert path.stat().st_size < 30_000


def test_htmx_is_the_one_of_the_locked_package(built: Path) -> None:
    assert (built / "htmx.min.js").read_text(encoding="utf-8").startswith("var htmx=")
