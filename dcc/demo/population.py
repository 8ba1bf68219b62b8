"""Invented patients, by COPY: two thousand or a million and a half, the same at each run."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from dcc.demo.spelling import typed_family_name, typed_given_names
from dcc.lib.ids import uuid7
from patients.identity.candidates import search_keys
from patients.identity.places import PlaceRefused, place
from patients.identity.population import generate
from patients.identity.traits import TraitSet

PATIENT_COLUMNS = [
    "id",
    "region_id",
    "birth_name",
    "birth_name_received",
    "birth_name_key",
    "first_given_name",
    "first_given_name_received",
    "first_given_name_key",
    "given_names",
    "given_names_received",
    "birth_date",
    "birth_date_interpreted",
    "sex",
    "birth_insee",
    "birth_postcode",
    "birth_place",
    "used_name",
    "used_name_received",
    "used_name_key",
    "used_given_name",
    "used_given_name_received",
    "used_given_name_key",
    "birth_name_sound",
    "used_name_sound",
    "given_name_sound",
    "used_given_name_sound",
    "status",
    "ins_oid",
    "created_at",
    "duplicate_reason",
]
STATUSES = ("PROV", "PROV", "VALI")


def copy_rows(table: str, columns: Iterable[str], rows: Iterable[Iterable[Any]]) -> int:
    """Stream rows into a table, through a temporary one: COPY refuses row-level security, even for the owner."""
    names = ", ".join(f'"{name}"' for name in columns)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f'CREATE TEMPORARY TABLE stage AS SELECT {names} FROM "{table}" WITH NO DATA')  # noqa: S608
        with cursor.copy(f"COPY stage ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(tuple(row))
        cursor.execute(f'INSERT INTO "{table}" ({names}) SELECT {names} FROM stage')  # noqa: S608  our own names
        count = cursor.rowcount
        cursor.execute("DROP TABLE stage")
    return count


def patient_rows(traits: Iterable[TraitSet], region: Callable[[int], int], at: datetime) -> Iterator[tuple[Any, ...]]:
    """One row per trait set, in the order of PATIENT_COLUMNS."""
    for number, one in enumerate(traits):
        keys = search_keys(one)
        given_names = " ".join(dict.fromkeys(one.given_names.split()))  # nobody bears the same given name twice
        yield (
            uuid7(),
            region(number),
            one.birth_name,
            typed_family_name(one.birth_name),
            keys.birth_name_key,
            one.first_given_name,
            typed_given_names(one.first_given_name),
            one.first_given_name.replace(" ", "").replace("-", "").replace("'", ""),
            given_names,
            typed_given_names(given_names),
            one.birth_date,
            one.birth_date_interpreted,
            one.sex,
            one.birth_insee,
            one.birth_postcode,
            _label(one.birth_insee),
            one.used_name,
            typed_family_name(one.used_name),
            keys.used_name_key,
            one.used_given_name,
            typed_given_names(one.used_given_name),
            one.used_given_name.replace(" ", "").replace("-", ""),
            keys.birth_name_sound,
            keys.used_name_sound,
            keys.given_name_sound,
            keys.used_given_name_sound,
            STATUSES[number % len(STATUSES)],
            "",
            at,
            "",
        )


def _label(insee: str) -> str:
    try:
        return place(insee).label
    except PlaceRefused:
        return insee


def copy_patients(*, seed: int, count: int, region: Callable[[int], int]) -> list[tuple[Any, int]]:
    """Insert `count` invented identities; their (id, founding region)."""
    inserted: list[tuple[Any, int]] = []

    def rows() -> Iterator[tuple[Any, ...]]:
        for row in islice(patient_rows(generate(seed, count), region, timezone.now()), count):
            inserted.append((row[0], row[1]))
            yield row

    copy_rows("patients_patient", PATIENT_COLUMNS, rows())
    return inserted
