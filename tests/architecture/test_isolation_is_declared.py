"""Every table says what isolates it, and PostgreSQL agrees: silence is refused."""

import pytest
from django.apps import apps
from django.db import connection

from dcc.tenancy.checks import declared
from dcc.tenancy.isolation import GlobalTable, PatientWall
from dcc.tenancy.third_party import THIRD_PARTY_TABLES

# The closed list: a table without a wall is added here by a person who read why.
GLOBAL = {
    "tenancy_network",
    "tenancy_region",
    "tenancy_principal",
    "accounts_user",
    "rcp_formversion",
    "rcp_statkey",
}
OWN = {"tenancy", "organisations", "accounts", "audit", "patients", "messaging", "rcp"}
# Behind wall 1 only, though they name a patient: the traits and numbers a secretary searches by (former matricules
# included), and the accesses.
IDENTITY_TABLES = {
    "patients_patient",
    "patients_patientidentifier",
    "patients_formerins",
    "patients_access",
    "audit_auditevent",
    "audit_rowversion",
}


def tables() -> dict[str, type]:
    return {model._meta.db_table: model for model in apps.get_models() if model._meta.managed}


def test_every_table_of_ours_declares_exactly_one_isolation():
    for table, model in tables().items():
        if model._meta.app_label in OWN:
            assert len(declared(model)) == 1, table


def test_the_global_tables_are_the_closed_list():
    found = {table for table, model in tables().items() if any(isinstance(c, GlobalTable) for c in declared(model))}
    assert found == GLOBAL


def test_a_table_about_a_patient_is_behind_wall_2():
    for table, model in tables().items():
        columns = {field.column for field in model._meta.fields}
        if "patient_id" in columns and table not in IDENTITY_TABLES:
            assert any(isinstance(c, PatientWall) for c in declared(model)), table


def test_postgresql_holds_what_the_models_declare(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity,"
            " (SELECT array_agg(DISTINCT r.rolname) FROM pg_policy p, unnest(p.polroles) o JOIN pg_roles r ON r.oid = o"
            "   WHERE p.polrelid = c.oid)"
            " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE c.relkind = 'r' AND n.nspname = 'public'"
        )
        catalogue = {name: (enabled, forced, set(roles or [])) for name, enabled, forced, roles in cursor.fetchall()}
    for table, (enabled, forced, roles) in catalogue.items():
        if table in GLOBAL or table in THIRD_PARTY_TABLES:
            assert not enabled, f"{table} is listed as open and has policies"
        else:
            assert enabled, f"{table} has no row-level security"
            assert forced, f"the owner of {table} escapes its policies"
            assert "dcc_owner" in roles, f"the owner would silently update no row of {table}"


@pytest.mark.parametrize("role", ["dcc_web", "dcc_worker"])
def test_raw_sql_without_a_scope_sees_nothing(db, role):
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {role}")
        for table in sorted(tables()):
            if (
                table in GLOBAL
                or table in THIRD_PARTY_TABLES
                or table in {"audit_auditevent", "audit_auditseal", "audit_rowversion"}
            ):
                continue
            cursor.execute("SELECT has_table_privilege(current_user, %s, 'SELECT')", [table])
            if cursor.fetchone()[0]:
                cursor.execute(f'SELECT count(*) FROM "{table}"')
                assert cursor.fetchone()[0] == 0, f"{role} sees {table} without a scope"
        cursor.execute("SET ROLE dcc_web")


def test_no_role_of_a_process_is_privileged(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolname FROM pg_roles WHERE rolname LIKE 'dcc\\_%' AND (rolsuper OR rolbypassrls)"
            " AND rolname <> 'dcc_backup'"
        )
        assert cursor.fetchall() == []


def test_a_foreign_key_to_a_walled_table_is_composite(db):
    """Plain foreign keys are checked without row-level security: between networks they would tell what exists."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.relname, c.conname, f.relname FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid"
            " JOIN pg_class f ON f.oid = c.confrelid WHERE c.contype = 'f' AND array_length(c.conkey, 1) = 1"
            " AND f.relrowsecurity"
        )
        plain = {(table, constraint, target) for table, constraint, target in cursor.fetchall()}
    allowed = {(table, target) for table, target in PLAIN_KEYS}
    assert {(table, target) for table, _, target in plain} <= allowed, plain


# Within one founding region by construction: both rows are written by the same action from one locked parent.
PLAIN_KEYS = {
    ("organisations_organisation", "organisations_organisation"),
    ("patients_patient", "patients_patient"),
    ("patients_document", "patients_document"),
    ("messaging_deliveryattempt", "messaging_delivery"),
    ("rcp_case", "patients_information"),
}
