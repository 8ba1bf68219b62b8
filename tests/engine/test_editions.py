"""The edition of the TNM follows the site and the date of diagnosis, is named, and rules the codes (clinical.md §6)."""

from typing import Any

import pytest

from rcp.sheets.engine import Compiled, constraint_issues, not_calculated_because, not_offered, waited_for
from rcp.sheets.engine.session import Evaluation
from tests.engine import goldens

CONTEXT = {"patient": {"birthDate": "1963-03-11", "gender": "female"}, "session": {"date": "2026-11-22"}}


def given(form: Compiled, typed: dict[str, Any]) -> dict[str, Any]:
    return goldens.answers_of(form, {"answers": typed})


def filled(code: str, typed: dict[str, Any]) -> Evaluation:
    form = goldens.sheet(code)
    return form.evaluate(given(form, typed), CONTEXT)


def value_of(evaluation: Evaluation, link_id: str) -> str | None:
    found = evaluation.calculated.get(evaluation.form.path(link_id))
    return found["code"] if found else None


def tnm(t: str, n: str, m: str, **more: str) -> dict[str, str]:
    rest = {key.replace("__", "."): text for key, text in more.items()}
    return {"tronc.tnm_t": t, "tronc.tnm_n": n, "tronc.tnm_m": m, **rest}


@pytest.mark.parametrize(
    ("code", "typed", "edition"),
    [
        ("thorax", {"thorax.type": "cbnpc", "tronc.date_diag": "31/12/2024"}, "uicc8"),
        ("thorax", {"thorax.type": "cbnpc", "tronc.date_diag": "12/2024"}, "uicc8"),
        ("thorax", {"thorax.type": "cbnpc", "tronc.date_diag": "01/01/2025"}, "uicc9"),
        ("thorax", {"thorax.type": "cbpc", "tronc.date_diag": "01/2025"}, "uicc9"),
        ("thorax", {"tronc.date_diag": "10/2025"}, "uicc9"),
        ("thorax", {"thorax.type": "mesotheliome", "tronc.date_diag": "10/2025"}, "uicc8"),
        ("thorax", {"thorax.type": "cbnpc"}, None),
        ("sein", {"tronc.date_diag": "10/2025"}, "uicc8"),
        ("tronc", {"tronc.topo": "C34.1", "tronc.date_diag": "10/2025"}, "uicc9"),
        ("tronc", {"tronc.topo": "C34.1", "tronc.date_diag": "10/2019"}, "uicc8"),
        ("tronc", {"tronc.topo": "C50.4", "tronc.date_diag": "10/2025"}, "uicc8"),
        ("tronc", {"tronc.date_diag": "10/2025"}, None),
    ],
)
def test_the_edition_comes_from_the_site_and_the_date_of_diagnosis(
    code: str, typed: dict[str, str], edition: str | None
) -> None:
    assert value_of(filled(code, typed), "tronc.tnm_version") == edition


def test_no_date_no_edition_no_stage_of_the_lung_and_the_date_is_what_is_waited_for() -> None:
    evaluation = filled("thorax", tnm("T1b", "N0", "M0", thorax__type="cbnpc"))
    assert value_of(evaluation, "tronc.stade") is None
    assert waited_for(evaluation, evaluation.form.path("tronc.stade")) == (("tronc.date_diag",), ())
    evaluation.change(evaluation.form.path("tronc.date_diag"), "2025-03")
    assert value_of(evaluation, "tronc.stade") == "IA2"


@pytest.mark.parametrize(
    ("date", "n", "stage"), [("10/2024", "N2", "IIIA"), ("10/2025", "N2a", "IIB"), ("10/2025", "N2b", "IIIA")]
)
def test_the_stage_of_the_lung_is_that_of_its_edition(date: str, n: str, stage: str) -> None:
    typed = tnm("T1a", n, "M0", thorax__type="cbnpc", tronc__date_diag=date)
    assert value_of(filled("thorax", typed), "tronc.stade") == stage


def test_a_physician_may_replace_the_edition_and_the_replacement_is_marked() -> None:
    typed = {"thorax.type": "cbnpc", "tronc.date_diag": "10/2025", "tronc.tnm_version": "uicc8"}
    evaluation = filled("thorax", tnm("T1a", "N2", "M0") | typed)
    node = evaluation.tree.by_path[evaluation.form.path("tronc.tnm_version")]
    assert node.overridden
    assert value_of(evaluation, "tronc.stade") == "IIIA"


@pytest.mark.parametrize(
    ("code", "version"), [("sein", "uicc9"), ("sein", "uicc7"), ("prostate", "uicc9"), ("thorax", "uicc7")]
)
def test_without_a_table_of_its_edition_no_stage_is_given_and_the_reason_is_said(code: str, version: str) -> None:
    t = "T1a"
    evaluation = filled(code, tnm(t, "N0", "M0", tronc__tnm_version=version, tronc__date_diag="10/2024"))
    stage = evaluation.form.path("tronc.stade")
    assert value_of(evaluation, "tronc.stade") is None
    assert not_calculated_because(evaluation, stage) == "non calculé\u00a0: édition non disponible"
    evaluation.change(evaluation.form.path("tronc.tnm_version"), None)
    assert value_of(evaluation, "tronc.stade") is not None
    assert not_calculated_because(evaluation, stage) == ""


