"""The days a board meets on (AGD-11): frequency, rhythm that goes on, public holidays."""

from datetime import date

import pytest

from rcp.boards.rhythm import dates_of, holiday, public_holidays, rank_in_month

TUESDAY = 1


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2025, 4, 21), "lundi de Pâques"),
        (date(2026, 4, 6), "lundi de Pâques"),
        (date(2026, 5, 14), "Ascension"),
        (date(2026, 5, 25), "lundi de Pentecôte"),
        (date(2027, 3, 29), "lundi de Pâques"),
        (date(2038, 4, 26), "lundi de Pâques"),  # the latest Easter of the century
        (date(2025, 11, 11), "Armistice"),
        (date(2026, 11, 24), ""),
    ],
)
def test_public_holidays_of_france(day: date, name: str) -> None:
    assert holiday(day) == name


def test_a_year_has_eleven_public_holidays() -> None:
    assert len(public_holidays(2026)) == 11


def test_every_week() -> None:
    days = dates_of(frequency="weekly", weekday=TUESDAY, since=date(2026, 11, 1), until=date(2026, 11, 30))
    assert [day.day for day in days] == [3, 10, 17, 24]


def test_every_other_week_goes_on_across_the_years() -> None:
    """2026 has 53 ISO weeks: parity of week numbers would break the rhythm."""
    first = dates_of(frequency="fortnightly", weekday=TUESDAY, since=date(2026, 12, 1), until=date(2026, 12, 31))
    then = dates_of(
        frequency="fortnightly", weekday=TUESDAY, since=date(2027, 1, 1), until=date(2027, 1, 31), held=first
    )
    assert first == [date(2026, 12, 1), date(2026, 12, 15), date(2026, 12, 29)]
    assert then == [date(2027, 1, 12), date(2027, 1, 26)]


def test_one_extra_meeting_does_not_shift_the_rhythm() -> None:
    held = [date(2026, 11, 3), date(2026, 11, 17), date(2026, 11, 24)]
    days = dates_of(
        frequency="fortnightly", weekday=TUESDAY, since=date(2026, 12, 1), until=date(2026, 12, 31), held=held
    )
    assert days == [date(2026, 12, 1), date(2026, 12, 15), date(2026, 12, 29)]


def test_every_month_keeps_its_rank() -> None:
    held = [date(2026, 10, 13), date(2026, 11, 10)]
    days = dates_of(frequency="monthly", weekday=TUESDAY, since=date(2026, 12, 1), until=date(2027, 3, 31), held=held)
    assert [rank_in_month(day) for day in days] == [2, 2, 2, 2]
    assert days[0] == date(2026, 12, 8)


def test_a_board_that_changed_its_day_starts_again_from_the_period() -> None:
    wednesdays = [date(2026, 11, 4), date(2026, 11, 18)]
    days = dates_of(
        frequency="fortnightly", weekday=TUESDAY, since=date(2026, 12, 1), until=date(2026, 12, 20), held=wednesdays
    )
    assert days == [date(2026, 12, 1), date(2026, 12, 15)]
