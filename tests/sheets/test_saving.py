"""Filling a sheet loses nothing (FRM-07): per-field compare-and-swap, options, replay, conflict, freeze."""

from uuid import uuid4

import pytest

from rcp.models import Answer, AnswerEvent, CaseStatus, Outcome, Sheet
from rcp.sheets.actions import Change, confirm_answer, save_answer
from rcp.sheets.definitions import compiled
from rcp.sheets.draft import Draft
from tests.sheets.casework import answer, choose, make_case


def change(sheet, link_id, value, *, base_ver, by, op_id=None):
    path = compiled(sheet.form_id).path(link_id)
    return save_answer(
        sheet_id=sheet.pk, path=path, change=Change(value=value), base_ver=base_ver, op_id=op_id or uuid4(), by=by
    )


def test_each_save_is_a_version_a_revision_and_an_event(working_as):
    with working_as("alice") as alice:
        sheet = make_case(by=alice).sheets.get()
        first = change(sheet, "tronc.poids", 61, base_ver=0, by=alice)
        second = change(sheet, "tronc.poids", 62, base_ver=1, by=alice)
        third = change(sheet, "tronc.taille", 165, base_ver=0, by=alice)
        assert [(one.ver, one.rev) for one in (first, second, third)] == [(1, 1), (2, 2), (1, 3)]
        assert second.before == 61
        events = AnswerEvent.objects.filter(sheet=sheet).order_by("rev")
        assert [(event.value, event.ver, event.rev) for event in events] == [(61, 1, 1), (62, 2, 2), (165, 1, 3)]
        assert Sheet.objects.get(pk=sheet.pk).rev == 3
        assert Answer.objects.get(sheet=sheet, path=first.path).author_name == "Mme Le Bihan"  # VAL-05


def test_the_same_operation_sent_again_changes_nothing(working_as):
    with working_as("alice") as alice:
        sheet = make_case(by=alice).sheets.get()
        op_id = uuid4()
        change(sheet, "tronc.poids", 61, base_ver=0, by=alice, op_id=op_id)
        again = change(sheet, "tronc.poids", 61, base_ver=0, by=alice, op_id=op_id)
        assert again.replayed
        assert again.outcome == Outcome.APPLIED
        assert (again.ver, again.rev) == (1, 1)
        assert Sheet.objects.get(pk=sheet.pk).rev == 1


def test_two_people_on_one_field_meet_and_nothing_is_lost(working_as):
    with working_as("alice") as alice:
        case = make_case(by=alice)
        sheet = case.sheets.get()
    with working_as("bob") as bob:
        choose(sheet, "sein.gs_fait", "micrometastase", by=bob)
    with working_as("alice") as alice:
        path = compiled(sheet.form_id).path("sein.gs_fait")
        mine = compiled(sheet.form_id).items["sein.gs_fait"].options[1].value
        met = save_answer(sheet_id=sheet.pk, path=path, change=Change(value=mine), base_ver=0, op_id=uuid4(), by=alice)
        assert met.outcome == Outcome.CONFLICT
        assert met.value == mine
        assert met.theirs.author_name == "Dr Kerjean"
        assert met.theirs.value != mine
        waiting = Draft(case=case, sheet=sheet).conflicts
        assert [(event.path, event.value) for event in waiting] == [(path, mine)]
        kept = save_answer(
            sheet_id=sheet.pk, path=path, change=Change(value=mine), base_ver=met.ver, op_id=uuid4(), by=alice
        )
        assert kept.outcome == Outcome.APPLIED
        assert Draft(case=case, sheet=sheet).conflicts == []


class TestAConflictWaits:
    """Only a choice about what met ends a conflict: an answer from a page that does not show it yet is none."""

    @pytest.fixture
    def met(self, working_as):
        with working_as("alice") as alice:
            case = make_case(by=alice)
            change(case.sheets.get(), "tronc.souhait", "Diabète", base_ver=0, by=alice)
        with working_as("bob") as bob:
            assert change(case.sheets.get(), "tronc.souhait", "Asthme", base_ver=0, by=bob).outcome == Outcome.CONFLICT
        return case

    def waiting(self, case):
        return [(one.value, one.author.short_name) for one in Draft(case=case, sheet=case.sheets.get()).conflicts]

    def test_while_a_colleague_who_has_not_seen_it_goes_on(self, working_as, met):
        with working_as("alice") as alice:
            assert change(met.sheets.get(), "tronc.souhait", "Diabète de type 2", base_ver=1, by=alice).ver == 2
            assert self.waiting(met) == [("Asthme", "Dr Kerjean")]

    @pytest.mark.parametrize(
        ("kept", "there"), [("Diabète", 1), ("Asthme", 2), ("Diabète\nAsthme", 2)], ids=["theirs", "mine", "both"]
    )
    def test_until_somebody_chooses(self, working_as, met, kept, there):
        with working_as("alice") as alice:
            assert change(met.sheets.get(), "tronc.souhait", kept, base_ver=1, by=alice).ver == there
            assert self.waiting(met) == []

    def test_until_its_author_answers_again(self, working_as, met):
        with working_as("bob") as bob:
            change(met.sheets.get(), "tronc.souhait", "Asthme, diabète", base_ver=1, by=bob)
            assert self.waiting(met) == []

    def test_each_one_met_waits_its_turn(self, working_as, met):
        with working_as("helias") as helias:
            sheet = met.sheets.get()
            change(sheet, "tronc.souhait", "Goutte", base_ver=0, by=helias)
            assert self.waiting(met) == [("Goutte", helias.short_name)]
            change(sheet, "tronc.souhait", "Goutte", base_ver=1, by=helias)
            assert self.waiting(met) == [("Asthme", "Dr Kerjean")]


