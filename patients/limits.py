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


class TooManySearches(Exception):
    """This person must wait a minute."""


def count_search(*, by: User, live: bool = False) -> None:
    """Count one search of `by`; `live` ones, made by the page while typing, are counted apart.

    Raises TooManySearches.
    """
    most = LOOKUPS if live else SEARCHES
    if _count(f"patients.search.{'live.' if live else ''}{by.pk}", by) > most:
        raise TooManySearches


def _count(key: str, by: User) -> int:
    try:
        cache.add(key, 0, timeout=int(WINDOW.total_seconds()))
        return cache.incr(key)
    except ValueError:  # the window ended between the two commands
        return 1
    except (RedisError, OSError):
        since = timezone.now() - WINDOW
        made = AuditEvent.objects.filter(actor_id=by.pk, event=PatientEvent.SEARCHED.value, recorded_at__gte=since)
        return made.count() + 1
