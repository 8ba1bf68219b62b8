"""From the drafts' flat answers to a QuestionnaireResponse and back.

Drafts are ``{path: value}``: linkIds joined by ``/``, a UUID in ``[…]`` on each instance of a repeating group. The path
of an instance itself (``…/tronc.propositions[uuid]``) may hold its rank (an integer): it makes an empty line exist and
orders the lines; without ranks they are ordered by UUID, which for uuid7 is the order of creation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rcp.sheets.engine import profile
from rcp.sheets.engine.definition import Compiled
from rcp.sheets.engine.instances import Node, Tree, json_objects, stable_instance_id, tree_from_response
from rcp.sheets.engine.paths import instance_of, split_path
from rcp.sheets.engine.session import plain_of
from rcp.sheets.engine.values import to_fhir

InstanceIds = Callable[[str, int], str]


def to_response(
    form: Compiled,
    answers: Mapping[str, Any],
    context: Mapping[str, Any] | None = None,
    *,
    status: str = "completed",
    authored: str | None = None,
) -> dict[str, Any]:
    """Assemble the QuestionnaireResponse of a draft: open items only, calculated answers included, dormant ones left.

    The order is that of the form, so the same answers always give the same JSON. Each line of a repeating group keeps
    its draft UUID as the item's ``id``; a calculated answer that was forced bears the extension ``force``.
    """
    tree = form.evaluate(answers, context).tree
    response: dict[str, Any] = {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": form.canonical,
        "status": status,
    }
    if authored is not None:
        response["authored"] = authored
    items = _items_below(tree.root)
    if items:
        response["item"] = items
    return response


def _items_below(parent: Node) -> list[dict[str, Any]]:
    found = (_item(node) for nodes in parent.kids.values() for node in nodes if node.enabled)
    return [item for item in found if item is not None]


def _item(node: Node) -> dict[str, Any] | None:
    spec = node.spec
    if spec.type == "display":
        return None
    item: dict[str, Any] = {"linkId": spec.link_id}
    _, instance = instance_of(split_path(node.path)[-1])
    if instance is not None:
        item["id"] = instance
    if spec.raw.get("text"):
        item["text"] = spec.raw["text"]
    if spec.is_group:
        below = _items_below(node)
        if not below and not (spec.repeats and instance):
            return None
        return {**item, "item": below} if below else item
    if not node.values:
        return None
    answers = [to_fhir(spec.type, value) for value in node.values]
    if node.overridden:
        answers = [{"extension": [{"url": profile.FORCED, "valueBoolean": True}], **answer} for answer in answers]
    for answer, slot in zip(answers, node.slots, strict=False):
        below = _items_below(slot)
        if below:
            answer["item"] = below
    return {**item, "answer": answers}


def answers_from_response(
    form: Compiled,
    response: Mapping[str, Any],
    *,
    instance_id: InstanceIds | None = None,
    calculated: bool = True,
) -> dict[str, Any]:
    """Read a QuestionnaireResponse as flat answers; unknown items are left out.

    ``instance_id`` (path, index) names the lines of repeating groups that bear no ``id``; by default the same response
    always gives the same UUIDs. ``calculated=False`` keeps only what people gave: a calculated answer is left out
    unless it was forced, so that the draft made of the result does not take every calculated value for a forced one.
    """
    name = instance_id or stable_instance_id(str(response.get("id") or response.get("questionnaire") or ""))
    tree = tree_from_response(form, response)
    ids = _line_ids(form, response.get("item"), "")
    found: dict[str, Any] = {}
    if not calculated:
        for spec in form.specs:
            for node in tree.by_index[spec.index] if spec.calculated is not None else ():
                node.values = node.values if node.overridden else []
    _collect(tree, tree.root, "", found, ids, name)
    return found


def _collect(
    tree: Tree, parent: Node, prefix: str, found: dict[str, Any], ids: Mapping[str, str], name: InstanceIds
) -> None:
    for nodes in parent.kids.values():
        for n, node in enumerate(nodes):
            spec = node.spec
            path = prefix + spec.link_id
            if spec.is_group and spec.repeats:
                if not node.present:
                    continue
                path = f"{path}[{ids.get(node.path) or name(path, n)}]"
                found[path] = n + 1
            plain = plain_of(node) if spec.is_question else None
            if plain not in (None, []):
                found[path] = plain
            _collect(tree, node, f"{path}/", found, ids, name)
            for m, slot in enumerate(node.slots if node.values else ()):
                _collect(tree, slot, f"{path}/answer[{m}]/", found, ids, name)


def _line_ids(form: Compiled, items: Any, prefix: str) -> dict[str, str]:
    """The ``id`` of each line of a repeating group, by its index path."""
    found: dict[str, str] = {}
    count: dict[str, int] = {}
    for item in json_objects(items):
        link_id = str(item.get("linkId"))
        spec = form.by_link_id.get(link_id)
        path = prefix + link_id
        if spec is not None and spec.is_group and spec.repeats:
            n = count.get(link_id, 0)
            count[link_id] = n + 1
            path = f"{path}[{n}]"
            if isinstance(item.get("id"), str):
                found[path] = item["id"]
        found |= _line_ids(form, item.get("item"), f"{path}/")
    return found
