"""What a sheet says must hold together: breast, chronology, suffixes of the TNM, what a decision demands (VAL-01)."""

from typing import Any

import pytest

from rcp.sheets.engine import constraint_issues, missing_for_validation, sentence_of
from tests.engine import goldens
from tests.engine.test_editions import CONTEXT, filled, given, tnm, value_of

LINE = goldens.line_id(1)


def said(code: str, typed: dict[str, Any], *lines: tuple[str, str]) -> list[tuple[str, str]]:
    """(severity, first words) of what is found wrong; ``lines`` are answers of one line of a repeating group."""
    form = goldens.sheet(code)
    answers = given(form, typed) | {
        form.path(link_id, LINE): value for link_id, value in lines
    }  # fmt: skip
    return [(one["severity"], one["message"]) for one in constraint_issues(form, answers, CONTEXT)]


def warned(code: str, typed: dict[str, Any], words: str, *lines: tuple[str, str]) -> bool:
    return any(words in message for _, message in said(code, typed, *lines))


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (tnm("T2", "N0", "M0", tronc__tnm_type="p", sein__histo="ccis"), "CCIS pur se classe Tis"),
        (tnm("T2", "N1", "M0", tronc__tnm_type="p", sein__histo="ccis"), "CCIS pur n’envahit pas"),
        (tnm("T2", "N0", "M0", sein__histo="phyllode"), "ne classe ni la phyllode"),
        (tnm("T2", "N0", "M0", sein__histo="angiosarcome"), "ne classe ni la phyllode"),
        (tnm("T2", "N0", "M0", tronc__tnm_type="p", sein__gs_fait="macrometastase"), "au moins pN1."),
        (tnm("T2", "N1mi", "M0", tronc__tnm_type="p", sein__gs_fait="macrometastase"), "au moins pN1."),
        (tnm("T2", "N0", "M0", tronc__tnm_type="p", sein__gs_fait="micrometastase"), "au moins pN1mi"),
        (tnm("T2", "N1", "M0", tronc__tnm_type="p", sein__gs_fait="negatif"), "négatif, sans curage"),
        (tnm("T2", "N1", "M0", tronc__tnm_type="yp"), "suit un traitement"),
    ],
)
def test_a_breast_sheet_that_contradicts_itself_is_warned_about(typed: dict[str, Any], words: str) -> None:
    assert warned("sein", typed, words)
    assert {severity for severity, _ in said("sein", typed)} == {"warning"}


@pytest.mark.parametrize(
    "typed",
    [
        tnm("Tis(DCIS)", "N0", "M0", tronc__tnm_type="p", sein__histo="ccis"),
        tnm("T2", "N1", "M0", tronc__tnm_type="p", sein__histo="tns", sein__gs_fait="macrometastase"),
        tnm("T1b", "N1mi", "M0", tronc__tnm_type="p", sein__gs_fait="micrometastase"),
        tnm("T1b", "N1", "M0", tronc__tnm_type="p", sein__gs_fait="negatif", sein__curage="12 / 1 / non"),
        tnm("T1b", "N1", "M0", tronc__tnm_type="c", sein__gs_fait="negatif"),
        {"sein.histo": "phyllode"},
    ],
)
def test_a_coherent_breast_sheet_is_not(typed: dict[str, Any]) -> None:
    assert said("sein", typed) == []


def nodes(n: str, result: str, examined: int | None, invaded: int, *, kind: str = "p", **others: Any) -> dict[str, Any]:
    """A breast classified after an operation, with the counts of its sentinel nodes."""
    counts = {"sein.gs_envahis": str(invaded)} | ({} if examined is None else {"sein.gs_preleves": str(examined)})
    return tnm("T2", n, "M0", tronc__tnm_type=kind, sein__gs_fait=result, **others) | counts


