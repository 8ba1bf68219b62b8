"""Crowds of invented identities for the tests of the search: copied by the owner, seen by the web, taken away."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import psycopg
from django.conf import settings

from patients.bench.filling import fill
from patients.identity.traits import TraitSet
from tests.conftest import owner_connection


@contextmanager
def crowd_of(rows: Iterable[tuple[int, TraitSet]]) -> Iterator[psycopg.Connection]:
    """So many identities (founding region, traits), committed; the owner's connection meanwhile."""
    with owner_connection(settings.DATABASES["default"]["NAME"]) as owner:
        try:
            fill(owner, rows)
            yield owner
        finally:
            owner.execute("TRUNCATE patients_patient, patients_doublesearch CASCADE")
