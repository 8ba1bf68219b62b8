"""Any order of arrival, any damage: the same end state, no crash, never two patients for one identity."""

import os
import random
import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from interop.hl7v2.ack import parse_ack
from interop.hl7v2.reader import parse
from interop.pam.hearing import hear
from interop.pam.memory import MemoryRegistry
from interop.pam.message import AdtRefused, read_adt
from interop.pam.outcome import ConflictKind, Effect
from interop.pam.person import holder
from tests.interop.pam_feed import AUTHORITY, INS_A, INS_B, NOW, OTHER_AUTHORITY, POLICY, Adt, Hospital, ins, ipp

SOAK = os.environ.get("DCC_SOAK") == "1"
SAMPLES = Path(__file__).resolve().parents[2] / "../shared/data/hl7"

# One patient: numbers 1 to 4 of a hospital (4 is the last survivor) and 7 of another one.
USED = ("", "~D'EXEMPLE^MARIE^^^^^D", '~""^""^^^^^D')
NAMES = ("PAT-TROIS^DOMINIQUE^DOMINIQUE MARIE^^^^L", "PAT-TROIS^DOMINIQUE^DOMINIQUE^^^^L", "PATTROIS^DOMINIQUE^^^^^L")
CONTACTS = ("", '""', "^PRN^PH^^^^^^^^^0199000000", "^NET^Internet^a@exemple.fr~^PRN^CP^^^^^^^^^0600000000")
ADDRESSES = ("", "^^^^^^BDL^^63220", "1 RUE HAUTE^^ARMORGNE^^99100^FRA^H~^^^^^^BDL^^63220", '""')
STATUSES = ("VALI", "PROV", "", "VALI~HOMA", "PROV~DOUT", "VALI")


def a_visit(event: str, movement: int) -> str:
    action = "CANCEL" if event in ("A11", "A12", "A13") else "INSERT"
    return (
        f"PV1|1|I|||||||||||||||||V1^^^CH&{AUTHORITY}&ISO^VN\n"
        f"ZBE|m{movement}^CH|20260302090000||{action}|N||U^^^^^CH&{AUTHORITY}&ISO^UF^^^{movement}00"
    )


@st.composite
def one_patient(draw: st.DrawFn) -> list[Adt]:
    """A coherent history: merges and changes of number form a tree towards 4, every INS is the same."""
    steps: list[tuple[str, str, str]] = []  # event, number, prior
    for prior, survivor in (("1", "2"), ("2", "4"), ("3", "4")):
        if draw(st.booleans()):
            event = draw(st.sampled_from(["A40", "A40", "A47"]))
            # A hospital can tell a merge twice; a change told twice, out of order, finds its own number in use.
            steps += [(event, survivor, prior)] * (draw(st.integers(1, 2)) if event == "A40" else 1)
    talk = st.tuples(
        st.sampled_from(["A28", "A31", "A31", "A01", "A02", "A12", "A03", "A13", "A11", "A08"]),
        st.sampled_from(["1", "2", "3", "4", "7"]),
        st.just(""),
    )
    steps += draw(st.lists(talk, min_size=1, max_size=9))
    minutes = draw(st.lists(st.integers(0, 600), min_size=len(steps), max_size=len(steps), unique=True))
    history = []
    for (event, number, prior), minute in zip(steps, minutes, strict=True):
        local = ipp(number, OTHER_AUTHORITY if number == "7" else AUTHORITY)
        history.append(
            Adt(
                event=event,
                minute=minute,
                ids=f"{local}~{ins(INS_A)}" if draw(st.booleans()) else local,
                name=draw(st.sampled_from(NAMES)) + draw(st.sampled_from(USED)),
                addresses=draw(st.sampled_from(ADDRESSES)),
                contacts=draw(st.sampled_from(CONTACTS)),
                status=draw(st.sampled_from(STATUSES)),
                mrg=ipp(prior) if prior else "",
                extra=a_visit(event, draw(st.integers(1, 3))) if event < "A20" else "",
            )
        )
    return sorted(history, key=lambda message: message.minute)


def applied(messages: Iterable[Adt]) -> Hospital:
    hospital = Hospital()
    hospital.send(*messages)
    return hospital


def undisputed(hospital: Hospital) -> bool:
    """No number is changed into one in use: what a person must decide has no single end."""
    return {conflict.kind for conflict in hospital.registry.conflicts} <= {ConflictKind.VISIT_OF_ANOTHER}


CALM = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


@settings(CALM, max_examples=150)
@given(one_patient(), st.randoms(use_true_random=False))
def test_any_order_of_arrival_gives_the_same_end_state(history: list[Adt], chance: random.Random) -> None:
    same_end_state(history, chance)


