"""What is written under an identity after it was merged follows whole, or waits whole for a person (PAT-05)."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.utils import timezone

from patients.doubles.moving import STUCK, follow_late_rows
from patients.models import Access, Double, DoubleStatus, Patient
from rcp.models import Case, Sheet
from rcp.registration.moving import cancel_case
from tests.patients.merging import a_pair, foreign_keys_hold, merged, undone  # noqa: F401 - a_pair is a fixture
from tests.registration.conftest import another_meeting, in_ten_days, meeting_of, registered  # noqa: F401


@contextmanager
def unaware() -> Iterator[None]:
    """A hand that locked the patient before the merge: registering has since learnt to follow one that is done."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("rcp.registration.actions.lock_in_force", lambda pk: Patient.objects.get(pk=pk))
        yield


@pytest.fixture
def lost(working_as, as_worker, pair) -> Patient:
    merge = merged(working_as, as_worker, pair)
    with working_as("alice"):
        return Patient.objects.get(pk=merge.lost_id)


def test_a_case_registered_by_somebody_who_had_read_the_lost_identity_follows_with_its_sheet(
    working_as, as_worker, lost, francoise
):
    with working_as("alice") as alice, unaware():
        case = registered(alice, lost, meeting=another_meeting(meeting_of("SEI")))
    with as_worker(1):
        assert follow_late_rows() >= 3
        case.refresh_from_db()
        assert case.patient_id == francoise.pk
        assert set(case.sheets.values_list("patient_id", flat=True)) == {francoise.pk}
        assert not Sheet.objects.filter(patient=lost).exists()
        assert follow_late_rows() == 0
    foreign_keys_hold()


def test_one_that_cannot_follow_stays_whole_is_said_and_follows_once_it_can(
    signed_in, working_as, as_worker, pair, lost, francoise
):
    """The later identity of the pair was registered to the board Sein: so was, by a late hand, the lost one again."""
    with working_as("alice") as alice, unaware():
        second = registered(alice, lost)
    with as_worker(1):
        follow_late_rows()
        second.refresh_from_db()
        assert second.patient_id == lost.pk
        assert set(second.sheets.values_list("patient_id", flat=True)) == {lost.pk}, (
            "a case is not parted from its sheet"
        )
        assert second.information.patient_id == lost.pk
        assert pair.merges.get(undone_at=None).obstacles == [STUCK]
    assert (
        "inscrit sous l’identité réunie"
        in signed_in("vigilance").get(f"/patients/doublons/{pair.pk}/").content.decode()
    )
    with working_as("alice") as alice:
        first = Case.objects.get(patient=francoise)
        cancel_case(case=first, reason="Doublon", by=alice)
    with as_worker(1):
        assert follow_late_rows() >= 3
        second.refresh_from_db()
        assert second.patient_id == francoise.pk
        assert pair.merges.get(undone_at=None).obstacles == []
    foreign_keys_hold()


def test_an_access_opened_again_under_the_lost_identity_does_not_keep_the_merge_from_coming_apart(
    working_as, as_worker, pair, lost, francoise
):
    with working_as("alice") as alice, unaware():
        registered(alice, lost, meeting=another_meeting(meeting_of("SEI")))
    undone(working_as, as_worker, pair)
    with as_worker(1):
        double = Double.objects.get(pk=pair.pk)
        assert double.status == DoubleStatus.UNDONE
        open_to = Access.objects.filter(patient=lost, expires_at__gt=timezone.now())
        assert "CH de Rochebrune" in {one.principal.label.replace("Centre hospitalier", "CH") for one in open_to}
        kept = Access.objects.filter(patient=francoise, expires_at__gt=timezone.now())
        assert {one.reason for one in kept} == {"creation"}, "what was the lost one's is not left open on the other"
