"""Validation: who (D5), which quorum (D7), one number (D1), nothing changed after (VAL-02, VAL-03), replaced (D6)."""

import json

import pytest

from dcc.audit.models import AuditEvent
from messaging.models import Delivery
from patients.models import Document, DocumentState
from rcp.cases.actions import (
    NotTheirsToValidate,
    QuorumNotMet,
    SheetChanged,
    SheetFrozen,
    ValidationRefused,
    countersign_case,
    discuss_case,
    replace_report,
    send_back_case,
    set_prepared,
    submit_registered,
    validate_case,
)
from rcp.models import AnswerEvent, Case, CaseStatus, Level, OrderCounter, Outcome, Sheet, SheetStatus
from rcp.reports.data import ReportData
from tests.sheets.casework import answer, choose, complete, make_case, make_patient, sit


@pytest.fixture
def ready(working_as):
    """A complete case in an open meeting whose quorum is reached, chaired by Bob who coordinates the board."""
    with working_as("bob") as bob:
        case = make_case(by=bob)
        sit(case.meeting, "bob", "helias", "oumarou")
        complete(case.sheets.get(), by=bob)
    return case


def test_validation_freezes_numbers_issues_and_plans(ready, working_as):
    with working_as("bob") as bob:
        document = validate_case(case_id=ready.pk, by=bob)
        case = Case.objects.get(pk=ready.pk)
        sheet = case.sheets.get()
        assert (case.status, case.order_label, case.validated_by_id) == (CaseStatus.VALIDATED, "SEI-2030-0001", bob.pk)
        assert sheet.status == SheetStatus.FROZEN
        assert sheet.content_hash.hex() == sheet.report["content_hash"] == document.data["report"]["content_hash"]
        assert document.state == DocumentState.PRODUCING
        assert ReportData.from_json(json.dumps(document.data["report"])).order_number == "SEI-2030-0001"
        assert {one.channel for one in Delivery.objects.filter(document=document)} == {"mssante", "paper"}
        assert AuditEvent.objects.filter(event="rcp.case_validated", object_id=str(case.pk)).exists()


def test_validating_twice_gives_one_number_and_one_document(ready, working_as):
    with working_as("bob") as bob:
        validate_case(case_id=ready.pk, by=bob)
        with pytest.raises(SheetFrozen):
            validate_case(case_id=ready.pk, by=bob)
        assert OrderCounter.objects.get().last_number == 1
        assert Document.objects.count() == 1


def test_numbers_follow_each_other_and_a_refusal_takes_none(ready, working_as):
    with working_as("bob") as bob:
        validate_case(case_id=ready.pk, by=bob)
        other = make_case(by=bob, patient=make_patient("KERVRAN"), position=2)
        with pytest.raises(ValidationRefused):
            validate_case(case_id=other.pk, by=bob)
        complete(other.sheets.get(), by=bob)
        validate_case(case_id=other.pk, by=bob)
        assert Case.objects.get(pk=other.pk).order_label == "SEI-2030-0002"


def test_only_the_coordinator_or_the_chair_validates(ready, working_as):
    with working_as("helias") as helias, pytest.raises(NotTheirsToValidate):
        validate_case(case_id=ready.pk, by=helias)
    with working_as("bob"):
        sit(ready.meeting, chair="helias")
    with working_as("helias") as helias:
        assert validate_case(case_id=ready.pk, by=helias)  # D5: the physician who presides


def test_what_lacks_is_said_question_by_question(ready, working_as):
    with working_as("bob") as bob:
        answer(ready.sheets.get(), "tronc.oms", None, by=bob)
        with pytest.raises(ValidationRefused) as refused:
            validate_case(case_id=ready.pk, by=bob)
        assert refused.value.reasons == [
            "OMS\u00a0: une réponse est nécessaire. Répondez à cette question avant de valider."
        ]


NOT_LISTED = "OMS\u00a0: la réponse n’est pas dans la liste. Choisissez une réponse proposée."
OMS_OF_NOWHERE = {"system": "https://dcc.example/fhir/CodeSystem/tronc.oms", "code": "7", "display": "7"}


