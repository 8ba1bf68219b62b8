"""The sheet through HTTP: its page, one operation at a time, what others did, and the plain form without script."""

import html
import re
from base64 import b64decode
from uuid import uuid4

import pytest
from django.test import Client

from rcp.cases.actions import validate_case
from rcp.models import Answer, AnswerEvent, Case, CaseStatus, FormVersion, Outcome, Sheet
from rcp.sheets.definitions import compiled
from tests.sheets.casework import answer, choose, complete, make_case, sit


@pytest.fixture
def case(working_as):
    with working_as("alice") as alice:
        return make_case(by=alice)


@pytest.fixture
def path(case):
    return lambda link_id, *lines: form().path(link_id, *lines)


def form():
    return compiled(FormVersion.objects.only("pk").get(code="sein").pk)


def send(client: Client, case: Case, path: str, *values: str, op: str = "set", base_ver: int = 0, **more: str):
    data = {"path": path, "value": list(values), "op": op, "base_ver": base_ver, "op_id": str(uuid4()), **more}
    return client.post(f"/dossiers/{case.pk}/champ/", data)


class TestPage:
    def test_a_physician_reads_and_writes(self, case, signed_in):
        page = signed_in("helias").get(f"/dossiers/{case.pk}/")
        text = page.content.decode()
        assert page.status_code == 200
        assert "Fiche RCP Sein" in text
        assert "Avant de valider" in text
        assert 'name="v:tronc.ch.terrain/tronc.taille"' in text
        assert "Enregistrer ce chapitre" in text  # works without script

    def test_a_secretary_fills_but_does_not_decide(self, case, signed_in):
        text = signed_in("alice").get(f"/dossiers/{case.pk}/").content.decode()
        assert 'name="v:tronc.ch.terrain/tronc.taille"' in text
        assert 'name="v:tronc.ch.decision/tronc.decision"' not in text

    def test_a_pharmacist_only_reads(self, case, signed_in):
        text = signed_in("pharma").get(f"/dossiers/{case.pk}/").content.decode()
        assert "Taille" in text
        assert 'name="v:' not in text

    @pytest.mark.parametrize("stranger", ["denis", "metro", "oscar"])
    def test_strangers_find_nothing(self, case, signed_in, stranger):
        client = signed_in(stranger)
        for address in ("", "conclusion/", "depuis/0/"):
            assert client.get(f"/dossiers/{case.pk}/{address}").status_code == 404

    @pytest.mark.parametrize("colleague", ["network", "stats", "auditor"])
    def test_colleagues_without_the_right_are_refused(self, case, signed_in, colleague):
        assert signed_in(colleague).get(f"/dossiers/{case.pk}/").status_code == 403

    def test_the_key_of_what_stays_on_the_computer_is_the_person_s(self, case, signed_in):
        """The same in another session, another's for somebody else; no browser keeps the page that bears it."""
        keys = []
        for who, address in (("bob", ""), ("bob", "conclusion/"), ("helias", "")):
            page = signed_in(who).get(f"/dossiers/{case.pk}/{address}")
            assert "no-store" in page["Cache-Control"]
            keys += re.findall(r'data-desk-key="([^"]+)"', page.content.decode())
        bob, again, helias = keys
        assert bob == again != helias
        assert len(b64decode(bob)) == 32

    def test_closed_chapters_stay_with_their_reason(self, case, signed_in):
        text = html.unescape(signed_in("bob").get(f"/dossiers/{case.pk}/").content.decode())
        assert re.search(r'class="off" href="#c-tronc-ch-oncogeriatrie".*?<\s75\sans', text, re.S)

    def test_queries_do_not_grow_with_answers(self, case, signed_in, working_as, django_assert_max_num_queries):
        client = signed_in("bob")
        client.get(f"/dossiers/{case.pk}/")
        with working_as("bob") as bob:
            complete(case.sheets.get(), by=bob)
        with django_assert_max_num_queries(24):
            client.get(f"/dossiers/{case.pk}/")


