"""What a form draws by itself: TNM in columns, folded groups, computed values explained, one gesture a chapter."""

import html
from uuid import uuid4

import pytest

from rcp.models import Answer, AnswerEvent, FormVersion
from rcp.sheets.actions import open_sheet
from rcp.sheets.definitions import compiled
from rcp.sheets.draft import Draft
from rcp.sheets.drawing import Painter, element_id
from rcp.sheets.drawing.reasons import _awaited, inputs_of
from rcp.sheets.drawing.tnm import TNM, row_of
from tests.sheets.casework import answer, choose, make_case
from tests.sheets.test_desk import send
from tests.sheets.test_reprise import second_passage


@pytest.fixture
def case(working_as):
    with working_as("bob") as bob:
        return make_case(by=bob)


@pytest.fixture
def form(db):
    return compiled(FormVersion.objects.only("pk").get(code="sein").pk)


def shown(client, case) -> str:
    return html.unescape(client.get(f"/dossiers/{case.pk}/").content.decode())


class TestTnm:
    def test_each_code_stands_with_its_definition(self, form):
        rows = {row.code: row.meaning for option in form.items["tronc.tnm_t"].options for row in [row_of(option)]}
        assert rows["T1c"] == ">\xa010 à 20\xa0mm"
        nodes = {row.code: row.meaning for option in form.items["tronc.tnm_n"].options for row in [row_of(option)]}
        assert nodes["N1mi"].endswith("(p)")  # its own parentheses stay

    def test_three_columns_side_by_side(self, case, signed_in):
        page = shown(signed_in("bob"), case)
        grid = page[page.index('class="tnm-grid"') :]
        places = [grid.index(f'data-path="tronc.ch.stade/{link_id}"') for link_id in TNM]
        assert places == sorted(places)
        assert '<b>T1c</b> <span class="tnm-d">>\xa010 à 20\xa0mm</span>' in grid

    def test_the_edition_is_named_in_the_reason_and_no_stage_of_another_is_shown(self, case, signed_in, working_as):
        with working_as("bob") as bob:
            sheet = case.sheets.get()
            for name, code in (("tnm_t", "T2"), ("tnm_n", "N1"), ("tnm_m", "M0")):
                choose(sheet, f"tronc.{name}", code, by=bob)
        assert "Version TNM UICC 8e, T2, N1, M0" in shown(signed_in("bob"), case)
        with working_as("bob") as bob:
            choose(sheet, "tronc.tnm_version", "uicc7", by=bob)
        page = shown(signed_in("bob"), case)
        assert "non calculé\xa0: édition non disponible" in page
        assert "Version TNM UICC 8e, T2, N1, M0" not in page

    def test_a_date_says_the_least_precise_form_it_takes(self, case, signed_in):
        page = shown(signed_in("bob"), case)
        assert page.count("jj/mm/aaaa ou mm/aaaa<") >= 1  # the diagnosis: its month is enough, its year is not
        assert "jj/mm/aaaa, mm/aaaa ou aaaa<" in page  # the first signs

    def test_a_code_is_chosen_as_any_answer(self, case, form, signed_in):
        saved = send(signed_in("bob"), case, form.path("tronc.tnm_t"), "T2")
        assert saved.status_code == 200


class TestFolds:
    def test_an_empty_group_is_folded_and_opens_once_answered(self, case, form, working_as):
        path, diseases = form.path("tronc.charlson_grille"), form.items["tronc.charlson_comorb"]
        with working_as("bob") as bob:
            sheet = case.sheets.get()
            painter = Painter(draft=Draft(case=case, sheet=sheet), writable=["tronc.ch.terrain"])
            assert painter.is_open(path)
            assert f'<details class="fold" id="{element_id(path)}"><summary>' in painter.fragment(path)
            choose(sheet, diseases.link_id, diseases.options[0].key, by=bob)
            painter = Painter(draft=Draft(case=case, sheet=sheet), writable=["tronc.ch.terrain"])
            drawn = painter.fragment(path)
            assert f'<details class="fold" id="{element_id(path)}" open>' in drawn
            assert "1\xa0réponse" in drawn
            assert set(painter.folds.counts({form.path(diseases.link_id)})) == {element_id(path, "n")}


