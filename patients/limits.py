"""How many searches one person may make: being in a cancer base is itself a health fact (architecture §4).

Counted in the shared cache, which falls back on the memory of each process when Valkey does not answer; in the trace
itself, which every search writes, when it fails otherwise: slower, never open.
"""

from datetime import timedelta

from django.core.cache import cache
from django.utils import timezone
from redis.exceptions import RedisError

from dcc.accounts.models import User
from dcc.audit.models import AuditEvent
from patients.events import PatientEvent

WINDOW = timedelta(minutes=1)
SEARCHES = 30  # a person who types all day makes one or two a minute
LOOKUPS = 90  # while a creation is being typed: one each time the hand stops
# A list tried name after name at the pace the minute allows would be 1,800 people in an hour. Nobody has so many
# patients at their desk: the busiest 3C registers some sixty people in an hour, each of them searched a few times.
HOUR = timedelta(hours=1)
SEARCHES_AN_HOUR = 300
LOOKUPS_AN_HOUR = 1200  # a creation looks up ten to twenty times


class TooManySearches(Exception):
    """This person must wait: a minute usually, an hour for who searched without a stop."""


def count_search(*, by: User, live: bool = False) -> None:
    """Count one search of `by`; `live` ones, made by the page while typing, are counted apart.

    Raises TooManySearches.
    """
    kind = "live." if live else ""
    windows = ((WINDOW, LOOKUPS if live else SEARCHES), (HOUR, LOOKUPS_AN_HOUR if live else SEARCHES_AN_HOUR))
    for window, most in windows:
        if _count(f"patients.search.{kind}{int(window.total_seconds())}.{by.pk}", window, by) > most:
            raise TooManySearches


def _count(key: str, window: timedelta, by: User) -> int:
    try:
        cache.add(key, 0, timeout=int(window.total_seconds()))
        return cache.incr(key)
    except ValueError:  # the window ended between the two commands
        return 1
    except (RedisError, OSError):
        since = timezone.now() - window
        made = AuditEvent.objects.filter(actor_id=by.pk, event=PatientEvent.SEARCHED.value, recorded_at__gte=since)
        return made.count() + 1
