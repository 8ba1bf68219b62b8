"""Wall 1 and wall 2, table by table: what SQL shows is what an oracle in plain Python says, whatever happens."""

import os
import random
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.db import connection, connections, transaction

from dcc.tenancy.models import Principal
from dcc.tenancy.scope import user_scope
from dcc.tenancy.third_party import THIRD_PARTY_TABLES
from patients.access import AccessRefused, end, grant
from patients.models import AccessReason
from tests.walls.oracle import ACCESSES, FILE, OPEN_TO_ALL, UNREAD, WALLED, Oracle, Reader, read_facts
from tests.walls.population import OWNER, Population, populate
from tests.walls.reading import as_worker, shown, shown_to

SOAK = os.environ.get("DCC_SOAK") == "1"


def drawn(size: int) -> Population:
    """The same world each time in the short version, another each time in the long one."""
    seed = int(os.environ.get("DCC_SEED") or (random.SystemRandom().randrange(10**9) if SOAK else 1848))
    print(f"DCC_SEED={seed}")  # noqa: T201  what replays a failure
    return populate(seed, size=size)


@pytest.fixture(scope="module")
def population(walls_database: str) -> Population:
    return drawn(1)


def scopes(population: Population) -> list[tuple[int, UUID | None]]:
    """Every habilitation under its owner, some under somebody else, nothing, and one that does not exist."""
    honest = [(one.user_id, one.pk) for one in population.memberships]
    draw = population.draw
    stolen = [(draw.choice(population.users).pk, draw.choice(population.memberships).pk) for _ in range(6)]
    alone = draw.choice(population.users).pk
    return [*honest, *stolen, (alone, None), (alone, uuid4())]


def compare(population: Population, story: list[str], *, among: int = 0) -> int:
    """Compare each scope with the oracle, or `among` of them; how many rows were rightly shown."""
    oracle, rows, asked = read_facts(OWNER), 0, scopes(population)
    for user, membership in population.draw.sample(asked, k=min(among or len(asked), len(asked))):
        expected, found = oracle.seen(oracle.reader(user, membership)), shown_to(user, membership)
        for table in sorted(WALLED):
            assert found[table] == expected[table], (
                f"{table} under user {user}, membership {membership}: "
                f"too many {sorted(found[table] - expected[table])[:3]}, "
                f"missing {sorted(expected[table] - found[table])[:3]}, after {story}"
            )
            rows += len(found[table])
    return rows


def test_no_table_is_forgotten(population):
    managed = {model._meta.db_table for model in apps.get_models() if model._meta.managed}
    assert managed - set(THIRD_PARTY_TABLES) == WALLED | OPEN_TO_ALL | UNREAD
    facts = read_facts(OWNER)
    for table in WALLED - {"audit_auditseal"}:
        assert facts.tables[table], f"no row in {table}: nothing is proved about it"
    for table in FILE:
        patients = {row["patient_id"] for row in facts.tables[table]}
        assert patients >= {patient.pk for patient in population.patients}, table


def test_each_person_sees_what_the_oracle_says_whatever_happens(population):
    assert live(population, rounds=10) > 1000, "hardly anything is visible: the comparison would prove little"


@pytest.mark.soak
def test_each_person_sees_what_the_oracle_says_for_a_long_time(walls_database):
    rows = live(drawn(3), rounds=100)
    print(f"100 rounds, {rows} rows rightly shown, none too many, none missing")  # noqa: T201


def live(population: Population, *, rounds: int) -> int:
    """Compare after each round of events; how many rows were rightly shown in all."""
    story: list[str] = []
    rows = compare(population, story)
    for _ in range(rounds):
        story += [population.something_happens() for _ in range(6)]
        story += [share_or_end(population) for _ in range(8)]
        rows += compare(population, story, among=20)
    return rows


def share_or_end(population: Population) -> str:
    """Somebody opens or closes a file through the product; the answer is the one the oracle gives."""
    draw, now = population.draw, datetime.now(UTC)
    oracle = read_facts(OWNER)
    user, membership = draw.choice(scopes(population))
    reader = oracle.reader(user, membership)
    everyone = [one.pk for one in population.patients]
    files = [one for one in everyone if one in oracle.open_files(reader)]
    patient = draw.choice(files if files and draw.random() < 0.6 else everyone)
    actor = next(one for one in population.users if one.pk == user)
    if draw.random() < 0.3:
        return close_one(oracle, reader, actor, membership, patient, draw)
    reason = draw.choice(list(AccessReason))
    to = Principal(pk=somebody(population, reader, reason), label="essai")
    ends = draw.choice([None, now + timedelta(hours=4), now + timedelta(days=30), now + timedelta(days=500)])
    expected = oracle.grant(reader, patient, to.pk, reason.value, ends)
    with user_scope(user_id=user, membership_id=membership):
        try:
            with transaction.atomic():
                answer = grant(patient_id=patient, to=to, reason=reason, by=actor, expires_at=ends)
        except AccessRefused:
            answer = None
    assert answer is expected, f"granting {reason} until {ends} answered {answer}, not {expected}"
    return f"grant {reason.value} {answer}"


