"""Keys rotate, backups restore, and a database without its keyring is nothing (D21, restore drill)."""

import io
import os
from contextlib import contextmanager
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.db import connections, transaction

from dcc.accounts.adapter import MFAAdapter
from dcc.lib.crypto import ContentTampered, KeyMissing, Keyring, field_key_id
from dcc.operations.backup import back_up, counts, tables
from dcc.operations.connecting import connect
from dcc.operations.frames import read_frames, write_frame, write_json
from dcc.operations.schema import drop_database
from dcc.operations.sealed import CHUNK, SealedWriter, unsealed
from patients.documents import content
from patients.documents.ins_seal import opened
from patients.documents.rotation import rotate_contents
from patients.models import Content, ContentKind, Document, Patient
from rcp.reports.production import produce_next
from tests.conftest import clone
from tests.documents.making import INS, give_rpps, issue, make_patient
from tests.reports.reading import rendered

OTHER = Keyring.generate_text(current="other")


@pytest.fixture(autouse=True)
def pages_drawn_once(monkeypatch):
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "dcc.settings.dev")  # of the processes that commands start
    monkeypatch.setattr("rcp.reports.rendering.render_pdf", lambda data: rendered("typical"))
    monkeypatch.setattr("rcp.reports.rendering.check_pdfa1a", lambda pdf: [])


@pytest.fixture
def filled(committed):
    """A database with a produced report about a patient whose identity is qualified."""
    with committed.as_user("alice") as alice:
        give_rpps()
        document = issue(by=alice, patient=make_patient(alice, qualified=True))
    with committed.as_worker(1):
        produce_next()
    return committed, document


def run(*command: str) -> str:
    """A command of manage.py on the current database, in this process."""
    said = io.StringIO()
    call_command(*command, stdout=said)
    return said.getvalue()


@contextmanager
def owner_of_the_base(settings):
    """The default connection as dcc_owner, as DCC_DB_USER=dcc_owner makes it."""
    settings.DB_SET_ROLE = ""
    connections["default"].close()
    connections["default"].settings_dict["USER"] = "dcc_owner"
    try:
        yield
    finally:
        connections["default"].close()
        connections["default"].settings_dict["USER"] = "dcc_test"


def with_new_master(text: str) -> tuple[str, str]:
    """(the keyring during a rotation, the keyring after it)."""
    lookup = next(entry for entry in text.split() if entry.startswith("lookup="))
    former = [entry for entry in text.split() if not entry.startswith("lookup=")]
    return "\n".join([OTHER.split()[0], *former, lookup]), "\n".join([OTHER.split()[0], lookup])


# The sealed file


