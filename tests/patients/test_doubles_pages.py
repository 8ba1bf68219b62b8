"""The desk of the identity-vigilance cell: what waits, two identities side by side, the decision, the figures."""

import re
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from dcc.lib.ids import uuid7
from patients.doubles import actions
from patients.doubles.alerts import alerts_of
from patients.doubles.counting import count_identities
from patients.doubles.reporting import report_double
from patients.doubles.tasks import carry_out_one
from patients.lifecycle.actions import act_on
from patients.lifecycle.history import last_line
from patients.lifecycle.transitions import IdentityAct
from patients.models import Double, DoubleStatus, IdentityChange, Information, Merge, Patient
from rcp.meetings.actions import open_meeting
from tests.patients.conftest import created
from tests.patients.merging import (  # noqa: F401 - a_pair is a fixture
    a_pair,
    carried,
    merged,
    ordered,
    paired,
    qualify,
    undone,
)
from tests.registration.conftest import in_ten_days, meeting_of  # noqa: F401

WHY = "Carte d’identité vue, même personne"


def page_of(double: Double) -> str:
    return f"/patients/doublons/{double.pk}/"


def decided(signed_in: Any, double: Double, decision: str, *, kept: Any = "", reason: str = WHY) -> Any:
    return signed_in("vigilance").post(page_of(double), {"decision": decision, "reason": reason, "kept": kept})


def reread(working_as: Any, double: Double) -> str:
    with working_as("vigilance"):
        double.refresh_from_db()
    return double.status


def homonyms(as_worker: Any) -> set[Any]:
    with as_worker(1):
        return set(Patient.objects.filter(is_homonym=True).values_list("pk", flat=True))


class TestWorklist:
    def test_what_waits_is_listed_and_counted(self, signed_in, pair):
        text = signed_in("vigilance").get("/patients/doublons/").content.decode()
        assert "1 paire d’identités attend une décision" in text
        assert "LE GUILLOU Françoise" in text
        assert "probable" in text
        assert "Doublons" in text
        assert str(pair.pk) in text

    @pytest.mark.parametrize(("query", "shown"), [("force=probables", True), ("force=a-revoir", False),
                                                  ("etat=homonymes", False), ("etat=nowhere", True)])  # fmt: skip
    def test_filters(self, signed_in, pair, query, shown):
        text = signed_in("vigilance").get(f"/patients/doublons/?{query}").content.decode()
        assert (str(pair.pk) in text) is shown

    def test_the_list_costs_the_same_whatever_its_length(
        self,
        signed_in,
        working_as,
        as_worker,
        pair,
        django_assert_max_num_queries,
    ):
        client = signed_in("vigilance")
        client.get("/patients/doublons/")
        with django_assert_max_num_queries(25) as few:
            client.get("/patients/doublons/")
        with working_as("alice") as alice:
            others = [created(alice, "Tanguy", name, "02021971", sex="M") for name in ("Maël", "Yves", "Loïc")]
        for other in others[1:]:
            paired(as_worker, others[0], other)
        with django_assert_max_num_queries(len(few)):
            client.get("/patients/doublons/")

    def test_colleagues_and_strangers_see_nothing_of_it(self, signed_in, pair):
        for short, expected in (("alice", 403), ("bob", 403), ("oscar", 403)):
            assert signed_in(short).get("/patients/doublons/").status_code == expected
            assert signed_in(short).get(page_of(pair)).status_code == expected


