"""No page hashes or scans a walled table: every query of every address, explained at a working size as dcc_web.

The addresses are those of tests/rights/table.py: a page typed there is covered here. VARIANTS adds what the address
says after its question mark.
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, connections, transaction

from tests.conftest import owner_connection
from tests.rights.scene import Scene, client_of, working
from tests.rights.table import PEOPLE
from tests.rights.test_table import LINES, SENT, TOKEN, Line, address
from tests.rights.volume import PATIENTS, volume_database
from tests.walls.oracle import WALLED

READERS = ("alice", "bob", "network", "auditor", "it")  # the widest reader of each kind; a page is asked by two of them
ANSWERED = {200, 302, 409, 422}
VARIANTS = {
    "rcp:cockpit": ["tout=1", "corbeille=completer", "corbeille=valider", "corbeille=envois"],
    "rcp:calendar": ["vue=mois", "c=tous", "recours=0"],
    "rcp:boards": ["q=sein", "type=organ"],
    "rcp:meeting_list": ["noms=1"],
    "rcp:projection_case": ["documents=1", "vides=1", "suivre=1"],
    "rcp:people": ["q=ker"],
    "rcp:physicians": ["q=ker"],
    "rcp:professionals": ["q=ker"],
    "patients:file": [
        "rubrique=documents",
        "rubrique=documents&type=imaging",
        "rubrique=correspondants",
        "rubrique=information",
        "rubrique=acces",
    ],
    "patients:glass_reviews": ["quoi=inhabituelles"],
    "messaging:deliveries": ["etat=a-traiter", "etat=en-route", "etat=partis", "etat=a-poster", "page=3"],
    "accounts:users": ["q=ker", "status=active"],
    "audit:events": ["actor=Mme+Alice+Le+Bihan", "actor=Dr+Absent", "code=patients.opened", "since=01%2F11%2F2026"],
}
SCANNED = 2000  # rows of a table that may be read whole
READ = 5000  # rows of one walled table that one node of one plan may go through
ABOUT_WALLED = re.compile("|".join(sorted(WALLED)))


@pytest.fixture(scope="module")
def working_size(django_db_setup: None, django_db_blocker: object) -> Iterator[Scene]:
    """The default connection looks at the volume; whatever is written there is rolled back."""
    name, default = volume_database(), connections["default"]
    before = default.settings_dict["NAME"]
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        default.close()
        default.settings_dict["NAME"] = name
        try:
            yield Scene(*objects_of(name), clients={})
        finally:
            default.close()
            default.settings_dict["NAME"] = before


def objects_of(database: str) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any], dict[str, Any]]:
    """A meeting of the breast board that is to come and one of its cases; a case of last year and what left for it."""
    with owner_connection(database) as owner:
        next_one = owner.execute(
            "SELECT m.id, m.board_id, c.id, c.patient_id FROM rcp_meeting m JOIN rcp_board b ON b.id = m.board_id"
            " JOIN rcp_case c ON c.meeting_id = m.id WHERE b.code = 'SEI' AND b.region_id = 1 AND m.starts_at > now()"
            " ORDER BY m.starts_at, c.position LIMIT 1"
        ).fetchone()
        gone = owner.execute(
            "SELECT c.id, d.id, d.document_id, l.id FROM rcp_case c JOIN rcp_meeting m ON m.id = c.meeting_id"
            " JOIN rcp_board b ON b.id = m.board_id JOIN patients_document o ON o.source_id = c.id"
            " JOIN messaging_delivery d ON d.document_id = o.id AND d.channel = 'mssante'"
            " JOIN messaging_delivery l ON l.document_id = o.id AND l.channel = 'paper'"
            " WHERE b.code = 'SEI' AND b.region_id = 1 ORDER BY c.registered_at LIMIT 1"
        ).fetchone()
        assert next_one is not None
        assert gone is not None
        meeting, board, case, patient = next_one
        broken = owner.execute(
            "SELECT id FROM audit_auditevent WHERE event = 'patients.glass_broken' ORDER BY recorded_at DESC LIMIT 1"
        ).fetchone()
        received = dict(
            owner.execute(
                "SELECT format, id FROM patients_receiveddocument WHERE patient_id = %s AND status = 'filed'", [patient]
            ).fetchall()
        )
        double = owner.execute("SELECT id FROM patients_double WHERE region_id = 1 ORDER BY id LIMIT 1").fetchone()
        told = "SELECT id FROM {} WHERE region_id = 1 ORDER BY id LIMIT 1"
        conflict = owner.execute(told.format("patients_feedconflict")).fetchone()
        merge = owner.execute(told.format("patients_feedmerge")).fetchone()
        attendance = owner.execute("SELECT id FROM rcp_attendance WHERE meeting_id = %s", [meeting]).fetchone()
        users = dict(owner.execute("SELECT split_part(email, '@', 1), id FROM accounts_user").fetchall())
        places = dict(owner.execute("SELECT short_name, id FROM organisations_organisation").fetchall())
        memberships = dict(
            owner.execute(
                "SELECT split_part(u.email, '@', 1), m.id FROM accounts_membership m"
                " JOIN accounts_user u ON u.id = m.user_id"
            ).fetchall()
        )
    organisations = {"roche": places["CH Rochebrune"], "dunes": places["Clinique des Dunes"]}
    organisations["causses"] = places["CH Causses"]
    objects = {"meeting": meeting, "board": board, "case": case, "patient": patient, "recorded": case, "session": 0}
    objects |= {"validated": gone[0], "delivery": gone[1], "document": gone[2], "letter": gone[3]}
    objects |= {"event": broken[0], "received": received["pdf"], "fax": received["tif"]}
    objects |= {
        "double": double[0],
        "conflict": conflict[0],
        "merge": merge[0],
        "attendance": attendance[0],
        "user": users["carol"],
        "organisation": organisations["roche"],
    }
    return objects | {"membership": memberships["carol"]}, users, organisations, memberships


class Explained:
    """Runs each statement after its own EXPLAIN, in the same transaction, scope and parameters; keeps what is wrong."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.statements = 0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        for statement, its_own in statements_of(sql, params):
            verb = statement.lstrip("( \n").split(None, 1)[0].upper()
            if verb in {"SELECT", "WITH", "UPDATE", "DELETE"} and not many and ABOUT_WALLED.search(statement):
                self.statements += 1
                faults = sorted(set(faults_of(self._plan(verb, statement, its_own))))
                self.faults += [f"{', '.join(faults)}: {statement[:160]}…{statement[-160:]}"] if faults else []
        return execute(sql, params, many, context)

    @staticmethod
    def _plan(verb: str, sql: str, params: Any) -> dict[str, Any]:
        """The plan, with what was really read when reading is all that the statement does."""
        reads = verb in {"SELECT", "WITH"} and not re.search(r"\b(INSERT|UPDATE|DELETE|SHARE)\b", sql)
        analysed = "ANALYZE, TIMING OFF, " if reads else ""
        with connection.connection.cursor() as cursor:  # beside Django's own, which this function surrounds
            cursor.execute(f"EXPLAIN ({analysed}FORMAT JSON) {sql}", params)
            (found,) = cursor.fetchone()
        plan: dict[str, Any] = (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]
        return plan


