"""The bench of the search in little: who is found whatever the desk mistypes, and the rules the questions follow.

The long version is `manage.py bench search`, with its times; nothing here asserts a duration.
"""

from collections import Counter
from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from dcc.operations.schema import SchemaFailed
from patients.bench import desk, finding, timing
from patients.bench.filling import SEED, identifier
from patients.bench.people import people
from patients.bench.questions import BESIDES, KINDS, PROMISED, Question, questions
from patients.identity.traits import TraitSet
from rcp.management.commands import bench
from tests.patients.crowds import crowd_of

SIZE, EACH = 8_000, 8


@pytest.fixture(scope="module")
def crowd(django_db_setup: None) -> Iterator[None]:
    """In two founding regions of Alice's network, and as many namesakes in the other one."""
    everybody = [*people(SEED, SIZE)]
    rows = [(1 + number % 2, person) for number, person in enumerate(everybody)]
    with crowd_of([*rows, *((9, person) for person in everybody[: SIZE // 4])]):
        yield


def test_who_is_looked_for_is_found_whatever_was_mistyped(crowd, working_as):
    with working_as("alice"):
        answers = {line.kind: line for line in finding.found(finding.draw(SIZE, each=EACH))}
    asked = Counter(kind for kind, line in answers.items() for _ in line.ranks)
    assert set(answers) == set(KINDS)
    assert all(asked[kind] >= EACH // 2 for kind in KINDS), asked
    promised = [rank for kind in PROMISED for rank in answers[kind].ranks]
    assert sum(rank <= 20 for rank in promised) / len(promised) >= finding.PROMISE
    assert {kind: answers[kind].recall(20) for kind in PROMISED if answers[kind].recall(20) < 0.9} == {}
    assert {kind: answers[kind].recall(10) for kind in BESIDES if answers[kind].recall(10) < 0.8} == {}
    assert answers["sans faute"].recall(1) == answers["minuscules, accents"].recall(1) == 1.0
    assert answers["jumeau"].recall(10) == 1.0, "twins are both shown"


def test_another_network_finds_its_own_only(crowd, working_as):
    """Oscar's network holds the same people under other keys: what Alice's holds never comes to him."""
    with working_as("alice"):
        asked = finding.draw(SIZE, each=2)
    with working_as("oscar"):
        assert all(line.recall(20) == 0.0 for line in finding.found(asked))


def test_a_question_goes_through_the_pages_of_a_secretary(crowd, signed_in, working_as):
    with working_as("alice"):
        question = finding.draw(SIZE, each=1, kinds=["jour et mois inversés"])[0]
    client = signed_in("alice")
    location = desk.post(client, question.typed)
    page = client.get(location)
    assert page.status_code == 200
    assert identifier(question.wanted) in [row.patient.pk for row, _ in page.context["rows"]]


def test_the_same_seed_asks_the_same_questions():
    some = list(enumerate(people(SEED, 400)))
    first, again = (list(questions(some, each=3)) for _ in range(2))
    assert first == again
    assert first != list(questions(some, each=3, seed=8))
    assert all(question.typed.name for question in first)
    assert all(_differs(question, some[question.wanted][1]) for question in first if question.kind != "sans faute")


def _differs(question: Question, person: TraitSet) -> bool:
    born = person.birth_date
    assert born is not None
    exact = (person.birth_name, person.first_given_name, f"{born:%d%m%Y}")
    return (question.typed.name, question.typed.given_name, question.typed.birth_date) != exact


def test_costs_say_the_first_time_and_the_best_one(db):
    costs = timing.Costs(name="essai", times=3)
    assert costs.of(lambda: "réponse") == "réponse"
    (first,), (best,) = costs.first, costs.best
    assert best <= first
    lines = list(costs.lines())
    assert "essai" in lines[0]
    assert "au mieux de 3" in lines[1]


def test_the_database_of_a_bench_that_fails_is_dropped(monkeypatch):
    dropped = []
    monkeypatch.setattr(bench, "drop_database", dropped.append)
    monkeypatch.setattr(bench, "create_database", lambda name: None)

    def fails(*command: str, **where: str) -> str:
        raise SchemaFailed("plus de place")

    monkeypatch.setattr(bench, "manage", fails)
    with pytest.raises(CommandError, match="plus de place"):
        call_command("bench", "search", "--identities", "10")
    assert dropped == [bench.IDENTITIES, bench.IDENTITIES]


def test_a_broken_promise_ends_badly(monkeypatch):
    monkeypatch.setattr(bench, "drop_database", lambda name: None)
    monkeypatch.setattr(bench, "create_database", lambda name: None)
    monkeypatch.setattr(bench, "manage", lambda *command, **where: finding.UNKEPT)
    with pytest.raises(CommandError, match="promet"):
        call_command("bench", "search", "--identities", "10")
