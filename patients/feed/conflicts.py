"""What feeds could not decide: one row a matter, until somebody settles it."""

from collections.abc import Mapping
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from dcc.audit.record import Actor, record
from patients.events import PatientEvent
from patients.models import FeedConflict, FeedMessage


class ConflictSettled(Exception):
    """Somebody settled this conflict already."""


def report(
    *,
    region_id: int,
    kind: str,
    about: tuple[str, str],
    other: tuple[str, str],
    identities: tuple[UUID | None, UUID | None],
    said: Mapping[str, str],
    message: FeedMessage | None,
) -> tuple[FeedConflict, bool]:
    """Put a matter on the worklist, or count it once more if it is there; numbers are (authority, value)."""
    matter = {"region_id": region_id, "kind": kind, "settled_at": None}
    matter |= {"about_authority": about[0], "about_value": about[1]}
    matter |= {"other_authority": other[0], "other_value": other[1]}
    known = FeedConflict.objects.filter(**{k: v for k, v in matter.items() if v is not None}, settled_at__isnull=True)
    if known.update(times=F("times") + 1, last_reported_at=timezone.now(), **({"said": dict(said)} if said else {})):
        return known.get(), False
    who = {"identity": identities[0], "other_identity": identities[1]}
    row = FeedConflict.objects.create(**matter, **who, said=dict(said), message=message)
    return row, True


def settle(*, conflict: FeedConflict, how: str, by: Actor) -> FeedConflict:
    """Note what somebody decided, and why; the decision itself is theirs. Raises ConflictSettled."""
    now = timezone.now()
    still = FeedConflict.objects.filter(pk=conflict.pk, settled_at__isnull=True)
    if not still.update(settled_at=now, settled_by=by.display_name, settled_how=how):
        raise ConflictSettled
    conflict.refresh_from_db()
    record(PatientEvent.FEED_CONFLICT_SETTLED, on=conflict, by=by, how=how)
    return conflict
