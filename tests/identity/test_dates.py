"""Birth dates as typed at the desk; partial dates by EXI ID 11."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patients.identity.dates import DateRefused, age_label, age_on, parse_birth_date, typed_form

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    "typed",
    ["11031963", "110363", "11/03/1963", "11-3-63", "11.03.1963", " 11 03 1963 ", "1963-03-11", "19630311",
     "11 mars 1963", "11 MARS 63"],
)  # fmt: skip
def test_whole_dates(typed: str) -> None:
    read = parse_birth_date(typed, today=TODAY)
    assert (read.value, read.interpreted, read.typed) == (date(1963, 3, 11), False, typed)


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("03/1963", date(1963, 3, 1)),
        ("031963", date(1963, 3, 1)),
        ("??/03/1963", date(1963, 3, 1)),
        ("00031963", date(1963, 3, 1)),
        ("mars 1963", date(1963, 3, 1)),
        ("11/00/1963", date(1963, 1, 11)),
        ("11/xx/1963", date(1963, 1, 11)),
        ("1963", date(1963, 12, 31)),
        ("00/00/1963", date(1963, 12, 31)),
        ("00001963", date(1963, 12, 31)),
    ],
)
def test_partial_dates_follow_the_national_rule_and_are_flagged(typed: str, value: date) -> None:
    read = parse_birth_date(typed, today=TODAY)
    assert (read.value, read.interpreted) == (value, True)


@pytest.mark.parametrize(
    ("typed", "reason", "suggestions"),
    [
        ("", "obligatoire", ()),
        ("11-3-15", "Année ambiguë\u00a0: 1915 ou 2015", ("11/03/1915", "11/03/2015")),
        ("110306", "ambiguë", ("11/03/1906", "11/03/2006")),
        ("03/25/1963", "Jour et mois inversés", ("25/03/1963",)),
        ("15/13/1963", "facturation", ()),
        ("31/02/1960", "n’existe pas au calendrier", ()),
        ("29/02/1900", "n’existe pas au calendrier", ()),
        ("12/12/2026", "futur", ()),
        ("2026", "le jour et le mois sont nécessaires", ()),
        ("01/01/1850", "vérifiez l’année", ()),
        ("196?", "décennie", ()),
        ("1163", "vérifiez l’année", ()),
        ("110319633", "9 chiffres", ()),
        ("lundi", "n’est pas une date lisible", ()),
    ],
)
def test_refusals_say_what_to_do(typed: str, reason: str, suggestions: tuple[str, ...]) -> None:
    with pytest.raises(DateRefused) as refusal:
        parse_birth_date(typed, today=TODAY)
    assert reason in refusal.value.message
    assert refusal.value.suggestions == suggestions


def test_a_two_digit_year_is_completed_only_when_one_century_is_possible() -> None:
    assert parse_birth_date("21/11/27", today=TODAY).value == date(1927, 11, 21)
    assert parse_birth_date("21/11/05", today=TODAY).value == date(2005, 11, 21)  # 1905 would be 121 years old
    assert parse_birth_date("22/11/26", today=TODAY).value == date(1926, 11, 22)  # tomorrow is not possible
    with pytest.raises(DateRefused, match="ambiguë"):
        parse_birth_date("21/11/26", today=TODAY)


def test_a_very_old_patient_is_accepted_with_a_warning() -> None:
    assert parse_birth_date("01/01/1920", today=TODAY).warnings != ()
    assert parse_birth_date("01/01/1930", today=TODAY).warnings == ()


@given(st.dates(min_value=date(1907, 1, 1), max_value=TODAY))
def test_every_way_to_type_a_date_reads_back(day: date) -> None:
    forms = [
        typed_form(day), f"{day:%d%m%Y}", f"{day:%Y%m%d}", day.isoformat(), f"{day.day}.{day.month}.{day.year}",
    ]  # fmt: skip
    assert {parse_birth_date(form, today=TODAY).value for form in forms} == {day}


@given(st.text("0123456789?x/-. marsjuin", max_size=12))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        read = parse_birth_date(text, today=TODAY)
    except DateRefused:
        return
    assert read.value <= TODAY


def test_ages() -> None:
    assert age_on(date(1963, 3, 11), date(2026, 3, 10)) == 62
    assert age_on(date(1963, 3, 11), date(2026, 3, 11)) == 63
    assert age_on(date(2004, 2, 29), date(2022, 2, 28)) == 17
    labels = [age_label(born, TODAY) for born in (date(1963, 3, 11), date(2025, 5, 22), date(2026, 11, 20), TODAY)]
    assert [label.replace("\u00a0", " ") for label in labels] == ["63 ans", "17 mois", "1 jour", "0 jour"]
