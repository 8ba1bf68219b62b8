"""A hospital's identity feed: what is said, late and replayed messages, merges, answers (PAT-03)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from interop.hl7v2.ack import parse_ack
from interop.pam.memory import MemoryRegistry
from interop.pam.outcome import ConflictKind, Effect, Outcome
from interop.pam.registry import RegistryUnavailable
from tests.interop.pam_feed import (
    INS_A,
    INS_B,
    MARTIN,
    NOW,
    QUALIFIED,
    Adt,
    Hospital,
    ins,
    ipp,
    number,
    who,
)


@pytest.fixture
def hospital() -> Hospital:
    return Hospital()


# What a message says, and does not say


def test_a_creation_opens_one_identity_with_its_traits(hospital: Hospital) -> None:
    outcome = hospital.send(Adt(event="A28", minute=0, ids=QUALIFIED, contacts="^PRN^CP^^^^^^^^^0600000000"))
    assert (outcome.effect, outcome.code) == (Effect.CREATED, "AA")
    person = who(hospital, "1")
    assert (person.birth_name, person.first_given_name, person.given_names) == (
        "PAT-TROIS",
        "DOMINIQUE",
        "DOMINIQUE MARIE",
    )
    assert (person.sex, person.birth_insee, person.phones) == ("F", "63220", ("0600000000",))
    assert (person.status, person.ins and person.ins.matricule) == ("QUAL", INS_A)
    assert person.missing == ()


def test_empty_keeps_and_null_deletes(hospital: Hospital) -> None:
    used = "~D'EXEMPLE^MARIE^^^^^D"
    full = Adt(event="A28", minute=0, ids=ipp("1"), name=MARTIN + used, contacts="^PRN^CP^^^^^^^^^0600000000")
    hospital.send(full, Adt(event="A31", minute=1, ids=ipp("1"), name=MARTIN))
    assert (who(hospital, "1").used_name, who(hospital, "1").phones) == ("D'EXEMPLE", ("0600000000",))
    hospital.send(Adt(event="A31", minute=2, ids=ipp("1"), name=MARTIN + '~""^""^^^^^D', contacts='""'))
    assert (who(hospital, "1").used_name, who(hospital, "1").used_given_name, who(hospital, "1").phones) == ("", "", ())


@pytest.mark.parametrize("trait", [{"birth": '""'}, {"sex": '""'}, {"name": 'MARTIN^""^^^^^L'}, {"name": '""'}])
def test_a_strict_trait_is_never_deleted(hospital: Hospital, trait: dict[str, str]) -> None:
    hospital.send(Adt(event="A28", minute=0, ids=ipp("1"), name=MARTIN))
    before = hospital.state
    outcome = hospital.send(replace(Adt(event="A31", minute=1, ids=ipp("1"), name=MARTIN), **trait))
    assert outcome.code == "AE"
    assert hospital.state == before


def test_names_are_normalised_and_a_refusal_names_the_character(hospital: Hospital) -> None:
    hospital.send(Adt(event="A28", minute=0, ids=ipp("1"), name="Lœvy’ançon^Zoé^^^^^L"))
    assert (who(hospital, "1").birth_name, who(hospital, "1").first_given_name) == ("LOEVY'ANCON", "ZOE")
    outcome = hospital.send(Adt(event="A28", minute=1, ids=ipp("2"), name="MART1N^PAULE^^^^^L"))
    [error] = parse_ack(outcome.ack).errors
    assert (error.location, error.code) == ("PID^1^5", "102")
    assert "«\u00a01\u00a0» (position 5)" in error.message


@pytest.mark.parametrize(
    ("sent", "day", "interpreted"),
    [
        ("19630311", "1963-03-11", False),
        ("196303111215", "1963-03-11", False),
        ("196303", "1963-03-01", True),
        ("19630300", "1963-03-01", True),
        ("19630011", "1963-01-11", True),
        ("1963", "1963-12-31", True),
    ],
)
def test_partial_birth_dates_follow_the_national_rule(
    hospital: Hospital, sent: str, day: str, interpreted: bool
) -> None:
    hospital.send(Adt(event="A28", minute=0, ids=ipp("1"), birth=sent))
    assert (str(who(hospital, "1").birth_date), who(hospital, "1").birth_date_interpreted) == (day, interpreted)


def test_the_feed_can_say_that_a_full_birth_date_was_completed(hospital: Hospital) -> None:
    hospital.send(Adt(event="A28", minute=0, ids=ipp("1"), birth="19630101", extra="ZFD||||Y|SM"))
    assert who(hospital, "1").birth_date_interpreted is True


def test_a_lunar_date_is_refused_with_advice(hospital: Hospital) -> None:
    outcome = hospital.send(Adt(event="A28", minute=0, ids=ipp("1"), birth="19631400"))
    assert outcome.code == "AE"
    assert "ZFD-1" in parse_ack(outcome.ack).reasons


def test_an_identity_without_its_required_traits_waits_for_them(hospital: Hospital) -> None:
    outcome = hospital.send(Adt(event="A31", minute=5, ids=ipp("1"), birth="", sex=""))
    assert outcome.code == "AA"
    assert outcome.alerts == ("identité incomplète, en attente\u00a0: date de naissance, sexe",)
    outcome = hospital.send(Adt(event="A28", minute=0, ids=ipp("1")))
    assert outcome.effect is Effect.LATE
    assert outcome.identity is not None
    assert outcome.identity.missing == ()
    assert len(hospital.registry.identities) == 1


# Time


def test_a_late_message_overwrites_nothing_and_fills_what_nothing_newer_says(hospital: Hospital) -> None:
    hospital.send(Adt(event="A31", minute=10, ids=ipp("1"), name=MARTIN))
    late = Adt(event="A28", minute=0, ids=ipp("1"), name="MARTEN^PAULE^^^^^L", contacts="^PRN^PH^^^^^^^^^0199000000")
    outcome = hospital.send(late)
    assert (outcome.effect, outcome.code) == (Effect.LATE, "AA")
    assert (who(hospital, "1").birth_name, who(hospital, "1").phones) == ("MARTIN", ("0199000000",))


def test_a_replay_has_no_effect_and_the_same_answer(hospital: Hospital) -> None:
    message = Adt(event="A28", minute=0, ids=ipp("1"))
    first = hospital.send(message)
    hospital.send(Adt(event="A31", minute=1, ids=ipp("1"), name=MARTIN))
    before = hospital.state
    again = hospital.send(message, now=NOW + timedelta(hours=1))
    assert (again.effect, again.code, again.ack) == (Effect.REPLAYED, first.code, first.ack)
    assert hospital.state == before


def test_a_refusal_too_is_replayed(hospital: Hospital) -> None:
    message = Adt(event="A28", minute=0, ids=ipp("1"), sex="X")
    assert hospital.send(message).ack == hospital.send(message, now=NOW + timedelta(hours=1)).ack


def test_an_engine_that_stamps_the_header_again_still_replays(hospital: Hospital) -> None:
    raw = Adt(event="A28", minute=0, ids=ipp("1")).raw()
    first = hospital.send(raw)
    again = hospital.send(raw.replace(b"RESEAU|20260302", b"RESEAU|20260305", 1))
    assert (again.effect, again.ack) == (Effect.REPLAYED, first.ack)


def test_another_message_under_the_same_id_is_not_lost_in_silence(hospital: Hospital) -> None:
    hospital.send(Adt(event="A28", minute=0, ids=ipp("1"), control="7"))
    outcome = hospital.send(Adt(event="A31", minute=1, ids=ipp("1"), name=MARTIN, control="7"))
    assert outcome.code == "AE"
    assert "déjà employé pour un autre contenu" in parse_ack(outcome.ack).reasons
    assert who(hospital, "1").birth_name == "PAT-TROIS"
    other = Adt(event="A31", minute=1, ids=ipp("1"), name=MARTIN, control="7", facility="AUTRE")
    assert hospital.send(other).code == "AA"


def test_an_event_of_the_future_would_silence_the_feed_and_is_refused(hospital: Hospital) -> None:
    outcome = hospital.send(Adt(event="A28", minute=0, ids=ipp("1")), now=NOW.replace(year=2025))
    assert outcome.code == "AE"
    assert parse_ack(outcome.ack).errors[0].location == "EVN^1^2"


# Merges and changes of identifier


def test_a_merge_makes_one_identity_and_keeps_the_alias(hospital: Hospital) -> None:
    hospital.send(
        Adt(event="A28", minute=0, ids=ipp("1"), name=MARTIN),
        Adt(event="A28", minute=1, ids=ipp("2"), name="MARTEN^PAULE^^^^^L"),
    )
    outcome = hospital.send(Adt(event="A40", minute=2, ids=ipp("1"), name=MARTIN, mrg=ipp("2")))
    assert outcome.effect is Effect.MERGED
    assert who(hospital, "2") is who(hospital, "1")
    person = who(hospital, "1")
    assert (person.birth_name, person.identifiers, person.aliases) == ("MARTIN", (number("1"),), (number("2"),))
    assert len(hospital.registry.gone) == 1


@pytest.mark.parametrize("known", [(), ("1",), ("2",)])
def test_a_merge_into_or_from_an_unknown_identity(hospital: Hospital, known: tuple[str, ...]) -> None:
    for value in known:
        hospital.send(Adt(event="A28", minute=0, ids=ipp(value), name=MARTIN))
    hospital.send(Adt(event="A40", minute=2, ids=ipp("1"), name=MARTIN, mrg=ipp("2")))
    assert len(hospital.registry.identities) == 1
    assert who(hospital, "2").identifiers == (number("1"),)


def test_a_survivor_said_by_its_name_alone_keeps_what_was_known_of_the_other(hospital: Hospital) -> None:
    hospital.send(Adt(event="A28", minute=0, ids=ipp("2"), name=MARTIN))
    hospital.send(Adt(event="A40", minute=2, ids=ipp("1"), name=MARTIN, birth="", sex="", addresses="", mrg=ipp("2")))
    person = who(hospital, "1")
    assert (person.missing, str(person.birth_date), person.birth_insee) == ((), "1979-03-28", "63220")


def test_an_update_of_the_merged_number_goes_to_the_survivor_and_undoes_nothing(hospital: Hospital) -> None:
    hospital.send(
        Adt(event="A28", minute=0, ids=ipp("1"), name=MARTIN),
        Adt(event="A28", minute=1, ids=ipp("2"), name=MARTIN),
        Adt(event="A40", minute=2, ids=ipp("1"), name=MARTIN, mrg=ipp("2")),
    )
    hospital.send(Adt(event="A31", minute=3, ids=ipp("2"), name=MARTIN, contacts="^PRN^PH^^^^^^^^^0199000000"))
    person = who(hospital, "1")
    assert (person.phones, person.identifiers, person.aliases) == (("0199000000",), (number("1"),), (number("2"),))
    assert len(hospital.registry.identities) == 1


def test_a_creation_older_than_the_merge_does_not_bring_the_merged_number_back(hospital: Hospital) -> None:
    hospital.send(Adt(event="A40", minute=5, ids=ipp("1"), name=MARTIN, mrg=ipp("2")))
    hospital.send(Adt(event="A28", minute=0, ids=ipp("2"), name="MARTEN^POLE^^^^^L", contacts="^PRN^PH^^^^^^^^^0111"))
    person = who(hospital, "1")
    assert who(hospital, "2") is person
    assert (person.birth_name, person.phones) == ("MARTIN", ())


def test_merges_chain(hospital: Hospital) -> None:
    hospital.send(
        Adt(event="A40", minute=1, ids=ipp("2"), name=MARTIN, mrg=ipp("3")),
        Adt(event="A40", minute=2, ids=ipp("1"), name=MARTIN, mrg=ipp("2")),
    )
    assert who(hospital, "3") is who(hospital, "1")
    assert who(hospital, "1").aliases == (number("2"), number("3"))


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_a_merge_turned_round_keeps_the_last_survivor(hospital: Hospital, order: tuple[int, int]) -> None:
    turns = {
        1: Adt(event="A40", minute=1, ids=ipp("1"), name=MARTIN, mrg=ipp("2")),
        2: Adt(event="A40", minute=2, ids=ipp("2"), name=MARTIN, mrg=ipp("1")),
    }
    hospital.send(*(turns[turn] for turn in order))
    assert (who(hospital, "1").identifiers, who(hospital, "1").aliases) == ((number("2"),), (number("1"),))


def test_two_qualified_identities_with_different_ins_are_not_merged(hospital: Hospital) -> None:
    hospital.send(
        Adt(event="A28", minute=0, ids=QUALIFIED),
        Adt(event="A28", minute=1, ids=f"{ipp('2')}~{ins(INS_B)}", name=MARTIN),
    )
    before = hospital.state
    outcome = hospital.send(Adt(event="A40", minute=2, ids=ipp("1"), mrg=ipp("2")))
    assert outcome.code == "AE"
    assert [conflict.kind for conflict in hospital.registry.conflicts] == [ConflictKind.TWO_INS]
    assert "INS différentes" in parse_ack(outcome.ack).reasons
    assert hospital.state == before


@pytest.mark.parametrize(
    ("mrg", "code"),
    [("", "100"), ("2^^^X&9.9&ISO^PI", "103"), (ipp("1"), "199"), ("2", "101"), (f"{ipp('2')}~{ipp('3')}", "198")],
)
def test_a_merge_that_names_its_loser_badly_is_refused(hospital: Hospital, mrg: str, code: str) -> None:
    outcome = hospital.send(Adt(event="A40", minute=2, ids=ipp("1"), mrg=mrg))
    assert [error.code for error in parse_ack(outcome.ack).errors] == [code]
    assert hospital.state == []


def test_a_number_already_merged_elsewhere_is_for_a_person(hospital: Hospital) -> None:
    hospital.send(Adt(event="A40", minute=1, ids=ipp("1"), name=MARTIN, mrg=ipp("2")))
    hospital.send(Adt(event="A28", minute=2, ids=ipp("9"), name=MARTIN))
    outcome = hospital.send(Adt(event="A40", minute=3, ids=ipp("9"), name=MARTIN, mrg=ipp("2")))
    assert (outcome.code, outcome.conflicts[0].kind) == ("AE", ConflictKind.ALREADY_REDIRECTED)
    assert len(hospital.registry.identities) == 2


def test_a_changed_number_is_the_same_person_under_both(hospital: Hospital) -> None:
    hospital.send(Adt(event="A28", minute=0, ids=ipp("1"), name=MARTIN, contacts="^PRN^PH^^^^^^^^^0111"))
    outcome = hospital.send(Adt(event="A47", minute=1, ids=ipp("2"), name=MARTIN, mrg=ipp("1")))
    assert outcome.effect is Effect.RENAMED
    person = who(hospital, "1")
    assert (person.identifiers, person.aliases, person.phones) == ((number("2"),), (number("1"),), ("0111",))
    assert hospital.registry.gone == {}


def test_a_change_to_a_number_in_use_is_for_a_person(hospital: Hospital) -> None:
    hospital.send(
        Adt(event="A28", minute=0, ids=ipp("1"), name=MARTIN), Adt(event="A28", minute=0, ids=ipp("2"), control="x")
    )
    before = hospital.state
    outcome = hospital.send(Adt(event="A47", minute=1, ids=ipp("2"), name=MARTIN, mrg=ipp("1")))
    assert (outcome.code, outcome.conflicts[0].kind) == ("AE", ConflictKind.IDENTIFIER_TAKEN)
    assert hospital.state == before


def test_a_change_to_a_number_in_use_is_a_conflict_even_between_numbers_of_one_person(hospital: Hospital) -> None:
    hospital.send(Adt(event="A28", minute=0, ids=QUALIFIED), Adt(event="A28", minute=1, ids=f"{ipp('2')}~{ins(INS_A)}"))
    assert who(hospital, "1") is who(hospital, "2")
    assert hospital.send(Adt(event="A47", minute=2, ids=ipp("2"), mrg=ipp("1"))).code == "AE"


# Answers


def test_the_answer_is_that_of_the_feed(hospital: Hospital) -> None:
    outcome = hospital.send(Adt(event="A28", minute=0, ids=ipp("1"), sex="X", status="QUAL"))
    answer = parse_ack(outcome.ack)
    assert outcome.ack.startswith(b"MSH|^~\\&|DCC|RESEAU|GAM|CH|")
    assert b"|ACK^A28^ACK|" in outcome.ack
    assert (answer.code, answer.acknowledged_id) == ("AE", "A2800000")
    assert {(error.location, error.code) for error in answer.errors} == {("PID^1^8", "103"), ("PID^1^32", "103")}


def test_a_store_that_is_down_asks_to_send_again(hospital: Hospital) -> None:
    class Down(MemoryRegistry):
        def attach(self, ref: int, record: object) -> None:
            raise RegistryUnavailable

    message = Adt(event="A28", minute=0, ids=ipp("1"))
    down = Hospital(registry=Down())
    assert down.send(message).code == "AR"
    assert down.registry.answers == {}
    assert hospital.send(message).code == "AA"


@pytest.mark.parametrize("raw", [b"", b"GET / HTTP/1.1\r\n", b"MSH|^~\\&|", b"\x00\xff"])
def test_what_is_not_a_message_is_answered(hospital: Hospital, raw: bytes) -> None:
    outcome: Outcome[int] = hospital.send(raw)
    assert outcome.code == "AE"
    assert parse_ack(outcome.ack).errors


# Somebody else under a number


JEAN = {"name": "DUPONT^JEAN^^^^^L", "birth": "19500101", "sex": "M"}
PAULE = {"name": "MARTIN^PAULE^^^^^L", "birth": "19620303", "sex": "F"}


@pytest.mark.parametrize("status", ["PROV", "", "VALI"])
def test_three_traits_that_differ_are_somebody_else_whatever_the_status(hospital: Hospital, status: str) -> None:
    hospital.send(Adt(event="A28", minute=0, ids=ipp("1"), status=status, **JEAN))
    other = Adt(event="A31", minute=5, ids=ipp("1"), name="MARTIN^JEAN^^^^^L", birth="19620303", sex="F", status=status)
    outcome = hospital.send(other)
    assert (outcome.code, [one.kind for one in outcome.conflicts]) == ("AE", [ConflictKind.COLLISION])
    assert who(hospital, "1").birth_name == "DUPONT"


@pytest.mark.parametrize(
    "changed",
    [
        {"name": "DURAND^JEAN^^^^^L", "birth": "19500101"},
        {"name": "DUPOND^JAN^^^^^L", "birth": "19500110", "sex": "F"},
        {"name": "MARTIN^JEAN^^^^^L~DUPONT^^^^^^D", "birth": "19620303", "sex": "F"},
    ],
)
def test_a_correction_a_slip_or_a_used_name_is_nobody_else(hospital: Hospital, changed: dict[str, str]) -> None:
    hospital.send(Adt(event="A28", minute=0, ids=ipp("1"), **JEAN))
    assert hospital.send(Adt(event="A31", minute=5, ids=ipp("1"), **{**JEAN, **changed})).code == "AA"


def test_the_former_number_given_to_somebody_else_does_not_overwrite_who_had_it(hospital: Hospital) -> None:
    hospital.send(Adt(event="A47", minute=5, ids=ipp("2"), mrg=ipp("1"), **JEAN))
    outcome = hospital.send(Adt(event="A31", minute=9, ids=ipp("1"), **PAULE))
    assert (outcome.code, who(hospital, "2").birth_name) == ("AE", "DUPONT")


def test_the_ins_of_a_merged_number_brings_nobody_into_the_survivor(hospital: Hospital) -> None:
    hospital.send(
        Adt(event="A28", minute=0, ids=ipp("1"), **JEAN),
        Adt(event="A28", minute=1, ids=f"{ipp('3')}~{ins(INS_B)}", **PAULE),
        Adt(event="A40", minute=2, ids=ipp("1"), mrg=ipp("2"), **JEAN),
    )
    outcome = hospital.send(Adt(event="A31", minute=9, ids=f"{ipp('2')}~{ins(INS_B)}", **PAULE))
    assert [one.kind for one in outcome.conflicts] == [ConflictKind.SAME_INS]
    assert who(hospital, "1") is not who(hospital, "3")
    assert (who(hospital, "1").birth_name, who(hospital, "1").ins) == ("DUPONT", None)
    assert who(hospital, "3").status == "QUAL"