def statements_of(sql: str, params: Any) -> Iterator[tuple[str, Any]]:
    """Each statement of one message (`read_together`) with its parameters."""
    if not isinstance(params, list | tuple):
        yield sql, params
        return
    left = list(params)
    for statement in sql.split(";\n"):
        count = len(re.findall(r"(?<!%)%s", statement))
        yield statement, left[:count]
        left = left[count:]


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)


def faults_of(plan: dict[str, Any]) -> Iterator[str]:
    """What may not be in a plan: accesses hashed whole, a walled table scanned, or read far beyond what is shown."""
    hashed = set(re.findall(r"hashed (SubPlan \d+)", json.dumps(plan)))
    for node in nodes(plan):
        if node.get("Subplan Name") in hashed and any(n.get("Relation Name") == "patients_access" for n in nodes(node)):
            yield f"hashed {node['Subplan Name']} on patients_access"
        table = node.get("Relation Name", "")
        if table in WALLED and node["Node Type"] == "Seq Scan" and size_of(table) > SCANNED:
            yield f"Seq Scan on {table}"
        read = sum(node.get(key, 0) for key in ("Actual Rows", "Rows Removed by Filter"))
        if table in WALLED and read * node.get("Actual Loops", 0) > READ:
            yield f"{read * node['Actual Loops']:.0f} rows of {table} read by {node['Node Type']}"


