"""Which numbers part again when two identities made one are two: a pure function of their records."""

from collections.abc import Collection, Iterable

from interop.pam.record import LocalId, Record


def parted(records: Iterable[Record], *, moved: Collection[LocalId], kept: LocalId) -> frozenset[LocalId]:
    """Give the numbers that leave with those once `moved`, the redirection of the merge being taken away already.

    What holds to `kept` without them stays; what came later and holds only to them (a new number of theirs, one that
    their INS alone brought) leaves with them.
    """
    by_id = {record.identifier: record for record in records}
    links = _links(by_id)
    leaving = {number for number in moved if number in by_id}
    staying = _reached({kept} & by_id.keys(), links, without=leaving)
    return frozenset(_reached(leaving, links, without=staying))


def linked(records: Iterable[Record], start: LocalId) -> frozenset[LocalId]:
    """Give the numbers that redirections and INS make one with a number."""
    return frozenset(_reached({start}, _links({record.identifier: record for record in records}), without=set()))


def _links(records: dict[LocalId, Record]) -> dict[LocalId, set[LocalId]]:
    links: dict[LocalId, set[LocalId]] = {number: set() for number in records}
    by_ins: dict[object, list[LocalId]] = {}
    for number, record in records.items():
        if record.redirect is not None and record.redirect.target in records:
            links[number].add(record.redirect.target)
            links[record.redirect.target].add(number)
        for claim in record.claims:
            by_ins.setdefault(claim.ins, []).append(number)
    for holders in by_ins.values():
        for number in holders:
            links[number].update(holders)
    return links


def _reached(start: Iterable[LocalId], links: dict[LocalId, set[LocalId]], *, without: set[LocalId]) -> set[LocalId]:
    reached, waiting = set(start), list(start)
    while waiting:
        for number in links[waiting.pop()] - without - reached:
            reached.add(number)
            waiting.append(number)
    return reached
