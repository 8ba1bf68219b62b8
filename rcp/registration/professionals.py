"""Professionals of the network, chosen with the organisation they work for: requester, correspondents (INS-02, INS-05).

A network has a few thousand of them at most, and they are no patients: their names are compared in Python, accents,
hyphens and the order of the words aside.
"""

from uuid import UUID

from django.db.models import QuerySet

from dcc.accounts.models import Membership
from dcc.accounts.professions import Profession, specialty_label
from dcc.ui.forms import Option
from patients.identity.names import comparison_key

OFFERED = 12
_TITLES = {"DR", "PR", "MME", "M"}


def search_professionals(text: str) -> list[Option]:
    """Propose those whose names begin with the words typed, family name first."""
    return _search(text, memberships())


def search_physicians(text: str) -> list[Option]:
    """As above, physicians only: a case is asked for by one of them."""
    return _search(text, memberships().filter(user__profession=Profession.PHYSICIAN))


def professional_option(code: str) -> Option | None:
    found = find_professional(code)
    return _option(found) if found else None


def find_professional(code: str) -> Membership | None:
    """The membership a code stands for; None when it is none of this network's, or ended."""
    try:
        return memberships().filter(pk=UUID(code)).first()
    except ValueError:
        return None


def memberships() -> QuerySet[Membership]:
    """Current memberships of people who care for patients; the organisation's wall keeps those of this network."""
    current = Membership.objects.current().filter(clinical=True, user__is_active=True)
    return current.select_related("user", "organisation")


def _search(text: str, among: QuerySet[Membership]) -> list[Option]:
    words = [key for key in map(comparison_key, text.split()) if key and key not in _TITLES]
    if not words:
        return []
    found = [one for one in among if _fits(words, one)]
    found.sort(key=lambda one: (not _family_key(one).startswith(words[-1]), _family_key(one), one.user.first_name))
    return [_option(one) for one in found[:OFFERED]]


def _fits(words: list[str], one: Membership) -> bool:
    keys = [_family_key(one), *map(comparison_key, f"{one.user.first_name} {one.user.last_name}".split())]
    return all(any(key.startswith(word) for key in keys) for word in words)


def _family_key(one: Membership) -> str:
    return comparison_key(one.user.last_name)


def _option(one: Membership) -> Option:
    trade = specialty_label(one.user.specialty) or one.user.get_profession_display()
    return Option(code=str(one.pk), label=one.user.display_name, note=f"{trade}, {one.organisation.short_name}")
