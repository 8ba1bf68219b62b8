"""Doubles are looked for by themselves: when an identity appears, and again when its traits change (PAT-04, PAT-05)."""

from typing import Any

from django.db import connection, transaction

from patients.actions import update_contact
from patients.doubles.proposals import propose_some
from patients.models import Double, DoubleSearch, DoubleStatus, Patient
from tests.patients.conftest import created

WHY = "Homonyme connu"


def swept(as_worker: Any, region: int = 1) -> list[Double]:
    with as_worker(region):
        while propose_some():
            pass
        return list(Double.objects.order_by("found_at"))


def test_an_identity_created_twice_is_proposed_once(working_as, as_worker, francoise):
    with working_as("alice") as alice:
        later = created(alice, "Abhervé", "Francoise", reason=WHY)
    (double,) = swept(as_worker)
    assert {double.first_id, double.second_id} == {francoise.pk, later.pk}
    assert double.first_id < double.second_id
    assert double.status == DoubleStatus.TO_EXAMINE
    assert double.probable
    with as_worker(1):
        assert double.organisation.short_name == "3C Estuaire", "where the later one was created"
        assert not DoubleSearch.objects.exists()
    assert swept(as_worker) == [double], "looked up again, it is the same pair"


def test_the_evidence_is_written_with_the_pair_each_value_on_its_side(working_as, as_worker, francoise):
    with working_as("alice") as alice:
        created(alice, "Abhervé", "Francine", "12031963", reason=WHY)
    (double,) = swept(as_worker)
    traits = {one["trait"]: one for one in double.evidence}
    with as_worker(1):
        sides = [Patient.objects.get(pk=pk) for pk in (double.first_id, double.second_id)]
    assert traits["birth_name"]["outcome"] == "equal"
    assert (traits["first_given_name"]["left"], traits["first_given_name"]["right"]) == tuple(
        one.first_given_name for one in sides
    )
    assert sum(one["points"] for one in double.evidence) == double.score


def test_twins_and_strangers_are_not_proposed(working_as, as_worker, francoise):
    with working_as("alice") as alice:
        created(alice, "Abhervé", "Murielle", reason=WHY)  # same day, same place (D11)
        created(alice, "Tanguy", "Maël", "02021971", sex="M")
    assert swept(as_worker) == []


def test_what_the_desk_does_not_compare_counts_here(working_as, as_worker, francoise):
    """A phone and a postcode in common weigh one point each."""
    with working_as("alice") as alice:
        later = created(alice, "Abhervé", "Francine", "12031963", reason=WHY)
    (before,) = swept(as_worker)
    with working_as("alice") as alice:
        for one in (francoise, later):
            update_contact(patient=one, values={"phone": "0240000000", "postcode": "44000"}, by=alice)
        Patient.objects.filter(pk=later.pk).update(given_names="FRANCINE MARIE")
    (after,) = swept(as_worker)
    assert after.pk == before.pk
    assert after.score == before.score + 2


def test_a_correction_that_parts_them_clears_the_pair_and_another_brings_it_back(working_as, as_worker, francoise):
    with working_as("alice") as alice:
        later = created(alice, "Abhervé", "Francoise", reason=WHY)
    swept(as_worker)
    birth = {"birth_date": "1990-07-14", "birth_insee": "29019", "birth_name": "TREGUIER", "birth_name_key": "TREGUIER"}
    former = {name: getattr(later, name) for name in (*birth, "birth_name_sound")}
    with working_as("alice"):
        Patient.objects.filter(pk=later.pk).update(**birth, birth_name_sound="TRKYR")
    (double,) = swept(as_worker)
    assert double.status == DoubleStatus.CLEARED
    with working_as("alice"):
        Patient.objects.filter(pk=later.pk).update(**former)
    (double,) = swept(as_worker)
    assert double.status == DoubleStatus.TO_EXAMINE


def test_what_a_person_decided_is_not_proposed_again(working_as, as_worker, francoise):
    with working_as("alice") as alice:
        later = created(alice, "Abhervé", "Francoise", reason=WHY)
    (double,) = swept(as_worker)
    with as_worker(1):
        Double.objects.filter(pk=double.pk).update(status=DoubleStatus.HOMONYM)
    with working_as("alice"):
        Patient.objects.filter(pk=later.pk).update(given_names="FRANCOISE MARIE")
    (double,) = swept(as_worker)
    assert double.status == DoubleStatus.HOMONYM


def test_a_change_that_says_nothing_of_who_they_are_is_not_looked_up(working_as, as_worker, francoise):
    swept(as_worker)
    with working_as("alice"):
        Patient.objects.filter(pk=francoise.pk).update(duplicate_reason="Autre motif")
    with as_worker(1):
        assert not DoubleSearch.objects.exists()


def test_a_sweep_that_fails_forgets_nobody(working_as, as_worker, francoise):
    with as_worker(1):
        try:
            with transaction.atomic():
                assert propose_some() == 1
                raise ZeroDivisionError
        except ZeroDivisionError:
            pass
        assert DoubleSearch.objects.get().identity_id == francoise.pk


def test_the_beat_is_told_which_regions_have_work(working_as, as_worker, francoise):
    with as_worker(), connection.cursor() as cursor:
        cursor.execute("SELECT dcc_regions_with_doubles()")
        assert [region for (region,) in cursor.fetchall()] == [1]


def test_another_founding_region_is_another_file(working_as, as_worker, francoise):
    """Rows never leave their founding region: an identity of another one is no double to merge."""
    with working_as("metro") as mona:
        created(mona, "Abhervé", "Francoise", reason=WHY)
    assert swept(as_worker) == []
    assert swept(as_worker, 2) == []
