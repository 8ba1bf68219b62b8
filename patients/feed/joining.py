"""Two patients that a feed makes one, and parts again: a pointer, and every row of the file stays where it was.

What a person does with the two files (moving, counting, undoing row for row) is the merge of the identity-vigilance
cell; opening the one that is gone leads to the other.
"""

from collections.abc import Collection
from uuid import UUID

from django.db.models import Q

from dcc.audit.record import Actor, record
from patients.events import PatientEvent
from patients.lifecycle import matricules
from patients.lifecycle.states import InsEnd
from patients.models import Access, Merge, Patient


def with_a_file(patient_ids: Collection[UUID]) -> set[UUID]:
    """Tell which patients somebody cares for here: a file without any access holds nothing (wall 2)."""
    return set(Access.objects.filter(patient_id__in=patient_ids).values_list("patient_id", flat=True))


def join(*, gone: UUID, kept: UUID, by: Actor, source_name: str) -> None:
    """Make a patient lead to another; nothing when the feed never opened the one that is gone."""
    patient = Patient.objects.filter(pk=gone, merged_into__isnull=True).first()
    if patient is None:
        return
    patient.merged_into_id = kept
    patient.save(update_fields=["merged_into"])
    record(PatientEvent.FEED_JOINED, on=patient, by=by, source=source_name, kept=str(kept))


def part(*, gone: UUID, kept: UUID, why: str, by: Actor) -> None:
    """Make two patients stand alone again and trace it on both; the feed may never have opened one of them."""
    Patient.objects.filter(pk=gone, merged_into=kept).update(merged_into=None)
    for patient in Patient.objects.filter(pk__in=(gone, kept)).order_by("pk"):
        record(PatientEvent.FEED_PARTED, on=patient, by=by, why=why)


def joined_by_hand(patient_ids: Collection[UUID]) -> bool:
    """Tell whether the cell made one file of two of these: its merge is the first to undo (ADR 9)."""
    in_force = Merge.objects.filter(done_at__isnull=False, undone_at__isnull=True)
    return in_force.filter(lost__in=patient_ids).exists()


def doubt(patient: Patient) -> None:
    """Mark an identity whose required traits were another's, now parted from them: nothing it says is proved."""
    columns = matricules.end(patient, InsEnd.DOUBTED)
    patient.status, patient.is_doubtful, patient.is_fictitious, patient.is_anonymous = "PROV", True, False, False
    patient.document_kind, patient.document_checked_on = "", None
    flags = ["is_doubtful", "is_fictitious", "is_anonymous", "document_kind", "document_checked_on"]
    patient.save(update_fields=["status", *flags, *columns])


def family(patient_ids: Collection[UUID]) -> dict[UUID, UUID | None]:
    """Find these patients, those they were merged into and those merged into them: each with where it leads."""
    wanted, found = set(patient_ids), dict[UUID, UUID | None]()
    asked = set[UUID]()
    while wanted - asked:
        links = Patient.objects.filter(Q(pk__in=wanted - asked) | Q(merged_into__in=wanted - asked))
        asked |= wanted
        found |= dict(links.values_list("pk", "merged_into"))
        wanted = set(found) | {into for into in found.values() if into is not None}
    return found


def locked(patient_ids: Collection[UUID]) -> dict[UUID, Patient]:
    """Lock patients in the order of their ids."""
    rows = Patient.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=patient_ids).order_by("pk")
    return {patient.pk: patient for patient in rows}
