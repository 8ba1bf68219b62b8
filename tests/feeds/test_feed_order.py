"""PostgreSQL keeps what the rules say: any order, any damage, the same end as in memory, never a second patient."""

import random

import pytest

from interop.pam.outcome import Effect
from tests.feeds.hospitals import Feeds, state_of
from tests.interop.pam_feed import Hospital
from tests.interop.pam_histories import corpus, damaged, under_another_id


def fuzz(feeds: Feeds, count: int, seed: int) -> dict[str, int]:
    """Feed the same damaged messages to memory and to PostgreSQL; both answer alike and end alike."""
    chance, pool = random.Random(seed), corpus()
    tally: dict[str, int] = {}
    for start in range(0, count, 100):
        feeds.forget_everything()
        feeds.open()
        memory = Hospital(feeds.policy_of_memory)
        for rank in range(start, min(start + 100, count)):
            raw = damaged(chance.choice(pool), pool, chance)
            if chance.random() < 0.9:
                raw = under_another_id(raw, rank)
            expected, outcome = memory.send(raw), feeds.send(raw)
            assert (outcome.effect, outcome.code, outcome.ack) == (expected.effect, expected.code, expected.ack), (
                f"seed {seed}, message {rank}"
            )
            tally[outcome.effect] = tally.get(outcome.effect, 0) + 1
        assert feeds.state == state_of(memory), f"seed {seed}, messages {start} to {start + 99}"
        feeds.coherent()
        assert len(feeds.patients()) == sum(not one.missing for one in memory.registry.identities.values())
    return tally


def test_damaged_messages_leave_in_the_database_what_they_leave_in_memory(feeds: Feeds) -> None:
    tally = fuzz(feeds, 300, seed=20261122)
    assert {Effect.CREATED, Effect.UPDATED, Effect.MERGED, Effect.LATE, Effect.REFUSED, Effect.REPLAYED} <= set(tally)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(20))
def test_twenty_thousand_damaged_messages_in_the_database(feeds: Feeds, seed: int) -> None:
    tally = fuzz(feeds, 1000, seed=seed)
    print(f"seed {seed}:", *(f"{effect} {number}" for effect, number in sorted(tally.items())))  # noqa: T201
