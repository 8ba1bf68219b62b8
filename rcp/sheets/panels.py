"""What stands around the questions: chapters with their completion, what stops validation, what changed, documents."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from dcc.lib.french import NBSP, counted, date_short
from dcc.ui.components.sheet import Chapter
from patients.models import Document, DocumentState
from rcp.sheets.changes import Moved, moved_since_last
from rcp.sheets.desk import DECISION, Desk
from rcp.sheets.drawing import element_id
from rcp.sheets.drawing.tnm import briefly
from rcp.sheets.engine import Issue, Item
from rcp.sheets.engine.compile import references_of
from rcp.sheets.engine.paths import link_id_of
from rcp.sheets.given import is_given
from rcp.sheets.reprise import asked_at, offered

NAMED = 6  # questions named under a count


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A question named under a check: its short text, the way to it, and what joins it to the next one."""

    label: str
    href: str
    glue: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One line of « Avant de valider »: tone (ok, warn, bad), words, and where to go: one way, or one a question."""

    tone: str
    text: str
    detail: str = ""
    href: str = ""
    places: tuple[Place, ...] = ()
    rule: bool = False  # a rule of the form: its question says it too

    @property
    def icon(self) -> str:
        return {"ok": "check", "warn": "alert", "bad": "xc"}[self.tone]


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One document of the file: title, how old it is, and where it opens."""

    title: str
    age: str
    document: Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Dormant:
    """An answer of a question that closed since: what it says, and why it is closed."""

    label: str
    answer: str
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Findable:
    """One question to be found: its words, its short text, its element, and why it is closed if it is."""

    text: str
    label: str
    element_id: str
    because: str


def chapters(desk: Desk) -> list[Chapter]:
    """Every chapter, closed ones grey with their reason, after the open ones."""
    opened, closed = [], []
    draft = desk.draft
    waiting = _waiting(desk) if desk.open else Counter[str | None]()
    for item in draft.form.chapters:
        href = f"#{element_id(item.link_id, 'c')}"
        if item.link_id in draft.enabled:
            label, left = item.short_text or item.text, waiting[item.link_id]
            done, total = completion_of(desk, item.link_id, left)
            opened.append(Chapter(label=label, href=href, done=done, total=total, left=left))
        else:
            closed.append(Chapter(label=item.short_text, href=href, closed=item.closed_because or "sans objet"))
    return opened + closed


def completion_of(desk: Desk, chapter: str, left: int) -> tuple[int, int]:
    """(answered, asked): never complete while an answer stops validation (to confirm, lacking in a line)."""
    done, total = desk.draft.completion.get(chapter, (0, 0))
    if not left or done < total:
        return done, total
    return max(done - left, 0), max(total, 1)


def _waiting(desk: Desk) -> Counter[str | None]:
    """How many answers of each chapter stop validation."""
    draft = desk.draft
    paths = [str(issue["path"]) for issue in draft.missing]
    paths += [*draft.to_confirm, *(event.path for event in draft.conflicts)]
    return Counter(draft.item(path).chapter for path in paths)


def checks(desk: Desk, *, decision_too: bool = True) -> list[Check]:
    """What stops validation, worst first (guide §7); empty when the sheet is ready."""
    draft = desk.draft
    found: list[Check] = []
    if conflicts := draft.conflicts:
        found.append(
            Check(
                tone="bad",
                text=f"{counted(len(conflicts), 'conflit')} à trancher",
                places=places_of([event.path for event in conflicts], desk),
            )
        )
    found += [_rule(issue, desk) for issue in draft.constraints if issue["severity"] == "error"]
    if confirm := draft.to_confirm:
        found.append(
            Check(
                tone="warn",
                text=f"{counted(len(confirm), 'réponse')} à confirmer",
                places=places_of(confirm, desk),
            )
        )
    lacking = [str(issue["path"]) for issue in draft.missing]
    if not decision_too:
        lacking = [path for path in lacking if not path.startswith(DECISION)]
    if lacking:
        found.append(
            Check(
                tone="warn",
                text=f"{counted(len(lacking), 'obligatoire vide', 'obligatoires vides')}",
                places=places_of(lacking, desk),
            )
        )
    found += [_rule(issue, desk) for issue in draft.constraints if issue["severity"] != "error"]
    return found


def _rule(issue: Issue, desk: Desk) -> Check:
    """A rule of the form that is not kept, with the way to the question it stands on, or that a rule of all reads.

    A hidden question (a score behind the others) has no place of its own: the way leads to its chapter.
    """
    tone, path = "bad" if issue["severity"] == "error" else "warn", issue["path"] or ""
    if not path:
        return Check(tone=tone, text=issue["message"], href=_to(read) if (read := _read_by(issue, desk)) else "")
    item = desk.draft.item(path)
    if item.hidden and item.chapter is None:
        return Check(tone=tone, text=issue["message"])
    if item.hidden or (item.type == "group" and "/" not in path):
        return Check(tone=tone, text=issue["message"], href=f"#{element_id(item.chapter or item.link_id, 'c')}")
    return Check(tone=tone, text=issue["message"], href=_to(path), rule=True)


