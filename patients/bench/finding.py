"""The bench of the search: who is found, kind of error by kind of error, and what a search costs, against pg_trgm."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import chain, islice, zip_longest
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from patients.bench import desk
from patients.bench.filling import SEARCHED, identifier
from patients.bench.questions import KINDS, PROMISED, Question, questions
from patients.bench.timing import Costs, load
from patients.bench.trigram import DATED, NAMES, WALLED, Rival
from patients.forms import SearchForm
from patients.identity.traits import TraitSet
from patients.limits import SEARCHES
from patients.models import Patient
from patients.search import find_by_traits, traits_of

RANKS = 20  # how far one is looked for; the screen shows ten of them
PROMISE, UNKEPT = 0.98, "sous la promesse"
_DRAWN_FROM = 60_000  # consecutive identities, twins included
_NOWHERE = 10**6


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The rank of who was looked for in each answer to one kind of question; `refused` were not searched."""

    kind: str
    ranks: tuple[int, ...]
    refused: int = 0

    def recall(self, among: int) -> float:
        return sum(rank <= among for rank in self.ranks) / len(self.ranks) if self.ranks else 1.0


def draw(size: int, *, each: int, kinds: Sequence[str] = ()) -> list[Question]:
    """The questions about the middle of the population, in the current scope."""
    first, count = size // 2, min(_DRAWN_FROM, size // 2)
    stored = Patient.objects.filter(pk__gte=identifier(first), pk__lt=identifier(first + count)).order_by("pk")
    people = [(first + _rank(one.pk, first), traits_of(one)) for one in stored.iterator()]
    return list(questions(people, each=each, kinds=kinds))


def _rank(pk: UUID, first: int) -> int:
    return pk.int - identifier(first).int


def found(asked: Sequence[Question]) -> list[Found]:
    """Ask each question of the search itself, through its form, in the current scope; one line a kind."""
    answers: dict[str, list[int]] = {}
    refused: dict[str, int] = {}
    for question in asked:
        traits = read(question)
        if traits is None:
            refused[question.kind] = refused.get(question.kind, 0) + 1
            continue
        matches = find_by_traits(traits, most=RANKS)
        ranks = answers.setdefault(question.kind, [])
        ranks.append(_place(question, [match.patient.pk for match in matches]))
    return [Found(kind=kind, ranks=tuple(ranks), refused=refused.get(kind, 0)) for kind, ranks in answers.items()]


def read(question: Question) -> TraitSet | None:
    """What the form understands of a question; None when it refuses it with a sentence."""
    form = SearchForm(asdict(question.typed))
    return form.traits() if form.is_valid() else None


def found_by(rival: Rival, asked: Sequence[Question], costs: Costs) -> list[Found]:
    """Ask the same of pg_trgm; what it costs goes to `costs`."""
    answers: dict[str, list[int]] = {}
    for question in asked:
        traits = read(question)
        if traits is None:
            continue
        text = rival.text_of(question.typed, traits)
        keys = costs.of(lambda text=text: rival.find(text))
        answers.setdefault(question.kind, []).append(_place(question, keys))
    return [Found(kind=kind, ranks=tuple(ranks)) for kind, ranks in answers.items()]


def _place(question: Question, keys: Sequence[Any]) -> int:
    wanted = identifier(question.wanted)
    return next((rank for rank, key in enumerate(keys, start=1) if key == wanted), _NOWHERE)


def mixed(asked: Sequence[Question], most: int) -> list[Question]:
    """At most so many questions, of every kind in turn."""
    by_kind: dict[str, list[Question]] = {}
    for question in asked:
        by_kind.setdefault(question.kind, []).append(question)
    turns = chain.from_iterable(zip_longest(*by_kind.values()))
    return list(islice((question for question in turns if question), most))


