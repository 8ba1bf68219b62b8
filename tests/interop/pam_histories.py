"""Invented histories of one patient, and damaged messages: what the proofs of order and of robustness feed on."""

import random
import re
from pathlib import Path

from hypothesis import strategies as st

from interop.pam.triggers import TRIGGERS, Family
from tests.interop.pam_feed import AUTHORITY, INS_A, INS_B, OTHER_AUTHORITY, Adt, ins, ipp

SAMPLES = Path(__file__).resolve().parents[2] / "../shared/data/hl7"

# One patient: numbers 1 to 4 of a hospital (4 is the last survivor) and 7 of another one.
USED = ("", "~D'EXEMPLE^MARIE^^^^^D", '~""^""^^^^^D')
NAMES = ("PAT-TROIS^DOMINIQUE^DOMINIQUE MARIE^^^^L", "PAT-TROIS^DOMINIQUE^DOMINIQUE^^^^L", "PATTROIS^DOMINIQUE^^^^^L")
CONTACTS = ("", '""', "^PRN^PH^^^^^^^^^0199000000", "^NET^Internet^a@exemple.fr~^PRN^CP^^^^^^^^^0600000000")
ADDRESSES = ("", "^^^^^^BDL^^63220", "1 RUE HAUTE^^ARMORGNE^^99100^FRA^H~^^^^^^BDL^^63220", '""')
# The declared GP, relatives, the same deleted: how to reach the patient is the newest word.
RELATED = (
    "",
    "ROL|1|UP|ODRP|810002503300^MAZURIER^CLAIRE^^^DR^^^ASIP-SANTE-PS&1.2.250.1.71.4.2.1&ISO^D^^^IDNPS|||||||"
    "3 RUE DU PORT^^NANTES^^44000^FRA^O|^NET^Internet^c.mazurier@medecin.mssante.fr",
    "ROL|1|UP|ODRP|^MAZURIER^CLAIRE^^^DR\nNK1|1|MARTIN^LOUIS^^^^^L|SPO||^PRN^CP^^^^^^^^^0611111111||K",
    'ROL|1|DE|ODRP|""\nNK1|1|""',
)
STATUSES = ("VALI", "PROV", "", "VALI~HOMA", "PROV~DOUT", "VALI")


def a_visit(event: str, movement: int) -> str:
    action = {"Z99": "UPDATE"}.get(event, "CANCEL" if event in ("A11", "A12", "A13", "A38") else "INSERT")
    original = "A01" if event == "Z99" else ""
    return (
        f"PV1|1|I|||||||||||||||||V1^^^CH&{AUTHORITY}&ISO^VN\n"
        f"ZBE|m{movement}^CH|20260302090000||{action}|N|{original}|U^^^^^CH&{AUTHORITY}&ISO^UF^^^{movement}00"
    )


VISITS = frozenset(code for code, trigger in TRIGGERS.items() if trigger.family is Family.VISIT)


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
        st.sampled_from(["A28", "A31", "A31", *sorted(VISITS)]),
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
                extra="\n".join(
                    [draw(st.sampled_from(RELATED))]
                    + ([a_visit(event, draw(st.integers(1, 3)))] if event in VISITS else [])
                ),
            )
        )
    return sorted(history, key=lambda message: message.minute)


def corpus() -> list[bytes]:
    full = f"{ipp('1')}~{ins(INS_A)}"
    own = [
        Adt(event="A28", minute=0, ids=full, contacts=CONTACTS[3], addresses=ADDRESSES[2], extra=RELATED[1]),
        Adt(event="A31", minute=1, ids=full, name=NAMES[0] + USED[2], contacts='""', extra="ZFD||||N|SM||CN"),
        Adt(event="A28", minute=2, ids=f"{ipp('5')}~{ins(INS_B)}", name="ECETINSI^PIERRE-ALAIN^^^^^L", sex="M"),
        Adt(event="A40", minute=3, ids=full, mrg=ipp("2"), extra=RELATED[2]),
        Adt(event="A47", minute=4, ids=ipp("6"), name="ECETINSI^PIERRE-ALAIN^^^^^L", sex="M", mrg=ipp("5")),
        Adt(event="A28", minute=5, ids=f"{ipp('7', OTHER_AUTHORITY)}~{ins(INS_A)}"),
        *(Adt(event=event, minute=6, ids=full, extra=a_visit(event, 1)) for event in sorted(VISITS)),
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


PEOPLE = (
    ("DUPONT^JEAN^JEAN PAUL^^^^L", "19500101", "M", INS_A),
    ("MARTIN^ANNE^ANNE^^^^L", "19610212", "F", INS_B),
    ("DURAND^LUC^^^^^L", "19720323", "M", ""),
)


def disputed(chance: random.Random, *, people: int = 3, events: str = "A28 A31 A31 A02 A40 A40 A47") -> list[Adt]:
    """A history of four numbers in which anybody is said under any of them, merged and renamed against all sense."""
    history = []
    for minute in sorted(chance.sample(range(300), chance.randint(3, 9))):
        name, birth, sex, matricule = PEOPLE[chance.randrange(people)]
        event, value = chance.choice(events.split()), chance.choice("1234")
        status = chance.choice(["VALI", "VALI", "PROV", "", "PROV~DOUT"])
        qualified = matricule and status == "VALI" and chance.random() < 0.4
        prior = chance.choice([other for other in "1234" if other != value])
        visit = f"PV1|1|I|||||||||||||||||V{value}{chance.choice('12')}^^^CH&{AUTHORITY}&ISO^VN"
        history.append(
            Adt(
                event=event,
                minute=minute,
                ids=f"{ipp(value)}~{ins(matricule)}" if qualified else ipp(value),
                name=name,
                birth=birth,
                sex=sex,
                status=status,
                contacts=chance.choice(["", "^PRN^PH^^^^^^^^^0199000000"]),
                mrg=ipp(prior) if event in ("A40", "A47") else "",
                extra=visit if event == "A02" else "",
            )
        )
    return history
