"""Reads of deliveries."""

from django.http import HttpRequest

from messaging.models import Delivery
from messaging.permissions import DeliveryPermission


def failed_count(request: HttpRequest) -> int:
    """How many deliveries of my 3C wait for a person; 0 for those who do not send."""
    membership = getattr(request, "membership", None)
    if membership is None or DeliveryPermission.SEND not in request.rights:  # type: ignore[attr-defined]
        return 0
    return Delivery.objects.failed().filter(three_c_id=membership.organisation_id).count()
