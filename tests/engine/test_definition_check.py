"""Publication: what check_definition refuses, naming the item and what to do; hostile definitions within a second."""

import time
from typing import Any

import pytest

from rcp.sheets.engine import check_definition, profile
from tests.engine.conftest import errors

SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"
YES = {"operator": "=", "answerBoolean": True}


def item(link_id: str, kind: str = "string", **more: Any) -> dict[str, Any]:
    return {"linkId": link_id, "text": link_id, "type": kind, **more}


def extended(link_id: str, url: str, **value: Any) -> dict[str, Any]:
    return item(link_id, extension=[{"url": url, **value}])


def expression(text: str) -> dict[str, Any]:
    return {"valueExpression": {"language": "text/fhirpath", "expression": text}}


def definition(*items: dict[str, Any], **more: Any) -> dict[str, Any]:
    head = {"resourceType": "Questionnaire", "url": "urn:f", "version": "1", "status": "active", "title": "F"}
    return {**head, "item": list(items), **more}


BOOL = item("b", "boolean")
FAULTY = {
    "duplicateLinkId": (definition(item("a"), item("a")), "a"),
    "unknownQuestion": (definition(item("a", enableWhen=[{"question": "zz", **YES}])), "zz"),
    "missingQuestion": (definition(item("a", enableWhen=[YES])), "a"),
    "selfReference": (definition(item("a", "boolean", enableWhen=[{"question": "a", **YES}])), "a"),
    "ownDescendant": (definition(item("g", "group", item=[BOOL], enableWhen=[{"question": "b", **YES}])), "b"),
    "que-12": (definition(BOOL, item("a", enableWhen=[{"question": "b", **YES}] * 2)), "a"),
    "operator": (definition(BOOL, item("a", enableWhen=[{**YES, "question": "b", "operator": "~"}])), "~"),
    "existsBoolean": (
        definition(BOOL, item("a", enableWhen=[{"question": "b", "operator": "exists", "answerString": "x"}])), "a"),
    "typeMismatch": (
        definition(item("d", "date"), item("a", enableWhen=[{"question": "d", "operator": ">", "answerInteger": 3}])),
        "answerInteger"),
    "unknownType": (definition(item("a", "rating")), "rating"),
    "unsupportedType": (definition(item("a", "attachment")), "attachment"),
    "displayChildren": (definition(item("a", "display", item=[item("b")])), "a"),
    "modifierExtension": (definition(item("a", modifierExtension=[{"url": "x"}])), "a"),
    "unsupportedExtension": (
        definition(extended("a", f"{SDC}answerExpression", **expression("1"))), "answerExpression"),
    "expression": (definition(extended("a", profile.CALCULATED, **expression("'x'.matches('y')"))), "matches()"),
    "unknownReference": (
        definition(extended("a", profile.CALCULATED, **expression("%resource.item.where(linkId='zz').answer.value"))),
        "zz"),
    "remoteValueSet": (definition(item("a", "choice", answerValueSet="http://hl7.org/fhir/ValueSet/x")), "hl7"),
    "duplicateOption": (definition(item("a", "choice", answerOption=[{"valueString": "x"}] * 2)), "x"),
    "duplicateStat": (
        definition(*(extended(n, profile.STAT, valueCode="same") for n in "ab")), "same"),
    "statPattern": (definition(extended("a", profile.STAT, valueCode="Âge au diagnostic")), "Âge au diagnostic"),
    "regex": (definition(extended("a", profile.REGEX, valueString="(a+)+$")), "motif"),
    "phrase": (definition(extended("a", profile.PHRASE, valueString="{{ ''.__class__.__mro__ }}")), "attribut"),
    "reprise": (definition(extended("a", profile.REPRISE, valueCode="parfois")), "parfois"),
    "shape": (definition(item("a", enableWhen="x")), "enableWhen"),
}  # fmt: skip


@pytest.mark.parametrize("code", FAULTY)
def test_refuses_and_names(code: str) -> None:
    faulty, named = FAULTY[code]
    refusals = errors(check_definition(faulty))
    assert code in {one["code"] for one in refusals}
    said = next(one["message"] for one in refusals if one["code"] == code)
    assert named in said
    assert said.endswith(".")


