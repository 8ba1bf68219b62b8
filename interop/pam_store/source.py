"""Whose feed a message is of: the establishment, the names it may use for its authority, the regions it may meet."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from dcc.organisations.models import Organisation
from dcc.tenancy.models import Region
from interop.pam.hearing import Policy
from patients.insi.choice import platform
from patients.lifecycle.regimes import follows

DESK = "dcc"  # the authority of what was typed here: its numbers are the ids of patients


class FeedNotExpected(Exception):
    """The identities of this establishment are typed here: its software may not say them (PAT-01)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One feed. `regions` are the founding regions of its network: one person may be known in several."""

    organisation_id: UUID
    region_id: int
    regions: tuple[int, ...]
    name: str
    policy: Policy

    @property
    def authority(self) -> str:
        """The key under which its numbers are stored."""
        return str(self.organisation_id)


def source_of(organisation: Organisation, *, names: Collection[str] = ()) -> Source:
    """Describe the feed of an establishment; `names` are what it writes for its authority beside its OID and FINESS.

    Needs a scope that shows the organisation. Raises FeedNotExpected unless it is in the regime « esclave ».
    """
    if not follows(organisation):
        raise FeedNotExpected(organisation.short_name)
    return _source(organisation, names)


def former_source_of(key: str) -> Source:
    """Describe the feed that said something once, by its key, whether the establishment still has one or not."""
    return _source(Organisation.objects.get(pk=UUID(key)), ())


def _source(organisation: Organisation, names: Collection[str]) -> Source:
    key = str(organisation.pk)
    known = {name: key for name in (organisation.oid, organisation.finess, *names) if name}
    network = Region.objects.filter(network__regions=organisation.region_id)
    return Source(
        organisation_id=organisation.pk,
        region_id=organisation.region_id,
        regions=tuple(sorted(network.values_list("pk", flat=True))),
        name=organisation.short_name,
        policy=Policy(platform=platform(), authorities=known),
    )