def test_no_more_sentinel_nodes_are_invaded_than_examined() -> None:
    assert ("error", "Plus de ganglions sentinelles envahis que de prélevés. Corrigez l’un des deux nombres.") in said(
        "sein", nodes("N1", "macrometastase", 2, 3)
    )
    assert said("sein", nodes("N1", "macrometastase", 3, 3)) == []
    assert said("sein", nodes("N1", "macrometastase", None, 3)) == []


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (nodes("N0", "negatif", 3, 1), "ne va pas avec le nombre d’envahis"),
        (nodes("N0", "non_identifie", 3, 1), "ne va pas avec le nombre d’envahis"),
        (nodes("N1mi", "micrometastase", 3, 0), "ne va pas avec le nombre d’envahis"),
        (nodes("N1", "macrometastase", 3, 0, kind="c"), "ne va pas avec le nombre d’envahis"),
        (nodes("N1", "macrometastase", 5, 4), "au moins pN2a"),
        (nodes("N1", "macrometastase", 9, 9, sein__curage="12 / 0 / non"), "au moins pN2a"),
        (nodes("N2a", "macrometastase", 12, 10), "pN3a"),
        (nodes("N1", "macrometastase", 12, 10), "pN3a"),
        (nodes("N2a", "macrometastase", 5, 3), "pN2a compte de 4 à 9"),
    ],
)
def test_the_counts_of_the_sentinel_nodes_are_compared_with_the_result_and_the_n(
    typed: dict[str, Any], words: str
) -> None:
    assert [severity for severity, message in said("sein", typed) if words in message] == ["warning"]


@pytest.mark.parametrize(
    "typed",
    [
        nodes("N0", "negatif", 2, 0),
        nodes("N0", "cellules_isolees", 3, 1),
        nodes("N1mi", "micrometastase", 3, 1),
        nodes("N1", "macrometastase", 3, 3),
        nodes("N2a", "macrometastase", 5, 4),
        nodes("N2a", "macrometastase", 3, 3, sein__curage="12 / 2 / non"),
        nodes("N3a", "macrometastase", 12, 10),
        nodes("N1", "macrometastase", 5, 4, kind="c"),
    ],
)
def test_counts_that_go_with_the_n_are_not_warned_about(typed: dict[str, Any]) -> None:
    assert said("sein", typed) == []


def test_the_counts_of_the_sentinel_nodes_are_said_in_words() -> None:
    form = goldens.sheet("sein")

    def sentence(typed: dict[str, Any]) -> str:
        return sentence_of(form, given(form, typed), "sein.gs_fait", CONTEXT).replace("\u00a0", " ")

    assert sentence(nodes("N1mi", "micrometastase", 3, 1)) == (
        "Micrométastase dans le ganglion sentinelle (3 ganglions prélevés, 1 envahi)."
    )
    assert sentence(nodes("N0", "negatif", 1, 0)) == "Ganglion sentinelle négatif (1 ganglion prélevé, aucun envahi)."
    assert sentence(nodes("N1", "macrometastase", None, 2)) == (
        "Macrométastase dans le ganglion sentinelle (2 ganglions envahis)."
    )


@pytest.mark.parametrize("histology", ["phyllode", "angiosarcome"])
def test_a_breast_sarcoma_has_no_stage_of_carcinoma(histology: str) -> None:
    assert value_of(filled("sein", tnm("T2", "N0", "M0", sein__histo=histology)), "tronc.stade") is None
    assert value_of(filled("sein", tnm("T2", "N0", "M0", sein__histo="tns")), "tronc.stade") == "IIA"


def test_yp_after_a_treatment_is_coherent() -> None:
    form = goldens.sheet("sein")
    chemo = form.item("tronc.ttt_ant.type").options[0].value
    assert not warned("sein", tnm("T1b", "N0", "M0", tronc__tnm_type="yp"), "suit", ("tronc.ttt_ant.type", chemo))


