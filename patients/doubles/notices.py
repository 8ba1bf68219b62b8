"""What establishments must be told of a merge: rows to send, one for each that numbers either identity (A40, A31)."""

from typing import Any
from uuid import UUID

from patients.models import IdentityNotice, Merge, NoticeKind, NoticeState, PatientIdentifier


def announce_merge(merge: Merge) -> None:
    """Write the A40 that each establishment will be sent; IPPs are said as they were before they moved."""
    written = {one.table_name: one for one in merge.merged_tables.filter(table_name=PatientIdentifier._meta.db_table)}
    moved = set(next(iter(written.values())).moved) if written else set()
    held = list(PatientIdentifier.objects.filter(patient_id=merge.kept_id, ended_at=None).order_by("since", "pk"))
    content = {
        "kept": _said(merge.kept_id, [one for one in held if str(one.pk) not in moved]),
        "lost": _said(merge.lost_id, [one for one in held if str(one.pk) in moved]),
    }
    for organisation_id in sorted({one.organisation_id for one in held}):
        IdentityNotice.objects.create(
            region_id=merge.region_id,
            merge=merge,
            organisation_id=organisation_id,
            kind=NoticeKind.A40,
            content=content,
        )


def announce_undo(merge: Merge) -> None:
    """An A40 that has not left will not; where it has, the identity that comes back is announced again."""
    waiting = merge.notices.filter(kind=NoticeKind.A40, state=NoticeState.WAITING)
    waiting.update(state=NoticeState.CANCELLED)
    for one in merge.notices.filter(kind=NoticeKind.A40, state=NoticeState.SENT):
        IdentityNotice.objects.create(
            region_id=merge.region_id,
            merge=merge,
            organisation_id=one.organisation_id,
            kind=NoticeKind.A31,
            content=one.content,
        )


def _said(patient_id: UUID, held: list[PatientIdentifier]) -> dict[str, Any]:
    return {
        "id": str(patient_id),
        "ipps": [{"organisation": str(one.organisation_id), "value": one.value} for one in held],
    }
