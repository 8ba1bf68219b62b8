"""A stranger writes nothing about a patient, in any table; a colleague may, so that refusing proves something."""

import random
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from dcc.tenancy.scope import user_scope
from tests.walls.oracle import EVENTS, FILE, NETWORK, OWN_OR_NETWORK, WALLED, Oracle, Reader, read_facts
from tests.walls.population import OWNER, Population, populate
from tests.walls.rows import models_of

# What dcc_web may do to a row it sees, typed by hand; U alone is tried as an update that changes nothing.
RIGHTS = {
    "accounts_membership": "SIU",
    "accounts_principalmember": "SIUD",
    "audit_auditevent": "SI",
    "audit_auditseal": "",
    "audit_rowversion": "S",
    "messaging_delivery": "SIU",
    "messaging_deliveryattempt": "S",
    "messaging_feed": "SIU",
    "organisations_organisation": "SIU",
    "patients_access": "S",
    "patients_contact": "SIU",
    "patients_content": "SIU",
    "patients_document": "SIU",
    "patients_double": "SIU",
    "patients_doublesearch": "",
    "patients_feedconflict": "SU",
    "patients_feedidentity": "",
    "patients_feedmerge": "SU",
    "patients_feedmessage": "",
    "patients_feednumber": "",
    "patients_feedtraits": "",
    "patients_export": "SIU",
    "patients_formerins": "SI",
    "patients_identitychange": "SI",
    "patients_identitycount": "S",
    "patients_identitynotice": "S",
    "patients_identityregime": "SIU",
    "patients_information": "SI",
    "patients_insicall": "SIU",
    "patients_merge": "SIU",
    "patients_mergedtable": "S",
    "patients_movement": "",
    "patients_patient": "SIU",
    "patients_patientidentifier": "SIU",
    "patients_relative": "SIU",
    "patients_receiveddocument": "SIU",
    "patients_redirection": "",
    "patients_statement": "",
    "patients_visit": "S",
    "patients_request": "SIU",
    "patients_retentionline": "SIU",
    "patients_retentionlist": "SIU",
    "patients_wish": "SI",
    "rcp_answer": "SIU",
    "rcp_answerevent": "SI",
    "rcp_attendance": "SIUD",
    "rcp_board": "SIU",
    "rcp_boardmember": "SIUD",
    "rcp_case": "SIU",
    "rcp_caseattachment": "SID",
    "rcp_correspondent": "SIUD",
    "rcp_meeting": "SIU",
    "rcp_ordercounter": "SIU",
    "rcp_sheet": "SIU",
}
WRITTEN_ONCE = {"patients_content"}  # a trigger refuses any update by the web, even one that changes nothing
# Refused by a trigger that finds no sheet to write in, before row-level security has its say.
REFUSED = {"42501", "DC001"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Somebody at work, as the oracle knows them."""

    user: int
    membership: UUID
    reader: Reader
    files: set[UUID]
    oracle: Oracle


@pytest.fixture(scope="module")
def population(walls_database: str) -> Population:
    return populate(1913)


@pytest.fixture(scope="module")
def facts(population: Population) -> Oracle:
    return read_facts(OWNER)


@pytest.fixture(scope="module")
def desks(population: Population, facts: Oracle) -> list[Desk]:
    found = []
    for one in population.memberships:
        reader = facts.reader(one.user_id, one.pk)
        if reader.regions:
            given = {"user": one.user_id, "membership": one.pk, "reader": reader}
            found.append(Desk(files=facts.open_files(reader), oracle=facts, **given))
    return random.Random(7).sample(found, k=10)


@contextmanager
def at(desk: Desk) -> Any:
    """The scope of this person, and everything written in it forgotten."""
    with user_scope(user_id=desk.user, membership_id=desk.membership):
        yield
        transaction.set_rollback(True)


def attempt(sql: str, params: list[Any]) -> int | str:
    """How many rows were touched, or the state of SQL that refused."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, params)
            return cursor.rowcount
    except DatabaseError as error:
        return str(error.__cause__.sqlstate)  # type: ignore[union-attr]


def is_visible(table: str, row: dict[str, Any], desk: Desk) -> bool:
    return desk.oracle._shows(table, row, desk.reader, desk.files)


def test_the_rights_of_the_web_are_these(walls_database):
    letters = {"SELECT": "S", "INSERT": "I", "UPDATE": "U", "DELETE": "D"}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, v FROM pg_class c, unnest(%s::text[]) v"
            " WHERE c.relname = ANY (%s) AND has_table_privilege('dcc_web', c.oid, v)",
            [list(letters), sorted(WALLED)],
        )
        held: dict[str, set[str]] = {table: set() for table in WALLED}
        for table, verb in cursor.fetchall():
            held[table].add(letters[verb])
    assert held == {table: set(rights) for table, rights in RIGHTS.items()}


