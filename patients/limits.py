"""How many searches one person may make: being in a cancer base is itself a health fact (architecture §4).

Counted in the shared cache, which falls back on the memory of each process when Valkey does not answer; in the trace
itself, which every search writes, when it fails otherwise: slower, never open.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.core.cache import cache
from django.db.models import QuerySet
from django.utils import timezone
from redis.exceptions import RedisError

from dcc.accounts.models import User
from dcc.audit.models import AuditEvent
from dcc.lib import french
from patients.events import PatientEvent

WINDOW = timedelta(minutes=1)
SEARCHES = 30  # a person who types all day makes one or two a minute
LOOKUPS = 90  # while a creation is being typed: one each time the hand stops
# A list tried name after name at the pace the minute allows would be 1,800 people in an hour. Nobody has so many
# patients at their desk: the busiest 3C registers some sixty people in an hour, each of them searched a few times.
HOUR = timedelta(hours=1)
SEARCHES_AN_HOUR = 300
LOOKUPS_AN_HOUR = 1200  # a creation looks up ten to twenty times
_A_MINUTE_MORE = timedelta(minutes=1, microseconds=-1)  # hours are said without their seconds, never too early


@dataclass
class TooManySearches(Exception):
    """This person made `most` searches within `window` and must wait until `again`; `live` ones while creating."""

    most: int
    window: timedelta
    again: datetime
    live: bool = False

    @property
    def title(self) -> str:
        """Which limit was reached."""
        close = " d’identités proches" if self.live else ""
        done = french.counted(self.most, f"recherche{close}", f"recherches{close}")
        return f"{done} en {'une heure' if self.window == HOUR else 'une minute'}\u00a0: la limite"

    @property
    def advice(self) -> str:
        """When one may again, and whom to ask meanwhile."""
        at = french.time_short(timezone.localtime(self.again + _A_MINUTE_MORE))
        if self.window != HOUR:
            return f"Recommencez à {at}."
        return (
            f"Recommencez à {at}. Pour un patient qui ne peut attendre jusque-là, demandez à un collègue\u00a0: chacun "
            "a sa limite. Si votre travail en demande davantage, dites-le à l’administrateur de votre 3C."
        )


def count_search(*, by: User, live: bool = False) -> None:
    """Count one search of `by`; `live` ones, made by the page while typing, are counted apart.

    Raises TooManySearches.
    """
    kind = "live." if live else ""
    windows = ((WINDOW, LOOKUPS if live else SEARCHES), (HOUR, LOOKUPS_AN_HOUR if live else SEARCHES_AN_HOUR))
    for window, most in windows:
        key = f"patients.search.{kind}{int(window.total_seconds())}.{by.pk}"
        if _count(key, window, by) > most:
            raise TooManySearches(most=most, window=window, again=_begun(key, window, by) + window, live=live)


def _count(key: str, window: timedelta, by: User) -> int:
    seconds = int(window.total_seconds())
    try:
        if cache.add(key, 0, timeout=seconds):
            cache.set(_since(key), timezone.now().timestamp(), timeout=seconds)
        return cache.incr(key)
    except ValueError:  # the window ended between the two commands
        return 1
    except (RedisError, OSError):
        return _traced(window, by).count() + 1


def _begun(key: str, window: timedelta, by: User) -> datetime:
    """When the window that is full began: what is counted in it is forgotten all at once."""
    try:
        since = cache.get(_since(key))
    except (RedisError, OSError):
        first = _traced(window, by).order_by("recorded_at").values_list("recorded_at", flat=True).first()
        return first or timezone.now()
    return datetime.fromtimestamp(since, UTC) if since else timezone.now()


def _since(key: str) -> str:
    return f"{key}.since"


def _traced(window: timedelta, by: User) -> QuerySet[AuditEvent]:
    since = timezone.now() - window
    return AuditEvent.objects.filter(actor_id=by.pk, event=PatientEvent.SEARCHED.value, recorded_at__gte=since)
