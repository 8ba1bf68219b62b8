"""The page one lands on."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from dcc.accounts.access import StaffRequest, requires
from dcc.lib import french
from dcc.ui.components.data import Tab
from messaging.permissions import DeliveryPermission
from patients.permissions import PatientPermission
from rcp.meetings.cockpit import BASKETS, Cockpit
from rcp.meetings.todo import Basket
from rcp.permissions import RcpPermission

SHOWN = 30


@requires(RcpPermission.MEETING_VIEW)
@require_GET
def cockpit(request: StaffRequest) -> HttpResponse:
    found = Cockpit(user=request.user, sends=DeliveryPermission.SEND in request.rights)
    asked = request.GET.get("corbeille", "")
    basket = asked if asked in set(Basket) else ""
    total = sum(found.counts.values()) if not basket else found.counts[basket]
    limit = None if request.GET.get("tout") == "1" else SHOWN
    now = timezone.localtime(found.now)
    context = {
        "cockpit": found,
        "groups": found.groups(basket, limit),
        "shown": min(total, limit or total),
        "total": total,
        "basket": basket,
        "tabs": _tabs(found, basket),
        "title": french.date_long(now.date(), weekday=True, year=False).capitalize(),
        "hour": french.time_short(now),
        "may_create": PatientPermission.CREATE in request.rights,
        "may_register": RcpPermission.CASE_REGISTER in request.rights,
    }
    return render(request, "rcp/cockpit/cockpit.html", context)


def _tabs(found: Cockpit, basket: str) -> list[Tab]:
    address = reverse("rcp:cockpit")
    return [
        Tab(
            label=label,
            href=f"{address}?corbeille={name}" if name else address,
            count=found.counts[name] if name else sum(found.counts.values()),
            current=name == basket,
        )
        for name, label in BASKETS
        if not name or found.counts[name] or name == basket
    ]
