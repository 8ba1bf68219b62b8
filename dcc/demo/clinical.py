"""Typical invented situations, each what a physician of the speciality would have typed before and in the meeting.

A situation is written as short lines of `key=value` words, quoted when they hold spaces; several choices are joined by
`+`. Keys of `trunk` are questions of the trunk, keys of `organ` those of the form. Dates are relative to the meeting,
so that the demonstration never grows old: `J-20` a day, `M-3` a month, `A-2` a year; in free text, `{J-20}`.
`tnm='p T2 N1 M0'` gives the type and the three categories. Treatments are « type · what · from · to · best response »,
proposals « type · what · planned start », preceded by « ou » for an alternative.
"""

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from dcc.lib.french import date_long
from rcp.sheets.code_lists import find
from rcp.sheets.engine import Compiled, parse_value

# Said of nearly every case; a situation that says otherwise has the last word.
USUAL = {"tumeur_statut": "primitive", "preuve_histo": "oui", "phase": "initiale", "dossier_complet": "oui"}
USUAL_PROPOSAL = {"decision": "proposition", "intention": "curative", "conforme": "conforme"}
REFERENCE = "Référentiel régional Ligéa, version 2026-09"
DECIDED_IN_ROOM = ("tronc.ch.decision", ".ch.proposition", ".ch.decision")  # chapters empty before the meeting
PROTOCOLS = frozenset({"chimiotherapie", "therapie_ciblee", "immunotherapie", "hormonotherapie", "autre_medicament"})
PAST = ("type", "precision", "debut", "fin", "reponse")
FIRST_LINE = UUID(
    "0197d4ad-a40f-7a4a-8e9d-000000000000"
)  # lines of repeating groups are read in the order of their ids
PLANNED = "tronc.propositions.debut"  # a week, said by its Monday
TNM = ("tnm_type", "tnm_t", "tnm_n", "tnm_m")
_DATE = re.compile(r"([JMA])([+-]\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """Who (`sex` empty: anybody; `ages` in years, both included), why, and the answers; `board` restricts it to one."""

    form: str
    question: str
    told: str
    trunk: str
    organ: str = ""
    motive: str = "initial"
    sex: str = ""
    ages: tuple[int, int] = (40, 85)
    board: str = ""
    past: tuple[str, ...] = ()
    plan: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()

    def suits(self, *, sex: str, age: int, ages: tuple[int, int] = (0, 120)) -> bool:
        """Whether it can be told of this patient, on a board that sees patients of `ages`."""
        return self.sex in ("", sex) and max(self.ages[0], ages[0]) <= age <= min(self.ages[1], ages[1])


def answers_of(situation: Situation, form: Compiled, on: date, *, decided: bool) -> dict[str, Any]:
    """The stored answers of a situation at a meeting held `on`; without the decision before it is held.

    Raises AnswerRefused, KeyError for a question the form does not have.
    """
    found: dict[str, Any] = {}
    for link_id, line, typed in _typed(situation, decided=decided):
        item = form.item(link_id)
        if not decided and (item.chapter or "").endswith(DECIDED_IN_ROOM):
            continue
        text: str | list[str] = typed.split("+") if item.repeats else typed
        if item.type == "date":
            text = moment(typed, on)
        if link_id == PLANNED:
            text = monday_from(date.fromisoformat(str(text))).isoformat()
        value = parse_value(form, link_id, text, today=on, lookup=find)
        found[form.path(link_id, line) if line else form.path(link_id)] = value
    found[form.path("tronc.synthese")] = told(situation.told, on)
    return found


def moment(text: str, on: date) -> str:
    """« J-20 » as a day, « M-3 » as a month, « A-2 » as a year; any other text as it is."""
    match = _DATE.fullmatch(text)
    if match is None:
        return text
    shift = int(match[2])
    if match[1] == "J":
        return (on + timedelta(days=shift)).isoformat()
    months = on.year * 12 + on.month - 1 + (shift if match[1] == "M" else 12 * shift)
    return f"{months // 12}-{months % 12 + 1:02d}" if match[1] == "M" else str(months // 12)


def monday_from(day: date) -> date:
    """That Monday, or the next one."""
    return day + timedelta(days=-day.weekday() % 7)


def told(text: str, on: date) -> str:
    """The history, its days written out."""
    return re.sub(r"\{(J[+-]\d+)\}", lambda found: date_long(date.fromisoformat(moment(found[1], on))), text)


def _typed(situation: Situation, *, decided: bool) -> Iterator[tuple[str, str, str]]:
    """(question, line or "", typed text) of every answer."""
    own = _words(situation.trunk)
    proposes = decided and own.get("decision", "proposition") == "proposition"
    trunk = {**USUAL, **(USUAL_PROPOSAL if proposes else {}), **own}
    if tnm := trunk.pop("tnm", ""):
        trunk = {**dict(zip(TNM, tnm.split(), strict=True)), **trunk}
    if proposes and trunk["conforme"] != "sans_referentiel":
        trunk["referentiel"] = REFERENCE
    for prefix, words in (("tronc", trunk), (situation.form, _words(situation.organ))):
        for key, typed in words.items():
            yield f"{prefix}.{key}", "", typed
    for rank, former in enumerate(situation.past):
        yield from _line("tronc.ttt_ant", rank, _treatment(former))
    if decided:
        for rank, proposal in enumerate(_proposals(situation.plan)):
            yield from _line("tronc.propositions", rank, proposal)
    for rank, line in enumerate(situation.lines):
        group, _, columns = line.partition(" ")
        if decided or not group.startswith("tronc."):
            yield from _line(group, rank, _words(columns))


def _words(text: str) -> dict[str, str]:
    pairs = (word.partition("=") for word in shlex.split(text))
    return {key: typed for key, _, typed in pairs}


def _line(group: str, rank: int, answers: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    line = str(UUID(int=FIRST_LINE.int + rank))
    for key, typed in answers.items():
        if typed:
            yield f"{group}.{key}", line, typed


def _treatment(text: str) -> dict[str, str]:
    """A former treatment; without an end it goes on."""
    parts = dict(zip(PAST, (part.strip() for part in text.split("·")), strict=False))
    return {**parts, "statut": "realise" if parts.get("fin") else "en_cours"}


def _proposals(plan: tuple[str, ...]) -> Iterator[dict[str, str]]:
    """The steps of the first intention, numbered when there are several, then its alternatives."""
    steps = [one for one in plan if not one.startswith("ou ")]
    for rank, text in enumerate(steps, start=1):
        yield {"rang": "1", "sequence": str(rank) if len(steps) > 1 else "", **_proposal(text)}
    for rank, text in enumerate((one for one in plan if one.startswith("ou ")), start=2):
        yield {"rang": str(rank), "nature": "alternative", **_proposal(text.removeprefix("ou "))}


def _proposal(text: str) -> dict[str, str]:
    kind, what, start = ([part.strip() for part in text.split("·")] + ["", ""])[:3]
    return {"type": kind, "protocole" if kind in PROTOCOLS else "precision": what, "debut": start}
