"""The search where many people share a day, a name, or most of a date: nobody is lost among them (PAT-02, PAT-04)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from patients.guesses import MOST
from patients.identity.dates import parse_birth_date
from patients.identity.names import normalise_given_name
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


SLIPS = [  # who is stored, what is typed of them
    ("Gay Zoé 14071964", "XYA", "", "14071964"),  # two slips in three letters, on the very day
    ("Ba Guy 14071964", "JBA", "", "14071964"),  # one slip in two letters
    ("Joly Christine 09011997", "OJY", "Christine", "01091997"),  # day and month, two slips
    ("Cordier Luc 05061928", "CORPDIR", "UC", "06051928"),  # and one in the given name
    ("Chac Paul 09081984", "CWC", "Paul", "08091984"),
    ("Colin Louise 09081995", "OLN", "Touie", "09081995"),  # two in each
    ("Le-Hejoud Christine 06051948", "LE", "Christine", "05061948"),  # a short part of a name, day and month
    ("Dos Valérie 15041932", "OS", "Valérie", "15041933"),  # another year, one slip in a short name
    ("Aubert Catherine 31122007", "Catherine", "Aubert", "2007"),  # each in the field of the other, a partial date
    ("Kergadert Luc 1951", "KEVGRADERT", "", "31121951"),  # two slips, a partial date
]


def sought(name: str, given_name: str, day: str) -> list[str]:
    return names(
        find_by_traits(
            TraitSet(
                birth_name=name.upper(),
                first_given_name=normalise_given_name(given_name).normalised if given_name else "",
                birth_date=parse_birth_date(day, today=date(2026, 1, 1)).value,
            )
        )
    )


@pytest.mark.parametrize(("stored", "name", "given_name", "day"), SLIPS, ids=[name for _, name, _, _ in SLIPS])
def test_several_slips_at_once_lead_to_the_only_one_they_can(working_as, stored, name, given_name, day):
    with working_as("alice") as alice:
        created(alice, *stored.split())
        assert sought(name, given_name, day) == [stored.split()[0].upper()]


def test_a_guess_is_not_a_neighbour(working_as):
    """What is left must agree: nobody is shown for a short name, a day or a given name alone."""
    with working_as("alice") as alice:
        created(alice, "Gay", "Zoé", "14071964")
        assert sought("OUX", "", "14071964") == []
        assert sought("XYA", "", "15071964") == [], "another day"
        assert sought("XYA", "", "14071965") == [], "another year"
        assert sought("Petit", "Luc", "14071964") == [], "the day alone"
        assert sought("GA", "Luc", "15071964") == []


def test_nobody_is_guessed_beside_somebody_sure(working_as):
    with working_as("alice") as alice:
        created(alice, "Gay", "Zoé", "14071964")
        created(alice, "Gray", "Luc", "14071964")
        created(alice, "Ayg", "Ève", "14071964")
        assert sought("AYG", "", "14071964") == ["AYG"]
        assert set(sought("YGA", "", "14071964")) >= {"AYG", "GAY"}, "nobody sure: the likeliest"


def test_guesses_are_few(working_as):
    with working_as("alice") as alice:
        for name in ("Gav", "Gaw", "Gak", "Gaz", "Gap"):
            created(alice, name, "Zoé", "14071964", reason="Homonyme connu")
        assert len(sought("KGA", "", "14071964")) == MOST
