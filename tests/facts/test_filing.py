"""Facts follow the newest validated sheet of a case, in its transaction, and a rebuilding gives the same rows."""

import io
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from rcp.cases.actions import countersign_case, replace_report, submit_registered, validate_case
from rcp.facts.pseudonym import case_key
from rcp.models import Case, Level
from tests.conftest import owner_connection
from tests.rights.scene import working
from tests.sheets.casework import answer, choose, complete, make_case, make_patient, sit


@pytest.fixture
def ready(facts_database: str) -> Case:
    """A complete case in an open meeting whose quorum is reached."""
    with working("bob") as bob:
        case = make_case(by=bob)
        sit(case.meeting, "bob", "helias", "oumarou")
        complete(case.sheets.get(), by=bob)
    return case


def validate(case: Case) -> None:
    with working("bob") as bob:
        validate_case(case_id=case.pk, by=bob)


def values(rows: list[tuple], key: str) -> list[tuple]:
    """(instance, code, number, flag, day) of one stat key."""
    return [row[1:6] for row in rows if row[0] == key]


def test_validation_files_what_was_answered(ready, base):
    assert base() == []
    validate(ready)
    rows = base()
    assert values(rows, "oms") == [(0, "0", 0.0, None, None)]
    assert values(rows, "topo") == [(0, "C50.4", None, None, None)]
    assert [(code, str(day)) for _, code, _, _, day in values(rows, "date_diag")] == [("mois", "2030-10-01")]
    assert values(rows, "statut_cas"), "what the registration answers counts too"
    keys = {row[0] for row in rows}
    assert not keys & {"referentiel", "question", "presents.nom", "presents.rpps", "synthese"}, "text is no fact"
    board = ready.meeting.board
    assert {row[8:] for row in rows} == {(1, "sein", board.organisation_id, ready.meeting.held_on)}


def test_a_refused_validation_leaves_no_fact(ready, base):
    with working("bob") as bob:
        validate_case(case_id=ready.pk, by=bob)
        transaction.set_rollback(True)  # what a refusal after it would do
    assert base() == []


def test_nothing_of_a_fact_leads_to_the_case_the_sheet_or_the_patient(ready, base, facts_database):
    validate(ready)
    with owner_connection(facts_database) as owner:
        sheet, patient = owner.execute("SELECT id, patient_id FROM rcp_sheet").fetchone()
        columns = {
            name
            for (name,) in owner.execute(
                "SELECT column_name::text FROM information_schema.columns WHERE table_name = 'rcp_fact'"
            )
        }
        keys = owner.execute(
            "SELECT count(*) FROM pg_constraint WHERE conrelid = 'rcp_fact'::regclass AND contype = 'f'"
        )
        assert keys.fetchone() == (0,)
    assert not columns & {"patient_id", "case_id", "sheet_id"}
    (pseudonym,) = {row[7] for row in base()}
    assert pseudonym not in {ready.pk, sheet, patient}
    assert pseudonym == case_key(ready.pk)


def test_the_pseudonym_depends_on_the_platform_s_key(settings):
    case = UUID("0190a000-0000-7000-8000-000000000001")
    before = case_key(case)
    assert case_key(case) == before
    assert case_key(UUID("0190a000-0000-7000-8000-000000000002")) != before
    name, _, rest = settings.MASTER_KEYS.partition("lookup=")
    settings.MASTER_KEYS = f"{name}lookup={'A' if rest[0] != 'A' else 'B'}{rest[1:]}"
    assert case_key(case) != before


def test_a_replacement_counts_once_validated_and_alone(ready, base):
    """D6: the version that cancels and replaces is the one that counts; its draft counts for nothing."""
    validate(ready)
    first = base()
    with working("bob") as bob:
        sheet = replace_report(case_id=ready.pk, why="OMS corrigé après relecture", by=bob)
        choose(sheet, "tronc.oms", "2", by=bob)
        choose(sheet, "tronc.tabac", "jamais", by=bob)
    assert base() == first
    validate(ready)
    rows = base()
    assert values(rows, "oms") == [(0, "2", 2.0, None, None)]
    assert values(rows, "tabac") == [(0, "jamais", None, None, None)]
    assert {row[7] for row in rows} == {case_key(ready.pk)}


def test_a_registered_case_counts_when_it_is_countersigned(facts_database, base):
    """D4: validated by its requester, it is not a report yet."""
    with working("helias") as helias:
        case = make_case(by=helias, level=Level.REGISTERED)
        complete(case.sheets.get(), by=helias)
        submit_registered(case_id=case.pk, by=helias)
    assert base() == []
    with working("bob") as bob:
        countersign_case(case_id=case.pk, by=bob)
    assert values(base(), "statut_cas")


