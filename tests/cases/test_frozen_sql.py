"""Frozen is frozen for the database too: direct SQL is refused to the web and to the worker alike (VAL-02)."""

import pytest
from django.db import DatabaseError, connection, transaction

from rcp.cases.actions import validate_case
from tests.sheets.casework import complete, make_case, sit

REFUSED = (
    "UPDATE rcp_sheet SET response = '{}' WHERE case_id = %(case)s",
    "UPDATE rcp_sheet SET status = 'draft', response = NULL, content_hash = NULL WHERE case_id = %(case)s",
    "UPDATE rcp_sheet SET rev = rev + 1 WHERE case_id = %(case)s",
    "DELETE FROM rcp_sheet WHERE case_id = %(case)s",
    "UPDATE rcp_answer SET value = '\"autre\"' WHERE sheet_id = %(sheet)s",
    "DELETE FROM rcp_answer WHERE sheet_id = %(sheet)s",
    "INSERT INTO rcp_answer (id, region_id, patient_id, sheet_id, path, value, ver, rev, origin, to_confirm, author_id,"
    " author_name, updated_at) SELECT gen_random_uuid(), region_id, patient_id, sheet_id, 'ailleurs', '1', 1, 1,"
    " 'typed', false, author_id, author_name, now() FROM rcp_answer WHERE sheet_id = %(sheet)s LIMIT 1",
    "DELETE FROM rcp_answerevent WHERE sheet_id = %(sheet)s",
    "UPDATE rcp_case SET order_number = 7 WHERE id = %(case)s",
    "UPDATE rcp_case SET status = 'registered' WHERE id = %(case)s",
    "DELETE FROM rcp_case WHERE id = %(case)s",
    "UPDATE rcp_formversion SET questionnaire = '{}'",
)


@pytest.fixture
def validated(working_as):
    with working_as("bob") as bob:
        case = make_case(by=bob)
        sit(case.meeting, "bob", "helias", "oumarou")
        complete(case.sheets.get(), by=bob)
        validate_case(case_id=case.pk, by=bob)
        return {"case": case.pk, "sheet": case.sheets.get().pk}


def attempt(sql: str, keys: dict[str, object]) -> None:
    """A statement that matched nothing would raise nothing: the refusal is proved on rows that are there."""
    with pytest.raises(DatabaseError):
        execute(sql, keys)


def execute(sql: str, keys: dict[str, object]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, keys)


@pytest.mark.parametrize("sql", REFUSED)
def test_the_web_cannot(sql, validated, working_as):
    with working_as("bob"):
        attempt(sql, validated)


@pytest.mark.parametrize("sql", REFUSED)
def test_the_worker_cannot(sql, validated, as_worker):
    with as_worker(1):
        attempt(sql, validated)
