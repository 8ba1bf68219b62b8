"""The gallery in a real browser: axe finds nothing, nothing scrolls sideways, the first page is light."""

import gzip
import json
import subprocess
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, Page

from tests.ui.mockups import NAMES

pytestmark = pytest.mark.browser

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
PAGES = ("/", *(f"/maquette/{name}/" for name in NAMES), "/salle/")
# As in tests/browser: naming the tags also runs what axe leaves out by default, the size of targets first of all.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
BUDGET = 250_000
MODULES_BUDGET = 20_000


def violations(page: Page) -> list[str]:
    """Everything axe knows, best practices included, no rule disabled."""
    if not page.evaluate("typeof axe !== 'undefined'"):
        page.evaluate(AXE)
    options = json.dumps({"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]})
    found: list[dict[str, Any]] = page.evaluate(f"axe.run(document, {options}).then(result => result.violations)")
    return [f"{one['id']}: {json.dumps([n['html'] for n in one['nodes']][:3], ensure_ascii=False)}" for one in found]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("address", PAGES)
def test_axe_finds_nothing(chromium: Browser, site: str, address: str, theme: str) -> None:
    """On a desk, then folded to the width of a small telephone."""
    context = chromium.new_context(viewport={"width": 1366, "height": 768}, locale="fr-FR", bypass_csp=True)
    page = context.new_page()
    page.goto(f"{site}{address}?theme={theme}")
    page.wait_for_selector("html[data-ready]", state="attached")
    page.wait_for_timeout(350)  # the grey lines of "loading" wait 300 ms
    for width in (1366, 320):
        page.set_viewport_size({"width": width, "height": 768})
        assert violations(page) == [], width
    context.close()


@pytest.mark.parametrize("address", PAGES)
def test_another_telephone_shows_the_parts_that_axe_saw(page: Page, address: str) -> None:
    """The same parts in the same colours, side by side or stacked: axe need not be asked again at 390 pixels."""
    page.goto(address)
    page.wait_for_selector("html[data-ready]", state="attached")
    page.wait_for_timeout(350)
    looks = """[...document.body.querySelectorAll("*")]
        .filter(node => node.checkVisibility({opacityProperty: true, visibilityProperty: true}))
        .map(node => [node.outerHTML.slice(0, 80), getComputedStyle(node)])
        .map(([node, style]) => [node, style.color, style.backgroundColor, style.opacity].join(" "))"""
    seen = []
    for width in (390, 320):
        page.set_viewport_size({"width": width, "height": 768})
        seen.append(page.evaluate(looks))
    assert len(seen[0]) > 100
    assert seen[0] == seen[1]


def test_axe_would_see_a_fault(chromium: Browser, site: str) -> None:
    """The check itself can fail: a field without a name and a pale text are found."""
    context = chromium.new_context(bypass_csp=True)
    page = context.new_page()
    page.goto(f"{site}/maquette/cockpit/")
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<input><p id=pale>pâle</p>')")
    page.evaluate("document.getElementById('pale').style.color = '#bbb'")
    assert {one.split(":")[0] for one in violations(page)} == {"label", "color-contrast"}
    context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_with_everything_open(chromium: Browser, site: str, theme: str) -> None:
    """Menus, dialog, proposals: what is hidden at first is checked too."""
    context = chromium.new_context(viewport={"width": 1366, "height": 768}, locale="fr-FR", bypass_csp=True)
    page = context.new_page()
    page.goto(f"{site}/?theme={theme}")
    page.get_by_text("Maryse Le Bihan").first.click()
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.locator("#id_birth_place").first.fill("Ro")
    page.locator("[role=option]").first.wait_for()
    page.keyboard.press("ArrowDown")
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.get_by_text("Ouvrir un dialogue").click()
    assert violations(page) == []
    context.close()


@pytest.mark.parametrize("address", [address for address in PAGES if address != "/salle/"])
@pytest.mark.parametrize(("width", "height"), [(320, 640), (390, 844), (683, 384), (1366, 768)])
def test_the_page_never_scrolls_sideways(page: Page, address: str, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_text_spacing_of_wcag_1_4_12_loses_nothing(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto("/maquette/fiche/")
    page.evaluate(
        """for (const node of document.body.querySelectorAll("*")) Object.assign(node.style,
        {lineHeight: "1.5", letterSpacing: ".12em", wordSpacing: ".16em"})"""
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_nothing_sticks_in_a_short_window(page: Page) -> None:
    """Zoom 200 % on a laptop: the focus is never under a bar."""
    page.set_viewport_size({"width": 683, "height": 384})
    page.goto("/maquette/fiche/")
    for part in (".bar", ".banner", ".savebar"):
        assert page.locator(part).first.evaluate("node => getComputedStyle(node).position") == "static"


def test_no_target_under_24_pixels(page: Page) -> None:
    """Guide §4; inline links in a sentence are exempt (WCAG 2.5.8)."""
    page.goto("/")
    small = page.evaluate(
        """[...document.querySelectorAll(`button, .btn, .tab, summary, select, input, .bar a, .chapters a, .choice,
          [data-summary] a`)]
        .map(node => [node, (node.closest(".choice, .form-check") ?? node).getBoundingClientRect()])
        .filter(([node, box]) => box.width > 0 && (box.width < 24 || box.height < 24)
          && !node.matches("[type=hidden]"))
        .map(([node]) => node.outerHTML.slice(0, 120))"""
    )
    assert small == []


def test_touch_targets_are_44_pixels(chromium: Browser, site: str) -> None:
    context = chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(f"{site}/maquette/fiche/")
    low = page.evaluate(
        """[...document.querySelectorAll(".btn, .form-control, .form-select, .choice, .chapters a, summary")]
        .filter(node => node.getClientRects().length && node.getBoundingClientRect().height < 44)
        .map(node => node.outerHTML.slice(0, 120))"""
    )
    assert low == []
    context.close()


def test_the_first_page_is_light(page: Page) -> None:
    """Everything the browser fetches, compressed as the server will send it (fonts already are)."""
    sizes: dict[str, int] = {}
    page.on("response", lambda answer: sizes.__setitem__(answer.url, weight(answer)))
    page.goto("/maquette/cockpit/")
    page.wait_for_load_state("networkidle")
    assert len(sizes) > 10
    assert sum(sizes.values()) < BUDGET
    ours = sum(size for url, size in sizes.items() if "/dcc/js/" in url)
    assert 0 < ours < MODULES_BUDGET


def weight(answer: Any) -> int:
    body = answer.body()
    return len(body) if answer.url.endswith(".woff2") else len(gzip.compress(body))


def test_policy_allows_all_it_needs(page: Page) -> None:
    """The console of every page stays empty under the strict policy (checked when the fixture ends)."""
    for address in PAGES:
        page.goto(address)
        page.wait_for_selector("html[data-ready]", state="attached")


def test_a_secretary_sees_eleven_cases_at_once(page: Page) -> None:
    """Guide §4: 11 cases of a meeting on one screen of 1366×768."""
    page.goto("/maquette/reunion/")
    rows = page.locator("table tbody tr")
    tops = [box["y"] for box in (rows.nth(index).bounding_box() for index in range(11)) if box]
    assert len(tops) == 11
    assert max(tops) < 768 - 20


def test_the_tight_setting_makes_rows_of_35_pixels(page: Page) -> None:
    """Guide §4: the second line joins the first, 15 rows on a screen; no name is cut."""
    page.goto("/maquette/reunion/")
    page.evaluate("document.documentElement.dataset.density = 'tight'")
    heights = page.evaluate("[...document.querySelectorAll('tbody tr')].map(row => row.offsetHeight)")
    assert max(heights) <= 36
    cut = "[...document.querySelectorAll('tbody th')].filter(cell => cell.scrollWidth > cell.clientWidth).length"
    assert page.evaluate(cut) == 0
    assert page.evaluate(
        "document.querySelector('table').offsetWidth <= document.querySelector('table').parentNode.clientWidth"
    )


def test_everything_works_printed(page: Page, tmp_path: Path) -> None:
    """The patient banner heads every sheet of paper, the bars are gone."""
    page.goto("/maquette/fiche/")
    page.emulate_media(media="print")
    for part in (".bar", ".savebar", ".acts"):
        assert page.locator(part).first.is_hidden()
    page.pdf(path=tmp_path / "fiche.pdf", prefer_css_page_size=True)
    text = subprocess.run(
        ["pdftotext", "-layout", tmp_path / "fiche.pdf", "-"], capture_output=True, text=True, check=True
    )
    pages = [one for one in text.stdout.split("\f") if one.strip()]
    assert len(pages) > 1
    assert all("ABHERVÉ" in one and "11/03/1963" in one for one in pages)
