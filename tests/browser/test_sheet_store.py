"""What a sheet could not send, on the disk of the browser: whose it is, which tab sends it, who can read it."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.product import Product

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def bench(running: Product, chromium: Browser) -> Iterator[Page]:
    """A page of the product without a desk of its own."""
    page = chromium.new_context().new_page()
    page.goto(f"{running.address}/compte/login/")
    yield page
    page.context.close()


STORED = """async () => {
  const { openStore } = await import("/static/rcp/js/desk-store.js");
  const rows = async (store) => (await store.all()).map((one) => one.text);
  const tables = (store) => store.rows();
  const [bobs, others] = [btoa("b".repeat(32)), btoa("o".repeat(32))];
  const opened = (how) => openStore({ sheet: "s", who: "bob", url: "/champ/", key: bobs, ...how });
  // Another tab of the same browser has a number of its own.
  const tab = (how) => { sessionStorage.clear(); return opened(how); };
  const mine = await opened();
  if (!KEPT) await mine.write((table) => table.clear());
  return (PLAYED)({ opened, bobs, others, rows, tables, tab, mine });
}"""


def stored(bench: Page, play_it: str, *, kept: bool = False) -> Any:
    """Play on the disk of the browser, wiped first unless `kept`, in a page just loaded."""
    bench.reload()
    return bench.evaluate(STORED.replace("PLAYED", play_it).replace("KEPT", str(kept).lower()))


def test_another_tab_reads_nothing_and_throws_nothing_away(bench: Page) -> None:
    """Two living tabs never send the same words, and opening one never wipes what the other could not send."""
    seen = stored(
        bench,
        """async ({ rows, tab, mine }) => {
          await mine.put({ text: "Iode", url: "/champ/" });
          const other = await tab();
          return [await rows(other), await rows(await tab({ who: "helias" })), await rows(mine), other.unread];
        }""",
    )
    assert seen == [[], [], ["Iode"], []]


def test_what_a_closed_tab_left_goes_to_one_page_of_its_sheet(bench: Page) -> None:
    """The tab was closed, or the browser: the same person finds their words again, in one tab alone."""
    closed = bench.context.new_page()
    closed.goto(bench.url)
    stored(closed, """async ({ mine }) => { await mine.put({ text: "Iode", url: "/champ/" }); }""")
    alive = stored(bench, "async ({ rows, mine }) => rows(mine)", kept=True)
    closed.close()
    play_it = """async ({ rows, tab, mine }) => {
      const elsewhere = await rows(await tab({ url: "/autre/champ/" }));
      const here = await tab();
      return [elsewhere, await rows(here), await rows(await tab()), await rows(mine), await rows(here)];
    }"""
    assert alive == []
    assert stored(bench, play_it, kept=True) == [["Iode"], ["Iode"], [], [], ["Iode"]]


def test_a_page_loaded_again_is_the_same_tab_and_a_copy_of_it_is_another(bench: Page) -> None:
    first = stored(
        bench, """async ({ mine }) => { await mine.put({ text: "Iode", url: "/champ/" }); return mine.tab; }"""
    )
    play_it = """async ({ opened, rows, mine }) => {
      const copy = await opened();
      return [mine.tab, copy.tab === mine.tab, await rows(copy), await rows(mine)];
    }"""
    assert stored(bench, play_it, kept=True) == [first, False, [], ["Iode"]]


def test_words_that_nobody_can_read_again_are_counted(bench: Page) -> None:
    seen = stored(
        bench,
        """async ({ opened, others, rows, tables, mine }) => {
          await mine.put({ text: "Iode", url: "/champ/" });
          const [row] = await tables(mine);
          const other = Object.assign(await opened({ key: others }), { tab: mine.tab });
          const found = [await rows(other), other.unread.length];
          await mine.write((table) => table.put({ ...row, at: Date.now() - 8 * 24 * 3600 * 1000 }));
          return [...found, await rows(other), other.unread.length, (await tables(mine)).length];
        }""",
    )
    assert seen == [[], 1, [], 0, 0]


def test_no_key_is_left_in_the_browser(bench: Page) -> None:
    seen = stored(
        bench,
        """async ({ bobs, mine }) => {
          await mine.put({ text: "Iode", url: "/champ/" });
          const refused = await crypto.subtle.exportKey("raw", mine.key).catch(() => "refused");
          const left = Object.values({ ...sessionStorage, ...localStorage });
          return [left.filter((text) => text.includes(bobs)).length, refused];
        }""",
    )
    assert seen == [0, "refused"]


def test_what_nobody_can_send_any_more_is_forgotten_after_a_week(bench: Page) -> None:
    seen = stored(
        bench,
        """async ({ rows, tables, tab, mine }) => {
          await mine.put({ text: "Iode" });
          const [row] = await tables(mine);
          await mine.write((table) => table.put({ ...row, at: Date.now() - 8 * 24 * 3600 * 1000 }));
          const other = await tab({ who: "helias" });
          await rows(other);
          return (await tables(other)).length;
        }""",
    )
    assert seen == 0


def test_one_operation_is_one_row_however_often_it_is_written(bench: Page) -> None:
    seen = stored(
        bench,
        """async ({ rows, mine }) => {
          const seq = await mine.put({ text: "Io" });
          await mine.put({ text: "Iode", seq });
          const both = await rows(mine);
          await mine.remove(seq);
          return [both, await rows(mine)];
        }""",
    )
    assert seen == [["Iode"], []]


def test_a_browser_that_does_not_count_keeps_all_the_same(bench: Page) -> None:
    seen = stored(
        bench,
        """async ({ rows, mine }) => {
          Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError"); };
          await mine.put({ text: "Iode", url: "/champ/" });
          return rows(mine);
        }""",
    )
    assert seen == ["Iode"]


def test_what_signing_out_would_wipe_is_counted_for_its_author(bench: Page) -> None:
    seen = stored(
        bench,
        """async ({ tab, mine }) => {
          await mine.put({ text: "Iode", url: "/champ/" });
          const other = await tab({ who: "helias" });
          await other.put({ text: "Latex", url: "/champ/" });
          await other.put({ text: "Kiwi", url: "/champ/" });
          const theirs = localStorage.getItem("dcc-unsent");
          await mine.put({ text: "Pollen", url: "/champ/" });
          await mine.put({ text: "Noix", url: "/champ/" });
          return [theirs, localStorage.getItem("dcc-unsent")];
        }""",
    )
    assert seen == ["2", "3"]


def test_every_way_out_says_what_it_would_wipe() -> None:
    """Whatever page one signs out from, the script finds its form."""
    root = Path(__file__).resolve().parents[2]
    forms = [
        form
        for folder in ("dcc", "patients", "messaging", "rcp", "templates")
        for page in (root / folder).rglob("*.html")
        for form in re.findall(r"<form[^>]*(?:account_logout|sign_out_url)[^>]*>", page.read_text(encoding="utf-8"))
    ]
    assert len(forms) >= 5
    assert [form for form in forms if "data-sign-out" not in form] == []


UNREAD = """async () => {
  const { watchHeld } = await import("/static/rcp/js/desk-held.js");
  const model = '<div data-refusal><b></b><span data-refusal-text></span><p class="acts"></p></div>';
  document.body.innerHTML = `<div id="avis"></div><template id="modele-refus">${model}</template>`;
  const forget = () => { queue.unread = []; };
  const queue = { held: [], waiting: [], elsewhere: [], unread: [3, 4], forget, say: () => draw() };
  const draw = watchHeld(queue, { correct: () => {} });
  draw();
  const said = document.querySelector("[data-held] li").textContent;
  document.querySelector("[data-held] li button").click();
  return [said, document.querySelectorAll("[data-held]").length];
}"""


def test_words_that_nobody_can_read_again_are_said_until_they_are_given_up(bench: Page) -> None:
    bench.reload()
    said, left = bench.evaluate(UNREAD)
    assert "2 réponses gardées ne peuvent plus être lues" in said
    assert left == 0