@pytest.mark.soak
@pytest.mark.skipif(not SOAK, reason="the long version: DCC_SOAK=1")
@settings(CALM, max_examples=5000)
@given(one_patient(), st.randoms(use_true_random=False))
def test_any_of_thousands_of_orders_gives_the_same_end_state(history: list[Adt], chance: random.Random) -> None:
    same_end_state(history, chance)


def same_end_state(history: list[Adt], chance: random.Random) -> None:
    in_order = applied(history)
    shuffled = list(history)
    chance.shuffle(shuffled)
    # At-least-once delivery: some messages come twice, the second time anywhere later.
    for message in chance.sample(shuffled, k=min(3, len(shuffled))):
        shuffled.insert(chance.randint(shuffled.index(message) + 1, len(shuffled)), message)
    out_of_order = applied(shuffled)
    if undisputed(in_order):
        assert undisputed(out_of_order)
        assert out_of_order.state == in_order.state
    coherent(in_order.registry)
    coherent(out_of_order.registry)


def coherent(registry: MemoryRegistry) -> None:
    """Every number leads to one living identity that lists it; an INS is held once; redirections end."""
    for identifier, ref in registry.owners.items():
        identity = registry.identities[ref]
        assert (identifier in identity.identifiers) != (identifier in identity.aliases)
        last = registry.stored[identifier].last_event
        if last is not None:
            records = {record.identifier: record for record in registry.records(ref)}
            target = holder(identifier, last, records)
            assert target is None or target in identity.identifiers
    held = [identity.ins for identity in registry.identities.values() if identity.ins]
    assert len(held) == len(set(held))
    listed = [
        number for identity in registry.identities.values() for number in (*identity.identifiers, *identity.aliases)
    ]
    assert len(listed) == len(set(listed))
    assert all(identity.identifiers for identity in registry.identities.values())


def corpus() -> list[bytes]:
    full = f"{ipp('1')}~{ins(INS_A)}"
    own = [
        Adt(event="A28", minute=0, ids=full, contacts=CONTACTS[3], addresses=ADDRESSES[2]),
        Adt(event="A31", minute=1, ids=full, name=NAMES[0] + USED[2], contacts='""', extra="ZFD||||N|SM||CN"),
        Adt(event="A28", minute=2, ids=f"{ipp('5')}~{ins(INS_B)}", name="ECETINSI^PIERRE-ALAIN^^^^^L", sex="M"),
        Adt(event="A40", minute=3, ids=full, mrg=ipp("2")),
        Adt(event="A47", minute=4, ids=ipp("6"), name="ECETINSI^PIERRE-ALAIN^^^^^L", sex="M", mrg=ipp("5")),
        Adt(event="A28", minute=5, ids=f"{ipp('7', OTHER_AUTHORITY)}~{ins(INS_A)}"),
        *(Adt(event=event, minute=6, ids=full, extra=a_visit(event, 1)) for event in ("A01", "A02", "A03", "A12")),
    ]
    samples = [path.read_bytes() for path in sorted(SAMPLES.glob("*")) if b"|ADT^" in path.read_bytes()[:400]]
    return [message.raw() for message in own] + samples


NOISE = (
    b"|",
    b"^",
    b"~",
    b"&",
    b"\\",
    b"\r",
    b'""',
    b"\n",
    b"\x0b",
    b"\x1c",
    b"\xff",
    b"\x00",
    "é".encode(),
    b"^PI",
    b"A40",
)


def damaged(raw: bytes, pool: list[bytes], chance: random.Random) -> bytes:
    """Change bytes, cut, duplicate, or transplant fields and segments of another message."""
    raw = raw.replace(b"\n", b"\r")
    for _ in range(chance.choice((0, 1, 1, 2, 3, 6))):
        place = chance.randrange(len(raw) + 1)
        match chance.randrange(7):
            case 0:
                raw = raw[:place] + bytes([chance.randrange(256)]) + raw[place + 1 :]
            case 1:
                raw = raw[:place] + raw[place + chance.randint(1, 40) :]
            case 2:
                raw = raw[:place] + chance.choice(NOISE) + raw[place:]
            case 3:
                raw = with_digit_changed(raw, place, chance)
            case 4:
                lines = raw.split(b"\r")
                lines.insert(chance.randrange(len(lines) + 1), chance.choice(chance.choice(pool).splitlines()))
                raw = b"\r".join(lines)
            case 5:
                lines = raw.split(b"\r")
                chance.shuffle(tail := lines[1:])
                raw = b"\r".join([lines[0], *tail])
            case _:
                fields, others = raw.split(b"|"), chance.choice(pool).split(b"|")
                fields[chance.randrange(len(fields))] = chance.choice(others)
                raw = b"|".join(fields)
        if not raw:
            break
    return raw


