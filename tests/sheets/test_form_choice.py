"""One form per pathology (FRM-02): a board that sees several organs changes the form of a case, and loses nothing."""

import json
from uuid import uuid4

import pytest
from django.urls import reverse

from dcc.audit.models import AuditEvent
from rcp.cases.actions import validate_case
from rcp.models import Answer, Board, Outcome, Sheet
from rcp.sheets.code_lists import find
from rcp.sheets.definitions import compiled
from rcp.sheets.draft import Draft
from rcp.sheets.form_choice import CHANGED, FormRefusedHere, change_form, form_of_topography, offers
from tests.sheets.casework import answer, choose, complete, make_case, sit

TOPOGRAPHY_LIST = "https://dcc.example/fhir/ValueSet/topographie-cim10"


@pytest.fixture
def case(working_as):
    """A case of a board that sees breasts, and livers too."""
    with working_as("bob") as bob:
        Board.objects.filter(code="SEI").update(other_forms=["hpb", "estomac"])
        case = make_case(by=bob)
        case.meeting.board.refresh_from_db()
        return case


def change(case, to, *, by):
    return change_form(
        case=case, sheet=Sheet.objects.select_related("form").get(case=case), form_code=to, op_id=uuid4(), by=by
    )


def test_shared_answers_stay_and_the_others_come_back_with_their_form(case, working_as):
    with working_as("bob") as bob:
        sheet = case.sheets.get()
        answer(sheet, "tronc.taille", 165, by=bob)
        answer(sheet, "sein.re", 90, by=bob)
        assert change(case, "hpb", by=bob).outcome == Outcome.APPLIED
        sheet = case.sheets.get()
        assert sheet.form.code == "hpb"
        draft = Draft(case=case, sheet=sheet)
        assert draft.answers[draft.form.path("tronc.taille")] == 165
        assert "sein.re" not in json.dumps(draft.response(authored="2030-11-26T14:00:00Z"))
        assert change(case, "sein", by=bob).outcome == Outcome.APPLIED
        back = Draft(case=case, sheet=case.sheets.get())
        assert back.answers[back.form.path("sein.re")] == 90
        assert AuditEvent.objects.filter(event="rcp.form_changed").count() == 2


def test_an_answer_the_new_form_cannot_hold_is_emptied_and_kept_in_the_events(case, working_as):
    with working_as("bob") as bob:
        sheet = case.sheets.get()
        choose(sheet, "tronc.tnm_t", "T1mi", by=bob)
        choose(sheet, "tronc.tnm_m", "M0", by=bob)
        change(case, "hpb", by=bob)
        t = compiled(case.sheets.get().form_id).path("tronc.tnm_t")
        assert Answer.objects.get(sheet=sheet, path=t).value is None
        assert [event.value and event.value["code"] for event in sheet.events.filter(path=t).order_by("rev")] == [
            "T1mi",
            None,
        ]
        m = compiled(case.sheets.get().form_id).path("tronc.tnm_m")
        assert Answer.objects.get(sheet=sheet, path=m).value["code"] == "M0"


def test_only_the_forms_of_the_board_and_only_an_open_draft(case, working_as):
    with working_as("bob") as bob:
        for refused in ("neuro", "sein", "inconnue"):
            with pytest.raises(FormRefusedHere):
                change(case, refused, by=bob)
        sit(case.meeting, "bob", "helias", "oumarou")
        complete(case.sheets.get(), by=bob)
        validate_case(case_id=case.pk, by=bob)
        assert change(case, "hpb", by=bob).outcome == Outcome.REFUSED
        assert case.sheets.get().form.code == "sein"


def test_a_sheet_whose_form_changed_is_validated_without_the_former_answers(case, working_as):
    with working_as("bob") as bob:
        answer(case.sheets.get(), "sein.re", 90, by=bob)
        change(case, "estomac", by=bob)
        sit(case.meeting, "bob", "helias", "oumarou")
        complete(case.sheets.get(), by=bob)
        validate_case(case_id=case.pk, by=bob)
        frozen = json.dumps(case.sheets.get().response)
        assert "sein." not in frozen
        assert "Questionnaire/estomac" in frozen


def test_the_form_that_the_topography_calls_for_is_offered_first(case, working_as):
    with working_as("bob") as bob:
        answer(case.sheets.get(), "tronc.topo", find(TOPOGRAPHY_LIST, "C16.0"), by=bob)
        draft = Draft(case=case, sheet=case.sheets.get())
        found = offers(board=case.meeting.board, current="sein", answers=draft.answers, form=draft.form)
        assert [(one.code, one.because) for one in found] == [("estomac", "C16.0"), ("hpb", "")]


@pytest.mark.parametrize(
    ("code", "form"),
    [("C50.4", "sein"), ("C20", "colorectal"), ("C45.0", "thorax"), ("C45.1", ""), ("C80.9", ""), ("D03.5", "melanome"),
     ("C60.9", "uro"), ("C00.1", "vads"), ("C83.3", "hemato"), ("D47.2", "hemato"), ("C22.0", "hpb")],
)  # fmt: skip
def test_each_topography_has_its_form(code, form):
    assert form_of_topography(code) == form


def test_the_page_offers_it_and_a_page_left_open_is_told(case, signed_in):
    physician, colleague = signed_in("bob"), signed_in("helias")
    address = reverse("rcp:case", args=[case.pk])
    page = physician.get(address).content.decode()
    assert "Foie, voies biliaires, pancréas" in page
    answered = physician.post(reverse("rcp:sheet_form", args=[case.pk]), {"fiche": "hpb"}, follow=True)
    assert "Formulaire changé" in answered.content.decode()
    told = colleague.get(reverse("rcp:since", args=[case.pk, 0]), headers={"X-DCC-Poll": "1"}).json()
    assert told["closed"].startswith("Le formulaire de cette fiche vient de changer")
    again = physician.post(reverse("rcp:sheet_form", args=[case.pk]), {"fiche": "hpb"}, follow=True)
    assert "déjà celle-là" in again.content.decode()
    assert CHANGED not in page