@pytest.mark.parametrize(
    ("code", "typed", "said"),
    [
        ("thorax", {"tronc.tnm_version": "uicc9", "tronc.date_diag": "10/2019", "thorax.type": "cbnpc"}, "avant 2025"),
        ("thorax", {"tronc.tnm_version": "uicc8", "tronc.date_diag": "10/2025", "thorax.type": "cbnpc"}, "9e édition"),
        ("thorax", {"tronc.tnm_version": "uicc7", "tronc.date_diag": "10/2025"}, "à partir de 2018"),
        ("thorax", {"tronc.tnm_version": "uicc9", "thorax.type": "mesotheliome"}, "que pour le poumon"),
        ("sein", {"tronc.tnm_version": "uicc9", "tronc.date_diag": "10/2025"}, "que pour le poumon"),
        ("sein", {"tronc.tnm_version": "uicc7", "tronc.date_diag": "10/2025"}, "à partir de 2018"),
        ("colorectal", {"tronc.tnm_version": "uicc9"}, "que pour le poumon"),
        ("tronc", {"tronc.tnm_version": "uicc9", "tronc.topo": "C50.4"}, "que pour le poumon"),
    ],
)
def test_an_edition_that_does_not_fit_its_date_or_its_site_is_warned_about(
    code: str, typed: dict[str, str], said: str
) -> None:
    form = goldens.sheet(code)
    warned = constraint_issues(form, given(form, typed), CONTEXT)
    assert [one for one in warned if one["link_id"] == "tronc.tnm_version" and said in one["message"]]
    assert {one["severity"] for one in warned if one["link_id"] == "tronc.tnm_version"} == {"warning"}


@pytest.mark.parametrize("code", ["thorax", "sein", "tronc", "colorectal"])
def test_the_edition_of_the_rule_is_never_warned_about(code: str) -> None:
    form = goldens.sheet(code)
    for date in ("10/2014", "12/2024", "01/2025", "10/2025"):
        found = constraint_issues(form, given(form, {"tronc.date_diag": date, "tronc.topo": "C34.1"}), CONTEXT)
        assert not [one for one in found if one["link_id"] == "tronc.tnm_version"]


def offered(evaluation: Evaluation, part: str) -> list[str]:
    path = evaluation.form.path(f"tronc.tnm_{part}")
    refused = not_offered(evaluation, path)
    return [option.key for option in evaluation.form.item(f"tronc.tnm_{part}").options if option.key not in refused]


def test_the_8th_edition_of_the_lung_offers_no_code_of_the_9th_nor_of_the_mesothelioma() -> None:
    evaluation = filled("thorax", {"thorax.type": "cbnpc", "tronc.date_diag": "10/2024"})
    assert offered(evaluation, "t") == ["TX", "T0", "Tis", "T1mi", "T1a", "T1b", "T1c", "T2a", "T2b", "T3", "T4"]
    assert offered(evaluation, "n") == ["NX", "N0", "N1", "N2", "N3"]
    assert offered(evaluation, "m") == ["M0", "M1a", "M1b", "M1c"]


def test_the_9th_edition_of_the_lung_offers_its_own_codes_and_the_lists_are_drawn_again() -> None:
    evaluation = filled("thorax", {"thorax.type": "cbnpc", "tronc.date_diag": "10/2024"})
    changes = evaluation.change(evaluation.form.path("tronc.date_diag"), "2025-10")
    assert {evaluation.form.path(f"tronc.tnm_{part}") for part in "nm"} <= changes.paths
    assert offered(evaluation, "n") == ["NX", "N0", "N1", "N2a", "N2b", "N3"]
    assert offered(evaluation, "m") == ["M0", "M1a", "M1b", "M1c1", "M1c2"]


def test_the_mesothelioma_and_the_thymus_are_offered_their_own_codes() -> None:
    evaluation = filled("thorax", {"thorax.type": "mesotheliome"})
    assert offered(evaluation, "t") == ["TX", "T0", "T1", "T2", "T3", "T4"]
    assert offered(evaluation, "m") == ["M0", "M1"]
    evaluation = filled("thorax", {"thorax.type": "thymique"})
    assert offered(evaluation, "t") == ["TX", "T0", "T1a", "T1b", "T2", "T3", "T4"]
    assert offered(evaluation, "m") == ["M0", "M1a", "M1b"]


def test_the_bladder_the_anus_and_the_liver_are_offered_their_own_codes() -> None:
    assert "T1a" not in offered(filled("uro", {"uro.organe": "vessie"}), "t")
    assert "T4a" not in offered(filled("uro", {"uro.organe": "rein"}), "t")
    assert offered(filled("hpb", {"hpb.organe": "chc"}), "n") == ["NX", "N0", "N1"]


def test_a_list_without_a_group_chosen_offers_everything() -> None:
    evaluation = filled("thorax", {})
    for part in "tnm":
        assert len(offered(evaluation, part)) == len(evaluation.form.item(f"tronc.tnm_{part}").options)
