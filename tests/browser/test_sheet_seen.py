"""What an answer could not draw under the focus: drawn once the focus has left, and not seen before."""

from collections.abc import Iterator
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


LATE = """async () => {
  const { Seen } = await import("/static/rcp/js/desk-seen.js");
  const { apply } = await import("/static/rcp/js/desk-apply.js");
  const drawn = (id, said) => `<div id="q-${id}" class="q" data-path="${id}"><input id="${id}" value="${said}"></div>`;
  document.body.innerHTML = `${drawn("poids", 61)}${drawn("taille", 165)}<button id="ailleurs">Ailleurs</button>`;
  const busy = [];
  const asked = [];
  const seen = new Seen({
    rev: 4, skip: (node) => busy.includes(node.id), ask: () => asked.push(seen.rev), onShown: () => {},
  });
  const answer = (rev, path, fragments, whole = true) => {
    const held = apply(fragments, { skip: seen.skip });
    seen.answered({ rev, fragments }, held, document.getElementById(`q-${path}`), whole);
  };
  const poll = (rev, fragments) => seen.polled({ rev, fragments }, apply(fragments, { skip: seen.skip }));
  const at = (id) => document.getElementById(id).focus();
  const tick = () => new Promise((done) => { setTimeout(done, 5); });
  const said = () => [document.getElementById("poids").value, document.getElementById("taille").value, seen.rev];
  const steps = [];
  PLAYED
  return [steps, asked.length];
}"""


def late(bench: Page, *steps: str) -> Any:
    bench.reload()
    play_it = "".join("steps.push(said());" if step == "?" else f"{step}; await tick();" for step in steps)
    return bench.evaluate(LATE.replace("PLAYED", play_it))


ANSWERED = 'answer(5, "poids", { "q-taille": drawn("taille", 170) })'


def test_what_was_late_under_the_focus_is_drawn_once_it_leaves(bench: Page) -> None:
    """And its revision is seen then, not before."""
    seen = late(bench, 'at("taille")', ANSWERED, "?", 'at("poids")', "?")
    assert seen == [[["61", "165", 4], ["61", "170", 5]], 0]


def test_the_newest_of_what_was_late_is_drawn(bench: Page) -> None:
    again = 'answer(6, "poids", { "q-taille": drawn("taille", 180) })'
    assert late(bench, 'at("taille")', ANSWERED, again, "?", 'at("ailleurs")', "?") == [
        [["61", "165", 4], ["61", "180", 6]],
        0,
    ]
    polled = 'poll(9, { "q-taille": drawn("taille", 190) })'
    assert late(bench, 'at("taille")', ANSWERED, polled, 'at("ailleurs")', "?")[0] == [["61", "190", 5]]


def test_what_is_late_is_never_drawn_over_newer_words(bench: Page) -> None:
    """They wait, or they were answered since: the poll is asked from the revision that was seen."""
    typed = 'document.getElementById("taille").value = "171", busy.push("q-taille")'
    assert late(bench, 'at("taille")', ANSWERED, typed, 'at("ailleurs")', "?")[0] == [["61", "171", 4]]
    answered = 'answer(6, "taille", {}), busy.pop()'
    steps, asked = late(bench, 'at("taille")', ANSWERED, typed, answered, 'at("ailleurs")', "?")
    assert (steps, asked) == ([["61", "171", 4]], 1)


def test_a_revision_of_somebody_else_is_asked_for(bench: Page) -> None:
    steps, asked = late(bench, 'answer(7, "poids", {})', "?", "poll(7, {})", "?")
    assert (steps, asked) == ([["61", "165", 4], ["61", "165", 7]], 1)