@pytest.mark.parametrize(
    ("first", "last", "wrong"),
    [
        ("2025-03", "2025-01", True), ("2025-03-10", "2025-03-09", True), ("2025", "2024-12", True),
        ("2025-03", "2025-03", False), ("2025", "2025-01", False), ("2025-01-01", "2025", False),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    ("code", "start", "end", "opened"),
    [
        ("tronc", "tronc.ttt_ant.debut", "tronc.ttt_ant.fin", {}),
        ("tronc", "tronc.propositions.debut", "tronc.propositions.fin", {"tronc.decision": "proposition"}),
        ("tronc", "tronc.exam_compl.au_plus_tot", "tronc.exam_compl.au_plus_tard", {"tronc.decision": "examens"}),
    ],
)
def test_an_end_is_never_before_its_beginning(
    code: str, start: str, end: str, opened: dict[str, Any], first: str, last: str, *, wrong: bool
) -> None:
    found = said(code, opened, (start, first), (end, last))
    assert [severity for severity, _ in found] == (["error"] if wrong else [])


def test_each_line_is_compared_with_itself() -> None:
    form = goldens.sheet("tronc")
    lines = {("debut", 1): "2020-01", ("fin", 1): "2020-06", ("debut", 2): "2022-01", ("fin", 2): "2022-06"}
    answers = {form.path(f"tronc.ttt_ant.{name}", goldens.line_id(n)): text for (name, n), text in lines.items()}
    assert constraint_issues(form, answers, CONTEXT) == []
    answers[form.path("tronc.ttt_ant.fin", goldens.line_id(2))] = "2021-06"
    assert len(constraint_issues(form, answers, CONTEXT)) == 1


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"tronc.date_1er_signe": "03/2025", "tronc.date_diag": "01/2025"}, "Les premiers signes"),
        (
            {"tronc.date_diag": "03/2025", "tronc.phase": "rechute", "tronc.date_rechute": "01/2025"},
            "La rechute est datée",
        ),
    ],
)
def test_the_story_goes_forward(typed: dict[str, Any], words: str) -> None:
    assert warned("tronc", typed, words)
    later = {key: text.replace("01/2025", "10/2025") if "1er" not in key else "2024" for key, text in typed.items()}
    assert not warned("tronc", later, words)


def test_the_suffixes_and_the_prefixes_of_the_tnm_are_written() -> None:
    form = goldens.sheet("sein")
    typed = tnm("T2", "N0", "M0", tronc__tnm_type="p") | {"tronc.tnm_suffixe": ["m", "sn"]}
    assert "classée pT2(m) pN0(sn) M0 (UICC 8e)" in sentence_of(form, given(form, typed), "tronc.tnm_t", CONTEXT)
    typed = tnm("T1b", "N0", "M0", tronc__tnm_type="yp")
    assert "classée ypT1b ypN0 M0" in sentence_of(form, given(form, typed), "tronc.tnm_t", CONTEXT)
    typed = tnm("T1b", "N0", "M0", tronc__tnm_type="a")
    assert "classée aT1b aN0 M0" in sentence_of(form, given(form, typed), "tronc.tnm_t", CONTEXT)


def test_the_delay_of_a_molecular_result_is_computed_from_its_two_dates() -> None:
    form = goldens.sheet("moleculaire")
    dates = {"moleculaire.prelev_date": "03/10/2025", "moleculaire.delai_resultat": "21/10/2025"}
    assert filled("moleculaire", dates).calculated[form.path("moleculaire.delai")] == 18
    assert "18\u00a0jours après" in sentence_of(form, given(form, dates), "moleculaire.delai_resultat", CONTEXT)


@pytest.mark.parametrize(
    ("decision", "wanted", "answer"),
    [
        ("proposition", "tronc.propositions", "tronc.propositions.precision"),
        ("examens", "tronc.exam_compl", "tronc.exam_compl.type"),
    ],
)
def test_a_proposal_without_any_proposal_cannot_be_validated(decision: str, wanted: str, answer: str) -> None:
    form = goldens.sheet("tronc")
    answers = given(form, {"tronc.decision": decision})
    assert wanted in {one["link_id"] for one in missing_for_validation(form, answers, CONTEXT)}
    answers[form.path(answer, LINE)] = "x"
    assert wanted not in {one["link_id"] for one in missing_for_validation(form, answers, CONTEXT)}
    other = given(form, {"tronc.decision": "surveillance"})
    assert wanted not in {one["link_id"] for one in missing_for_validation(form, other, CONTEXT)}


def test_no_word_of_a_list_holds_an_and_of_its_own() -> None:
    for code in goldens.CODES:
        form = goldens.sheet(code)
        for item in form.items.values():
            for option in item.options if item.repeats else ():
                phrase = form.phrases.options.get((form.spec(item.link_id).index, option.key))
                if phrase is not None:
                    assert " et " not in phrase.render({"acc": lambda masculine, _: masculine}), option.key


def test_the_size_of_the_tumour_is_not_called_as_that_of_the_patient() -> None:
    for code in goldens.CODES:
        assert goldens.sheet(code).item("tronc.taille_tum").short_text == "Taille tumorale"