class TestPair:
    def test_both_sides_with_what_differs_their_numbers_and_what_a_board_will_hear(self, signed_in, pair):
        text = signed_in("vigilance").get(page_of(pair)).content.decode()
        for said in ("R-1", "D-7", "RCP Sein", "la plus ancienne, créée le", "LE GUILLOU"):
            assert said in text, said
        assert "Rezé" not in text
        assert "chimiothérapie" not in text

    def test_the_page_costs_little(self, signed_in, pair, django_assert_max_num_queries):
        client = signed_in("vigilance")
        client.get(page_of(pair))
        with django_assert_max_num_queries(25):
            client.get(page_of(pair))

    def test_homonyms_leave_the_list_and_can_be_examined_again(self, signed_in, working_as, pair):
        assert decided(signed_in, pair, "homonym").status_code == 302
        assert reread(working_as, pair) == DoubleStatus.HOMONYM
        assert decided(signed_in, pair, "merge").status_code == 422, "not from here"
        assert decided(signed_in, pair, "reopen").status_code == 302
        assert reread(working_as, pair) == DoubleStatus.TO_EXAMINE

    def test_homonyms_are_marked_with_who_said_so_and_every_page_says_it(
        self, signed_in, working_as, as_worker, pair, francoise
    ):
        """Whoever opens either file must compare before anything else (identity §1.6)."""
        banner = "Homonyme connu\u00a0: comparez"
        assert banner not in signed_in("alice").get(f"/patients/{francoise.pk}/").content.decode()
        decided(signed_in, pair, "homonym")
        for patient_id in (pair.first_id, pair.second_id):
            assert banner in signed_in("alice").get(f"/patients/{patient_id}/").content.decode()
        with as_worker(1):
            lines = IdentityChange.objects.filter(patient_id__in=(pair.first_id, pair.second_id), act="homonym")
            assert {one.patient_id for one in lines} == {pair.first_id, pair.second_id}
            assert {(one.actor, one.organisation, one.reason, one.attributes) for one in lines} == {
                ("Vera Hamon", "3C Estuaire", WHY, "HOMA")
            }
            assert {(one.status_before, one.status_after, one.by.email) for one in lines} == {
                ("PROV", "PROV", "vigilance@dcc.example")
            }
        decided(signed_in, pair, "reopen", reason="Une des deux cartes était fausse")
        assert banner not in signed_in("alice").get(f"/patients/{francoise.pk}/").content.decode()
        with as_worker(1):
            lines = IdentityChange.objects.filter(act="no_homonym")
            assert {one.reason for one in lines} == {"Une des deux cartes était fausse"}
            assert lines.count() == 2

    def test_a_homonym_of_two_people_stays_one_until_both_judgements_are_taken_back(
        self, signed_in, working_as, as_worker, pair, francoise
    ):
        with working_as("alice") as alice:
            third = created(alice, "Abherve", "Françoise", "11041963", reason="Homonyme connu")
        other = paired(as_worker, francoise, third)
        decided(signed_in, pair, "homonym")
        decided(signed_in, other, "homonym")
        decided(signed_in, pair, "reopen")
        assert homonyms(as_worker) == {francoise.pk, third.pk}
        decided(signed_in, other, "reopen")
        assert homonyms(as_worker) == set()

    def test_what_a_desk_had_marked_is_not_lifted_with_a_judgement(
        self, signed_in, working_as, as_worker, pair, francoise
    ):
        with working_as("alice") as alice:
            act_on(
                patient=francoise, act=IdentityAct.MARK_HOMONYM, by=alice, seen=last_line(francoise.pk),
                reason="Une autre Françoise, de Brest",
            )  # fmt: skip
        decided(signed_in, pair, "homonym")
        decided(signed_in, pair, "reopen")
        assert homonyms(as_worker) == {francoise.pk}

    def test_a_judgement_reported_as_wrong_is_taken_back_by_the_decision_that_follows(
        self, signed_in, working_as, as_worker, pair, francoise
    ):
        decided(signed_in, pair, "homonym")
        with working_as("alice") as alice:
            other = pair.second_id if pair.first_id == francoise.pk else pair.first_id
            report_double(patient=francoise, other_id=other, why="Elle dit être venue deux fois", by=alice)
        assert homonyms(as_worker) == {pair.first_id, pair.second_id}, "the cell has not spoken again"
        decided(signed_in, pair, "merge", kept=francoise.pk)
        assert homonyms(as_worker) == set()

    def test_a_fictitious_identity_is_nobody_s_homonym(self, signed_in, working_as, as_worker, pair, francoise):
        with as_worker(1):
            Patient.objects.filter(pk=francoise.pk).update(is_fictitious=True)
        assert decided(signed_in, pair, "homonym").status_code == 302
        assert francoise.pk not in homonyms(as_worker)
        assert len(homonyms(as_worker)) == 1

    def test_the_history_of_a_pair_is_written_past_wall_2_and_of_nobody_else(self, working_as, pair):
        """The function that steps over the wall: this pair, those two acts, somebody of the network."""
        line = (uuid7(), pair.pk, pair.first_id, "homonym", "Vera", "3C", "HOMA", WHY)
        refused = [line[:2] + (uuid7(),) + line[3:], line[:3] + ("doubt",) + line[4:], (line[0], uuid7()) + line[2:]]
        for who, told in [("vigilance", one) for one in refused] + [("oscar", line)]:
            with working_as(who), pytest.raises(DatabaseError, match="of no pair"), transaction.atomic():
                connection.cursor().execute("SELECT dcc_note_homonym(%s, %s, %s, %s, %s, %s, %s, %s)", told)

    def test_a_decision_says_why(self, signed_in, working_as, pair):
        answer = decided(signed_in, pair, "unsure", reason="bof")
        assert answer.status_code == 422
        assert "Dites pourquoi" in answer.content.decode()
        assert reread(working_as, pair) == DoubleStatus.TO_EXAMINE

    def test_merged_then_undone_from_the_page(self, signed_in, working_as, as_worker, pair, francoise):
        assert decided(signed_in, pair, "merge", kept=francoise.pk).status_code == 302
        assert reread(working_as, pair) == DoubleStatus.MERGING
        client = signed_in("vigilance")
        assert "En cours" in client.get(page_of(pair)).content.decode()
        with as_worker(1):
            carry_out_one(pair.pk)
        text = client.get(page_of(pair)).content.decode()
        assert "tables comptées avant et après" in text
        assert "Dossiers de RCP" in text, "the 3C sees the file: table by table"
        assert re.search(r'value="undo"[^>]* checked', text), "the only decision there is is chosen already"
        assert decided(signed_in, pair, "undo").status_code == 302
        with as_worker(1):
            carry_out_one(pair.pk)
        assert reread(working_as, pair) == DoubleStatus.UNDONE
        assert "annulée le" in client.get(page_of(pair)).content.decode()

    def test_a_merge_that_cannot_be_says_so_before_and_after(self, signed_in, working_as, pair, francoise):
        with working_as("alice") as alice:
            open_meeting(meeting_id=meeting_of("SEI").pk, by=alice)
        text = signed_in("vigilance").get(page_of(pair)).content.decode()
        assert "La fusion est impossible pour l’instant" in text
        answer = decided(signed_in, pair, "merge", kept=francoise.pk)
        assert answer.status_code == 422
        assert "la séance est en cours" in answer.content.decode()

    def test_a_second_person_is_asked_for_and_is_somebody_else(
        self,
        signed_in,
        working_as,
        as_worker,
        pair,
        francoise,
    ):
        qualify(as_worker, francoise.pk, b"1")
        assert decided(signed_in, pair, "ask", kept=francoise.pk).status_code == 302
        answer = decided(signed_in, pair, "confirm", reason="")
        assert answer.status_code == 422
        assert "une autre personne doit la confirmer" in answer.content.decode()
        assert decided(signed_in, pair, "decline").status_code == 302
        assert reread(working_as, pair) == DoubleStatus.TO_EXAMINE

    def test_undoing_what_two_people_merged_waits_on_the_list_for_somebody_else(
        self, signed_in, working_as, as_worker, pair, francoise
    ):
        qualify(as_worker, francoise.pk, b"1")
        ordered(working_as, pair)
        with working_as("alice") as alice:
            actions.confirm_merge(double_id=pair.pk, by=alice)
        carried(as_worker, pair)
        assert decided(signed_in, pair, "undo").status_code == 422, "not by one person"
        assert decided(signed_in, pair, "ask_undo").status_code == 302
        client = signed_in("vigilance")
        listed = client.get("/patients/doublons/?etat=a-confirmer").content.decode()
        assert "annulation à confirmer" in listed
        assert "1 paire d’identités attend une décision" in listed
        assert "annulation à confirmer" in client.get("/patients/doublons/indicateurs/").content.decode().lower()
        text = client.get(page_of(pair)).content.decode()
        for said in ("Annulation demandée par", "Confirmer l’annulation", "Garder la fusion", "ou vous y renoncez"):
            assert said in text, said
        answer = decided(signed_in, pair, "confirm_undo", reason="")
        assert answer.status_code == 422
        assert "Vous avez demandé cette annulation\u00a0: une autre personne" in answer.content.decode()
        assert decided(signed_in, pair, "decline_undo", reason="bof").status_code == 422, "it says why"
        assert decided(signed_in, pair, "decline_undo").status_code == 302
        assert decided(signed_in, pair, "decline_undo").status_code == 422, "a second click finds it done"
        assert reread(working_as, pair) == DoubleStatus.MERGED
        assert decided(signed_in, pair, "ask_undo").status_code == 302
        with working_as("alice") as alice:
            actions.confirm_undo(double_id=pair.pk, by=alice)
        carried(as_worker, pair)
        assert f"avec l’accord de {alice.display_name}" in client.get(page_of(pair)).content.decode()

    def test_what_is_new_is_allocated_on_the_page(self, signed_in, working_as, as_worker, pair, francoise):
        merge = merged(working_as, as_worker, pair)
        with working_as("alice") as alice:
            new = Information.objects.create(
                region_id=1, patient=francoise, given_on="2026-11-22", given_by="Dr Bob Kerjean", recorded_by=alice
            )
        decided(signed_in, pair, "undo")
        with as_worker(1):
            carry_out_one(pair.pk)
        client = signed_in("vigilance")
        assert "Nouveau depuis la fusion" in client.get(page_of(pair)).content.decode()
        assert client.post(f"{page_of(pair)}repartir/", {}).status_code == 422
        assert client.post(f"{page_of(pair)}repartir/", {"row_1": "kept"}).status_code == 302
        with as_worker(1):
            carry_out_one(pair.pk)
            assert Information.objects.get(pk=new.pk).patient_id == merge.kept_id
        assert reread(working_as, pair) == DoubleStatus.UNDONE

    def test_decided_by_somebody_else_a_moment_ago(self, signed_in, working_as, as_worker, pair, francoise):
        merged(working_as, as_worker, pair)
        assert decided(signed_in, pair, "homonym").status_code == 422
        assert reread(working_as, pair) == DoubleStatus.MERGED


