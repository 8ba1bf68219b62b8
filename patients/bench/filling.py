"""The database of the benches: three networks, their identities by COPY, the people who search in one of them."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from patients.bench.people import people
from patients.identity.candidates import search_keys
from patients.identity.names import comparison_key
from patients.identity.traits import TraitSet

SEED = 20
# Founding regions of the network that is searched, and how many of each ten identities they hold; the others are of
# two networks that must not answer, a third as many again.
SEARCHED, SHARES = (1, 2, 3), (1, 1, 1, 1, 1, 2, 2, 2, 3, 3)
OTHERS = (4, 5, 6)
_MADE_AT = datetime(2026, 1, 1, tzinfo=UTC)
COLUMNS = (
    "id", "region_id", "birth_name", "birth_name_received", "birth_name_key", "first_given_name",
    "first_given_name_received", "first_given_name_key", "given_names", "given_names_key", "birth_date",
    "birth_date_interpreted", "sex", "birth_insee", "birth_postcode", "birth_place", "used_name", "used_name_key",
    "used_given_name", "used_given_name_key", "birth_name_sound", "used_name_sound", "given_name_sound",
    "used_given_name_sound", "status", "ins_oid", "created_at", "duplicate_reason",
)  # fmt: skip


def identifier(number: int) -> UUID:
    """The key of the identity of this rank: in order of creation, as the real ones are."""
    return UUID(int=(0x019B << 112) | (7 << 76) | (2 << 62) | number)


def population(size: int) -> Iterator[tuple[int, TraitSet]]:
    """The identities with their founding region: `size` in the network that is searched, a third as many elsewhere."""
    everybody = enumerate(people(SEED, size + size // 3))
    for number, person in everybody:
        yield (SHARES[number % 10] if number < size else OTHERS[number % 3]), person


def fill(owner: Any, rows: Iterable[tuple[int, TraitSet]]) -> int:
    """Copy identities in a migrated, empty database; `owner` is a psycopg connection of its owner, autocommit.

    Row-level security refuses COPY, the watch for doubles would write as many rows, and indexes are made faster at
    the end: the owner puts all three aside meanwhile.
    """
    indexes = owner.execute(
        "SELECT indexdef, indexname FROM pg_indexes i WHERE tablename = 'patients_patient' AND NOT EXISTS"
        " (SELECT 1 FROM pg_constraint c WHERE c.conname = i.indexname)"
    ).fetchall()
    owner.execute("ALTER TABLE patients_patient NO FORCE ROW LEVEL SECURITY, DISABLE TRIGGER USER")
    for _, name in indexes:
        owner.execute(f"DROP INDEX {name}")
    count = 0
    try:
        command = f"COPY patients_patient ({', '.join(COLUMNS)}) FROM STDIN"
        with owner.cursor() as cursor, cursor.copy(command) as copy:
            for count, (region, person) in enumerate(rows, start=1):
                copy.write_row(_row(count - 1, region, person))
    finally:
        for definition, _ in indexes:
            owner.execute(definition)
        owner.execute("ALTER TABLE patients_patient FORCE ROW LEVEL SECURITY, ENABLE TRIGGER USER")
    owner.execute("VACUUM (ANALYZE) patients_patient")
    return count


def _row(number: int, region: int, person: TraitSet) -> tuple[object, ...]:
    keys = search_keys(person)
    given, used_given = person.first_given_name, person.used_given_name
    return (
        identifier(number), region, person.birth_name, person.birth_name, keys.birth_name_key, given, given,
        comparison_key(given), person.given_names[:100], comparison_key(person.given_names)[:100], person.birth_date,
        person.birth_date_interpreted, person.sex, person.birth_insee, person.birth_postcode, person.birth_insee,
        person.used_name, keys.used_name_key, used_given, comparison_key(used_given), keys.birth_name_sound,
        keys.used_name_sound, keys.given_name_sound, keys.used_given_name_sound, "PROV", "", _MADE_AT, "",
    )  # fmt: skip
