"""Who will receive the report of a case (SND-06): its correspondents, and the DPI of the requester's establishment.

Whoever the patient opposes is left out, whatever the channel (D3); the conclusion says so.
"""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from dcc.lib.french import agree
from messaging.models import Feed
from messaging.opposition import opposed_recipients
from messaging.recipients import Recipient, is_mssante
from rcp.models import Case, Correspondent, CorrespondentRole


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressed:
    """Who receives, in the order they are printed, and who would have if the patient did not oppose them."""

    receive: list[Recipient]
    left_out: list[Recipient]


def recipients_of(case: Case) -> list[Recipient]:
    """Recipients in the order they are printed; the same address is written to once."""
    return addressed(case).receive


def addressed(case: Case) -> Addressed:
    """Everybody the report is for, those the patient opposes apart."""
    everybody = _everybody(case)
    opposed = opposed_recipients(case.patient_id, everybody)
    return Addressed(
        receive=[one for one in everybody if one not in opposed], left_out=[one for one in everybody if one in opposed]
    )


def opposed_correspondents(case: Case, correspondents: Collection[Correspondent]) -> frozenset[UUID]:
    """Those of these correspondents of `case` whom the patient opposes now."""
    known = {one.pk: _recipient(case, one) for one in correspondents}
    opposed = opposed_recipients(case.patient_id, set(known.values()))
    return frozenset(pk for pk, recipient in known.items() if recipient in opposed)


def opposition_of(sex: str) -> str:
    """Why somebody receives nothing: « opposition du patient », « opposition de la patiente »."""
    return f"opposition {agree(sex, 'du patient', 'de la patiente')}"


def _everybody(case: Case) -> list[Recipient]:
    found: dict[tuple[str, str], Recipient] = {}
    for one in case.correspondents.select_related("user").order_by("role", "name"):
        recipient = _recipient(case, one)
        found.setdefault((recipient.channel, recipient.key), recipient)
    organisation = case.requester_organisation
    if Feed.objects.filter(organisation=organisation, active=True).exists():
        dpi = Recipient(
            name=f"DPI – {organisation.short_name}",
            role="établissement",
            organisation_id=organisation.pk,
            principal_id=organisation.principal_id,
        )
        found[(dpi.channel, dpi.key)] = dpi
    return list(found.values())


def _recipient(case: Case, one: Correspondent) -> Recipient:
    return Recipient(
        name=one.name,
        role=one.get_role_display(),
        mssante_address=one.mssante_address,
        postal_address=one.postal_address,
        rpps=one.rpps,
        principal_id=_principal(case, one),
    )


def _principal(case: Case, one: Correspondent) -> int | None:
    """Who a correspondent is; a letter to the requester and the mail of their 3C arrive at an organisation."""
    if one.role == CorrespondentRole.REQUESTING_3C:
        three_c = case.requester_organisation.three_c
        return three_c.principal_id if three_c else None
    if one.role == CorrespondentRole.REQUESTER and not is_mssante(one.mssante_address):
        return case.requester_organisation.principal_id
    user = one.user or (case.requester if one.role == CorrespondentRole.REQUESTER else None)
    return user.principal_id if user else None
