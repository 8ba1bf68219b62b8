"""What remains to do on a draft: missing answers, failed constraints, dormant answers, completion, changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from dcc.lib.french import NBSP, NNBSP
from rcp.sheets.engine import profile
from rcp.sheets.engine.constraints import failed_constraints
from rcp.sheets.engine.definition import Compiled, Issue, Spec, issue
from rcp.sheets.engine.display import display_one
from rcp.sheets.engine.explain import label_of
from rcp.sheets.engine.expressions.environment import Env
from rcp.sheets.engine.instances import Node, Tree

Answers = Mapping[str, Any]


class Change(NamedTuple):
    """One difference between two drafts, as it is read: label, old and new display ("" when unanswered)."""

    label: str
    old: str
    new: str
    link_id: str


def missing_for_validation(form: Compiled, answers: Answers, context: Mapping[str, Any] | None = None) -> list[Issue]:
    """Open questions without the answer that validation demands. Items filled by the meeting itself are left out."""
    return _missing(form, answers, context or {}, profile.REQUIRED_AT_VALIDATION, with_required=True)


def missing_for_registration(form: Compiled, answers: Answers, context: Mapping[str, Any] | None = None) -> list[Issue]:
    """Open questions without the answer that registration demands."""
    return _missing(form, answers, context or {}, profile.REQUIRED_AT_REGISTRATION, with_required=False)


def _missing(
    form: Compiled, answers: Answers, context: Mapping[str, Any], url: str, *, with_required: bool
) -> list[Issue]:
    tree = form.evaluate(answers, context).tree
    found = []
    for spec in form.specs:
        for node in tree.by_index[spec.index]:
            if not node.enabled or _filled_by_meeting(spec) or is_answered(node):
                continue
            if in_absent_line(node):
                continue
            always = with_required and spec.raw.get("required") is True
            if always or is_required(tree, node, url, context):
                found.append(missing_issue(node))
    return found


def in_absent_line(node: Node) -> bool:
    """Whether the node is in a line that nobody added, or under a question that nobody answered: a required item asks
    nothing where there is no place for its answer."""
    up = node.parent
    while up is not None:
        if up.spec.is_group and up.spec.repeats and not up.present:
            return True
        if up.is_slot and not up.values:
            return True
        up = up.parent
    return False


def _filled_by_meeting(spec: Spec) -> bool:
    return any(s.extension(profile.SOURCE) == "seance" for s in (spec, *spec.ancestors()))


def is_answered(node: Node) -> bool:
    """Whether a question has an answer, or a group has one somewhere below."""
    if node.spec.is_group:
        return any(is_answered(below) for below in node.children() if below.enabled)
    return any(not isinstance(value, str) or value.strip() for value in node.values)


def is_required(tree: Tree, node: Node, url: str, context: Mapping[str, Any]) -> bool:
    """Whether a conditional requirement (boolean or Expression extension) holds for a node now."""
    raw = node.spec.extension(url)
    if isinstance(raw, Mapping):
        expression = tree.form.requirement(node.spec, url)
        return expression is not None and expression.holds(Env(tree, node, context)) is True
    return raw is True


def missing_issue(node: Node) -> Issue:
    """The issue of a required answer that is missing."""
    label = label_of(node.spec)
    return issue(
        "error",
        "required",
        f"{label}{NBSP}: une réponse est nécessaire. Répondez à cette question avant de valider.",
        path=node.path,
        link_id=node.spec.link_id,
    )


def constraint_issues(form: Compiled, answers: Answers, context: Mapping[str, Any] | None = None) -> list[Issue]:
    """Constraints of the form that a draft breaks, with the severity the form gives them."""
    return failed_constraints(form.evaluate(answers, context).tree, context or {})


def completion(
    form: Compiled, answers: Answers, context: Mapping[str, Any] | None = None
) -> dict[str, tuple[int, int]]:
    """For each open chapter: (answered, open questions). Calculated, hidden and read-only items do not count; a
    repeating group counts as one question."""
    tree = form.evaluate(answers, context).tree
    result = {}
    for spec in form.root.children:
        node = tree.by_index[spec.index][0] if spec.is_group else None
        if node is not None and node.enabled:
            result[spec.link_id] = _count(node)
    return result


def _count(group: Node) -> tuple[int, int]:
    answered = asked = 0
    seen: set[int] = set()
    for node in group.children():
        spec = node.spec
        skipped = spec.type == "display" or spec.calculated is not None or spec.raw.get("readOnly") is True
        if not node.enabled or skipped or spec.extension(profile.HIDDEN) is True:
            continue
        if spec.is_group and spec.repeats:
            siblings = group.kids.get(spec.index, [node])
            if spec.index not in seen and not _filled_by_meeting(spec):
                seen.add(spec.index)
                asked += 1
                answered += any(is_answered(n) for n in siblings)
            continue
        if spec.is_question:
            asked += 1
            answered += bool(node.values)
        below = _count(node)
        answered, asked = answered + below[0], asked + below[1]
    return answered, asked


def dormant(form: Compiled, answers: Answers, context: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Answers kept but closed: ``{path: value}``. They are in no sentence, statistic or export, and come back if their
    item reopens; validation lists them, then leaves them out of the frozen sheet."""
    tree = form.evaluate(answers, context).tree
    closed = {path for path, node in tree.by_path.items() if not node.enabled and node.spec.is_question}
    return {path: value for path, value in answers.items() if path in closed and value not in (None, [])}


def changes_since(form: Compiled, old: Answers, new: Answers, context: Mapping[str, Any] | None = None) -> list[Change]:
    """What differs between two drafts of one form, in its order; a repeating group is compared as a whole."""
    before, after = form.evaluate(old, context).tree, form.evaluate(new, context).tree
    found: list[Change] = []
    for spec in form.specs:
        if any(s.repeats and s.is_group for s in spec.ancestors()) or spec.extension(profile.HIDDEN) is True:
            continue
        if spec.is_group and not spec.repeats:
            continue
        was, now = _written(form, before, spec), _written(form, after, spec)
        if was != now:
            found.append(Change(label_of(spec), was, now, spec.link_id))
    return found


def _written(form: Compiled, tree: Tree, spec: Spec) -> str:
    nodes = [node for node in tree.by_index[spec.index] if node.enabled]
    separator = f"{NNBSP}; " if spec.is_group else ", "
    return separator.join(text for text in (written_answer(form, node) for node in nodes) if text)


def written_answer(form: Compiled, node: Node) -> str:
    """The display of a node: its answers, or those of its line joined by commas."""
    if not node.spec.is_group:
        item = form.items[node.spec.link_id]
        return ", ".join(text for text in (display_one(item, value) for value in node.values) if text)
    below = (written_answer(form, child) for child in node.children() if child.enabled)
    return ", ".join(text for text in below if text)
