"""Reads about people and their memberships."""

from dataclasses import dataclass
from uuid import UUID

from django.db import connection


@dataclass(frozen=True, slots=True, kw_only=True)
class MyMembership:
    """One organisation and role the person signed in may work under."""

    id: UUID
    role: str
    organisation: str
    network: str
    region_id: int


def my_memberships() -> tuple[MyMembership, ...]:
    """The current memberships of whoever the scope belongs to, in every network, with the names they are chosen by."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, role, organisation, network, region_id FROM dcc_my_memberships()")
        names = ("id", "role", "organisation", "network", "region_id")
        return tuple(MyMembership(**dict(zip(names, row, strict=True))) for row in cursor.fetchall())