class TestField:
    def test_an_answer_is_saved_with_what_it_opens(self, case, path, signed_in):
        client = signed_in("bob")
        saved = send(client, case, path("sein.her2_ihc"), "2plus").json()
        assert (saved["outcome"], saved["ver"], saved["rev"]) == ("applied", 1, 1)
        opened = saved["fragments"]["q-sein-ch-anapath-sein-her2_ish"]
        assert "Amplifié" in opened
        assert {"chapitres", "avant"} <= set(saved["fragments"])
        assert "q-sein-ch-anapath-sein-her2_ihc" not in saved["fragments"]  # never the field one is in
        closed = send(client, case, path("sein.her2_ihc"), "", base_ver=1).json()
        assert "hidden" in closed["fragments"]["q-sein-ch-anapath-sein-her2_ish"]

    def test_what_is_calculated_comes_back(self, case, path, signed_in):
        client = signed_in("bob")
        send(client, case, path("tronc.taille"), "165")
        saved = send(client, case, path("tronc.poids"), "61,50").json()
        assert "22,6" in saved["fragments"]["q-tronc-ch-terrain-tronc-imc"]
        assert saved["shown"] == "61,5"

    def test_what_cannot_be_an_answer_is_said_and_not_written(self, case, path, signed_in):
        refused = send(signed_in("bob"), case, path("tronc.taille"), "900")
        assert refused.status_code == 422
        assert "230\u00a0cm" in refused.json()["message"]
        assert not Sheet.objects.filter(rev__gt=0).exists()

    def test_the_same_operation_twice_is_one(self, case, path, signed_in, working_as):
        client, op_id = signed_in("bob"), str(uuid4())
        for _ in range(2):
            assert send(client, case, path("tronc.taille"), "165", op_id=op_id).json()["rev"] == 1
        with working_as("bob"):
            assert AnswerEvent.objects.count() == 1

    def test_sent_again_it_does_not_pass_for_a_reading_of_what_came_since(self, case, path, signed_in, working_as):
        """Its answer was lost, a colleague wrote since: the next word typed meets theirs, it does not replace it."""
        bob, helias, op_id = signed_in("bob"), signed_in("helias"), str(uuid4())
        send(bob, case, path("tronc.allergies"), "Iode", op_id=op_id)
        send(helias, case, path("tronc.allergies"), "Iode et latex", base_ver=1)
        again = send(bob, case, path("tronc.allergies"), "Iode", op_id=op_id).json()
        assert (again["outcome"], again["ver"]) == ("applied", 1)
        assert send(bob, case, path("tronc.allergies"), "Iode !", base_ver=again["ver"]).status_code == 409
        with working_as("bob"):
            assert Answer.objects.get().value == "Iode et latex"

    def test_what_waited_is_not_signed_by_who_came_next(self, case, path, signed_in, working_as):
        helias = signed_in("helias")
        with working_as("bob") as bob:
            who = str(bob.pk)
        refused = send(helias, case, path("tronc.allergies"), "Iode", who=who)
        assert (refused.status_code, refused.json()["outcome"]) == (401, "foreign")
        assert "celle d’une autre personne\u00a0: rechargez-la" in refused.json()["message"]
        with working_as("bob"):
            assert not AnswerEvent.objects.exists()

    def test_boxes_are_ticked_one_by_one(self, case, path, signed_in, working_as):
        send(signed_in("bob"), case, path("tronc.comorb"), _key("tronc.comorb", 2), op="add")
        send(signed_in("alice"), case, path("tronc.comorb"), _key("tronc.comorb", 1), op="add")
        with working_as("bob"):
            assert len(Answer.objects.get(path=path("tronc.comorb")).value) == 2

    def test_a_conflict_shows_both_and_is_settled(self, case, path, signed_in, working_as):
        bob, helias = signed_in("bob"), signed_in("helias")
        send(helias, case, path("tronc.allergies"), "Iode")
        met = send(bob, case, path("tronc.allergies"), "Pénicilline")
        assert met.status_code == 409
        block = html.unescape(met.json()["fragments"]["q-tronc-ch-terrain-tronc-allergies"])
        for words in ("Iode", "Pénicilline", "Dr Hélias", "Dr Kerjean", "Garder les deux textes"):
            assert words in block
        assert "1\u00a0conflit à trancher" in met.json()["fragments"]["avant"]
        settled = send(bob, case, path("tronc.allergies"), "deux", op="choose", base_ver=1)
        assert settled.status_code == 200
        with working_as("bob"):
            assert Answer.objects.get(path=path("tronc.allergies")).value == "Iode\u202f; Pénicilline"

    def test_a_line_is_added_filled_and_removed(self, case, path, signed_in):
        client, line = signed_in("bob"), str(uuid4())
        choose_outcome = send(client, case, path("tronc.decision"), "proposition").json()
        assert "Ajouter une ligne" in choose_outcome["fragments"]["q-tronc-ch-decision-tronc-propositions"]
        added = send(client, case, path("tronc.propositions"), line, op="line").json()
        assert line in added["fragments"]["q-tronc-ch-decision-tronc-propositions"]
        cell = path("tronc.propositions.type", line)
        filled = send(client, case, cell, "chirurgie").json()
        assert any("Chirurgie" in drawn for name, drawn in filled["fragments"].items() if name.startswith("s-"))
        removed = send(client, case, cell.rpartition("/")[0], op="unline", base_rev=str(filled["rev"])).json()
        assert line not in removed["fragments"]["q-tronc-ch-decision-tronc-propositions"]

    def test_codes_are_searched_on_the_server(self, case, path, signed_in):
        client = signed_in("bob")
        found = client.get(f"/dossiers/{case.pk}/codes/", {"question": "tronc.topo", "q": "sein supero"})
        assert "C50.4" in found.content.decode()
        assert send(client, case, path("tronc.topo"), "C50.4").status_code == 200
        assert send(client, case, path("tronc.topo"), "une tumeur", base_ver=1).status_code == 422

    def test_the_decision_is_not_a_secretary_s(self, case, path, signed_in):
        assert send(signed_in("alice"), case, path("tronc.decision"), "surveillance").status_code == 403

    @pytest.mark.parametrize("link_id", ["tronc.question", "tronc.imc", "tronc.quorum"])
    def test_what_is_given_or_calculated_is_not_typed(self, case, path, signed_in, link_id):
        assert send(signed_in("bob"), case, path(link_id), "1").status_code == 403

    @pytest.mark.parametrize(
        "wrong",
        ["tronc.taille", "ailleurs", "tronc.ch.terrain/tronc.taille[1]", "tronc.ch.decision/tronc.propositions[x]"],
    )
    def test_what_no_page_sends_is_a_bad_request(self, case, signed_in, wrong):
        assert send(signed_in("bob"), case, wrong, "1").status_code == 400

    def test_frozen_it_says_by_whom_and_keeps_what_was_typed(self, case, path, signed_in, working_as):
        with working_as("bob") as bob:
            sit(case.meeting, "bob", "helias", "oumarou")
            complete(case.sheets.get(), by=bob)
            validate_case(case_id=case.pk, by=bob)
        refused = send(signed_in("helias"), case, path("tronc.allergies"), "Iode")
        assert refused.status_code == 423
        assert "validée à" in refused.json()["message"]
        assert "Dr Kerjean" in refused.json()["message"]
        with working_as("helias"):
            assert AnswerEvent.objects.get(outcome=Outcome.REFUSED).value == "Iode"
        seen = signed_in("helias").get(f"/dossiers/{case.pk}/depuis/0/").json()
        assert "Allergies" in seen["last"]