def sealed_file(path: Path, ring: Keyring, *pieces: bytes) -> Path:
    with path.open("wb") as file:
        writer = SealedWriter(file, keyring=ring, about={"made_at": "2030"})
        for piece in pieces:
            writer.write(piece)
        writer.close()
    return path


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_a_sealed_file_gives_back_what_was_written(tmp_path, size):
    ring = Keyring.from_env(OTHER)
    data = os.urandom(size)
    path = sealed_file(tmp_path / "s", ring, data[: size // 3], data[size // 3 :])
    with path.open("rb") as file:
        assert b"".join(unsealed(file, keyring=ring)) == data
    assert data[:64] not in path.read_bytes() or size < 64


@pytest.mark.parametrize("damage", ["cut", "flip", "head", "append", "swap"])
def test_a_sealed_file_that_changed_is_refused(tmp_path, damage):
    ring = Keyring.from_env(OTHER)
    path = sealed_file(tmp_path / "s", ring, os.urandom(2 * CHUNK + 100))
    raw = bytearray(path.read_bytes())
    start = raw.index(b"}\n") + 2
    match damage:
        case "cut":
            raw = raw[: start + CHUNK + 16]  # ends at the end of a chunk
        case "flip":
            raw[start + 5] ^= 1
        case "head":
            raw = raw.replace(b"2030", b"2031", 1)
        case "append":
            raw += b"x"
        case "swap":
            one, two = raw[start : start + CHUNK + 16], raw[start + CHUNK + 16 : start + 2 * (CHUNK + 16)]
            raw[start : start + 2 * (CHUNK + 16)] = two + one
    path.write_bytes(raw)
    with path.open("rb") as file, pytest.raises(ContentTampered):
        list(unsealed(file, keyring=ring))


def test_frames_cut_anywhere_are_whole_again():
    class Sink(bytearray):
        def write(self, data):
            self += data

    sink = Sink()
    write_json(sink, b"M", {"a": 1})
    write_frame(sink, b"D", os.urandom(300))
    write_frame(sink, b"Z")
    whole = list(read_frames([bytes(sink)]))
    for size in (1, 2, 9, 10, 100):
        pieces = [bytes(sink[start : start + size]) for start in range(0, len(sink), size)]
        assert list(read_frames(pieces)) == whole
    with pytest.raises(ContentTampered):
        list(read_frames([bytes(sink[:-9])]))


# Rotation


def test_after_a_rotation_only_the_new_key_is_needed(filled, settings):
    _, document = filled
    settings.MASTER_KEYS, after = with_new_master(settings.MASTER_KEYS)
    ring = content.keyring()
    with owner_of_the_base(settings):
        assert next(rotate_contents(ring, batch=1)) == 1  # stopped here, as by a kill
        assert "1 contenus, 1 INS" in run("rotate_keys")
        assert "0 contenus, 0 INS" in run("rotate_keys")
        assert set(Content.objects.values_list("key_id", flat=True)) == {"other"}
        settings.MASTER_KEYS = after
        assert content.read(owner_id=document.pk, kind=ContentKind.PDF) == rendered("typical")
        patient = Patient.objects.get(pk=document.patient_id)
        assert field_key_id(bytes(patient.ins_sealed)) == "other"
        assert opened(patient) == INS


def test_the_secrets_of_second_factors_rotate_too(filled, settings, people_adapter):
    settings.MASTER_KEYS, after = with_new_master(settings.MASTER_KEYS)
    with owner_of_the_base(settings):
        assert "1 seconds facteurs" in run("rotate_keys")
        settings.MASTER_KEYS = after
        assert people_adapter.decrypt(Authenticator.objects.get().data["secret"]) == "JBSWY3DP"


@pytest.fixture
def people_adapter(filled):
    """Alice has an authenticator application."""
    adapter = MFAAdapter()
    with filled[0].as_user("alice") as alice:
        Authenticator.objects.create(user=alice, type="totp", data={"secret": adapter.encrypt("JBSWY3DP")})
    return adapter


def test_the_rotation_wants_its_role(filled):
    with filled[0].as_user("alice"), pytest.raises(CommandError, match="dcc_owner"):
        run("rotate_keys")


# Backup and restoration


@pytest.fixture
def restored_name(filled):
    name = f"{filled[0].name}_restored"
    drop_database(name)
    yield name
    drop_database(name)


def test_a_backup_restores_everything_and_is_nothing_without_its_keys(
    filled, restored_name, tmp_path, settings, monkeypatch
):
    # The drill below migrates for real; here the schema is the one the same migrations made for the template.
    monkeypatch.setattr("patients.management.commands.restore.manage", lambda *_, database, role: clone(database))
    committed, _ = filled
    file = tmp_path / "sauvegarde"
    run("backup", str(file))
    assert b"ABHERVE" not in file.read_bytes()  # the names too are unreadable outside the database
    with pytest.raises(CommandError, match="existe déjà"):
        run("backup", str(file))
    with pytest.raises(CommandError, match="n’est pas vide"):
        run("restore", str(file))
    own = connections["default"].settings_dict
    own["NAME"] = restored_name
    try:
        right, settings.MASTER_KEYS = settings.MASTER_KEYS, OTHER
        with pytest.raises(CommandError, match="ne s’ouvre pas avec ces clés"):
            run("restore", str(file))
        settings.MASTER_KEYS = right
        assert "lignes restaurées" in run("restore", str(file))
    finally:
        own["NAME"] = committed.name
    with connect("dcc_owner", database=restored_name) as copy, committed.owner() as origin:
        assert counts(copy) == counts(origin)
        for table in ("patients_patient", "patients_document", "messaging_delivery", "audit_auditevent"):
            query = f"SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {table} t"
            assert copy.execute(query).fetchone() == origin.execute(query).fetchone()
        walls = "SELECT count(*) FROM pg_class WHERE relforcerowsecurity"
        assert copy.execute(walls).fetchone() == origin.execute(walls).fetchone()
        disabled = "SELECT count(*) FROM pg_trigger WHERE tgenabled = 'D'"
        assert copy.execute(disabled).fetchone() == (0,)
        sequence = "SELECT last_value FROM pg_sequences WHERE sequencename = 'tenancy_principal_id_seq'"
        assert copy.execute(sequence).fetchone() == origin.execute(sequence).fetchone()


def test_a_restored_database_without_its_keyring_opens_nothing(filled, settings):
    committed, document = filled
    settings.MASTER_KEYS = OTHER
    with committed.as_worker(1), transaction.atomic():
        assert Document.objects.filter(pk=document.pk).exists()
        with pytest.raises(KeyMissing):
            content.read(owner_id=document.pk, kind=ContentKind.PDF)
        with pytest.raises(KeyMissing):
            opened(Patient.objects.get(pk=document.patient_id))


def test_the_backup_role_reads_every_region_and_writes_nothing(filled):
    committed, _ = filled
    with connect("dcc_backup", database=committed.name) as reader, committed.owner() as owner:
        assert counts(reader) == counts(owner)
        with pytest.raises(Exception, match="permission denied"):
            reader.execute("UPDATE patients_patient SET birth_name = 'X'")


def test_a_role_that_row_level_security_binds_cannot_make_half_a_backup(filled, tmp_path):
    committed, _ = filled
    with (
        connect("dcc_owner", database=committed.name) as owner,
        pytest.raises(Exception, match="row-level security"),
    ):
        back_up(owner, tmp_path / "s", keyring=content.keyring())


def test_every_table_is_backed_up_or_named_as_left_out(filled):
    committed, _ = filled
    with committed.owner() as owner:
        kept = set(tables(owner))
    assert {"patients_content", "audit_auditseal", "accounts_user", "mfa_authenticator", "rcp_sheet"} <= kept
    assert not kept & {"django_session", "django_migrations"}


def test_the_drill_restores_checks_opens_and_counts_seconds(filled):
    said = run("restore_drill")
    assert "L’audit est intact" in said
    assert "ouvert" in said
    assert "Restauration prouvée en" in said
    with connect("dcc_owner", database="postgres") as owner:
        left = owner.execute("SELECT datname FROM pg_database WHERE datname LIKE '%%exercice%%'").fetchall()
    assert left == []
