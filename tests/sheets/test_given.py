"""The registration and the room are read where they live: the sheet cannot say something else."""

from rcp.cases.actions import reword_question
from rcp.models import Case, Presence
from rcp.sheets.draft import Draft
from rcp.sheets.given import FROM_REGISTRATION, MOTIVES, URGENCIES, is_given
from tests.sheets.casework import QUESTION, make_case, sein_meeting, sit


def test_the_registration_answers_its_chapter(working_as):
    with working_as("alice") as alice:
        case = make_case(by=alice)
        draft = Draft(case=case, sheet=case.sheets.get())
        said = {path.rsplit("/", 1)[-1]: value for path, value in draft.answers.items()}
        assert said["tronc.question"] == QUESTION
        assert said["tronc.inf_patient_date"] == "2030-11-20"
        assert said["tronc.motif"][0]["code"] == "proposition_de_traitement_initial"
        assert said["tronc.statut_cas"]["code"] == "discute"
        asked = {issue["link_id"] for issue in draft.missing}
        assert not asked & FROM_REGISTRATION


def test_every_word_of_the_registration_is_an_option_of_the_form(working_as):
    with working_as("alice") as alice:
        form = Draft(case=(case := make_case(by=alice)), sheet=case.sheets.get()).form
    for link_id, codes in (("tronc.motif", MOTIVES.values()), ("tronc.urgence", URGENCIES.values())):
        assert all(form.items[link_id].option(code) for code in codes)
    assert all(is_given(form, form.items[link_id]) for link_id in FROM_REGISTRATION)
    assert is_given(form, form.items["tronc.presents.nom"])
    assert not is_given(form, form.items["tronc.oms"])


def test_a_question_put_in_better_words_is_the_registration_s(working_as):
    with working_as("bob") as bob:
        case = make_case(by=bob)
        reword_question(case_id=case.pk, question="Chimiothérapie adjuvante ?", by=bob)
        case = Case.objects.get(pk=case.pk)
        draft = Draft(case=case, sheet=case.sheets.get())
        assert draft.answers[draft.form.path("tronc.question")] == "Chimiothérapie adjuvante ?"


def test_the_room_is_in_the_sheet_with_its_quorum(working_as):
    """MTG-07: the quorum is traced in the sheet."""
    with working_as("bob") as bob:
        case = make_case(by=bob)
        path = Draft(case=case, sheet=case.sheets.get()).form.path("tronc.quorum")
        assert Draft(case=case, sheet=case.sheets.get()).evaluation.calculated.get(path) is None
        sit(case.meeting, "bob", "helias")
        draft = Draft(case=case, sheet=case.sheets.get())
        assert draft.evaluation.calculated[path]["code"] == "non_atteint"
        sein_meeting().attendances.filter(user__email="oumarou@dcc.example").update(
            presence=Presence.PRESENT, remote=True
        )
        draft = Draft(case=Case.objects.get(pk=case.pk), sheet=case.sheets.get())
        assert draft.evaluation.calculated[path]["code"] == "atteint"
        present = [value for path, value in draft.given.items() if path.endswith("tronc.presents.presence")]
        assert sorted(one["code"] for one in present) == ["a_distance", "present", "present"]
