"""The feeds towards the establishments' records: who is connected, how, and does it answer."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dcc.accounts.access import StaffRequest, requires
from messaging.feeds import actions, queries
from messaging.feeds.forms import FeedForm
from messaging.models import Feed
from messaging.permissions import DeliveryPermission

FIELDS = ("host", "port", "tls", "receiving_application", "receiving_facility", "active")


@requires(DeliveryPermission.FEEDS_MANAGE)
@require_safe
def feeds(request: StaffRequest) -> HttpResponse:
    """Every establishment one answers for, with its feed."""
    return render(request, "messaging/feeds.html", {"rows": queries.feeds(request.membership.organisation)})


@requires(DeliveryPermission.FEEDS_MANAGE)
@require_http_methods(["GET", "POST"])
def feed(request: StaffRequest, organisation_id: UUID) -> HttpResponse:
    """The feed of one establishment."""
    organisation = get_object_or_404(queries.establishments(request.membership.organisation), pk=organisation_id)
    existing = Feed.objects.filter(organisation=organisation).first()
    initial = {name: getattr(existing, name) for name in FIELDS} if existing else {"tls": True, "active": True}
    form = FeedForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        actions.save_feed(organisation=organisation, by=request.user, **form.cleaned_data)
        messages.success(request, f"Flux vers {organisation.short_name} enregistré.")
        return redirect("messaging:feeds")
    context = {"organisation": organisation, "feed": existing, "form": form}
    return render(request, "messaging/feed.html", context, status=422 if form.errors else 200)


@requires(DeliveryPermission.FEEDS_MANAGE)
@require_POST
def try_feed(request: StaffRequest, organisation_id: UUID) -> HttpResponse:
    """Knock at the door of the platform and say what was heard."""
    organisation = get_object_or_404(queries.establishments(request.membership.organisation), pk=organisation_id)
    existing = get_object_or_404(Feed.objects.select_related("organisation"), organisation=organisation)
    found = actions.try_feed(feed=existing, by=request.user)
    context = {"rows": queries.feeds(request.membership.organisation), "probe": found, "probed": existing}
    return render(request, "messaging/feeds.html", context)
