"""The comparison is sharp: each policy and each condition of the scope, loosened one at a time, is noticed."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connections

from dcc.tenancy.isolation import ACCESS, AUDITED, REGION, EventWall, OwnPrincipals
from tests.walls.oracle import ACCESSES, EVENTS, FILE, NETWORK, OWN_OR_NETWORK, Oracle, read_facts
from tests.walls.population import OWNER, Population, populate
from tests.walls.reading import shown_to


@pytest.fixture(scope="module")
def population(walls_database: str) -> Population:
    made = populate(42)
    for _ in range(10):
        made.something_happens()
    made.split()
    made.each_condition()
    return made


@pytest.fixture(scope="module")
def facts(population: Population) -> Oracle:
    return read_facts(OWNER)


def noticed(population: Population, facts: Oracle, tables: frozenset[str]) -> bool:
    """Whether one scope at least sees anything else than the oracle says."""
    for one in population.memberships:
        expected = facts.seen(facts.reader(one.user_id, one.pk))
        found = shown_to(one.user_id, one.pk, tables)
        if any(found[table] != expected[table] for table in tables):
            return True
    return False


def execute(sql: str) -> None:
    with connections[OWNER].cursor() as cursor:
        cursor.execute(sql)


@contextmanager
def reading_policy(table: str, using: str) -> Iterator[None]:
    """Every policy by which dcc_web reads `table`, replaced for a while."""
    with connections[OWNER].cursor() as cursor:
        cursor.execute(
            "SELECT polname, pg_get_expr(polqual, polrelid) FROM pg_policy WHERE polrelid = %s::regclass"
            " AND 'dcc_web'::regrole = ANY (polroles) AND polcmd IN ('r', '*')",
            [table],
        )
        before = cursor.fetchall()
    assert len(before) == 1, f"{table} has {len(before)} reading policies"
    try:
        execute(f'ALTER POLICY "{before[0][0]}" ON "{table}" USING ({using})')
        yield
    finally:
        execute(f'ALTER POLICY "{before[0][0]}" ON "{table}" USING ({before[0][1]})')


def test_nothing_is_noticed_when_nothing_is_loosened(population, facts):
    assert not noticed(population, facts, frozenset(NETWORK | FILE | OWN_OR_NETWORK | ACCESSES | set(EVENTS)))


@pytest.mark.parametrize("table", sorted(NETWORK | FILE | OWN_OR_NETWORK | ACCESSES | set(EVENTS)))
def test_a_policy_that_lets_everything_through_is_noticed(population, facts, table):
    with reading_policy(table, "true"):
        assert noticed(population, facts, frozenset({table}))


@pytest.mark.parametrize("table", sorted(FILE))
@pytest.mark.parametrize("forgotten", ["access", "expiry"])
def test_a_condition_forgotten_in_the_wall_of_a_file_is_noticed(population, facts, table, forgotten):
    with reading_policy(table, wall(table, forgotten)):
        assert noticed(population, facts, frozenset({table}))


@pytest.mark.parametrize("table", sorted(FILE))
@pytest.mark.parametrize("forgotten", ["region", "principal"])
def test_regions_and_principals_are_held_twice(population, facts, table, forgotten):
    """The accesses have a wall of their own, which holds when a file's forgets; both forgetting is noticed."""
    accesses = OwnPrincipals(name="x").policies("patients_access")[0][2]
    region, mine = accesses.split(" AND ", 1)
    with reading_policy(table, wall(table, forgotten)):
        assert not noticed(population, facts, frozenset({table}))
        with reading_policy("patients_access", mine if forgotten == "region" else region):
            assert noticed(population, facts, frozenset({table}))


def wall(table: str, forgotten: str) -> str:
    """The wall of a file with one condition left out."""
    region, access = REGION.format(t=table), ACCESS.format(t=table, c="patient_id")
    loosened = {
        "region": access,
        "access": region,
        "expiry": f"{region} AND {access.replace(' AND a.expires_at > now()', '')}",
        "principal": f"{region} AND " + re.sub(r" AND a\.principal_id = ANY .*::int\[\]\)", "", access),
    }[forgotten]
    assert loosened != f"{region} AND {access}"
    return loosened


