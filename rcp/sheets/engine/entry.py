"""What a person types, read as an answer: refusals say in French what is wrong, then what to do."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from dcc.lib.french import NBSP, number
from rcp.sheets.engine.cleaning import cleaned
from rcp.sheets.engine.definition import Compiled
from rcp.sheets.engine.display import plain_bound, range_of
from rcp.sheets.engine.items import Item, Option
from rcp.sheets.engine.moments import parse_day
from rcp.sheets.engine.regexes import matches
from rcp.sheets.engine.values import Moment, Quantity, compare, from_plain, plain_number

# (canonical of a value set, code typed or chosen) → coding {"system", "code", "display"}, or None when unknown.
Lookup = Callable[[str, str], dict[str, Any] | None]

_YES = frozenset({"true", "oui", "o", "1", "on", "vrai"})
_NO = frozenset({"false", "non", "n", "0", "off", "faux"})
# Spaces stand in a number between its thousands only: « 1 250,5 ». Anywhere else one of them hides a lost comma.
_NUMBER = re.compile(r"([+-]?)\s*((?:\d{1,3}(?:\s\d{3})+|\d+)(?:[.,]\d*)?|[.,]\d+)\s*(\D*)")
_CUT_NUMBER = re.compile(r"[+-]?[\d.,]+(?:\s+[\d.,]+)+\s*\D*")
_SPACES = re.compile(r"[\s\u00a0\u202f]+")
_LEGAL_TIME = ZoneInfo("Europe/Paris")  # FHIR refuses an hour without its zone
MAX_TEXT = 20_000


class AnswerRefused(ValueError):
    """A typed value that cannot be an answer of its item; the message is French, for the person who typed it."""

    def __init__(self, message: str, *, link_id: str) -> None:
        super().__init__(message)
        self.message = message
        self.link_id = link_id


def parse_value(
    form: Compiled,
    link_id: str,
    raw: str | list[str],
    *,
    today: date | None = None,
    lookup: Lookup | None = None,
) -> Any:
    """Read what was typed or chosen for an item; returns the plain draft value, None when it was emptied.

    ``raw``: option keys for choices (a list when several), text otherwise. ``today`` is needed for « auj », « +7 » and
    dates without a year. ``lookup`` resolves codes of value sets the form does not contain. Raises ``AnswerRefused``.
    """
    item = form.items[link_id]
    if not item.is_question:
        raise AnswerRefused("Cette ligne ne reçoit pas de réponse. Répondez à une question.", link_id=link_id)
    typed = [text for one in (raw if isinstance(raw, list) else [raw]) if (text := cleaned(one))]
    if not typed:
        return None
    if len(typed) > 1 and not item.repeats:
        raise _refused(item, "une seule réponse est possible", "Gardez-en une")
    values = [_parse_one(item, text.strip(), today, lookup) for text in typed]
    if not item.repeats:
        return values[0]
    _check_several(item, values)
    return values


def _refused(item: Item, wrong: str, remedy: str) -> AnswerRefused:
    return AnswerRefused(f"{item.short_text}{NBSP}: {wrong}. {remedy}.", link_id=item.link_id)


def _check_several(item: Item, values: list[Any]) -> None:
    for n, value in enumerate(values):
        if value in values[:n]:
            raise _refused(item, "une réponse est donnée deux fois", "Retirez-en une")
    exclusive = [option for option in item.options if option.exclusive and option.value in values]
    if exclusive and len(values) > 1:
        wrong = f"«{NBSP}{exclusive[0].label}{NBSP}» ne va pas avec une autre réponse"
        raise _refused(item, wrong, "Gardez l’une ou l’autre")
    if item.max_occurs is not None and len(values) > item.max_occurs:
        raise _refused(item, f"{item.max_occurs} réponses au plus", "Retirez-en")


def _parse_one(item: Item, text: str, today: date | None, lookup: Lookup | None) -> Any:
    if item.options or item.type in ("choice", "open-choice"):
        return _choice(item, text, lookup)
    if item.type == "boolean":
        return _boolean(item, text)
    if item.type in ("integer", "decimal", "quantity"):
        return _number(item, text)
    if item.type == "date":
        return _date(item, text, today)
    if item.type == "time":
        return _time(item, text)
    if item.type == "dateTime":
        return _date_time(item, text, today)
    return _text(item, text)


def _boolean(item: Item, text: str) -> bool:
    folded = _fold(text)
    if folded in _YES or folded in _NO:
        return folded in _YES
    raise _refused(item, f"«{NBSP}{text[:40]}{NBSP}» n’est ni oui ni non", "Choisissez Oui ou Non")


def _choice(item: Item, text: str, lookup: Lookup | None) -> Any:
    option = item.option(text) or _by_label(item, text)
    if option is not None:
        return option.value
    if item.value_set and lookup is not None:
        coding = lookup(item.value_set, text)
        if coding is not None:
            return coding
    if item.type == "open-choice":
        return _text(item, text)
    wrong = f"«{NBSP}{text[:60]}{NBSP}» n’est pas dans la liste"
    raise _refused(item, wrong, "Choisissez une réponse proposée")


def _by_label(item: Item, text: str) -> Option | None:
    folded = _fold(text)
    return next((option for option in item.options if _fold(option.label) == folded), None)


def _fold(text: str) -> str:
    flat = unicodedata.normalize("NFKD", text.replace("’", "'"))
    return _SPACES.sub(" ", "".join(c for c in flat if not unicodedata.combining(c))).strip().casefold()


def _number(item: Item, text: str) -> Any:
    written = text.replace("−", "-")
    match = _NUMBER.fullmatch(written)
    if match is None and _CUT_NUMBER.fullmatch(written):
        remedy = _say_range(item, "Écrivez-le d’un trait")
        wrong = f"«{NBSP}{text[:40]}{NBSP}» porte un espace qui n’est pas entre des milliers"
        raise _refused(item, wrong, f"{remedy}, sans espace et avec une virgule pour les décimales")
    if match is None:
        raise _refused(item, f"«{NBSP}{text[:40]}{NBSP}» n’est pas un nombre", _say_range(item, "Écrivez des chiffres"))
    digits, unit = match[1] + _SPACES.sub("", match[2]).replace(",", "."), _SPACES.sub("", match[3])
    if unit and _fold(unit) != _fold(_SPACES.sub("", item.unit)):
        expected = f"en {item.unit}" if item.unit else "sans unité"
        raise _refused(
            item, f"l’unité «{NBSP}{unit[:20]}{NBSP}» n’est pas celle attendue", f"Écrivez la valeur {expected}"
        )
    try:
        value = Decimal(digits)
    except InvalidOperation:
        raise _refused(item, "ce nombre ne se lit pas", "Écrivez des chiffres") from None
    if len(digits) > 15:
        raise _refused(item, "ce nombre est trop long", "Vérifiez la valeur")
    _check_decimals(item, value)
    _check_bounds(item, value)
    if item.type == "quantity":
        return {"value": plain_number(value), **({"unit": item.unit} if item.unit else {})}
    return plain_number(value)


def _check_decimals(item: Item, value: Decimal) -> None:
    if item.type == "integer" and value != value.to_integral_value():
        raise _refused(item, "un nombre entier est attendu", f"Arrondissez {number(value)}")
    places = -int(value.normalize().as_tuple().exponent)
    if item.decimals is not None and places > item.decimals:
        allowed = f"{item.decimals} chiffre{'s' if item.decimals > 1 else ''} après la virgule au plus"
        raise _refused(item, allowed if item.decimals else "un nombre entier est attendu", "Arrondissez la valeur")


def _check_bounds(item: Item, value: Decimal) -> None:
    for bound, beyond, word in ((item.min_value, -1, "sous"), (item.max_value, 1, "au-dessus de")):
        limit = from_plain(item.type, bound) if bound is not None else None
        amount = limit.value if isinstance(limit, Quantity) else limit
        if amount is not None and compare(value, amount) == beyond:
            unit = f"{NBSP}{item.unit}" if item.unit else ""
            wrong = f"{number(value)}{unit} est {word} {plain_bound(plain_number(amount))}{unit}"  # type: ignore[arg-type]
            raise _refused(item, wrong, f"Vérifiez la valeur ou son unité ({range_of(item)})")


def _say_range(item: Item, otherwise: str) -> str:
    accepted = range_of(item)
    return f"Écrivez un nombre, {accepted}" if accepted else otherwise


def _date(item: Item, text: str, today: date | None) -> str:
    found = parse_day(text, today=today, period=item.period)
    if found is None:
        raise _refused(item, f"«{NBSP}{text[:40]}{NBSP}» n’est pas une date", _date_help(item))
    if len(found) < {"annee": 4, "mois": 7, "jour": 10}[item.min_precision]:
        wanted = "le mois et l’année" if item.min_precision == "mois" else "le jour, le mois et l’année"
        raise _refused(item, "la date est trop peu précise", f"Indiquez {wanted}, par exemple {_example(item)}")
    _check_period(item, found, today)
    for bound, beyond, word in ((item.min_value, -1, "avant"), (item.max_value, 1, "après")):
        if bound is not None and compare(Moment("date", found), Moment("date", bound)) == beyond:
            raise _refused(item, f"cette date est {word} le {plain_bound(bound)}", "Vérifiez-la")
    return found


def _check_period(item: Item, found: str, today: date | None) -> None:
    if today is None or item.period is None:
        return
    order = compare(Moment("date", found), Moment("date", today.isoformat()[: len(found)]))
    if item.period == "passe" and order == 1:
        raise _refused(item, "cette date est dans le futur", "Indiquez une date au plus tard aujourd’hui")
    if item.period == "futur" and order == -1:
        raise _refused(item, "cette date est passée", "Indiquez une date à partir d’aujourd’hui")


def _example(item: Item) -> str:
    return {"annee": "2025", "mois": "11/2025", "jour": "25/11/2025"}[item.min_precision]


def _date_help(item: Item) -> str:
    return "Écrivez par exemple 25/11/2025" + ("" if item.min_precision == "jour" else " ou 11/2025")


def _time(item: Item, text: str) -> str:
    match = re.fullmatch(r"(\d{1,2})\s*[:hH]?\s*(\d\d)?", text)
    if match is None or int(match[1]) > 23 or int(match[2] or 0) > 59:
        raise _refused(item, f"«{NBSP}{text[:20]}{NBSP}» n’est pas une heure", "Écrivez par exemple 14:30")
    return f"{int(match[1]):02d}:{int(match[2] or 0):02d}:00"


def _date_time(item: Item, text: str, today: date | None) -> str:
    day, _, hour = text.replace("T", " ").partition(" ")
    found = _date(item, day.rstrip(","), today)
    if not hour.strip() or len(found) < 10:
        return found
    local = datetime.fromisoformat(f"{found}T{_time(item, hour.strip())}").replace(tzinfo=_LEGAL_TIME)
    return local.isoformat()


def _text(item: Item, text: str) -> str:
    if item.type != "text":
        text = " ".join(text.split())
    limit = item.max_length or MAX_TEXT
    if len(text) > limit:
        raise _refused(item, f"{len(text)} caractères, {limit} au plus", "Raccourcissez le texte")
    if item.min_length is not None and len(text) < item.min_length:
        raise _refused(item, f"{item.min_length} caractères au moins", "Complétez le texte")
    if item.pattern is not None and not matches(item.pattern, text):
        remedy = f"Écrivez par exemple {item.entry_format}" if item.entry_format else "Corrigez la saisie"
        raise _refused(item, "la forme attendue n’est pas respectée", remedy)
    return text
