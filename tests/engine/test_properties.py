"""Properties of the engine on random forms and answers, against a naive evaluator written separately."""

import random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from rcp.sheets.engine import answers_from_response, compile_definition, enabled_items, to_response

CODES = ("a", "b", "c")


def random_form(rng: random.Random) -> dict[str, Any]:
    """A form of up to ~30 items, nested and repeating groups, conditions on earlier questions only."""
    asked: list[dict[str, Any]] = []
    counter = iter(range(1000))

    def item(depth: int) -> dict[str, Any]:
        link_id = f"i{next(counter)}"
        made: dict[str, Any] = {"linkId": link_id, "text": link_id}
        if asked and rng.random() < 0.5:
            lines = [condition(rng.choice(asked)) for _ in range(rng.choice((1, 1, 2)))]
            made |= {"enableWhen": lines, "enableBehavior": rng.choice(("all", "any"))}
        if depth < 3 and rng.random() < 0.35:
            made |= {"type": "group", "repeats": rng.random() < 0.5}
            made["item"] = [item(depth + 1) for _ in range(rng.randint(1, 4))]
            return made
        made["type"] = rng.choice(("boolean", "integer", "choice"))
        made["repeats"] = made["type"] == "choice" and rng.random() < 0.3
        asked.append(made)
        return made

    return {"url": "urn:f", "version": "1", "item": [item(0) for _ in range(rng.randint(2, 7))]}


def condition(question: dict[str, Any]) -> dict[str, Any]:
    rng = random.Random(question["linkId"])
    operator = rng.choice(("exists", "=", "!="))
    if operator == "exists":
        return {"question": question["linkId"], "operator": operator, "answerBoolean": rng.random() < 0.7}
    key, value = answer(question["type"], rng)
    return {"question": question["linkId"], "operator": operator, f"answer{key}": value}


def answer(kind: str, rng: random.Random) -> tuple[str, Any]:
    if kind == "boolean":
        return "Boolean", rng.random() < 0.5
    return ("Integer", rng.randint(0, 2)) if kind == "integer" else ("Coding", {"code": rng.choice(CODES)})


def random_items(items: list[dict[str, Any]], rng: random.Random) -> list[dict[str, Any]]:
    found = []
    for one in items:
        if one["type"] == "group":
            for _ in range(rng.randint(0, 3) if one["repeats"] else 1):
                found.append({"linkId": one["linkId"], "item": random_items(one["item"], rng)})
        elif rng.random() < 0.7:
            count = rng.randint(1, 2) if one["repeats"] else 1
            answers = [{f"value{k}": v} for k, v in (answer(one["type"], rng) for _ in range(count))]
            found.append({"linkId": one["linkId"], "answer": answers})
    return found


# One (linkId, response items of that instance) per level, outermost first.
Level = tuple[str, list[dict[str, Any]]]


class Naive:
    """The contract read literally: recursive, the whole response walked for each lookup."""

    def __init__(self, form: dict[str, Any]) -> None:
        self.form = form
        self.where: dict[str, list[str]] = {}
        self.by_id: dict[str, dict[str, Any]] = {}
        self.found: set[str] = set()
        self.locate(form["item"], [])

    def locate(self, items: list[dict[str, Any]], above: list[str]) -> None:
        for one in items:
            self.where[one["linkId"]], self.by_id[one["linkId"]] = above, one
            self.locate(one.get("item", []), [*above, one["linkId"]])

    def values_of(self, asked: str, scope: list[Level]) -> list[Any]:
        """Answers of a question seen from a place: those of the nearest instance that holds both."""
        common = 0
        chain = self.where[asked]
        while common < min(len(chain), len(scope) - 1) and chain[common] == scope[common + 1][0]:
            common += 1
        return self.collect(asked, chain[common:], scope[: common + 1])

    def collect(self, asked: str, chain: list[str], scope: list[Level]) -> list[Any]:
        target = chain[0] if chain else asked
        if not self.holds(self.by_id[target], scope):
            return []
        here = [one for one in scope[-1][1] if one["linkId"] == target]
        if chain:
            return [v for one in here for v in self.collect(asked, chain[1:], [*scope, (target, one.get("item", []))])]
        return [next(iter(a.values())) for one in here for a in one.get("answer", [])]

    def holds(self, definition: dict[str, Any], scope: list[Level]) -> bool:
        results = []
        for line in definition.get("enableWhen", []):
            values = self.values_of(line["question"], scope)
            expected = next(v for k, v in line.items() if k.startswith("answer"))
            same = any(type(v) is type(expected) and v == expected for v in values)
            results.append(
                bool(values) is expected if line["operator"] == "exists" else same is (line["operator"] == "=")
            )
        if not results:
            return True
        return any(results) if definition["enableBehavior"] == "any" else all(results)

    def walk(self, items: list[dict[str, Any]], scope: list[Level], prefix: str) -> None:
        for one in items:
            if not self.holds(one, scope):
                continue
            here = [r for r in scope[-1][1] if r["linkId"] == one["linkId"]]
            if one["type"] != "group":
                self.found.add(prefix + one["linkId"])
                continue
            for n, instance in enumerate(here or [{}]):
                path = prefix + one["linkId"] + (f"[{n}]" if here and one["repeats"] else "")
                self.found.add(path)
                self.walk(one["item"], [*scope, (one["linkId"], instance.get("item", []))], f"{path}/")


