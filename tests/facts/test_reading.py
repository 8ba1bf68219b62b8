"""Which answers are facts, and as what (forms.md §2, STA-01): listed, measured, true or dated; never a word typed."""

from typing import Any

import pytest

from rcp.facts.reading import FactRow, facts_of
from rcp.models import StatKey
from rcp.sheets.engine import compile_definition, to_response
from rcp.sheets.engine.profile import ORDINAL_VALUE, STAT, STAT_PATTERN, UNIT

SYSTEM = "https://dcc.example/fhir/CodeSystem/essai"
A, B = "0190a000-0000-7000-8000-000000000001", "0190a000-0000-7000-8000-000000000002"


def item(link_id: str, kind: str, **more: Any) -> dict[str, Any]:
    """An item whose stat key is its linkId without the dots before."""
    extensions = [{"url": STAT, "valueCode": link_id.split(".")[-1]}, *more.pop("extension", [])]
    return {"linkId": link_id, "type": kind, "text": link_id, "extension": extensions, **more}


def coding(code: str, display: str = "") -> dict[str, str]:
    return {"system": SYSTEM, "code": code, "display": display or code}


def options(*codes: str) -> list[dict[str, Any]]:
    return [{"valueCoding": coding(code)} for code in codes]


FORM = compile_definition(
    {
        "resourceType": "Questionnaire",
        "url": "https://dcc.example/fhir/Questionnaire/essai",
        "version": "1",
        "status": "active",
        "item": [
            item("t.oms", "choice", answerOption=options("0", "1", "2", "non_evalue")),
            item("t.nb_meta", "choice", answerOption=options("1", "2_5", "plus_de_5")),
            item(
                "t.douleur",
                "choice",
                answerOption=[
                    {**option, "extension": [{"url": ORDINAL_VALUE, "valueDecimal": rank * 2.5}]}
                    for rank, option in enumerate(options("nulle", "forte"))
                ],
            ),
            item("t.sites", "choice", repeats=True, answerOption=options("os", "foie", "poumon")),
            item("t.stade", "open-choice", answerOption=options("I", "II")),
            item("t.age", "integer"),
            item("t.psa", "decimal"),
            item("t.clip", "boolean"),
            item("t.diag", "date"),
            item("t.dose", "quantity", extension=[{"url": UNIT, "valueCoding": {"code": "Gy", "display": "Gy"}}]),
            item("t.mot", "string"),
            item("t.recit", "text"),
            {
                "linkId": "t.lignes",
                "type": "group",
                "repeats": True,
                "text": "lignes",
                "item": [
                    item("t.type", "choice", answerOption=options("chirurgie", "chimio")),
                    item("t.cures", "integer"),
                ],
            },
            item(
                "t.ferme",
                "integer",
                enableWhen=[{"question": "t.clip", "operator": "=", "answerBoolean": False}],
            ),
            {"linkId": "t.muet", "type": "integer", "text": "sans clé"},
            item("t.Majuscule", "integer"),
        ],
    }
)


def read(answers: dict[str, Any]) -> dict[tuple[str, int, str], FactRow]:
    rows = facts_of(FORM, to_response(FORM, answers))
    assert len({(row.key, row.instance, row.code) for row in rows}) == len(rows)
    return {(row.key, row.instance, row.code): row for row in rows}


@pytest.mark.parametrize(
    ("link_id", "answer", "code", "number"),
    [
        ("t.oms", coding("1"), "1", 1.0),
        ("t.oms", coding("non_evalue"), "non_evalue", None),
        ("t.nb_meta", coding("1"), "1", None),  # « 2 à 5 » has no degree: the list is not a graded one
        ("t.douleur", coding("forte"), "forte", 2.5),
        ("t.stade", coding("II"), "II", None),
        ("t.age", 71, "", 71.0),
        ("t.psa", "4.15", "", 4.15),
        ("t.dose", {"value": 50, "unit": "Gy", "code": "Gy"}, "", 50.0),
    ],
)
def test_a_listed_or_measured_answer_is_one_fact(link_id, answer, code, number):
    (row,) = read({link_id: answer}).values()
    assert (row.key, row.code, row.number, row.instance, row.first) == (link_id[2:], code, number, 0, True)
    assert row.flag is None
    assert row.day is None


def test_true_and_false_are_two_answers():
    assert read({"t.clip": True})["clip", 0, "oui"].flag is True
    assert read({"t.clip": False})["clip", 0, "non"].flag is False


@pytest.mark.parametrize(
    ("answer", "code", "day"),
    [
        ("2030-10-21", "jour", "2030-10-21"),
        ("2030-10", "mois", "2030-10-01"),
        ("2030", "annee", "2030-01-01"),
    ],
)
def test_a_date_says_how_precise_it_is(answer, code, day):
    (row,) = read({"t.diag": answer}).values()
    assert (row.code, row.day) == (code, day)


@pytest.mark.parametrize(
    ("link_id", "answer"),
    [
        ("t.mot", "Mme Abhervé"),
        ("t.recit", "Patiente suivie à Nantes."),
        ("t.stade", "III d’après le courrier du Dr Mazurier"),  # words of one's own in a list
        ("t.dose", {"value": 5000, "unit": "cGy", "code": "cGy"}),  # another unit does not compare
        ("t.muet", 3),  # no stat key
        ("t.Majuscule", 3),  # what is no key is not filed under it
        ("t.diag", "2030-02-31"),
    ],
)
def test_the_rest_is_not_a_fact(link_id, answer):
    assert read({link_id: answer}) == {}


def test_a_closed_question_keeps_its_answer_to_itself():
    assert ("ferme", 0, "") in read({"t.clip": False, "t.ferme": 4})
    assert ("ferme", 0, "") not in read({"t.clip": True, "t.ferme": 4})


def test_ticked_boxes_are_one_fact_each_of_one_case():
    rows = read({"t.sites": [coding("os"), coding("foie")]})
    assert [row.first for row in rows.values()] == [True, False]
    assert {code for _, _, code in rows} == {"os", "foie"}


def test_lines_are_told_apart_by_their_rank():
    answers = {}
    for rank, line in enumerate((A, B), start=1):
        answers |= {f"t.lignes[{line}]": rank, f"t.lignes[{line}]/t.type": coding("chimio")}
    rows = read({**answers, f"t.lignes[{B}]/t.cures": 6})
    assert rows["type", 0, "chimio"].first
    assert not rows["type", 1, "chimio"].first
    assert rows["cures", 1, ""].number == 6  # the same line as the second « type »
    assert rows["cures", 1, ""].first


def test_what_a_hostile_answer_holds_never_stops_a_validation():
    response = to_response(FORM, {"t.age": 71})
    response["item"][0]["answer"] = [{"valueString": "soixante et onze"}]
    assert facts_of(FORM, response) == []
    huge = to_response(FORM, {"t.psa": "1e400"})
    assert facts_of(FORM, huge) == []


def test_what_the_forms_accept_as_a_key_is_what_the_table_accepts():
    table = next(one for one in StatKey._meta.constraints if one.name == "statkey_is_a_key")
    assert f"^{STAT_PATTERN}$" == dict([table.condition.children[0]])["key__regex"]
