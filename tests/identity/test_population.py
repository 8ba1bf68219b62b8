"""The invented population: same seed, same people; plausible enough to load and to demonstrate."""

from collections import Counter
from datetime import date
from itertools import islice

from patients.identity.dates import age_on
from patients.identity.names import normalise_birth_name, normalise_given_name, normalise_given_names
from patients.identity.places import place
from patients.identity.population import REFERENCE_DAY, generate
from patients.identity.population_names import GIVEN_NAMES, surnames
from patients.identity.traits import missing_strict_traits

PEOPLE = list(generate(seed=3, count=5_000))


def test_the_same_seed_gives_the_same_people() -> None:
    assert list(generate(seed=3, count=5_000)) == PEOPLE
    assert list(generate(seed=4, count=100)) != PEOPLE[:100]
    assert list(islice(generate(seed=3, count=10**9), 200)) == PEOPLE[:200]


def test_every_identity_could_be_created_as_it_is() -> None:
    for person in PEOPLE:
        assert missing_strict_traits(person) == ()
        assert normalise_birth_name(person.birth_name).normalised == person.birth_name
        assert normalise_given_name(person.first_given_name).normalised == person.first_given_name
        assert normalise_given_names(person.given_names).normalised == person.given_names
        assert person.given_names.startswith(person.first_given_name)
        assert place(person.birth_insee).known
        assert person.ins_token == ""


def test_names_are_many_and_unequally_common() -> None:
    assert len(set(surnames())) >= 3_000
    given = {name for periods in GIVEN_NAMES.values() for names in periods for name in names}
    assert len(given) >= 300
    counts = Counter(person.birth_name for person in PEOPLE)
    assert counts.most_common(1)[0][1] > 20
    assert len(counts) > 1_500


def test_ages_and_places_look_like_an_oncology_practice() -> None:
    ages = [age_on(person.birth_date or date.min, REFERENCE_DAY) for person in PEOPLE]
    assert 62 < sum(ages) / len(ages) < 69
    assert min(ages) >= 0
    assert max(ages) <= 105
    assert 0.003 < sum(age < 18 for age in ages) / len(ages) < 0.03
    assert 0.07 < sum(person.birth_insee.startswith("99") for person in PEOPLE) / len(PEOPLE) < 0.13
    women = [person for person in PEOPLE if person.sex == "F"]
    assert 0.4 < sum(bool(person.used_name) for person in women) / len(women) < 0.8
    assert any(person.birth_date_interpreted for person in PEOPLE)
