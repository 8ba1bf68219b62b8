"""The instance tree: items of the form unfolded over the repeats a response or a draft really has."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from rcp.sheets.engine import profile
from rcp.sheets.engine.definition import Compiled, Spec
from rcp.sheets.engine.paths import instance_of, split_path
from rcp.sheets.engine.values import Value, from_fhir, from_plain


class Node:
    """One instance of an item, or (``is_slot``) one answer of a question that has child items."""

    __slots__ = ("enabled", "is_slot", "kids", "overridden", "parent", "path", "present", "slots", "spec", "values")

    def __init__(self, spec: Spec, parent: Node | None, path: str, *, is_slot: bool = False) -> None:
        self.spec = spec
        self.parent = parent
        self.path = path
        self.is_slot = is_slot
        self.values: list[Value] = []
        self.kids: dict[int, list[Node]] = {}
        self.slots: list[Node] = []
        self.present = False
        self.enabled: bool | None = None
        self.overridden = False

    def children(self) -> Iterator[Node]:
        """Child nodes in the order of the form, those under answers included."""
        for nodes in self.kids.values():
            yield from nodes
        for slot in self.slots:
            yield from slot.children()


class Tree:
    """All nodes of one response, by item."""

    __slots__ = ("by_index", "by_path", "form", "root")

    def __init__(self, form: Compiled) -> None:
        self.form = form
        self.root = Node(form.root, None, "")
        self.root.present = True
        self.by_index: list[list[Node]] = [[] for _ in form.specs]
        self.by_path: dict[str, Node] = {}

    def nodes_of(self, link_id: str) -> list[Node]:
        """Nodes of one item, in document order."""
        spec = self.form.by_link_id.get(link_id)
        return self.by_index[spec.index] if spec else []

    def add(self, spec: Spec, parent: Node, path: str) -> Node:
        """Create the node of an item instance below its parent."""
        node = Node(spec, parent, path)
        parent.kids.setdefault(spec.index, []).append(node)
        self.by_index[spec.index].append(node)
        self.by_path[path] = node
        return node


def mark_present(node: Node) -> None:
    """Record that a node has content, and so have the nodes above it."""
    up: Node | None = node
    while up is not None and not up.present:
        up.present = True
        up = up.parent


def refresh_presence(node: Node) -> list[Node]:
    """Decide again whether a node whose answers changed is present, and the nodes above it; returns those that moved.

    A line somebody added stays present; what the engine calculates makes no group present, so that the result does not
    depend on the order of evaluation.
    """
    moved: list[Node] = []
    at: Node | None = node
    while at is not None and at.parent is not None:
        is_line = at.path.endswith("]")
        now = is_line or bool(at.values) or any(map(_is_given, at.children()))
        if at.present != now:
            at.present = now
            moved.append(at)
        elif at is not node:
            break
        at = at.parent
    return moved


def _is_given(node: Node) -> bool:
    """Whether somebody gave something here, and not only the engine."""
    return node.present and (node.spec.calculated is None or node.overridden)


# ----------------------------------------------------------------------------- from a QuestionnaireResponse


def tree_from_response(form: Compiled, response: Mapping[str, Any]) -> Tree:
    """Unfold a form over a QuestionnaireResponse; unknown or misplaced items are left out."""
    tree = Tree(form)
    items = response.get("item") if isinstance(response, Mapping) else None
    _fill_from_json(tree, tree.root, form.root, items, "")
    return tree


def json_objects(raw: Any) -> list[Mapping[str, Any]]:
    """The objects of a JSON list; anything else in it, or instead of it, is left out."""
    return [one for one in raw if isinstance(one, Mapping)] if isinstance(raw, list) else []


def _json_by_link_id(items: Any) -> dict[str, list[Mapping[str, Any]]]:
    found: dict[str, list[Mapping[str, Any]]] = {}
    for item in json_objects(items):
        link_id = item.get("linkId")
        if isinstance(link_id, str):
            found.setdefault(link_id, []).append(item)
    return found


def _fill_from_json(tree: Tree, parent: Node, spec: Spec, items: Any, prefix: str) -> None:
    by_link_id = _json_by_link_id(items)
    for child in spec.children:
        found = by_link_id.get(child.link_id, [])
        path = prefix + child.link_id
        if child.is_group and child.repeats and found:
            for n, item in enumerate(found):
                node = tree.add(child, parent, f"{path}[{n}]")
                node.present = True
                _fill_from_json(tree, node, child, item.get("item"), f"{path}[{n}]/")
            continue
        node = tree.add(child, parent, path)
        node.present = bool(found)
        if child.is_group:
            # A single group given twice (refused by validate_response) is read whole: no answer of it is lost.
            below = [one for item in found for one in json_objects(item.get("item"))]
            _fill_from_json(tree, node, child, below, f"{path}/")
        else:
            _fill_answers(tree, node, found)


def _fill_answers(tree: Tree, node: Node, found: list[Mapping[str, Any]]) -> None:
    answers = [answer for item in found for answer in json_objects(item.get("answer"))]
    has_children = bool(node.spec.children)
    node.overridden = node.spec.overridable and any(map(_is_forced, answers))
    for answer in answers:
        value = from_fhir(answer)
        if value is not None:
            node.values.append(value)
        if has_children:
            slot = Node(node.spec, node, f"{node.path}/answer[{len(node.slots)}]", is_slot=True)
            slot.present = True
            slot.values = [] if value is None else [value]
            node.slots.append(slot)
            _fill_from_json(tree, slot, node.spec, answer.get("item"), f"{slot.path}/")
    if has_children and not node.slots:
        _virtual_slot(node)
        _fill_from_json(tree, node.slots[0], node.spec, None, f"{node.path}/")


def _is_forced(answer: Mapping[str, Any]) -> bool:
    return any(e.get("url") == profile.FORCED for e in json_objects(answer.get("extension")))


def _virtual_slot(node: Node) -> None:
    node.slots.append(Node(node.spec, node, node.path, is_slot=True))


# ------------------------------------------------------------------------------------- from a draft's answers


def tree_from_answers(form: Compiled, answers: Mapping[str, Any]) -> Tree:
    """Unfold a form over a flat mapping of answers; unknown paths are left out."""
    tree = Tree(form)
    instances = _instances(form, answers)
    _fill_from_answers(tree, tree.root, form.root, "", answers, instances)
    return tree


def _instances(form: Compiled, answers: Mapping[str, Any]) -> dict[str, list[str]]:
    """Instance ids of each repeating group: by the rank stored at the instance's path, then by id (uuid7: by age)."""
    found: dict[str, dict[str, float]] = {}
    for path, value in answers.items():
        if "[" not in path:
            continue
        prefix = ""
        segments = split_path(path)
        for position, segment in enumerate(segments):
            link_id, instance = instance_of(segment)
            if instance is not None and link_id != "answer":
                ranks = found.setdefault(prefix + link_id, {})
                is_rank = position == len(segments) - 1 and type(value) is int
                ranks[instance] = value if is_rank else ranks.get(instance, float("inf"))
            prefix += f"{segment}/"
    return {path: [one for _, one in sorted((r, one) for one, r in ranks.items())] for path, ranks in found.items()}


