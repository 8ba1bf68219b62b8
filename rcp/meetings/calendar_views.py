"""The calendar: a week or a month, the address says which (AGD-03…09)."""

from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from dcc.accounts.access import StaffRequest, requires
from dcc.lib import french
from dcc.organisations.kinds import RULES
from dcc.organisations.models import Organisation
from rcp.meetings.calendar import Choice, Entry, Span, entries_of, month, week
from rcp.permissions import RcpPermission

ALL = "tous"


@requires(RcpPermission.CALENDAR_VIEW)
@require_GET
def calendar(request: StaffRequest) -> HttpResponse:
    monthly = request.GET.get("vue") == "mois"
    day = _day(request.GET.get("jour", ""))
    holders = _holders()
    choice = _choice(request, holders)
    span = (month if monthly else week)(day, choice)
    entries = entries_of(span)
    kept = {"c": str(choice.holder) if choice.holder else ALL, "recours": "1" if choice.recourse else "0"}
    context = {
        "span": span,
        "monthly": monthly,
        "day": day,
        "choice": choice,
        "holders": holders,
        "sentence": _sentence(entries, choice, span),
        "previous_url": _address(kept, monthly, span.previous),
        "next_url": _address(kept, monthly, span.next),
        "today_url": _address(kept, monthly, timezone.localdate()),
        "week_url": _address(kept, False, day),
        "month_url": _address(kept, True, day),
    }
    return render(request, "rcp/calendar/calendar.html", context)


def _day(text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return timezone.localdate()
    return found if 2000 < found.year < 2100 else timezone.localdate()


def _holders() -> list[Organisation]:
    kinds = [kind for kind, rules in RULES.items() if rules.holds_boards]
    return list(Organisation.objects.active().of_kind(*kinds).order_by("name"))


def _choice(request: StaffRequest, holders: list[Organisation]) -> Choice:
    """One's own 3C at first, every 3C for those who have none."""
    asked = request.GET.get("c", "")
    mine = request.membership.organisation.three_c if not asked else None
    wanted = str(mine.pk) if mine else asked
    holder = next((one for one in holders if str(one.pk) == wanted), None)
    return Choice(
        holder=UUID(wanted) if holder else None,
        holder_name=holder.short_name if holder else "",
        recourse=request.GET.get("recours", "1") == "1",
    )


def _address(kept: dict[str, str], monthly: bool, day: date) -> str:
    return "?" + urlencode({"vue": "mois" if monthly else "semaine", "jour": day.isoformat(), **kept})


def _sentence(entries: list[Entry], choice: Choice, span: Span) -> str:
    """« 23 réunions du 3C Estuaire et des recours de la région, 2 à risque »."""
    live = [one for one in entries if not one.cancelled]
    whose = "de tous les 3C" if choice.holder is None else f"du {choice.holder_name}"
    if choice.holder and choice.recourse:
        whose += " et des recours de la région"
    said = f"{french.counted(len(live), 'réunion')} {whose}"
    if risky := sum(one.at_risk for one in live):
        said += f", {risky} à risque"
    if gone := len(entries) - len(live):
        said += f", {french.counted(gone, 'annulée')}"
    return said
