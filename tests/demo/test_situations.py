"""The demonstration's situations: what a physician of each speciality opens holds together, on every form."""

import json
import random
import re
from datetime import UTC, date, datetime
from typing import Any

import pytest

from dcc.demo.answers import Filler
from dcc.demo.casting import Casting
from dcc.demo.catalogue import SITUATIONS, situations_of
from dcc.demo.clinical import Situation, answers_of, moment, monday_from, told
from dcc.demo.directory import OTHER_FORMS, ardele_boards, ligea_boards
from dcc.lib.french import age_years
from patients.models import Patient
from rcp.models import Board, Meeting, Motive
from rcp.sheets.definitions import packaged_codes
from rcp.sheets.engine import Compiled, constraint_issues, link_id_of, missing_for_validation, sentences
from tests.engine.goldens import sheet

ON = date(2026, 11, 18)
# What the registration gives (rcp.sheets.given): not the situation's to say.
REGISTERED = {
    "tronc.inf_patient": "oui",
    "tronc.statut_cas": "discute",
    "tronc.motif": "proposition_de_traitement_initial",
}
# Questions a situation answers for whoever it concerns: they close with the patient's age or sex.
OF_SOME = frozenset({"tronc.fertilite", "tronc.grossesse", "tronc.contraception"})
GENDER = {"F": "female", "M": "male"}


def context(*, sex: str, age: int) -> dict[str, Any]:
    return {
        "patient": {"birthDate": f"{ON.year - age}-03-02", "gender": GENDER[sex]},
        "session": {"date": ON.isoformat(), "level": "discussed", "quorum": "atteint"},
    }


