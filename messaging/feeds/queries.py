"""Reads of feeds: the establishments an administrator answers for, and how each is reached."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from dcc.organisations.kinds import OrganisationKind
from dcc.organisations.models import Organisation
from messaging.models import Feed


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRow:
    """An establishment and its feed, if it has one."""

    organisation: Organisation
    feed: Feed | None


def establishments(organisation: Organisation) -> QuerySet[Organisation]:
    """The establishments whose feed this organisation sets: itself, or all of the network's."""
    found = Organisation.objects.active().of_kind(OrganisationKind.ESTABLISHMENT).order_by("name")
    return found if organisation.kind == OrganisationKind.NETWORK else found.filter(pk=organisation.pk)


def feeds(organisation: Organisation) -> list[FeedRow]:
    """Every establishment answered for, with its feed; two queries."""
    found: dict[UUID, Feed] = {feed.organisation_id: feed for feed in Feed.objects.all()}
    return [FeedRow(organisation=one, feed=found.get(one.pk)) for one in establishments(organisation)]
