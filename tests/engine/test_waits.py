"""What a calculated value waits for: what is sure, and what stands for what; never what it does without."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from rcp.sheets.engine import Compiled, Evaluation, compile_definition, profile, waited_for
from rcp.sheets.engine.compile import references_of
from tests.engine import goldens
from tests.engine.test_definition_check import definition, expression, extended, item

WOMAN = {"birthDate": "1963-03-11", "gender": "female"}


def waits(code: str, calculated: str, **answers: str) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """What an item of a form waits for, once these are answered; `__` is the dot of a linkId."""
    form = goldens.sheet(code)
    typed = {link_id.replace("__", "."): text for link_id, text in answers.items()}
    evaluation = form.evaluate(goldens.answers_of(form, {"answers": typed}), goldens.context(WOMAN))
    assert form.path(calculated) not in evaluation.calculated
    return waited_for(evaluation, form.path(calculated))


def test_all_that_is_needed_in_the_order_of_the_form() -> None:
    assert waits("tronc", "tronc.imc") == (("tronc.taille", "tronc.poids"), ())
    assert waits("tronc", "tronc.imc", tronc__taille="165") == (("tronc.poids",), ())


def test_what_it_does_without_is_not_waited_for() -> None:
    """The stage is read without a version (it is then the 8th), the ISS without a list of symptoms."""
    assert waits("sein", "tronc.stade") == (("tronc.tnm_t", "tronc.tnm_n", "tronc.tnm_m"), ())
    assert waits("hemato", "hemato.mm_iss", hemato__famille="myelome") == (("hemato.b2m", "hemato.iss_albumine"), ())


def test_what_one_answer_settled_the_other_is_not_asked_for() -> None:
    """A tumour is luminal by one receptor; only the lack of the first makes the second matter."""
    assert "sein.rp" not in waits("sein", "sein.soustype", sein__re="90")[0]
    assert "sein.rp" in waits("sein", "sein.soustype", sein__re="0")[0]


def test_a_closed_branch_is_not_waited_for() -> None:
    """The grade counts in the appendix only."""
    assert "colorectal.grade" not in waits("colorectal", "tronc.stade", colorectal__site="sigmoide")[0]


LYMPHOMA = {"hemato__famille": "lnh_agressif", "tronc__oms": "1", "hemato__ldh": "1", "hemato__ann_arbor": "iii"}


def test_alternatives_are_said_as_such() -> None:
    assert waits("hemato", "hemato.ipi", **LYMPHOMA) == ((), (("hemato.e",), ("hemato.ipi_sites",)))
    always, others = waits("gyneco", "tronc.stade")
    assert always == ()
    assert others == (("gyneco.organe", "tronc.tnm_t", "tronc.tnm_n", "tronc.tnm_m"), ("gyneco.figo",))


def test_an_alternative_that_was_not_enough_leaves_the_other() -> None:
    assert waits("hemato", "hemato.ipi", **LYMPHOMA, hemato__e="e") == (("hemato.ipi_sites",), ())


def test_a_combination_that_has_no_value_waits_for_nothing() -> None:
    """Tis with nodes is in no table: no answer that lacks would give a stage."""
    answers = {"tronc__tnm_t": "Tis(DCIS)", "tronc__tnm_n": "N1", "tronc__tnm_m": "M0"}
    assert waits("sein", "tronc.stade", **answers) == ((), ())


def test_variables_that_read_one_another_twice_are_read_once() -> None:
    """A million paths through twenty variables: said at once."""
    asked = "%resource.repeat(item).where(linkId='x').answer.value"
    texts = [asked, *(f"%v{n} + %v{n}" for n in range(18))]
    variables = [
        {"url": profile.VARIABLE, "valueExpression": {"name": f"v{n}", "language": "text/fhirpath", "expression": text}}
        for n, text in enumerate(texts)
    ]
    form = compile_definition(
        definition(item("x", "integer"), extended("y", profile.CALCULATED, **expression("%v18")), extension=variables)
    )
    start = time.process_time()
    assert waited_for(form.evaluate({}, {}), "y") == (("x",), ())
    assert time.process_time() - start < 0.5


def taken_away(
    form: Compiled, answers: dict[str, Any], context: dict[str, Any]
) -> Iterator[tuple[str, str, Evaluation]]:
    """Each calculated value that disappears with one answer: the item, the question, the draft without the answer."""
    whole = form.evaluate(answers, context)
    for link_id in form.items:
        spec = form.spec(link_id)
        if spec.calculated is None or form.path(link_id) not in whole.calculated:
            continue
        for read in references_of(spec, spec.calculated):
            path = form.path(read) if read in form.items else ""
            if path not in answers:
                continue
            without = form.evaluate({one: value for one, value in answers.items() if one != path}, context)
            lost = without.is_enabled(form.path(link_id)) and form.path(link_id) not in without.calculated
            if lost and without.is_enabled(path):
                yield link_id, read, without


@pytest.mark.parametrize("code", goldens.CODES)
def test_an_answer_taken_away_is_named(code: str) -> None:
    """On every invented patient: a value lost with one answer waits for it, and names open questions only."""
    form = goldens.sheet(code)
    met = 0
    for number in goldens.PATIENTS:
        given = goldens.patient(code, number)
        answers, context = goldens.answers_of(form, given), goldens.context(given["context"])
        for link_id, read, without in taken_away(form, answers, context):
            always, others = waited_for(without, form.path(link_id))
            named = {*always, *(one for way in others for one in way)}
            assert read in named, f"{code} {number}: {link_id} without {read} waits for {named}"
            assert all(without.is_enabled(form.path(one)) for one in named)
            met += 1
    assert met
