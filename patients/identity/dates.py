"""Birth dates as secretaries type them, partial dates by the national rule (EXI ID 11), ages.

Day first. A partial date becomes the calendar date the rule gives and is flagged `interpreted`; a two-digit year is
completed only when a single century is possible. "Today" is always an argument: nothing here reads a clock.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from patients.identity.refusal import NBSP, THIN, Refused, quoted

OLDEST_AGE = 120  # above: refused; no one is recorded as older in France but one
UNUSUAL_AGE = 105  # above: accepted with a warning

_UNKNOWN = re.compile(r"0{1,2}|\?{1,2}|[xX]{1,2}|-{1,2}")
_MONTHS = ("janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout", "septembre", "octobre", "novembre",
           "decembre")  # fmt: skip


class DateRefused(Refused):
    """A birth date is impossible, ambiguous or unreadable; suggestions are written day first, four-digit year."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BirthDate:
    """A birth date: `value`, `interpreted` when a part was unknown, `typed` as received, French `warnings`."""

    value: date
    interpreted: bool
    typed: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """Day and month None when unknown; the year still as typed, two or four digits."""

    day: int | None
    month: int | None
    year: str


def parse_birth_date(text: str, *, today: date) -> BirthDate:
    """Read a typed birth date; raise DateRefused with the reason and what to type.

    Accepts 11031963, 110363, 11/03/1963, 11-3-63, 1963-03-11, 11 mars 1963, and unknown parts: 03/1963, ??/03/1963,
    11/00/1963, 1963.
    """
    typed = text.strip()
    if not typed:
        raise DateRefused("La date de naissance est obligatoire.")
    parts = _read_parts(typed, today)
    year = _full_year(parts, today)
    value, interpreted = _calendar_date(parts, year)
    return BirthDate(value=value, interpreted=interpreted, typed=text, warnings=_check_plausible(value, parts, today))


