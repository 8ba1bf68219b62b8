"""Dates typed in a hurry (guide §11): the server reads what dates.js completes, and says the same."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from dcc.ui.forms import FrenchDateField, NumberField
from dcc.ui.forms.dates import Prefer, parse_french_date

TODAY = date(2025, 11, 25)  # a Tuesday

# (typed, prefer, read); test_browser.py runs the same table through dates.js
READ: list[tuple[str, Prefer, date]] = [
    ("25/11/2025", "", date(2025, 11, 25)),
    ("1/2/2025", "", date(2025, 2, 1)),
    ("25-11-2025", "", date(2025, 11, 25)),
    ("25.11.25", "", date(2025, 11, 25)),
    ("25 11 2025", "", date(2025, 11, 25)),
    ("2025-11-25", "", date(2025, 11, 25)),
    ("251125", "", date(2025, 11, 25)),
    ("25112025", "", date(2025, 11, 25)),
    ("25/11", "", date(2025, 11, 25)),
    ("2511", "", date(2025, 11, 25)),
    ("3/1", "", date(2026, 1, 3)),
    ("3/1", "past", date(2025, 1, 3)),
    ("26/11", "past", date(2024, 11, 26)),
    ("24/11", "future", date(2026, 11, 24)),
    ("auj", "", TODAY),
    ("Aujourd’hui", "", TODAY),
    ("hier", "", date(2025, 11, 24)),
    ("demain", "", date(2025, 11, 26)),
    ("+7", "", date(2025, 12, 2)),
    ("-3", "", date(2025, 11, 22)),
    ("−3", "", date(2025, 11, 22)),
    ("110363", "past", date(1963, 3, 11)),
    ("11/03/63", "", date(1963, 3, 11)),
    ("01/01/40", "", date(2040, 1, 1)),
    ("01/01/40", "past", date(1940, 1, 1)),
    ("29/02", "past", date(2024, 2, 29)),
]
REFUSED = [
    "31/02/1971",
    "32/01/2025",
    "29/02/2025",
    "1/13",
    "25/11/203",
    "hier soir",
    "25",
    "12345",
    "//",
    "25/11/2025 x",
    "",
]


@pytest.mark.parametrize(("typed", "prefer", "read"), READ)
def test_typed_dates_are_read(typed: str, prefer: Prefer, read: date) -> None:
    assert parse_french_date(typed, today=TODAY, prefer=prefer) == read


@pytest.mark.parametrize("typed", REFUSED)
def test_what_is_no_date_is_refused(typed: str) -> None:
    with pytest.raises(ValueError):
        parse_french_date(typed, today=TODAY)


def test_the_field_says_what_to_do() -> None:
    field = FrenchDateField(prefer="past", not_after_today=True)
    with pytest.raises(ValidationError, match=r"n’est pas une date\. Écrivez"):
        field.clean("31/02/1971")
    with pytest.raises(ValidationError, match="au plus tard aujourd’hui"):
        field.clean("+7")
    with pytest.raises(ValidationError, match="Indiquez la date"):
        field.clean("")


def test_numbers_take_comma_point_and_spaces() -> None:
    field = NumberField(unit="%", min_value=0, max_value=2000)
    assert str(field.clean("12,5")) == "12.5"
    assert str(field.clean("12.5")) == "12.5"
    assert str(field.clean("1\u202f234")) == "1234"
    assert field.prepare_value(field.clean("12,5")) == "12,5"
    for wrong in ("douze", "1,2,3", "NaN", "Infinity", "-1", "2001"):
        with pytest.raises(ValidationError):
            field.clean(wrong)