def test_updating_and_deleting_touch_what_one_sees_and_nothing_else(desks, facts):
    """An update that changes nothing: one row where the row is visible and the right held, none otherwise."""
    draw = random.Random(1)
    for desk in desks:
        with at(desk):
            for table, rows in facts.tables.items():
                seen = [row for row in rows if is_visible(table, row, desk)]
                hidden = [row for row in rows if not is_visible(table, row, desk)]
                for row in draw.sample(hidden, k=min(4, len(hidden))):
                    for verb in (f'UPDATE "{table}" SET id = id', f'DELETE FROM "{table}"'):
                        assert attempt(f"{verb} WHERE id = %s", [row["id"]]) in {0, "42501"}, (verb, row)
                for row in draw.sample(seen, k=min(2, len(seen))):
                    own_elsewhere = table in OWN_OR_NETWORK and row["region_id"] not in desk.reader.regions
                    if "U" in RIGHTS[table] and table not in WRITTEN_ONCE and not own_elsewhere:
                        touched = attempt(f'UPDATE "{table}" SET id = id WHERE id = %s', [row["id"]])
                        assert touched == 1, f"{table}: a row one sees could not be updated ({touched})"
                    if "D" not in RIGHTS[table]:
                        assert attempt(f'DELETE FROM "{table}" WHERE id = %s', [row["id"]]) == "42501"


def test_ones_own_habilitation_elsewhere_is_read_and_never_changed(desks, facts):
    """A person of two networks reads both their habilitations, and acts upon those of the network they work in."""
    tried = 0
    for desk in desks:
        with at(desk):
            for table in OWN_OR_NETWORK:
                for row in facts.tables[table]:
                    if row["user_id"] == desk.user and row["region_id"] not in desk.reader.regions:
                        tried += 1
                        assert attempt(f'UPDATE "{table}" SET id = id WHERE id = %s', [row["id"]]) == 0
                        assert attempt(f'DELETE FROM "{table}" WHERE id = %s', [row["id"]]) in {0, "42501"}
    assert tried > 3


def test_a_row_cannot_be_moved_to_another_network_nor_to_a_closed_file(desks, facts):
    draw, tried = random.Random(2), 0
    for desk in desks:
        abroad = sorted(set(facts.network_of) - desk.reader.regions)
        closed = [row["id"] for row in facts.tables["patients_patient"] if row["id"] not in desk.files]
        with at(desk):
            for table, rows in facts.tables.items():
                seen = [row for row in rows if is_visible(table, row, desk) and row.get("region_id")]
                if "U" not in RIGHTS[table] or not seen:
                    continue
                tried += 1
                row = draw.choice(seen)
                move = attempt(f'UPDATE "{table}" SET region_id = %s WHERE id = %s', [draw.choice(abroad), row["id"]])
                assert move in REFUSED | {0}, f"{table}: a row left its network ({move})"
                if table in FILE:
                    sql = f'UPDATE "{table}" SET patient_id = %s WHERE id = %s'
                    assert attempt(sql, [draw.choice(closed), row["id"]]) in REFUSED, f"{table}: to a closed file"
    assert tried > 60


