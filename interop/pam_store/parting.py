"""Two numbers that a late message shows were never one: where the one that leaves goes, and what becomes of the files.

A merge or a change of number was applied, then an older message shows that it could not be (interop/pam/retelling.py).
The identity that the merge had closed is opened again; a number that had none gets one.
"""

from dataclasses import dataclass
from uuid import UUID

from dcc.audit.record import Actor
from dcc.lib.ids import uuid7
from interop.pam_store.cluster import Cluster
from patients.feed.contacts import contacts_of
from patients.feed.joining import locked, part
from patients.models import FeedIdentity, FeedMerge

RETOLD = "Un message plus ancien, arrivé après, montre que ce sont deux personnes ou deux numéros."


@dataclass(frozen=True, slots=True, kw_only=True)
class Parted:
    """An identity that leaves another, the merge that had joined them if one is kept, and what it is now."""

    ref: UUID
    kept: UUID
    merge: UUID | None
    cluster: Cluster


def parted_by(redirection: UUID | None, ref: UUID, cluster: Cluster, *, by: Actor) -> Parted:
    """Open again the identity that a redirection had led into another, or a new one; its numbers are to be moved."""
    merges = FeedMerge.objects.select_for_update(of=("self",), no_key=True).filter(undone_at__isnull=True)
    merge = merges.filter(redirection_id=redirection).first() if redirection is not None else None
    row = None
    if merge is not None:
        rows = FeedIdentity.objects.select_for_update(of=("self",), no_key=True)
        row = rows.filter(pk=merge.gone, merged_into=ref).first()
    if merge is None or row is None:
        opened = Cluster(region_id=cluster.region_id)
        return Parted(ref=uuid7(), kept=ref, merge=merge.pk if merge else None, cluster=opened)
    part(gone=row.pk, kept=ref, why=RETOLD, by=by)
    FeedIdentity.objects.filter(pk=row.pk).update(merged_into=None)
    patients = locked([row.pk])
    reopened = Cluster(
        region_id=row.region_id,
        stored=True,
        shown=bytes(row.shown) if row.shown is not None else None,
        patient=patients.get(row.pk),
        contact=contacts_of(patients).get(row.pk),
    )
    return Parted(ref=row.pk, kept=ref, merge=merge.pk, cluster=reopened)
