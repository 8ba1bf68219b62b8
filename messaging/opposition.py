"""The recipients whom the patient opposes: nothing of the file leaves to them, by any channel (D3, ADR 11)."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import QuerySet

from dcc.accounts.models import User
from dcc.organisations.models import Organisation
from messaging.models import Delivery
from messaging.recipients import Recipient
from patients.consent.queries import opposed_among
from patients.models import Wish, WishAnswer, WishSubject


def opposed_recipients(patient_id: UUID, recipients: Collection[Recipient]) -> frozenset[Recipient]:
    """Those the patient opposes now: a person who works for opposed organisations only, an organisation, its DPI.

    Whoever was typed by hand is recognised by their RPPS or their secure address. One query when nothing was opposed.
    """
    if not _said().filter(patient_id=patient_id).exists():
        return frozenset()
    known = {one: _principals(one) for one in recipients}
    opposed = opposed_among(patient_id, frozenset[int]().union(*known.values()))
    return frozenset(one for one, principals in known.items() if principals & opposed)


def opposed_deliveries(deliveries: Collection[Delivery]) -> frozenset[UUID]:
    """Those of these deliveries whose recipient the patient opposes now; one query when nothing was opposed."""
    said = _said().filter(patient_id__in={one.patient_id for one in deliveries})
    patients = frozenset(said.values_list("patient_id", flat=True))
    return frozenset(
        one.pk
        for one in deliveries
        if one.patient_id in patients and opposed_recipients(one.patient_id, [Recipient.thawed(one.recipient)])
    )


def _said() -> QuerySet[Wish]:
    return Wish.objects.filter(subject=WishSubject.ORGANISATION, answer=WishAnswer.OPPOSED)


def _principals(one: Recipient) -> frozenset[int]:
    """Everybody of the directory that this recipient is."""
    found = {one.principal_id} if one.principal_id else set()
    if one.rpps:
        found |= set(User.objects.filter(rpps=one.rpps).values_list("principal_id", flat=True))
    if one.organisation_id:
        found |= set(Organisation.objects.filter(pk=one.organisation_id).values_list("principal_id", flat=True))
    if address := one.mssante_address:
        found |= set(User.objects.filter(mssante_address__iexact=address).values_list("principal_id", flat=True))
        places = Organisation.objects.filter(mssante_address__iexact=address)
        found |= set(places.values_list("principal_id", flat=True))
    return frozenset(found)
