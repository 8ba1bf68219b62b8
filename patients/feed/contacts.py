"""Writes how to reach a patient as feeds and desks say together, and the relatives that feeds alone say.

What a desk typed is in what is written here already (ADR 10): the row is rewritten as a whole, when it changes. The
relatives a desk added are its own and are never touched; one that a desk ended stays so until a feed says it anew.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from dcc.audit.record import Actor, record
from dcc.lib import french
from patients.events import PatientEvent
from patients.identity.names import comparison_key
from patients.models import Contact, Patient, Relative

# Columns of Contact that a feed may write, in the order of the page, and how much they hold.
LONGEST: dict[str, int] = {
    name: Contact._meta.get_field(name).max_length or 0  # type: ignore[union-attr]
    for name in (
        "address_line", "postcode", "city", "phone", "email", "gp_name", "gp_rpps", "gp_mssante_address", "gp_address",
    )
}  # fmt: skip
COLUMNS = tuple(LONGEST)


@dataclass(frozen=True, slots=True, kw_only=True)
class FedRelative:
    """A representative or somebody close, as a feed says."""

    relation: str
    name: str
    phone: str
    email: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FedContact:
    """How to reach a patient, all said and done; `relatives_since` is None when no feed ever said any."""

    values: Mapping[str, str]
    relatives: tuple[FedRelative, ...] = ()
    relatives_since: datetime | None = None
    relatives_said_by: UUID | None = None


def contacts_of(patient_ids: Collection[UUID]) -> dict[UUID, Contact]:
    """Lock the rows of these patients, held already, in the order of their ids; no query for nobody."""
    if not patient_ids:
        return {}
    rows = Contact.objects.select_for_update(of=("self",), no_key=True).filter(patient_id__in=patient_ids)
    return {row.patient_id: row for row in rows.order_by("patient_id")}


def show_contact(
    fed: FedContact, *, patient: Patient, contact: Contact | None, by: Actor, source_name: str
) -> Contact | None:
    """Write what changed and trace it, naming the fields and never what they hold; nothing when nothing changed."""
    found = contact or Contact(region_id=patient.region_id, patient=patient)
    changed = [name for name, value in fed.values.items() if getattr(found, name) != value]
    for name in changed:
        setattr(found, name, fed.values[name])
    if changed:
        found.save()
    labels = [str(Contact._meta.get_field(name).verbose_name) for name in changed]  # type: ignore[union-attr]
    if fed.relatives_since is not None and _show_relatives(fed, patient, fed.relatives_since):
        labels.append("représentants et proches")
    if labels:
        fields = french.join_list(labels)
        record(PatientEvent.CONTACT_FED, on=patient, by=by, source=source_name, fields=fields)
    return found if changed or contact is not None else None


def _show_relatives(fed: FedContact, patient: Patient, since: datetime) -> bool:
    """Add who is said and not there, end who is no longer said; tell whether anything changed."""
    rows = list(Relative.objects.filter(patient=patient))
    standing = {_key(row): row for row in rows if row.fed_by_id is not None and row.ended_at is None}
    # Typed by a desk, or ended since the feed says so: a message changes neither.
    settled = {_who(row) for row in rows if row.fed_by_id is None and row.ended_at is None}
    settled |= {_who(row) for row in rows if row.ended_at is not None and row.ended_at > since}
    said = {_key(one): one for one in fed.relatives}
    ended = [row for key, row in standing.items() if key not in said or _who(row) in settled]
    # Ended in the time of the feed: what it says next is later, whenever it arrives.
    Relative.objects.filter(pk__in=[row.pk for row in ended]).update(ended_at=min(since, timezone.now()))
    new = [one for key, one in said.items() if key not in standing and _who(one) not in settled]
    Relative.objects.bulk_create(
        Relative(region_id=patient.region_id, patient=patient, fed_by_id=fed.relatives_said_by, **_columns(one))
        for one in new
    )
    return bool(ended or new)


def _columns(one: FedRelative) -> dict[str, Any]:
    return {name: getattr(one, name) for name in FedRelative.__dataclass_fields__}


def _key(one: FedRelative | Relative) -> tuple[str, ...]:
    return tuple(getattr(one, name) for name in FedRelative.__dataclass_fields__)


def _who(one: FedRelative | Relative) -> tuple[str, str]:
    return one.relation, comparison_key(one.name)
