"""Who will receive the report of a case (SND-06): its correspondents, and the DPI of the requester's establishment."""

from messaging.models import Feed
from messaging.recipients import Recipient
from rcp.models import Case


def recipients_of(case: Case) -> list[Recipient]:
    """Recipients in the order they are printed; the same address is written to once."""
    found: dict[tuple[str, str], Recipient] = {}
    for one in case.correspondents.order_by("role", "name"):
        recipient = Recipient(
            name=one.name,
            role=one.get_role_display(),
            mssante_address=one.mssante_address,
            postal_address=one.postal_address,
            rpps=one.rpps,
        )
        found.setdefault((recipient.channel, recipient.key), recipient)
    organisation = case.requester_organisation
    if Feed.objects.filter(organisation=organisation, active=True).exists():
        dpi = Recipient(name=f"DPI – {organisation.short_name}", role="établissement", organisation_id=organisation.pk)
        found[(dpi.channel, dpi.key)] = dpi
    return list(found.values())
