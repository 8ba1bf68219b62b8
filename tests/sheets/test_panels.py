"""Around the questions: what waits in each chapter, what is kept out of the report, what « / » looks through."""

import html
import re
from types import SimpleNamespace

import pytest

from rcp.sheets import panels
from rcp.sheets.actions import open_sheet
from rcp.sheets.draft import Draft
from rcp.sheets.drawing import element_id
from tests.sheets.casework import answer, choose, make_case
from tests.sheets.test_desk import form, send
from tests.sheets.test_reprise import second_passage


@pytest.fixture
def case(working_as):
    with working_as("bob") as bob:
        return make_case(by=bob)


def text(page) -> str:
    return html.unescape(page.content.decode())


def test_each_chapter_says_what_waits_in_it(case, signed_in, working_as):
    client = signed_in("bob")
    assert "1 à traiter avant de valider" in link(text(client.get(f"/dossiers/{case.pk}/")), "Terrain")
    with working_as("bob") as bob:
        choose(case.sheets.get(), "tronc.oms", "1", by=bob)
    after = link(text(client.get(f"/dossiers/{case.pk}/")), "Terrain")
    assert "à traiter" not in after
    assert re.search(r"1/\d+", after)


def link(page: str, label: str) -> str:
    found = re.search(rf'<a href="#c-[^"]+"[^>]*>(?:(?!</a>).)*<span>{label}</span>.*?</a>', page, re.S)
    assert found
    return found[0]


def test_answers_of_closed_questions_are_listed_where_one_validates(case, signed_in, working_as):
    """Kept, named with their answer and why they are closed; they come back when the question opens again."""
    client = signed_in("bob")
    with working_as("bob") as bob:
        sheet = case.sheets.get()
        choose(sheet, "sein.her2_ihc", "2plus", by=bob)
        choose(sheet, "sein.her2_ish", form().items["sein.her2_ish"].options[1].key, by=bob)
        choose(sheet, "sein.her2_ihc", "1plus", by=bob)
    page = text(client.get(f"/dossiers/{case.pk}/conclusion/"))
    kept = page[page.index('id="hors-fiche"') :]
    assert "HER2 HIS" in kept
    assert form().items["sein.her2_ish"].options[1].label in kept
    assert "si HER2 IHC\xa0: 2+" in kept
    assert "1\xa0réponse de question fermée restera hors du compte rendu" in page
    back = send(client, case, form().path("sein.her2_ihc"), "2plus", base_ver=2, page="conclusion").json()
    assert "HER2 HIS" not in back["fragments"]["hors-fiche"]


def test_every_question_is_found_by_its_words_or_its_short_text(case, signed_in):
    page = text(signed_in("bob").get(f"/dossiers/{case.pk}/"))
    listed = page[page.index('<datalist id="questions">') :]
    assert 'value="RE (% de cellules)" label="RE" data-to="q-sein-ch-anapath-sein-re"' in listed
    g8 = re.search(r'<option value="Score G8[^>]*>', listed)
    assert g8
    assert 'data-because="<\xa075\xa0ans"' in g8[0]  # the chapter's own reason, not that of the question in it


def test_what_changed_stands_before_any_question_and_leads_to_it(signed_in, working_as):
    case = second_passage(working_as)
    with working_as("bob") as bob:
        sheet = open_sheet(case=case, by=bob)
        answer(sheet, "sein.re", 40, by=bob)
    page = text(signed_in("bob").get(f"/dossiers/{case.pk}/"))
    sections = page[page.index('id="fiche"') :]
    assert sections.index("Changé depuis la RCP du 26/11/2030") < sections.index("data-chapter")
    assert re.search(r'<a href="#q-sein-ch-anapath-sein-re">RE</a>.*?90\s%.*?<b>40\s%</b>', sections, re.S)
    assert "IMC" not in sections[: sections.index("data-chapter")]  # an index says nothing more


def test_a_rule_that_is_not_kept_leads_to_its_question(case, signed_in, working_as):
    with working_as("bob") as bob:
        sheet = case.sheets.get()
        answer(sheet, "tronc.taille_tum", 35, by=bob)
        choose(sheet, "tronc.tnm_t", "T1a", by=bob)
        place = element_id(Draft(case=case, sheet=sheet).form.path("tronc.tnm_t"))
    page = text(signed_in("bob").get(f"/dossiers/{case.pk}/")).split('id="avant"')[1]
    assert re.search(rf'<a href="#{place}" data-rule>La taille tumorale ne va pas avec le T', page)


@pytest.mark.parametrize(
    ("completion", "left", "shown"),
    [((2, 2), 1, (1, 2)), ((2, 2), 0, (2, 2)), ((1, 4), 2, (1, 4)), ((1, 1), 3, (0, 1)), ((0, 0), 1, (0, 1))],
)
def test_a_chapter_where_something_waits_is_not_shown_complete(completion, left, shown):
    """All answered by the last sheet and one still to be confirmed: the disc is not full."""
    desk = SimpleNamespace(draft=SimpleNamespace(completion={"c": completion}))
    assert panels.completion_of(desk, "c", left) == shown
