"""After an elimination no table of the database says who the file was about (R.1112-7, D21, architecture §7).

Every column of every table about a patient is filled with a mark, their feeds, pairs, merges and history too; then
PostgreSQL is asked for its tables, and each row of each of them is looked through. The neighbour's rows are untouched.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections, models, transaction

from dcc.audit.record import record
from patients.actions import add_ipp, update_contact
from patients.doubles.tables import STAYS, file_tables
from patients.events import PatientEvent
from patients.models import (
    Access,
    Double,
    FeedConflict,
    FeedIdentity,
    FeedMerge,
    FeedMessage,
    FeedNumber,
    FeedTraits,
    IdentityNotice,
    Merge,
    Movement,
    Patient,
    Redirection,
    RetentionLine,
    RetentionList,
    Statement,
    Visit,
)
from patients.requests.what_goes import FATES, eliminate_file
from rcp.models import Sheet
from tests.patients.conftest import created
from tests.patients.desks import at_desk, soon
from tests.patients.merging import organisation
from tests.registration.conftest import registered
from tests.walls.conftest import walls_database  # noqa: F401 - the fixture
from tests.walls.population import OWNER, Population, populate
from tests.walls.reading import as_worker
from tests.walls.rows import Rows

MARK, NEIGHBOUR = "Zq7x", "Wk3v"
DAY = date(1911, 7, 7)
# What no mark is written in: names of professionals and machinery that stay, and what a CHECK wants as it is.
STAFF = {
    "actor",
    "organisation",
    "issued_by",
    "added_by_name",
    "settled_by",
    "undone_by",
    "kind",
    "status",
    "authority",
}
AS_THEY_ARE = {
    "id",
    "control_id",
    "table_name",
    "digest",
    "key",
    "sha256",
    "data_hash",
    "key_id",
    "ins_oid",
    "ins_source",
}
AS_THEY_ARE |= {"effect", "event", "code", "mode"}
AS_THEY_ARE |= {"content_hash", "wrapped_key", "ins_sealed", "ins_hash", "ack", "shown", "order_label", "rule", "kept"}
EMPTY = {"patients_export": {"ciphertext"}, "rcp_sheet": {"response"}, "patients_merge": {"obstacles"}}


class Marked(Rows):
    """Rows that say `mark` wherever they can say something."""

    mark = MARK

    def new(self, model: type, region: int | None, patient: Any = None, **given: Any) -> Any:
        made = super().new(model, region, patient, **given)
        skipped = STAFF | AS_THEY_ARE | EMPTY.get(model._meta.db_table, set()) | given.keys()
        for field in model._meta.concrete_fields if patient is not None or model is Patient else ():
            if field.name not in skipped and not field.is_relation and not field.choices:
                self._say(made, field)
        return made

    def _say(self, made: Any, field: Any) -> None:
        room = field.max_length or 40
        if isinstance(field, models.CharField | models.TextField) and room >= len(self.mark):
            setattr(made, field.attname, f"{self.mark}{self.draw.randbytes(8).hex()}"[: min(room, 20)])
        elif isinstance(field, models.JSONField):
            setattr(made, field.attname, {"said": self.mark})
        elif isinstance(field, models.BinaryField) and not field.null:
            setattr(made, field.attname, self.mark.encode() + self.draw.randbytes(8))
        elif isinstance(field, models.DateField) and not isinstance(field, models.DateTimeField):
            setattr(made, field.attname, None if field.null else DAY)


@pytest.fixture(scope="module")
def people(walls_database: str, django_db_blocker: Any) -> Population:  # noqa: F811
    with django_db_blocker.unblock():
        return populate(1112)


@pytest.fixture(autouse=True)
def unblocked(walls_database: str, django_db_blocker: Any) -> Iterator[None]:  # noqa: F811
    with django_db_blocker.unblock():
        yield


def furnished(people: Population, mark: str, **given: Any) -> tuple[Marked, Patient]:
    """Somebody with a row in every table about patients, and what two feeds and a pair say of them."""
    rows = Marked(people.draw)
    rows.mark, rows.known = mark, people.rows.known
    region = people.patients[0].region_id
    patient = rows.new(Patient, region, status="VALI", **given)
    for table in file_tables():
        rows.new(table.model, region, patient)
    for model in (one for one in file_models() if one._meta.db_table in STAYS):
        rows.new(model, region, patient)
    people.save(rows.take())
    return rows, patient


def file_models() -> list[type[models.Model]]:
    from django.apps import apps

    return [model for model in apps.get_models() if model._meta.db_table in FATES]


def fed(people: Population, rows: Marked, patient: Patient) -> None:
    """Messages, a number that led to another, traits, a stay with its movement, a conflict."""
    region = patient.region_id
    about = {"patient": patient}
    message = rows.new(FeedMessage, region, **about, identity=patient.pk)
    rows.new(FeedIdentity, region, **about, id=patient.pk)
    rows.take()
    people.save([message, FeedIdentity(id=patient.pk, region_id=region)])
    numbers = [
        FeedNumber(
            region_id=region, identity_region_id=region, identity_id=patient.pk, authority="dcc",
            value=f"{rows.mark}-{rank}-{patient.pk.hex[-6:]}",
        )
        for rank in (1, 2)
    ]  # fmt: skip
    at = {"recorded_at": datetime(2000, 1, 1, tzinfo=UTC), "sent_at": datetime(2000, 1, 1, tzinfo=UTC)}
    at |= {"control_id": patient.pk.hex}
    first, second = (one.pk for one in numbers)
    traits = FeedTraits(region_id=region, number_id=first, digest=b"d" * 32, said={"birth_name": rows.mark})
    visit = Visit(
        region_id=region, authority="dcc", value=f"{rows.mark}-{patient.pk.hex[-6:]}", number_id=first,
        patient_region_id=region, patient_id=patient.pk, status="closed", attending=[{"name": rows.mark}],
    )  # fmt: skip
    heard = {"region_id": region, "message_id": message.pk, **at}
    people.save(
        [
            *numbers,
            traits,
            Statement(number_id=first, traits_id=traits.pk, **heard),
            Redirection(number_id=second, target_id=first, kind="merged", **heard),
            FeedMerge(region_id=region, gone=patient.pk, kept=patient.pk, moved=[rows.mark], kept_number=first),
            visit,
            Movement(visit_id=visit.pk, said={"ward": rows.mark}, **heard),
            FeedConflict(
                region_id=region, kind="collision", about_authority="dcc", about_value=numbers[0].value,
                identity=patient.pk,
            ),
        ]
    )  # fmt: skip


def paired(people: Population, patient: Patient, neighbour: Patient) -> None:
    """Judged a homonym once, merged and parted before that."""
    first, second = sorted((patient.pk, neighbour.pk))
    region, users = patient.region_id, people.users
    double = Double(
        region_id=region, first_id=first, second_id=second, score=9.0, status="homonym", evidence=[{"left": MARK}],
        reason=MARK, reported_why=MARK, reported_by_id=users[0].pk, reported_at=datetime.now(UTC),
    )  # fmt: skip
    merge = Merge(
        region_id=region, double_id=double.pk, kept_id=neighbour.pk, lost_id=patient.pk, rule="la plus ancienne",
        reason=MARK, asked_by_id=users[0].pk, done_at=datetime.now(UTC), undone_at=datetime.now(UTC), undo_reason=MARK,
        obstacles=[MARK], unallocated=[{"label": MARK}],
    )  # fmt: skip
    organisation = next(one for one in people.organisations if one.region_id == region)
    notice = IdentityNotice(
        region_id=region, merge_id=merge.pk, organisation_id=organisation.pk, kind="A40", content={"ipps": [MARK]}
    )
    people.save([double, merge, notice])


# A column of each table whose history is kept, which a change goes to.
CHANGED = {
    "patients_patient": "birth_place", "patients_contact": "city", "patients_patientidentifier": "value",
    "patients_receiveddocument": "title", "patients_request": "about", "rcp_case": "question",
    "rcp_correspondent": "name",
}  # fmt: skip


def with_history(patient: Patient) -> None:
    """Each row whose history is kept is changed once, and its former state written down."""
    with connections[OWNER].cursor() as cursor:
        for table, column in CHANGED.items():
            key = "id" if table == "patients_patient" else "patient_id"
            cursor.execute(f"UPDATE {table} SET {column} = left('.' || {column}, 20) WHERE {key} = %s", [patient.pk])


def signed_line(people: Population, patient: Patient, **changes: Any) -> RetentionLine:
    region = patient.region_id
    organisation = next(one for one in people.organisations if one.region_id == region)
    one, other = people.users[:2]
    given: dict[str, Any] = {"status": "signed", "first_by_id": one.pk, "second_by_id": other.pk, "drawn_by_id": one.pk}
    asked = RetentionList(region_id=region, organisation_id=organisation.pk, **given | changes)
    line = RetentionLine(
        region_id=region, patient_id=patient.pk, list_id=asked.pk, last_passage_on=DAY, over_on=DAY, rule="last"
    )
    people.save([asked, line])
    return line


def saying(mark: str) -> dict[str, list[str]]:
    """{table: rows that say the mark}, in clear or in bytes, in every table PostgreSQL knows."""
    found: dict[str, list[str]] = {}
    with connections[OWNER].cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.tables"
            " WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY 1"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(
                f'SELECT t::text FROM "{table}" t WHERE t::text ~* %s',
                ["|".join((mark, *(one.encode().hex() for one in mark.split("|"))))],
            )
            if rows := [row for (row,) in cursor.fetchall()]:
                found[table] = rows
    return found


@pytest.fixture(scope="module")
def eliminated(people: Population, django_db_blocker: Any) -> dict[str, Any]:
    """A patient, an identity merged into theirs, a neighbour; the file of the first is eliminated."""
    with django_db_blocker.unblock():
        rows, patient = furnished(people, MARK, birth_date=DAY)
        _, alias = furnished(people, MARK, birth_date=DAY, merged_into_id=patient.pk)
        others, neighbour = furnished(people, NEIGHBOUR)
        fed(people, rows, patient)
        fed(people, others, neighbour)
        paired(people, patient, neighbour)
        for one in (patient, alias, neighbour):
            with_history(one)
        line = signed_line(people, patient)
        before, theirs = saying(MARK), saying(NEIGHBOUR)
        with as_worker({patient.region_id}), transaction.atomic():
            identities = eliminate_file(line.pk)
            Access.objects.filter(patient_id__in=identities).update(expires_at=datetime.now(UTC))
        return {"patient": patient, "alias": alias, "before": before, "theirs": theirs, "identities": identities}


def test_each_table_about_patients_held_something(eliminated):
    """Otherwise what follows would prove nothing."""
    silent = {"patients_retentionline", "rcp_caseattachment"}  # keys and dates only
    feeds = {"patients_feednumber", "patients_feedtraits", "patients_movement", "patients_feedconflict"}
    others = {"patients_patient", "patients_double", "patients_merge", "patients_identitynotice", "audit_rowversion"}
    assert set(FATES) - silent | feeds | others <= set(eliminated["before"])
    assert set(eliminated["identities"]) == {eliminated["patient"].pk, eliminated["alias"].pk}


def test_no_table_says_who_it_was_about(eliminated):
    assert saying(MARK) == {}


def test_no_table_keeps_the_birth_date(eliminated):
    with connections[OWNER].cursor() as cursor:
        ids = [one.pk for one in (eliminated["patient"], eliminated["alias"])]
        cursor.execute("SELECT DISTINCT birth_date::text FROM patients_patient WHERE id = ANY (%s)", [ids])
        assert cursor.fetchall() == [("0001-01-01",)]
        cursor.execute("SELECT count(*) FROM audit_rowversion WHERE before::text LIKE '%%1911-07-07%%'"
                       " AND (patient_id = ANY (%s) OR row_id = ANY (%s::text[]))", [ids, ids])  # fmt: skip
        assert cursor.fetchone() == (0,)


def test_the_neighbour_keeps_every_row(eliminated):
    assert saying(NEIGHBOUR) == eliminated["theirs"]


def test_the_tombstone_is_found_by_nobody_and_proposed_as_a_double_to_nobody(eliminated):
    with connections[OWNER].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM patients_doublesearch WHERE identity_id = %s", [eliminated["patient"].pk])
        assert cursor.fetchone() == (0,)
    with as_worker({eliminated["patient"].region_id}):
        left = Patient.objects.get(pk=eliminated["patient"].pk)
        assert str(left) == "(dossier éliminé) (dossier éliminé)"
        assert not left.birth_name_key.isalpha(), "no search key begins like that"


def test_hashes_and_order_numbers_stay(eliminated):
    with connections[OWNER].cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM patients_content WHERE patient_id = %(p)s AND length(sha256) > 0),"
            " (SELECT count(*) FROM patients_document WHERE patient_id = %(p)s AND length(data_hash) > 0),"
            " (SELECT count(*) FROM rcp_case WHERE patient_id = %(p)s),"
            " (SELECT count(*) FROM audit_auditevent WHERE patient_id = %(p)s) >= 0",
            {"p": eliminated["patient"].pk},
        )
        contents, documents, cases, _ = cursor.fetchone()
        assert contents
        assert documents
        assert cases


@pytest.mark.parametrize(
    "changes",
    [{"status": "drawn", "second_by_id": None}, {"status": "drawn"}, {"status": "done"}, {"status": "dropped"}],
)
def test_nothing_is_eliminated_that_two_persons_did_not_sign_for(people, changes):
    _, patient = furnished(people, NEIGHBOUR)
    line = signed_line(people, patient, **changes)
    with as_worker({patient.region_id}), pytest.raises(DatabaseError, match="nobody signed"), transaction.atomic():
        eliminate_file(line.pk)
    assert Sheet.objects.using(OWNER).filter(patient_id=patient.pk).exists()


def test_the_web_eliminates_nothing(people):
    _, patient = furnished(people, NEIGHBOUR)
    line = signed_line(people, patient)
    for call in ("dcc_line_identities(%s)", "dcc_eliminate_feeds(%s)", "dcc_eliminate_identity(%s)"):
        with connection.cursor() as cursor, pytest.raises(DatabaseError, match="permission denied"):
            cursor.execute(f"SELECT {call}", [line.pk])


@pytest.mark.parametrize("role", ["dcc_web", "dcc_worker"])
def test_what_is_frozen_stays_frozen_whatever_a_process_sets(people, role):
    """The triggers give way inside the functions of eliminations alone."""
    patient = people.patients[0]
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {role}")
        try:
            with transaction.atomic():
                cursor.execute("SELECT set_config('dcc.eliminating', 'on', true), set_config('dcc.regions', %s, true)",
                               [f"{{{patient.region_id}}}"])  # fmt: skip
                cursor.execute("SELECT dcc_eliminating()")
                assert cursor.fetchone() == (False,)
        finally:
            cursor.execute("SET ROLE dcc_web")


def test_the_audit_itself_gives_way_to_nobody(people):
    with connections[OWNER].cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, pg_get_triggerdef(oid) LIKE '%%dcc_eliminating%%' FROM pg_trigger"
            " WHERE NOT tgisinternal AND tgname IN ('frozen', 'insert_only')"
        )
        gives_way = dict(cursor.fetchall())
    assert {table for table, yields in gives_way.items() if not yields} == {
        "audit_auditevent",
        "audit_auditseal",
        "rcp_formversion",
    }


def test_every_table_about_patients_has_its_fate():
    """A new table about patients says here what becomes of it (patients/requests/what_goes.py)."""
    assert {table.name for table in file_tables()} | STAYS == set(FATES)


def test_the_events_of_a_life_in_the_product_name_nobody(people):
    """Created, numbered, reached, related, registered, opened: the sealed audit says it by keys and kinds alone."""
    with at_desk("alice") as alice:
        patient = created(alice, "Quéméneur", "Aodren", "03041952", sex="M", used_name="Penvern")
        add_ipp(patient=patient, value="IPP-77310", organisation=organisation("CH Rochebrune"), by=alice)
        update_contact(patient=patient, values={"city": "Plouarzel", "phone": "0298771234"}, by=alice)
        update_contact(patient=patient, values={"city": "Lampaul-Plouarzel"}, by=alice)
        registered(alice, patient, meeting=soon())
        record(PatientEvent.OPENED, on=patient, by=alice)
    traits = ("QUEMENEUR", "Quéméneur", "AODREN", "PENVERN", "IPP-77310", "Plouarzel", "0298771234", "adjuvante \\?")
    assert {
        "patients_patient",
        "patients_contact",
        "patients_patientidentifier",
        "rcp_case",
        "audit_rowversion",
    } <= set(saying("|".join(traits)))
    line = signed_line(people, patient)
    with as_worker({patient.region_id}), transaction.atomic():
        eliminate_file(line.pk)
    assert saying("|".join(traits)) == {}
    with connections[OWNER].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM audit_auditevent WHERE patient_id = %s", [patient.pk])
        assert cursor.fetchone()[0] >= 5, "what was done stays known"
