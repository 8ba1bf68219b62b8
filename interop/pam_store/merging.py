"""What is written when a message makes one of two: the merge that can be taken back, and what becomes of two files.

The numbers lead to one identity at once, for it was decided by a person at the hospital. Two files that people already
opened here stay two until a person here says so: the pair goes to the worklist of the cell, and nothing is hidden.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

from dcc.lib.ids import uuid7
from interop.pam.outcome import Conflict, ConflictKind
from interop.pam.record import LocalId, RedirectKind
from interop.pam_store.cluster import Cluster, Known
from interop.pam_store.registry import DatabaseRegistry
from interop.pam_store.source import DESK
from patients.feed.joining import join, with_a_file
from patients.feed.proposing import Demand, propose_files
from patients.models import FeedIdentity, FeedMerge, FeedMergeKind, FeedMessage, Patient


def write_merges(registry: DatabaseRegistry, moved: dict[UUID, UUID], message: FeedMessage) -> Iterable[UUID]:
    """Keep all that is needed to part them again; the redirection is the cause when it is of a number that moved.

    Gives each identity that is gone, to be written.
    """
    for gone, kept, numbers, anchor in registry.merges:
        cluster = _holding(registry, numbers) or registry.clusters[kept]
        rows = [cluster.numbers[number] for number in numbers]
        cause = next((row for row in rows if row.redirect is not None and row.redirect.target not in numbers), None)
        stays = anchor if anchor in cluster.numbers else cause.redirect.target if cause and cause.redirect else None
        kind = FeedMergeKind(cause.redirect.kind.value) if cause and cause.redirect else FeedMergeKind.SAME_INS
        pair = (_numbered(numbers, cause), cause.redirect.target if cause and cause.redirect else stays)
        if rows:
            FeedMerge.objects.create(
                region_id=registry.source.region_id,
                gone=gone,
                kept=kept,
                moved={str(row.pk): str(moved[row.pk]) for row in rows},
                kept_number=cluster.numbers[stays].pk if stays else rows[0].pk,
                redirection_id=cause.redirection if cause else None,
                **_told(registry, kind, pair, message),
            )
        yield gone
        FeedIdentity.objects.filter(pk=gone).update(merged_into=kept)
        if len(with_a_file((gone, kept))) < 2 or not ask_for_files(registry, (gone, kept), kind, pair):
            join(gone=gone, kept=kept, by=registry.by, source_name=registry.source.name)


def write_renumberings(registry: DatabaseRegistry, changed: Sequence[LocalId], message: FeedMessage) -> None:
    """Keep a change of number that made no merge: taken back, the new number opens an identity of its own."""
    merged = {number for _, _, numbers, _ in registry.merges for number in numbers}
    for number in changed:
        ref = registry.owners.get(number)
        if ref is None:  # nothing stands of it any more
            continue
        cluster = registry.clusters[ref]
        known = cluster.numbers[number]
        redirect = known.redirect
        if redirect is None or redirect.kind is not RedirectKind.RENAMED or number in merged:
            continue
        if FeedMerge.objects.filter(kind=redirect.kind.value, kept_number=known.pk, undone_at__isnull=True).exists():
            continue  # told again, with an older date
        gone = uuid7()
        FeedMerge.objects.create(
            region_id=registry.source.region_id,
            gone=gone,
            kept=ref,
            moved={str(cluster.numbers[redirect.target].pk): str(gone)},
            kept_number=known.pk,
            redirection_id=known.redirection,
            **_told(registry, FeedMergeKind.RENAMED, (number, redirect.target), message),
        )


def ask_for_files(
    registry: DatabaseRegistry,
    identities: tuple[UUID, UUID],
    kind: FeedMergeKind,
    numbers: tuple[LocalId | None, LocalId | None],
) -> bool:
    """Put two files before the cell as one person's, on the word of this feed; True when they stay two meanwhile.

    Files of two regions are never merged (ADR 9): the cell has a conflict to read instead.
    """
    values = [number.value if number is not None else "" for number in numbers]
    source = registry.source
    demand = Demand(
        organisation_id=source.organisation_id, source_name=source.name, kind=kind, gone=values[0], kept=values[1],
        at=registry.now,
    )  # fmt: skip
    patients = {one.pk: one for one in _patients(registry, identities)}
    if len(patients) < 2:
        return False
    first, second = (patients[key] for key in identities)
    if propose_files(first=first, second=second, demand=demand, by=registry.by):
        return True
    if numbers[0] is not None:
        registry.report(Conflict(kind=ConflictKind.TWO_FILES, about=numbers[0], other=numbers[1]))
    return True


def led_here(holder: UUID, ref: UUID) -> bool:
    """Tell whether a patient is that of an identity a feed merged into this one: the cell has the pair already."""
    return FeedIdentity.objects.filter(pk=holder, merged_into=ref).exists()


def _patients(registry: DatabaseRegistry, identities: tuple[UUID, UUID]) -> Iterable[Patient]:
    return Patient.objects.living_records().filter(pk__in=identities)


def _told(
    registry: DatabaseRegistry,
    kind: FeedMergeKind,
    numbers: tuple[LocalId | None, LocalId | None],
    message: FeedMessage,
) -> dict[str, object]:
    gone, kept = numbers
    return {
        "kind": kind,
        "authority": registry.source.authority,
        "gone_value": gone.value if gone else "",
        "kept_value": kept.value if kept and kept.authority != DESK else "",
        "message": message,
        "at": registry.now,
    }


def _holding(registry: DatabaseRegistry, numbers: Sequence[LocalId]) -> Cluster | None:
    found = (registry.clusters[ref] for ref in registry.touched)
    return next((cluster for cluster in found if numbers and numbers[0] in cluster.numbers), None)


def _numbered(numbers: Sequence[LocalId], cause: Known | None) -> LocalId | None:
    if cause is not None:
        return cause.record.identifier
    return next((number for number in numbers if number.authority != DESK), None)