def may_insert(table: str, row: Any, desk: Desk) -> bool:
    region, patient = row.region_id, getattr(row, "patient_id", None)
    if "I" not in RIGHTS[table]:
        return False
    if table in EVENTS:
        return region is None or region in desk.reader.regions
    if table in FILE:
        return region in desk.reader.regions and patient in desk.files
    return table in NETWORK | OWN_OR_NETWORK and region in desk.reader.regions


def patients_for(desk: Desk, population: Population, draw: random.Random) -> list[Any]:
    """One whose file is open at this desk, if any is, and two out of all."""
    open_here = [one for one in population.patients if one.pk in desk.files and one.region_id in desk.reader.regions]
    return [*draw.sample(open_here, k=min(1, len(open_here))), *draw.sample(population.patients, k=2)]


def test_inserting_needs_the_network_and_the_file(population, desks):
    """A new row like the others, parents included, about every kind of patient: refused exactly where it must be."""
    draw, answers = random.Random(3), {True: 0, False: 0}
    rows = population.rows
    for desk in desks:
        with at(desk):
            for model in models_of(WALLED - {"patients_access", "audit_auditseal", "audit_rowversion"}):
                for patient in patients_for(desk, population, draw):
                    region, table = patient.region_id, model._meta.db_table
                    known = {key: list(ones) for key, ones in rows.known.items()}
                    given = {"region_id": region} if table in EVENTS else {}
                    if table == "accounts_principalmember":
                        given["principal_id"] = draw.choice(population.teams).pk
                    made = rows.new(model, region, patient, **given)
                    *parents, last = rows.take()
                    rows.known = known
                    assert last is made
                    expected = may_insert(table, made, desk)
                    answer = insert([*parents, made] if expected else [made])
                    answers[expected] += 1
                    if expected:
                        assert answer in {"done", "23505"}, f"{table} in {region}: {answer}"
                    else:
                        assert answer in REFUSED, f"{table} in {region} about {patient.pk}: {answer}"
    assert min(answers.values()) > 30, answers


def insert(rows: list[Any]) -> str:
    try:
        with transaction.atomic():
            for row in rows:
                row.pk = row.pk or (uuid4() if row._meta.pk.get_internal_type() == "UUIDField" else None)
                row.save(force_insert=True)
            return "done"
    except DatabaseError as error:
        return str(error.__cause__.sqlstate)  # type: ignore[union-attr]


def test_nobody_writes_an_access_but_the_function(desks, population):
    sql = (
        "INSERT INTO patients_access (region_id, patient_id, principal_id, reason, granted_at, expires_at)"
        " VALUES (%s, %s, %s, 'sharing', now(), 'infinity')"
    )
    patient = population.patients[0]
    for desk in desks:
        with at(desk):
            own = sorted(desk.reader.principals) or [population.users[0].principal_id]
            assert attempt(sql, [patient.region_id, patient.pk, own[0]]) == "42501"
            assert attempt("UPDATE patients_access SET expires_at = 'infinity'", []) == "42501"
            assert attempt("DELETE FROM patients_access", []) == "42501"


def test_what_makes_the_walls_is_not_for_the_web_to_write(desks):
    """Regions and networks, and the policies themselves."""
    for sql in (
        "UPDATE tenancy_region SET network_id = network_id",
        "INSERT INTO tenancy_network (slug, name) VALUES ('x', 'x')",
        "DELETE FROM tenancy_region",
        "DROP POLICY case_wall_0 ON rcp_case",
        "ALTER TABLE rcp_case DISABLE ROW LEVEL SECURITY",
        "SET ROLE dcc_owner",
        "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    ):
        with at(desks[0]), connection.cursor() as cursor:
            cursor.execute("SELECT rolname FROM pg_roles WHERE rolname = current_user")
            assert cursor.fetchone() == ("dcc_web",)
            assert attempt(sql, []) == "42501", sql
