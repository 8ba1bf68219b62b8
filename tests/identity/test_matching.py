"""PAT-04, PAT-05, D11: a pair is scored trait by trait; near doubles are proposed, twins never."""

from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patients.identity.matching import Comparison, Level, best_matches, compare
from patients.identity.outcome import Outcome
from patients.identity.population import generate
from patients.identity.similarity import edit_distance, jaro_winkler
from patients.identity.traits import TraitSet, missing_strict_traits

CLAIRE = TraitSet(
    birth_name="PRADELLE", first_given_name="CLAIRE", given_names="CLAIRE SUZANNE", used_name="MORVANT",
    birth_date=date(1958, 4, 9), sex="F", birth_insee="42218", birth_postcode="42000",
)  # fmt: skip
PEOPLE = list(generate(seed=11, count=400))


def like_claire(**changes: object) -> Comparison:
    return compare(CLAIRE, replace(CLAIRE, **changes))


def outcomes(comparison: Comparison) -> dict[str, Outcome]:
    return {trait.trait: trait.outcome for trait in comparison.traits}


def test_the_same_five_traits_are_a_probable_double() -> None:
    same = like_claire(given_names="", used_name="")
    assert (same.score, same.level, same.twins, same.collision) == (20.0, Level.PROBABLE, False, False)
    assert set(outcomes(same).values()) == {Outcome.EQUAL}


@pytest.mark.parametrize(
    ("changes", "trait", "detail"),
    [
        ({"birth_name": "MORVANT", "used_name": ""}, "birth_name", "nom de naissance de l’un, nom utilisé de l’autre"),
        ({"birth_name": "PRADELL"}, "birth_name", "orthographe proche"),
        ({"birth_name": "PRADELLE-MORVANT"}, "birth_name", "partie d’un nom composé"),
        ({"birth_name": "PRAD"}, "birth_name", "début du nom"),
        ({"birth_name": "CLAIRE", "first_given_name": "PRADELLE"}, "birth_name", "nom et prénom inversés"),
        ({"birth_name": "RPADELZE"}, "birth_name", "ressemblance lointaine"),
        ({"first_given_name": "SUZANNE"}, "first_given_name", "dans la liste des prénoms de l’autre"),
        ({"first_given_name": "CLAIRE-MARIE", "given_names": ""}, "first_given_name", "partie d’un prénom composé"),
        ({"first_given_name": "CLERE", "given_names": ""}, "first_given_name", "prononciation proche"),
        ({"first_given_name": "NOELLE", "used_given_name": "CLAIRE"}, "first_given_name", "prénom utilisé de l’autre"),
        ({"birth_date": date(1958, 9, 4)}, "birth_date", "jour et mois inversés"),
        ({"birth_date": date(1953, 4, 9)}, "birth_date", "un chiffre diffère"),
        ({"birth_date": date(1958, 4, 10)}, "birth_date", "un jour d’écart"),
        ({"birth_date": date(1985, 4, 9)}, "birth_date", "un chiffre diffère"),  # 58 and 85
        ({"birth_date": date(1958, 12, 31)}, "birth_date", "date incomplète d’un côté"),
        ({"birth_insee": "42095"}, "birth_place", "même département"),
    ],
)
def test_one_slip_is_close_explained_and_proposed(changes: dict, trait: str, detail: str) -> None:
    comparison = like_claire(**changes)
    assert comparison.level is not Level.WEAK
    evidence = next(line for line in comparison.traits if line.trait == trait)
    assert (evidence.outcome, evidence.detail) == (Outcome.CLOSE, detail)


@pytest.mark.parametrize(
    "changes",
    [
        {"birth_date": date(1971, 11, 23)},
        {"birth_name": "KOWALIK", "used_name": ""},
        {"birth_name": "KOWALIK", "used_name": "", "first_given_name": "ODETTE"},
        {"birth_date": date(1958, 9, 4), "sex": "M", "birth_insee": "13055", "first_given_name": "CLAUDE"},
    ],
)
def test_another_person_is_weak(changes: dict) -> None:
    assert like_claire(**changes).level is Level.WEAK


