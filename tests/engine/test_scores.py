"""What the trunk, the breast and the colorectal forms compute, with their limits and without partial data."""

import math
from typing import Any

import pytest

from rcp.sheets.engine import Compiled, constraint_issues, missing_for_validation
from tests.engine import goldens
from tests.engine.conftest import TODAY, fill

TRUNK, COLORECTAL = goldens.sheet("tronc"), goldens.sheet("colorectal")


def aged(years: int, sex: str = "female") -> dict[str, Any]:
    return {"age": years, "patient": {"gender": sex}, "session": {"date": TODAY.isoformat()}}


def computed(form: Compiled, link_id: str, typed: dict[str, Any], context: dict[str, Any] | None = None) -> Any:
    """The calculated value of a question: its code, or the number as it is stored; None without one."""
    found = form.evaluate(fill(form, typed), context or {}).calculated.get(form.path(link_id))
    return found["code"] if isinstance(found, dict) else found


def test_body_mass_index_and_surface() -> None:
    typed = {"tronc.taille": "165", "tronc.poids": "63,5"}
    assert computed(TRUNK, "tronc.imc", typed) == "23.3"
    assert computed(TRUNK, "tronc.surface", typed) == "1.71"
    for missing in typed:
        assert TRUNK.evaluate(fill(TRUNK, {k: v for k, v in typed.items() if k != missing})).calculated == {}


def test_the_surface_is_the_root_of_mosteller_for_every_size() -> None:
    evaluation = TRUNK.evaluate({})
    for height in range(40, 231, 19):
        evaluation.change(TRUNK.path("tronc.taille"), height)
        for weight in (2, 3, 8, 20, 55, 90, 160, 300):
            evaluation.change(TRUNK.path("tronc.poids"), str(weight))
            found = float(evaluation.calculated[TRUNK.path("tronc.surface")])
            assert abs(found - math.sqrt(height * weight / 3600)) <= 0.0051, (height, weight)


G8 = {
    "tronc.taille": "170", "tronc.poids": "75", "tronc.g8_fait": "oui", "tronc.g8_a": "2", "tronc.g8_b": "3",
    "tronc.g8_c": "2", "tronc.g8_e": "2", "tronc.g8_h": "1", "tronc.g8_p": "2",
}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "age", "score"),
    [
        ({}, 76, "17"), ({}, 79, "17"), ({}, 80, "16"), ({}, 85, "16"), ({}, 86, "15"),
        ({"tronc.g8_p": "0.5", "tronc.g8_h": "0"}, 82, "13.5"), ({"tronc.poids": "52"}, 76, "14"),
        ({"tronc.poids": "53,5"}, 76, "15"), ({"tronc.poids": "61"}, 76, "16"), ({"tronc.poids": None}, 76, None),
        ({"tronc.poids": None, "tronc.g8_f": "0"}, 76, "14"), ({"tronc.g8_b": None}, 76, None),
        ({"tronc.g8_fait": "non"}, 76, None), ({}, 74, None),
    ],
)  # fmt: skip
def test_g8_is_the_sum_of_its_eight_parts(changed: dict[str, Any], age: int, score: str | None) -> None:
    typed = {link_id: text for link_id, text in (G8 | changed).items() if text is not None}
    found = computed(TRUNK, "tronc.g8", typed, aged(age))
    assert (found if found is None else str(found)) == score


def test_a_g8_made_elsewhere_is_typed_as_it_is() -> None:
    answers = fill(TRUNK, {"tronc.g8_fait": "oui", "tronc.g8": "13,5"})
    assert TRUNK.evaluate(answers, aged(80)).answers[TRUNK.path("tronc.g8")] == "13.5"


