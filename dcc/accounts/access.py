"""Who may use a URL: every view is `@requires(permission)`, `@signed_in` or `@public`; a test refuses silence.

Stranger → 404 (row-level security hides the object), colleague without the right → 403.
"""

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from dcc.accounts.models import Membership, User
from dcc.lib.prepared import Prepared

View = Callable[..., HttpResponse]
_CHOSEN = Prepared(
    lambda membership_id, user_id: (
        Membership.objects.current()
        .select_related("organisation", "region__network")
        .filter(pk=membership_id, user_id=user_id)
    ),
    membership_id=UUID,
    user_id=int,
)


class StaffRequest(HttpRequest):
    """A request whose person, membership and rights are known."""

    user: User  # type: ignore[assignment]
    membership: Membership
    rights: frozenset[str]
    reference: str


def granted(request: HttpRequest, permission: StrEnum) -> bool:
    return permission in getattr(request, "rights", frozenset())


def demand(request: HttpRequest, permission: StrEnum, *others: StrEnum) -> None:
    """Refuse (403) what a page that others may only read would write: any one of the permissions opens it."""
    if not any(granted(request, one) for one in (permission, *others)):
        raise PermissionDenied


def acting(request: HttpRequest) -> None:
    """Attach the current membership and its rights, inside the request's transaction, where the scope is open."""
    if hasattr(request, "membership"):
        return
    from dcc.roles import rights_of
    from dcc.tenancy.middleware import MEMBERSHIP_KEY

    chosen = request.session.get(MEMBERSHIP_KEY)
    membership = None
    if chosen and request.user.is_authenticated:
        membership = _CHOSEN.first(membership_id=UUID(chosen), user_id=request.user.pk)
    request.membership = membership  # type: ignore[attr-defined]
    request.rights = rights_of(membership.role) if membership else frozenset()  # type: ignore[attr-defined]
    if membership:
        request.user.acting_as = membership.organisation  # type: ignore[union-attr]
        request.user.acting_in = membership.region_id  # type: ignore[union-attr]


def requires(permission: StrEnum, *others: StrEnum) -> Callable[[View], View]:
    """Any one of the permissions opens the view."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            acting(request)
            demand(request, permission, *others)
            return view(request, *args, **kwargs)

        guarded.access = (permission, *others)  # type: ignore[attr-defined]
        return guarded

    return decorate


def signed_in(view: View) -> View:
    """Any signed-in person, whatever their role."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        acting(request)
        return view(request, *args, **kwargs)

    guarded.access = "signed_in"  # type: ignore[attr-defined]
    return guarded


def public(view: View) -> View:
    view.access = "public"  # type: ignore[attr-defined]
    return login_not_required(view)
