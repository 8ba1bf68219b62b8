"""Rules that every sentence of every option obeys (SND-01); the letters themselves are in ``golden/``."""

import random
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rcp.sheets import code_lists
from rcp.sheets.engine import Compiled, compile_definition, sentence_of, sentences
from rcp.sheets.engine import french_words as words
from rcp.sheets.engine.items import Item
from tests.engine import goldens
from tests.engine.conftest import fill

MAN = {"patient": {"birthDate": "1950-01-01", "gender": "male"}, "session": {"date": "2025-11-25"}}


def sample(item: Item, rng: random.Random) -> Any:
    """Some plain answer of a question."""
    if item.options:
        keys = [option.value for option in item.options]
        free = [option.value for option in item.options if not option.exclusive]
        return rng.sample(free, rng.randint(1, min(3, len(free)))) if item.repeats else rng.choice(keys)
    by_type: dict[str, Any] = {
        "boolean": rng.random() < 0.5,
        "integer": item.min_value or 0,
        "decimal": item.max_value or "2.5",
        "date": rng.choice(("2025-11-01", "2025-04", "2024")),
        "choice": {"system": "urn:x", "code": "C50.4", "display": "Tumeur maligne du sein"},
    }
    value = by_type.get(item.type, "un texte libre")
    return [value] if item.repeats else value


def mark_of(number: int) -> str:
    """A word found nowhere else."""
    return "Repère" + "".join("abcdefghij"[int(digit)] for digit in f"{number:03d}")


def well_written(text: str) -> None:
    """No programmer's word, no double space or stop, a capital (or a code) first, a stop last."""
    for wrong in ("None", "Undefined", "  ", "..", " .", " ,", "( ", "()", "{", "}", "True", "False", ": ."):
        assert wrong not in text, text
    assert not re.search(" [:;!?%»]", text), text
    assert text[-1] in ".!?…", text
    assert text[0].isupper() or text[:2] in ("pT", "yp", "cT") or text[0].isdigit(), text


def test_every_option_of_every_question_reads_well(form: Compiled, woman: dict[str, Any]) -> None:
    rng = random.Random(1)
    for context in (woman, MAN, {}):
        for item in form.items.values():
            if not item.is_question or any(form.item(p).repeats for p in above(form, item)):
                continue
            values = [[o.value] if item.repeats else o.value for o in item.options] or [sample(item, rng)]
            for value in [*values, *([True, False] if item.type == "boolean" else [])]:
                said = sentence_of(form, {form.path(item.link_id): value}, item.link_id, context)
                if said:
                    well_written(said)


MORPHOLOGIES = "https://dcc.example/fhir/ValueSet/morphologie-cimo3"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("8240/3", "Morphologie\u00a0: tumeur carcinoïde, SAI (8240/3)."),
        ("8720/3", "Morphologie\u00a0: mélanome malin, SAI (8720/3)."),
        ("8144/3", "Morphologie\u00a0: adénocarcinome de type intestinal (8144/3)."),
    ],
)
def test_a_letter_says_nothing_that_is_for_the_coder_alone(code: str, said: str) -> None:
    """Where a morphology is used, « (C16.-) », and what excludes it, « (sauf appendice, M-8240/1) »."""
    form, found = goldens.sheet("tronc"), code_lists.find(MORPHOLOGIES, code)
    assert found is not None
    assert sentence_of(form, {form.path("tronc.morpho"): found}, "tronc.morpho") == said


@pytest.mark.parametrize("code", goldens.CODES)
def test_a_response_is_by_the_criteria_of_its_disease(code: str) -> None:
    """RECIST is for solid tumours: no form puts its name on the response of a lymphoma, and the help says whose is."""
    form = goldens.sheet(code)
    response = form.items["tronc.reponse"]
    assert [option.key for option in response.options] == ["rc", "rp", "stable", "progression", "non_evaluable"]
    for option in response.options:
        said = sentence_of(form, {form.path("tronc.reponse"): option.value}, "tronc.reponse")
        assert "RECIST" not in said
    assert "RECIST" not in response.text
    assert {"RECIST 1.1", "Lugano", "IMWG", "ELN"} <= set(re.findall(r"RECIST 1\.1|\w+", response.help))


def above(form: Compiled, item: Item) -> list[str]:
    found, parent = [], item.parent
    while parent is not None:
        found.append(parent)
        parent = form.item(parent).parent
    return found


