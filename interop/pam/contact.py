"""How to reach a patient: the newest word speaks, whoever says it, and a repetition is not a word.

Every movement of a stay repeats the address a hospital has on file: taken as news, it would undo for years what a
secretary corrected here. So the word of an authority dates from when it began to say it. `""` is a word too: nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from interop.pam.record import CONTACT_TRAITS, Practitioner, Stamp, Statement, Traits
from interop.pam.said import UNSAID
from patients.identity.names import comparison_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What an authority says of one trait, CLEARED included, and since when without a break."""

    value: object
    since: Stamp
    authority: str


def latest_words(spoken: Mapping[str, Iterable[Statement]]) -> dict[str, Word]:
    """Give the word that stands for each trait of CONTACT_TRAITS; absent when nobody ever said anything of it."""
    said = [word for authority, statements in spoken.items() for word in _words(authority, statements)]
    found: dict[str, Word] = {}
    for name in CONTACT_TRAITS:
        words = sorted((word for trait, word in said if trait == name), key=_age, reverse=True)
        if words:
            found[name] = _completed(words) if name == "gp" else words[0]
    return found


def _words(authority: str, statements: Iterable[Statement]) -> Iterable[tuple[str, Word]]:
    known: dict[str, Word] = {}
    heard: Traits | None = None
    for statement in sorted(statements, key=lambda item: item.stamp):
        if statement.traits is heard:
            continue
        heard = statement.traits
        for name in CONTACT_TRAITS:
            said = getattr(heard, name)
            if said is not UNSAID and (name not in known or known[name].value != said):
                known[name] = Word(value=said, since=statement.stamp, authority=authority)
    return known.items()


def _age(word: Word) -> tuple[Stamp, str]:
    return word.since, word.authority


def _completed(words: list[Word]) -> Word:
    """Give the newest GP, with what older words say of the same one: a feed rarely knows a secure address."""
    newest = words[0]
    for older in words[1:]:
        mine, theirs = newest.value, older.value
        if not isinstance(mine, Practitioner) or mine.whole:
            break
        if isinstance(theirs, Practitioner) and _same(mine, theirs):
            filled = {name: getattr(mine, name) or getattr(theirs, name) for name in ("rpps", "mssante", "address")}
            newest = replace(newest, value=replace(mine, **filled))
    return newest


def _same(one: Practitioner, other: Practitioner) -> bool:
    if one.rpps and other.rpps:
        return one.rpps == other.rpps
    return bool(one.name) and _words_of(one.name) == _words_of(other.name)


def _words_of(name: str) -> frozenset[str]:
    """The words of a name whatever their order, without the title."""
    words = {comparison_key(word) for word in name.split()} - {"", "DR", "PR", "DOCTEUR", "PROFESSEUR"}
    return frozenset(words)