@pytest.mark.parametrize(
    ("link_id", "value", "said"),
    [
        (
            "tronc.oms",
            OMS_OF_NOWHERE,
            NOT_LISTED,
        ),
        ("tronc.poids", 6100, "Poids\u00a0: la valeur dépasse le maximum. Vérifiez la valeur."),
        ("tronc.poids", 0, "Poids\u00a0: la valeur est sous le minimum. Vérifiez la valeur."),
    ],
)
def test_what_came_by_another_way_than_the_screen_is_never_frozen(ready, working_as, link_id, value, said):
    """The last guard: the whole response is read back against its form; refused, nothing is left of the attempt."""
    with working_as("bob") as bob:
        answer(ready.sheets.get(), link_id, value, by=bob)
        before = AuditEvent.objects.count()
        with pytest.raises(ValidationRefused) as refused:
            validate_case(case_id=ready.pk, by=bob)
        assert refused.value.reasons == [f"La fiche ne peut pas être figée. {said}"]
        case = Case.objects.get(pk=ready.pk)
        assert (case.status, case.order_label, case.sheets.get().status) == (ready.status, "", SheetStatus.DRAFT)
        assert not OrderCounter.objects.exists()
        assert not Document.objects.exists()
        assert AuditEvent.objects.count() == before


def test_a_sheet_that_changed_since_it_was_read_is_not_signed(ready, working_as):
    with working_as("bob") as bob:
        seen = ready.sheets.get().rev
        answer(ready.sheets.get(), "tronc.poids", 61, by=bob)
        with pytest.raises(SheetChanged):
            validate_case(case_id=ready.pk, by=bob, seen_rev=seen)
        assert validate_case(case_id=ready.pk, by=bob, seen_rev=seen + 1)


class TestWithoutQuorum:
    """D7: the outcome is a postponement, or a proposal to be presented again."""

    @pytest.fixture
    def alone(self, working_as):
        with working_as("bob") as bob:
            case = make_case(by=bob)
            sit(case.meeting, "bob")
            complete(case.sheets.get(), by=bob)
        return case

    def test_a_plain_decision_is_refused(self, alone, working_as):
        with working_as("bob") as bob, pytest.raises(QuorumNotMet) as refused:
            validate_case(case_id=alone.pk, by=bob)
        assert "représentée" in refused.value.reasons[0]

    def test_a_postponement_passes(self, alone, working_as):
        with working_as("bob") as bob:
            choose(alone.sheets.get(), "tronc.decision", "report_quorum", by=bob)
            report = ReportData.from_json(json.dumps(validate_case(case_id=alone.pk, by=bob).data["report"]))
            assert report.proposal.postponed
            assert report.quorum.reached is False

    def test_a_decision_to_present_again_passes_and_is_flagged(self, alone, working_as):
        with working_as("bob") as bob:
            answer(alone.sheets.get(), "tronc.represent_le", "2030-12-10", by=bob)
            validate_case(case_id=alone.pk, by=bob)
            assert Case.objects.get(pk=alone.pk).representation_due


def test_concluded_then_validated_later(ready, working_as):
    with working_as("bob") as bob:
        discuss_case(case_id=ready.pk, by=bob)
        assert discuss_case(case_id=ready.pk, by=bob).status == CaseStatus.DISCUSSED  # said twice
        validate_case(case_id=ready.pk, by=bob)
        assert Case.objects.get(pk=ready.pk).status == CaseStatus.VALIDATED


def test_prepared_and_back(ready, working_as):
    with working_as("alice") as alice:
        assert set_prepared(case_id=ready.pk, prepared=True, by=alice).status == CaseStatus.PREPARED
        assert set_prepared(case_id=ready.pk, prepared=False, by=alice).status == CaseStatus.REGISTERED


