"""The queue of a sheet as a machine of states: whatever the network or the server says, no operation leaves unsaid.

An operation waits, is held with the reason of its refusal, or is gone because it was applied or set beside another
answer. The modules run in a page of the product, their network and their disk played by the test.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.product import Product

pytestmark = pytest.mark.browser

# What the server says, one answer a line, then « applied » to whatever follows; ours bear the end of the session.
PLAY = """async ({ answers, typed, rounds = 1, broken = false }) => {
  const { Queue } = await import("/static/rcp/js/desk-queue.js");
  const [sent, said] = [[], []];
  const ours = { "X-Session-Ends": new Date(Date.now() + 600000).toISOString() };
  let ver = 0;
  globalThis.fetch = async (url, { body, signal } = {}) => {
    if (!body) return new Response(null, { status: 204, headers: ours });
    sent.push(Object.fromEntries(body));
    const answer = answers.shift() ?? { json: { outcome: "applied" } };
    if (answer === "cut") throw new TypeError("Failed to fetch");
    if (answer === "silence") return new Promise((_, no) => signal.addEventListener("abort", () => no(signal.reason)));
    const { status = 200, json, text = "", foreign = false } = answer;
    const content = json ? JSON.stringify({ ver: ++ver, path: body.get("path"), ...json }) : text;
    return new Response(content, { status, headers: foreign ? {} : ours });
  };
  AbortSignal.timeout = () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 30);
    return stop.signal;
  };
  const queue = new Queue({
    url: "/champ/", pulse: "/depuis/0/", page: "", sheet: "s", who: "bob",
    onAnswer: () => { if (broken) throw new Error("a page that cannot draw"); },
    onState: (name, waiting) => said.push(`${name} ${waiting}`),
    onForeign: (message) => said.push(message),
  });
  addEventListener("error", (event) => event.preventDefault(), { once: true });
  typed.forEach((one) => queue.push({ base_ver: 0, ...one }));
  for (let round = 0; round < rounds; round += 1) await queue.flush();
  clearTimeout(queue.timer);
  return {
    sent, said,
    waiting: queue.waiting.map((one) => one.path),
    held: queue.held.map((one) => [one.path, one.held.outcome, one.held.status ?? 0]),
    last: queue.waiting.at(-1)?.values,
  };
}"""
SIZE, WEIGHT = {"path": "taille", "values": ["165"]}, {"path": "poids", "values": ["61"]}
HTML = "<!doctype html><title>Connexion au réseau invité</title>"


@pytest.fixture(scope="module")
def bench(running: Product, chromium: Browser) -> Iterator[Page]:
    """A page of the product without a desk of its own."""
    page = chromium.new_context().new_page()
    page.goto(f"{running.address}/compte/login/")
    yield page
    page.context.close()


def play(bench: Page, *answers: Any, typed: list[dict[str, Any]] | None = None, **how: Any) -> dict[str, Any]:
    bench.reload()
    found: dict[str, Any] = bench.evaluate(PLAY, {"answers": list(answers), "typed": typed or [SIZE, WEIGHT], **how})
    return found


@pytest.mark.parametrize(
    "answer",
    [
        "cut",
        "silence",
        {"status": 401},
        {"status": 429},
        {"status": 502, "text": HTML, "foreign": True},
        {"status": 503},
    ],
    ids=str,
)
def test_what_does_not_arrive_waits_in_its_order(bench: Page, answer: Any) -> None:
    seen = play(bench, answer)
    assert (seen["waiting"], seen["held"]) == (["taille", "poids"], [])
    assert seen["said"][-1] == "local 2"
    again = play(bench, answer, rounds=2)
    assert (again["waiting"], again["held"]) == ([], [])
    assert [one["path"] for one in again["sent"]] == ["taille", "taille", "poids"]
    assert again["sent"][0]["op_id"] == again["sent"][1]["op_id"]


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 500},
        {"status": 200, "text": HTML, "foreign": True},
        {"status": 200, "text": '{"ok": true}'},
        {"status": 200, "text": "null"},
        {"status": 404, "text": HTML, "foreign": True},
        {"status": 403, "text": HTML, "foreign": True},
    ],
    ids=str,
)
def test_what_the_server_did_not_say_of_an_answer_is_no_answer(bench: Page, answer: Any) -> None:
    """It stays and is counted; the other questions do not wait for it."""
    rounds = 2 if answer["status"] == 403 else 1
    seen = play(bench, *[answer] * rounds, rounds=rounds)
    assert (seen["waiting"], seen["held"]) == (["taille"], [])
    assert seen["said"][-1] == "local 1"


@pytest.mark.parametrize(
    ("answer", "held"),
    [
        ({"status": 400}, ["taille", "denied", 400]),
        ({"status": 404}, ["taille", "denied", 404]),
        ({"status": 413, "foreign": True}, ["taille", "denied", 413]),
        ({"status": 422, "json": {"outcome": "invalid", "message": "900 cm"}}, ["taille", "invalid", 0]),
        ({"status": 423, "json": {"outcome": "refused", "message": "Validée"}}, ["taille", "refused", 0]),
    ],
    ids=str,
)
def test_what_is_refused_is_held_with_its_reason(bench: Page, answer: Any, held: list[Any]) -> None:
    seen = play(bench, answer)
    assert (seen["waiting"], seen["held"]) == ([], [held])


def test_a_right_refused_is_asked_twice_then_held(bench: Page) -> None:
    """The token of a session that ended gives 403 too: once is no proof."""
    seen = play(bench, {"status": 403}, rounds=1)
    assert (seen["waiting"], seen["held"]) == (["taille", "poids"], [])
    seen = play(bench, {"status": 403}, {"status": 403}, rounds=2)
    assert (seen["waiting"], seen["held"]) == ([], [["taille", "denied", 403]])


def test_set_beside_another_answer_it_has_left(bench: Page) -> None:
    seen = play(bench, {"status": 409, "json": {"outcome": "conflict"}})
    assert (seen["waiting"], seen["held"]) == ([], [])


def test_saved_is_said_once_nothing_waits(bench: Page) -> None:
    seen = play(bench, "cut", rounds=2, typed=[SIZE, WEIGHT, {"path": "allergies", "values": ["Iode"]}])
    assert [one for one in seen["said"] if one.startswith("saved")] == ["saved 0"]
    assert seen["said"][-1] == "saved 0"


def test_a_page_that_cannot_draw_keeps_nothing_from_leaving(bench: Page) -> None:
    seen = play(bench, broken=True)
    assert [one["path"] for one in seen["sent"]] == ["taille", "poids"]


def test_typed_again_it_leaves_once_or_over_its_own_version(bench: Page) -> None:
    first, second = ({"path": "allergies", "values": [words]} for words in ("Io", "Iode"))
    behind = play(bench, typed=[SIZE, first, second])
    assert [(one["path"], one["value"]) for one in behind["sent"]] == [("taille", "165"), ("allergies", "Iode")]
    over = play(bench, typed=[first, second])
    assert [(one["value"], one["base_ver"]) for one in over["sent"]] == [("Io", "0"), ("Iode", "1")]


def test_what_was_typed_over_is_not_held(bench: Page) -> None:
    wrong = {"status": 422, "json": {"outcome": "invalid", "message": "900 cm"}}
    seen = play(bench, wrong, typed=[{"path": "taille", "values": ["900"]}, {"path": "taille", "values": ["165"]}])
    assert (seen["waiting"], seen["held"]) == ([], [])
    assert [one["value"] for one in seen["sent"]] == ["900", "165"]


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


RESTORED = """async ({ fails }) => {
  const { Queue } = await import("/static/rcp/js/desk-queue.js");
  globalThis.fetch = async () => { throw new TypeError("Failed to fetch"); };
  const former = { path: "a", op: "set", values: ["before"], base_ver: 0, base_rev: 0, op_id: "1" };
  const kept = [{ ...former, seq: 1, restored: true, url: "/champ/", sheet: "s" }];
  const rows = new Map([[1, "before"]]);
  const store = {
    all: async () => kept,
    put: async (one) => {
      if (fails) throw new DOMException("full", "QuotaExceededError");
      const seq = one.seq ?? rows.size + 1;
      rows.set(seq, one.values[0]);
      return seq;
    },
    remove: async (seq) => { rows.delete(seq); },
  };
  const queue = new Queue({
    url: "/champ/", pulse: "/depuis/0/", page: "", sheet: "s", who: "bob",
    onAnswer: () => {}, onState: () => {},
  });
  queue.push({ path: "a", values: ["while it opens"], base_ver: 0 });
  await queue.restore(store);
  await queue.flush();
  clearTimeout(queue.timer);
  await Promise.allSettled(queue.waiting.map((one) => one.keeping));
  return { rows: [...rows.values()], waiting: queue.waiting.map((one) => one.values[0]), fragile: queue.fragile };
}"""


def test_what_is_typed_while_the_computer_opens_its_store_is_kept_too(bench: Page) -> None:
    bench.reload()
    seen = bench.evaluate(RESTORED, {"fails": False})
    assert seen == {"rows": ["before", "while it opens"], "waiting": ["before", "while it opens"], "fragile": False}


def test_a_computer_that_keeps_nothing_is_said_so(bench: Page) -> None:
    """Quota, private window, storage wiped under the page: « gardée dans cette page », and closing it asks."""
    bench.reload()
    seen = bench.evaluate(RESTORED, {"fails": True})
    assert (seen["waiting"], seen["fragile"]) == (["before", "while it opens"], True)


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


TYPED_OVER = """async () => {
  const { Queue } = await import("/static/rcp/js/desk-queue.js");
  globalThis.fetch = async () => { throw new TypeError("Failed to fetch"); };
  const queue = new Queue({
    url: "/champ/", pulse: "/depuis/0/", page: "", sheet: "s", who: "bob", onAnswer: () => {}, onState: () => {},
  });
  queue.push({ path: "taille", values: ["165"], base_ver: 0 });
  queue.push({ path: "allergies", values: ["Io"], base_ver: 0 });
  const [, { op_id }] = queue.waiting;
  queue.push({ path: "allergies", values: ["Iode"], base_ver: 0 });
  await queue.flush();
  clearTimeout(queue.timer);
  return [queue.waiting.map((one) => one.values[0]), queue.waiting[1].op_id === op_id];
}"""


def test_other_words_are_another_operation(bench: Page) -> None:
    bench.reload()
    assert bench.evaluate(TYPED_OVER) == [["165", "Iode"], False]


FORMER = """async (kept) => {
  const { Queue } = await import("/static/rcp/js/desk-queue.js");
  const sent = [];
  let ver = 3;
  globalThis.fetch = async (url, { body }) => {
    sent.push([body.get("value"), Number(body.get("base_ver"))]);
    const headers = { "X-Session-Ends": new Date(Date.now() + 600000).toISOString() };
    return new Response(JSON.stringify({ outcome: "applied", path: body.get("path"), ver: ++ver }), { headers });
  };
  const queue = new Queue({
    url: "/champ/", pulse: "/depuis/0/", page: "", sheet: "s", who: "bob", onAnswer: () => {}, onState: () => {},
  });
  queue.push({ path: "a", values: ["today"], base_ver: 3 });
  await queue.flush();
  const shared = { path: "a", op: "set", base_rev: 0, url: "/champ/", sheet: "s", restored: true };
  const all = async () => kept.map((one) => ({ ...shared, ...one }));
  const store = { all, put: async () => 1, remove: async () => {} };
  await queue.restore(store);
  await queue.flush();
  return sent;
}"""


def test_what_a_former_page_left_meets_what_was_answered_since(bench: Page) -> None:
    """It leaves over the version it was typed over: the server sets it beside today's answer."""
    bench.reload()
    kept = {"values": ["before"], "base_ver": 2, "op_id": "1", "seq": 1}
    assert bench.evaluate(FORMER, [kept]) == [["today", 3], ["before", 2]]


