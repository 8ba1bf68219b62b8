"""The queue of a sheet as a machine of states: whatever the network or the server says, no operation leaves unsaid.

An operation waits, is held with the reason of its refusal, or is gone because it was applied or set beside another
answer. The modules run in a page of the product, their network and their disk played by the test.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.product import Product

pytestmark = pytest.mark.browser

# What the server says, one answer a line, then « applied » to whatever follows; ours bear the end of the session.
PLAY = """async ({ answers, typed, rounds = 1, broken = false, down = false }) => {
  const { Queue } = await import("/static/rcp/js/desk-queue.js");
  const [sent, said] = [[], []];
  const ours = { "X-Session-Ends": new Date(Date.now() + 600000).toISOString() };
  let ver = 0;
  globalThis.fetch = async (url, { body, signal } = {}) => {
    if (!body) return new Response(null, { status: down ? 503 : 204, headers: ours });
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


def test_what_the_server_stumbles_on_again_and_again_is_held(bench: Page) -> None:
    """Five times on this answer, while it answers elsewhere: it is not sent for ever, its author decides."""
    fault = {"status": 500}
    seen = play(bench, *[fault] * 4, rounds=4, typed=[SIZE])
    assert (seen["waiting"], seen["held"]) == (["taille"], [])
    seen = play(bench, *[fault] * 9, rounds=9, typed=[SIZE])
    assert (seen["waiting"], seen["held"]) == ([], [["taille", "failed", 500]])
    assert len(seen["sent"]) == 5


def test_a_server_that_is_down_for_all_is_waited_for(bench: Page) -> None:
    seen = play(bench, *[{"status": 500}] * 7, rounds=8, typed=[SIZE], down=True)
    assert (seen["waiting"], seen["held"]) == ([], [])
    assert len(seen["sent"]) == 8


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
