"""The decision of the room, read from the sheet's own chapter (MTG-04, PLN-01…03, D7)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from dcc.lib.french import NBSP, date_short, join_list, week_of
from rcp.reports import data as r
from rcp.sheets.draft import Draft
from rcp.sheets.engine import display_value
from rcp.sheets.engine.french_words import low
from rcp.sheets.lines import lines_of

CHAPTER = "tronc.ch.decision"
OUTCOME = "tronc.decision"
LINES, EXAMS = "tronc.propositions", "tronc.exam_compl"
POSTPONEMENTS = frozenset({"report_incomplet", "report_quorum"})
ALTERNATIVE = "alternative"
TRIAL_PROPOSED = "oui"
# Facts printed with their short label, in this order; what says nothing (« sans objet ») is left out.
FACTS = (
    ("tronc.sans_decision_motif", "Motif"),
    ("tronc.recours_vers", "RCP de recours visée"),
    ("tronc.soins_support", "Soins de support"),
    ("tronc.oncogenetique", "Oncogénétique"),
    ("tronc.precaire_acces", "Accès au médicament hors AMM"),
    ("tronc.divergence", "Désaccord ou avis minoritaire"),
)
SILENT = frozenset({"sans_objet", "non_indiquee"})


@dataclass(frozen=True, slots=True)
class _Reader:
    """Answers of the decision chapter by linkId: open ones only."""

    draft: Draft

    def path(self, link_id: str, line: str = "") -> str:
        return f"{line}/{link_id}" if line else self.draft.form.path(link_id)

    def value(self, link_id: str, line: str = "") -> Any:
        path = self.path(link_id, line)
        if link_id not in self.draft.form.items or path not in self.draft.evaluation.enabled:
            return None
        return self.draft.answers.get(path)

    def code(self, link_id: str, line: str = "") -> str:
        value = self.value(link_id, line)
        return str(value.get("code") or "") if isinstance(value, dict) else ""

    def text(self, link_id: str, line: str = "") -> str:
        value = self.value(link_id, line)
        return display_value(self.draft.form, link_id, value) if value is not None else ""

    def words(self, link_id: str) -> str:
        """Several answers as one list in a sentence: « a, b et c »; options lose their capital, names keep it."""
        value = self.value(link_id)
        values = value if isinstance(value, list) else [value]
        said = [(one, display_value(self.draft.form, link_id, one)) for one in values if one is not None]
        return join_list([low(text) if isinstance(one, dict) else text for one, text in said])

    def day(self, link_id: str, line: str = "") -> date | None:
        value = self.value(link_id, line)
        return date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None

    def lines(self, group: str) -> list[str]:
        if group not in self.draft.form.items:
            return []
        enabled = self.draft.evaluation.enabled
        return [line for line in lines_of(self.draft.answers, self.draft.form.path(group)) if line in enabled]


def decision_of(draft: Draft) -> r.Proposal:
    """What the room decided, in the words to print; an outcome that is not chosen yet is an empty text."""
    read = _Reader(draft)
    return r.Proposal(
        outcome=read.text(OUTCOME),
        lines=tuple(_lines(read)),
        intent=_intent(read),
        conclusion=read.text("tronc.commentaire_rcp"),
        conclusion_hand_edited=bool(read.text("tronc.commentaire_rcp")),
        facts=tuple(_facts(read)),
        guideline=_guideline(read),
        trial=_trial(read),
        postponed=read.code(OUTCOME) in POSTPONEMENTS,
        to_represent=read.value("tronc.represent_le") is not None,
        to_represent_on=read.day("tronc.represent_le"),
    )


def _lines(read: _Reader) -> Iterator[r.ProposalLine]:
    """Steps of the proposal, or examinations asked for, then the lines of a second intention (PLN-01)."""
    found = [_exam(read, line) for line in read.lines(EXAMS)]
    steps = [_step(read, line) for line in read.lines(LINES)]
    found += [one for one in steps if one and not one["alternative"]]
    found += [one for one in steps if one and one["alternative"]]
    for rank, one in enumerate((one for one in found if one), start=1):
        yield r.ProposalLine(rank=rank, **one)


def _step(read: _Reader, line: str) -> dict[str, Any] | None:
    kind, precision = read.text(f"{LINES}.type", line), read.text(f"{LINES}.precision", line)
    if not kind and not precision:
        return None
    intention = read.value(f"{LINES}.rang", line)
    nature = read.code(f"{LINES}.nature", line)
    option = "option" if nature == "option" else ""
    protocol = read.text(f"{LINES}.protocole", line)
    return {
        "label": ", ".join(filter(None, (kind, precision))) if kind else precision,
        "details": ", ".join(filter(None, (protocol and f"protocole {protocol}", option))),
        "planned": _weeks(read.day(f"{LINES}.debut", line), read.day(f"{LINES}.fin", line)),
        "place": read.text(f"{LINES}.lieu", line),
        "person": read.text(f"{LINES}.responsable", line),
        "alternative": nature == ALTERNATIVE or (isinstance(intention, int) and intention > 1),
    }


def _exam(read: _Reader, line: str) -> dict[str, Any] | None:
    label = read.text(f"{EXAMS}.type", line)
    if not label:
        return None
    earliest, latest = read.day(f"{EXAMS}.au_plus_tot", line), read.day(f"{EXAMS}.au_plus_tard", line)
    between = [f"au plus tôt le {date_short(earliest)}"] if earliest else []
    between += [f"au plus tard le {date_short(latest)}"] if latest else []
    return {
        "label": label,
        "details": "examen demandé",
        "planned": ", ".join(between),
        "person": read.text(f"{EXAMS}.prescripteur", line),
        "alternative": False,
    }


def _weeks(start: date | None, end: date | None) -> str:
    """Dates of a programme are weeks (PLN-03): « semaine du 15/12/2025, fin prévue semaine du 02/03/2026 »."""
    said = [week_of(start)] if start else []
    said += [f"fin prévue {week_of(end)}"] if end else []
    return ", ".join(said)


def _intent(read: _Reader) -> str:
    text = read.text("tronc.intention")
    if not text or read.code("tronc.intention") == "support":
        return text
    return f"Intention {low(text)}"


def _facts(read: _Reader) -> Iterator[r.Fact]:
    for link_id, label in FACTS:
        text = read.words(link_id)
        if text and read.code(link_id) not in SILENT:
            yield r.Fact(label=label, text=text)
    who, day = read.text("tronc.annonce_qui"), read.day("tronc.annonce_date")
    if who or day:
        when = f"consultation du {date_short(day)}" if day else ""
        yield r.Fact(label="Annonce de la proposition", text=", ".join(filter(None, (who, when))))


def _guideline(read: _Reader) -> r.Guideline | None:
    conformity = read.text("tronc.conforme")
    name = read.text("tronc.referentiel")
    if not conformity and not name:
        return None
    return r.Guideline(
        name=name,
        conformity=low(conformity),
        reason=read.words("tronc.non_conf_motif"),
    )


def _trial(read: _Reader) -> str:
    answer, names = read.text("tronc.essai_prop"), read.words("tronc.essai_nom")
    if not answer:
        return ""
    if read.code("tronc.essai_prop") == TRIAL_PROPOSED:
        return f"inclusion proposée{NBSP}: {names}." if names else "inclusion proposée."
    _, _, reason = answer.partition(", ")
    return f"inclusion non proposée{NBSP}: {reason}." if reason else f"{low(answer)}."
