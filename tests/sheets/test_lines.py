"""Lines of a repeating group are added, moved and removed by their identifier, whoever else is writing."""

from uuid import uuid4

from dcc.lib.ids import uuid7
from rcp.models import Outcome
from rcp.sheets.definitions import compiled
from rcp.sheets.draft import Draft
from rcp.sheets.lines import add_line, lines_of, move_line, remove_line
from tests.sheets.casework import answer, choose, make_case


def opened(working_as):
    with working_as("alice") as alice:
        case = make_case(by=alice)
        sheet = case.sheets.get()
        choose(sheet, "tronc.decision", "proposition", by=alice)
        group = compiled(sheet.form_id).path("tronc.propositions")
        ids = [uuid7() for _ in range(3)]
        for one in ids:
            add_line(sheet_id=sheet.pk, group=group, line=one, op_id=uuid4(), by=alice)
            answer(sheet, "tronc.propositions.precision", f"ligne {one}", by=alice, lines=(str(one),))
    return case, sheet, group, ids


def test_lines_keep_the_order_they_were_added_in(working_as):
    case, sheet, group, ids = opened(working_as)
    with working_as("alice"):
        draft = Draft(case=case, sheet=sheet)
        assert lines_of(draft.answers, group) == [f"{group}[{one}]" for one in ids]


def test_a_line_is_moved_and_its_answers_follow(working_as):
    case, sheet, group, ids = opened(working_as)
    with working_as("alice") as alice:
        order = [f"{group}[{one}]" for one in (ids[2], ids[0], ids[1])]
        moved = move_line(sheet_id=sheet.pk, path=order[0], order=order, op_id=uuid4(), by=alice)
        assert moved.outcome == Outcome.APPLIED
        draft = Draft(case=case, sheet=sheet)
        assert lines_of(draft.answers, group) == order
        assert draft.answers[f"{order[0]}/tronc.propositions.precision"] == f"ligne {ids[2]}"


def test_a_removed_line_leaves_nothing_open(working_as):
    case, sheet, group, ids = opened(working_as)
    with working_as("alice") as alice:
        rev = sheet.__class__.objects.get(pk=sheet.pk).rev
        path = f"{group}[{ids[1]}]"
        remove_line(sheet_id=sheet.pk, path=path, base_rev=rev, op_id=uuid4(), by=alice)
        draft = Draft(case=case, sheet=sheet)
        assert not [one for one in draft.answers if one.startswith(path)]
        assert lines_of(draft.answers, group) == [f"{group}[{ids[0]}]", f"{group}[{ids[2]}]"]


def test_a_line_somebody_just_wrote_in_is_not_removed(working_as):
    case, sheet, group, ids = opened(working_as)
    path = f"{group}[{ids[0]}]"
    with working_as("bob") as bob:
        seen = sheet.__class__.objects.get(pk=sheet.pk).rev
        answer(sheet, "tronc.propositions.lieu", "CH de Rochebrune", by=bob, lines=(str(ids[0]),))
    with working_as("alice") as alice:
        met = remove_line(sheet_id=sheet.pk, path=path, base_rev=seen, op_id=uuid4(), by=alice)
        assert met.outcome == Outcome.CONFLICT
        assert met.theirs.author_name == "Dr Kerjean"
        assert Draft(case=case, sheet=sheet).answers[f"{path}/tronc.propositions.lieu"] == "CH de Rochebrune"
        assert Draft(case=case, sheet=sheet).conflicts == []  # nothing to choose: the line stays
