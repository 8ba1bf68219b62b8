"""A sheet as the room reads it (MTG-01…03): what is answered, what changed, what lacks, what is empty but reachable."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from dcc.lib.french import typography
from rcp.sheets.changes import Moved, moved_since_last
from rcp.sheets.draft import Draft
from rcp.sheets.drawing.names import element_id
from rcp.sheets.drawing.tnm import briefly
from rcp.sheets.engine import TNM_PARTS, Item, display_value, link_id_of, tnm_of
from rcp.sheets.engine.french_words import low
from rcp.sheets.engine.paths import instance_of, split_path
from rcp.sheets.reprise import Source

# The registration is said by the question, the room and its decision have their own places.
APART = frozenset({"tronc.ch.inscription", "tronc.ch.discussion", "tronc.ch.decision"})
# What the room reads first; the others follow in the order of the form.
FIRST = ("tronc.ch.synthese", "tronc.ch.stade")
NEGATIVES = frozenset({"non", "aucun", "aucune"})
WISHES = "tronc.souhait"
TNM_VERSION, USUAL_VERSION = "tronc.tnm_version", "uicc8"
TOPOGRAPHY = re.compile(r"(, SAI)?( \(C[\d.,\- C]+\))?$")  # « …, SAI (C50.-) »: of use to who codes, not to the room
LINE = 27  # characters of an answer in one line of a column, at the normal size
CHANGES = 6
SEVERAL = 2
LONG_LABEL = 11  # past it, a label stands above its answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """« Ki-67 18 % »: the label is left out when the answer says it."""

    label: str
    text: str
    new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One chapter on the screen, its answers in one flow."""

    label: str
    pieces: tuple[Piece, ...]

    @property
    def long(self) -> bool:
        return len(self.label) > LONG_LABEL

    @property
    def lines(self) -> int:
        return 1 + sum(len(piece.label) + len(piece.text) + 3 for piece in self.pieces) // LINE + self.long


@dataclass(frozen=True, slots=True, kw_only=True)
class Empty:
    """The open questions of a chapter that nobody answered."""

    link_id: str
    label: str
    questions: tuple[tuple[str, str], ...]  # (id of its element on the sheet, words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    wishes: str
    since: str  # « 14/10 » of the last passage, '' for a first one
    changes: tuple[str, ...]
    more_changes: int  # how many others the screen has no place for
    columns: tuple[tuple[Fact, ...], tuple[Fact, ...]]
    missing: tuple[str, ...]
    empties: tuple[Empty, ...]

    @property
    def empty_count(self) -> int:
        return sum(len(one.questions) for one in self.empties)


def facts_of(draft: Draft, source: Source | None) -> Facts:
    """`source` is the last validated sheet of the patient before this one, as this form reads it, or None."""
    changes = _changes(draft, source)
    return Facts(
        wishes=_text(draft, WISHES),
        since=source.sheet.case.meeting.held_on.strftime("%d/%m") if source and changes else "",
        changes=tuple(one.words for one in changes[:CHANGES]),
        more_changes=max(len(changes) - CHANGES, 0),
        columns=_columns(_chapters(draft, {one.link_id for one in changes})),
        missing=_missing(draft),
        empties=_empties(draft),
    )


def _text(draft: Draft, link_id: str) -> str:
    if link_id not in draft.form.items:
        return ""
    path = draft.form.path(link_id)
    value = draft.answers.get(path) if path in draft.enabled else None
    return typography(display_value(draft.form, link_id, value)) if value is not None else ""


def _changes(draft: Draft, source: Source | None) -> list[Moved]:
    """What changed, the texts left to who reads the sheet."""
    moved = moved_since_last(draft, source) if source else []
    items = draft.form.items
    return [
        one
        for one in moved
        if items[one.link_id].chapter not in APART and items[one.link_id].type not in ("text", "string")
    ]


