"""The history of an identity: a line for each act, written with the act and never changed."""

from collections.abc import Mapping
from uuid import UUID

from dcc.audit.record import Actor
from patients.lifecycle.states import Attribute, Channel, IdentityStatus
from patients.lifecycle.transitions import IdentityAct, IdentityState
from patients.models import IdentityChange, Patient

Traits = Mapping[str, tuple[str, str]]


def state_of(patient: Patient) -> IdentityState:
    """What the rules look at in a patient."""
    return IdentityState(
        status=IdentityStatus(patient.status), attributes=patient.attributes, has_ins=patient.ins_hash is not None
    )


def note(
    *,
    patient: Patient,
    act: IdentityAct,
    by: Actor,
    channel: Channel = Channel.TYPED,
    before: IdentityState | None = None,
    document: str = "",
    reason: str = "",
    traits: Traits | None = None,
) -> IdentityChange:
    """Write one line, the patient being as the act left it; `traits` are the corrected ones, before and after."""
    return IdentityChange.objects.create(
        region_id=patient.region_id,
        patient=patient,
        by_id=by.pk,
        actor=by.display_name,
        organisation=getattr(getattr(by, "acting_as", None), "name", ""),
        act=act.value,
        channel=channel,
        status_before=before.status if before else "",
        status_after=patient.status,
        attributes=" ".join(one.value for one in Attribute if one in patient.attributes),
        document_kind=document,
        reason=reason,
        traits={name: list(values) for name, values in (traits or {}).items()},
    )


def last_line(patient_id: UUID) -> str:
    """The identifier of the last line of a history, "" when it has none: what a form saw, to notice what it did not."""
    found = IdentityChange.objects.filter(patient_id=patient_id).order_by("-at", "-id").values_list("id", flat=True)
    return str(next(iter(found[:1]), ""))