def test_whoever_opens_the_file_is_told_for_a_month(signed_in, working_as, as_worker, pair, francoise):
    merge = merged(working_as, as_worker, pair)
    client = signed_in("bob")
    text = client.get(f"/patients/{francoise.pk}/").content.decode()
    assert "L’identité ABHERVE FRANCOISE a été réunie à celle-ci" in text
    with working_as("alice") as alice:
        stranger = created(alice, "Tanguy", "Maël", "02021971", sex="M")
        assert alerts_of(stranger) == ()
    undone(working_as, as_worker, pair)
    with working_as("alice"):
        for patient_id in (merge.kept_id, merge.lost_id):
            assert "a été annulée" in alerts_of(Patient.objects.get(pk=patient_id))[0]


def test_the_figures_name_nobody(signed_in, working_as, as_worker, pair):
    merged(working_as, as_worker, pair)
    with as_worker(1):
        count_identities()
        count_identities()
        assert Merge.objects.count() == 1
        living = Patient.objects.living_records().count()
    text = signed_in("vigilance").get("/patients/doublons/indicateurs/").content.decode()
    assert "Identités par statut" in text
    assert "Provisoire" in text
    assert f'<td role="cell">{living}</td>' in text
    assert "moins d’un jour" in text
    assert "GUILLOU" not in text
    assert signed_in("alice").get("/patients/doublons/indicateurs/").status_code == 403