@pytest.mark.parametrize(
    ("first", "second"),
    [("CLAIRE", "ODILE"), ("LUCIE", "JULIE"), ("JEAN-PIERRE", "JEAN-PAUL"), ("MARIE-ANNE", "MARIE-LAURE"),
     ("PIERRE", "PAUL"), ("SOPHIE", "SYLVIE"), ("FATIMA", "KARIM"), ("MANON", "MARGOT")],
)  # fmt: skip
@pytest.mark.parametrize("sexes", ["FF", "FM"])
@pytest.mark.parametrize("insee", ["42218", "99999", ""])
def test_twins_are_shown_as_such_and_never_proposed(first: str, second: str, sexes: str, insee: str) -> None:
    """D11: given names neither equal nor close, all else equal."""
    one, other = (
        replace(CLAIRE, first_given_name=name, given_names=name, sex=sex, birth_insee=insee, birth_postcode="")
        for name, sex in zip((first, second), sexes, strict=True)
    )
    comparison = compare(one, other)
    assert (comparison.twins, comparison.level) == (True, Level.WEAK)


def test_the_twins_of_the_invented_population_are_never_proposed() -> None:
    people = list(generate(seed=5, count=20_000))
    pairs = [
        (a, b)
        for a, b in pairwise(people)
        if (a.birth_name, a.birth_date, a.birth_insee) == (b.birth_name, b.birth_date, b.birth_insee)
    ]
    assert len(pairs) > 20
    for a, b in pairs:
        comparison = compare(a, b)
        given = outcomes(comparison)["first_given_name"]
        assert comparison.twins is (given is Outcome.DIFFERENT)
        assert comparison.level is Level.WEAK or given is Outcome.CLOSE


def test_a_shared_matricule_is_not_twins_and_a_discord_is_a_collision() -> None:
    shared = {"ins_token": "a1"}
    assert not compare(replace(CLAIRE, **shared), replace(CLAIRE, **shared)).collision
    discord = compare(replace(CLAIRE, **shared), replace(CLAIRE, first_given_name="ODILE", given_names="", **shared))
    assert (discord.twins, discord.collision) == (False, True)
    old = compare(replace(CLAIRE, ins_token="b2", past_ins_tokens=("a1",)), replace(CLAIRE, **shared))
    assert (outcomes(old)["ins"], old.score) == (Outcome.EQUAL, 40.0)
    other = compare(replace(CLAIRE, ins_token="b2"), replace(CLAIRE, **shared))
    assert (outcomes(other)["ins"], other.level) == (Outcome.DIFFERENT, Level.WEAK)
    assert not any("a1" in (line.left, line.right) for line in other.traits)


def test_frequent_names_weigh_less_but_five_equal_traits_stay_probable() -> None:
    martin = replace(CLAIRE, birth_name="MARTIN", first_given_name="MARIE", given_names="", used_name="")
    assert compare(martin, martin).score == 17.5
    assert compare(martin, martin).level is Level.PROBABLE
    assert compare(replace(martin, birth_insee="13055"), martin).level is Level.CLOSE


