"""French words, dates and numbers, written the same way on screens, in letters and in messages.

Pure functions. Spaces are typographic: U+00A0 keeps a number with its unit and stands before ``:`` and ``%``,
U+202F (narrow) groups digits and stands before ``;`` ``!`` ``?``.
"""

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal

NBSP = "\u00a0"
NNBSP = "\u202f"

WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
SMALL_NUMBERS = (
    "zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix",
    "onze", "douze", "treize", "quatorze", "quinze", "seize",
)  # fmt: skip

_AGE_IN_MONTHS_UNTIL = 3  # years: a child of 30 months is not "2 ans" for a paediatrician
_AGE_IN_DAYS_UNTIL = 1  # months


def date_short(day: date) -> str:
    """Write a date as data: ``11/03/1963``."""
    return f"{day.day:02d}/{day.month:02d}/{day.year:04d}"


def date_long(day: date, *, weekday: bool = False, year: bool = True) -> str:
    """Write a date inside a sentence: ``25 novembre 2025``, ``mardi 1er décembre``."""
    number = "1er" if day.day == 1 else str(day.day)
    words = [WEEKDAYS[day.weekday()]] if weekday else []
    words += [f"{number}{NBSP}{MONTHS[day.month - 1]}"]
    words += [f"{day.year}"] if year else []
    return " ".join(words)


def time_short(moment: time | datetime) -> str:
    """Write an hour: ``14:00``."""
    return f"{moment.hour:02d}:{moment.minute:02d}"


def moment_short(moment: datetime) -> str:
    """Write date and hour as data, in the moment's own time zone: ``25/11/2025, 14:23``."""
    return f"{date_short(moment)}, {time_short(moment)}"


def moment_long(moment: datetime, *, year: bool = True) -> str:
    """Write date and hour as a title: ``mardi 25 novembre 2025, 14:00``."""
    return f"{date_long(moment, weekday=True, year=year)}, {time_short(moment)}"


def week_of(day: date) -> str:
    """Name the week a date falls in by its Monday: ``semaine du 15/12/2025`` (PLN-03 counts in weeks)."""
    return f"semaine du {date_short(day - timedelta(days=day.weekday()))}"


def duration(minutes: int) -> str:
    """Write a length of time given in minutes: ``45 min``, ``3 h``, ``3 h 40``."""
    if minutes < 0:
        raise ValueError("a duration is not negative")
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest}{NBSP}min"
    return f"{hours}{NBSP}h" + (f"{NBSP}{rest:02d}" if rest else "")


def completed_months(birth: date, on: date) -> int:
    """Count the whole months lived between two dates; refuses a date before the birth."""
    if on < birth:
        raise ValueError("no age before the birth")
    return (on.year - birth.year) * 12 + on.month - birth.month - (on.day < birth.day)


def age_years(birth: date, on: date) -> int:
    """Count the birthdays passed; someone born on 29 February ages on 1 March of other years."""
    return completed_months(birth, on) // 12


def age(birth: date, on: date) -> str:
    """Write an age as a clinician says it: days under a month, months under three years, then years."""
    months = completed_months(birth, on)
    if months < _AGE_IN_DAYS_UNTIL:
        return counted((on - birth).days, "jour")
    if months < _AGE_IN_MONTHS_UNTIL * 12:
        return counted(months, "mois", "mois")
    return counted(months // 12, "an")


def number(value: int | float | Decimal, *, decimals: int | None = None) -> str:
    """Write a number with a decimal comma and grouped thousands: ``12 345,6``, ``−3``.

    ``decimals`` fixes the digits after the comma; None keeps those the value has.
    """
    exact = Decimal(str(value)) if isinstance(value, float) else Decimal(value)
    text = f"{exact:,f}" if decimals is None else f"{exact:,.{decimals}f}"
    return text.replace(",", NNBSP).replace(".", ",").replace("-", "−")


def percent(value: int | float | Decimal, *, decimals: int | None = None) -> str:
    """Write a share already expressed in hundredths: ``12,5 %``."""
    return f"{number(value, decimals=decimals)}{NBSP}%"


def plural(count: int | float | Decimal, singular: str, plural_form: str = "") -> str:
    """Choose the form of a word: French is plural from two on, so ``0 dossier`` and ``1,5 litre``."""
    return singular if -2 < count < 2 else plural_form or f"{singular}s"


def counted(count: int | float | Decimal, singular: str, plural_form: str = "") -> str:
    """Write a count with its word, kept on one line: ``2 dossiers``, ``1 cheval``."""
    return f"{number(count)}{NBSP}{plural(count, singular, plural_form)}"


def in_words(count: int, *, feminine: bool = False) -> str:
    """Write a small count in letters for a sentence, digits above sixteen."""
    if count == 1 and feminine:
        return "une"
    return SMALL_NUMBERS[count] if 0 <= count < len(SMALL_NUMBERS) else number(count)


def join_list(items: Iterable[str], *, last: str = "et") -> str:
    """Join the words of a list: ``a, b et c``; empty items are left out."""
    words = [item for item in items if item]
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def agree(sex: str, masculine: str, feminine: str) -> str:
    """Agree a word with a person whose sex is ``M``, ``F`` or unknown (``né``, ``née``, ``né(e)``)."""
    if sex == "M":
        return masculine
    if sex == "F":
        return feminine
    if feminine == f"{masculine}e":
        return f"{masculine}(e)"
    return f"{masculine} ou {feminine}"


def phone(value: str) -> str:
    """Group a telephone number by pairs when it is French, leave any other as it was typed."""
    digits = re.sub(r"[\s.\-()\u00a0\u202f]", "", value)
    digits = re.sub(r"^(?:\+|00)33(?:\(0\)|0)?(?=[1-9]\d{8}$)", "0", digits)
    if not re.fullmatch(r"0\d{9}", digits):
        return value.strip()
    return NBSP.join(digits[i : i + 2] for i in range(0, 10, 2))


def ins_matricule(matricule: str) -> str:
    """Space a matricule INS the way it is read aloud: ``2 79 03 51 215 189 89``."""
    groups = re.fullmatch(r"(.)(..)(..)(..)(...)(...)(..)", matricule)
    return NBSP.join(groups.groups()) if groups else matricule


def typography(text: str) -> str:
    """Set the spaces and apostrophes of a sentence the French way, without touching anything else.

    Only spaces that were typed are changed, so ``14:00``, ``1:2`` and addresses stay as they are. Not for identities:
    a name keeps its straight apostrophe (RNIV).
    """
    text = re.sub(r"(?<=\w)'(?=\w)", "’", text)
    text = re.sub(r"[ \u00a0\u202f]+(?=[;!?](?:[\s»)!?.…]|$))", NNBSP, text)
    text = re.sub(r"[ \u00a0\u202f]+(?=[:%](?:[\s»),.;…]|$))", NBSP, text)
    text = re.sub(r"«[ \u00a0\u202f]*(?=\S)", f"«{NBSP}", text)
    return re.sub(r"(?<=\S)[ \u00a0\u202f]*»", f"{NBSP}»", text)
