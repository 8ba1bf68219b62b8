"""Dependency order of the items, and the loops that forbid one."""

from heapq import heapify, heappop, heappush

from rcp.sheets.engine.definition import Spec


def dependency_order(specs: list[Spec], needs: list[set[int]]) -> tuple[list[Spec], list[list[str]]]:
    """Sort items so that each comes after what it needs; sets rank and dependents.

    Items caught in a loop come last, in the order of their linkIds so that the result does not depend on the order of
    the form. Returns the order and one chain of linkIds per loop (the first linkId is repeated at the end).
    """
    missing = [len(before) for before in needs]
    for index, before in enumerate(needs):
        for other in before:
            specs[other].dependents.add(index)
    ready = [index for index, count in enumerate(missing) if count == 0]
    heapify(ready)
    order: list[Spec] = []
    while ready:
        index = heappop(ready)
        specs[index].rank = len(order)
        order.append(specs[index])
        for dependent in specs[index].dependents:
            missing[dependent] -= 1
            if missing[dependent] == 0:
                heappush(ready, dependent)
    if len(order) == len(specs):
        return order, []
    placed = {spec.index for spec in order}
    stuck = sorted((spec for spec in specs if spec.index not in placed), key=lambda spec: (spec.link_id, spec.index))
    for spec in stuck:
        spec.rank = len(order)
        order.append(spec)
    return order, _chains(specs, needs, {spec.index for spec in stuck})


def cycles(specs: list[Spec], needs: list[set[int]]) -> list[list[str]]:
    """One chain of linkIds per loop of a graph of items, the first linkId repeated at the end; ranks are left alone."""
    left = {index: set(before) for index, before in enumerate(needs) if before}
    while free := [index for index, before in left.items() if not before & left.keys()]:
        for index in free:
            del left[index]
    return _chains(specs, [before & left.keys() for before in needs], set(left)) if left else []


def _chains(specs: list[Spec], needs: list[set[int]], stuck: set[int]) -> list[list[str]]:
    chains: list[list[str]] = []
    done: set[int] = set()
    for start in sorted(stuck, key=lambda i: specs[i].link_id):
        trail: list[int] = []
        position: dict[int, int] = {}
        at: int | None = start
        while at is not None and at not in done and at not in position:
            position[at] = len(trail)
            trail.append(at)
            at = min((n for n in needs[at] if n in stuck), key=lambda i: specs[i].link_id, default=None)
        if at is not None and at in position:
            loop = trail[position[at] :]
            chains.append([specs[i].link_id for i in [*loop, at]])
        done.update(trail)
    return chains
