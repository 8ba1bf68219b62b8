"""Reads about organisations: the tree of the network, and what hangs under one of them."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from dcc.accounts.models import Membership
from dcc.organisations.kinds import OrganisationKind
from dcc.organisations.models import Organisation

# What a tree needs: never the logo, which weighs.
LIGHT = ("id", "region_id", "kind", "parent_id", "name", "short_name", "finess", "city", "closed_at", "logo_version")


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One line of the tree, `depth` steps below its root, with the people it has given a current habilitation."""

    organisation: Organisation
    depth: int
    people: int


def network_organisations() -> list[Organisation]:
    """Every organisation of the network, closed ones included, without the logo."""
    return list(Organisation.objects.only(*LIGHT).order_by("name"))


def tree(*, with_closed: bool = False) -> tuple[Node, ...]:
    """The network from its roots down, children by name; two queries whatever its size."""
    everyone = network_organisations()
    ids = [one.pk for one in everyone]
    people = Counter(
        Membership.objects.current().filter(organisation__in=ids).values_list("organisation_id", flat=True)
    )
    children = _children(everyone)
    lines = (line for root in children[None] for line in _walk(root, children, depth=0))
    return tuple(
        Node(organisation=one, depth=depth, people=people[one.pk])
        for one, depth in lines
        if with_closed or one.closed_at is None
    )


def under(root: Organisation) -> list[Organisation]:
    """`root` and what hangs under it, in the order of the tree; the whole network when it is one."""
    everyone = network_organisations()
    children = _children(everyone)
    roots = children[None] if root.kind == OrganisationKind.NETWORK else [one for one in everyone if one.pk == root.pk]
    return [one for start in roots for one, _ in _walk(start, children, depth=0)]


def _children(everyone: list[Organisation]) -> dict[UUID | None, list[Organisation]]:
    children: dict[UUID | None, list[Organisation]] = defaultdict(list)
    for one in everyone:
        children[one.parent_id].append(one)
    return children


def _walk(
    node: Organisation, children: dict[UUID | None, list[Organisation]], depth: int
) -> Iterator[tuple[Organisation, int]]:
    yield node, depth
    for child in children[node.pk]:
        yield from _walk(child, children, depth + 1)