@pytest.mark.parametrize(
    ("ticked", "age", "score"),
    [
        (["aucune"], 49, 0), (["aucune"], 50, 1), (["aucune"], 79, 3), (["aucune"], 95, 4), ([], 70, None),
        (["infarctus", "bpco"], 40, 2), (["hemiplegie"], 40, 2), (["hepatopathie_severe"], 40, 3), (["sida"], 40, 6),
        (["diabete", "diabete_complique"], 40, 2), (["tumeur", "tumeur_metastatique"], 40, 6),
        (["hepatopathie_legere", "hepatopathie_severe"], 40, 3), (["tumeur"], 66, 4),
    ],
)  # fmt: skip
def test_charlson_counts_what_is_ticked_and_the_age(ticked: list[str], age: int, score: int | None) -> None:
    typed = {"tronc.charlson_comorb": ticked} if ticked else {}
    assert computed(TRUNK, "tronc.charlson", typed, aged(age)) == score


def test_charlson_needs_the_age_and_reaches_its_bound() -> None:
    item = TRUNK.item("tronc.charlson_comorb")
    everything = [option.key for option in item.options if not option.exclusive]
    assert computed(TRUNK, "tronc.charlson", {"tronc.charlson_comorb": ["bpco"]}) is None
    most = computed(TRUNK, "tronc.charlson", {"tronc.charlson_comorb": everything}, aged(90))
    assert most == TRUNK.item("tronc.charlson").max_value
    points = {option.key: option.weight for option in item.options}
    assert (points["aucune"], points["bpco"], points["lymphome"], points["sida"]) == (0, 1, 2, 6)


@pytest.mark.parametrize(
    ("ihc", "ish", "status"),
    [
        ("0", None, "zero"), ("ultra_low", None, "zero"), ("1plus", None, "faible"), ("3plus", None, "positif"),
        ("2plus", "amplifie", "positif"), ("2plus", "non_amplifie", "faible"), ("2plus", "non_fait", None),
        ("2plus", None, None), ("1plus", "amplifie", "faible"), (None, "amplifie", None),
    ],
)  # fmt: skip
def test_her2_status(form: Compiled, ihc: str | None, ish: str | None, status: str | None) -> None:
    typed = {k: v for k, v in {"sein.her2_ihc": ihc, "sein.her2_ish": ish}.items() if v}
    assert computed(form, "sein.her2", typed) == status


@pytest.mark.parametrize(
    ("re_", "rp", "her2", "ki67", "grade", "subtype"),
    [
        ("90", "80", "1plus", "18", "2", "luminal_a"), ("90", None, "0", "10", None, "luminal_a"),
        ("90", "80", "1plus", "20", "2", "luminal_b_her2n"), ("0", "15", "0", "5", "3", "luminal_b_her2n"),
        ("90", "80", "3plus", "5", "1", "luminal_b_her2p"), ("0", "9", "3plus", None, None, "her2_non_luminal"),
        ("9", "0", "0", "60", "3", "triple_negatif"), ("0", None, "0", "60", "3", None),
        ("90", "80", "2plus", "18", "2", None), ("90", "80", "0", None, "2", None), (None, None, "0", "10", "1", None),
    ],
)  # fmt: skip
def test_breast_subtype(
    form: Compiled, re_: str | None, rp: str | None, her2: str, ki67: str | None, grade: str | None, subtype: str | None
) -> None:
    given = {"sein.re": re_, "sein.rp": rp, "sein.her2_ihc": her2, "sein.ki67": ki67, "sein.sbr": grade}
    assert computed(form, "sein.soustype", {k: v for k, v in given.items() if v}) == subtype


@pytest.mark.parametrize(
    ("where", "side"),
    [
        ("caecum", "droit"), ("transverse", "droit"), ("angle_gauche", "gauche"), ("charniere", "gauche"),
        ("bas_rectum", "gauche"), ("canal_anal", None), ("appendice", None),
    ],
)  # fmt: skip
def test_side_of_the_colon(where: str, side: str | None) -> None:
    assert computed(COLORECTAL, "colorectal.cote", {"colorectal.site": where}) == side


