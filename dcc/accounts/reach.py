"""What an administrator reaches: organisations under the one they act for, roles they may give there (ADM-04)."""

from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

from dcc.accounts.models import Membership, User
from dcc.accounts.queries import my_memberships
from dcc.organisations.models import Organisation
from dcc.organisations.queries import under
from dcc.roles import ROLES, Role
from dcc.tenancy.scope import user_scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Open and closed organisations, in the order of the tree: all of them for a network administrator."""

    organisations: tuple[Organisation, ...]

    @property
    def ids(self) -> frozenset[UUID]:
        return frozenset(one.pk for one in self.organisations)

    @property
    def open(self) -> tuple[Organisation, ...]:
        return tuple(one for one in self.organisations if one.closed_at is None)

    def find(self, organisation_id: UUID | str) -> Organisation | None:
        return next((one for one in self.open if str(one.pk) == str(organisation_id)), None)

    def roles(self) -> tuple[Role, ...]:
        """Roles that can be given somewhere in reach: a 3C never gives a role of the network."""
        kinds = {one.kind for one in self.open}
        return tuple(role for role in ROLES.values() if role.kinds & kinds)

    def memberships_of(self, user: User) -> list[Membership]:
        """Every habilitation given in reach, past ones included, the latest first."""
        found = Membership.objects.filter(user=user, organisation__in=self.ids).select_related(
            "organisation", "granted_by", "revoked_by"
        )
        return list(found.order_by("-starts_at"))


def reach_of(by: User) -> Reach:
    """What the person acting under their current membership administers."""
    return Reach(organisations=tuple(under(by.acting_as)))


def is_current(membership: Membership) -> bool:
    now = timezone.now()
    return membership.revoked_at is None and membership.starts_at <= now < membership.expires_at


def administers_whole(reach: Reach, user: User) -> bool:
    """Whether all the person's current habilitations are in reach, other networks included.

    Changing an address means being able to take the account over: nobody does so from one side of two. The question
    is put in the person's own scope, because ours rightly hides other networks; only yes or no comes back.
    """
    with user_scope(user_id=user.pk, membership_id=None):
        everywhere = {one.id for one in my_memberships()}  # nothing when the account is closed
    everywhere |= set(Membership.objects.current().filter(user=user).values_list("pk", flat=True))
    here = {one.pk for one in reach.memberships_of(user) if is_current(one)}
    return everywhere <= here
