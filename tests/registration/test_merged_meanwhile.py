"""An identity merged between the form and its sending: the patient is registered as the one that was kept."""

from typing import Any

import pytest

from patients.models import Double, Merge, Patient
from rcp.models import Case
from rcp.registration import desk
from rcp.registration.actions import AlreadyRegistered, cancel_case, postpone_case
from tests.patients.conftest import created
from tests.patients.merging import merged, paired
from tests.registration.conftest import another_meeting, meeting_of, registered


@pytest.fixture
def double(working_as: Any, as_worker: Any, francoise: Patient) -> Double:
    """Françoise twice, without any case."""
    with working_as("alice") as alice:
        later = created(alice, "Abhervé", "Francoise", reason="Homonyme connu")
    return paired(as_worker, francoise, later)


@pytest.fixture
def shown(double: Double, working_as: Any, as_worker: Any) -> tuple[Patient, Merge]:
    """What the desk read of both before the merge, and the merge: the page still names the one that is gone."""
    with working_as("alice"):
        read = {one: Patient.objects.get(pk=one) for one in (double.first_id, double.second_id)}
    merge = merged(working_as, as_worker, double)
    return read[merge.lost_id], merge


def test_the_case_is_the_kept_identity_s(shown, working_as):
    page, merge = shown
    assert page.merged_into_id is None, "the page was opened before"
    with working_as("alice") as alice:
        case = registered(alice, page)
        assert case.patient_id == merge.kept_id
        assert case.sheets.get().patient_id == merge.kept_id
        assert {one.patient_id for one in case.correspondents.all()} == {merge.kept_id}
        assert not Case.objects.filter(patient_id=merge.lost_id).exists()


def test_the_kept_identity_s_own_case_is_seen(shown, working_as):
    """Without following, one person would be twice on the list of a meeting."""
    page, merge = shown
    with working_as("alice") as alice:
        registered(alice, Patient.objects.get(pk=merge.kept_id))
        with pytest.raises(AlreadyRegistered):
            registered(alice, page)


def test_a_case_read_before_the_merge_is_postponed_and_cancelled_as_the_kept_identity_s(double, working_as, as_worker):
    with working_as("alice") as alice:
        pages = [
            registered(alice, one, meeting=meeting)
            for one, meeting in (
                (double.first, meeting_of("SEI")),
                (double.second, another_meeting(meeting_of("SEI"))),
            )
        ]
    merge = merged(working_as, as_worker, double)
    page = next(one for one in pages if one.patient_id == merge.lost_id)
    with working_as("alice") as alice:
        moved = postpone_case(case=page, to=another_meeting(page.meeting, days=21), reason="Scanner attendu", by=alice)
        assert moved.patient_id == merge.kept_id
        moved.patient_id = merge.lost_id
        assert cancel_case(case=moved, reason="Décès", by=alice).patient_id == merge.kept_id


def test_the_desk_is_told(shown, working_as, rf):
    page, _ = shown
    said: list[str] = []

    with working_as("alice") as alice, pytest.MonkeyPatch.context() as patch:
        case = registered(alice, page)
        patch.setattr(desk.messages, "info", lambda _, text: said.append(text))
        patch.setattr(desk.messages, "success", lambda _, text: said.append(text))
        visit = desk.Desk.__new__(desk.Desk)
        visit.request, visit.patient = rf.post("/"), page
        assert visit.onward(case).url == f"/reunions/{case.meeting_id}/"
    assert "fusionnée" in said[0]
    assert "LE GUILLOU" in said[1].upper() or "ABHERV" in said[1].upper()