def rebuild(*options: str) -> str:
    said = io.StringIO()
    call_command("facts", "rebuild", *options, stdout=said)
    return said.getvalue()


def test_rebuilding_gives_the_same_rows(ready, base, as_the_worker, facts_database):
    with working("bob") as bob:
        other = make_case(by=bob, patient=make_patient("KERVRAN", region=2), position=2)  # of the other region
        complete(other.sheets.get(), by=bob, outcome="proposition")
        for link_id, code in (
            ("tronc.tnm_version", "uicc8"),
            ("tronc.tnm_t", "T2"),
            ("tronc.tnm_n", "N1"),
            ("tronc.comorb", "diabete"),
        ):
            choose(other.sheets.get(), link_id, code, by=bob)
        line = "0190a000-0000-7000-8000-00000000000a"
        choose(other.sheets.get(), "tronc.propositions.type", "chimiotherapie", by=bob, lines=(line,))
        answer(other.sheets.get(), "tronc.propositions.rang", 1, by=bob, lines=(line,))
        choose(other.sheets.get(), "tronc.intention", "curative", by=bob)
        draft = make_case(by=bob, patient=make_patient("LE GALL"), position=3)
        complete(draft.sheets.get(), by=bob)  # never validated
    validate(ready)
    validate(other)
    with working("bob") as bob:
        choose(replace_report(case_id=ready.pk, why="OMS corrigé", by=bob), "tronc.oms", "1", by=bob)
    validate(ready)
    with working("bob") as bob:
        answer(replace_report(case_id=ready.pk, why="Encore", by=bob), "tronc.poids", 61, by=bob)  # not validated
    live = base()
    assert {row[8] for row in live} == {1, 2}
    assert values(live, "propositions.type") == [(0, "chimiotherapie", None, None, None)]

    with owner_connection(facts_database) as owner:
        owner.execute("DELETE FROM rcp_fact WHERE region_id = 1")
        owner.execute("UPDATE rcp_fact SET code = 'faux' WHERE number IS NULL AND flag IS NULL AND day IS NULL")
        owner.execute(
            "INSERT INTO rcp_fact (region_id, stat_key_id, code, case_key, instance, first, pathology, centre_id,"
            " held_on) SELECT 2, min(id), 'x', gen_random_uuid(), 0, true, 'sein', gen_random_uuid(), now()"
            " FROM rcp_statkey"
        )
    with as_the_worker():
        assert rebuild("--region", "1").startswith("Région 1 : 1 dossiers validés, ")
        assert base() != live, "only region 1 was asked"
        assert "Région 2 : 1 dossiers validés" in (said := rebuild())
        assert "1 dossiers retirés" in said
        assert base() == live
        rebuild()
        assert base() == live, "rebuilding twice changes nothing"


def test_rebuilding_keeps_the_facts_of_a_case_whose_file_was_eliminated(ready, base, as_the_worker, facts_database):
    """R.1112-7: the sheet is gone, and what statistics counted of it stays, whatever the size of a batch."""
    with working("bob") as bob:
        later = make_case(by=bob, patient=make_patient("KERVRAN"), position=2)
        complete(later.sheets.get(), by=bob)
    validate(ready)
    validate(later)
    live = base()
    with owner_connection(facts_database) as owner:
        gone = "sheet_id IN (SELECT id FROM rcp_sheet WHERE case_id = %s)"
        for table, which in (("rcp_answerevent", gone), ("rcp_answer", gone), ("rcp_sheet", "case_id = %s")):
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            owner.execute(f"DELETE FROM {table} WHERE {which}", [min(ready.pk, later.pk)])
            owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        assert owner.execute("SELECT count(*) FROM rcp_sheet").fetchone() == (1,)
    with as_the_worker(), pytest.MonkeyPatch.context() as patch:
        patch.setattr("rcp.facts.actions.BATCH", 1)  # the eliminated one is alone in the first batch
        said = rebuild("--region", "1")
    assert "1 dossiers validés" in said
    assert "1 dossiers éliminés gardés tels quels" in said
    assert "retirés" not in said
    assert base() == live


def test_rebuilding_wants_the_role_that_reads_every_sheet(facts_database):
    with pytest.raises(CommandError, match="dcc_worker"):
        rebuild()


def test_a_region_that_does_not_exist_is_said(as_the_worker):
    with as_the_worker(), pytest.raises(CommandError, match="région 77"):
        rebuild("--region", "77")
