"""One breast case, from answers to the frozen report, compared with a file read and approved by a person."""

import json
from pathlib import Path
from uuid import UUID

import pytest

from rcp.cases.actions import validate_case
from rcp.cases.decision import decision_of
from rcp.reports.data import ReportData
from rcp.sheets.draft import Draft
from rcp.sheets.lines import add_line
from tests.sheets.casework import answer, choose, complete, make_case, sit

GOLDEN = Path(__file__).parent / "golden" / "report_sein.json"
LINES = [UUID(int=n) for n in (1, 2, 3)]


def fill(sheet, *, by):
    complete(sheet, by=by, outcome="proposition")
    answer(sheet, "tronc.taille", 165, by=by)
    answer(sheet, "tronc.poids", 61, by=by)
    choose(sheet, "tronc.lateralite", "droite", by=by)
    choose(sheet, "sein.sbr", "2", by=by)
    for link_id, value in (("sein.re", 90), ("sein.rp", 60), ("sein.ki67", 18), ("tronc.taille_tum", 18)):
        answer(sheet, link_id, value, by=by)
    choose(sheet, "sein.her2_ihc", "1plus", by=by)
    choose(sheet, "tronc.tnm_type", "p", by=by)
    choose(sheet, "tronc.intention", "curative", by=by)
    group = Draft(case=sheet.case, sheet=sheet).form.path("tronc.propositions")
    for line in LINES:
        first_intention = {"tronc.propositions.rang": 1}
        op_id = UUID(int=line.int + 100)
        add_line(sheet_id=sheet.pk, group=group, line=line, op_id=op_id, by=by, starts_with=first_intention)
    first, second, third = (str(line) for line in LINES)
    choose(sheet, "tronc.propositions.type", "chimiotherapie", by=by, lines=(first,))
    answer(sheet, "tronc.propositions.precision", "adjuvante si score ≥ 26", by=by, lines=(first,))
    answer(sheet, "tronc.propositions.protocole", "3 EC puis 3 docétaxel", by=by, lines=(first,))
    answer(sheet, "tronc.propositions.debut", "2030-12-18", by=by, lines=(first,))
    answer(sheet, "tronc.propositions.responsable", "Dr Kerjean", by=by, lines=(first,))
    answer(sheet, "tronc.propositions.lieu", "CH de Rochebrune", by=by, lines=(first,))
    choose(sheet, "tronc.propositions.type", "hormonotherapie", by=by, lines=(second,))
    choose(sheet, "tronc.propositions.nature", "alternative", by=by, lines=(second,))
    choose(sheet, "tronc.propositions.type", "radiotherapie", by=by, lines=(third,))
    choose(sheet, "tronc.essai_prop", "non_eligible", by=by)
    choose(sheet, "tronc.soins_support", "psychologie", "apa", by=by)
    answer(sheet, "tronc.annonce_qui", "Dr Hélias", by=by)
    answer(sheet, "tronc.annonce_date", "2030-12-03", by=by)
    answer(sheet, "tronc.commentaire_rcp", "Décision à partager avec la patiente, qui craint la chimiothérapie.", by=by)


@pytest.fixture
def decided(working_as):
    with working_as("bob") as bob:
        case = make_case(by=bob)
        sit(case.meeting, "bob", "helias", "oumarou")
        fill(case.sheets.get(), by=bob)
    return case


def test_the_report_is_the_one_that_was_read_and_approved(decided, working_as):
    with working_as("bob") as bob:
        data = validate_case(case_id=decided.pk, by=bob).data["report"]
    assert ReportData.from_json(json.dumps(data)).content_hash == data["content_hash"]
    data["content_hash"] = data["validation"]["at"] = "…"  # they hold the moment of the test
    text = json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    assert text == GOLDEN.read_text(), "the report changed: read it, then copy it over the golden file"


def test_lines_of_a_second_intention_come_last_and_ranks_follow(decided, working_as):
    with working_as("bob"):
        proposal = decision_of(Draft(case=decided, sheet=decided.sheets.get()))
    assert [(line.rank, line.label, line.alternative) for line in proposal.lines] == [
        (1, "Chimiothérapie, adjuvante si score ≥ 26", False),
        (2, "Radiothérapie", False),
        (3, "Hormonothérapie", True),
    ]
    assert proposal.lines[0].planned == "semaine du 16/12/2030"  # PLN-03: a week, never a day
    assert proposal.lines[0].person == "Dr Kerjean"


def test_what_the_outcome_closes_is_not_in_the_decision(decided, working_as):
    """Dormant answers stay out: the lines of a proposal do not survive an outcome that closes them."""
    with working_as("bob") as bob:
        sheet = decided.sheets.get()
        choose(sheet, "tronc.decision", "surveillance", by=bob)
        proposal = decision_of(Draft(case=decided, sheet=sheet))
        assert proposal.lines == ()
        assert proposal.intent == ""


@pytest.mark.parametrize(
    ("outcome", "postponed"), [("report_incomplet", True), ("report_quorum", True), ("examens", False)]
)
def test_postponements_are_known(decided, working_as, outcome, postponed):
    with working_as("bob") as bob:
        choose(decided.sheets.get(), "tronc.decision", outcome, by=bob)
        assert decision_of(Draft(case=decided, sheet=decided.sheets.get())).postponed is postponed
