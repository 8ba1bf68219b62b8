"""Steps from items to answers to values, over the instance tree or over plain JSON (previous sheet, patient)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from rcp.sheets.engine.values import Coding, Moment, Quantity, from_fhir

if TYPE_CHECKING:
    from rcp.sheets.engine.instances import Node, Tree

_DATE_MEMBERS = frozenset({"birthDate", "date"})


class AnswerView(NamedTuple):
    """One answer of a question as FHIRPath sees it: its value, and the node that carries its child items."""

    value: Any
    slot: Node | None


def items_by_link_id(tree: Tree, sources: list[Any], walk: str, link_id: str) -> list[Any]:
    """Return the present, open items with this linkId reached from ``sources`` by the given walk."""
    found: list[Any] = []
    for source in sources:
        if isinstance(source, Mapping):
            found += [item for item in _json_items(source, walk) if item.get("linkId") == link_id]
            continue
        start = source.slot if isinstance(source, AnswerView) else source
        if start is None or not hasattr(start, "spec"):
            continue
        for node in tree.nodes_of(link_id):
            if node.enabled and node.present and _reaches(start, node, walk):
                found.append(node)
    return found


def _reaches(start: Node, node: Node, walk: str) -> bool:
    if walk == "item":
        return node.parent is start
    parent = node.parent
    while parent is not None:
        if parent is start:
            return True
        if walk == "repeat" and parent.is_slot:
            return False  # repeat(item) does not go through answers, descendants() does
        parent = parent.parent
    return False


def _json_items(source: Mapping[str, Any], walk: str, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    for item in source.get("item") or ():
        if not isinstance(item, Mapping):
            continue
        yield item
        if walk != "item" and depth < 20:
            yield from _json_items(item, walk, depth + 1)
            for answer in (item.get("answer") or ()) if walk == "descendants" else ():
                yield from _json_items(answer, walk, depth + 1)


def member(sources: list[Any], name: str) -> list[Any]:
    """Follow one named step from every element of a collection."""
    found: list[Any] = []
    for source in sources:
        found += _member_of(source, name)
    return found


def _member_of(source: Any, name: str) -> list[Any]:
    if isinstance(source, AnswerView):
        return [source.value] if name == "value" else []
    if isinstance(source, Coding):
        value = getattr(source, name) if name in ("system", "code", "display") else None
        return [] if value is None else [value]
    if isinstance(source, Quantity):
        value = getattr(source, name) if name in ("value", "unit", "system", "code") else None
        return [] if value is None else [value]
    if isinstance(source, Mapping):
        return _json_member(source, name)
    if hasattr(source, "spec"):
        return _node_member(source, name)
    return []


def _node_member(node: Node, name: str) -> list[Any]:
    if name == "answer":
        if node.slots:
            return [AnswerView(slot.values[0], slot) for slot in node.slots if slot.values]
        return [AnswerView(value, None) for value in node.values]
    if name == "linkId":
        return [node.spec.link_id]
    if name == "text" and node.spec.raw.get("text"):
        return [node.spec.raw["text"]]
    return []


def _json_member(source: Mapping[str, Any], name: str) -> list[Any]:
    value = source.get(name)
    if value is None and name == "value":
        value = from_fhir(dict(source))
    if value is None:
        return []
    values = value if isinstance(value, list) else [value]
    if name in _DATE_MEMBERS:
        return [Moment("date", str(v)[:10]) if isinstance(v, str) or hasattr(v, "isoformat") else v for v in values]
    return [v for v in values if v is not None]