def age_on(birth: date, day: date) -> int:
    """Give the completed years on a day; someone born on 29 February ages on 1 March."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def age_label(birth: date, day: date) -> str:
    """Write an age in French: days before one month, months before two years, then years."""
    years = age_on(birth, day)
    if years >= 2:
        return f"{years}{NBSP}ans"
    months = (day.year - birth.year) * 12 + day.month - birth.month - (day.day < birth.day)
    if months >= 1:
        return f"{months}{NBSP}mois"
    days = (day - birth).days
    return f"{days}{NBSP}jour" + ("s" if days > 1 else "")


def typed_form(value: date) -> str:
    """Write a date as it is typed and shown in a field, 11/03/1963."""
    return f"{value.day:02d}/{value.month:02d}/{value.year:04d}"


def _read_parts(typed: str, today: date) -> _Parts:
    compact = re.sub(r"\s+", " ", typed)
    if compact.isascii() and compact.isdigit():
        return _from_digits(compact, today)
    iso = re.fullmatch(r"(\d{4})[-/. ](\d{1,2})[-/. ](\d{1,2})", compact)
    if iso:
        return _Parts(day=_number(iso[3]), month=_number(iso[2]), year=iso[1])
    full = re.fullmatch(
        r"(\d{1,2}|\?{1,2}|[xX]{1,2}|-{2})[-/. ](\d{1,2}|\?{1,2}|[xX]{1,2}|-{2})[-/. ](\d{2}|\d{4})", compact
    )
    if full:
        return _Parts(day=_number(full[1]), month=_number(full[2]), year=full[3])
    month_only = re.fullmatch(r"(\d{1,2})[-/. ](\d{4})", compact)
    if month_only:
        return _Parts(day=None, month=_number(month_only[1]), year=month_only[2])
    in_words = _from_words(compact)
    if in_words:
        return in_words
    if re.fullmatch(r".*\d{3}[?xX]", compact):
        raise DateRefused("L’année est incertaine. Tapez l’année ou la décennie que vous retenez, par exemple 1960.")
    raise DateRefused(f"{quoted(typed)} n’est pas une date lisible. Tapez jour, mois, année, par exemple 11/03/1963.")


def _from_digits(digits: str, today: date) -> _Parts:
    """Digits alone: DDMMYYYY, or YYYYMMDD when only that can be; DDMMYY or MMYYYY; YYYY.

    The two readings of one length never both hold: a plausible year begins with 18, 19 or 20, which is no month.
    """
    if len(digits) == 8:
        if _is_year(digits[:4], today) and not _is_year(digits[4:], today):
            return _Parts(day=_number(digits[6:]), month=_number(digits[4:6]), year=digits[:4])
        return _Parts(day=_number(digits[:2]), month=_number(digits[2:4]), year=digits[4:])
    if len(digits) == 6:
        if _is_year(digits[2:], today) and int(digits[2:4]) > 12:
            return _Parts(day=None, month=_number(digits[:2]), year=digits[2:])
        return _Parts(day=_number(digits[:2]), month=_number(digits[2:4]), year=digits[4:])
    if len(digits) == 4:
        return _Parts(day=None, month=None, year=digits)
    raise DateRefused(
        f"{len(digits)} chiffres ne font pas une date. Tapez-en huit, jour, mois, année{NBSP}: par exemple 11031963."
    )


def _from_words(text: str) -> _Parts | None:
    """Read « 11 mars 1963 », « 1er août 63 », « mars 1963 »; the month may be cut to its first letters."""
    plain = "".join(c for c in unicodedata.normalize("NFD", text.lower()) if unicodedata.category(c) != "Mn")
    match = re.fullmatch(r"(?:(\d{1,2})(?:er)? )?([a-z]{3,9})\.? (\d{2}|\d{4})", plain)
    if not match:
        return None
    months = [rank for rank, name in enumerate(_MONTHS, start=1) if name.startswith(match[2])]
    if len(months) != 1 or (match[1] is None and len(match[3]) == 2):
        return None
    return _Parts(day=_number(match[1]) if match[1] else None, month=months[0], year=match[3])


def _number(text: str) -> int | None:
    return None if _UNKNOWN.fullmatch(text) else int(text)


def _is_year(text: str, today: date) -> bool:
    return today.year - OLDEST_AGE - 1 <= int(text) <= today.year


def _full_year(parts: _Parts, today: date) -> int:
    """Complete a two-digit year when a single century gives a living, born person; else say which ones are possible."""
    if len(parts.year) == 4:
        return int(parts.year)
    candidates = []
    for century in (1800, 1900, 2000):
        year = century + int(parts.year)
        month, day = parts.month or 1, parts.day or 1
        if (year, month, day) <= (today.year, today.month, today.day) and today.year - year <= OLDEST_AGE:
            candidates.append(year)
    if len(candidates) == 1:
        return candidates[0]
    choices = " ou ".join(str(year) for year in candidates)
    raise DateRefused(
        f"Année ambiguë{NBSP}: {choices}{THIN}? Tapez l’année sur quatre chiffres.",
        suggestions=tuple(_shown(parts, year) for year in candidates),
    )


def _shown(parts: _Parts, year: int) -> str:
    return f"{parts.day or 0:02d}/{parts.month or 0:02d}/{year}"


def _calendar_date(parts: _Parts, year: int) -> tuple[date, bool]:
    """Apply EXI ID 11: day unknown → the 1st; month unknown → January; both → 31 December."""
    if parts.day is None and parts.month is None:
        return date(max(year, 1), 12, 31), True
    day, month = parts.day or 1, parts.month or 1
    try:
        return date(year, month, day), parts.day is None or parts.month is None
    except ValueError:
        raise _impossible(day, month, year) from None


def _impossible(day: int, month: int, year: int) -> DateRefused:
    if month > 12 and day <= 12 and month <= 31:
        try:
            swapped = typed_form(date(year, day, month))
        except ValueError:
            swapped = ""
        if swapped:
            message = f"Le mois {month} n’existe pas. Jour et mois inversés{THIN}? Le jour se tape d’abord."
            return DateRefused(message, suggestions=(swapped,))
    if month > 12:
        return DateRefused(
            f"Le mois {month} n’existe pas. Si la carte Vitale porte cette date, elle ne vaut que pour la facturation"
            f"{NBSP}: tapez 00 pour le jour ou le mois inconnu."
        )
    return DateRefused(f"Le {day:02d}/{month:02d}/{year:04d} n’existe pas au calendrier.")


def _check_plausible(value: date, parts: _Parts, today: date) -> tuple[str, ...]:
    if value > today:
        if parts.day is None and parts.month is None and value.year == today.year:
            raise DateRefused("Pour une naissance de cette année, le jour et le mois sont nécessaires.")
        raise DateRefused(f"Le {typed_form(value)} est dans le futur.")
    age = age_on(value, today)
    if age > OLDEST_AGE:
        raise DateRefused(f"Né le {typed_form(value)}, le patient aurait {age}{NBSP}ans{NBSP}: vérifiez l’année.")
    if age > UNUSUAL_AGE:
        return (f"Le patient aurait {age}{NBSP}ans{NBSP}: vérifiez l’année.",)
    return ()
