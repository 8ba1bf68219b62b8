"""Forms on paper (FRM-09, FRM-13): blank, with what is known, and the answers of a frozen sheet alone."""

import html
import re

import pytest

from dcc.audit.models import AuditEvent
from rcp.boards.presets import FORMS
from rcp.cases.actions import validate_case
from rcp.models import FormVersion
from rcp.sheets.definitions import compiled, form_in_force, packaged_codes
from rcp.sheets.drawing.paper import Paper, asked_when
from tests.sheets.casework import answer, choose, complete, make_case, sit


@pytest.fixture
def case(working_as):
    with working_as("bob") as bob:
        return make_case(by=bob)


def text(page) -> str:
    return html.unescape(page.content.decode())


@pytest.mark.parametrize("code", packaged_codes())
def test_every_form_prints_blank_with_every_question_and_every_option(code, db):
    version = FormVersion.objects.filter(code=code).first()
    if version is None:
        pytest.skip("not published in the template database yet")
    form = compiled(version.pk)
    paper = html.unescape("".join(Paper(form=form).chapters()))
    assert "None" not in paper
    assert "☒" not in paper
    for item in form.items.values():
        in_room = any(form.items[one].source == "seance" for one in ancestors(form, item))
        if item.hidden or item.type == "display" or in_room:
            continue
        assert item.text in paper, item.link_id
        for option in item.options:
            assert option.label in paper, f"{item.link_id} {option.label}"
        if item.is_conditional and (item.opened_by or item.closed_because):
            assert asked_when(item), item.link_id


def ancestors(form, item):
    while item is not None:
        yield item.link_id
        item = form.items[item.parent] if item.parent else None


def test_conditions_are_said_as_a_reader_of_paper_needs_them(db):
    items = compiled(FormVersion.objects.only("pk").get(code="sein").pk).items
    assert asked_when(items["sein.her2_ish"]) == "si HER2 IHC\xa0: 2+"
    assert asked_when(items["tronc.ch.oncogeriatrie"]) == "si ≥\xa075\xa0ans"
    assert asked_when(items["sein.sbr"]) == "sauf CCIS pur et CLIS"
    assert asked_when(items["tronc.taille"]) == ""


def test_the_form_of_a_board_is_printed_from_the_board_and_bears_no_name(case, signed_in):
    client = signed_in("bob")
    page = text(client.get("/formulaires/sein/papier/"))
    assert "Nom de naissance" in page
    assert "ABHERVE" not in page
    assert client.get("/formulaires/inconnu/papier/").status_code == 404


def test_a_board_whose_form_is_not_published_prints_what_its_sheets_are(case, signed_in, monkeypatch):
    """« imprimer vierge » answers for every form a board may choose: the trunk until its own exists, and says so."""
    monkeypatch.setitem(FORMS, "oeil", "Œil (C69)")
    page = text(signed_in("bob").get("/formulaires/oeil/papier/"))
    assert "«\u00a0Œil (C69)\u00a0»\u00a0: ses dossiers sont remplis sur le tronc commun, imprimé ici." in page
    assert form_in_force("tronc").title in page
    assert "pas encore publiée" not in text(signed_in("bob").get("/formulaires/sein/papier/"))


def test_what_is_known_is_ticked_and_the_rest_left_to_be_written(case, signed_in, working_as):
    with working_as("bob") as bob:
        sheet = case.sheets.get()
        choose(sheet, "tronc.oms", "1", by=bob)
        answer(sheet, "tronc.taille", 165, by=bob)
    page = text(signed_in("bob").get(f"/dossiers/{case.pk}/imprimer/"))
    assert re.search(r"☒</span> 1<", page)
    assert "<b>165\xa0cm</b>" in page
    assert "Document de travail, non validé" in page
    assert "Triple négatif" in page  # closed for now: asked on paper with its condition
    with working_as("bob"):
        assert AuditEvent.objects.filter(event="rcp.sheet_printed").count() == 1


def test_answers_alone(case, signed_in, working_as):
    with working_as("bob") as bob:
        answer(case.sheets.get(), "tronc.taille", 165, by=bob)
    page = text(signed_in("bob").get(f"/dossiers/{case.pk}/imprimer/", {"reponses": "1"}))
    assert "165\xa0cm" in page
    assert "Poids" not in page.split("<article")[1]
    assert "☐" not in page


def test_a_frozen_sheet_prints_what_was_frozen(case, signed_in, working_as):
    with working_as("bob") as bob:
        sit(case.meeting, "bob", "helias", "oumarou")
        complete(case.sheets.get(), by=bob)
        validate_case(case_id=case.pk, by=bob)
    page = text(signed_in("helias").get(f"/dossiers/{case.pk}/imprimer/"))
    assert "Fiche figée le" in page
    assert "non validé" not in page
    assert "☐" not in page


def test_chapters_that_are_not_asked_of_this_patient_are_not_printed(case, signed_in):
    """The G8 of somebody of 63; the blank form, which is for anybody, has it. The day of printing is said once."""
    title = "Oncogériatrie"
    page = text(signed_in("bob").get(f"/dossiers/{case.pk}/imprimer/"))
    blank = text(signed_in("bob").get("/formulaires/sein/papier/"))
    assert title not in page.split("<article")[1]
    assert title in blank.split("<article")[1]
    assert page.count("Imprimé le") == blank.count("Imprimé le") == 1