@given(st.integers(min_value=0, max_value=2**32))
@settings(max_examples=40, deadline=None)
def test_any_sheet_reads_well_and_forgets_no_free_text(form: Compiled, seed: int) -> None:
    rng = random.Random(seed)
    answers, marks = {}, {}
    for item in form.items.values():
        if item.is_question and not item.calculated and rng.random() < 0.6:
            inside = [p for p in above(form, item) if form.item(p).repeats]
            path = form.path(item.link_id, *("0c9d5a52-6c1e-4f6e-9a53-6f3c1f0a0001" for _ in inside))
            answers[path] = sample(item, rng)
            if item.type in ("string", "text") and item.source is None and "presents" not in path and not item.repeats:
                answers[path] = marks[path] = mark_of(len(marks))
    context = {"patient": {"birthDate": "1945-01-01", "gender": rng.choice(("female", "male", "unknown"))},
               "session": {"date": "2025-11-25"}}  # fmt: skip
    chapters = sentences(form, answers, context)
    open_ = form.enabled(answers, context)
    whole = " ".join(text for _, text in chapters)
    for _, text in chapters:
        well_written(text)
    for path, mark in marks.items():
        assert whole.count(mark) == (1 if path in open_ else 0), (path, mark)


def test_agreement_negation_zero_and_unknown(form: Compiled, woman: dict[str, Any]) -> None:
    def said(link_id: str, raw: Any, context: dict[str, Any] = woman) -> str:
        return sentence_of(form, fill(form, {link_id: raw}), link_id, context).replace("\u00a0", " ")

    assert said("tronc.inf_patient", "oui") == "Patiente informée du passage en RCP."
    assert said("tronc.inf_patient", "oui", MAN) == "Patient informé du passage en RCP."
    assert said("tronc.inf_patient", "opposition", MAN) == "Le patient s’est opposé au passage de son dossier en RCP."
    assert said("tronc.perte_poids", "0") == "Pas de perte de poids en 6 mois."
    assert said("tronc.perte_poids", "4,5") == "Perte de poids de 4,5 % en 6 mois."
    assert said("tronc.comorb", ["aucune"]) == "Pas de comorbidité notable."
    assert said("tronc.comorb", ["diabete"]) == "Comorbidité notable : diabète."
    assert said("tronc.tabac", "inconnu") == "Statut tabagique inconnu."
    assert said("tronc.urgence", "standard") == ""
    assert said("tronc.rcp_recours", "non") == ""
    assert said("tronc.date_diag", "10/2025") == "Diagnostic posé en octobre 2025."
    assert said("tronc.question", "Opérer ?") == "Question posée : Opérer ?"


def test_tnm_stage_and_a_forced_stage(form: Compiled, woman: dict[str, Any]) -> None:
    answers = fill(form, {"tronc.tnm_type": "yp", "tronc.tnm_t": "T1c", "tronc.tnm_n": "N0", "tronc.tnm_m": "M0"})

    def stage() -> str:
        return dict(sentences(form, answers, woman))["Stade"].replace("\u00a0", " ")

    assert stage() == "Tumeur classée ypT1c ypN0 M0 (UICC 8e), stade IA."
    answers[form.path("tronc.stade")] = form.item("tronc.stade").option("IIA").value
    assert stage() == "Tumeur classée ypT1c ypN0 M0 (UICC 8e), stade IIA (corrigé à la main)."


def test_without_a_template_the_label_and_the_value(woman: dict[str, Any]) -> None:
    form = compile_definition({"item": [
        {"linkId": "g", "type": "group", "text": "Chapitre", "item": [
            {"linkId": "a", "type": "integer", "text": "Nombre de cycles"},
            {"linkId": "b", "type": "boolean", "text": "Fini"},
        ]},
    ]})  # fmt: skip
    assert sentences(form, {"g/a": 3, "g/b": False}, woman) == [
        ("Chapitre", "Nombre de cycles\u00a0: 3. Fini\u00a0: Non.")
    ]
    assert sentences(form, {}, woman) == []


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (words.de("le sein gauche"), "du sein gauche"),
        (words.de("les os"), "des os"),
        (words.de("utérus"), "d’utérus"),
        (words.de("hanche"), "de hanche"),
        (words.elide("le", "hôpital"), "l’hôpital"),
        (words.date_fr("2025-03-01"), "le 1er\u00a0mars 2025"),
        (words.date_fr("2025-03"), "en mars 2025"),
        (words.date_fr(""), ""),
        (words.from_date("2025-08"), "d’août 2025"),
        (words.between("2024-03", "2024-06"), "de mars 2024 à juin 2024"),
        (words.between("2024-03-02", ""), "depuis le 2\u00a0mars 2024"),
        (words.between("", "2024"), "jusqu’en 2024"),
        (words.enumerate_words(["a", "b"], "", "c"), "a, b et c"),
        (words.tnm("p", "T1c", "N1mi", "M0"), "pT1c pN1mi M0"),
        (words.tnm("c", "", "N1", ""), "cN1"),
        (words.ordinal(1), "1re"),
        (words.low("TDM TAP"), "TDM TAP"),
        (words.low("À explorer"), "à explorer"),
        (words.low("T-DXd"), "T-DXd"),
        (words.tidy("pCR  obtenue ."), "pCR obtenue."),
        (words.tidy("fin ?."), "Fin ?"),
        (words.tidy(" : ."), ""),
    ],
)
def test_words(said: str, expected: str) -> None:
    assert said == expected
