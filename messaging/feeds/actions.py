"""Setting how an establishment's platform is reached."""

from dcc.accounts.models import User
from dcc.audit.record import record
from dcc.organisations.models import Organisation
from messaging.channels.hl7.probe import Probe, probe
from messaging.events import DeliveryEvent
from messaging.models import Feed


def save_feed(
    *,
    organisation: Organisation,
    host: str,
    port: int,
    tls: bool,
    receiving_application: str,
    receiving_facility: str,
    active: bool,
    by: User,
) -> Feed:
    """Create or change the feed of an establishment; the next messages take it, those already written keep theirs."""
    feed, _ = Feed.objects.update_or_create(
        organisation=organisation,
        defaults={
            "region_id": organisation.region_id,
            "host": host,
            "port": port,
            "tls": tls,
            "receiving_application": receiving_application,
            "receiving_facility": receiving_facility,
            "active": active,
        },
    )
    record(DeliveryEvent.FEED_CHANGED, on=feed, by=by, organisation_name=organisation.name)
    return feed


def try_feed(*, feed: Feed, by: User) -> Probe:
    """Knock at the door, and trace that somebody did."""
    found = probe(feed)
    outcome = "la plateforme répond" if found.reached else "échec"
    record(DeliveryEvent.FEED_TESTED, on=feed, by=by, organisation_name=feed.organisation.name, outcome=outcome)
    return found
