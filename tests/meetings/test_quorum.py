"""The quorum, case by case (D8, MTG-07, MTG-08)."""

import pytest

from rcp.meetings.quorum import Group, Participant, Rule, evaluate, forecast, pluralised

SURGEON, ONCOLOGIST, RADIOTHERAPIST = "SM14", "SM36", "SM37"
RADIOLOGIST, PATHOLOGIST, HAEMATOLOGIST, GASTRO = "SM44", "SM01", "SM21", "SM24"
BREAST = Rule(
    groups=(
        Group(label="chirurgien", roles=frozenset({"chirurgien"})),
        Group(label="oncologue médical", roles=frozenset({"oncologue"})),
        Group(label="radiothérapeute", roles=frozenset({"radiotherapeute"})),
    )
)
BLOOD = Rule(groups=(Group(label="hématologue", roles=frozenset({"hematologue"}), count=2),))


def physicians(*specialties: str, presence: str = "present", remote: bool = False) -> list[Participant]:
    return [
        Participant(name=f"Dr {code}", profession="10", specialty=code, presence=presence, remote=remote)
        for code in specialties
    ]


@pytest.mark.parametrize(
    ("present", "missing"),
    [
        ([SURGEON, ONCOLOGIST, RADIOTHERAPIST], ""),
        ([SURGEON, ONCOLOGIST, RADIOTHERAPIST, RADIOLOGIST, PATHOLOGIST], ""),
        ([SURGEON, ONCOLOGIST], "Il manque un radiothérapeute"),
        # three physicians of three specialties are not enough without the seats of the board
        ([SURGEON, ONCOLOGIST, RADIOLOGIST], "Il manque un radiothérapeute"),
        ([SURGEON, SURGEON, ONCOLOGIST], "Il manque un radiothérapeute"),
        ([SURGEON], "Il manque un oncologue médical et un radiothérapeute"),
        ([], "Il manque un chirurgien, un oncologue médical et un radiothérapeute"),
        ([RADIOLOGIST, PATHOLOGIST, GASTRO], "Il manque un chirurgien, un oncologue médical et un radiothérapeute"),
    ],
)
def test_each_seat_of_the_board_is_held_by_somebody(present: list[str], missing: str) -> None:
    quorum = evaluate(BREAST, physicians(*present))
    assert quorum.missing_sentence == missing
    assert quorum.reached is (missing == "")


@pytest.mark.parametrize(
    ("present", "missing"),
    [
        ([HAEMATOLOGIST, HAEMATOLOGIST, PATHOLOGIST], "Il manque un médecin d’une autre spécialité"),
        ([HAEMATOLOGIST, HAEMATOLOGIST, PATHOLOGIST, RADIOLOGIST], ""),
        ([HAEMATOLOGIST, PATHOLOGIST, RADIOLOGIST], "Il manque un hématologue"),
        ([PATHOLOGIST], "Il manque 2 hématologues"),
        ([], "Il manque 2 hématologues et un autre médecin d’une autre spécialité"),
    ],
)
def test_a_seat_asked_twice_needs_two_people(present: list[str], missing: str) -> None:
    assert evaluate(BLOOD, physicians(*present)).missing_sentence == missing


def test_without_seats_three_physicians_of_three_specialties() -> None:
    rule = Rule()
    assert evaluate(rule, physicians(SURGEON, ONCOLOGIST, GASTRO)).reached
    assert not evaluate(rule, physicians(SURGEON, SURGEON, SURGEON)).reached
    assert evaluate(rule, physicians(SURGEON, SURGEON)).missing_sentence == "Il manque 2 médecins d’autres spécialités"
    assert (
        evaluate(rule, physicians(SURGEON, ONCOLOGIST)).missing_sentence
        == "Il manque un médecin d’une autre spécialité"
    )


def test_the_same_specialty_under_two_codes_is_one() -> None:
    """General practice has two codes in the national list."""
    assert evaluate(Rule(), physicians("SM26", "SM54", SURGEON)).specialties == 2


def test_one_physician_holds_one_seat() -> None:
    """Two seats that the same people could fill: the matching finds who sits where, and never counts one twice."""
    rule = Rule(
        groups=(
            Group(label="chirurgien ou oncologue médical", roles=frozenset({"chirurgien", "oncologue"})),
            Group(label="chirurgien", roles=frozenset({"chirurgien"})),
        )
    )
    assert evaluate(rule, physicians(SURGEON, ONCOLOGIST, GASTRO)).reached
    assert not evaluate(rule, physicians(SURGEON, RADIOLOGIST, GASTRO)).reached
    assert not evaluate(rule, physicians(ONCOLOGIST, RADIOLOGIST, GASTRO)).reached


@pytest.mark.parametrize("profession", ["60", "21", "interne", "secretaire", "50"])
def test_those_who_are_not_physicians_never_count(profession: str) -> None:
    nurse = Participant(name="Mme X", profession=profession, specialty=RADIOTHERAPIST, presence="present")
    assert evaluate(BREAST, [*physicians(SURGEON, ONCOLOGIST), nurse]).physicians == 2


def test_a_physician_without_a_specialty_holds_no_seat() -> None:
    unknown = Participant(name="Dr X", profession="10", specialty="", presence="present")
    assert evaluate(BREAST, [unknown]).physicians == 0


@pytest.mark.parametrize(("counts", "reached"), [(True, True), (False, False)])
def test_remote_physicians_count_if_the_board_says_so(counts: bool, reached: bool) -> None:
    rule = Rule(remote_counts=counts)
    room = [*physicians(SURGEON, ONCOLOGIST), *physicians(RADIOTHERAPIST, remote=True)]
    assert evaluate(rule, room).reached is reached


@pytest.mark.parametrize(("counts", "reached"), [(True, True), (False, False)])
def test_written_opinions_count_if_the_board_says_so(counts: bool, reached: bool) -> None:
    rule = Rule(written_counts=counts)
    room = [*physicians(SURGEON, ONCOLOGIST), *physicians(RADIOTHERAPIST, presence="written")]
    assert evaluate(rule, room).reached is reached


def test_those_expected_or_absent_do_not_count_in_the_room_but_make_the_forecast() -> None:
    room = [*physicians(SURGEON, ONCOLOGIST), *physicians(RADIOTHERAPIST, presence="expected")]
    assert not evaluate(BREAST, room).reached
    assert forecast(BREAST, room).reached
    gone = [*physicians(SURGEON, ONCOLOGIST), *physicians(RADIOTHERAPIST, presence="absent")]
    assert forecast(BREAST, gone).missing_sentence == "Il manque un radiothérapeute"


def test_the_rule_is_said_in_words() -> None:
    assert (
        BREAST.sentence == "au moins 3 médecins de 3 spécialités, dont chirurgien, oncologue médical et radiothérapeute"
    )
    assert BLOOD.sentence == "au moins 3 médecins de 3 spécialités, dont 2 hématologues"


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("oncologue médical", "oncologues médicaux"),
        ("médecin de soins palliatifs", "médecins de soins palliatifs"),
        ("spécialiste d’organe", "spécialistes d’organe"),
        ("oncologue médical ou spécialiste d’organe", "oncologues médicaux ou spécialistes d’organe"),
    ],
)
def test_seats_agree_in_number(one: str, many: str) -> None:
    assert pluralised(one) == many
