"""What a hospital's messages make of patients, stored by an unprivileged worker (PAT-03, INS-05)."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import OperationalError, connection

from dcc.audit.record import System
from dcc.lib.crypto import Keyring, Sealed, decrypt, decrypt_field
from dcc.master_keys import keyring
from dcc.organisations.models import Organisation
from interop.hl7v2.ack import parse_ack
from interop.pam.outcome import Effect
from interop.pam_store import receiving
from interop.pam_store.source import FeedNotExpected, source_of
from patients.documents.ins_seal import opened
from patients.documents.rotation import rotate_contents, rotate_ins
from patients.feed.sealing import ins_context, message_context
from patients.models import FeedMessage, FeedTraits, FormerIns, Visit
from tests.conftest import owner_connection
from tests.feeds.hospitals import Feeds, identifiers_of
from tests.interop.pam_feed import AUTHORITY, INS_A, MARTIN, NOW, OTHER_AUTHORITY, QUALIFIED, REAL_OID, Adt, ins, ipp

SHARED = Path(__file__).resolve().parents[2] / "../shared"
USED = "~D'EXEMPLE^MARIE^^^^^D"
SAMPLES = (
    "SGL_admission.er7",
    "Vague_2_Consentement_DMP_PAMFR_ConsentementConsultation_NonOppositionAlimentation.er7",
)


def test_a_name_is_shown_as_it_was_written_and_compared_without_its_accents(feeds: Feeds) -> None:
    name = "Le Fèvre^Zoé^Zoé, Anaïs^^^^L~D’Épine^Zoë^^^^^D"
    feeds.send(Adt(event="A28", minute=0, ids=ipp("1"), name=name))
    patient = feeds.patient("1")
    assert (patient.birth_name, patient.first_given_name, patient.used_name) == ("LE FEVRE", "ZOE", "D'EPINE")
    received = (patient.birth_name_received, patient.first_given_name_received, patient.given_names_received)
    assert received == ("Le Fèvre", "Zoé", "Zoé, Anaïs")
    assert (patient.used_name_received, patient.used_given_name_received) == ("D’Épine", "Zoë")
    feeds.send(Adt(event="A31", minute=1, ids=ipp("1"), name="LE FEVRE^ZOE^^^^^L"))
    assert feeds.patient("1").birth_name_received == "Le Fèvre", "capitals say less, they are no news"
    feeds.send(Adt(event="A31", minute=2, ids=ipp("1"), name="Lefebvre^Zoé^^^^^L"))
    assert (feeds.patient("1").birth_name, feeds.patient("1").birth_name_received) == ("LEFEBVRE", "Lefebvre")
    feeds.coherent()


def test_a_creation_opens_a_patient_in_the_hands_of_the_feed(feeds: Feeds) -> None:
    outcome = feeds.send(Adt(event="A28", minute=0, ids=QUALIFIED))
    assert (outcome.effect, outcome.code) == (Effect.CREATED, "AA")
    patient = feeds.patient("1")
    assert (patient.birth_name, patient.given_names, str(patient.birth_date), patient.sex, patient.birth_insee) == (
        "PAT-TROIS",
        "DOMINIQUE MARIE",
        "1979-03-28",
        "F",
        "63220",
    )
    assert (patient.status, patient.region_id, patient.document_kind) == ("QUAL", 1, "SOURCE")
    assert patient.fed_by_id == feeds.sources[AUTHORITY].organisation_id
    with feeds.reading():
        assert opened(patient) == INS_A
        assert identifiers_of(patient) == {"1": True}
    feeds.coherent()


def test_the_role_that_writes_is_the_worker(feeds: Feeds) -> None:
    feeds.send(Adt(event="A28", minute=0, ids=ipp("1")))
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == ("dcc_worker", False)


@pytest.mark.parametrize("name", SAMPLES)
def test_the_published_samples_are_stored(feeds: Feeds, name: str) -> None:
    path = SHARED / "data/hl7" / name
    if not path.exists():
        pytest.skip("reference material ../shared is absent")
    outcome = feeds.send(path.read_bytes().replace(b"|D|2.5^FRA", b"|T|2.5^FRA"))
    assert (outcome.effect, outcome.code) == (Effect.CREATED, "AA")
    patient = feeds.patient("000003")
    assert (patient.birth_name, patient.status, patient.birth_insee) == ("PAT-TROIS", "QUAL", "63220")
    with feeds.reading():
        visit = Visit.objects.get()
        assert (visit.patient_id, visit.value, visit.status, visit.medical_unit) == (
            patient.pk,
            "000897406",
            "open",
            "6268",
        )


def test_the_matricule_is_nowhere_in_clear(feeds: Feeds) -> None:
    feeds.send(Adt(event="A28", minute=0, ids=QUALIFIED), Adt(event="A31", minute=1, ids=QUALIFIED))
    with owner_connection(feeds.database) as owner:
        tables = owner.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relname ~ '^(patients|audit)_'")
        for (table,) in tables.fetchall():
            found = owner.execute(f"SELECT count(*) FROM {table} t WHERE t::text LIKE %s", [f"%{INS_A}%"]).fetchone()
            hexed = owner.execute(
                f"SELECT count(*) FROM {table} t WHERE t::text LIKE %s", [f"%{INS_A.encode().hex()}%"]
            ).fetchone()
            assert (found, hexed) == ((0,), (0,)), table


def test_the_message_itself_is_kept_sealed_and_opens(feeds: Feeds) -> None:
    raw = Adt(event="A28", minute=0, ids=QUALIFIED).raw()
    feeds.send(raw)
    with feeds.reading():
        row = FeedMessage.objects.get()
    sealed = Sealed(wrapped_key=bytes(row.wrapped_key), key_id=row.key_id, ciphertext=bytes(row.ciphertext))
    assert decrypt(sealed, keyring=keyring(), context=message_context(row.pk)) == raw
    assert (row.event, row.effect, row.code) == ("A28", "created", "AA")


def test_empty_keeps_and_null_deletes(feeds: Feeds) -> None:
    feeds.send(Adt(event="A28", minute=0, ids=ipp("1"), name=MARTIN + USED))
    feeds.send(Adt(event="A31", minute=1, ids=ipp("1"), name=MARTIN))
    assert feeds.patient("1").used_name == "D'EXEMPLE"
    feeds.send(Adt(event="A31", minute=2, ids=ipp("1"), name=MARTIN + '~""^""^^^^^D'))
    assert (feeds.patient("1").used_name, feeds.patient("1").used_name_sound) == ("", "")


def test_an_identity_without_its_required_traits_waits_unseen(feeds: Feeds) -> None:
    visit = f"PV1|1|I|||||||||||||||||V1^^^CH&{AUTHORITY}&ISO^VN"
    feeds.send(Adt(event="A01", minute=5, ids=ipp("1"), birth="", sex="", extra=visit))
    assert feeds.patients() == []
    feeds.send(Adt(event="A28", minute=0, ids=ipp("1")))
    assert [patient.birth_name for patient in feeds.patients()] == ["PAT-TROIS"]
    feeds.coherent()
    with feeds.reading():
        assert Visit.objects.get().patient_id == feeds.patients()[0].pk


def test_a_late_message_overwrites_nothing_and_fills_what_nothing_newer_says(feeds: Feeds) -> None:
    feeds.send(Adt(event="A31", minute=10, ids=ipp("1"), name=MARTIN, sex=""))
    outcome = feeds.send(Adt(event="A28", minute=0, ids=ipp("1"), name="MARTEN^PAULE^^^^^L", sex="F"))
    assert outcome.effect is Effect.LATE
    assert [(one.birth_name, one.sex) for one in feeds.patients()] == [("MARTIN", "F")]


def test_a_replay_answers_as_the_first_time_and_writes_nothing(feeds: Feeds) -> None:
    message = Adt(event="A28", minute=0, ids=QUALIFIED)
    first = feeds.send(message)
    feeds.send(Adt(event="A31", minute=1, ids=ipp("1"), name=MARTIN))
    before = feeds.everything()
    again = feeds.send(message, now=NOW + timedelta(hours=3))
    assert (again.effect, again.code, again.ack) == (Effect.REPLAYED, first.code, first.ack)
    assert feeds.everything() == before


def test_a_refusal_is_replayed_too_and_leaves_nothing_else(feeds: Feeds) -> None:
    message = Adt(event="A28", minute=0, ids=ipp("1"), sex="X")
    first = feeds.send(message)
    assert (first.code, feeds.send(message, now=NOW + timedelta(hours=1)).ack) == ("AE", first.ack)
    assert feeds.count("patients_feednumber") == 0
    assert feeds.count("patients_feedmessage") == 1


def test_the_status_climbs_and_falls_with_what_is_proved(feeds: Feeds) -> None:
    statuses = []
    for minute, (ids, status) in enumerate(
        ((ipp("1"), "PROV"), (ipp("1"), "VALI"), (QUALIFIED, "VALI"), (ipp("1"), "PROV~DOUT"))
    ):
        feeds.send(Adt(event="A31", minute=minute, ids=ids, status=status))
        patient = feeds.patient("1")
        statuses.append((patient.status, patient.ins_hash is not None, patient.is_doubtful))
    assert statuses == [
        ("PROV", False, False),
        ("VALI", False, False),
        ("QUAL", True, False),
        ("PROV", False, True),
    ]
    with feeds.reading():
        assert [row.why for row in FormerIns.objects.all()] == ["doubted"]


def test_real_identities_are_refused_where_test_ones_are_held(feeds: Feeds) -> None:
    outcome = feeds.send(Adt(event="A28", minute=0, ids=f"{ipp('1')}~{ins(INS_A, REAL_OID)}"))
    assert outcome.code == "AE"
    assert feeds.patients() == []


def test_one_qualified_ins_is_one_person_in_two_hospitals_of_two_regions(feeds: Feeds) -> None:
    feeds.send(Adt(event="A28", minute=0, ids=QUALIFIED))
    outcome = feeds.send(Adt(event="A28", minute=1, ids=f"{ipp('7', OTHER_AUTHORITY)}~{ins(INS_A)}"))
    assert outcome.effect is Effect.ATTACHED
    assert feeds.patient("7", OTHER_AUTHORITY).pk == feeds.patient("1").pk
    with feeds.reading():
        assert identifiers_of(feeds.patient("1")) == {"1": True, "7": True}
    assert len(feeds.patients()) == 1
    feeds.coherent()


def test_a_feed_speaks_only_for_its_own_numbers(feeds: Feeds) -> None:
    outcome = feeds.send(Adt(event="A28", minute=0, ids="7^^^AUTRE&9.9.9&ISO^PI").raw())
    assert parse_ack(outcome.ack).errors[0].location == "PID^1^3"
    assert feeds.count("patients_feednumber") == 0


def test_an_establishment_whose_identities_are_typed_here_has_no_feed(feeds: Feeds) -> None:
    with feeds.reading(), pytest.raises(FeedNotExpected):
        source_of(Organisation.objects.get(short_name="Clinique des Dunes"))


def test_numbers_too_long_or_invisible_are_refused_not_cut(feeds: Feeds) -> None:
    for value in ("9" * 41, "12\\X00\\34"):
        assert feeds.send(replace(Adt(event="A28", minute=0, ids=ipp(value)), control=value[:5])).code == "AE"
    assert feeds.count("patients_feednumber") == 0


def test_a_store_that_is_down_asks_to_send_again(feeds: Feeds, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(*args: object) -> None:
        raise OperationalError("the server closed the connection")

    message = Adt(event="A28", minute=0, ids=ipp("1"))
    with monkeypatch.context() as broken:
        broken.setattr(receiving, "write", down)
        source = feeds.sources[AUTHORITY]
        outcome = receiving.receive(message.raw(), source=source, by=System("flux"), now=NOW)
        assert parse_ack(outcome.ack).sent_code == "AR"
    assert feeds.count("patients_feedmessage") == 0
    assert feeds.send(message).code == "AA"


def test_each_change_of_identity_is_traced_and_a_movement_is_not(feeds: Feeds) -> None:
    visit = f"PV1|1|I|||||||||||||||||V1^^^CH&{AUTHORITY}&ISO^VN"
    before = feeds.count("audit_auditevent")
    feeds.send(Adt(event="A28", minute=0, ids=ipp("1")))
    feeds.send(
        Adt(event="A01", minute=1, ids=ipp("1"), extra=visit), Adt(event="A02", minute=2, ids=ipp("1"), extra=visit)
    )
    assert feeds.count("audit_auditevent") == before + 1
    feeds.send(Adt(event="A31", minute=9, ids=ipp("1"), status="PROV"))
    assert feeds.count("audit_auditevent") == before + 2
    assert feeds.count("patients_identitychange") == 2


def test_a_new_master_key_closes_again_what_feeds_left(feeds: Feeds) -> None:
    feeds.send(Adt(event="A28", minute=0, ids=QUALIFIED))
    with feeds.reading():
        message, said = FeedMessage.objects.get(), FeedTraits.objects.get()
    ring = Keyring.from_env(f"{Keyring.generate_text(current='next').splitlines()[0]}\n{settings.MASTER_KEYS}")
    with feeds.as_owner():
        assert list(rotate_contents(ring))[-1] == 1
        assert list(rotate_ins(ring))[-1] == 2  # the one in force, and as it was said
        assert list(rotate_ins(ring))[-1] == 0
        message.refresh_from_db()
        said.refresh_from_db()
    sealed = Sealed(wrapped_key=bytes(message.wrapped_key), key_id="next", ciphertext=bytes(message.ciphertext))
    assert message.key_id == "next"
    assert decrypt(sealed, keyring=ring, context=message_context(message.pk)).startswith(b"MSH|")
    assert decrypt_field(bytes(said.ins_sealed or b""), keyring=ring, context=ins_context(said.pk)) == INS_A


def test_the_message_of_a_stay_that_completes_an_identity_gives_them_the_stay(feeds: Feeds) -> None:
    visit = f"PV1|1|I|||||||||||||||||V1^^^CH&{AUTHORITY}&ISO^VN"
    feeds.send(Adt(event="A01", minute=0, ids=ipp("1"), birth="", extra=visit))
    feeds.send(Adt(event="A02", minute=1, ids=ipp("1"), extra=visit))
    with feeds.reading():
        assert Visit.objects.get().patient_id == feeds.patients()[0].pk
    feeds.coherent()