def test_the_same_answer_from_two_people_is_no_conflict(working_as):
    with working_as("alice") as alice:
        sheet = make_case(by=alice).sheets.get()
        change(sheet, "tronc.poids", 61, base_ver=0, by=alice)
    with working_as("bob") as bob:
        same = change(sheet, "tronc.poids", 61, base_ver=0, by=bob)
        assert (same.outcome, same.ver) == (Outcome.APPLIED, 1)


def test_two_people_tick_different_boxes_without_conflict(working_as):
    with working_as("alice") as alice:
        sheet = make_case(by=alice).sheets.get()
        item = compiled(sheet.form_id).items["tronc.comorb"]
        options = tuple(option.value for option in item.options)
        path = compiled(sheet.form_id).path("tronc.comorb")
    for short, ticked in (("alice", options[3]), ("bob", options[1])):
        with working_as(short) as person:
            saved = save_answer(
                sheet_id=sheet.pk,
                path=path,
                change=Change(add=ticked, options=options),
                base_ver=0,
                op_id=uuid4(),
                by=person,
            )
            assert saved.outcome == Outcome.APPLIED
    with working_as("bob") as bob:
        assert Answer.objects.get(sheet=sheet, path=path).value == [options[1], options[3]]  # the order of the form
        save_answer(sheet_id=sheet.pk, path=path, change=Change(remove=options), base_ver=0, op_id=uuid4(), by=bob)
        assert Answer.objects.get(sheet=sheet, path=path).value is None


@pytest.mark.parametrize(("first", "second"), [("first", "last"), ("last", "first")])
def test_a_box_that_excludes_the_others_takes_no_unseen_tick_away(working_as, first, second):
    """« Aucune » against « Neurologique », in either order: whoever has not seen the other's tick is told of it."""
    with working_as("alice") as alice:
        case = make_case(by=alice)
        sheet = case.sheets.get()
        form = compiled(sheet.form_id)
        alone = next(one.value for one in form.items["tronc.comorb"].options if one.exclusive)
        other = next(one.value for one in form.items["tronc.comorb"].options if not one.exclusive)
        path = form.path("tronc.comorb")
        boxes = {"first": Change(add=alone, remove=(other,)), "last": Change(add=other, remove=(alone,))}

        def ticked(which, base_ver, by):
            change = boxes[which]
            return save_answer(sheet_id=sheet.pk, path=path, change=change, base_ver=base_ver, op_id=uuid4(), by=by)

        kept = ticked(first, 0, alice)
        assert kept.outcome == Outcome.APPLIED
    with working_as("bob") as bob:
        met = ticked(second, 0, bob)
        assert met.outcome == Outcome.CONFLICT
        assert Answer.objects.get(sheet=sheet, path=path).value == kept.value
        assert [one.value for one in Draft(case=case, sheet=sheet).conflicts] == [boxes[second].applied_to(kept.value)]
        assert ticked(second, met.ver, bob).outcome == Outcome.APPLIED  # seen now: it is what one wants


def test_a_prefilled_answer_is_confirmed_as_it_is(working_as):
    with working_as("alice") as alice:
        case = make_case(by=alice)
        sheet = case.sheets.get()
        saved = answer(sheet, "tronc.poids", 61, by=alice)
        Answer.objects.filter(path=saved.path).update(to_confirm=True)
        assert Draft(case=case, sheet=sheet).to_confirm == [saved.path]
        confirmed = confirm_answer(sheet_id=sheet.pk, path=saved.path, by=alice)
        assert confirmed.ver == 2
        assert Draft(case=case, sheet=sheet).to_confirm == []


def test_what_is_typed_while_the_second_signature_is_awaited_is_refused_and_kept(working_as):
    with working_as("alice") as alice:
        case = make_case(by=alice)
        sheet = case.sheets.get()
        type(case).objects.filter(pk=case.pk).update(status=CaseStatus.AWAITING)
        refused = change(sheet, "tronc.poids", 61, base_ver=0, by=alice)
        assert refused.outcome == Outcome.REFUSED
        assert not Answer.objects.filter(sheet=sheet).exists()
        assert AnswerEvent.objects.get(sheet=sheet).value == 61
        assert Sheet.objects.get(pk=sheet.pk).rev == 0


def test_a_stranger_cannot_even_be_refused(working_as):
    with working_as("alice") as alice:
        sheet = make_case(by=alice).sheets.get()
    for stranger in ("denis", "metro", "oscar"):
        with working_as(stranger) as person:
            assert change(sheet, "tronc.poids", 61, base_ver=0, by=person) is None


def test_the_calculated_index_follows_its_answers(working_as):
    with working_as("alice") as alice:
        case = make_case(by=alice)
        sheet = case.sheets.get()
        answer(sheet, "tronc.poids", 61, by=alice)
        answer(sheet, "tronc.taille", 165, by=alice)
        draft = Draft(case=case, sheet=sheet)
        assert draft.evaluation.calculated[draft.form.path("tronc.imc")] == "22.4"