def _chapters(draft: Draft, changed: set[str]) -> list[Fact]:
    """One fact by chapter, the summary and the stage first; open and answered questions only (MTG-02)."""
    pieces: dict[str, list[Piece]] = defaultdict(list)
    answers = draft.answers | draft.computed
    rank = {link_id: place for place, link_id in enumerate(draft.form.items)}
    for path in sorted(answers, key=lambda one: _reading_order(one, rank)):
        item = draft.item(path)
        chapter = item.chapter
        if chapter is None or not _shown(item) or item.link_id == WISHES or path not in draft.enabled:
            continue
        if item.link_id in TNM_PARTS:
            if (whole := _tnm(draft, answers, changed)) not in pieces[chapter] and whole.text:
                pieces[chapter].append(whole)
        elif text := _said_in_room(draft, item, answers[path]):
            pieces[chapter].append(_piece(item, text, new=item.link_id in changed))
    order = sorted(
        (chapter.link_id for chapter in draft.form.chapters),
        key=lambda one: FIRST.index(one) if one in FIRST else len(FIRST),
    )
    return [
        Fact(label=draft.form.items[link_id].short_text, pieces=_folded(pieces[link_id]))
        for link_id in order
        if pieces.get(link_id)
    ]


def _folded(pieces: list[Piece]) -> tuple[Piece, ...]:
    """« Non alcool, grossesse » at the end, in place of one « Non » each; what has just become so stays where it is."""
    negative = [one for one in pieces if one.label and not one.new and one.text.lower() in NEGATIVES]
    if len(negative) < SEVERAL:
        return tuple(pieces)
    named = ", ".join(low(one.label) for one in negative)
    return (*(one for one in pieces if one not in negative), Piece(label="Non", text=named, new=False))


def _reading_order(path: str, rank: dict[str, int]) -> tuple[tuple[int, str], ...]:
    """Form order, line by line inside repeating groups."""
    steps = (instance_of(segment) for segment in split_path(path))
    return tuple((rank.get(link_id, -1), instance or "") for link_id, instance in steps)


def _shown(item: Item) -> bool:
    return item.is_question and not item.hidden and item.chapter not in APART


def _said_in_room(draft: Draft, item: Item, value: Any) -> str:
    """A coded answer by its words alone, the TNM edition if it is not the usual one, typed words set the French way."""
    if isinstance(value, dict) and item.value_set and value.get("display"):
        return TOPOGRAPHY.sub("", str(value["display"]))
    if item.link_id == TNM_VERSION and isinstance(value, dict) and value.get("code") == USUAL_VERSION:
        return ""
    said = briefly(draft.form, item.link_id, value)
    return typography(said) if item.type in ("text", "string") else said


def _piece(item: Item, text: str, *, new: bool) -> Piece:
    label = item.short_text.strip()
    said = text.lower().startswith(label.lower()) or item.type == "text"
    return Piece(label="" if said else label, text=text, new=new)


def _tnm(draft: Draft, answers: dict[str, Any], changed: set[str]) -> Piece:
    """T, N and M read as one, as the letter writes them: « cT2 cN1 M0 »."""
    said = tnm_of(draft.form, {path: value for path, value in answers.items() if path in draft.enabled})
    return Piece(label="", text=said, new=not changed.isdisjoint(TNM_PARTS))


def _missing(draft: Draft) -> tuple[str, ...]:
    """What must be known before deciding; what the decision itself asks is not missing yet."""
    issues = [*draft.missing, *(one for one in draft.constraints if one["severity"] == "error")]
    found = []
    for one in issues:
        item = draft.form.items.get(one["link_id"] or "")
        if item is not None and item.chapter not in APART:
            found.append(item.short_text)
    return tuple(dict.fromkeys(found))


def _empties(draft: Draft) -> tuple[Empty, ...]:
    answered = {link_id_of(path) for path in draft.answers | draft.computed}
    open_now = {link_id_of(path) for path in draft.enabled}
    by_chapter: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for link_id, item in draft.form.items.items():
        asked = _shown(item) and not item.calculated and not item.read_only and item.chapter is not None
        in_line = item.parent is not None and draft.form.items[item.parent].control == "list"
        if asked and not in_line and link_id in open_now and link_id not in answered:
            place = element_id(draft.form.path(link_id))
            by_chapter[str(item.chapter)].append((place, item.short_text))
    return tuple(
        Empty(link_id=chapter, label=draft.form.items[chapter].short_text, questions=tuple(questions))
        for chapter, questions in by_chapter.items()
    )


def _columns(facts: Iterable[Fact]) -> tuple[tuple[Fact, ...], tuple[Fact, ...]]:
    """Cut where the taller column is the shortest: reading goes down, then right."""
    listed = list(facts)
    heights = [sum(fact.lines for fact in listed[:cut]) for cut in range(len(listed) + 1)]
    total = heights[-1]
    cut = min(range(len(listed) + 1), key=lambda one: (max(heights[one], total - heights[one]), -one))
    return tuple(listed[:cut]), tuple(listed[cut:])
