"""To whom a file may be shared: people who care for patients in the network, and the places they work for.

A network has a few thousand of them at most, and they are no patients: names are compared in Python.
"""

from uuid import UUID

from django.db.models import QuerySet

from dcc.accounts.models import Membership
from dcc.accounts.professions import specialty_label
from dcc.organisations.kinds import OrganisationKind
from dcc.organisations.models import Organisation
from dcc.tenancy.models import Principal
from dcc.ui.forms import Option
from patients.identity.names import comparison_key

OFFERED = 12
_TITLES = {"DR", "PR", "MME", "M"}
PLACES = (OrganisationKind.THREE_C, OrganisationKind.ESTABLISHMENT, OrganisationKind.PRACTICE)


def search_receivers(text: str) -> list[Option]:
    """People then organisations whose names hold words that begin with those typed."""
    words = [key for key in map(comparison_key, text.split()) if key and key not in _TITLES]
    if not words:
        return []
    people = {one.user_id: one for one in _memberships() if _fits(words, f"{one.user.first_name} {one.user.last_name}")}
    found = [_person(one) for one in sorted(people.values(), key=lambda one: comparison_key(one.user.last_name))]
    found += [_place(one) for one in places() if _fits(words, f"{one.name} {one.short_name}")]
    return found[:OFFERED]


def receiver_option(code: str) -> Option | None:
    """The proposal that `code` stands for."""
    found = _find(code)
    return None if found is None else _person(found) if isinstance(found, Membership) else _place(found)


def receiver(code: str) -> Principal | None:
    """Whom the file is opened to; None when the code is none of this network's, or ended."""
    found = _find(code)
    return None if found is None else found.user.principal if isinstance(found, Membership) else found.principal


def places() -> QuerySet[Organisation]:
    """The organisations of the network where patients are cared for."""
    return Organisation.objects.active().of_kind(*PLACES).select_related("principal").order_by("name")


def _memberships() -> QuerySet[Membership]:
    current = Membership.objects.current().filter(clinical=True, user__is_active=True)
    return current.select_related("user__principal", "organisation").order_by("starts_at", "pk")


def _find(code: str) -> Membership | Organisation | None:
    kind, _, key = code.partition(":")
    try:
        wanted = UUID(key)
    except ValueError:
        return None
    return _memberships().filter(pk=wanted).first() if kind == "p" else places().filter(pk=wanted).first()


def _fits(words: list[str], name: str) -> bool:
    keys = [comparison_key(part) for part in name.split()]
    return all(any(key.startswith(word) for key in keys) for word in words)


def _person(one: Membership) -> Option:
    trade = specialty_label(one.user.specialty) or one.user.get_profession_display()
    return Option(code=f"p:{one.pk}", label=one.user.display_name, note=f"{trade}, {one.organisation.short_name}")


def _place(one: Organisation) -> Option:
    return Option(
        code=f"o:{one.pk}", label=one.name, note=f"toute l’équipe, {one.city}" if one.city else "toute l’équipe"
    )