def naive_enabled(form: dict[str, Any], response: dict[str, Any]) -> set[str]:
    naive = Naive(form)
    naive.walk(form["item"], [("", response.get("item", []))], "")
    return naive.found


def strip_closed(
    items: list[dict[str, Any]], open_: set[str], groups: set[str], prefix: str = ""
) -> list[dict[str, Any]]:
    """Remove the closed items of a response; instances keep their order, so that indices shift only within a group."""
    kept, count = [], {}
    for one in items:
        link_id = one["linkId"]
        n = count[link_id] = count.get(link_id, -1) + 1
        path = f"{prefix}{link_id}[{n}]" if link_id in groups else prefix + link_id
        if path in open_:
            below = strip_closed(one.get("item", []), open_, groups, f"{path}/")
            kept.append({**one, "item": below} if "item" in one else one)
    return kept


def repeating(items: list[dict[str, Any]]) -> set[str]:
    own = {i["linkId"] for i in items if i["type"] == "group" and i["repeats"]}
    return own.union(*(repeating(i.get("item", [])) for i in items))


seeds = st.integers(min_value=0, max_value=2**32)


@given(seeds)
@settings(max_examples=150, deadline=None)
def test_agrees_with_a_naive_evaluator(seed: int) -> None:
    rng = random.Random(seed)
    form = random_form(rng)
    response = {"item": random_items(form["item"], rng)}
    assert enabled_items(form, response) == naive_enabled(form, response)


@given(seeds)
@settings(max_examples=60, deadline=None)
def test_idempotent_without_the_closed_answers(seed: int) -> None:
    rng = random.Random(seed)
    form = random_form(rng)
    response = {"item": random_items(form["item"], rng)}
    once = enabled_items(form, response)
    left = {"item": strip_closed(response["item"], once, repeating(form["item"]))}
    again = enabled_items(form, left)
    assert {path for path in again if "[" not in path} >= {path for path in once if "[" not in path}
    assert {path for path in once if "[" in path} <= again


@given(seeds)
@settings(max_examples=60, deadline=None)
def test_the_order_of_siblings_does_not_matter(seed: int) -> None:
    rng = random.Random(seed)
    form = random_form(rng)
    response = {"item": random_items(form["item"], rng)}

    def shuffled(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
        mixed = [{**one, "item": shuffled(one["item"])} if "item" in one else one for one in items]
        rng.shuffle(mixed)
        return mixed

    assert enabled_items({**form, "item": shuffled(form["item"])}, response) == enabled_items(form, response)


@given(seeds)
@settings(max_examples=60, deadline=None)
def test_incremental_equals_full(seed: int) -> None:
    rng = random.Random(seed)
    raw = random_form(rng)
    form = compile_definition(raw)
    answers = answers_from_response(form, {"item": random_items(raw["item"], rng)})
    evaluation = form.evaluate(answers)
    for _ in range(6):
        path, node = rng.choice(sorted(evaluation.tree.by_path.items()))
        if not node.spec.is_question:
            continue
        before = evaluation.enabled
        _, value = answer(node.spec.type, rng)
        given_value = None if rng.random() < 0.3 else [value] if node.spec.repeats else value
        changes = evaluation.change(path, given_value)
        assert evaluation.enabled == form.enabled(evaluation.answers)
        assert (changes.opened, changes.closed) == (evaluation.enabled - before, before - evaluation.enabled)


@given(seeds)
@settings(max_examples=60, deadline=None)
def test_a_draft_survives_the_trip_through_a_response(seed: int) -> None:
    rng = random.Random(seed)
    raw = random_form(rng)
    form = compile_definition(raw)
    answers = answers_from_response(form, {"item": random_items(raw["item"], rng)})
    response = to_response(form, answers)
    back = answers_from_response(form, response)
    open_ = form.enabled(answers)
    kept = {path: value for path, value in answers.items() if path in open_}
    assert {p: v for p, v in back.items() if p in kept} == {p: v for p, v in kept.items() if p in back}
    assert {p for p in kept if p not in back} == set()
    assert to_response(form, back) == response