SIZES: dict[str, float] = {}


def size_of(table: str) -> float:
    if not SIZES:
        with connection.cursor() as cursor:
            cursor.execute("SELECT relname, reltuples FROM pg_class WHERE relkind = 'r'")
            SIZES.update(cursor.fetchall())
    return SIZES[table]


def readers(line: Line) -> list[str]:
    """For whom the line answers, the widest readers first: two for a page, one for what is sent."""
    order, many = [*READERS, *PEOPLE], 2 if line.method == "GET" else 1
    return [one for one in dict.fromkeys(order) if line.expected[one] in ANSWERED and one != "anonymous"][:many]


def explain(line: Line, scene: Scene, reader: str, query: str = "") -> Explained:
    """Ask once, explaining every statement on a walled table; nothing is kept."""
    explained = Explained()
    with transaction.atomic():
        client = client_of(reader)
        data = TOKEN | SENT.get(line.instead.get("sends", line.name), {}) if line.method == "POST" else {}
        url = address(line, scene) + (f"?{query}" if query else "")
        with connection.execute_wrapper(explained):
            getattr(client, line.method.lower())(url, data, headers=line.headers, follow=False)
        transaction.set_rollback(True)
    return explained


ASKED = [
    (line, query)
    for line in LINES
    if not line.name.startswith(("demo:", "ui-")) and readers(line)
    for query in ["", *(VARIANTS.get(line.name, []) if line.method == "GET" and not line.instead else [])]
]


def test_the_volume_is_a_working_size(working_size):
    assert size_of("patients_patient") == pytest.approx(PATIENTS, rel=0.1)
    assert size_of("rcp_case") == pytest.approx(2 * PATIENTS, rel=0.1)
    assert size_of("messaging_delivery") > PATIENTS


@pytest.mark.parametrize(("line", "query"), ASKED, ids=lambda one: str(one))
def test_no_query_hashes_or_scans_a_walled_table(line, query, working_size):
    cache.clear()
    for reader in readers(line):
        explained = explain(line, working_size, reader, query)
        assert not explained.faults, f"{line} {query} by {reader}:\n" + "\n".join(explained.faults)


@pytest.mark.parametrize(
    ("sql", "fault"),
    [
        ("SELECT * FROM rcp_case ORDER BY registered_at DESC LIMIT 50", "Seq Scan on rcp_case"),
        ("SELECT count(*) FROM patients_patient WHERE birth_place LIKE 'N%%'", "rows of patients_patient"),
        (
            "SELECT count(*) FROM rcp_meeting m WHERE m.id IN (SELECT meeting_id FROM rcp_case)",
            "rows of rcp_case read by|Seq Scan on rcp_case",
        ),
    ],
)
def test_what_it_refuses(working_size, sql, fault):
    """The three ways of writing a list that scans."""
    explained = Explained()
    with working("alice"), connection.execute_wrapper(explained), connection.cursor() as cursor:
        cursor.execute(sql)
    assert any(re.search(fault, one) for one in explained.faults), explained.faults


def test_a_hashed_access_is_refused(working_size):
    """The wall without its OFFSET 0: PostgreSQL hashes every patient the reader may see."""
    mine = "SELECT patient_id FROM patients_access WHERE expires_at > now()"
    explained = Explained()
    with working("alice"), connection.execute_wrapper(explained), connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM patients_patient p WHERE p.id IN ({mine} OFFSET 0) OR p.birth_name = 'X'")
    assert any("hashed" in one for one in explained.faults), explained.faults