OPEN_SCOPE = "dcc_open_scope(bigint, uuid)"
CONDITIONS = [
    (OPEN_SCOPE, "AND u.is_active", ""),
    (OPEN_SCOPE, "AND o.closed_at IS NULL", ""),
    (OPEN_SCOPE, "AND ms.revoked_at IS NULL", ""),
    (OPEN_SCOPE, "AND ms.starts_at <= now()", ""),
    (OPEN_SCOPE, "AND ms.expires_at > now()", ""),
    (OPEN_SCOPE, "WHERE network_id = m.network_id", ""),
    (OPEN_SCOPE, "IF m.clinical THEN", "IF true THEN"),
    (OPEN_SCOPE, "AND region_id = ANY (v_regions)", ""),
    (OPEN_SCOPE, "AND starts_at <= now() AND expires_at > now();", "AND expires_at > now();"),
    (OPEN_SCOPE, "AND starts_at <= now() AND expires_at > now();", "AND starts_at <= now();"),
    (OPEN_SCOPE, "WHERE user_id = p_user AND", "WHERE"),
    (OPEN_SCOPE, "|| ARRAY[m.organisation, m.person]", "|| ARRAY[m.organisation]"),
]


@pytest.mark.parametrize(("function", "condition", "instead"), CONDITIONS)
def test_a_condition_forgotten_when_the_scope_opens_is_noticed(population, facts, function, condition, instead):
    with connections[OWNER].cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef(%s::regprocedure)", [function])
        (before,) = cursor.fetchone()
    assert before.count(condition) == 1, f"{function} no longer says « {condition} »: adapt this list"
    try:
        execute(before.replace(condition, instead))
        assert noticed(population, facts, frozenset({"patients_contact", "rcp_case", "patients_patient"}))
    finally:
        execute(before)


@pytest.mark.parametrize(("condition", "instead"), [("ms.role = 'auditor' AND ", ""), (" AND o.kind = 'network'", "")])
def test_a_condition_forgotten_about_who_audits_is_noticed(population, facts, condition, instead):
    with connections[OWNER].cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef(%s::regprocedure)", [OPEN_SCOPE])
        (before,) = cursor.fetchone()
    assert before.count(condition) == 1
    try:
        execute(before.replace(condition, instead))
        assert noticed(population, facts, frozenset({"audit_auditevent"}))
    finally:
        execute(before)


@pytest.mark.parametrize(
    "forgotten",
    [
        "(SELECT current_setting('dcc.audits', true) = 'on') AND ",
        " AND m.starts_at <= {t}.recorded_at",
        " AND {t}.recorded_at < least(m.expires_at, m.revoked_at)",
        "m.user_id = {t}.{c} AND ",
    ],
)
def test_a_condition_forgotten_in_what_auditors_read_is_noticed(population, facts, forgotten):
    table = "audit_auditevent"
    reads = EventWall(name="x", sealed=True).policies(table)[0][2]
    loosened = reads.replace(
        AUDITED.format(t=table, c="actor_id"), AUDITED.replace(forgotten, "").format(t=table, c="actor_id")
    )
    assert loosened != reads
    with reading_policy(table, loosened):
        assert noticed(population, facts, frozenset({table}))


def test_a_membership_of_somebody_else_is_noticed(population, facts):
    """The one condition that only a stolen membership shows."""
    with connections[OWNER].cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef(%s::regprocedure)", [OPEN_SCOPE])
        (before,) = cursor.fetchone()
    owner = next(one for one in population.memberships if facts.reader(one.user_id, one.pk).regions)
    thief = next(user.pk for user in population.users if user.pk != owner.user_id)
    assert shown_to(thief, owner.pk, frozenset({"patients_patient"})) == {"patients_patient": set()}
    try:
        execute(before.replace("AND ms.user_id = p_user", ""))
        assert shown_to(thief, owner.pk, frozenset({"patients_patient"})) != {"patients_patient": set()}
    finally:
        execute(before)
