"""Who may use a URL: every view is `@requires(permission)`, `@signed_in` or `@public`; a test refuses silence.

Stranger → 404 (row-level security hides the object), colleague without the right → 403. A right of the role may be
withheld about one object: the apps that know why say so once, by `connect`, for every address about such an object.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """Rights that the object of an address does not leave to this person, and the page that says why and what to do."""

    rights: frozenset[StrEnum]
    page: Callable[[], HttpResponse]


class StaffRequest(HttpRequest):
    """A request whose person, membership and rights are known.

    `role_rights` are those of the membership, `rights` those that are left about the object of this address.
    """

    user: User  # type: ignore[assignment]
    membership: Membership
    role_rights: frozenset[str]
    rights: frozenset[str]
    withheld: Withheld | None
    reference: str


class RightWithheld(PermissionDenied):
    """The role has this right, the object of the address does not leave it."""


Rule = Callable[[StaffRequest, Mapping[str, Any]], Withheld | None]
_rules: list[Rule] = []


def connect(rule: Rule) -> None:
    """Called by an app when it starts: asked at each address, with its arguments, what is withheld there."""
    _rules.append(rule)


def granted(request: HttpRequest, permission: StrEnum) -> bool:
    return permission in getattr(request, "rights", frozenset())


def demand(request: HttpRequest, permission: StrEnum, *others: StrEnum) -> None:
    """Refuse (403) what a page that others may only read would write: any one of the permissions opens it."""
    wanted = {permission, *others}
    if any(granted(request, one) for one in wanted):
        return
    withheld = getattr(request, "withheld", None)
    if withheld and wanted & withheld.rights & request.role_rights:  # type: ignore[attr-defined]
        raise RightWithheld
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
    rights = rights_of(membership.role) if membership else frozenset()
    request.role_rights = request.rights = rights  # type: ignore[attr-defined]
    if membership:
        request.user.acting_as = membership.organisation  # type: ignore[union-attr]
        request.user.acting_in = membership.region_id  # type: ignore[union-attr]


def withhold(request: StaffRequest, arguments: Mapping[str, Any]) -> None:
    """Leave only the rights that the object of this address allows: its pages then offer nothing else."""
    found = (rule(request, arguments) for rule in _rules) if arguments else iter(())
    request.withheld = next((one for one in found if one is not None), None)
    if request.withheld is not None:
        request.rights = request.role_rights - request.withheld.rights


def requires(permission: StrEnum, *others: StrEnum) -> Callable[[View], View]:
    """Any one of the permissions opens the view."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            acting(request)
            withhold(request, kwargs)  # type: ignore[arg-type]
            try:
                demand(request, permission, *others)
                return view(request, *args, **kwargs)
            except RightWithheld:
                page: HttpResponse = request.withheld.page()  # type: ignore[attr-defined]
                transaction.set_rollback(True)
                return page

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