def test_two_words_of_a_former_page_do_not_meet_one_another(bench: Page) -> None:
    bench.reload()
    first = {"values": ["Io"], "base_ver": 2, "op_id": "1", "seq": 1}
    second = {"values": ["Iode"], "base_ver": 2, "op_id": "2", "after": "1", "seq": 2}
    assert bench.evaluate(FORMER, [first, second]) == [["today", 3], ["Io", 2], ["Iode", 5]]


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


BOXES = """async (boxes) => {
  const { Queue } = await import("/static/rcp/js/desk-queue.js");
  const headers = { "X-Session-Ends": new Date(Date.now() + 600000).toISOString() };
  globalThis.fetch = async () => new Response(null, { status: 400, headers });
  const queue = new Queue({
    url: "/champ/", pulse: "/depuis/0/", page: "", sheet: "s", who: "bob",
    onAnswer: (_, operation) => { operation.place = document.body; }, onState: () => {},
  });
  for (const [op, value] of boxes) await queue.push({ path: "comorbidites", op, values: [value] });
  return queue.held.map((one) => [one.op, one.values[0]]);
}"""


def test_another_box_of_the_list_forgets_none(bench: Page) -> None:
    bench.reload()
    boxes = [["add", "diabete"], ["add", "renale"], ["remove", "diabete"]]
    assert bench.evaluate(BOXES, boxes) == [["add", "renale"], ["remove", "diabete"]]


def test_the_page_of_somebody_else_says_so_once(bench: Page) -> None:
    """Another person signed in since, in another tab: nothing leaves under their name."""
    foreign = {"status": 401, "json": {"outcome": "foreign", "message": "Rechargez-la."}}
    seen = play(bench, foreign, foreign, rounds=2)
    assert (seen["waiting"], seen["held"]) == (["taille", "poids"], [])
    assert seen["said"].count("Rechargez-la.") == 1
    assert "Rechargez-la." not in play(bench, {"status": 401})["said"]