def with_digit_changed(raw: bytes, place: int, chance: random.Random) -> bytes:
    digits = [index for index in range(place, len(raw)) if raw[index : index + 1].isdigit()]
    if not digits:
        return raw
    return raw[: digits[0]] + str(chance.randrange(10)).encode() + raw[digits[0] + 1 :]


def under_another_id(raw: bytes, rank: int) -> bytes:
    return re.sub(rb"\|([TD]\|2\.5\^FRA)", b"-%d|\\1" % rank, raw, count=1)


def fuzz(count: int, seed: int) -> dict[str, int]:
    """Feed damaged messages, each under its own control id, to registries of 100 messages; count the answers."""
    chance, pool = random.Random(seed), corpus()
    tally: dict[str, int] = {}
    for start in range(0, count, 100):
        hospital = Hospital()
        followed: list[tuple[object, object]] = []
        for rank in range(start, min(start + 100, count)):
            raw = damaged(chance.choice(pool), pool, chance)
            if chance.random() < 0.9:  # else the ids of the corpus collide, which is a case too
                raw = under_another_id(raw, rank)
            outcome = hospital.send(raw)
            assert parse_ack(outcome.ack).code == outcome.code, f"seed {seed}, message {rank}"
            assert outcome.code != "AR", f"seed {seed}, message {rank}"
            tally[outcome.effect] = tally.get(outcome.effect, 0) + 1
            if outcome.ref is not None:
                followed.append(identity_said(raw))
        one_patient_an_identity(hospital.registry, followed)
    return tally


def identity_said(raw: bytes) -> tuple[object, object]:
    """The number and the qualified INS with its traits that an accepted message said."""
    heard = hear(read_adt(parse(raw)), policy=POLICY, today=NOW.date())
    return heard.identifier, heard.statement.traits.claim


def one_patient_an_identity(registry: MemoryRegistry, followed: list[tuple[object, object]]) -> None:
    """Messages of one number, or of one qualified INS with the same strict traits, lead to one living identity."""
    by_claim: dict[object, object] = {}
    for identifier, claim in followed:
        ref = registry.find(identifier)  # type: ignore[arg-type]
        assert ref in registry.identities
        if hasattr(claim, "ins") and registry.find_by_ins(claim.ins) is not None:
            owner = registry.find_by_ins(claim.ins)
            agreeing = any(
                known.ins == claim.ins and known.traits.agrees_with(claim.traits)
                for record in registry.records(owner)  # type: ignore[arg-type]
                for known in record.claims
            )
            if agreeing:
                assert by_claim.setdefault(claim, ref) == ref == owner
    coherent(registry)


def test_damaged_messages_neither_crash_nor_make_a_second_patient() -> None:
    tally = fuzz(1500, seed=20261122)
    # The proof is empty unless most kinds of end are met.
    assert {Effect.CREATED, Effect.UPDATED, Effect.MERGED, Effect.RENAMED, Effect.LATE} <= set(tally)
    assert {Effect.ATTACHED, Effect.REPLAYED, Effect.REFUSED} <= set(tally)
    assert tally[Effect.REFUSED] < 900


@pytest.mark.soak
@pytest.mark.skipif(not SOAK, reason="the long version: DCC_SOAK=1")
@pytest.mark.parametrize("seed", range(20))
def test_twenty_thousand_damaged_messages(seed: int) -> None:
    tally = fuzz(1000, seed=seed)
    print(f"seed {seed}:", *(f"{effect} {number}" for effect, number in sorted(tally.items())))  # noqa: T201


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=200), st.sampled_from(["PID", "MRG", "EVN", "PV1", "ZBE", "ZFD"]))
def test_any_bytes_in_a_segment_are_answered(tail: bytes, name: str) -> None:
    raw = Adt(event="A40", minute=0, ids=ipp("1"), mrg=ipp("2")).raw()
    raw = raw.replace(b"\r" + name.encode() + b"|", b"\r" + name.encode() + b"|" + tail, 1)
    assert Hospital().send(raw).code in ("AA", "AE")


@pytest.mark.parametrize("raw", corpus()[:7])
def test_the_corpus_itself_is_accepted(raw: bytes) -> None:
    assert Hospital().send(raw).code == "AA"


def test_a_refused_message_leaves_no_trace() -> None:
    chance, pool = random.Random(7), corpus()
    hospital = Hospital()
    hospital.send(*pool[:7])
    for _ in range(300):
        before = hospital.state
        raw = damaged(chance.choice(pool), pool, chance)
        raw = under_another_id(raw, chance.randrange(10**6))
        if hospital.send(raw).code == "AE":
            assert hospital.state == before


def test_the_reference_samples_are_among_the_damaged(shared: Path) -> None:
    assert len(corpus()) == 12


def test_what_cannot_be_typed_is_refused_not_guessed() -> None:
    with pytest.raises(AdtRefused):
        read_adt(parse(Adt(event="A40", minute=0, ids=ipp("1")).raw()))