class TestRegisteredLevel:
    """D4: the requester validates, the coordinator countersigns; only then is it numbered and sent."""

    @pytest.fixture
    def registered(self, working_as):
        with working_as("helias") as helias:
            case = make_case(by=helias, level=Level.REGISTERED)
            complete(case.sheets.get(), by=helias)
        return case

    def test_requester_then_coordinator(self, registered, working_as):
        with working_as("helias") as helias:
            case = submit_registered(case_id=registered.pk, by=helias)
            assert (case.status, case.order_label) == (CaseStatus.AWAITING, "")
            assert not Document.objects.exists()
            refused = answer(registered.sheets.get(), "tronc.poids", 61, by=helias)
            assert refused.outcome == Outcome.REFUSED
            with pytest.raises(NotTheirsToValidate):
                countersign_case(case_id=registered.pk, by=helias)
        with working_as("bob") as bob:
            report = ReportData.from_json(json.dumps(countersign_case(case_id=registered.pk, by=bob).data["report"]))
            assert report.level == "registered"
            assert report.quorum is None
            assert report.validation.by.name == "Dr Yann Hélias"
            assert report.validation.countersigned_by.name == "Dr Bob Kerjean"
            case = Case.objects.get(pk=registered.pk)
            assert case.order_label == "SEI-2030-0001"
            assert case.validated_by_id == case.requester_id

    def test_the_requester_hears_of_a_wrong_answer_before_the_coordinator(self, registered, working_as):
        with working_as("helias") as helias:
            answer(registered.sheets.get(), "tronc.oms", OMS_OF_NOWHERE, by=helias)
            with pytest.raises(ValidationRefused, match="pas dans la liste"):
                submit_registered(case_id=registered.pk, by=helias)

    def test_only_the_requester_submits_and_nobody_validates_directly(self, registered, working_as):
        with working_as("bob") as bob:
            with pytest.raises(NotTheirsToValidate):
                submit_registered(case_id=registered.pk, by=bob)
            with pytest.raises(ValidationRefused, match="contresigne"):
                validate_case(case_id=registered.pk, by=bob)

    def test_sent_back_it_will_be_discussed(self, registered, working_as):
        with working_as("helias") as helias:
            submit_registered(case_id=registered.pk, by=helias)
        with working_as("bob") as bob:
            send_back_case(case_id=registered.pk, why="Le grade manque pour se passer de discussion", by=bob)
            case = Case.objects.get(pk=registered.pk)
            assert (case.status, case.level) == (CaseStatus.REGISTERED, Level.DISCUSSED)
            assert answer(registered.sheets.get(), "tronc.poids", 61, by=bob).outcome == Outcome.APPLIED


class TestReplaced:
    """D6: « annule et remplace » is another version; the first one stays, marked."""

    def test_the_whole_way(self, ready, working_as):
        with working_as("bob") as bob:
            first = validate_case(case_id=ready.pk, by=bob)
            sheet = replace_report(case_id=ready.pk, why="Latéralité corrigée : sein gauche", by=bob)
            assert (sheet.version, sheet.status) == (2, SheetStatus.DRAFT)
            again = replace_report(case_id=ready.pk, why="Latéralité corrigée : sein gauche", by=bob)
            assert again.pk == sheet.pk
            choose(sheet, "tronc.lateralite", "gauche", by=bob)
            second = validate_case(case_id=ready.pk, by=bob)
            report = ReportData.from_json(json.dumps(second.data["report"]))
            assert (second.version, second.replaces_id) == (2, first.pk)
            assert report.replaces.reason == "Latéralité corrigée\u00a0: sein gauche"
            assert report.order_number == "SEI-2030-0001"
            assert OrderCounter.objects.get().last_number == 1
            assert Document.objects.get(pk=first.pk).state == DocumentState.REPLACED
            assert [one.status for one in ready.sheets.order_by("version")] == ["frozen", "frozen"]

    def test_only_who_may_validate_replaces(self, ready, working_as):
        with working_as("bob") as bob:
            validate_case(case_id=ready.pk, by=bob)
        with working_as("helias") as helias, pytest.raises(NotTheirsToValidate):
            replace_report(case_id=ready.pk, why="Une autre raison", by=helias)


def test_after_validation_what_is_typed_is_kept_and_changes_nothing(ready, working_as):
    with working_as("bob") as bob:
        validate_case(case_id=ready.pk, by=bob)
        sheet = Sheet.objects.get(case=ready)
        refused = answer(sheet, "tronc.poids", 61, by=bob)
        assert refused.outcome == Outcome.REFUSED
        assert AnswerEvent.objects.filter(sheet=sheet, outcome=Outcome.REFUSED).count() == 1
        assert Sheet.objects.get(pk=sheet.pk).response == sheet.response


def test_nothing_frozen_holds_an_ins(ready, working_as):
    """D21: the number is read from the sealed identity when the document is rendered."""
    with working_as("bob") as bob:
        document = validate_case(case_id=ready.pk, by=bob)
        assert document.data["report"]["patient"]["ins_matricule"] == ""
        assert Sheet.objects.get(case=ready).report["patient"]["ins_oid"] == ""