class TestComputed:
    def test_the_stage_says_what_it_was_read_from(self, case, form, signed_in):
        client = signed_in("bob")
        for link_id, code in (("tronc.tnm_t", "T2"), ("tronc.tnm_n", "N1")):
            saved = send(client, case, form.path(link_id), code).json()
        stage = element_id(form.path("tronc.stade"))
        assert "attend" in saved["fragments"][stage]
        assert "M" in saved["fragments"][stage]
        drawn = send(client, case, form.path("tronc.tnm_m"), "M0").json()["fragments"][stage]
        assert ">IIB</output>" in drawn
        assert "T2, N1, M0" in drawn
        assert "pourquoi" in drawn

    def test_forced_it_says_by_whom_what_the_rule_gives_and_the_way_back(self, case, form, signed_in, working_as):
        client, path = signed_in("bob"), form.path("tronc.stade")
        for link_id, code in (("tronc.tnm_t", "T2"), ("tronc.tnm_n", "N1"), ("tronc.tnm_m", "M0")):
            send(client, case, form.path(link_id), code)
        drawn = html.unescape(send(client, case, path, "IIIA").json()["fragments"][element_id(path)])
        assert "forcé" in drawn
        assert "par Dr Kerjean" in drawn
        assert "le calcul donne\xa0: IIB" in drawn
        assert "Revenir au calcul" in drawn
        back = client.post(f"/dossiers/{case.pk}/", {"chapitre": "tronc.ch.stade", "recalculer": path})
        assert back.status_code == 302
        with working_as("bob"):
            draft = Draft(case=case, sheet=case.sheets.get())
            assert draft.evaluation.calculated[path]["code"] == "IIB"

    @pytest.mark.parametrize(
        ("always", "others", "said"),
        [
            (["sein.ki67"], [], "attend Ki-67"),
            ([], [["sein.re"], ["sein.rp"]], "attend RE ou RP"),
            (["sein.ki67"], [["sein.re"], ["sein.rp"]], "attend Ki-67, et RE ou RP"),
            ([], [["tronc.tnm_t", "tronc.tnm_n"], ["sein.rp"]], "attend T et N, ou RP"),
            ([], [], ""),
        ],
    )
    def test_what_it_waits_for_is_said_in_words(self, form, always, others, said):
        assert _awaited(form, always, others) == said

    def test_inputs_are_questions_in_the_order_of_the_form(self, form):
        assert inputs_of(form, "tronc.imc") == ("tronc.taille", "tronc.poids")
        assert inputs_of(form, "tronc.taille") == ()


class TestConfirmingAChapter:
    @pytest.fixture
    def second(self, working_as):
        case = second_passage(working_as)
        with working_as("bob") as bob:
            sheet = open_sheet(case=case, by=bob)
            answer(sheet, "sein.ki67", 18, by=bob)
            Answer.objects.filter(sheet=sheet, path__endswith="sein.ki67").update(to_confirm=True, origin="prefill")
        return case

    def test_one_gesture_confirms_the_chapter_and_nothing_else(self, second, form, signed_in, working_as):
        client, chapter = signed_in("bob"), "sein.ch.anapath"
        with working_as("bob"):
            before = Draft(case=second, sheet=second.sheets.get())
            waiting = {path for path in before.to_confirm if path.startswith(chapter)}
            others = set(before.to_confirm) - waiting
        assert len(waiting) >= 2
        assert f"Confirmer les {len(waiting)} réponses reprises" in shown(client, second)
        op_id = str(uuid4())
        saved = send(client, second, chapter, op="confirm", op_id=op_id).json()
        assert waiting <= {path for path in waiting if element_id(path) in saved["fragments"]}
        assert "Confirmer les" not in saved["fragments"][element_id(chapter, "k")]
        with working_as("bob"):
            after = Draft(case=second, sheet=second.sheets.get())
            assert set(after.to_confirm) == others
            assert after.answers == before.answers
            traces = AnswerEvent.objects.filter(sheet=second.sheets.get(), rev=saved["rev"]).count()
            assert traces == len(waiting) + 1  # one for each answer, one for the gesture
        again = send(client, second, chapter, op="confirm", op_id=op_id).json()
        assert again["rev"] == saved["rev"]

    def test_it_works_without_script(self, second, signed_in, working_as):
        sent = {"chapitre": "sein.ch.anapath", "confirmer": "sein.ch.anapath"}
        assert signed_in("bob").post(f"/dossiers/{second.pk}/", sent).status_code == 302
        with working_as("bob"):
            draft = Draft(case=second, sheet=second.sheets.get())
            assert not [path for path in draft.to_confirm if path.startswith("sein.ch.anapath")]

    def test_a_group_that_is_no_chapter_is_not_confirmed(self, second, form, signed_in):
        group = next(
            one for one in form.items.values() if one.control == "list" and one.chapter == "tronc.ch.traitements"
        )
        assert send(signed_in("bob"), second, form.path(group.link_id), op="confirm").status_code == 400

    def test_a_colleague_sees_the_answers_confirmed(self, second, signed_in):
        bob, helias = signed_in("bob"), signed_in("helias")
        rev = send(bob, second, "sein.ch.anapath", op="confirm").json()["rev"]
        seen = helias.get(f"/dossiers/{second.pk}/depuis/{rev - 1}/").json()["fragments"]
        assert element_id("sein.ch.anapath", "c") not in seen  # not the whole chapter
        assert any(name.endswith("sein-ki67") for name in seen)


@pytest.mark.parametrize("number", ["x", "-1", "1e3", "٣", "9" * 12])
def test_a_version_that_is_no_number_is_a_bad_request(case, form, signed_in, number):
    client, path = signed_in("bob"), form.path("tronc.taille")
    assert send(client, case, path, "165", base_ver=number).status_code == 400
    sent = {"chapitre": "tronc.ch.terrain", f"b:{path}": number, f"v:{path}": "165"}
    assert client.post(f"/dossiers/{case.pk}/", sent).status_code == 400
