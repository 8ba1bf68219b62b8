"""A draft from its first answer to its frozen response (FRM-06, FRM-07, VAL-01…04)."""

from copy import deepcopy
from typing import Any

from rcp.sheets.engine import (
    Compiled,
    answers_from_response,
    calculated,
    changed_enabled,
    changes_since,
    completion,
    constraint_issues,
    dormant,
    initial_answers,
    link_id_of,
    missing_for_registration,
    missing_for_validation,
    profile,
    to_response,
    validate_compiled,
)
from tests.engine.conftest import errors, fill
from tests.engine.patients import CHEMO, RADIO, breast_patient


def test_chapters_open_by_the_boxes_ticked(form: Compiled, woman: dict[str, Any]) -> None:
    her2, ish = form.path("sein.her2_ihc"), form.path("sein.her2_ish")
    answers = fill(form, {"sein.her2_ihc": "1plus"})
    assert ish not in form.enabled(answers, woman)
    opened = changed_enabled(form, answers, fill(form, {"sein.her2_ihc": "2plus"}), woman)
    assert opened.opened == {ish}
    assert set(opened.calculated) == {form.path("sein.her2")}  # 1+ is low, 2+ waits for the HIS
    evaluation = form.evaluate(fill(form, {"sein.her2_ihc": "3plus", "sein.re": "0", "sein.rp": "0"}), woman)
    assert evaluation.calculated[form.path("sein.soustype")]["code"] == "her2_non_luminal"
    changes = evaluation.change(her2, form.item("sein.her2_ihc").option("0").value)
    assert {form.path("sein.tils"), form.path("sein.pdl1")} <= changes.opened
    assert form.path("sein.antiher2") in changes.closed


def test_age_and_sex_open_their_chapters(form: Compiled, woman: dict[str, Any]) -> None:
    def chapters(born: str, gender: str) -> set[str]:
        context = {**woman, "patient": {"birthDate": born, "gender": gender}}
        open_ = form.enabled({}, context)
        return {c.link_id for c in form.chapters if form.path(c.link_id) in open_}

    assert "tronc.ch.oncogeriatrie" in chapters("1950-11-25", "male")
    assert "tronc.ch.oncogeriatrie" not in chapters("1950-11-26", "male")
    assert "tronc.ch.fertilite" in chapters("1972-01-01", "female")
    assert "tronc.ch.fertilite" not in chapters("1972-01-01", "male")
    assert form.path("tronc.grossesse") in form.enabled({}, {**woman, "age": 55})
    assert form.path("tronc.fertilite") not in form.enabled({}, {**woman, "age": 55})
    assert not {"tronc.ch.oncogeriatrie", "tronc.ch.fertilite"} & {
        c.link_id for c in form.chapters if form.path(c.link_id) in form.enabled({})
    }  # unknown age: neither opens


def test_closed_answers_sleep_and_come_back(form: Compiled, woman: dict[str, Any]) -> None:
    answers = breast_patient(form)
    protocol = form.path("sein.protocole")
    answers[form.path("sein.chimio")] = form.item("sein.chimio").option("non").value
    assert dormant(form, answers, woman) == {protocol: "3 EC puis 3 docétaxel"}
    assert "docétaxel puis" not in str(to_response(form, answers, woman))
    assert protocol not in answers_from_response(form, to_response(form, answers, woman))
    answers[form.path("sein.chimio")] = form.item("sein.chimio").option("adjuvante").value
    assert dormant(form, answers, woman) == {}


def test_what_validation_still_demands(form: Compiled, woman: dict[str, Any]) -> None:
    labels = {one["link_id"] for one in missing_for_validation(form, {}, woman)}
    always = {
        "inf_patient",
        "statut_cas",
        "motif",
        "oms",
        "date_diag",
        "topo",
        "preuve_histo",
        "dossier_complet",
        "decision",
    }
    assert labels == {f"tronc.{key}" for key in always}
    assert {one["link_id"] for one in missing_for_registration(form, {}, woman)} == {"tronc.inf_patient"}
    discussed = fill(form, {"tronc.statut_cas": "discute", "tronc.preuve_histo": "oui", "tronc.topo_txt": "sein"})
    now = {one["link_id"] for one in missing_for_validation(form, discussed, woman)}
    assert {"tronc.question", "tronc.morpho"} <= now
    assert "tronc.topo" not in now
    registered = fill(form, {"tronc.statut_cas": "enregistre", "tronc.decision": "surveillance"})
    assert "tronc.conforme" in {one["link_id"] for one in missing_for_validation(form, registered, woman)}
    old = {"patient": {"birthDate": "1940-01-01", "gender": "male"}, "session": woman["session"]}
    assert "tronc.g8_fait" in {one["link_id"] for one in missing_for_validation(form, {}, old)}
    assert missing_for_validation(form, breast_patient(form), woman) == []


def test_a_line_without_its_type_is_missing_it(form: Compiled, woman: dict[str, Any]) -> None:
    answers = breast_patient(form)
    del answers[form.path("tronc.propositions.type", RADIO)]
    missing = missing_for_validation(form, answers, woman)
    assert [one["path"] for one in missing] == [form.path("tronc.propositions.type", RADIO)]