def patients_of(situation: Situation) -> list[dict[str, Any]]:
    """The youngest, the oldest and one between, of each sex it is told of."""
    low, high = situation.ages
    return [context(sex=sex, age=age) for sex in situation.sex or "FM" for age in (low, (low + high) // 2, high)]


def named(situation: Situation) -> str:
    return f"{situation.form}: {situation.question}"


def with_registration(form: Compiled, answers: dict[str, Any], question: str) -> dict[str, Any]:
    given: dict[str, Any] = {form.path("tronc.question"): question}
    for link_id, code in REGISTERED.items():
        item = form.item(link_id)
        option = item.option(code)
        assert option is not None
        given[form.path(link_id)] = [option.value] if item.repeats else option.value
    return {**answers, **given}


@pytest.mark.parametrize("situation", SITUATIONS, ids=named)
def test_a_decided_sheet_is_coherent_and_ready_to_validate(situation: Situation) -> None:
    form = sheet(situation.form)
    for rank, who in enumerate(patients_of(situation)):
        answers = Filler(form, random.Random(rank)).fill(situation, who, share=0.6, decided=True)
        whole = with_registration(form, answers, situation.question)
        found = [*constraint_issues(form, whole, who), *missing_for_validation(form, whole, who)]
        assert [one["message"] for one in found] == [], who


@pytest.mark.parametrize("situation", SITUATIONS, ids=named)
def test_what_a_situation_says_is_asked_by_its_form(situation: Situation) -> None:
    """No answer of another organ: what is typed is open, except what depends on the patient's age and sex."""
    form = sheet(situation.form)
    typed = set(answers_of(situation, form, ON, decided=True))
    for who in patients_of(situation):
        kept = Filler(form, random.Random(1)).fill(situation, who, share=0.6, decided=True)
        assert {link_id_of(path) for path in typed - set(kept)} <= OF_SOME


@pytest.mark.parametrize("situation", SITUATIONS, ids=named)
def test_nothing_is_decided_before_the_meeting(situation: Situation) -> None:
    form = sheet(situation.form)
    who = patients_of(situation)[0]
    prepared = Filler(form, random.Random(1)).fill(situation, who, share=0.6, decided=False)
    said = {title for title, _ in sentences(form, prepared, who)}
    assert "Décision" not in said
    assert not [title for title in said if title.startswith("Proposition")]
    assert "Synthèse" in said


def test_every_form_has_its_situations_and_every_board_sees_some() -> None:
    for code in packaged_codes():
        assert sum(one.form == code for one in SITUATIONS) >= 2, code
    for plan in (*ligea_boards(), *ardele_boards()):
        board = Board(code=plan.code, form_code=plan.form, other_forms=list(OTHER_FORMS.get(plan.code[:3], ())))
        assert any(one.form == plan.form for one in situations_of(board)), plan.code


def test_situations_speak_the_words_of_the_registration() -> None:
    assert {one.motive for one in SITUATIONS} <= set(Motive.values)
    assert all(one.question.endswith("?") and one.told.endswith(".") for one in SITUATIONS)


def test_men_for_the_prostate_women_for_gynaecology() -> None:
    assert {one.sex for one in SITUATIONS if one.form == "prostate"} == {"M"}
    assert {one.sex for one in SITUATIONS if one.form == "gyneco"} == {"F"}


def test_a_letter_never_quotes_a_placeholder() -> None:
    for situation in SITUATIONS:
        form = sheet(situation.form)
        stored = json.dumps(answers_of(situation, form, ON, decided=True), ensure_ascii=False)
        assert "{" not in told(situation.told, ON)
        assert not re.search(r"\b[JMA][+-]\d{1,3}\b", stored)


def test_dates_follow_the_meeting() -> None:
    assert moment("J-20", ON) == "2026-10-29"
    assert moment("M-12", date(2026, 1, 31)) == "2025-01"
    assert moment("M-1", date(2026, 1, 31)) == "2025-12"
    assert moment("A-2", ON) == "2024"
    assert moment("normale", ON) == "normale"
    assert told("Opération le {J-17}.", ON) == "Opération le 1er\u00a0novembre 2026."
    assert monday_from(date(2026, 11, 23)) == date(2026, 11, 23)
    assert monday_from(date(2026, 11, 24)) == date(2026, 11, 30)


def meeting_of(code: str, form: str, other_forms: tuple[str, ...] = ()) -> Meeting:
    board = Board(pk=1, region_id=1, code=code, form_code=form, other_forms=list(other_forms))
    return Meeting(region_id=1, board=board, starts_at=datetime(2026, 11, 18, 14, tzinfo=UTC))


def crowd(*ages: int) -> list[Patient]:
    """One woman and one man of each age."""
    return [Patient(region_id=1, sex=sex, birth_date=date(ON.year - age, 3, 2)) for age in ages for sex in "FM"]


def test_children_for_the_paediatric_board_only() -> None:
    people = crowd(3, 5, 12, 14, 55, 60, 65)
    children = Casting(list(people), random.Random(1)).of(meeting_of("PED", "pediatrie"), 6)
    assert children
    assert all(age_years(one.birth_date, ON) < 18 for one, _ in children if one.birth_date)
    adults = Casting(list(people), random.Random(1)).of(meeting_of("NEU", "neuro"), 6)
    assert all(age_years(one.birth_date, ON) >= 18 for one, _ in adults if one.birth_date)


def test_nobody_is_seen_twice_and_a_meeting_may_lack_patients() -> None:
    casting = Casting(crowd(55, 62, 66), random.Random(1))
    seen = [patient for patient, _ in casting.of(meeting_of("URO", "prostate"), 9)]
    assert len(seen) == len({id(one) for one in seen}) == 3
    assert {one.sex for one in seen} == {"M"}


def test_a_digestive_board_sees_livers_and_stomachs_too() -> None:
    cast = Casting(crowd(*range(50, 74)), random.Random(1)).of(meeting_of("DIG", "colorectal", OTHER_FORMS["DIG"]), 30)
    forms = [situation.form for _, situation in cast]
    assert set(forms) == {"colorectal", "hpb", "estomac"}
    assert forms.count("colorectal") >= len(forms) // 3