def site(key: str, **more: Any) -> dict[str, Any]:
    """A tumour of the colon, rectum or anus with other answers: ``t``, ``m``, ``metas`` or questions of the form."""
    names = {"t": "tronc.tnm_t", "n": "tronc.tnm_n", "m": "tronc.tnm_m", "metas": "tronc.meta_sites"}
    return {"colorectal.site": key} | {names.get(name, f"colorectal.{name}"): raw for name, raw in more.items()}


OPERATED = {"tronc.tnm_type": "p"}
DPD = "colorectal.dpyd"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (site("bas_rectum", dist_ma="12"), "distance à la marge anale"),
        (OPERATED | {"colorectal.gg_examines": "11"}, "Moins de 12"),
        (OPERATED | site("haut_rectum", crm="1", r="r0"), "résection R1"),
        ({DPD: "normal", "colorectal.uracile": "20"}, "uracilémie"),
        (OPERATED | {DPD: "deficit_complet", "colorectal.adj": "folfox_3"}, "contre-indiquées"),
        ({"tronc.tnm_type": "yp", "colorectal.trg": "4", "colorectal.trg_echelle": "ryan"}, "Ryan"),
        (site("sigmoide", m="M1a", metas=["foie", "os"]), "un seul organe"),
        (site("sigmoide", m="M1b", metas=["peritoine"]), "M1c"),
        (site("canal_anal", t="T1") | {"tronc.taille_tum": "25"}, "2 cm"),
        (site("canal_anal", n="N2a"), "n’existe pas pour l’anus"),
        (site("caecum", m="M1"), "se précise"),
        (site("appendice", n="N2a"), "pas de lettre"),
    ],
)
def test_colorectal_warnings(typed: dict[str, Any], said: str) -> None:
    treated = (("tronc.ttt_ant.type", "11111111-1111-4111-8111-111111111111", "chimiotherapie"),)
    found = constraint_issues(COLORECTAL, fill(COLORECTAL, typed, treated))
    assert [one["severity"] for one in found] == ["warning"]
    assert said in found[0]["message"].replace("\u00a0", " ")


@pytest.mark.parametrize(
    "typed",
    [
        site("bas_rectum", dist_ma="4"), OPERATED | {"colorectal.gg_examines": "12"}, {DPD: "deficit_complet"},
        {DPD: "deficit_partiel", "colorectal.uracile": "16"}, site("caecum", t="T4b", n="N2b", m="M1c"),
        site("caecum", m="M1a", metas=["foie"]), site("canal_anal", t="T4", n="N1c", m="M1"),
        site("appendice", t="Tis(LAMN)", n="N2", m="M1b"),
    ],
)  # fmt: skip
def test_no_colorectal_warning_without_reason(typed: dict[str, Any]) -> None:
    assert constraint_issues(COLORECTAL, fill(COLORECTAL, typed)) == []


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ({}, False), (site("bas_rectum", neoadj="rct_longue"), True), (site("bas_rectum", neoadj="rt_courte"), False),
        (OPERATED | {"colorectal.adj": "folfox_3"}, True), (OPERATED | {"colorectal.adj": "aucun"}, False),
    ],
)  # fmt: skip
def test_dpd_is_asked_before_a_fluoropyrimidine(typed: dict[str, Any], asked: bool) -> None:
    missing = {one["link_id"] for one in missing_for_validation(COLORECTAL, fill(COLORECTAL, typed), aged(60))}
    assert (DPD in missing) is asked


def test_dpd_is_asked_when_the_decision_is_a_chemotherapy() -> None:
    lines = (("tronc.propositions.type", goldens.line_id(1), "chimiotherapie"),)
    answers = fill(COLORECTAL, {"tronc.decision": "proposition"}, lines)
    assert DPD in {one["link_id"] for one in missing_for_validation(COLORECTAL, answers, aged(60))}
