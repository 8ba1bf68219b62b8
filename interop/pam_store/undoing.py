"""Parts again two identities, or two numbers, that a message made one: all that was said is there, nothing is guessed.

The redirection is ended, the numbers go back to whom they led to, both identities are recomputed from what was said of
their own numbers, before the merge and since. Where both sides say one INS, it stays with the one that was kept and the
other waits for a person, who has just said that they are two.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from dcc.audit.record import Actor
from dcc.tenancy.scope import RegionScope, no_transaction_scope
from interop.pam.outcome import Conflict, ConflictKind
from interop.pam.person import identity_of
from interop.pam.record import LocalId, Record
from interop.pam.said import UNSAID
from interop.pam.unmerging import parted
from interop.pam_store.cluster import Cluster, Known, load_numbers
from interop.pam_store.registry import DatabaseRegistry
from interop.pam_store.source import DESK, Source
from interop.pam_store.writing import follow_visits, report_conflict, show, write_identity, write_redirections
from patients.feed.contacts import contacts_of
from patients.feed.joining import doubt, joined_by_hand, locked, part
from patients.feed.proposing import withdraw_demand
from patients.models import FeedIdentity, FeedMerge, FeedNumber, FeedTraits, Statement


class UndoRefused(Exception):
    """This merge cannot be taken back now; the message, in French, says why."""


def undo_merge(*, merge_id: UUID, source: Source, why: str, by: Actor) -> UUID:
    """Part two identities merged by a message of this feed (identity §1.14), without time limit; give the one reopened.

    A change of number taken back leaves the file to the former number; the new one opens an identity. Outside any
    transaction, as `receive`. Raises UndoRefused when it is undone already, when the cell has merged the two files
    since, or when the one that was kept has itself disappeared into another: those merges come first.
    """
    now = timezone.now()
    with no_transaction_scope(RegionScope(regions=source.regions)), transaction.atomic(durable=True):
        merge = FeedMerge.objects.select_for_update(of=("self",), no_key=True).filter(pk=merge_id).first()
        if merge is None or merge.undone_at is not None:
            raise UndoRefused("Cette fusion est déjà défaite.")
        parting = _Parting(merge, DatabaseRegistry(source, by=by, now=now), now)
        parting.done()
        merge.undone_at, merge.undone_by, merge.undone_why = now, by.display_name, why
        merge.save(update_fields=["undone_at", "undone_by", "undone_why"])
        part(gone=merge.gone, kept=merge.kept, why=why, by=by)
        parting.written(by)
    return merge.gone


class _Parting:
    """One merge being taken back, under the locks that a message would take."""

    def __init__(self, merge: FeedMerge, registry: DatabaseRegistry, now: datetime) -> None:
        self._merge, self._registry, self._now = merge, registry, now
        keys = {merge.gone, merge.kept}
        if joined_by_hand(keys):
            raise UndoRefused("La cellule a réuni les deux dossiers\u00a0: annulez d’abord cette fusion-là.")
        rows = FeedIdentity.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=keys).order_by("pk")
        self._identities = {row.pk: row for row in rows}
        if merge.gone not in self._identities:  # a change of number: nobody has the new one for identity yet
            self._identities[merge.gone] = FeedIdentity.objects.create(id=merge.gone, region_id=merge.region_id)
        if self._identities[merge.kept].merged_into is not None:
            raise UndoRefused(
                "L’identité conservée a été fusionnée à son tour\u00a0: défaites d’abord cette fusion-là."
            )
        patients = locked(keys)
        contacts = contacts_of(patients)
        self._clusters = {
            key: Cluster(
                region_id=row.region_id,
                stored=True,
                shown=bytes(row.shown) if row.shown is not None else None,
                patient=patients.get(key),
                contact=contacts.get(key),
            )
            for key, row in self._identities.items()
        }
        registry.clusters = self._clusters

    def done(self) -> None:
        """Share the numbers out, take back what only held because of the merge."""
        kept, gone = self._clusters[self._merge.kept], self._clusters[self._merge.gone]
        everyone = {known.record.identifier: known for known in load_numbers([self._merge.kept])[self._merge.kept]}
        by_key = {str(known.pk): number for number, known in everyone.items()}
        moved = {by_key[key] for key in self._merge.moved if key in by_key}
        anchor = next((number for number, known in everyone.items() if known.pk == self._merge.kept_number), None)
        if not moved or anchor is None:
            raise UndoRefused(
                "Les numéros de cette fusion ont changé d’identité depuis\u00a0: reprenez avec la cellule."
            )
        for known in everyone.values():
            if known.redirection is not None and known.redirection == self._merge.redirection_id:
                known.record = known.record.leading_to(None)
        leaving = parted([known.record for known in everyone.values()], moved=moved, kept=anchor)
        for number, known in everyone.items():
            (gone if number in leaving else kept).numbers[number] = known
        if not any(known.record.standing for known in kept.numbers.values()):
            raise UndoRefused("Rien n’a été dit de l’ancien numéro\u00a0: il n’y a rien à séparer.")
        self._cut(leaving, everyone.values())
        self._dispute(gone, {claim.ins for known in kept.numbers.values() for claim in known.record.claims})
        for ref, cluster in self._clusters.items():
            self._registry.owners |= dict.fromkeys(cluster.numbers, ref)

    def written(self, by: Actor) -> None:
        """Store where the numbers lead, and what both patients are now."""
        FeedIdentity.objects.filter(pk=self._merge.gone).update(merged_into=None)
        gone = self._clusters[self._merge.gone]
        for known in gone.numbers.values():
            to = self._merge.moved.get(str(known.pk), str(self._merge.gone))
            rows = FeedNumber.objects.filter(pk=known.pk)
            assert rows.update(identity_id=to, identity_region_id=gone.region_id) == 1
        patients = locked(self._clusters)  # reopened: read again
        # The one that was kept first: it may hold the INS that the other is about to say.
        for ref in (self._merge.kept, self._merge.gone):
            cluster = self._clusters[ref]
            cluster.patient = patients.get(ref)
            write_redirections(cluster, None, self._registry)
            identity = identity_of(cluster.records)
            if identity.missing and cluster.patient is not None:
                doubt(cluster.patient)
                follow_visits(cluster)
            else:
                show(self._registry, ref, identity, renumbered=True)
            write_identity(ref, cluster)
        for conflict in self._registry.conflicts:
            report_conflict(self._registry, conflict, None)
        parted_patients = [cluster.patient for cluster in self._clusters.values() if cluster.patient is not None]
        if len(parted_patients) == 2:
            withdraw_demand(first=parted_patients[0], second=parted_patients[1], by=by)

    def _cut(self, leaving: frozenset[LocalId], everyone: Iterable[Known]) -> None:
        """End the redirections from one side to the other: they were said of one person."""
        for known in everyone:
            redirect = known.record.redirect
            if redirect is not None and (redirect.target in leaving) != (known.record.identifier in leaving):
                known.record = known.record.leading_to(None)

    def _dispute(self, gone: Cluster, held: set[object]) -> None:
        """Leave the INS that both sides say to the one that was kept."""
        for number, known in gone.numbers.items():
            both = {claim.ins for claim in known.record.claims} & held
            if not both:
                continue
            hashes = FeedTraits.objects.filter(number_id=known.pk, ins_hash__isnull=False).values_list("pk", flat=True)
            Statement.objects.filter(number_id=known.pk, traits_id__in=list(hashes)).update(disputed=True)
            known.record = _without_ins(known.record)
            if number.authority != DESK:
                conflict = Conflict(kind=ConflictKind.SAME_INS, about=number, other=self._anchor_of_kept())
                self._registry.report(conflict)

    def _anchor_of_kept(self) -> LocalId | None:
        numbers = self._clusters[self._merge.kept].numbers
        return next((number for number in numbers if number.authority != DESK), None)


def _without_ins(record: Record) -> Record:
    said = [
        replace(one, traits=replace(one.traits, claim=UNSAID), disputed=True) if one.traits.claim else one
        for one in record.statements
    ]
    return replace(record, statements=tuple(said))
