"""French is written the same way everywhere (interface guide §10)."""

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcc.lib import french

MEETING = datetime(2025, 11, 25, 14, 0, tzinfo=UTC)


def test_dates_and_hours() -> None:
    assert french.date_short(date(1963, 3, 11)) == "11/03/1963"
    assert french.date_long(date(2025, 11, 25)) == "25\u00a0novembre 2025"
    assert french.date_long(date(2025, 12, 1), weekday=True, year=False) == "lundi 1er\u00a0décembre"
    assert french.time_short(time(9, 5)) == "09:05"
    assert french.moment_long(MEETING) == "mardi 25\u00a0novembre 2025, 14:00"
    assert french.moment_short(MEETING) == "25/11/2025, 14:00"


@pytest.mark.parametrize("day", [15, 17, 21])
def test_a_week_is_named_by_its_monday(day: int) -> None:
    assert french.week_of(date(2025, 12, day)) == "semaine du 15/12/2025"


def test_durations() -> None:
    assert [french.duration(m) for m in (0, 45, 180, 220, 65)] == [
        "0\u00a0min",
        "45\u00a0min",
        "3\u00a0h",
        "3\u00a0h\u00a040",
        "1\u00a0h\u00a005",
    ]
    with pytest.raises(ValueError, match="negative"):
        french.duration(-1)


@pytest.mark.parametrize(
    ("birth", "on", "said"),
    [
        (date(1963, 3, 11), date(2025, 11, 25), "62 ans"),
        (date(1963, 3, 11), date(2025, 3, 10), "61 ans"),
        (date(1963, 3, 11), date(2025, 3, 11), "62 ans"),
        (date(2022, 11, 25), date(2025, 11, 25), "3 ans"),
        (date(2022, 11, 26), date(2025, 11, 25), "35 mois"),
        (date(2025, 11, 25), date(2025, 11, 25), "0 jour"),
        (date(2025, 10, 26), date(2025, 11, 25), "30 jours"),
        (date(2025, 10, 25), date(2025, 11, 25), "1 mois"),
        (date(2004, 2, 29), date(2025, 2, 28), "20 ans"),
        (date(2004, 2, 29), date(2025, 3, 1), "21 ans"),
    ],
)
def test_age_as_a_clinician_says_it(birth: date, on: date, said: str) -> None:
    assert french.age(birth, on).replace(french.NBSP, " ") == said


def test_no_age_before_birth() -> None:
    with pytest.raises(ValueError, match="before the birth"):
        french.age(date(2025, 1, 2), date(2025, 1, 1))


@given(st.dates(), st.dates())
def test_birthdays_and_months_agree(one: date, other: date) -> None:
    birth, on = sorted((one, other))
    months = french.completed_months(birth, on)
    assert french.age_years(birth, on) * 12 <= months <= french.age_years(birth, on) * 12 + 11
    assert abs((on - birth).days / 30.436875 - months) < 2.1


def test_numbers() -> None:
    assert french.number(3) == "3"
    assert french.number(12345.5) == "12\u202f345,5"
    assert french.number(Decimal("0.10")) == "0,10"
    assert french.number(1e-7) == "0,0000001"
    assert french.number(-2.25, decimals=1) == "−2,2"
    assert french.number(18, decimals=1) == "18,0"
    assert french.percent(12.5) == "12,5\u00a0%"


def test_plural_starts_at_two() -> None:
    shown = [french.counted(n, "dossier").replace(french.NBSP, " ") for n in (0, 1, 1.5, 2, 1200)]
    assert shown == ["0 dossier", "1 dossier", "1,5 dossier", "2 dossiers", "1\u202f200 dossiers"]
    assert french.counted(2, "cheval", "chevaux") == "2\u00a0chevaux"
    assert [french.in_words(n) for n in (1, 5, 16, 17)] == ["un", "cinq", "seize", "17"]
    assert french.in_words(1, feminine=True) == "une"


def test_lists_and_agreement() -> None:
    assert french.join_list([]) == ""
    assert french.join_list(["a"]) == "a"
    assert french.join_list(["a", "", "b"]) == "a et b"
    assert french.join_list(["a", "b", "c"], last="ou") == "a, b ou c"
    assert [french.agree(sex, "né", "née") for sex in ("M", "F", "I", "")] == ["né", "née", "né(e)", "né(e)"]
    assert french.agree("I", "demandeur", "demandeuse") == "demandeur ou demandeuse"


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("0299000000", "02 99 00 00 00"),
        ("+33 (0)2-99.00.00.00", "02 99 00 00 00"),
        ("0033299000000", "02 99 00 00 00"),
        ("+32 2 555 12 12", "+32 2 555 12 12"),
        ("poste 1234 ", "poste 1234"),
    ],
)
def test_telephone_numbers(typed: str, shown: str) -> None:
    assert french.phone(typed).replace(french.NBSP, " ") == shown


def test_matricule_is_spaced_as_read_aloud() -> None:
    assert french.ins_matricule("279035121518989").replace(french.NBSP, " ") == "2 79 03 51 215 189 89"
    assert french.ins_matricule("court") == "court"


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Pourquoi ? Non ; si !", "Pourquoi\u202f? Non\u202f; si\u202f!"),
        ("RE : 90 %, RP 5 %.", "RE\u00a0: 90\u00a0%, RP 5\u00a0%."),
        ("« oui » et «non»", "«\u00a0oui\u00a0» et «\u00a0non\u00a0»"),
        ("l'avis d'experts", "l’avis d’experts"),
        ("14:00, 1:2, pT1c/pN1mi, https://a.example/?b=1;c", "14:00, 1:2, pT1c/pN1mi, https://a.example/?b=1;c"),
        ("dose (50 %) ; quoi ?!", "dose (50\u00a0%)\u202f; quoi\u202f?!"),
        ("5'-FU 5' 3\"", "5'-FU 5' 3\""),
    ],
)
def test_typography_changes_only_spaces_and_apostrophes(typed: str, shown: str) -> None:
    assert french.typography(typed) == shown


@given(st.text())
def test_typography_loses_no_character_and_is_stable(text: str) -> None:
    once = french.typography(text)
    blank = str.maketrans("", "", " \u00a0\u202f'’")
    assert once.translate(blank) == text.translate(blank)
    assert french.typography(once) == once