def _key(link_id, n):
    return form().items[link_id].options[n].key


class TestOthers:
    def test_what_a_colleague_answers_arrives_with_what_it_opens(self, case, path, signed_in):
        bob, helias = signed_in("bob"), signed_in("helias")
        send(helias, case, path("sein.her2_ihc"), "2plus")
        seen = bob.get(f"/dossiers/{case.pk}/depuis/0/", headers={"X-DCC-Poll": "1"}).json()
        assert seen["rev"] == 1
        assert "checked" in seen["fragments"]["q-sein-ch-anapath-sein-her2_ihc"]
        assert "Amplifié" in seen["fragments"]["q-sein-ch-anapath-sein-her2_ish"]
        assert "fragments" not in bob.get(f"/dossiers/{case.pk}/depuis/1/").json()

    def test_who_is_in_which_chapter(self, case, signed_in):
        bob, helias = signed_in("bob"), signed_in("helias")
        helias.get(f"/dossiers/{case.pk}/depuis/0/", {"chapitre": "sein.ch.anapath"})
        others = html.unescape(bob.get(f"/dossiers/{case.pk}/depuis/0/").json()["others"])
        assert "Dr Hélias est dans «\u00a0Anatomopathologie\u00a0»" in others.replace("« ", "«\u00a0").replace(
            " »", "\u00a0»"
        )


