"""Birth places: communes in force and former, countries, found by postcode or by the first letters (D10).

The INSEE code is the trait; a typed postcode only proposes. Codes are those in force at birth, so a former code is as
good as a present one, and a well-formed code that the table does not hold is accepted and flagged (`known` False).
Data: places.txt.gz, written by build_places.py, its first line names source and date. One sorted list and bisect:
no database, about 20 ms to load at first use.
"""

import gzip
import heapq
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from patients.identity.refusal import NBSP, Refused, quoted

DATA = Path(__file__).with_name("places.txt.gz")
UNKNOWN_PLACE = "99999"

_INSEE = re.compile(r"\d{5}|2[AB]\d{3}")
_LAST = "\uffff"  # sorts after every key


class PlaceRefused(Refused):
    """A place code is not written like an INSEE code."""


class PlaceKind(StrEnum):
    """What a code designates."""

    COMMUNE = "commune"
    COUNTRY = "country"
    UNKNOWN = "unknown"  # 99999, the place of birth is not known


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A birth place as it is offered and stored.

    `insee` is the trait; `current_insee` the commune of today it lies in (itself if in force); `former` when the code
    or the name is no longer in force; `known` False when the code is well formed but in no table.
    """

    insee: str
    label: str
    kind: PlaceKind
    department: str
    postcodes: tuple[str, ...] = ()
    current_insee: str
    former: bool = False
    known: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    """The packaged data: `rows` sorted by name key, and what points into them by row number."""

    rows: list[str]
    aliases: list[str]  # « KEY|row », sorted
    postcodes: list[str]  # « 01400|row row », sorted
    by_insee: dict[str, int]
    moved: dict[str, str]  # former code without a row of its own → code of today
    by_iso: dict[str, int]


def find_places(text: str, limit: int = 10) -> list[Place]:
    """Propose places for a typed postcode, INSEE code, name or beginning of name; [] when nothing fits.

    « lyon », « st etienne », « 69003 », « saint denis 93 », « 2A004 », « Algérie », « DZ », « 99352 ». Exact names come
    first, then beginnings; in each, large communes first and former ones last. A well-formed code of no table may be
    that of a former commune: it is proposed, flagged, beside « Lieu inconnu », for a person to choose.
    """
    table = _table()
    typed = text.strip().upper()
    if re.fullmatch(r"[0-9]{2,5}|2[AB][0-9]{0,3}", typed):
        return _find_by_code(table, typed, limit)
    key = place_key(text)
    if len(key) < 2:
        return []
    found = _find_by_key(table, key, limit)
    if found or not (with_code := re.fullmatch(r"(\D+?)[\s(]*(\d{2,5}|2[AB])\)?|(\d{2,5})\s+(\D+)", typed)):
        return found
    code = with_code[2] or with_code[3]
    named = _find_by_key(table, place_key(with_code[1] or with_code[4]), limit=200)
    there = [p for p in named if p.department == code or any(cp.startswith(code) for cp in p.postcodes)]
    return there[:limit] or _unlisted(table, code)


def place(insee: str) -> Place:
    """Give the place of an INSEE code; raise PlaceRefused when it is malformed, flag it when it is not in the table."""
    code = insee.strip().upper()
    if not _INSEE.fullmatch(code):
        raise PlaceRefused(
            f"{quoted(insee)} n’est pas un code INSEE de lieu{NBSP}: cinq chiffres, ou 2A et 2B en Corse."
        )
    return _place(code)


def same_place(first: str, second: str) -> bool:
    """Tell whether two INSEE codes designate the same commune of today, or the same country."""
    return first == second or _place(first).current_insee == _place(second).current_insee


def place_key(text: str) -> str:
    """Reduce a place name to what is compared: no accent, space nor sign; ST and STE in full, « s/ » as SUR."""
    plain = text.upper().replace("Œ", "OE").replace("Æ", "AE").replace("S/", "SUR ")
    plain = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
    words = re.findall(r"[A-Z0-9]+", plain)
    return "".join({"ST": "SAINT", "STE": "SAINTE"}.get(word, word) for word in words)


def current_communes() -> list[Place]:
    """List the communes in force, by INSEE code, with Paris, Lyon and Marseille as arrondissements (birth codes)."""
    table = _table()
    split = {"75056", "69123", "13055"}
    codes = (code for code, row in table.by_insee.items() if table.rows[row][5] in "CA" and code not in split)
    return [_place(code) for code in sorted(codes)]


def countries() -> list[Place]:
    """List the countries and territories that have a code of their own, by code."""
    table = _table()
    return [_place(code) for code in sorted(c for c, row in table.by_insee.items() if table.rows[row][5] == "P")]


@lru_cache(maxsize=1)
def _table() -> _Table:
    sections = gzip.decompress(DATA.read_bytes()).decode().split("\n\n")
    _source, rows, aliases, postcodes, moved, iso = (section.split("\n") for section in sections)
    former = {row[:5]: number for number, row in enumerate(rows) if row[5] == "F"}
    in_force = {row[:5]: number for number, row in enumerate(rows) if row[5] != "F"}
    return _Table(
        rows=rows,
        aliases=aliases,
        postcodes=postcodes,
        by_insee=former | in_force,
        moved=dict(pair.split("|") for pair in moved),
        by_iso={pair[:2]: int(pair[3:]) for pair in iso},
    )


@lru_cache(maxsize=8192)
def _place(code: str) -> Place:
    table = _table()
    number = table.by_insee.get(code)
    if number is not None:
        return _from_row(table, number)
    if code == UNKNOWN_PLACE:
        return Place(insee=code, label="Lieu inconnu", kind=PlaceKind.UNKNOWN, department="", current_insee=code)
    kind = PlaceKind.COUNTRY if code.startswith("99") else PlaceKind.COMMUNE
    current = table.moved.get(code)
    if current is None:
        label = f"Code {code}, inconnu de nos listes"
        return Place(insee=code, label=label, kind=kind, department=_department(code), current_insee=code, known=False)
    today = _from_row(table, table.by_insee[current])
    return Place(
        insee=code, label=f"{today.label} (ancien code)", kind=kind, department=_department(code),
        postcodes=today.postcodes, current_insee=today.current_insee, former=True,
    )  # fmt: skip


def _from_row(table: _Table, number: int) -> Place:
    row = table.rows[number]
    label, postcodes, current = row[6:].split("|")
    insee, kind = row[:5], row[5]
    return Place(
        insee=insee,
        label=label,
        kind=PlaceKind.COUNTRY if kind == "P" else PlaceKind.COMMUNE,
        department=_department(insee),
        postcodes=tuple(postcodes.split(",")) if postcodes else (),
        # An arrondissement is its own place of birth: two of them are two places.
        current_insee=current if kind == "F" else insee,
        former=kind == "F",
    )


def _department(insee: str) -> str:
    if insee.startswith("99"):
        return ""
    return insee[:3] if insee.startswith(("97", "98")) else insee[:2]


def _find_by_code(table: _Table, typed: str, limit: int) -> list[Place]:
    numbers: list[int] = []
    for line in _starting_with(table.postcodes, typed):
        numbers.extend(int(number) for number in line[6:].split(" "))
        if len(numbers) > 400:
            break
    # « 69003 » is first of all the third arrondissement: the narrowest place of a whole postcode leads.
    order = {"A": 0, "C": 1, "F": 2} if len(typed) == 5 else {"C": 0, "A": 1, "F": 2}
    ranked = sorted(set(numbers), key=lambda n: (order[table.rows[n][5]], _weight(table.rows[n])))
    found = [_from_row(table, number) for number in ranked]
    if len(typed) == 5:
        exact = _place(typed)
        if exact.known and exact not in found:
            found.append(exact)
    return found[:limit] or _unlisted(table, typed)


def _unlisted(table: _Table, code: str) -> list[Place]:
    """A code of no table and the unknown place, never one alone: a field takes the only proposal it is given.

    Nothing for a postcode: beside a name misspelt it is no INSEE code.
    """
    if not _INSEE.fullmatch(code) or _place(code).known or any(_starting_with(table.postcodes, code)):
        return []
    return [_place(code), _place(UNKNOWN_PLACE)]


def _find_by_key(table: _Table, key: str, limit: int) -> list[Place]:
    start = bisect_left(table.rows, key, key=_row_key)
    end = bisect_left(table.rows, key + _LAST, lo=start, key=_row_key)
    exact_end = bisect_left(table.rows, key + "\0", lo=start, hi=end, key=_row_key)
    numbers = set(range(start, end))
    exact = set(range(start, exact_end))
    for line in _starting_with(table.aliases, key):
        alias, number = line.split("|")
        numbers.add(int(number))
        if alias == key:
            exact.add(int(number))
    if (by_iso := table.by_iso.get(key)) is not None:
        numbers.add(by_iso)
        exact.add(by_iso)
    rows = table.rows
    best = heapq.nsmallest(limit, numbers, key=lambda n: (n not in exact, rows[n][5] == "F", _weight(rows[n])))
    found = [_from_row(table, number) for number in best]
    if key and "INCONNU".startswith(key) and len(key) >= 3:
        found.append(_place(UNKNOWN_PLACE))
    return found[:limit]


def _weight(row: str) -> tuple[int, int, str]:
    """Larger communes first: the number of postcodes is the only measure of size the data has."""
    size = 4 if row[5] == "A" else row.count(",")
    return (-size, 0 if row[5] == "A" else len(row), row[:5])


def _row_key(row: str) -> str:
    return place_key(row[6 : row.index("|")])


def _starting_with(lines: list[str], prefix: str) -> Iterator[str]:
    for rank in range(bisect_left(lines, prefix), len(lines)):
        if not lines[rank].startswith(prefix):
            return
        yield lines[rank]
