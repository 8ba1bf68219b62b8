"""The list of users an administrator reads: found by the beginning of a name, with what they may do."""

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import CharField, Exists, F, Func, OuterRef, Value
from django.db.models.enums import TextChoices
from django.db.models.functions import Concat
from django.db.models.query_utils import Q

from dcc.accounts.models import Membership, User, UserQuerySet
from dcc.accounts.reach import Reach
from dcc.roles import ROLES


class Status(TextChoices):
    ACTIVE = "actif", "habilités"
    INVITED = "invite", "jamais connectés"
    WITHOUT = "sans", "sans habilitation en cours"
    CLOSED = "ferme", "désactivés"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One line of the list."""

    user: User
    habilitations: tuple[str, ...]
    last_login: datetime | None

    @property
    def status(self) -> tuple[str, str]:
        """Kind of badge and word."""
        if not self.user.is_active:
            return "neutral", "Désactivé"
        if not self.habilitations:
            return "warn", "Sans habilitation"
        if self.last_login is None:
            return "info", "Jamais connecté"
        return "ok", "Actif"


class SearchKey(Func):
    """A name as it is searched: capitals without accents, other signs as one space.

    Computed on a table without walls, where a function can leak nothing.
    """

    template = (
        "btrim(regexp_replace(upper(regexp_replace(normalize(%(expressions)s, NFD), '[\\u0300-\\u036f]', '', 'g')),"
        " '[^A-Z0-9]+', ' ', 'g'))"
    )
    output_field = CharField()


def search_key(typed: str) -> str:
    plain = "".join(char for char in unicodedata.normalize("NFD", typed) if not unicodedata.combining(char))
    return re.sub(r"[^A-Z0-9]+", " ", plain.upper()).strip()


def find_people(
    reach: Reach, *, search: str = "", organisation: str = "", role: str = "", status: str = ""
) -> UserQuerySet:
    """People who have or had a habilitation in reach, by name."""
    ever = Membership.objects.filter(organisation__in=reach.ids, user=OuterRef("pk"))
    current = ever.filter(pk__in=Membership.objects.current().values("pk"))
    found = User.objects.filter(Exists(ever))
    wanted: dict[str, Any] = {}
    if organisation and (chosen := reach.find(organisation)):
        wanted["organisation"] = chosen
    if role in ROLES:
        wanted["role"] = role
    if wanted:
        found = found.filter(Exists(current.filter(**wanted)))
    if status == Status.CLOSED:
        found = found.filter(is_active=False)
    elif status:
        found = found.filter(is_active=True)
        found = found.filter(~Exists(current) if status == Status.WITHOUT else Exists(current))
        if status == Status.INVITED:
            found = found.filter(last_login__isnull=True)
    return _named(found, search).order_by("last_name", "first_name", "pk")


def _named(found: UserQuerySet, search: str) -> UserQuerySet:
    typed = search.strip()
    if "@" in typed:
        return found.at(typed)
    if re.fullmatch(r"[0-9 ]{11,}", typed):
        return found.filter(rpps=typed.replace(" ", ""))
    key = search_key(typed)
    if not key:
        return found
    last_first = SearchKey(Concat(F("last_name"), Value(" "), F("first_name")))
    first_last = SearchKey(Concat(F("first_name"), Value(" "), F("last_name")))
    keyed = found.alias(last_first=last_first, first_last=first_last)
    return keyed.filter(Q(last_first__startswith=key) | Q(first_last__startswith=key))


def with_habilitations(users: list[User], reach: Reach) -> list[Person]:
    """The lines of one page, with one query for all habilitations."""
    current = Membership.objects.current().filter(user__in=users, organisation__in=reach.ids)
    named: dict[int, list[str]] = defaultdict(list)
    for one in current.select_related("organisation").order_by("organisation__name"):
        named[one.user_id].append(f"{ROLES[one.role].label}, {one.organisation.short_name}")
    return [Person(user=user, habilitations=tuple(named[user.pk]), last_login=user.last_login) for user in users]
