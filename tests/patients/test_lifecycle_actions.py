"""An identity through its life: validated with a document, given its INS by INSi, corrected, doubted; all is kept."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dcc.audit.models import AuditEvent
from dcc.organisations.models import Organisation
from patients.documents.ins_seal import opened
from patients.events import PatientEvent
from patients.ins_index import ins_hash
from patients.insi.interface import InsiUnavailable
from patients.lifecycle import actions, asking, matricules
from patients.lifecycle.datamatrix import NoDatamatrix, datamatrix_of
from patients.lifecycle.matricules import InsHeldByAnother, opened_former
from patients.lifecycle.notices import notices_of
from patients.lifecycle.regimes import TraitsComeFromFeed, change_regime
from patients.lifecycle.states import IdentityDocument, InsEnd, Regime
from patients.lifecycle.tasks import answers_due, forget_answers
from patients.lifecycle.transitions import ActRefused, IdentityAct
from patients.models import FormerIns, IdentityChange, IdentityStatus, InsiCall, Patient
from tests.patients.conftest import created, new_identity
from tests.patients.identities import MATRICULE, OID, PAT_TROIS, again, doubted, pat_trois, retrieved, seen, validated


def test_a_document_validates_and_only_its_kind_and_day_are_kept(working_as):
    with working_as("alice") as alice:
        patient = validated(pat_trois(alice), alice, IdentityDocument.PASSPORT)
        assert (patient.status, patient.document_kind) == (IdentityStatus.VALIDATED, "PA")
        assert patient.document_checked_on == timezone.localdate()
        line = IdentityChange.objects.filter(patient=patient).latest("at")
        assert (line.actor, line.organisation, line.act) == (alice.display_name, "3C Estuaire", "validate")
        assert (line.status_before, line.status_after, line.document_kind) == ("PROV", "VALI", "PA")
        event = AuditEvent.objects.get(event=PatientEvent.IDENTITY_VALIDATED.value)
        assert event.details == {"document": "passeport"}


def test_a_driving_licence_proves_nothing_and_a_family_book_only_a_child(working_as):
    with working_as("alice") as alice:
        adult = pat_trois(alice)
        child = created(alice, "Ecetinsi", "Pierre-Alain", "14072012", sex="M", insee="63220")
        for document, words in (("PC", "ne prouve pas"), ("CV", "ne prouve pas"), ("LF", "que pour un mineur")):
            with pytest.raises(ActRefused, match=words):
                validated(adult, alice, IdentityDocument(document))
        with pytest.raises(ActRefused, match="représentant légal"):
            validated(child, alice, IdentityDocument.FAMILY_BOOK)
        done = actions.validate(
            patient=child, document=IdentityDocument.FAMILY_BOOK, with_representative=True, by=alice, seen=seen(child)
        )
        assert done.status == IdentityStatus.VALIDATED
        assert again(adult).status == IdentityStatus.PROVISIONAL


def test_insi_then_a_document_or_the_reverse_qualify(working_as):
    with working_as("alice") as alice:
        first = retrieved(pat_trois(alice), alice)
        assert (first.status, first.given_names) == (IdentityStatus.RETRIEVED, "DOMINIQUE MARIE-LOUISE")
        assert opened(again(first)) == ""  # retrieved only: the INS does not leave
        assert validated(first, alice).status == IdentityStatus.QUALIFIED
        assert opened(again(first)) == MATRICULE
        second = created(alice, "Nessi", "Ruth", "14071977", insee="63220")
        assert retrieved(validated(second, alice), alice, "RUTH").status == IdentityStatus.QUALIFIED


def test_the_matricule_is_sealed_hashed_and_nowhere_else(working_as):
    with working_as("alice") as alice:
        patient = again(retrieved(pat_trois(alice), alice))
        assert (bytes(patient.ins_hash), patient.ins_oid) == (ins_hash(MATRICULE, OID), OID)
        assert MATRICULE.encode() not in bytes(patient.ins_sealed)
        rows = [*IdentityChange.objects.values(), *InsiCall.objects.values(), *AuditEvent.objects.values()]
        assert MATRICULE not in str(rows)
        assert MATRICULE[:13] not in str([bytes(one["answer_sealed"] or b"") for one in InsiCall.objects.values()])


def test_nobody_and_several_people_change_nothing(working_as):
    with working_as("alice") as alice:
        nobody = asking.ask(patient=created(alice), given_name="FRANCOISE", by=alice)
        assert (nobody.code, asking.answer_of(nobody)) == ("01", None)
        double = created(alice, "Double", "Jean", "01121984", sex="M", insee="76451")
        several = asking.ask(patient=double, given_name="JEAN", by=alice)
        assert several.code == "02"
        assert again(double).status == IdentityStatus.PROVISIONAL
        told = AuditEvent.objects.filter(event=PatientEvent.INSI_ASKED.value).values_list("details", flat=True)
        outcomes = sorted(one["outcome"] for one in told)
        assert outcomes == ["aucune identité trouvée", "plusieurs identités trouvées"]
        assert asking.ask(patient=double, given_name="JEAN PAUL", by=alice).code == "00"


def test_the_former_matricules_of_insi_are_kept_and_still_lead_to_the_patient(working_as):
    with working_as("alice") as alice:
        patient = created(alice, "Ecetinsi", "Pierre-Alain", "14072009", sex="M", insee="63220")
        retrieved(patient, alice, "PIERRE-ALAIN")
        former = FormerIns.objects.filter(patient=patient).order_by("recorded_at")
        assert sorted(opened_former(one) for one in former) == ["209066322012355", "209076322083439"]
        assert {one.why for one in former} == {InsEnd.DECLARED.value}
        assert FormerIns.objects.get(hash=ins_hash("209076322083439", OID)).patient_id == patient.pk


def test_what_insi_says_otherwise_is_taken_and_the_document_no_longer_proves_it(working_as):
    with working_as("alice") as alice:
        patient = validated(pat_trois(alice), alice)
        call = asking.ask(patient=patient, given_name="DOMINIQUE", by=alice)
        compared = asking.comparison_of(patient, call)
        outcomes = {line.trait: line.outcome.value for line in compared.lines}
        assert outcomes["given_names"] == "unknown"
        assert outcomes["birth_name"] == "equal"
        assert compared.keeps_document
        elsewhere = created(alice, "Corse", "Anthony", "15011980", sex="M", insee="2B033")
        accepted = retrieved(validated(elsewhere, alice), alice, "ANTHONY")
        assert (accepted.status, accepted.birth_insee, accepted.birth_place) == ("QUAL", "2A004", "Ajaccio")
        line = IdentityChange.objects.filter(patient=elsewhere, act="retrieve").get()
        assert line.traits["birth_insee"] == ["2B033", "2A004"]


def test_a_corrected_trait_falls_back_to_provisional_and_the_ins_goes_to_the_history(working_as):
    with working_as("alice") as alice:
        patient = retrieved(pat_trois(alice), alice)
        typed = new_identity(*PAT_TROIS, insee="51108", given_names="Dominique Marie-Louise")
        labels = actions.change_traits(patient=patient, identity=typed, by=alice, seen=seen(patient))
        found = again(patient)
        assert labels == ["lieu de naissance"]
        assert (found.status, found.ins_hash, found.ins_oid) == (IdentityStatus.PROVISIONAL, None, "")
        former = FormerIns.objects.get(patient=patient)
        assert (opened_former(former), former.why, former.ended_on) == (MATRICULE, "corrected", timezone.localdate())
        assert IdentityChange.objects.get(patient=patient, act="correct").traits == {"birth_insee": ["51215", "51108"]}


def test_a_used_name_or_an_empty_list_of_given_names_keeps_the_status(working_as):
    with working_as("alice") as alice:
        patient = validated(pat_trois(alice), alice)
        typed = new_identity(*PAT_TROIS, insee="51215", given_names="Dominique, Marie-Louise", used_name="d’Aramitz")
        labels = actions.change_traits(patient=patient, identity=typed, by=alice, seen=seen(patient))
        found = again(patient)
        assert (labels, found.status) == (["prénoms de naissance", "nom utilisé"], IdentityStatus.VALIDATED)
        assert (found.used_name, found.used_name_received, found.used_name_key) == (
            "D'ARAMITZ",
            "d’Aramitz",
            "DARAMITZ",
        )
        assert (found.given_names_received, found.given_names_key) == (
            "Dominique, Marie-Louise", "DOMINIQUEMARIELOUISE",
        )  # fmt: skip
        nothing = actions.change_traits(patient=found, identity=typed, by=alice, seen=seen(found))
        assert nothing == []


class TestUncertainDate:
    """EXI ID 11: « 1960 » is kept as 31/12/1960, uncertain until a document says it whole."""

    def flag(self, patient):
        return again(patient).birth_date_interpreted

    def changed(self, patient, by, born, **more):
        typed = new_identity("Durif", "Eve", born)
        return actions.change_traits(patient=again(patient), identity=typed, by=by, seen=seen(patient), **more)

    def test_typing_it_again_makes_it_no_surer_and_the_document_does(self, working_as):
        with working_as("alice") as alice:
            patient = validated(created(alice, "Durif", "Eve", "1960"), alice)
            assert self.changed(patient, alice, "31121960") == []
            assert self.flag(patient)
            assert "incertaine" in " ".join(notices_of(again(patient)))
            said = self.changed(patient, alice, "31121960", date_as_written=True, reason="Carte d’identité")
            assert said == ["date incertaine"]
            assert (self.flag(patient), again(patient).status) == (False, IdentityStatus.VALIDATED)
            assert not notices_of(again(patient))
            line = IdentityChange.objects.filter(patient=patient).latest("at")
            assert (line.act, line.reason, line.actor) == ("complete", "Carte d’identité", alice.display_name)
            assert line.traits == {"birth_date_interpreted": ["True", "False"]}
            assert self.changed(patient, alice, "31121960", date_as_written=True) == []

    def test_another_date_is_a_correction_that_says_both(self, working_as):
        with working_as("alice") as alice:
            patient = validated(created(alice, "Durif", "Eve", "1960"), alice)
            assert self.changed(patient, alice, "12031960") == ["date de naissance", "date incertaine"]
            assert (self.flag(patient), again(patient).status) == (False, IdentityStatus.PROVISIONAL)

    def test_where_a_feed_says_the_date_it_says_how_sure_it_is(self, working_as, as_worker):
        with working_as("alice") as alice:
            patient = created(alice, "Durif", "Eve", "1960")
        fed_by_rochebrune(working_as, as_worker, patient)
        with working_as("alice") as alice:
            with pytest.raises(TraitsComeFromFeed):
                self.changed(patient, alice, "31121960", date_as_written=True)
            assert self.flag(patient)


def fed_by_rochebrune(working_as, as_worker, patient):
    with working_as("network") as nadia:
        roche = Organisation.objects.get(short_name="CH Rochebrune")
        change_regime(organisation=roche, regime=Regime.FOLLOWER, by=nadia)
    with as_worker(1):
        Patient.objects.filter(pk=patient.pk).update(fed_by=roche)


def without_list(patient, as_worker):
    """As an A28 with an INS and no list of given names would leave it."""
    with as_worker(1):
        Patient.objects.filter(pk=patient.pk).update(given_names="", given_names_key="", given_names_received="")


def test_the_list_of_a_qualified_identity_is_never_typed_and_its_datamatrix_waits_for_it(working_as, as_worker):
    """S3 of the datamatrix fills the files of other hospitals: a list invented here would be theirs (identity §1.3)."""
    with working_as("alice") as alice:
        patient = validated(retrieved(pat_trois(alice), alice), alice)
    without_list(patient, as_worker)
    with working_as("alice") as alice:
        typed = new_identity(*PAT_TROIS, insee="51215", given_names="Dominique Zoé Inventée")
        with pytest.raises(ActRefused, match="Interrogez de nouveau INSi"):
            actions.change_traits(patient=again(patient), identity=typed, by=alice, seen=seen(patient))
        assert (again(patient).status, again(patient).given_names) == (IdentityStatus.QUALIFIED, "")
        with pytest.raises(NoDatamatrix):
            datamatrix_of(again(patient))
        # INSi says it, and then it is printed
        assert retrieved(patient, alice).given_names == "DOMINIQUE MARIE-LOUISE"
        assert "S3DOMINIQUE MARIE-LOUISE" in datamatrix_of(again(patient))
        emptied = new_identity(*PAT_TROIS, insee="51215")
        with pytest.raises(ActRefused, match="qualifiée"):
            actions.change_traits(patient=again(patient), identity=emptied, by=alice, seen=seen(patient))


def test_a_list_typed_beside_a_retrieved_ins_is_a_correction_like_any_other(working_as, as_worker):
    with working_as("alice") as alice:
        patient = retrieved(pat_trois(alice), alice)
    without_list(patient, as_worker)
    with working_as("alice") as alice:
        typed = new_identity(*PAT_TROIS, insee="51215", given_names="Dominique Zoé")
        actions.change_traits(patient=again(patient), identity=typed, by=alice, seen=seen(patient))
        found = again(patient)
        assert (found.status, found.ins_hash, found.given_names) == (IdentityStatus.PROVISIONAL, None, "DOMINIQUE ZOE")
        assert IdentityChange.objects.filter(patient=patient).latest("at").act == "correct"


@pytest.mark.parametrize("status", ["PROV", "VALI"])
def test_where_the_traits_come_from_a_feed_the_list_does_too(working_as, as_worker, status):
    with working_as("alice") as alice:
        patient = pat_trois(alice)
        if status == "VALI":
            validated(patient, alice)
    fed_by_rochebrune(working_as, as_worker, patient)
    with working_as("alice") as alice:
        typed = new_identity(*PAT_TROIS, insee="51215", given_names="Dominique Zoé Inventée")
        with pytest.raises(TraitsComeFromFeed):
            actions.change_traits(patient=again(patient), identity=typed, by=alice, seen=seen(patient))
        assert (again(patient).status, again(patient).given_names) == (status, "")


def test_another_writing_of_the_same_traits_is_kept_and_changes_nothing(working_as):
    with working_as("alice") as alice:
        patient = validated(created(alice, "Abherve", "Francoise"), alice)
        typed = new_identity("Abhervé", "Françoise")
        assert actions.change_traits(patient=patient, identity=typed, by=alice, seen=seen(patient)) == []
        assert (again(patient).birth_name_received, again(patient).status) == ("Abhervé", "VALI")


def test_a_qualified_identity_is_not_corrected_by_hand(working_as):
    with working_as("alice") as alice:
        patient = validated(retrieved(pat_trois(alice), alice), alice)
        typed = new_identity("Pat-Quatre", "Dominique", "28031979", insee="51215", given_names="Dominique Marie-Louise")
        with pytest.raises(ActRefused, match="qualifiée"):
            actions.change_traits(patient=patient, identity=typed, by=alice, seen=seen(patient))
        assert again(patient).birth_name == "PAT-TROIS"


def test_doubt_takes_the_ins_away_shuts_insi_and_is_lifted_by_the_cell(working_as):
    with working_as("alice") as alice:
        patient = validated(retrieved(pat_trois(alice), alice), alice)
        found = again(doubted(patient, alice))
        assert (found.status, found.is_doubtful, found.ins_hash, found.document_kind) == ("PROV", True, None, "")
        assert FormerIns.objects.get(patient=patient).why == InsEnd.DOUBTED
        with pytest.raises(ActRefused, match="douteuse"):
            asking.ask(patient=found, given_name="DOMINIQUE", by=alice)
        lifted = actions.act_on(
            patient=found, act=IdentityAct.LIFT_DOUBT, by=alice, seen=seen(found), reason="Vérifié avec le service"
        )
        assert retrieved(lifted, alice).status == IdentityStatus.RETRIEVED


def test_an_answer_is_decided_upon_while_the_traits_hold_and_within_a_day(working_as):
    with working_as("alice") as alice:
        patient = pat_trois(alice)
        call = asking.ask(patient=patient, given_name="DOMINIQUE", by=alice)
        typed = new_identity(*PAT_TROIS, insee="51108")
        actions.change_traits(patient=patient, identity=typed, by=alice, seen=seen(patient))
        with pytest.raises(ActRefused, match="plus valable"):
            asking.accept(call=call, by=alice)
        late = asking.ask(patient=again(patient), given_name="DOMINIQUE", by=alice)
        InsiCall.objects.filter(pk=late.pk).update(asked_at=timezone.now() - timedelta(hours=25))
        with pytest.raises(ActRefused, match="plus valable"):
            asking.accept(call=late, by=alice)
        assert again(patient).status == IdentityStatus.PROVISIONAL


def test_a_dismissed_answer_leaves_nothing_behind(working_as):
    with working_as("alice") as alice:
        call = asking.ask(patient=pat_trois(alice), given_name="DOMINIQUE", by=alice)
        asking.dismiss(call=call, reason="Ce n’est pas elle", by=alice)
        kept = InsiCall.objects.get(pk=call.pk)
        assert (kept.decision, kept.answer_sealed) == ("refused", None)
        with pytest.raises(ActRefused):
            asking.accept(call=kept, by=alice)


def test_an_answer_is_erased_a_day_after_it_came_and_the_question_is_remembered(working_as, as_worker):
    with working_as("alice") as alice:
        patient = pat_trois(alice)
        call = asking.ask(patient=patient, given_name="DOMINIQUE", by=alice)
    with as_worker(1):
        InsiCall.objects.filter(pk=call.pk).update(asked_at=timezone.now() - timedelta(hours=23, minutes=59))
        assert answers_due() == []
        assert asking.forget_answers() == 0
        InsiCall.objects.filter(pk=call.pk).update(asked_at=timezone.now() - timedelta(hours=24, minutes=1))
        assert answers_due() == [1]
    with as_worker(9):
        assert asking.forget_answers() == 0  # of another network: it is not theirs to forget
    with as_worker(1):
        assert forget_answers(regions=[1]) == 1
        assert (answers_due(), asking.forget_answers()) == ([], 0)
    with working_as("alice") as alice:
        kept = InsiCall.objects.get(pk=call.pk)
        assert (kept.code, kept.asked_by, kept.decision, kept.answer_sealed) == ("00", alice, "lapsed", None)
        assert kept.decided_at
        assert AuditEvent.objects.filter(event=PatientEvent.INSI_ASKED.value).count() == 1
        with pytest.raises(ActRefused, match="plus valable"):
            asking.accept(call=kept, by=alice)


def test_what_was_accepted_is_kept_by_the_history_once_the_answer_is_gone(working_as, as_worker):
    with working_as("alice") as alice:
        patient = retrieved(pat_trois(alice), alice)
        InsiCall.objects.update(asked_at=timezone.now() - timedelta(days=30))
    with as_worker(1):
        assert answers_due() == []  # nothing was left of it since it was accepted
    with working_as("alice"):
        kept = InsiCall.objects.get(patient=patient)
        assert (kept.decision, kept.answer_sealed) == ("accepted", None)
        line = IdentityChange.objects.get(patient=patient, act="retrieve")
        assert (line.channel, line.status_after, line.traits["given_names"]) == (
            "INSI", "RECUP", ["", "DOMINIQUE MARIE-LOUISE"],
        )  # fmt: skip


def test_one_matricule_in_two_files_is_for_the_cell(working_as):
    with working_as("alice") as alice:
        first = retrieved(pat_trois(alice), alice)
        second = pat_trois(alice, reason="Homonyme connu")
        with pytest.raises(InsHeldByAnother) as collision:
            retrieved(second, alice)
        assert collision.value.holder.pk == first.pk
        assert again(second).status == IdentityStatus.PROVISIONAL


def test_two_desks_giving_one_matricule_at_the_same_moment_is_a_collision_too(working_as, monkeypatch):
    """The second one saw nobody when it looked: the unique key answers, and it is said in the same words."""
    with working_as("alice") as alice:
        first = retrieved(pat_trois(alice), alice)
        second = pat_trois(alice, reason="Homonyme connu")
        call = asking.ask(patient=second, given_name="DOMINIQUE", by=alice)

        def unseen(patient, ins, *, source):
            patient.ins_sealed, patient.ins_hash, patient.ins_oid = b"x", first.ins_hash, first.ins_oid
            return ["ins_sealed", "ins_hash", "ins_oid"]

        monkeypatch.setattr(matricules, "hold", unseen)
        with pytest.raises(InsHeldByAnother) as collision:
            asking.accept(call=call, by=alice)
        assert collision.value.holder.pk == first.pk
        assert again(second).status == IdentityStatus.PROVISIONAL
        assert InsiCall.objects.get(pk=call.pk).decision == ""


def test_a_new_question_makes_the_former_answer_disappear(working_as):
    with working_as("alice") as alice:
        patient = pat_trois(alice)
        old = asking.ask(patient=patient, given_name="DOMINIQUE", by=alice)
        asking.ask(patient=patient, given_name="DOMINIQUE", by=alice)
        kept = InsiCall.objects.get(pk=old.pk)
        assert kept.answer_sealed is None
        with pytest.raises(ActRefused, match="plus valable"):
            asking.accept(call=kept, by=alice)


def test_asking_again_confirms_and_what_insi_no_longer_knows_is_taken_away(working_as, monkeypatch):
    with working_as("alice") as alice:
        patient = validated(retrieved(pat_trois(alice), alice), alice)
        before = again(patient).ins_confirmed_at
        call = asking.ask(patient=again(patient), given_name="DOMINIQUE", by=alice)
        assert call.decision == "accepted"
        assert again(patient).ins_confirmed_at > before
        with pytest.raises(ActRefused, match="Interrogez d’abord"):
            asking.lose_ins(patient=patient, by=alice)
        monkeypatch.setattr("patients.insi.responder.LocalResponder.answer", lambda self, question: _nobody())
        asking.ask(patient=again(patient), given_name="DOMINIQUE", by=alice)
        assert asking.lose_ins(patient=patient, by=alice).status == IdentityStatus.VALIDATED
        assert FormerIns.objects.get(patient=patient).why == InsEnd.UNCONFIRMED


def _nobody():
    from patients.insi.interface import Answer, InsiCode

    return Answer(code=InsiCode.NONE)


def test_a_platform_without_insi_says_so(working_as, monkeypatch):
    monkeypatch.setattr(asking, "insi", lambda: None)
    with working_as("alice") as alice, pytest.raises(InsiUnavailable, match="pas raccordée"):
        asking.ask(patient=pat_trois(alice), given_name="DOMINIQUE", by=alice)


def test_who_read_an_older_page_reads_again(working_as):
    with working_as("alice") as alice:
        patient = pat_trois(alice)
        old = seen(patient)
        validated(patient, alice)
        with pytest.raises(actions.MovedOn):
            actions.act_on(patient=patient, act=IdentityAct.DOUBT, by=alice, seen=old, reason="Deux cartes")
        assert not again(patient).is_doubtful