def somebody(population: Population, reader: Reader, reason: AccessReason) -> int:
    """Whom to open a file to: one of the reader's own half the time, since hardly anything else opens a closed one."""
    draw = population.draw
    if reader.principals and draw.random() < 0.5:
        own = sorted(reader.principals)
        person = next(one.principal_id for one in population.users if one.pk == reader.user)
        return person if reason == AccessReason.BREAK_GLASS and person in own else draw.choice(own)
    everyone = [*population.users, *population.organisations, *population.teams]
    one = draw.choice(everyone)
    return one.pk if isinstance(one, Principal) else one.principal_id


def close_one(
    oracle: Oracle, reader: Reader, actor: object, membership: UUID | None, patient: UUID, draw: random.Random
) -> str:
    current = [one for one in oracle.accesses if one["patient_id"] == patient and one["expires_at"] > oracle.now]
    if not current:
        return "nothing to end"
    one = draw.choice(current)
    expected = None
    mine = one["principal_id"] in reader.principals or oracle.cares(reader, patient)
    ends = one["reason"] == "meeting" or (one["reason"] == "sharing" and mine)
    if ends and patient in oracle.open_files(reader) and one["region_id"] in reader.regions:
        expected = True
    with user_scope(user_id=actor.pk, membership_id=membership):  # type: ignore[attr-defined]
        try:
            with transaction.atomic():
                reason = AccessReason(one["reason"])
                answer = end(patient_id=patient, principal_id=one["principal_id"], reason=reason, by=actor)
        except AccessRefused:
            answer = None
    assert answer is expected, f"ending {one} answered {answer}, not {expected}"
    return f"end {answer}"


def test_wall_1_follows_one_small_table(population):
    """A region changes network: what its patients' files show moves with it, and nothing else was written."""
    facts = read_facts(OWNER)
    user, membership = next(
        (one.user_id, one.pk) for one in population.memberships if len(facts.reader(one.user_id, one.pk).regions) > 1
    )
    reader = facts.reader(user, membership)
    own = next(one.region_id for one in population.memberships if one.pk == membership)
    moved = min(reader.regions - {own})
    network, elsewhere = (
        facts.network_of[moved],
        next(n.pk for n in population.networks if n.pk != facts.network_of[own]),
    )
    with connections[OWNER].cursor() as cursor:
        cursor.execute("UPDATE tenancy_region SET network_id = %s WHERE id = %s", [elsewhere, moved])
        try:
            patients = shown_to(user, membership)["patients_patient"]
            there = {str(row["id"]) for row in facts.tables["patients_patient"] if row["region_id"] == moved}
            assert patients
            assert not patients & there
        finally:
            cursor.execute("UPDATE tenancy_region SET network_id = %s WHERE id = %s", [network, moved])
    assert shown_to(user, membership) == facts.seen(facts.reader(user, membership))


def test_the_functions_that_read_past_the_walls_say_the_same(population):
    """dcc_may_see, dcc_access_list and dcc_my_memberships run as the owner: they must hold the rules themselves."""
    facts = read_facts(OWNER)
    for user, membership in scopes(population):
        reader = facts.reader(user, membership)
        files = {
            row["id"]
            for row in facts.tables["patients_patient"]
            if row["id"] in facts.open_files(reader) and row["region_id"] in reader.regions
        }
        with user_scope(user_id=user, membership_id=membership), connection.cursor() as cursor:
            cursor.execute(
                "SELECT p, dcc_may_see(p), (SELECT count(*) FROM dcc_access_list(p)) FROM unnest(%s::uuid[]) p",
                [[one.pk for one in population.patients]],
            )
            for patient, sees, listed in cursor.fetchall():
                everyone = [one for one in facts.accesses if one["patient_id"] == patient]
                assert sees is (patient in files)
                assert listed == (len(everyone) if patient in files else 0)
            cursor.execute("SELECT id FROM dcc_audited_events(NULL, NULL, '', '', '', NULL, NULL, NULL, 200)")
            about = [row for row in facts.tables["audit_auditevent"] if row["patient_id"] and reader.audits]
            here = [row for row in about if row["region_id"] in reader.regions]
            latest = sorted(here, key=lambda row: (row["recorded_at"], row["id"]), reverse=True)[:200]
            assert [key for (key,) in cursor.fetchall()] == [row["id"] for row in latest]
            cursor.execute("SELECT id FROM dcc_my_memberships()")
            mine = {one["id"] for one in facts.memberships if one["user_id"] == user and facts.is_current(one)}
            assert {key for (key,) in cursor.fetchall()} == mine


def test_the_worker_sees_founding_regions_and_no_more(population):
    facts = read_facts(OWNER)
    for _ in range(6):
        regions = set(population.draw.sample(population.regions, k=population.draw.randrange(1, 3)))
        with as_worker(regions):
            found = shown()
        expected = facts.seen_by_worker(regions)
        for table in WALLED:
            assert found[table] == expected[table], (table, regions)


def test_an_access_is_shown_only_to_its_own_principals(population):
    """Who else a file is open to is nobody's list but that function's: the table shows one's own accesses."""
    facts = read_facts(OWNER)
    principals = {str(one["id"]): one["principal_id"] for one in facts.accesses}
    for user, membership in scopes(population):
        reader = facts.reader(user, membership)
        for table in ACCESSES:
            assert {principals[key] for key in shown_to(user, membership)[table]} <= reader.principals
