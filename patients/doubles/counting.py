"""Identities by status, counted once a day by the worker."""

from django.db.models import Count
from django.utils import timezone

from patients.models import IdentityCount, IdentityStatus, Patient


def count_identities() -> None:
    """Write today's counts of each founding region of the scope, unless they are written already."""
    today = timezone.localdate()
    if IdentityCount.objects.filter(counted_on=today).exists():
        return
    living = Patient.objects.living_records().order_by()
    counted = {
        (region, status): count
        for region, status, count in living.values_list("region_id", "status").annotate(count=Count("pk"))
    }
    IdentityCount.objects.bulk_create(
        [
            IdentityCount(region_id=region, counted_on=today, status=status, count=counted.get((region, status), 0))
            for region in sorted({region for region, _ in counted})
            for status in IdentityStatus
        ],
        ignore_conflicts=True,
    )
