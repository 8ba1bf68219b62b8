"""Each question opens when the source says so, and only then, tried with every answer of what it depends on."""

import pytest

from rcp.sheets.engine import Compiled
from rcp.sheets.engine.items import Item
from tests.engine import goldens
from tests.engine.conftest import packaged
from tests.engine.source_conditions import Trier, parse
from tests.engine.source_forms import by_stat, chapters_of, forms, needs_source

# Conditions reviewed by speciality that differ from the source, with the reason.
WIDER = {
    "pr_marges": "yp is a surgical specimen too",
    "pr_psa_postop": "yp is a surgical specimen too",
    "pr_rt_lit": "the bed is also irradiated after a treatment (yp) or at relapse (r)",
    "va_mobilite": "the larynx is judged in cancers of the hypopharynx too",
    "va_preserv": "the larynx is preserved in cancers of the hypopharynx too",
}
NARROWER = {
    "he_tep": "the Deauville score is of lymphomas",
    "pe_consent": "an adult of 18 to 25 consents alone",
    "pe_assent": "an adult of 18 to 25 is informed as an adult",
    "sa_qualite": "no quality is expected of an excision that is not proposed",
}


@needs_source
@forms
def test_a_question_opens_when_the_source_says_so(code: str) -> None:
    trier = Trier(code)
    wrong = []
    for key in trier.own:
        outcomes = list(trier.outcomes(key))
        assert {said for _, said, _ in outcomes} == {True, False}, key
        found = [(key, trial, "open" if ours else "closed") for trial, said, ours in outcomes if said is not ours]
        if key in WIDER:
            assert {state for *_, state in found} == {"open"}, f"{key}: the exception is no longer one"
        else:
            wrong += found
    assert not wrong, "\n".join(map(str, wrong))


@needs_source
@forms
def test_a_question_without_condition_is_always_open(code: str) -> None:
    form = goldens.sheet(code)
    items, own = by_stat(form), set(goldens.link_ids(packaged(code)["item"]))
    for wanted in (one for chapter in chapters_of(code) for one in chapter):
        if "condition" not in wanted:
            item = items[wanted["cle"]]
            above = [parent for parent in parents(form, item) if parent.link_id in own]
            closed = any(one.is_conditional for one in (item, *above))
            assert closed is (wanted["cle"] in NARROWER), wanted["cle"]


def parents(form: Compiled, item: Item) -> list[Item]:
    found = []
    while item.parent is not None:
        item = form.item(item.parent)
        found.append(item)
    return found


@pytest.mark.parametrize(
    ("condition", "given", "holds"),
    [
        ("a in {Sevré,Actif}", "Actif", True), ("a in {Sevré,Actif}", "Jamais", False), ("!a in {B,C}", "B", False),
        ("a~M1", "M1b", True), ("a~M1", "M0", False), ("a>=75", 75, True), ("a<16", 16, False),
        ("a!=vide", None, False),
        ("a!=Non", "Oui", True), ("a!=Non", None, None), ("!a~Aucune", None, None), ("a=Oui", None, False),
    ],
)  # fmt: skip
def test_how_a_condition_of_the_source_is_read(condition: str, given: str | None, holds: bool | None) -> None:
    (term,) = parse(condition)
    assert term.holds(given) is holds