class TestWithoutScript:
    def fields(self, client, case, chapter):
        """The fields a browser would send for a chapter, read from the page."""
        page = client.get(f"/dossiers/{case.pk}/").content.decode()
        section = page[page.index(f'data-chapter="{chapter}"') :]
        section = section[: section.index("</form>")]
        fields = dict(re.findall(r'name="(b:[^"]+)" value="(\d+)"', section))
        for name, value in re.findall(
            r'<input class="form-control[^"]*" id="[^"]+" name="([^"]+)" value="([^"]*)"', section
        ):
            fields[name] = html.unescape(value)
        for name, value in re.findall(r'name="(v:[^"]+)" id="[^"]+" value="([^"]+)" checked', section):
            fields[name] = html.unescape(value)
        return fields | {"chapitre": chapter}

    def test_a_chapter_is_saved_and_only_what_was_touched(self, case, path, signed_in, working_as):
        client = signed_in("bob")
        sent = self.fields(client, case, "tronc.ch.terrain")
        sent |= {f"v:{path('tronc.taille')}": "165", f"v:{path('tronc.oms')}": "1"}
        assert client.post(f"/dossiers/{case.pk}/", sent).status_code == 302
        with working_as("bob"):
            assert set(Answer.objects.values_list("path", flat=True)) == {path("tronc.taille"), path("tronc.oms")}
            assert Sheet.objects.get().rev == 2

    def test_what_a_colleague_wrote_meanwhile_is_kept(self, case, path, signed_in, working_as):
        client = signed_in("bob")
        sent = self.fields(client, case, "tronc.ch.terrain")
        with working_as("helias") as helias:
            answer(case.sheets.get(), "tronc.taille", 170, by=helias)
        sent |= {f"v:{path('tronc.poids')}": "61"}
        assert client.post(f"/dossiers/{case.pk}/", sent).status_code == 302
        with working_as("bob"):
            assert Answer.objects.get(path=path("tronc.taille")).value == 170

    def test_two_answers_meet_on_the_page(self, case, path, signed_in, working_as):
        client = signed_in("bob")
        sent = self.fields(client, case, "tronc.ch.terrain") | {f"v:{path('tronc.taille')}": "165"}
        with working_as("helias") as helias:
            answer(case.sheets.get(), "tronc.taille", 170, by=helias)
        page = client.post(f"/dossiers/{case.pk}/", sent)
        assert page.status_code == 409
        assert "deux réponses différentes" in page.content.decode()
        assert client.post(f"/dossiers/{case.pk}/", {"trancher": f"ajoutee:{path('tronc.taille')}"}).status_code == 302
        with working_as("bob"):
            assert Answer.objects.get(path=path("tronc.taille")).value == 165

    def test_a_wrong_answer_comes_back_with_its_words_and_the_others_are_saved(self, case, path, signed_in, working_as):
        client = signed_in("bob")
        sent = self.fields(client, case, "tronc.ch.terrain")
        sent |= {f"v:{path('tronc.taille')}": "900", f"v:{path('tronc.poids')}": "61"}
        page = client.post(f"/dossiers/{case.pk}/", sent)
        text = page.content.decode()
        assert page.status_code == 422
        assert 'value="900"' in text
        assert text.count("900\u00a0cm est au-dessus de 230\u00a0cm") == 2  # summary and field, same words
        with working_as("bob"):
            assert Answer.objects.get().value == 61

    def test_confirming_and_adding_a_line(self, case, path, signed_in, working_as):
        client = signed_in("bob")
        with working_as("bob") as bob:
            answer(case.sheets.get(), "tronc.poids", 61, by=bob)
            choose(case.sheets.get(), "tronc.decision", "proposition", by=bob)
            Answer.objects.filter(path=path("tronc.poids")).update(to_confirm=True)
        client.post(f"/dossiers/{case.pk}/", {"confirmer": path("tronc.poids")})
        client.post(f"/dossiers/{case.pk}/conclusion/", {"ligne": f"ajouter:{path('tronc.propositions')}"})
        with working_as("bob"):
            assert not Answer.objects.get(path=path("tronc.poids")).to_confirm
            assert Answer.objects.filter(value=1, path__endswith="tronc.propositions.rang").count() == 1


def test_the_question_is_reworded_where_it_lives(case, signed_in, working_as):
    client = signed_in("helias")
    client.post(f"/dossiers/{case.pk}/question/", {"question": "Chimiothérapie adjuvante ?"})
    with working_as("helias"):
        assert Case.objects.get(pk=case.pk).question == "Chimiothérapie adjuvante ?"
    assert "Chimiothérapie adjuvante" in client.get(f"/dossiers/{case.pk}/").content.decode()


def test_a_postponed_case_says_where_its_sheet_went(case, signed_in, working_as):
    with working_as("alice"):
        moved = Case.objects.get(pk=case.pk)
        moved.pk, moved.previous_id, moved._state.adding = uuid4(), case.pk, True
        Case.objects.filter(pk=case.pk).update(status=CaseStatus.POSTPONED)
        moved.save()
        Sheet.objects.filter(case=case).update(case=moved)
    text = signed_in("alice").get(f"/dossiers/{case.pk}/").content.decode()
    assert f"/dossiers/{moved.pk}/" in text
    late = send(signed_in("alice"), case, form().path("tronc.taille"), "165")  # from a page that was open
    assert (late.status_code, late.json()["message"]) == (423, "La fiche a suivi son dossier.")
