"""What physicians type is set the French way where the letter is composed: the sheet keeps it as typed (VAL-02)."""

import html
import json

import pytest

from rcp.cases.actions import validate_case
from rcp.models import Answer, Sheet
from rcp.reports.data import ReportData
from tests.sheets.casework import answer, complete, make_case, sit

TYPED = "L'essai «BRAF» est-il ouvert ? t(9;22)(q34;q11), HER2:CEP17 ; RDV à 10:30, 3'UTR."
SET = "L’essai «\u00a0BRAF\u00a0» est-il ouvert\u202f? t(9;22)(q34;q11), HER2:CEP17\u202f; RDV à 10:30, 3'UTR."


@pytest.fixture
def commented(working_as):
    with working_as("bob") as bob:
        case = make_case(by=bob)
        sit(case.meeting, "bob", "helias", "oumarou")
        complete(case.sheets.get(), by=bob)
        answer(case.sheets.get(), "tronc.commentaire_rcp", TYPED, by=bob)
    return case


def letter_of(client, case):
    text = html.unescape(client.get(f"/dossiers/{case.pk}/conclusion/").content.decode())
    return text.split('id="lettre"')[1].split("</section>")[0]


def test_the_letter_is_set_before_and_after_validation_and_the_answer_stays_as_typed(commented, signed_in, working_as):
    client = signed_in("bob")
    assert f'<p class="hand">{SET}</p>' in letter_of(client, commented)
    with working_as("bob") as bob:
        document = validate_case(case_id=commented.pk, by=bob)
        frozen = Sheet.objects.get(case=commented)
        report = ReportData.from_json(json.dumps(document.data["report"]))
        assert report.proposal.conclusion == SET
        assert frozen.report == document.data["report"]
        assert Answer.objects.get(sheet=frozen, path__endswith="commentaire_rcp").value == TYPED
        assert TYPED in json.dumps(frozen.response, ensure_ascii=False)
    assert f'<p class="hand">{SET}</p>' in letter_of(client, commented)


def test_the_sentence_has_the_accents_that_were_typed_and_the_traits_are_strict(commented, signed_in, working_as):
    said = "de Mme\u00a0LE GUILLOU Françoise, née\u00a0ABHERVE Françoise,"
    assert said in letter_of(signed_in("bob"), commented)
    with working_as("bob") as bob:
        patient = validate_case(case_id=commented.pk, by=bob).data["report"]["patient"]
    assert (patient["first_given_name"], patient["first_given_name_received"]) == ("FRANCOISE", "Françoise")
    assert "used_given_name_received" not in patient
