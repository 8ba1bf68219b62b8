"""A page left open: the end of the session is announced and loses nothing; the room reads at six metres."""

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser


# ---- session --------------------------------------------------------------------------------------------------------


def test_the_end_of_the_session_is_announced_and_put_off(page: Page) -> None:
    page.clock.install()
    page.goto("/essai/?session=150")
    page.wait_for_selector("html[data-ready]", state="attached")
    page.locator("#page-find").fill("à moitié tapé")
    expect(page.locator("#session")).to_be_hidden()
    page.clock.fast_forward(31_000)
    expect(page.locator("#session")).to_be_visible()
    page.get_by_role("button", name="Rester connecté").click()
    expect(page.locator("#session")).to_be_hidden()
    page.clock.fast_forward(600_000)
    expect(page.locator("#session")).to_be_hidden()
    assert page.locator("#page-find").input_value() == "à moitié tapé"


def test_the_clock_of_the_workstation_may_be_wrong(page: Page) -> None:
    """Three hours fast: what is put off lasts half an hour all the same, and is announced when it ends."""
    page.clock.install(time=datetime.now() + timedelta(hours=3))
    page.goto("/essai/?session=150")
    page.wait_for_selector("html[data-ready]", state="attached")
    expect(page.locator("#session")).to_be_hidden()
    page.clock.fast_forward(31_000)
    expect(page.locator("#session")).to_be_visible()
    page.get_by_role("button", name="Rester connecté").click()
    expect(page.locator("#session")).to_be_hidden()
    page.clock.fast_forward(60_000)
    expect(page.locator("#session")).to_be_hidden()
    page.clock.fast_forward(28 * 60_000)
    expect(page.locator("#session")).to_be_visible()


def test_after_the_end_the_page_keeps_what_was_typed(page: Page) -> None:
    page.clock.install()
    page.goto("/essai/?session=130")
    page.wait_for_selector("html[data-ready]", state="attached")
    page.locator("#page-find").fill("à moitié tapé")
    page.clock.fast_forward(11_000)
    expect(page.locator("#session")).to_be_visible()
    page.clock.run_for(130_000)
    expect(page.locator("#session-close")).to_be_visible()
    assert page.locator("#page-find").input_value() == "à moitié tapé"


def test_a_401_opens_the_same_dialog(chromium: Browser, site: str) -> None:
    context = chromium.new_context(base_url=site)
    page = context.new_page()
    page.goto("/essai/?session=900")
    page.wait_for_selector("html[data-ready]", state="attached")
    page.locator("#code-401").click()
    expect(page.locator("#session-close")).to_be_visible()
    context.close()


# ---- the meeting room -----------------------------------------------------------------------------------------------


def test_the_room_remembers_its_size_and_says_when_there_is_more(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto("/salle/")
    more = page.locator("[data-room-more]")
    expect(more).to_be_hidden()
    page.keyboard.press("+")
    page.keyboard.press("+")
    expect(more).to_be_visible()
    page.keyboard.press("PageDown")
    page.keyboard.press("PageDown")
    expect(more).to_be_hidden()
    page.keyboard.press("l")
    page.reload()
    expect(page.locator("body")).to_have_class(re.compile(r"\bz3\b.*\blight\b|\blight\b.*\bz3\b"))
    page.keyboard.press("-")
    expect(page.locator("body")).to_have_class(re.compile(r"\bz2\b"))


PROJECTION_CSS = Path(__file__).resolve().parents[2] / "rcp/static/rcp/css/projection.css"
PROJECTED = """(css) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets = [sheet];
}"""
# Words whose box is partly outside what is shown of the middle, once the void above and under the letters is set aside.
HALF_SHOWN = """() => {
  const edge = document.querySelector(".rm-main").getBoundingClientRect();
  return [...document.querySelectorAll(".rm-main > :not(.rm-cols), .rm-cols > *")].flatMap((block) => {
    const box = block.getBoundingClientRect();
    const [above, , below] = getComputedStyle(block).clipPath.match(/-?[\\d.]+(?=px)/g)?.map(Number) ?? [0, 0, 0];
    const top = Math.max(edge.top, box.top + above), bottom = Math.min(edge.bottom, box.bottom - below);
    const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT), range = document.createRange(), cut = [];
    while (walker.nextNode()) {
      range.selectNodeContents(walker.currentNode);
      for (const line of range.getClientRects()) {
        const blank = 0.1 * line.height;
        const half = (at) => line.top + blank < at && line.bottom - blank > at;
        if (half(top) || half(bottom)) cut.push(walker.currentNode.data);
      }
    }
    return cut;
  });
}"""


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080)])
def test_no_line_of_the_room_is_cut_at_half_height(page: Page, size: tuple[int, int], motion: str) -> None:
    """A half-read « 1,84 m² » is a wrong one: at any size of text, and wherever the middle is scrolled."""
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.emulate_media(reduced_motion=motion)
    page.goto("/salle/")
    page.wait_for_selector("html[data-ready]", state="attached")
    page.evaluate(PROJECTED, PROJECTION_CSS.read_text(encoding="utf-8"))
    middle = page.locator(".rm-main")
    for _ in range(3):
        page.keyboard.press("+")
        expect(page.locator("[data-room-more]")).to_be_visible()
        assert page.evaluate(HALF_SHOWN) == []
    for offset in (17, 43, 0):
        middle.evaluate("(node, at) => { node.scrollTop = at; dispatchEvent(new Event('resize')); }", offset)
        assert page.evaluate(HALF_SHOWN) == []


def test_the_room_is_readable_at_six_metres(page: Page) -> None:
    """Guide §4: 28, 32, 36 and 41 at 1280×720, and the same shares of the picture in 4K."""
    sizes = {".rm-cols dt": 28, ".rm-cols dd": 32, ".rm-id": 36, ".rm-q": 41}
    for width, height, times in ((1280, 720, 1), (3840, 2160, 3)):
        page.set_viewport_size({"width": width, "height": height})
        page.goto("/salle/")
        for part, size in sizes.items():
            shown = page.locator(part).first.evaluate("node => parseFloat(getComputedStyle(node).fontSize)")
            assert shown == pytest.approx(size * times, abs=0.5)