@pytest.mark.parametrize("key", ["Age", "âge", "2ans", "_age", "a" * 65, "age ans", "a/b"])
def test_a_key_that_no_fact_could_bear_is_refused(key: str) -> None:
    (refusal,) = errors(check_definition(definition(extended("a", profile.STAT, valueCode=key))))
    assert refusal["code"] == "statPattern"
    assert refusal["message"].startswith("Item « a »")
    assert refusal["message"].endswith("Récrivez-la.")


@pytest.mark.parametrize("key", ["age", "a", "sein.t_clinique-2", "a" * 64])
def test_a_key_as_the_facts_want_it_is_accepted(key: str) -> None:
    assert not errors(check_definition(definition(extended("a", profile.STAT, valueCode=key))))


def test_a_loop_is_named_link_by_link() -> None:
    chain = [item(n, "boolean", enableWhen=[{"question": q, **YES}]) for n, q in (("a", "b"), ("b", "c"), ("c", "a"))]
    loops = [one for one in check_definition(definition(*chain)) if one["code"] == "loop"]
    assert "a → b → c → a" in loops[0]["message"]


def test_a_loop_through_a_calculation_is_seen() -> None:
    calculated = extended("a", profile.CALCULATED, **expression("%resource.item.where(linkId='b').answer.value"))
    conditioned = item("b", enableWhen=[{"question": "a", "operator": "exists", "answerBoolean": True}])
    assert [one for one in check_definition(definition(calculated, conditioned)) if one["code"] == "loop"]


def test_a_forward_reference_and_an_unknown_extension_only_warn() -> None:
    forward = item("a", enableWhen=[{"question": "b", **YES}], extension=[{"url": "urn:x", "valueString": "y"}])
    found = check_definition(definition(forward, BOOL))
    assert {"forwardReference", "unknownExtension"} <= {one["code"] for one in found}
    assert not errors(found)


def deep(levels: int) -> dict[str, Any]:
    leaf = item("leaf")
    for n in range(levels):
        leaf = item(f"g{n}", "group", item=[leaf])
    return leaf


def doubling_variables(count: int) -> list[dict[str, Any]]:
    texts = ["1", *(f"%v{n} + %v{n}" for n in range(count))]
    return [
        {"url": profile.VARIABLE, "valueExpression": {"name": f"v{n}", "language": "text/fhirpath", "expression": text}}
        for n, text in enumerate(texts)
    ]


def templates(*sources: str) -> dict[str, Any]:
    return definition(*(extended(f"i{n}", profile.PHRASE, valueString=s) for n, s in enumerate(sources)))