def _fill_from_answers(
    tree: Tree, parent: Node, spec: Spec, prefix: str, answers: Mapping[str, Any], instances: dict[str, list[str]]
) -> None:
    for child in spec.children:
        path = prefix + child.link_id
        if child.is_group:
            ids = instances.get(path) if child.repeats else None
            for instance_path in [f"{path}[{i}]" for i in ids] if ids else [path]:
                node = tree.add(child, parent, instance_path)
                if ids:
                    mark_present(node)
                _fill_from_answers(tree, node, child, f"{instance_path}/", answers, instances)
            continue
        node = tree.add(child, parent, path)
        if path in answers:  # most are not
            set_values(node, answers[path])
        if node.values and (node.overridden or child.calculated is None):
            mark_present(node)
        if child.children:
            _fill_slots(tree, node, answers, instances)


def _fill_slots(tree: Tree, node: Node, answers: Mapping[str, Any], instances: dict[str, list[str]]) -> None:
    for n, value in enumerate(node.values):
        slot = Node(node.spec, node, f"{node.path}/answer[{n}]", is_slot=True)
        slot.present, slot.values = True, [value]
        node.slots.append(slot)
    if not node.values:
        _virtual_slot(node)
    for slot in node.slots:
        _fill_from_answers(tree, slot, node.spec, f"{slot.path}/", answers, instances)


def set_values(node: Node, raw: Any) -> None:
    """Give a question its answers from a plain draft value (None or [] empties it)."""
    kind = node.spec.type
    candidates = raw if isinstance(raw, list) else [raw]
    node.values = [value for value in (from_plain(kind, one) for one in candidates) if value is not None]
    node.overridden = bool(node.values) and node.spec.overridable


def stable_instance_id(seed: str) -> Callable[[str, int], str]:
    """Instance ids for a response that carries none: the same response always gives the same ids."""
    return lambda path, n: str(uuid5(NAMESPACE_URL, f"{seed}#{path}[{n}]"))
