"""Two identities of one person become one file, under the worker’s role, or are refused to (PAT-05)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from dcc.audit.models import AuditEvent
from patients.access import may_see
from patients.actions import record_opposition
from patients.doubles import actions
from patients.doubles.moving import follow_late_rows
from patients.doubles.obstacles import TWO_MATRICULES, Stopped, refusals
from patients.doubles.survivor import survivor_of
from patients.doubles.tables import file_tables
from patients.doubles.tasks import carry_out_one
from patients.events import PatientEvent
from patients.ins_index import ins_hash
from patients.models import (
    Access,
    Contact,
    Document,
    Double,
    DoubleStatus,
    IdentityNotice,
    Merge,
    NoticeKind,
    NoticeState,
    Patient,
    PatientIdentifier,
)
from patients.search import find_by_ipp, find_by_traits, traits_of
from rcp.meetings.actions import open_meeting
from rcp.models import Case
from rcp.registration.moving import cancel_case
from tests.patients.conftest import created
from tests.patients.merging import (  # noqa: F401 - a_pair is a fixture
    WHY,
    a_pair,
    carried,
    foreign_keys_hold,
    merged,
    ordered,
    organisation,
    paired,
    photograph,
    qualify,
    undone,
)
from tests.registration.conftest import another_meeting, in_ten_days, meeting_of, registered  # noqa: F401


class TestMerge:
    def test_everything_of_the_later_identity_is_in_the_file_of_the_elder(self, working_as, as_worker, pair, francoise):
        merge = merged(working_as, as_worker, pair)
        assert merge.kept_id == francoise.pk
        assert merge.rule.startswith("la plus ancienne")
        foreign_keys_hold()
        with working_as("alice"):
            case = Case.objects.get(patient=francoise)
            assert case.sheets.get().patient_id == francoise.pk
            assert {one.value for one in PatientIdentifier.objects.filter(patient=francoise)} == {"R-1", "D-7"}
            assert Contact.objects.get(patient=francoise).city == "Nantes"
            assert Patient.objects.get(pk=merge.lost_id).merged_into_id == francoise.pk
            assert not Case.objects.filter(patient_id=merge.lost_id).exists()

    def test_each_table_is_counted_before_and_after(self, working_as, as_worker, pair):
        merge = merged(working_as, as_worker, pair)
        with as_worker(1):
            written = {one.table_name: one for one in merge.merged_tables.all()}
            assert set(written) == {table.name for table in file_tables()}
            for one in written.values():
                assert one.lost_before + one.kept_before == one.lost_after + one.kept_after, one.table_name
                assert len(one.moved) == one.kept_after - one.kept_before
            case, contact = written["rcp_case"], written["patients_contact"]
            assert (case.lost_before, case.kept_before, case.lost_after, case.kept_after) == (1, 0, 0, 1)
            assert (contact.lost_after, contact.kept_after, contact.moved) == (1, 1, [])
            assert merge.rows == sum(len(one.moved) for one in written.values())
            assert merge.tables == len(written)

    def test_who_saw_either_file_sees_the_one_that_stays(self, working_as, as_worker, pair, francoise):
        with working_as("bob"):  # Rochebrune asked for the later identity's case
            assert not may_see(francoise.pk)
        merged(working_as, as_worker, pair)
        with working_as("bob"):
            assert may_see(francoise.pk)
        with working_as("denis"):
            assert not may_see(francoise.pk)

    def test_an_access_both_had_lasts_as_long_as_the_longer_one(self, working_as, as_worker, pair, francoise):
        soon, late = timezone.now() + timedelta(days=1), timezone.now() + timedelta(days=9)
        later = pair.second_id if pair.first_id == francoise.pk else pair.first_id
        with as_worker(1):
            for patient, ends in ((francoise.pk, soon), (later, late)):
                Access.objects.filter(patient_id=patient, reason="creation").update(expires_at=ends)
        before = photograph(as_worker, pair)
        merged(working_as, as_worker, pair)
        with as_worker(1):
            assert Access.objects.get(patient=francoise, reason="creation").expires_at == late
        undone(working_as, as_worker, pair)
        assert photograph(as_worker, pair) == before

    def test_every_address_of_the_lost_identity_leads_to_the_one_that_stays(
        self, signed_in, working_as, as_worker, pair, francoise
    ):
        merge = merged(working_as, as_worker, pair)
        client = signed_in("alice")
        assert client.get(f"/patients/{merge.lost_id}/").url == f"/patients/{francoise.pk}/"
        assert client.get(f"/inscription/{merge.lost_id}/").url == f"/inscription/{francoise.pk}/"
        text = client.get(f"/patients/{francoise.pk}/").content.decode()
        assert "RCP Sein" in text

    def test_establishments_that_number_one_of_them_will_be_told(self, working_as, as_worker, pair, francoise):
        merge = merged(working_as, as_worker, pair)
        with working_as("vigilance"):
            notices = IdentityNotice.objects.filter(merge=merge)
            assert {one.organisation.short_name for one in notices} == {"CH Rochebrune", "Clinique des Dunes"}
            assert {(one.kind, one.state) for one in notices} == {(NoticeKind.A40, NoticeState.WAITING)}
            content = notices[0].content
            assert content["kept"]["id"] == str(francoise.pk)
            assert [one["value"] for one in content["kept"]["ipps"]] == ["R-1"]
            assert [one["value"] for one in content["lost"]["ipps"]] == ["D-7"]
            assert "ABHERVE" not in str(content)

    def test_both_files_say_what_was_done_by_whom_and_why(self, working_as, as_worker, pair, francoise):
        merged(working_as, as_worker, pair)
        with working_as("alice"):
            said = AuditEvent.objects.filter(patient_id=francoise.pk, object_id=str(pair.pk)).order_by("recorded_at")
            assert [one.event for one in said] == [PatientEvent.MERGE_ORDERED.value, PatientEvent.MERGED.value]
            assert said[0].details["why"] == WHY
            assert said[0].actor == "Vera Hamon"

    def test_what_lands_late_on_the_lost_identity_follows(self, working_as, as_worker, pair, francoise):
        merge = merged(working_as, as_worker, pair)
        with as_worker(1):
            Document.objects.create(
                region_id=1, patient_id=merge.lost_id, kind="received", title="Arrivé trop tard", data={},
                data_hash=b"x" * 32, source_id=merge.pk, issued_by="un flux",
            )  # fmt: skip
            assert follow_late_rows() == 1
            assert follow_late_rows() == 0
            assert Document.objects.get(title="Arrivé trop tard").patient_id == francoise.pk
        undone(working_as, as_worker, pair)
        with as_worker(1):
            assert Document.objects.get(title="Arrivé trop tard").patient_id == merge.lost_id

    def test_done_twice_it_is_done_once(self, working_as, as_worker, pair):
        merge = merged(working_as, as_worker, pair)
        with as_worker(1):
            assert carry_out_one(pair.pk) is None
            assert Merge.objects.get(pk=merge.pk).done_at == merge.done_at

    def test_what_waited_about_the_lost_identity_is_about_the_one_that_stays(
        self, working_as, as_worker, pair, francoise
    ):
        later = pair.second_id if pair.first_id == francoise.pk else pair.first_id
        with working_as("alice") as alice:
            third = created(alice, "Abherve", "Françoise", "11041963", reason="Homonyme connu")
        other = paired(as_worker, Patient(pk=later), third)
        merged(working_as, as_worker, pair)
        with working_as("vigilance"):
            other.refresh_from_db()
            assert other.status == DoubleStatus.CLEARED
            moved = Double.objects.about(francoise.pk).exclude(pk=pair.pk).get()
            assert {moved.first_id, moved.second_id} == {francoise.pk, third.pk}
            assert moved.status == DoubleStatus.TO_EXAMINE


TEST_OIDS = ("1.2.250.1.213.1.4.10", "1.2.250.1.213.1.4.11")


class TestRefused:
    def test_while_a_board_hears_one_of_them(self, working_as, as_worker, pair):
        with working_as("alice") as alice:
            open_meeting(meeting_id=meeting_of("SEI").pk, by=alice)
        with pytest.raises(Stopped) as stopped:
            ordered(working_as, pair)
        assert "la séance est en cours" in stopped.value.reasons[0]

    def test_when_the_meeting_opens_between_the_order_and_the_worker(self, working_as, as_worker, pair):
        before = photograph(as_worker, pair)
        merge = ordered(working_as, pair)
        with working_as("alice") as alice:
            open_meeting(meeting_id=meeting_of("SEI").pk, by=alice)
        stopped = carried(as_worker, pair)
        assert stopped.pk == merge.pk
        assert pair.status == DoubleStatus.TO_EXAMINE
        assert stopped.closed_at is not None
        assert "la séance est en cours" in stopped.obstacles[0]
        assert photograph(as_worker, pair) == before

    def test_when_both_are_on_the_list_of_one_meeting(self, working_as, as_worker, pair, francoise):
        with working_as("alice") as alice:
            case = registered(alice, francoise)
        with pytest.raises(Stopped) as stopped:
            ordered(working_as, pair)
        assert "inscrites à la même séance" in stopped.value.reasons[0]
        with working_as("alice") as alice:
            cancel_case(case=case, reason="Doublon", by=alice)
        assert merged(working_as, as_worker, pair).in_force

    @pytest.mark.parametrize(
        ("first", "second"), [("QUAL", "QUAL"), ("QUAL", "RECUP"), ("RECUP", "QUAL"), ("RECUP", "RECUP")]
    )
    def test_two_matricules_are_two_people_whatever_the_statuses(self, working_as, as_worker, pair, first, second):
        qualify(as_worker, pair.first_id, b"1", status=first)
        qualify(as_worker, pair.second_id, b"2", status=second)
        with pytest.raises(Stopped) as stopped:
            ordered(working_as, pair)
        assert stopped.value.reasons == [TWO_MATRICULES]
        assert "marquez douteuse" in TWO_MATRICULES
        assert len(TWO_MATRICULES) <= 300, "the worker writes it whole in the merge it stops"

    def test_a_second_matricule_got_between_the_order_and_the_worker(self, working_as, as_worker, pair, francoise):
        later = pair.second_id if pair.first_id == francoise.pk else pair.first_id
        qualify(as_worker, francoise.pk, b"1", status="RECUP")
        ordered(working_as, pair)
        qualify(as_worker, later, b"2", status="RECUP")
        assert carried(as_worker, pair).obstacles == [TWO_MATRICULES]
        assert pair.status == DoubleStatus.TO_EXAMINE

    def test_the_same_digits_from_two_authorities_are_two_matricules(self):
        """The OID goes with the digits: only the pair of both is an INS."""
        kept, lost = (Patient(status="RECUP", ins_hash=ins_hash("279035121518989", oid)) for oid in TEST_OIDS)
        assert refusals(kept=kept, lost=lost, cases=[]) == [TWO_MATRICULES]
        lost.ins_hash = kept.ins_hash
        assert refusals(kept=kept, lost=lost, cases=[]) == []

    def test_an_identity_that_is_merged_already(self, working_as, as_worker, pair, francoise):
        merge = merged(working_as, as_worker, pair)
        with working_as("alice") as alice:
            third = created(alice, "Abherve", "Françoise", "11041963", reason="Homonyme connu")
        again = paired(as_worker, Patient(pk=merge.lost_id), third)
        with pytest.raises(Stopped) as stopped:
            ordered(working_as, again)
        assert "déjà réunie" in stopped.value.reasons[0]

    def test_the_page_showed_another_survivor(self, working_as, pair):
        with working_as("vigilance") as vera:
            first, second = Patient.objects.get(pk=pair.first_id), Patient.objects.get(pk=pair.second_id)
            lost = survivor_of(first, second).lost.pk
            with pytest.raises(Stopped) as stopped:
                actions.ask_merge(double_id=pair.pk, kept_id=lost, reason=WHY, by=vera)
        assert "Relisez la page" in stopped.value.reasons[0]


class TestSurvivor:
    """Higher status (QUAL > RECUP and VALI > PROV), then the older record, and nothing else (identity §1.14)."""

    @pytest.mark.parametrize(
        ("elder", "later", "kept", "words"),
        [
            ("VALI", "RECUP", 2020, "la plus ancienne, créée le 01/03/2020"),
            ("RECUP", "VALI", 2020, "la plus ancienne, créée le 01/03/2020"),
            ("RECUP", "QUAL", 2024, "le meilleur statut\u00a0: qualifiée, l’autre est récupérée"),
            ("PROV", "VALI", 2024, "le meilleur statut\u00a0: validée, l’autre est provisoire"),
            ("PROV", "PROV", 2020, "la plus ancienne, créée le 01/03/2020"),
        ],
    )
    def test_an_ins_is_worth_no_more_than_its_status(self, elder, later, kept, words):
        one, other = (
            Patient(
                status=status,
                ins_hash=b"1" * 32 if status in ("RECUP", "QUAL") else None,
                created_at=datetime(year, 3, 1, 12, tzinfo=UTC),
            )
            for status, year in ((elder, 2020), (later, 2024))
        )
        for chosen in (survivor_of(one, other), survivor_of(other, one)):
            assert (chosen.kept.created_at.year, chosen.why) == (kept, words)


class TestSecondPerson:
    def test_a_qualified_identity_survives_and_two_people_decide(self, working_as, as_worker, pair, francoise):
        later = pair.second_id if pair.first_id == francoise.pk else pair.first_id
        qualify(as_worker, later, b"1")
        merge = ordered(working_as, pair)
        with working_as("vigilance"):
            pair.refresh_from_db()
        assert pair.status == DoubleStatus.ASKED
        assert merge.kept_id == later
        assert merge.rule == "le meilleur statut\u00a0: qualifiée, l’autre est provisoire"
        with as_worker(1):
            assert carry_out_one(pair.pk) is None, "nothing moves before the second person"
        with working_as("vigilance") as vera, pytest.raises(actions.SamePerson):
            actions.confirm_merge(double_id=pair.pk, by=vera)
        with working_as("alice") as somebody_else:
            actions.confirm_merge(double_id=pair.pk, by=somebody_else)
        assert carried(as_worker, pair).in_force

    def test_the_second_person_may_disagree(self, working_as, as_worker, pair):
        qualify(as_worker, pair.first_id, b"1")
        merge = ordered(working_as, pair)
        with working_as("alice") as alice:
            actions.decline_merge(double_id=pair.pk, reason="Deux sœurs", by=alice)
            merge.refresh_from_db()
            pair.refresh_from_db()
        assert merge.closed_at is not None
        assert pair.status == DoubleStatus.TO_EXAMINE

    def test_qualified_meanwhile_it_waits_for_the_second_person(self, working_as, as_worker, pair, francoise):
        ordered(working_as, pair)
        qualify(as_worker, francoise.pk, b"1")
        merge = carried(as_worker, pair)
        assert "seconde personne" in merge.obstacles[0]
        assert pair.status == DoubleStatus.TO_EXAMINE


def test_oppositions_that_differ_stop_a_merge(working_as, as_worker, pair, francoise):
    """In one file the latest word speaks: what one file refuses must not be silenced by the other (D3)."""
    with working_as("alice") as alice:
        record_opposition(patient=francoise, given_on=date(2026, 11, 2), given_by="Dr Bob Kerjean", by=alice)
    before = photograph(as_worker, pair)
    merge = merged(working_as, as_worker, pair)
    assert "oppositions du patient" in merge.obstacles[0]
    assert pair.status == DoubleStatus.TO_EXAMINE
    assert photograph(as_worker, pair) == before


def test_whoever_looks_for_the_lost_identity_finds_the_one_kept(working_as, as_worker, pair):
    """Or a third identity would be created for the same person."""
    merge = merged(working_as, as_worker, pair)
    with working_as("alice"):
        lost = Patient.objects.get(pk=merge.lost_id)
        assert [one.patient.pk for one in find_by_traits(traits_of(lost))] == [merge.kept_id]
        assert [
            one.patient.pk for one in find_by_ipp("D-7", organisations=[organisation("Clinique des Dunes").pk])
        ] == [merge.kept_id]
