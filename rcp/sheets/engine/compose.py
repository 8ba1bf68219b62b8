"""The form of a board: the trunk's chapters with those of a pathology inserted at their places."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from rcp.sheets.engine import profile
from rcp.sheets.engine.compile import extension_value

# What a specific form may not change in an item of the trunk it refines.
_KEPT = ("type", "text", "code", "repeats")


class CompositionRefused(ValueError):
    """Two forms that do not fit together; the message is French and names the item."""


def compose(trunk: Mapping[str, Any], specific: Mapping[str, Any]) -> dict[str, Any]:
    """Compose trunk and pathology form into one Questionnaire; neither argument is changed.

    Each top-level group of ``specific`` says its ``place``: ``dans <linkId>`` (last in that trunk chapter) or
    ``apres <linkId>`` (a chapter of its own). A group marked ``rappel`` is not inserted: its items, which bear linkIds
    of the trunk, replace those items in place (site lists, calculations), within what may change. Variables and
    contained value sets are joined. Raises ``CompositionRefused``.
    """
    whole = deepcopy(dict(trunk))
    parts = deepcopy(dict(specific))
    for group in parts.get("item") or ():
        if _extension(group, profile.RECALL) is True:
            for item in group.get("item") or ():
                _refine(whole, item)
    for group in parts.get("item") or ():
        if _extension(group, profile.RECALL) is not True:
            _insert(whole, group)
    _refuse_duplicates(whole)
    _drop_dead_lines(whole)
    _join_heads(whole, trunk, parts)
    return whole


def _extension(item: Mapping[str, Any], url: str) -> Any:
    return next((extension_value(e) for e in item.get("extension") or () if e.get("url") == url), None)


def _find(holder: dict[str, Any], link_id: str) -> tuple[list[dict[str, Any]], int] | None:
    items = holder.get("item") or []
    for n, item in enumerate(items):
        if item.get("linkId") == link_id:
            return items, n
        below = _find(item, link_id)
        if below is not None:
            return below
    return None


def _refine(whole: dict[str, Any], item: dict[str, Any]) -> None:
    link_id = item.get("linkId")
    place = _find(whole, str(link_id))
    if place is None:
        raise CompositionRefused(f"« {link_id} » n’est pas dans le tronc. Retirez-le du rappel ou corrigez son linkId.")
    items, n = place
    base = items[n]
    changed = [name for name in _KEPT if base.get(name) != item.get(name)]
    if _extension(base, profile.STAT) != _extension(item, profile.STAT):
        changed.append("stat")
    if changed:
        what = ", ".join(changed)
        raise CompositionRefused(f"« {link_id} » change {what} d’un item du tronc. Reprenez ceux du tronc.")
    items[n] = item


def _insert(whole: dict[str, Any], group: dict[str, Any]) -> None:
    place = str(_extension(group, profile.PLACE) or "")
    where, _, link_id = place.partition(" ")
    found = _find(whole, link_id) if where in ("dans", "apres") else None
    if found is None:
        name = group.get("linkId")
        raise CompositionRefused(
            f"« {name} » : la place « {place} » n’existe pas. Indiquez dans ou apres, et un chapitre."
        )
    items, n = found
    if where == "dans":
        items[n].setdefault("item", []).append(group)
        return
    # Several chapters after the same one keep the order of the specific form.
    n += 1
    while n < len(items) and str(_extension(items[n], profile.PLACE) or "") == place:
        n += 1
    items.insert(n, group)


def _refuse_duplicates(whole: dict[str, Any]) -> None:
    seen: set[str] = set()
    pending = list(whole.get("item") or ())
    while pending:
        item = pending.pop()
        link_id = str(item.get("linkId"))
        if link_id in seen:
            raise CompositionRefused(
                f"« {link_id} » est dans les deux formulaires. Mettez-le dans un groupe de rappel."
            )
        seen.add(link_id)
        pending += item.get("item") or ()


def _drop_dead_lines(whole: dict[str, Any]) -> None:
    """Among alternatives (« any »), drop those on answers a refined list no longer offers (M1a where M1 is all)."""
    codes: dict[str, set[str]] = {}
    pending = list(whole.get("item") or ())
    everything = []
    while pending:
        item = pending.pop()
        everything.append(item)
        pending += item.get("item") or ()
        listed = {o["valueCoding"].get("code") for o in item.get("answerOption") or () if "valueCoding" in o}
        if listed:
            codes[str(item.get("linkId"))] = listed
    for item in everything:
        lines = item.get("enableWhen") or []
        if len(lines) < 2 or item.get("enableBehavior") != "any":
            continue
        kept = [line for line in lines if _is_alive(line, codes)]
        if kept and len(kept) < len(lines):
            item["enableWhen"] = kept
            if len(kept) == 1:
                item.pop("enableBehavior")


def _is_alive(line: Mapping[str, Any], codes: Mapping[str, set[str]]) -> bool:
    coding = line.get("answerCoding")
    listed = codes.get(str(line.get("question")))
    return coding is None or listed is None or line.get("operator") != "=" or coding.get("code") in listed


def _join_heads(whole: dict[str, Any], trunk: Mapping[str, Any], specific: Mapping[str, Any]) -> None:
    for name in ("url", "name", "title", "status", "date", "description", "publisher", "effectivePeriod"):
        if specific.get(name) is not None:
            whole[name] = specific[name]
    whole["url"] = f"{specific.get('url')}-fiche"
    whole["version"] = f"{specific.get('version')}+{trunk.get('version')}"
    whole["derivedFrom"] = [f"{form.get('url')}|{form.get('version')}" for form in (trunk, specific)]
    for name in ("extension", "contained"):
        joined = [*(trunk.get(name) or ()), *(specific.get(name) or ())]
        if joined:
            whole[name] = deepcopy([one for n, one in enumerate(joined) if one not in joined[:n]])
    whole.pop("id", None)