def _read_by(issue: Issue, desk: Desk) -> str:
    """Path of the first question that a rule of the whole form reads and that a hand answers; "" when there is none."""
    form = desk.draft.form
    rules = (one for one in form.constraints if one.spec is form.root and one.human == issue["message"])
    rule = next((one for one in rules if one.expression), None)
    read = references_of(rule.spec, rule.expression) if rule and rule.expression else set()
    for item in form.items.values():
        path = form.path(item.link_id)
        asked = item.is_question and not (item.hidden or item.calculated or is_given(form, item))
        if item.link_id in read and asked and path in desk.draft.enabled:
            return path
    return ""


def to_do(desk: Desk) -> int:
    """How many answers still stop validation."""
    draft = desk.draft
    broken = [issue for issue in draft.constraints if issue["severity"] == "error"]
    return len(draft.conflicts) + len(draft.to_confirm) + len(draft.missing) + len(broken)


def changed(desk: Desk) -> tuple[str, list[Moved]]:
    """The day of the last validated sheet, and what this one says otherwise."""
    source = desk.source
    if source is None:
        return "", []
    return date_short(source.sheet.case.meeting.held_on), moved_since_last(desk.draft, source)


def to_take_over(desk: Desk) -> list[tuple[str, str]]:
    """(linkId, label) of what the last sheet says and this one does not yet."""
    if desk.source is None or not desk.writable:
        return []
    answered = [path for path, row in desk.draft.rows.items() if row.value is not None]
    return [(item.link_id, item.short_text) for item in offered(desk.draft.form, desk.source, answered)]


def dormant(desk: Desk) -> list[Dormant]:
    """Questions answered then closed: kept, and left out of the report; a line counts once."""
    form = desk.draft.form
    said: dict[str, list[str]] = {}
    for path, value in desk.draft.dormant.items():
        said.setdefault(asked_at(form, path), []).append(briefly(form, link_id_of(path), value))
    return [
        Dormant(label=form.items[link_id].short_text, answer=", ".join(one for one in texts if one),
                because=_because(desk, link_id))
        for link_id, texts in said.items()
    ]  # fmt: skip


def _because(desk: Desk, link_id: str) -> str:
    """Why a question is closed: the reason of the widest closed group it stands in, else its own."""
    form, reason = desk.draft.form, ""
    up: Item | None = form.items[link_id]
    while up is not None:
        if form.path(up.link_id) not in desk.draft.enabled:
            reason = up.closed_because or reason
        up = form.items[up.parent] if up.parent else None
    return f"seulement {reason}" if reason.startswith("si ") else reason


def findable(desk: Desk) -> list[Findable]:
    """Every question by its words and its short text, the closed ones with their reason: what « / » looks through."""
    form = desk.draft.form
    found: dict[str, Findable] = {}
    for item in form.items.values():
        parent = form.items[item.parent] if item.parent else None
        in_line = parent is not None and parent.control == "list"
        if item.hidden or in_line or not (item.is_question or item.control == "list"):
            continue
        path = form.path(item.link_id)
        chapter = form.items[item.chapter].short_text if item.chapter else ""
        text = f"{item.text} – {chapter}" if item.text in found else item.text
        because = "" if path in desk.draft.enabled else _because(desk, item.link_id) or "question fermée"
        label = item.short_text if item.short_text != item.text else chapter
        found[text] = Findable(text=text, label=label, element_id=element_id(path), because=because)
    return list(found.values())


def pieces(desk: Desk) -> list[Piece]:
    """The last documents of the file, newest first."""
    today = timezone.localdate()
    rows = Document.objects.filter(patient_id=desk.case.patient_id).defer("data").order_by("-issued_at")[:5]
    return [
        Piece(title=row.title, age=_age(timezone.localdate(row.issued_at), today), document=row)
        for row in rows
        if row.state in (DocumentState.READY, DocumentState.REPLACED)
    ]


def _age(day: date, today: date) -> str:
    days = (today - day).days
    return "aujourd’hui" if days <= 0 else f"{days}{NBSP}j"


def _to(path: str) -> str:
    return f"#{element_id(path)}"


def places_of(paths: list[str], desk: Desk) -> tuple[Place, ...]:
    """The first questions, each with the way to it: « RE, RP, OMS et 3 autres », the others from the next one on."""
    first: dict[str, str] = {}
    for path in paths:
        first.setdefault(desk.draft.form.items[link_id_of(path)].short_text, path)
    shown, rest = list(first.items())[:NAMED], list(first.items())[NAMED:]
    named = [(label, _to(path)) for label, path in shown]
    if rest:
        named.append((counted(len(rest), "autre"), _to(rest[0][1])))
    glues = [*([", "] * (len(named) - 2)), " et ", ""][-len(named) :]
    return tuple(Place(label=label, href=href, glue=glue) for (label, href), glue in zip(named, glues, strict=True))
