"""What an elimination leaves of a file, table by table: nothing, or a row that says no more who it was about.

Every table about patients is here; a test asks PostgreSQL whether one was forgotten, another fills each of them and
looks for what was written. Kept: hashes of what was there, order numbers (they have no gap), who had access, and the
facts statistics count, which never led back to anybody. The audit is sealed: it names patients by their key alone.
"""

import json
from typing import Any
from uuid import UUID

from django.db import connection

from patients.doubles.tables import STAYS, file_tables

GONE = None
# Table → its rows go, or these columns are overwritten; an empty dict leaves them as they are.
FATES: dict[str, dict[str, Any] | None] = {
    "patients_access": {"why": ""},
    "patients_contact": GONE,
    "patients_content": {"wrapped_key": "", "ciphertext": ""},
    "patients_document": {"title": "Document éliminé", "data": {}, "last_error": ""},
    "patients_export": {"state": "deleted", "ciphertext": None, "wrapped_key": None, "key_id": "", "readers": []},
    "patients_formerins": GONE,
    "patients_identitychange": GONE,
    "patients_information": {"given_by": "", "document": "", "document_version": ""},  # each case has one
    "patients_insicall": GONE,
    "patients_mergedtable": GONE,
    "patients_patientidentifier": GONE,
    "patients_receiveddocument": GONE,
    "patients_relative": GONE,
    "patients_request": {"asked_by": "", "about": "", "answer": ""},
    "patients_retentionline": {},
    "patients_visit": GONE,
    "patients_wish": GONE,
    "messaging_delivery": GONE,
    "messaging_deliveryattempt": GONE,
    "rcp_answer": GONE,
    "rcp_answerevent": GONE,
    "rcp_case": {"motive": "", "question": "", "status_reason": "", "requester_name": ""},
    "rcp_caseattachment": GONE,
    "rcp_correspondent": GONE,
    "rcp_sheet": GONE,
}


class Unforeseen(Exception):
    """A table about patients has no fate here: nothing is eliminated before somebody decides it."""


def eliminate_file(line_id: UUID) -> list[UUID]:
    """Leave nothing in clear of the file of a signed line; gives the identities it was about, those merged into it too.

    Runs as dcc_worker, through functions that know signed lines alone. Parents first: what saves a child holds its
    parent, and is waited for there. Raises Unforeseen.
    """
    tables = [table.name for table in file_tables()] + sorted(STAYS)
    if unforeseen := set(tables) - FATES.keys():
        raise Unforeseen(", ".join(sorted(unforeseen)))
    with connection.cursor() as cursor:
        cursor.execute("SELECT dcc_line_identities(%s)", [line_id])
        identities = [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT dcc_eliminate_feeds(%s)", [line_id])
        for table in tables:
            values = FATES[table]
            if values != {}:
                said = None if values is GONE else json.dumps(values)
                cursor.execute("SELECT dcc_eliminate_rows(%s, %s, %s::jsonb)", [line_id, table, said])
        cursor.execute("SELECT dcc_eliminate_identity(%s)", [line_id])
    return identities
