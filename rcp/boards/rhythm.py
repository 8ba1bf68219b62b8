"""The dates a board meets on, from its frequency, and the French public holidays it leaves out. Pure functions."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

WEEK = timedelta(days=7)
FORTNIGHT = 14
LAST_REGULAR_RANK = 4  # a fifth Tuesday does not exist every month


def public_holidays(year: int) -> dict[date, str]:
    """The eleven public holidays of metropolitan France (code du travail, L3133-1)."""
    easter = _easter(year)
    return {
        date(year, 1, 1): "jour de l’An",
        easter + timedelta(days=1): "lundi de Pâques",
        date(year, 5, 1): "fête du Travail",
        date(year, 5, 8): "Victoire 1945",
        easter + timedelta(days=39): "Ascension",
        easter + timedelta(days=50): "lundi de Pentecôte",
        date(year, 7, 14): "fête nationale",
        date(year, 8, 15): "Assomption",
        date(year, 11, 1): "Toussaint",
        date(year, 11, 11): "Armistice",
        date(year, 12, 25): "Noël",
    }


def holiday(day: date) -> str:
    """Name of the public holiday, '' on any other day."""
    return public_holidays(day.year).get(day, "")


def _easter(year: int) -> date:
    """Gregorian computus (anonymous algorithm, Meeus)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    j = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 19 * j) // 433
    month = (h + j - 7 * m + 90) // 25
    return date(year, month, (h + j - 7 * m + 33 * month + 19) % 32)


def dates_of(*, frequency: str, weekday: int, since: date, until: date, held: Sequence[date] = ()) -> list[date]:
    """Days of meeting between two dates, both included.

    `held` are days the board already met or will meet: they give the week of a fortnight and the rank in the month,
    so that planning again continues the same rhythm. Without them the first day of the period does.
    """
    days = list(_weekdays(weekday, since, until))
    known = [day for day in held if day.weekday() == weekday] or days[:1]
    if frequency == "weekly" or not known:
        return days
    if frequency == "fortnightly":
        phase = _usual([day.toordinal() % FORTNIGHT for day in known])
        return [day for day in days if day.toordinal() % FORTNIGHT == phase]
    rank = _usual([min(rank_in_month(day), LAST_REGULAR_RANK) for day in known])
    return [day for day in days if rank_in_month(day) == rank]


def rank_in_month(day: date) -> int:
    """1 for the first Tuesday of the month, 2 for the second…"""
    return (day.day - 1) // 7 + 1


def _weekdays(weekday: int, since: date, until: date) -> Iterator[date]:
    day = since + timedelta(days=(weekday - since.weekday()) % 7)
    while day <= until:
        yield day
        day += WEEK


def _usual(values: list[int]) -> int:
    """The most frequent value; the latest among equals, because a rhythm that changed is the one that lasts."""
    counts = Counter(values)
    best = max(counts.values())
    return next(value for value in reversed(values) if counts[value] == best)
