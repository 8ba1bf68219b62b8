"""What a person of the identity-vigilance cell decides of feeds; the worker takes merges back (PAT-05)."""

from uuid import UUID

from celery import signature
from django.db import transaction
from django.utils import timezone

from dcc.accounts.models import User
from dcc.audit.record import record
from dcc.tenancy.tasks import after_commit
from patients.events import PatientEvent
from patients.feed.conflicts import settle
from patients.models import FeedConflict, FeedMerge

SHORTEST_REASON = 10  # characters: who reads it in two years was not there
# The layer above this one: named, not imported.
TAKE_BACK = "interop.pam_store.tasks.take_back"
VERDICTS = {
    "same": "Une seule personne",
    "different": "Deux personnes différentes",
    "source": "Erreur de l’établissement, prévenu",
}


class AlreadyAsked(Exception):
    """Taking this merge back was asked for, or done, already."""


@transaction.atomic
def settle_conflict(*, conflict_id: UUID, verdict: str, reason: str, by: User) -> FeedConflict:
    """Note what was decided of a conflict and why. Raises ConflictSettled."""
    conflict = FeedConflict.objects.get(pk=conflict_id)
    return settle(conflict=conflict, how=f"{VERDICTS[verdict]}\u00a0: {reason}", by=by)


@transaction.atomic
def ask_undo(*, merge_id: UUID, reason: str, by: User) -> FeedMerge:
    """Order the taking back of what a feed merged; after a refusal it may be asked again. Raises AlreadyAsked."""
    merge = FeedMerge.objects.select_for_update(of=("self",), no_key=True).get(pk=merge_id)
    if merge.undone_at is not None or (merge.undo_asked_at is not None and not merge.undo_refused):
        raise AlreadyAsked
    merge.undo_asked_at, merge.undo_asked_by, merge.undone_why, merge.undo_refused = timezone.now(), by, reason, ""
    merge.save(update_fields=["undo_asked_at", "undo_asked_by", "undone_why", "undo_refused"])
    for patient_id in (merge.kept, merge.gone):
        record(PatientEvent.FEED_UNDO_ASKED, on=merge, patient_id=patient_id, by=by, why=reason)
    after_commit(signature(TAKE_BACK), regions=[merge.region_id])
    return merge
