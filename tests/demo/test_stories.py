"""What the demonstration tells of identities and files: accepted by the rules of the product, and only test numbers."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dcc.demo.population import PATIENT_COLUMNS, patient_rows
from dcc.demo.stories import feed, folders, openings, papers, retention
from dcc.demo.stories.backstage import Person, day
from dcc.demo.stories.identities import STEPS
from dcc.demo.stories.pairs import PAIRS, Twice
from dcc.organisations.models import Organisation
from interop.pam.hearing import Policy
from interop.pam.memory import MemoryRegistry
from interop.pam.outcome import ConflictKind
from interop.pam.processing import process
from interop.terminologies.hl7v2 import AckCode
from patients.documents.identity_check import differences
from patients.documents.inspection import inspect
from patients.identity.ins import Platform
from patients.identity.matching import Level, compare
from patients.identity.population import generate
from patients.insi.interface import InsiCode, Question
from patients.insi.responder import LocalResponder
from patients.models import Patient, ReceivedFormat, ReceivedKind
from patients.sharing.unusual import RULES

EVERYBODY = [
    *(step.person for step in STEPS.values()),
    *(person for pair in PAIRS.values() for person in (pair.first, pair.second)),
    *(person for person, _ in retention.OLD),
]


def named(person: Person) -> str:
    return f"{person.birth_name} {person.given} {person.born}"


@pytest.mark.parametrize("person", EVERYBODY, ids=named)
def test_everybody_is_typed_by_the_rules(person: Person) -> None:
    traits = person.identity().traits()
    assert traits.birth_name
    assert traits.birth_insee == person.insee
    assert not traits.birth_date_interpreted


@pytest.mark.parametrize("pair", PAIRS.values(), ids=PAIRS)
def test_each_pair_is_one_the_search_for_doubles_proposes(pair: Twice) -> None:
    comparison = compare(pair.first.identity().traits(), pair.second.identity().traits())
    assert comparison.level is not Level.WEAK
    assert not comparison.twins
    assert pair.days[0] > pair.days[1], "the second one was created later"


@pytest.mark.parametrize("key", [key for key, step in STEPS.items() if step.insi])
def test_who_has_an_ins_is_of_the_test_platform(key: str) -> None:
    step = STEPS[key]
    traits = step.person.identity().traits()
    assert traits.birth_date
    asked = Question(
        birth_name=traits.birth_name, given_name=step.insi, sex=traits.sex, birth_date=traits.birth_date
    )  # fmt: skip
    answer = LocalResponder().answer(asked)
    assert answer.code == InsiCode.FOUND
    assert answer.identity
    assert answer.identity.ins.kind.platform is Platform.TEST


def patient() -> Patient:
    traits = STEPS["ruth"].person.identity()
    return Patient(
        birth_name=traits.birth_name.normalised,
        birth_name_key=traits.birth_name.key,
        first_given_name=traits.first_given_name.normalised,
        first_given_name_key=traits.first_given_name.key,
        birth_date=traits.birth_date.value,
        sex=traits.sex,
    )


def test_documents_are_those_the_product_accepts() -> None:
    made = inspect(papers.pdf("Labo", "Compte rendu (essai)", ["Ligne accentuée\u00a0: é", "", r"fin \ "]))
    assert (made.format, made.pages) == (ReceivedFormat.PDF, 1)
    assert inspect(papers.picture("IMAGE")).format == ReceivedFormat.PNG
    pathology = folders._pathology(patient(), 6, complement=True)
    assert inspect(pathology.data).format == ReceivedFormat.PDF


def test_a_cda_says_what_it_is_and_differs_only_where_told() -> None:
    told = {
        "code": "60568-3", "title": "Compte rendu", "author": ("Anne", "Morvan"), "origin": "Labo & Cie",
        "made_on": day(3), "sections": (("Conclusion", "Ki-67 < 20 %"),),
    }  # fmt: skip
    good, wrong = (inspect(papers.cda(patient(), **told, **other)) for other in ({}, {"given": "RUTHANNE"}))  # type: ignore[arg-type]
    assert good.kind == ReceivedKind.PATHOLOGY
    assert (good.author, good.origin, good.dated_on) == ("Dr Anne Morvan", "Labo & Cie", day(3))
    assert good.cda
    assert wrong.cda
    assert differences(good.cda.patient, patient()) == ()
    assert [one.label for one in differences(wrong.cda.patient, patient())] == ["Prénom"]


def test_the_feed_is_heard_to_its_last_message() -> None:
    valmer = Organisation(finess="440090059", oid="1.2.250.1.999.1.12", short_name="CHU Valmer")
    registry, policy = MemoryRegistry(), Policy(platform=Platform.TEST)
    for rank, said in enumerate((*feed.MESSAGES, *feed.DISPUTED), start=1):
        outcome = process(feed._message(said, valmer, rank), registry=registry, policy=policy, now=timezone.now())
        assert outcome.code is (AckCode.ERROR if said in feed.DISPUTED else AckCode.ACCEPTED), said
    kinds = [one.kind for one in registry.conflicts]
    assert kinds == [ConflictKind.COLLISION, ConflictKind.IDENTIFIER_TAKEN], "the collision is told twice, and is one"
    assert {name for name, *_ in feed.REGISTERED} <= {said.name.partition("^")[0] for said in feed.MESSAGES}


def test_openings_to_review_are_late_waiting_and_reviewed() -> None:
    week = timedelta(days=7).days
    assert {one.of for one in openings.BROKEN} <= {*STEPS, "typo"}
    assert any(one.days > week and not one.verdict for one in openings.BROKEN)
    assert any(one.days < week and not one.verdict for one in openings.BROKEN)
    assert {one.verdict for one in openings.BROKEN if one.verdict} != set()
    assert {rule for *_, rule in openings.UNUSUAL} <= set(RULES)


def test_nobody_bears_the_same_given_name_twice() -> None:
    column = PATIENT_COLUMNS.index("given_names")
    rows = list(patient_rows(generate(20261121, 2000), lambda _: 1, timezone.now()))
    lists = [row[column].split() for row in rows]
    assert all(len(names) == len(set(names)) for names in lists)
    assert sum(len(names) > 1 for names in lists) > 1000
