"""Slips of the hand and of the ear on one run of letters: the elements of which badly typed searches are made.

Each takes a source of chance and a name in capitals, and gives what was typed; a sign (space, hyphen, apostrophe) is
never touched, nor a name of fewer than three letters shortened. What cannot be done to a name gives it back unchanged.
"""

from collections.abc import Callable
from random import Random

Slip = Callable[[Random, str], str]
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ROWS = ("AZERTYUIOP", "QSDFGHJKLM", "WXCVBN")  # as the keys stand in France
_HEARD = (
    ("PH", "F"), ("F", "PH"), ("EAU", "O"), ("EAU", "OT"), ("AULT", "O"), ("AUD", "EAU"), ("AU", "O"), ("Y", "I"),
    ("I", "Y"), ("QU", "K"), ("K", "C"), ("C", "K"), ("CH", "SH"), ("SS", "S"), ("S", "Z"), ("Z", "S"), ("TT", "T"),
    ("T", "TT"), ("LL", "L"), ("L", "LL"), ("NN", "N"), ("N", "NN"), ("RR", "R"), ("R", "RR"), ("MM", "M"), ("TH", "T"),
    ("H", ""), ("AN", "EN"), ("EN", "AN"), ("AIN", "IN"), ("IN", "AIN"), ("EIN", "IN"), ("AI", "E"), ("E", "AI"),
    ("OU", "OO"), ("GU", "G"), ("GE", "JE"), ("J", "G"), ("W", "V"), ("B", "BE"), ("MB", "NB"), ("MP", "NP"),
)  # fmt: skip
_MUTE_ENDS = ("S", "T", "D", "X", "Z", "E", "ES", "TS")
ACCENTS = str.maketrans({"E": "é", "A": "à", "C": "ç", "I": "ï", "O": "ô", "U": "ù"})


def missing(rng: Random, name: str) -> str:
    """A letter left out."""
    at = _letter(rng, name)
    return name[:at] + name[at + 1 :] if _count(name) > 3 else name


def transposed(rng: Random, name: str) -> str:
    """Two neighbouring letters that differ, one for the other."""
    pairs = [at for at in range(len(name) - 1) if name[at : at + 2].isalpha() and name[at] != name[at + 1]]
    if not pairs:
        return name
    at = rng.choice(pairs)
    return name[:at] + name[at + 1] + name[at] + name[at + 2 :]


def neighbour(rng: Random, name: str) -> str:
    """The key beside, above or below, instead of the right one."""
    at = _letter(rng, name)
    return name[:at] + rng.choice(_around(name[at])) + name[at + 1 :]


def added(rng: Random, name: str) -> str:
    """The key beside, besides the right one."""
    at = _letter(rng, name)
    return name[:at] + rng.choice(_around(name[at])) + name[at:]


def replaced(rng: Random, name: str) -> str:
    """Any letter for another."""
    at = _letter(rng, name)
    return name[:at] + rng.choice(LETTERS.replace(name[at], "")) + name[at + 1 :]


def doubled(rng: Random, name: str) -> str:
    """A letter typed twice, or once where it is double."""
    pairs = [at for at in range(len(name) - 1) if name[at] == name[at + 1] and name[at].isalpha()]
    at = rng.choice(pairs) if pairs and rng.random() < 0.5 else _letter(rng, name)
    return name[:at] + name[at + 1 :] if at in pairs else name[:at] + name[at] + name[at:]


def heard(rng: Random, name: str) -> str:
    """The spelling of another name that sounds the same: one or two sounds written otherwise, or a mute end."""
    for _ in range(rng.choice((1, 1, 2))):
        possible = [(old, new) for old, new in _HEARD if old in name]
        if not possible or rng.random() < 0.2:
            end = next((mute for mute in _MUTE_ENDS if name.endswith(mute) and _count(name) > 4), "")
            name = name.removesuffix(end) if end else name + rng.choice(_MUTE_ENDS[:6])
            continue
        old, new = rng.choice(possible)
        name = name.replace(old, new, 1)
    return name


SLIPS: tuple[Slip, ...] = (missing, transposed, neighbour, added, replaced, doubled)


def slipped(rng: Random, name: str, times: int = 1) -> str:
    """So many slips of the hand, of any kind; what they give is never the name itself."""
    for _ in range(50):
        typed = name
        for _ in range(times):
            typed = rng.choice(SLIPS)(rng, typed)
        if typed != name:
            return typed
    return name


def twice(slip: Slip) -> Slip:
    """The same slip at two places."""
    return lambda rng, name: slip(rng, slip(rng, name))


def _count(name: str) -> int:
    return sum(map(str.isalpha, name))


def _letter(rng: Random, name: str) -> int:
    return rng.choice([at for at, sign in enumerate(name) if sign.isalpha()])


def _around(letter: str) -> str:
    row = next(rank for rank, keys in enumerate(_ROWS) if letter in keys)
    at = _ROWS[row].index(letter)
    found = _ROWS[row][max(0, at - 1) : at] + _ROWS[row][at + 1 : at + 2]
    for other in (row - 1, row + 1):
        if 0 <= other < len(_ROWS):
            found += _ROWS[other][at : at + 1]
    return found