def costs(asked: Sequence[Question], times: int) -> tuple[Costs, Costs]:
    """The search without its page, one transaction each, and its SQL alone."""
    whole, sql = Costs(name="recherche, sans la page", times=times), Costs(name="son SQL seul", times=times)
    for question in asked:
        traits = read(question)
        if traits is None:
            continue
        with transaction.atomic():
            open_network()
            with CaptureQueriesContext(connection) as captured:
                find_by_traits(traits)
            whole.of(lambda traits=traits: find_by_traits(traits))
            sql.of(lambda text=captured.captured_queries[0]["sql"]: _all(text))
    return whole, sql


def _all(sql: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def secretaries(searches: int, times: int) -> int:
    """How many people it takes to make so many searches so many times, none of them too often."""
    return -(-searches // _one_person(times))


def _one_person(times: int) -> int:
    return max(1, SEARCHES // times)


def pages(asked: Sequence[Question], times: int) -> tuple[Costs, Costs, Costs]:
    """The same from the desk: the results, the form posted before them, and a page without a search beside them."""
    results = Costs(name="page des résultats, de bout en bout", times=times)
    posted = Costs(name="envoi du formulaire, avant elle")
    empty = Costs(name="page de recherche vide, pour comparer", times=times)
    clients = desk.secretaries(len(asked), each=_one_person(times))
    for question, client in zip(asked, clients, strict=False):
        location = posted.of(lambda client=client, typed=question.typed: desk.post(client, typed))
        if location:
            results.of(lambda client=client, location=location: desk.read(client, location))
            empty.of(lambda client=client: desk.read(client, desk.address()))
    return results, posted, empty


def report(size: int, *, each: int, searches: int, times: int, rival: int) -> Iterator[str]:
    """Everything, line after line, as the role of the web: recall, costs, then pg_trgm on some of each kind."""
    with transaction.atomic():
        open_network()
        asked = draw(size, each=each)
    with transaction.atomic():
        open_network()
        ours = {one.kind: one for one in found(asked)}
    few = [question for kind in KINDS for question in [q for q in asked if q.kind == kind][:rival]]
    rivals = [(one, Costs(name=one.name)) for one in (NAMES, DATED)] if rival else []
    theirs = []
    with transaction.atomic(), connection.cursor() as cursor:
        open_network()
        cursor.execute("SET LOCAL statement_timeout = 0")  # behind a wall, a trigram reads the whole table
        for one, spent in rivals:
            theirs.append({line.kind: line for line in found_by(one, few, spent)})
        if rival:
            walled = Costs(name=WALLED.name)
            found_by(WALLED, few[:: max(1, len(few) // 5)][:5], walled)
            rivals.append((WALLED, walled))
    yield from _table(ours, theirs)
    chosen = mixed([question for question in asked if question.kind in PROMISED], searches)
    yield load()
    for spent in (*pages(chosen, times), *costs(chosen, times), *(spent for _, spent in rivals)):
        yield from spent.lines()
    yield load()


def _table(ours: dict[str, Found], theirs: Sequence[dict[str, Found]]) -> Iterator[str]:
    heads = ("au 1er rang", "parmi 10", "parmi 20", *(["noms", "et date"] if theirs else []))
    yield f"{'erreur':<34}{'posées':>7}{'refus':>6}" + "".join(f"{head:>12}" for head in heads)
    for kind in (*PROMISED, *(kind for kind in KINDS if kind not in PROMISED)):
        line = ours.get(kind)
        if line is None:
            continue
        shares = [line.recall(1), line.recall(10), line.recall(RANKS)]
        shares += [their[kind].recall(RANKS) for their in theirs if kind in their]
        mark = "*" if kind in PROMISED else " "
        kept = f"   {UNKEPT}" if kind in PROMISED and line.recall(RANKS) < PROMISE else ""
        yield f"{mark} {kind:<32}{len(line.ranks):>7}{line.refused:>6}" + "".join(f"{s:>12.3f}" for s in shares) + kept
    if theirs:
        yield f"noms, et date : pg_trgm, parmi {RANKS}, sur les premières questions de chaque sorte"


def open_network() -> None:
    """The scope of a reader of the network searched, in the current transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('dcc.regions', %s, true)", [f"{{{','.join(map(str, SEARCHED))}}}"])