HOSTILE = {
    "10 000 items": definition(*(item(f"i{n}") for n in range(10_000))),
    "a loop of 1 990": definition(
        *(item(f"i{n}", "boolean", enableWhen=[{"question": f"i{(n + 1) % 1990}", **YES}]) for n in range(1990))
    ),
    "5 000 levels": definition(deep(5000)),
    "400 000 options": definition(
        *(item(f"i{n}", "choice", answerOption=[{"valueString": str(m)} for m in range(400)]) for n in range(1000))
    ),
    "a long sum": definition(extended("a", profile.CALCULATED, **expression("+".join(["1"] * 3000)))),
    "many parentheses": definition(extended("a", profile.CALCULATED, **expression("(" * 3000 + "1" + ")" * 3000))),
    "doubling variables": definition(
        extended("a", profile.CALCULATED, **expression("%v100")), extension=doubling_variables(100)
    ),
    "regex bombs": definition(*(extended(f"i{n}", profile.REGEX, valueString="(a*)*b" + str(n)) for n in range(1900))),
    "a counted bomb": definition(extended("a", profile.REGEX, valueString="(((a{90}b){90}c){90}d){90}")),
    "a loop template": templates("{% for i in range(10**9) %}x{% endfor %}"),
    "a multiplied template": templates("{{ 'a' * 999999999 }}"),
    "an escape by filter": templates("{{ valeur|attr('__class__') }}"),
    "an escape by index": templates("{{ valeur['__class__'] }}"),
    "an escape by keyword": templates("{{ liste(**valeur) }}"),
    "a nested template": templates("{{ " + "not " * 900 + "valeur }}"),
    "a mass of templates": templates(*("{% if valeur == 'a' %}{{ bas(valeur) }}{% endif %}" * 20 for _ in range(1900))),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_definitions_are_refused_within_a_second(name: str) -> None:
    start = time.process_time()  # of this process: what else the machine does is not the definition's fault
    assert errors(check_definition(HOSTILE[name]))
    assert time.process_time() - start < 1


CHOICES = [{"valueCoding": {"system": "urn:s", "code": f"c{n}", "display": f"C {n}"}} for n in range(400)]
ON_LAST = {"question": "q", "operator": "=", "answerCoding": {"system": "urn:s", "code": "c399"}}
LARGE_SET = [{"resourceType": "ValueSet", "id": "v", "compose": {
    "include": [{"system": "urn:s", "concept": [{"code": f"c{n}"} for n in range(25_000)]}]}}]  # fmt: skip
HEAVY = {
    "conditions on a long list": definition(
        item("q", "choice", answerOption=CHOICES),
        *(item(f"i{n}", enableWhen=[ON_LAST] * 5, enableBehavior="any") for n in range(1900)),
    ),
    "conditions on a large value set": definition(
        item("q", "choice", answerValueSet="#v"),
        *(item(f"i{n}", enableWhen=[ON_LAST]) for n in range(1500)),
        contained=LARGE_SET,
    ),
    "long lists": definition(*(item(f"i{n}", "choice", answerOption=CHOICES) for n in range(60))),
    "long expressions": definition(
        *(extended(f"i{n}", profile.CALCULATED, **expression("+".join(["1"] * 100))) for n in range(190))
    ),
}


@pytest.mark.parametrize("name", HEAVY)
def test_a_heavy_but_honest_definition_is_accepted_within_a_second(name: str) -> None:
    start = time.process_time()
    assert not errors(check_definition(HEAVY[name]))
    assert time.process_time() - start < 1


def first(text: str) -> dict[str, Any]:
    return {"url": profile.INITIAL_EXPRESSION, **expression(text)}


def answer(link_id: str) -> str:
    return f"%resource.repeat(item).where(linkId='{link_id}').answer.value"


def test_first_values_that_wait_for_one_another_are_refused_link_by_link() -> None:
    loop = definition(
        item("a", extension=[first(answer("b"))]),
        item("b", extension=[first(answer("c"))]),
        item("c", extension=[first(answer("a"))]),
        item("d", extension=[first(answer("a"))]),
    )
    said = [one["message"] for one in errors(check_definition(loop))]
    assert said == ["Boucle de valeurs initiales : a → b → c → a. Supprimez l’une de ces valeurs initiales."]
    alone = definition(item("a", extension=[first(answer("a"))]))
    assert "a → a" in errors(check_definition(alone))[0]["message"]
    chain = definition(item("a", extension=[first(answer("b"))]), item("b", extension=[first("'x'")]))
    assert not errors(check_definition(chain))


def test_a_first_value_that_waits_for_what_is_calculated_from_it_is_refused() -> None:
    doubled = {"url": profile.CALCULATED, **expression(f"{answer('a')} + {answer('a')}")}
    loop = definition(item("a", "integer", extension=[first(answer("b"))]), item("b", "integer", extension=[doubled]))
    assert [one["code"] for one in errors(check_definition(loop))] == ["loop"]


@pytest.mark.parametrize("number", [10**16, -(10**16), 10**5000], ids=["16 zeros", "negative", "5000 zeros"])
def test_a_number_too_long_to_be_written_is_refused_and_never_raises(number: int) -> None:
    for form in (
        definition(item("a", maxLength=number)),
        definition(item("a", "integer", initial=[{"valueInteger": number}])),
        definition(item("a"), number=number),
    ):
        refusal = errors(check_definition(form))[0]
        assert refusal["code"] == "tooLarge"
        assert "nombre de plus de 16 chiffres" in refusal["message"]


@pytest.mark.parametrize("link_id", ["A", "1a", "é", "a b", "a" * 65, "_a"])
def test_a_link_id_outside_the_pattern_of_the_spec_is_refused(link_id: str) -> None:
    refusal = errors(check_definition(definition(item(link_id))))[0]
    assert refusal["code"] == "linkIdPattern"
    assert "Renommez-le" in refusal["message"]
