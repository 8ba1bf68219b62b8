"""Several connections at once on the same numbers: the same end as one after the other, and nobody waits for ever."""

import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from interop.pam.outcome import Outcome
from tests.feeds.hospitals import Feeds, state_of
from tests.interop.pam_feed import AUTHORITY, INS_A, MARTIN, OTHER_AUTHORITY, Adt, Hospital, ins, ipp

THREADS = 4
VISIT = f"PV1|1|I|||||||||||||||||V1^^^CH&{AUTHORITY}&ISO^VN"
USED = ("", "~D'EXEMPLE^MARIE^^^^^D", '~""^""^^^^^D')


def history(chance: random.Random, count: int) -> list[Adt]:
    """One patient under five numbers of a hospital and one of another, merged and renamed; all are of one INS."""
    moves = {40: ("A40", "2", "1"), 55: ("A47", "4", "2"), 70: ("A40", "4", "3")}
    messages = [
        Adt(event=event, minute=minute, ids=f"{ipp(number)}~{ins(INS_A)}", mrg=ipp(prior))
        for minute, (event, number, prior) in moves.items()
    ]
    # 4 is first heard of when it replaces 2: a number in use before it would be a conflict, which has no single end.
    for minute in chance.sample([m for m in range(200) if m not in moves], k=count - len(moves)):
        number = chance.choice("1235" if minute < 55 else "12345")
        local = ipp("7", OTHER_AUTHORITY) if number == "5" else ipp(number)
        event = chance.choice(["A28", "A31", "A31"] if number == "5" else ["A28", "A31", "A31", "A01", "A02", "A03"])
        messages.append(
            Adt(
                event=event,
                minute=minute,
                ids=f"{local}~{ins(INS_A)}" if chance.random() < 0.7 else local,
                name="PAT-TROIS^DOMINIQUE^DOMINIQUE MARIE^^^^L" + chance.choice(USED),
                contacts=chance.choice(["", '""', "^PRN^PH^^^^^^^^^0199000000"]),
                status=chance.choice(["VALI", "PROV", ""]),
                extra=VISIT if event < "A20" else "",
            )
        )
    return sorted(messages, key=lambda message: message.minute)


def in_parallel(feeds: Feeds, messages: list[Adt]) -> list[Outcome[object]]:
    """Each thread takes every fourth message, on a connection of its own."""

    def work(share: list[Adt]) -> list[Outcome[object]]:
        try:
            return [feeds.send(message) for message in share]  # type: ignore[misc]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        done = pool.map(work, [messages[rank::THREADS] for rank in range(THREADS)], timeout=120)
        return [outcome for share in done for outcome in share]


@pytest.mark.parametrize("seed", [1, 2])
def test_shuffled_over_four_connections_the_end_is_that_of_the_order(feeds: Feeds, seed: int) -> None:
    same_end(feeds, seed, 40)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(3, 33))
def test_shuffled_over_four_connections_for_a_long_time(feeds: Feeds, seed: int) -> None:
    same_end(feeds, seed, 150)


def same_end(feeds: Feeds, seed: int, count: int) -> None:
    chance = random.Random(seed)
    told = history(chance, count)
    memory = Hospital()
    memory.send(*told)
    shuffled = [*told, *chance.sample(told, k=count // 5)]  # some are delivered twice
    chance.shuffle(shuffled)
    outcomes = in_parallel(feeds, shuffled)
    assert {outcome.code for outcome in outcomes} == {"AA"}
    assert feeds.state == state_of(memory)
    assert len(feeds.patients()) == 1
    assert feeds.count("patients_feedmessage") == len(told)
    feeds.coherent()


def test_the_same_message_delivered_four_times_at_once_is_applied_once(feeds: Feeds) -> None:
    message = Adt(event="A28", minute=0, ids=ipp("1"))
    outcomes = in_parallel(feeds, [message] * THREADS)
    assert len({outcome.ack for outcome in outcomes}) == 1
    assert sorted(outcome.effect for outcome in outcomes) == ["created", "replayed", "replayed", "replayed"]
    assert (feeds.count("patients_feedmessage"), feeds.count("patients_statement")) == (1, 1)


def test_merges_that_cross_end_with_one_survivor_and_no_deadlock(feeds: Feeds) -> None:
    feeds.send(*(Adt(event="A28", minute=int(value), ids=ipp(value), name=MARTIN) for value in "123456"))
    ring = [
        Adt(event="A40", minute=10 + rank, ids=ipp(kept), name=MARTIN, mrg=ipp(gone))
        for rank, (kept, gone) in enumerate(zip("234561", "123456", strict=True))
    ]
    memory = Hospital()
    memory.send(*(Adt(event="A28", minute=int(value), ids=ipp(value), name=MARTIN) for value in "123456"), *ring)
    in_parallel(feeds, ring)
    assert len(feeds.patients()) == 1
    assert {number.value for number in feeds.identities()[0].identifiers} == {"1"}
    assert feeds.state == state_of(memory)
    feeds.coherent()


def test_two_hospitals_that_tell_one_new_ins_at_once_make_one_patient(feeds: Feeds) -> None:
    numbers = [ipp("1"), ipp("7", OTHER_AUTHORITY), ipp("2"), ipp("8", OTHER_AUTHORITY)]
    messages = [Adt(event="A28", minute=rank, ids=f"{number}~{ins(INS_A)}") for rank, number in enumerate(numbers)]
    outcomes = in_parallel(feeds, messages)
    assert sorted(outcome.effect for outcome in outcomes) == ["attached", "attached", "attached", "created"]
    assert len(feeds.patients()) == 1
    assert feeds.known_as("1").authority == feeds.sources[AUTHORITY].authority
    feeds.coherent()
