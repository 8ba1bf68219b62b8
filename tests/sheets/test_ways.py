"""« Avant de figer » and « Avant de valider » lead to the question: each thing that lacks or warns has its way."""

import html
import re

import pytest

from dcc.lib import french
from rcp.sheets import panels
from rcp.sheets.draft import Draft
from rcp.sheets.drawing import element_id
from tests.sheets.casework import answer, choose, complete, make_case, sit
from tests.sheets.test_desk import form


@pytest.fixture
def case(working_as):
    with working_as("bob") as bob:
        case = make_case(by=bob)
        sit(case.meeting, "bob", "helias", "oumarou")
        complete(case.sheets.get(), by=bob)
    return case


def page(client, address: str) -> str:
    return html.unescape(client.get(address).content.decode())


def ways(text: str) -> list[tuple[str, str]]:
    """(words, way) of every link of the list of checks."""
    checks = text.split('id="avant"')[1].split("</ul>")[0]
    return [(label, way) for way, label in re.findall(r'<a href="([^"]+)"[^>]*>(.*?)</a>', checks)]


def lines(text: str) -> list[str]:
    return re.findall(r"<li>.*?</li>", text.split('id="avant"')[1].split("</ul>")[0], re.S)


def test_each_question_named_is_a_way_to_it(case, signed_in, working_as):
    with working_as("bob") as bob:
        sheet = case.sheets.get()
        for link_id in ("tronc.oms", "tronc.topo", "tronc.decision"):
            answer(sheet, link_id, None, by=bob)
        draft = Draft(case=case, sheet=sheet)
        place = {one: f"#{element_id(draft.form.path(one))}" for one in ("tronc.oms", "tronc.topo", "tronc.decision")}
        label = {one: draft.form.items[one].short_text for one in place}
    client, sheet_page = signed_in("bob"), f"/dossiers/{case.pk}/"
    conclusion = page(client, f"{sheet_page}conclusion/")
    found = dict(ways(conclusion))
    assert "3\u00a0obligatoires vides<" in conclusion
    assert found[label["tronc.oms"]] == f"{sheet_page}{place['tronc.oms']}"
    assert found[label["tronc.topo"]] == f"{sheet_page}{place['tronc.topo']}"
    assert found[label["tronc.decision"]] == place["tronc.decision"]  # it is on the page one reads
    assert dict(ways(page(client, sheet_page)))[label["tronc.topo"]] == place["tronc.topo"]


def test_no_way_is_lost_and_none_leads_nowhere(case, signed_in, working_as):
    """Lacking, a rule not kept, a closed answer, a room without quorum: every line that is not done has its way."""
    with working_as("bob") as bob:
        case.meeting.attendances.update(presence="absent")
        sheet = case.sheets.get()
        answer(sheet, "tronc.oms", None, by=bob)
        answer(sheet, "tronc.taille_tum", 35, by=bob)
        choose(sheet, "tronc.tnm_t", "T1a", by=bob)
        choose(sheet, "sein.her2_ihc", "2plus", by=bob)
        choose(sheet, "sein.her2_ish", form().items["sein.her2_ish"].options[1].key, by=bob)
        choose(sheet, "sein.her2_ihc", "1plus", by=bob)
    client, sheet_page = signed_in("bob"), f"/dossiers/{case.pk}/"
    conclusion = page(client, f"{sheet_page}conclusion/")
    texts = {"": conclusion, sheet_page: page(client, sheet_page)}
    undone = [line for line in lines(conclusion) if "t-ok" not in line]
    assert len(undone) == 5  # the quorum, the closed answer, what lacks, and two rules that are not kept
    assert [line for line in undone if "<a href=" not in line] == []
    for _, way in ways(conclusion):
        address, _, anchor = way.partition("#")
        assert f'id="{anchor}"' in texts[address], way


def test_past_six_names_the_others_are_a_way_too(case, signed_in, working_as, monkeypatch):
    monkeypatch.setattr(panels, "NAMED", 2)  # no form asks seven questions that nothing else closes
    with working_as("bob") as bob:
        sheet = case.sheets.get()
        for link_id in ("tronc.oms", "tronc.date_diag", "tronc.topo", "tronc.dossier_complet"):
            answer(sheet, link_id, None, by=bob)
        lacking = [str(one["path"]) for one in Draft(case=case, sheet=sheet).missing]
    conclusion = page(signed_in("bob"), f"/dossiers/{case.pk}/conclusion/")
    rest = french.counted(len(lacking) - 2, "autre")
    way = f"/dossiers/{case.pk}/#{element_id(lacking[2])}"
    assert [label for label, _ in ways(conclusion)] == ["OMS", "Diagnostic", rest]
    assert f' et <a href="{way}">{rest}</a></span>' in conclusion