def test_rules_across_questions(form: Compiled, woman: dict[str, Any]) -> None:
    answers = breast_patient(form)
    assert constraint_issues(form, answers, woman) == []
    too_large = {**answers, form.path("tronc.taille_tum"): "22"}
    assert [one["severity"] for one in constraint_issues(form, too_large, woman)] == ["warning"]
    registered = {**answers, **fill(form, {"tronc.statut_cas": "enregistre", "tronc.conforme": "non_conforme"})}
    assert [one["severity"] for one in constraint_issues(form, registered, woman)] == ["error"]
    no_quorum = {**woman, "session": {**woman["session"], "quorum": "non_atteint"}}
    assert "représenté" in constraint_issues(form, answers, no_quorum)[0]["message"]  # D7
    again = {**answers, **fill(form, {"tronc.represent_le": "9/12"})}
    assert constraint_issues(form, again, no_quorum) == []


def test_completion_counts_the_open_questions_of_open_chapters(form: Compiled, woman: dict[str, Any]) -> None:
    empty, filled = completion(form, {}, woman), completion(form, breast_patient(form), woman)
    assert "tronc.ch.oncogeriatrie" not in empty
    assert all(answered == 0 for answered, _ in empty.values())
    assert empty["tronc.ch.decouverte"] == (0, 3)
    assert filled["tronc.ch.inscription"] == (12, 12)
    assert filled["tronc.ch.traitements"] == (1, 2)  # the repeated block counts once
    assert (
        filled["sein.ch.proposition"][1] == empty["sein.ch.proposition"][1] + 3
    )  # protocol, hormones and CDK4/6 opened


def test_the_frozen_response_is_valid_and_reads_back(form: Compiled, woman: dict[str, Any]) -> None:
    answers = breast_patient(form)
    response = to_response(form, answers, woman, authored="2025-11-25")
    assert response == to_response(form, dict(reversed(answers.items())), woman, authored="2025-11-25")
    refusals = errors(validate_compiled(form, response, context=woman))
    assert [one["link_id"] for one in refusals] == ["tronc.presents"]  # the meeting adds its participants
    back = answers_from_response(form, response)
    assert {**answers, **calculated(form, answers, woman)}.items() <= back.items()


def test_lines_keep_the_rank_given_to_them(form: Compiled, woman: dict[str, Any]) -> None:
    answers = breast_patient(form)
    group = "tronc.ch.decision/tronc.propositions"
    answers |= {f"{group}[{CHEMO}]": 2, f"{group}[{RADIO}]": 1}
    decision = next(i for i in to_response(form, answers, woman)["item"] if i["linkId"] == "tronc.ch.decision")
    assert [i["id"] for i in decision["item"] if i["linkId"] == "tronc.propositions"] == [RADIO, CHEMO]


def test_what_changed_since_the_last_meeting(form: Compiled, woman: dict[str, Any]) -> None:
    old = breast_patient(form)
    new = deepcopy(old)
    new |= fill(form, {"sein.ki67": "22", "tronc.tnm_n": "N1"}, (("tronc.propositions.precision", CHEMO, "adjuvante"),))
    del new[form.path("sein.signature")]
    told = {
        c.label: (c.old.replace("\u00a0", " "), c.new.replace("\u00a0", " "))
        for c in changes_since(form, old, new, woman)
    }
    assert told["Ki-67"] == ("18 %", "22 %")
    assert told["Stade"] == ("IB", "IIA")
    assert told["Sous-type"] == ("Luminal A", "Luminal B HER2−")
    assert told["Signature génomique"] == ("Demandée", "")
    assert "adjuvante" in told["Propositions"][1]
    assert changes_since(form, old, dict(reversed(old.items())), woman) == []


def test_a_stage_forced_by_hand_wins_until_it_is_emptied(form: Compiled, woman: dict[str, Any]) -> None:
    answers, stage = breast_patient(form), form.path("tronc.stade")
    evaluation = form.evaluate(answers, woman)
    assert evaluation.calculated[stage]["code"] == "IB"
    evaluation.change(stage, form.item("tronc.stade").option("IIA").value)
    assert stage not in evaluation.calculated
    assert evaluation.change(stage, None).calculated[stage]["code"] == "IB"


def test_a_new_draft_starts_with_no_answer_of_its_own_and_computes_the_edition(form: Compiled) -> None:
    assert initial_answers(form) == {}
    assert form.evaluate({}).calculated[form.path("tronc.tnm_version")]["code"] == "uicc8"


def test_a_forced_value_is_marked_in_the_frozen_sheet_and_read_back_as_forced_alone(
    form: Compiled, woman: dict[str, Any]
) -> None:
    answers = breast_patient(form)
    evaluation = form.evaluate(answers, woman)
    computed = next(path for path in sorted(evaluation.calculated) if form.items[link_id_of(path)].overridable)
    others = set(evaluation.calculated) - {computed}
    forced = {**answers, computed: evaluation.calculated[computed]}
    frozen = to_response(form, forced, woman)
    back = answers_from_response(form, frozen, calculated=False)
    assert back[computed] == forced[computed]
    assert others
    assert others.isdisjoint(back)
    assert others <= set(answers_from_response(form, frozen))
    assert to_response(form, back, woman) == frozen
    assert str(frozen).count(profile.FORCED) == 1
    unforced = to_response(form, answers, woman)
    assert computed in answers_from_response(form, unforced)
    assert computed not in answers_from_response(form, unforced, calculated=False)
