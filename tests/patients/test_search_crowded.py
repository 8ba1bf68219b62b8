"""The search where many people share a day, a name, or most of a date: nobody is lost among them (PAT-02, PAT-04)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from patients.identity.population import generate
from patients.identity.traits import TraitSet
from patients.search import find_by_traits
from tests.patients.conftest import created
from tests.patients.crowds import crowd_of

DAY = date(1952, 3, 4)


@pytest.fixture(scope="module")
def namesakes(django_db_setup: None) -> Iterator[list[TraitSet]]:
    people = [replace(person, birth_date=DAY, birth_date_interpreted=False) for person in generate(5, 550)]
    with crowd_of((1, person) for person in people):
        yield people


def test_a_crowded_day_hides_nobody(namesakes, working_as):
    """Five hundred and fifty people of one day: whoever is looked for is not beyond what one way in gives."""
    with working_as("alice"):
        for person in namesakes[:: len(namesakes) // 20]:
            found = find_by_traits(TraitSet(birth_name=person.birth_name, birth_date=DAY))
            assert person.birth_name in names(found)


def names(found) -> list[str]:
    return [match.patient.birth_name for match in found]


def test_one_wrong_part_of_the_date_is_forgiven_to_both_names_only(working_as):
    """The 21st typed for the 4th of the same month: found by name and given name, never by one of them."""
    with working_as("alice") as alice:
        created(alice, "Martin", "Jeanne", "04031952")
        wrong = date(1952, 3, 21)
        whole = TraitSet(birth_name="MARTIN", first_given_name="JEANNE", birth_date=wrong)
        assert names(find_by_traits(whole)) == ["MARTIN"]
        assert names(find_by_traits(replace(whole, first_given_name=""))) == []
        assert names(find_by_traits(replace(whole, birth_name="DURAND"))) == []
        assert names(find_by_traits(replace(whole, birth_date=date(1952, 8, 21)))) == []


def test_a_short_name_two_slips_away_is_found_on_its_very_day(working_as):
    with working_as("alice") as alice:
        created(alice, "Robas", "Claude", "25061949")
        assert names(find_by_traits(TraitSet(birth_name="PBAS", birth_date=date(1949, 6, 25)))) == ["ROBAS"]
        assert names(find_by_traits(TraitSet(birth_name="PBAS", birth_date=date(1949, 6, 26)))) == []
