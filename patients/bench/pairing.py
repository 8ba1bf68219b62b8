"""The bench of doubles: identities registered twice among all the others, which pairs are proposed, how many a second.

To a population is added the second registration of some of its identities, as another desk would have made it, in the
same founding region: by each rule of RULES in turn (their words are those of patients.bench.questions), and besides,
one in four with another birth place (unknown), one in three without the used name. The sweep then looks up those second
registrations and as many identities registered once. A pair proposed is true when it joins the two registrations of
one person; twins are two people, and so are the homonyms that chance makes.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from random import Random
from typing import Any

from django.db import connection

from dcc.tenancy.scope import regions_scope
from patients.bench.filling import SEARCHED, SEED, identifier
from patients.bench.questions import KINDS, as_stored
from patients.bench.timing import Costs, load
from patients.bench.trigram import date_digits
from patients.doubles.proposals import propose_some
from patients.identity.dates import DateRefused, parse_birth_date
from patients.identity.matching import PROBABLE_FROM
from patients.identity.names import comparison_key
from patients.identity.places import UNKNOWN_PLACE
from patients.identity.traits import TraitSet
from patients.models import Double, Patient
from patients.search import traits_of

RULES = (
    "sans faute", "deux fautes au nom", "une faute au nom, une au prénom", "jour et mois inversés",
    "jour et mois, une faute", "nom utilisé", "les deux noms joints", "composé : une partie", "composé : signes",
    "nom à l’oreille", "particule", "autre prénom de la liste", "prénom composé : une partie", "chiffre de l’année",
    "un chiffre de la date", "date voisine", "date incomplète", "chiffre de l’année, une faute",
)  # fmt: skip
_TODAY = date(2026, 1, 2)
_LEAST_ALIKE = 0.5  # below, pg_trgm proposes everybody


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """One person registered twice: the ranks of both identities and the rule of the second; or once, `second` None."""

    first: int
    second: int | None
    rule: str

    @property
    def asked(self) -> int:
        return self.first if self.second is None else self.second


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """What a way of pairing proposes of those asked: keys of pairs, in order, with how sure it is."""

    pairs: dict[tuple[Any, Any], float]

    def scores(self, people: Sequence[Registered], least: float) -> tuple[float, float, int]:
        """Recall, precision and number of pairs of at least so much."""
        kept = {pair for pair, sure in self.pairs.items() if sure >= least}
        true = {_pair(identifier(one.first), identifier(one.second)) for one in people if one.second is not None}
        return len(kept & true) / max(1, len(true)), len(kept & true) / max(1, len(kept)), len(kept)


def with_doubles(
    rows: Iterable[tuple[int, TraitSet]], *, size: int, doubles: int, people: list[Registered]
) -> Iterator[tuple[int, TraitSet]]:
    """The rows, then the second registrations; `people` is filled with who was registered twice, and once."""
    step, again, count = max(1, size // doubles), [], 0
    for number, row in enumerate(rows):
        count += 1
        yield row
        if number < size and number % step == 0 and len(again) < doubles:
            again.append((number, row))
    for rank, (number, (region, person)) in enumerate(again):
        rule, second = _registered_again(rank, person)
        people.append(Registered(first=number, second=count + rank, rule=rule))
        people.append(Registered(first=number + step // 2, second=None, rule=""))
        yield region, second


def _registered_again(rank: int, person: TraitSet) -> tuple[str, TraitSet]:
    """The person of this rank as another desk would have typed them, by the first rule from theirs on that applies."""
    rng = Random(f"{SEED} {rank}")  # noqa: S311 - invented people need no cryptographic chance
    for turn in range(len(RULES)):
        rule = RULES[(rank + turn) % len(RULES)]
        typed = KINDS[rule](rng, person)
        if rule != RULES[0] and typed == as_stored(rng, person):
            continue
        try:
            born = parse_birth_date(typed.birth_date, today=_TODAY)
        except DateRefused:  # somebody of 130 is not registered either
            continue
        break
    given = " ".join([typed.given_name, *person.given_names.split(" ")[1:]])
    return rule, replace(
        person,
        birth_name=typed.name,
        first_given_name=typed.given_name,
        given_names=typed.given_name if rng.random() < 0.5 else given,
        used_name="" if rng.random() < 1 / 3 or typed.name == person.used_name else person.used_name,
        birth_date=born.value,
        birth_date_interpreted=born.interpreted,
        birth_insee=UNKNOWN_PLACE if rng.random() < 0.25 else person.birth_insee,
        birth_postcode="",
    )


def to_look_up(owner: Any, people: Sequence[Registered]) -> None:
    """What the database writes by itself when identities appear; `owner` is a psycopg connection of the owner."""
    owner.execute(
        "INSERT INTO patients_doublesearch (region_id, identity_id, since)"
        " SELECT region_id, id, now() FROM patients_patient WHERE id = ANY (%s)",
        [[identifier(one.asked) for one in people]],
    )


def swept() -> tuple[Costs, Proposed]:
    """Look up everything that waits, as the worker does, a batch a transaction; what it proposed, and its scores."""
    spent = Costs(name="un lot d’identités")
    for region in SEARCHED:
        looked = 1
        while looked:
            looked = spent.of(lambda region=region: _one_batch(region))
    with regions_scope(SEARCHED):
        found = Double.objects.values_list("first_id", "second_id", "score")
        return spent, Proposed(pairs={_pair(first, second): score for first, second, score in found})


def _one_batch(region: int) -> int:
    with regions_scope((region,)):
        return propose_some()


def by_trigram(people: Sequence[Registered]) -> tuple[Costs, Proposed]:
    """The pairs of pg_trgm: names and date put end to end, in the same founding region."""
    spent, pairs = Costs(name="pg_trgm, une identité"), {}
    with regions_scope(SEARCHED), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pg_trgm.similarity_threshold', %s, true)", [str(_LEAST_ALIKE)])
        for one in people:
            patient = Patient.objects.get(pk=identifier(one.asked))
            traits = traits_of(patient)
            names = f"{comparison_key(traits.birth_name)} {comparison_key(traits.first_given_name)}"
            text = f"{names} {date_digits(traits)}"
            for other, sure in spent.of(lambda text=text, patient=patient: _alike(text, patient)):
                pairs[_pair(patient.pk, other)] = sure
    return spent, Proposed(pairs=pairs)


def _alike(text: str, patient: Patient) -> list[tuple[Any, float]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, similarity(dated, %s) FROM bench_trigram WHERE dated %% %s AND region_id = %s AND id <> %s"
            " ORDER BY 2 DESC LIMIT 10",
            [text, text, patient.region_id, patient.pk],
        )
        return cursor.fetchall()


def report(people: Sequence[Registered], *, rival: int) -> Iterator[str]:
    """Everything, line after line, as the role of the workers."""
    yield load()
    spent, ours = swept()
    seconds = sum(spent.first)
    asked = len(people)
    yield f"{asked} identités examinées en {seconds:.1f} s : {asked / seconds:.0f} par seconde"
    if any(spent.processor):
        yield f"  de processeur : {sum(spent.processor) * 1000 / asked:.1f} ms par identité"
    yield f"{'règle':<34}{'doubles':>8}{'proposés':>10}{'probables':>11}"
    for rule in RULES:
        twice = [one for one in people if one.rule == rule]
        if twice:
            shares = [ours.scores(twice, least)[0] for least in (0.0, PROBABLE_FROM)]
            yield f"  {rule:<32}{len(twice):>8}" + f"{shares[0]:>10.3f}{shares[1]:>11.3f}"
    for name, least in (("toutes les paires proposées", 0.0), ("les seules probables", PROBABLE_FROM)):
        yield _scores(name, *ours.scores(people, least))
    if rival:
        few = people[:: max(1, asked // (2 * rival))] if asked > 2 * rival else people
        costs, theirs = by_trigram(few)
        yield f"les mêmes, {len(few)} d’entre elles"
        yield _scores("nous, probables ou à revoir", *_only(ours, few).scores(few, 0.0))
        best = max((step / 100 for step in range(50, 100, 5)), key=lambda least: _balance(theirs.scores(few, least)))
        yield _scores(f"pg_trgm, à son meilleur seuil ({best:.2f})", *theirs.scores(few, best))
        yield from costs.lines()


def _only(proposed: Proposed, people: Sequence[Registered]) -> Proposed:
    asked = {identifier(one.asked) for one in people}
    return Proposed(pairs={pair: sure for pair, sure in proposed.pairs.items() if asked & set(pair)})


def _balance(scores: tuple[float, float, int]) -> float:
    recall, precision, _ = scores
    return 2 * recall * precision / (recall + precision) if recall + precision else 0.0


def _scores(name: str, recall: float, precision: float, pairs: int) -> str:
    return f"{name:<44}{pairs:>6} paires   rappel {recall:.3f}   précision {precision:.3f}"


def _pair(one: Any, other: Any) -> tuple[Any, Any]:
    return (one, other) if one < other else (other, one)
