"""How to reach a patient, said by hospitals and by desks: the newest word speaks, and a repetition is none (PAT-10)."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from interop.pam.outcome import Effect
from patients.models import Contact, FeedTraits, Relative
from tests.conftest import owner_connection
from tests.feeds.hospitals import Feeds
from tests.feeds.test_feed_desk import typed
from tests.feeds.test_feed_merges import undo
from tests.interop.pam_feed import MARTIN, NOW, OTHER_AUTHORITY, Adt, ipp

HOME = "28 AVENUE HAUTE^BAT B^ARMORGNE^^99100^FRA^H~^^^^^^BDL^^63220"
PHONE = "^PRN^CP^^^^^^^^^0600000000"
GP = (
    "ROL|1|UP|ODRP|810002503300^MAZURIER^CLAIRE^^^DR^^^ASIP-SANTE-PS&1.2.250.1.71.4.2.1&ISO^D^^^IDNPS|20200101||||||"
    "3 RUE DU PORT^^NANTES^^44000^FRA^O|^NET^Internet^c.mazurier@medecin.mssante.fr"
)
TRUSTED = "NK1|1|MARTIN^LOUIS^^^^^L|SPO||^PRN^CP^^^^^^^^^0611111111||K"
CALLED = "NK1|2|MARTIN^JEANNE^^^^^L|SIS||^PRN^CP^^^^^^^^^0622222222||C"


def shown(feeds: Feeds, value: str = "1") -> dict[str, str]:
    """The columns that hold something."""
    patient = feeds.patient(value)
    with feeds.reading():
        row = Contact.objects.filter(patient=patient).first()
        names = [one.name for one in Contact._meta.fields if one.name not in ("id", "region", "patient", "updated_at")]
        return {name: getattr(row, name) for name in names if row is not None and getattr(row, name)}


def relatives(feeds: Feeds, value: str = "1") -> list[tuple[str, str]]:
    patient = feeds.patient(value)
    with feeds.reading():
        rows = Relative.objects.filter(patient=patient, ended_at__isnull=True)
        return sorted((row.relation, row.name) for row in rows)


def corrects(feeds: Feeds, at: datetime, **values: str) -> None:
    """A secretary types on the page of the contact of the only patient, at that moment."""
    (patient,) = feeds.patients()
    with feeds.reading():
        row, _ = Contact.objects.get_or_create(patient=patient, region_id=patient.region_id)
        Contact.objects.filter(pk=row.pk).update(updated_at=at, **values)


def told(minute: int, event: str = "A31", **more: Any) -> Adt:
    return Adt(event=event, minute=minute, ids=ipp("1"), **more)


MORNING = datetime(2026, 3, 2, tzinfo=UTC)  # minute 60 of the messages, which are an hour ahead


def test_what_a_message_carries_fills_the_contact(feeds: Feeds) -> None:
    feeds.send(
        told(0, "A28", addresses=HOME, contacts=f"{PHONE}~^NET^Internet^d.pat@exemple.fr", extra=f"{GP}\n{TRUSTED}")
    )
    assert shown(feeds) == {
        "address_line": "28 AVENUE HAUTE, BAT B",
        "postcode": "99100",
        "city": "ARMORGNE",
        "phone": "0600000000",
        "email": "d.pat@exemple.fr",
        "gp_name": "Dr CLAIRE MAZURIER",
        "gp_rpps": "10002503300",
        "gp_mssante_address": "c.mazurier@medecin.mssante.fr",
        "gp_address": "3 RUE DU PORT, 44000 NANTES",
    }
    assert relatives(feeds) == [("trusted", "LOUIS MARTIN")]


def test_a_secure_mailbox_of_the_patient_is_not_kept_its_name_is_a_matricule(feeds: Feeds) -> None:
    feeds.send(told(0, "A28", contacts="^NET^Internet^279035121518989@patient.mssante.fr"))
    assert shown(feeds) == {}
    with feeds.reading():
        assert "279035121518989" not in str(list(FeedTraits.objects.values_list("said", flat=True)))


def test_silence_keeps_and_null_deletes_group_by_group(feeds: Feeds) -> None:
    feeds.send(told(0, "A28", addresses=HOME, contacts=PHONE, extra=f"{GP}\n{TRUSTED}"))
    before = shown(feeds)
    feeds.send(told(1))
    assert shown(feeds) == before
    feeds.send(told(2, contacts='""'))
    assert "phone" not in shown(feeds)
    assert shown(feeds)["city"] == "ARMORGNE"
    feeds.send(told(3, extra='ROL|1|DE|ODRP|""\nNK1|1|""'))
    assert {name for name in shown(feeds) if name.startswith("gp_")} == set()
    assert relatives(feeds) == []


def test_a_late_message_overwrites_nothing_and_fills_what_nothing_newer_says(feeds: Feeds) -> None:
    feeds.send(told(10, contacts=PHONE))
    assert feeds.send(told(0, "A28", contacts="^PRN^PH^^^^^^^^^0199000000", addresses=HOME)).effect is Effect.LATE
    assert (shown(feeds)["phone"], shown(feeds)["city"]) == ("0600000000", "ARMORGNE")


# What a desk typed


def test_what_a_desk_corrected_stands_while_the_hospital_only_repeats_itself(feeds: Feeds) -> None:
    feeds.send(told(0, "A28", addresses=HOME, contacts=PHONE))
    corrects(feeds, MORNING, phone="0612121212")
    feeds.send(told(120, "A31", addresses=HOME, contacts=PHONE), told(180, "A31", contacts=PHONE))
    assert shown(feeds)["phone"] == "0612121212"
    feeds.send(told(240, contacts="^PRN^CP^^^^^^^^^0633333333"))
    assert shown(feeds)["phone"] == "0633333333", "the hospital says something new, after the desk did"
    assert shown(feeds)["city"] == "ARMORGNE"


def test_news_from_before_the_correction_arrive_too_late(feeds: Feeds) -> None:
    feeds.send(told(0, "A28", contacts=PHONE))
    corrects(feeds, MORNING + timedelta(hours=2), phone="0612121212")
    feeds.send(told(90, contacts="^PRN^CP^^^^^^^^^0633333333"))
    assert shown(feeds)["phone"] == "0612121212"


def test_what_a_desk_emptied_stays_empty(feeds: Feeds) -> None:
    feeds.send(told(0, "A28", addresses=HOME, contacts=PHONE))
    corrects(feeds, MORNING, phone="")
    feeds.send(told(120, contacts=PHONE, addresses=HOME))
    assert "phone" not in shown(feeds)


def test_the_contact_typed_before_any_feed_is_completed_not_replaced(feeds: Feeds) -> None:
    typed(feeds, number="1")
    corrects(feeds, NOW, phone="0612121212", gp_name="Dr Claire Mazurier", gp_mssante_address="c@medecin.mssante.fr")
    feeds.send(told(0, contacts=PHONE, addresses=HOME))
    assert shown(feeds)["phone"] == "0612121212"
    assert shown(feeds)["city"] == "ARMORGNE"
    assert shown(feeds)["gp_mssante_address"] == "c@medecin.mssante.fr"


def test_a_newer_word_about_the_same_gp_keeps_the_secure_address_a_desk_knew(feeds: Feeds) -> None:
    typed(feeds, number="1")
    corrects(feeds, MORNING, gp_name="Dr Claire Mazurier", gp_mssante_address="c@medecin.mssante.fr")
    bare = "ROL|1|UP|ODRP|^MAZURIER^CLAIRE^^^DR"
    feeds.send(told(120, extra=bare))
    assert shown(feeds) == {"gp_name": "Dr CLAIRE MAZURIER", "gp_mssante_address": "c@medecin.mssante.fr"}
    feeds.send(told(180, extra="ROL|1|UP|ODRP|^KERBRAT^YANN^^^DR"))
    assert shown(feeds) == {"gp_name": "Dr YANN KERBRAT"}, "another doctor has not the address of the former"


# Several hospitals


def test_between_hospitals_the_newest_word_speaks_whatever_the_status(feeds: Feeds) -> None:
    other = ipp("7", OTHER_AUTHORITY)
    shared = "~279035121518989^^^ASIP-SANTE-INS-NIR&1.2.250.1.213.1.4.10&ISO^INS"
    feeds.send(
        Adt(event="A28", minute=0, ids=ipp("1") + shared, contacts=PHONE),
        Adt(event="A28", minute=10, ids=other + shared, contacts="^PRN^CP^^^^^^^^^0644444444"),
        Adt(event="A31", minute=20, ids=ipp("1") + shared, contacts=PHONE),
    )
    assert len(feeds.patients()) == 1
    assert shown(feeds)["phone"] == "0644444444"


# Relatives


def test_the_hospital_says_the_whole_list_of_relatives(feeds: Feeds) -> None:
    feeds.send(told(0, "A28", extra=f"{TRUSTED}\n{CALLED}"))
    assert relatives(feeds) == [("to_call", "JEANNE MARTIN"), ("trusted", "LOUIS MARTIN")]
    feeds.send(told(1, extra=CALLED))
    assert relatives(feeds) == [("to_call", "JEANNE MARTIN")]
    feeds.send(told(2, extra=CALLED.replace("0622222222", "0655555555")), told(3), told(4))
    assert relatives(feeds) == [("to_call", "JEANNE MARTIN")]
    with feeds.reading():
        assert Relative.objects.get(ended_at__isnull=True).phone == "0655555555"


def test_a_relative_typed_here_is_nobody_elses(feeds: Feeds) -> None:
    feeds.send(told(0, "A28", extra=CALLED))
    patient = feeds.patient("1")
    with owner_connection(feeds.database) as owner:
        owner.execute(
            "INSERT INTO patients_relative (id, region_id, patient_id, relation, name, phone, email, address, added_at,"
            " added_by_id) SELECT gen_random_uuid(), region_id, id, 'guardian', 'Paul Le Bris', '', '', '', now(),"
            " (SELECT min(id) FROM accounts_user) FROM patients_patient WHERE id = %s",
            [patient.pk],
        )
    feeds.send(told(1, extra='NK1|1|""'))
    assert relatives(feeds) == [("guardian", "Paul Le Bris")]


def test_a_relative_ended_here_comes_back_only_when_said_anew(feeds: Feeds) -> None:
    feeds.send(told(0, "A28", extra=CALLED))
    with feeds.reading():
        Relative.objects.update(ended_at=timezone.now())
    feeds.send(told(1, extra=CALLED), told(2, extra=f"{CALLED}\n{TRUSTED}"))
    assert relatives(feeds) == [("trusted", "LOUIS MARTIN")]


def test_parents_represent_a_minor_only(feeds: Feeds) -> None:
    parents = "NK1|1|LE BRIS^ANNE^^^^^L|MTH||||C\nNK1|2|LE BRIS^PAUL^^^^^L|FTH"
    feeds.send(
        Adt(event="A28", minute=0, ids=ipp("1"), name="LE BRIS^MAEL^^^^^L", birth="20150102", extra=parents),
        Adt(event="A28", minute=1, ids=ipp("2"), name=MARTIN, birth="19500102", extra=parents),
    )
    assert relatives(feeds) == [("father", "PAUL LE BRIS"), ("mother", "ANNE LE BRIS")]
    assert relatives(feeds, "2") == [("to_call", "ANNE LE BRIS")]


# Merges


def test_a_merge_and_its_undoing_leave_each_its_own_way_to_be_reached(feeds: Feeds) -> None:
    feeds.send(
        Adt(event="A28", minute=0, ids=ipp("1"), name=MARTIN, contacts=PHONE),
        Adt(event="A28", minute=1, ids=ipp("2"), name="MARTEN^PAULE^^^^^L", contacts="^PRN^CP^^^^^^^^^0644444444"),
    )
    feeds.send(Adt(event="A40", minute=2, ids=ipp("1"), name=MARTIN, mrg=ipp("2")))
    assert shown(feeds)["phone"] == "0600000000", "what was said of the number that is gone went with it"
    feeds.send(Adt(event="A31", minute=3, ids=ipp("2"), name=MARTIN, contacts="^PRN^CP^^^^^^^^^0655555555"))
    assert shown(feeds)["phone"] == "0655555555"
    undo(feeds)
    assert (shown(feeds)["phone"], shown(feeds, "2")["phone"]) == ("0600000000", "0655555555")


@pytest.mark.parametrize("seed", range(3))
def test_any_order_of_arrival_leaves_the_same_contact(feeds: Feeds, seed: int) -> None:
    messages = [
        told(0, "A28", addresses=HOME, contacts=PHONE, extra=GP),
        told(1, contacts="^PRN^CP^^^^^^^^^0633333333", extra=TRUSTED),
        told(2, contacts=PHONE, extra=CALLED),
        told(3, contacts='""', addresses="1 RUE BASSE^^NANTES^^44000^FRA^H"),
        told(4, extra="ROL|1|UP|ODRP|^KERBRAT^YANN^^^DR"),
        told(5, contacts="^NET^Internet^d.pat@exemple.fr"),
    ]
    feeds.send(*messages)
    in_order = feeds.shown()
    feeds.forget_everything()
    feeds.open()
    random.Random(seed).shuffle(messages)
    feeds.send(*messages, messages[0])
    assert feeds.shown() == in_order


def test_each_change_is_traced_by_its_fields_and_a_repetition_is_not(feeds: Feeds) -> None:
    feeds.send(told(0, "A28", contacts=PHONE), told(1, contacts=PHONE), told(2, contacts='""'))
    with owner_connection(feeds.database) as owner:
        rows = owner.execute(
            "SELECT details FROM audit_auditevent WHERE event = 'patients.contact_fed' AND patient_id = %s"
            " ORDER BY recorded_at",
            [feeds.patient("1").pk],
        ).fetchall()
    assert [details["fields"] for (details,) in rows] == ["téléphone", "téléphone"]
    assert "0600000000" not in str(rows)