def test_a_birth_place_is_satisfied_by_an_old_code_a_postcode_or_the_whole_city() -> None:
    """Identity §1.11: older records hold the postcode only."""

    def place(first: dict, second: dict) -> Outcome:
        none = {"birth_insee": "", "birth_postcode": ""}
        a, b = replace(CLAIRE, **(none | first)), replace(CLAIRE, **(none | second))
        return outcomes(compare(a, b)).get("birth_place", Outcome.UNKNOWN)

    assert place({"birth_insee": "20004"}, {"birth_insee": "2A004"}) is Outcome.EQUAL
    assert place({"birth_insee": "75056"}, {"birth_insee": "75112"}) is Outcome.EQUAL
    assert place({"birth_insee": "75113"}, {"birth_insee": "75112"}) is Outcome.CLOSE
    assert place({"birth_insee": "42218"}, {"birth_postcode": "42100"}) is Outcome.EQUAL
    assert place({"birth_insee": "2A004"}, {"birth_postcode": "20200"}) is Outcome.CLOSE
    assert place({"birth_postcode": "42000"}, {"birth_postcode": "42000"}) is Outcome.EQUAL
    assert place({"birth_insee": "42218"}, {"birth_insee": "99352"}) is Outcome.DIFFERENT
    assert place({"birth_insee": "42218"}, {"birth_insee": "99999"}) is Outcome.UNKNOWN
    assert place({"birth_insee": "42218"}, {}) is Outcome.UNKNOWN
    assert place({"birth_insee": "bad"}, {"birth_insee": "42218"}) is Outcome.UNKNOWN


def test_partial_dates_weigh_less_and_unknown_traits_nothing() -> None:
    partial = replace(CLAIRE, birth_date=date(1958, 12, 31), birth_date_interpreted=True)
    assert compare(partial, partial).score == 18.0
    assert compare(TraitSet(), CLAIRE).traits == ()
    assert compare(TraitSet(), CLAIRE).score == 0.0
    assert like_claire(sex="I").score == 19.0


def test_contacts_add_a_little() -> None:
    known = replace(CLAIRE, phone="0600000000", email="Claire@example.org", postcode="42000")
    assert compare(known, replace(known, email="claire@EXAMPLE.org")).score == 23.0


def test_ranking_puts_the_best_first() -> None:
    near = replace(CLAIRE, birth_name="PRADEL")
    ranked = best_matches(CLAIRE, [("far", PEOPLE[0]), ("near", near), ("same", CLAIRE)], limit=2)
    assert [handle for handle, _ in ranked] == ["same", "near"]


def test_creation_lacks_a_strict_trait() -> None:
    """PAT-02."""
    assert missing_strict_traits(CLAIRE) == ()
    assert missing_strict_traits(replace(CLAIRE, birth_insee="", birth_date=None)) == (
        "date de naissance",
        "lieu de naissance",
    )


@given(st.sampled_from(PEOPLE), st.sampled_from(PEOPLE), st.data())
def test_comparison_is_symmetric(a: TraitSet, b: TraitSet, data: st.DataObject) -> None:
    """Traits of one are mixed into the other, so that near pairs come up as often as strangers."""
    fields = data.draw(st.sets(st.sampled_from(["birth_name", "first_given_name", "used_name", "birth_date", "sex"])))
    b = replace(b, **{field: getattr(a, field) for field in fields})
    there, back = compare(a, b), compare(b, a)
    assert (there.score, there.level, there.twins) == (back.score, back.level, back.twins)
    assert [(t.trait, t.outcome, t.points, t.left) for t in there.traits] == [
        (t.trait, t.outcome, t.points, t.right) for t in back.traits
    ]


LETTERS = st.text("ABCDE", max_size=8)


@given(LETTERS, LETTERS)
def test_similarities_are_symmetric_and_bounded(a: str, b: str) -> None:
    assert jaro_winkler(a, b) == jaro_winkler(b, a)
    assert 0 <= jaro_winkler(a, b) <= 1
    assert (jaro_winkler(a, b) == 1) is (a == b)
    assert edit_distance(a, b) == edit_distance(b, a)
    assert (edit_distance(a, b) == 0) is (a == b)


def test_published_similarities() -> None:
    assert jaro_winkler("MARTHA", "MARHTA") == pytest.approx(0.9611, abs=1e-4)
    assert jaro_winkler("DWAYNE", "DUANE") == pytest.approx(0.84, abs=1e-4)
    assert jaro_winkler("DIXON", "DICKSONX") == pytest.approx(0.8133, abs=1e-4)
    assert [edit_distance(*pair) for pair in (("ROUX", "ROUXS"), ("ABCD", "BADC"), ("ABCDE", "VWXYZ"))] == [1, 2, 3]
