"""A hospital's identity feed: late messages, replays, merges, statuses, refusals (PAT-03, INS-05, D12)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from interop.hl7v2.ack import parse_ack
from interop.pam.hearing import Policy
from interop.pam.memory import MemoryRegistry
from interop.pam.outcome import ConflictKind, Effect, Outcome
from interop.pam.person import Identity
from interop.pam.record import LocalId
from interop.pam.registry import RegistryUnavailable
from patients.identity.ins import Platform
from tests.interop.pam_feed import (
    AUTHORITY,
    INS_A,
    INS_B,
    NOW,
    OTHER_AUTHORITY,
    POLICY,
    REAL_OID,
    Adt,
    Hospital,
    ins,
    ipp,
)

MARTIN = "MARTIN^PAULE^PAULE ANNE^^^^L"
QUALIFIED = f"{ipp('1')}~{ins(INS_A)}"


def number(value: str, authority: str = AUTHORITY) -> LocalId:
    return LocalId(authority=authority, value=value)


def who(hospital: Hospital, value: str, authority: str = AUTHORITY) -> Identity:
    ref = hospital.registry.find(number(value, authority))
    assert ref is not None
    return hospital.registry.identities[ref]


@pytest.fixture
def hospital() -> Hospital:
    return Hospital()


# What a message says, and does not say


def test_a_creation_opens_one_identity_with_its_traits(hospital: Hospital) -> None:
    outcome = hospital.send(Adt(event="A28", minute=0, ids=QUALIFIED, contacts="^PRN^CP^^^^^^^^^0600000000"))
    assert (outcome.effect, outcome.code) == (Effect.CREATED, "AA")
    person = who(hospital, "1")
    assert (person.birth_name, person.first_given_name, person.given_names) == (
        "PAT-TROIS",
        "DOMINIQUE",
        "DOMINIQUE MARIE",
    )
    assert (person.sex, person.birth_insee, person.phones) == ("F", "63220", ("0600000000",))
    assert (person.status, person.ins and person.ins.matricule) == ("QUAL", INS_A)
    assert person.missing == ()


def test_empty_keeps_and_null_deletes(hospital: Hospital) -> None:
    used = "~D'EXEMPLE^MARIE^^^^^D"
    full = Adt(event="A28", minute=0, ids=ipp("1"), name=MARTIN + used, contacts="^PRN^CP^^^^^^^^^0600000000")
    hospital.send(full, Adt(event="A31", minute=1, ids=ipp("1"), name=MARTIN))
    assert (who(hospital, "1").used_name, who(hospital, "1").phones) == ("D'EXEMPLE", ("0600000000",))
    hospital.send(Adt(event="A31", minute=2, ids=ipp("1"), name=MARTIN + '~""^""^^^^^D', contacts='""'))
    assert (who(hospital, "1").used_name, who(hospital, "1").used_given_name, who(hospital, "1").phones) == ("", "", ())


@pytest.mark.parametrize("trait", [{"birth": '""'}, {"sex": '""'}, {"name": 'MARTIN^""^^^^^L'}, {"name": '""'}])
def test_a_strict_trait_is_never_deleted(hospital: Hospital, trait: dict[str, str]) -> None:
    hospital.send(Adt(event="A28", minute=0, ids=ipp("1"), name=MARTIN))
    before = hospital.state
    outcome = hospital.send(replace(Adt(event="A31", minute=1, ids=ipp("1"), name=MARTIN), **trait))
    assert outcome.code == "AE"
    assert hospital.state == before


def test_names_are_normalised_and_a_refusal_names_the_character(hospital: Hospital) -> None:
    hospital.send(Adt(event="A28", minute=0, ids=ipp("1"), name="Lœvy’ançon^Zoé^^^^^L"))
    assert (who(hospital, "1").birth_name, who(hospital, "1").first_given_name) == ("LOEVY'ANCON", "ZOE")
    outcome = hospital.send(Adt(event="A28", minute=1, ids=ipp("2"), name="MART1N^PAULE^^^^^L"))
    [error] = parse_ack(outcome.ack).errors
    assert (error.location, error.code) == ("PID^1^5", "102")
    assert "«\u00a01\u00a0» (position 5)" in error.message


@pytest.mark.parametrize(
    ("sent", "day", "interpreted"),
    [
        ("19630311", "1963-03-11", False),
        ("196303111215", "1963-03-11", False),
        ("196303", "1963-03-01", True),
        ("19630300", "1963-03-01", True),
        ("19630011", "1963-01-11", True),
        ("1963", "1963-12-31", True),
    ],
)
def test_partial_birth_dates_follow_the_national_rule(
    hospital: Hospital, sent: str, day: str, interpreted: bool
) -> None:
    hospital.send(Adt(event="A28", minute=0, ids=ipp("1"), birth=sent))
    assert (str(who(hospital, "1").birth_date), who(hospital, "1").birth_date_interpreted) == (day, interpreted)


def test_the_feed_can_say_that_a_full_birth_date_was_completed(hospital: Hospital) -> None:
    hospital.send(Adt(event="A28", minute=0, ids=ipp("1"), birth="19630101", extra="ZFD||||Y|SM"))
    assert who(hospital, "1").birth_date_interpreted is True


def test_a_lunar_date_is_refused_with_advice(hospital: Hospital) -> None:
    outcome = hospital.send(Adt(event="A28", minute=0, ids=ipp("1"), birth="19631400"))
    assert outcome.code == "AE"
    assert "ZFD-1" in parse_ack(outcome.ack).reasons


def test_an_identity_without_its_required_traits_waits_for_them(hospital: Hospital) -> None:
    outcome = hospital.send(Adt(event="A31", minute=5, ids=ipp("1"), birth="", sex=""))
    assert outcome.code == "AA"
    assert outcome.alerts == ("identité incomplète, en attente\u00a0: date de naissance, sexe",)
    outcome = hospital.send(Adt(event="A28", minute=0, ids=ipp("1")))
    assert outcome.effect is Effect.LATE
    assert outcome.identity is not None
    assert outcome.identity.missing == ()
    assert len(hospital.registry.identities) == 1


# Time


def test_a_late_message_overwrites_nothing_and_fills_what_nothing_newer_says(hospital: Hospital) -> None:
    hospital.send(Adt(event="A31", minute=10, ids=ipp("1"), name=MARTIN))
    late = Adt(event="A28", minute=0, ids=ipp("1"), name="MARTEN^PAULE^^^^^L", contacts="^PRN^PH^^^^^^^^^0199000000")
    outcome = hospital.send(late)
    assert (outcome.effect, outcome.code) == (Effect.LATE, "AA")
    assert (who(hospital, "1").birth_name, who(hospital, "1").phones) == ("MARTIN", ("0199000000",))


def test_a_replay_has_no_effect_and_the_same_answer(hospital: Hospital) -> None:
    message = Adt(event="A28", minute=0, ids=ipp("1"))
    first = hospital.send(message)
    hospital.send(Adt(event="A31", minute=1, ids=ipp("1"), name=MARTIN))
    before = hospital.state
    again = hospital.send(message, now=NOW + timedelta(hours=1))
    assert (again.effect, again.code, again.ack) == (Effect.REPLAYED, first.code, first.ack)
    assert hospital.state == before


def test_a_refusal_too_is_replayed(hospital: Hospital) -> None:
    message = Adt(event="A28", minute=0, ids=ipp("1"), sex="X")
    assert hospital.send(message).ack == hospital.send(message, now=NOW + timedelta(hours=1)).ack


def test_an_engine_that_stamps_the_header_again_still_replays(hospital: Hospital) -> None:
    raw = Adt(event="A28", minute=0, ids=ipp("1")).raw()
    first = hospital.send(raw)
    again = hospital.send(raw.replace(b"RESEAU|20260302", b"RESEAU|20260305", 1))
    assert (again.effect, again.ack) == (Effect.REPLAYED, first.ack)


def test_another_message_under_the_same_id_is_not_lost_in_silence(hospital: Hospital) -> None:
    hospital.send(Adt(event="A28", minute=0, ids=ipp("1"), control="7"))
    outcome = hospital.send(Adt(event="A31", minute=1, ids=ipp("1"), name=MARTIN, control="7"))
    assert outcome.code == "AE"
    assert "déjà employé pour un autre contenu" in parse_ack(outcome.ack).reasons
    assert who(hospital, "1").birth_name == "PAT-TROIS"
    other = Adt(event="A31", minute=1, ids=ipp("1"), name=MARTIN, control="7", facility="AUTRE")
    assert hospital.send(other).code == "AA"


def test_an_event_of_the_future_would_silence_the_feed_and_is_refused(hospital: Hospital) -> None:
    outcome = hospital.send(Adt(event="A28", minute=0, ids=ipp("1")), now=NOW.replace(year=2025))
    assert outcome.code == "AE"
    assert parse_ack(outcome.ack).errors[0].location == "EVN^1^2"


# Merges and changes of identifier


def test_a_merge_makes_one_identity_and_keeps_the_alias(hospital: Hospital) -> None:
    hospital.send(
        Adt(event="A28", minute=0, ids=ipp("1"), name=MARTIN),
        Adt(event="A28", minute=1, ids=ipp("2"), name="MARTEN^PAULE^^^^^L"),
    )
    outcome = hospital.send(Adt(event="A40", minute=2, ids=ipp("1"), name=MARTIN, mrg=ipp("2")))
    assert outcome.effect is Effect.MERGED
    assert who(hospital, "2") is who(hospital, "1")
    person = who(hospital, "1")
    assert (person.birth_name, person.identifiers, person.aliases) == ("MARTIN", (number("1"),), (number("2"),))
    assert len(hospital.registry.gone) == 1


@pytest.mark.parametrize("known", [(), ("1",), ("2",)])
def test_a_merge_into_or_from_an_unknown_identity(hospital: Hospital, known: tuple[str, ...]) -> None:
    for value in known:
        hospital.send(Adt(event="A28", minute=0, ids=ipp(value), name=MARTIN))
    hospital.send(Adt(event="A40", minute=2, ids=ipp("1"), name=MARTIN, mrg=ipp("2")))
    assert len(hospital.registry.identities) == 1
    assert who(hospital, "2").identifiers == (number("1"),)


def test_a_survivor_said_by_its_name_alone_keeps_what_was_known_of_the_other(hospital: Hospital) -> None:
    hospital.send(Adt(event="A28", minute=0, ids=ipp("2"), name=MARTIN))
    hospital.send(Adt(event="A40", minute=2, ids=ipp("1"), name=MARTIN, birth="", sex="", addresses="", mrg=ipp("2")))
    person = who(hospital, "1")
    assert (person.missing, str(person.birth_date), person.birth_insee) == ((), "1979-03-28", "63220")


def test_an_update_of_the_merged_number_goes_to_the_survivor_and_undoes_nothing(hospital: Hospital) -> None:
    hospital.send(
        Adt(event="A28", minute=0, ids=ipp("1"), name=MARTIN),
        Adt(event="A28", minute=1, ids=ipp("2"), name=MARTIN),
        Adt(event="A40", minute=2, ids=ipp("1"), name=MARTIN, mrg=ipp("2")),
    )
    hospital.send(Adt(event="A31", minute=3, ids=ipp("2"), name=MARTIN, contacts="^PRN^PH^^^^^^^^^0199000000"))
    person = who(hospital, "1")
    assert (person.phones, person.identifiers, person.aliases) == (("0199000000",), (number("1"),), (number("2"),))
    assert len(hospital.registry.identities) == 1


def test_a_creation_older_than_the_merge_does_not_bring_the_merged_number_back(hospital: Hospital) -> None:
    hospital.send(Adt(event="A40", minute=5, ids=ipp("1"), name=MARTIN, mrg=ipp("2")))
    hospital.send(Adt(event="A28", minute=0, ids=ipp("2"), name="MARTEN^POLE^^^^^L", contacts="^PRN^PH^^^^^^^^^0111"))
    person = who(hospital, "1")
    assert who(hospital, "2") is person
    assert (person.birth_name, person.phones) == ("MARTIN", ())


def test_merges_chain(hospital: Hospital) -> None:
    hospital.send(
        Adt(event="A40", minute=1, ids=ipp("2"), name=MARTIN, mrg=ipp("3")),
        Adt(event="A40", minute=2, ids=ipp("1"), name=MARTIN, mrg=ipp("2")),
    )
    assert who(hospital, "3") is who(hospital, "1")
    assert who(hospital, "1").aliases == (number("2"), number("3"))


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_a_merge_turned_round_keeps_the_last_survivor(hospital: Hospital, order: tuple[int, int]) -> None:
    turns = {
        1: Adt(event="A40", minute=1, ids=ipp("1"), name=MARTIN, mrg=ipp("2")),
        2: Adt(event="A40", minute=2, ids=ipp("2"), name=MARTIN, mrg=ipp("1")),
    }
    hospital.send(*(turns[turn] for turn in order))
    assert (who(hospital, "1").identifiers, who(hospital, "1").aliases) == ((number("2"),), (number("1"),))


def test_two_qualified_identities_with_different_ins_are_not_merged(hospital: Hospital) -> None:
    hospital.send(
        Adt(event="A28", minute=0, ids=QUALIFIED),
        Adt(event="A28", minute=1, ids=f"{ipp('2')}~{ins(INS_B)}", name=MARTIN),
    )
    before = hospital.state
    outcome = hospital.send(Adt(event="A40", minute=2, ids=ipp("1"), mrg=ipp("2")))
    assert outcome.code == "AE"
    assert [conflict.kind for conflict in hospital.registry.conflicts] == [ConflictKind.TWO_INS]
    assert "INS différentes" in parse_ack(outcome.ack).reasons
    assert hospital.state == before


@pytest.mark.parametrize(
    ("mrg", "code"),
    [("", "100"), ("2^^^X&9.9&ISO^PI", "103"), (ipp("1"), "199"), ("2", "101"), (f"{ipp('2')}~{ipp('3')}", "198")],
)
def test_a_merge_that_names_its_loser_badly_is_refused(hospital: Hospital, mrg: str, code: str) -> None:
    outcome = hospital.send(Adt(event="A40", minute=2, ids=ipp("1"), mrg=mrg))
    assert [error.code for error in parse_ack(outcome.ack).errors] == [code]
    assert hospital.state == []


def test_a_number_already_merged_elsewhere_is_for_a_person(hospital: Hospital) -> None:
    hospital.send(Adt(event="A40", minute=1, ids=ipp("1"), name=MARTIN, mrg=ipp("2")))
    hospital.send(Adt(event="A28", minute=2, ids=ipp("9"), name=MARTIN))
    outcome = hospital.send(Adt(event="A40", minute=3, ids=ipp("9"), name=MARTIN, mrg=ipp("2")))
    assert (outcome.code, outcome.conflicts[0].kind) == ("AE", ConflictKind.ALREADY_REDIRECTED)
    assert len(hospital.registry.identities) == 2


def test_a_changed_number_is_the_same_person_under_both(hospital: Hospital) -> None:
    hospital.send(Adt(event="A28", minute=0, ids=ipp("1"), name=MARTIN, contacts="^PRN^PH^^^^^^^^^0111"))
    outcome = hospital.send(Adt(event="A47", minute=1, ids=ipp("2"), name=MARTIN, mrg=ipp("1")))
    assert outcome.effect is Effect.RENAMED
    person = who(hospital, "1")
    assert (person.identifiers, person.aliases, person.phones) == ((number("2"),), (number("1"),), ("0111",))
    assert hospital.registry.gone == {}


def test_a_change_to_a_number_in_use_is_for_a_person(hospital: Hospital) -> None:
    hospital.send(
        Adt(event="A28", minute=0, ids=ipp("1"), name=MARTIN), Adt(event="A28", minute=0, ids=ipp("2"), control="x")
    )
    before = hospital.state
    outcome = hospital.send(Adt(event="A47", minute=1, ids=ipp("2"), name=MARTIN, mrg=ipp("1")))
    assert (outcome.code, outcome.conflicts[0].kind) == ("AE", ConflictKind.IDENTIFIER_TAKEN)
    assert hospital.state == before


def test_a_change_to_a_number_in_use_is_a_conflict_even_between_numbers_of_one_person(hospital: Hospital) -> None:
    hospital.send(Adt(event="A28", minute=0, ids=QUALIFIED), Adt(event="A28", minute=1, ids=f"{ipp('2')}~{ins(INS_A)}"))
    assert who(hospital, "1") is who(hospital, "2")
    assert hospital.send(Adt(event="A47", minute=2, ids=ipp("2"), mrg=ipp("1"))).code == "AE"


# Statuses and INS


def test_the_status_climbs_from_provisional_to_qualified(hospital: Hospital) -> None:
    statuses = []
    for minute, (ids, status) in enumerate(((ipp("1"), "PROV"), (ipp("1"), "VALI"), (QUALIFIED, "VALI"))):
        hospital.send(Adt(event="A31", minute=minute, ids=ids, status=status))
        statuses.append(who(hospital, "1").status)
    assert statuses == ["PROV", "VALI", "QUAL"]


def test_an_older_provisional_message_does_not_lower_the_status(hospital: Hospital) -> None:
    hospital.send(Adt(event="A31", minute=5, ids=QUALIFIED), Adt(event="A28", minute=0, ids=ipp("1"), status="PROV"))
    assert who(hospital, "1").status == "QUAL"


def test_another_hospital_does_not_lower_the_status(hospital: Hospital) -> None:
    hospital.send(Adt(event="A28", minute=0, ids=QUALIFIED))
    hospital.send(Adt(event="A28", minute=1, ids=f"{ipp('7', OTHER_AUTHORITY)}~{ins(INS_A)}"))
    hospital.send(Adt(event="A31", minute=2, ids=ipp("7", OTHER_AUTHORITY), name=MARTIN, status="PROV"))
    assert (who(hospital, "1").status, who(hospital, "1").birth_name) == ("QUAL", "PAT-TROIS")


def test_the_hospital_that_qualified_can_take_it_back(hospital: Hospital) -> None:
    hospital.send(Adt(event="A28", minute=0, ids=QUALIFIED))
    hospital.send(Adt(event="A31", minute=1, ids=QUALIFIED, status="PROV~DOUT"))
    person = who(hospital, "1")
    assert (person.status, person.ins, person.attributes) == ("PROV", None, frozenset({"DOUT"}))
    hospital.send(Adt(event="A31", minute=2, ids=ipp("1")))
    assert (who(hospital, "1").status, who(hospital, "1").ins) == ("VALI", None)


@pytest.mark.parametrize("code", ["DOUT", "FICT", "INVA"])
def test_a_mistrusted_identity_is_provisional_whatever_else_is_said(hospital: Hospital, code: str) -> None:
    hospital.send(Adt(event="A28", minute=0, ids=QUALIFIED, status=f"VALI~{code}"))
    assert (who(hospital, "1").status, who(hospital, "1").ins) == ("PROV", None)


def test_a_strict_trait_that_changes_without_its_ins_loses_it(hospital: Hospital) -> None:
    hospital.send(Adt(event="A28", minute=0, ids=QUALIFIED))
    hospital.send(Adt(event="A31", minute=1, ids=ipp("1"), birth="19790329"))
    assert (who(hospital, "1").status, who(hospital, "1").ins) == ("VALI", None)
    hospital.send(Adt(event="A31", minute=2, ids=QUALIFIED, birth="19790329"))
    assert who(hospital, "1").status == "QUAL"


@pytest.mark.parametrize(
    "lacking", [{"status": "PROV"}, {"status": "HOMA"}, {"birth": ""}, {"sex": ""}, {"addresses": ""}, {"status": ""}]
)
def test_an_ins_is_believed_only_with_vali_and_every_strict_trait(hospital: Hospital, lacking: dict[str, str]) -> None:
    hospital.send(replace(Adt(event="A28", minute=0, ids=QUALIFIED), **lacking))
    assert who(hospital, "1").ins is None
    assert who(hospital, "1").claims == ()


def test_a_wrong_key_costs_the_ins_and_not_the_identity(hospital: Hospital) -> None:
    outcome = hospital.send(Adt(event="A28", minute=0, ids=f"{ipp('1')}~{ins('279035121518990')}"))
    assert (outcome.code, who(hospital, "1").status) == ("AA", "VALI")
    assert outcome.alerts == ("une INS mal formée, de clé fausse ou d’OID inconnu n’a pas été retenue",)


def test_a_matricule_sent_as_a_local_number_is_not_kept_as_one(hospital: Hospital) -> None:
    outcome = hospital.send(Adt(event="A28", minute=0, ids=ins(INS_A).replace("^INS", "^PI")))
    assert outcome.code == "AE"
    assert hospital.registry.stored == {}


@pytest.mark.parametrize(
    ("platform", "oid", "processing", "reason"),
    [
        (Platform.PRODUCTION, "1.2.250.1.213.1.4.10", "P", "INS de test refusée en production"),
        (Platform.PRODUCTION, "1.2.250.1.213.1.4.11", "P", "INS de test refusée en production"),
        (Platform.TEST, REAL_OID, "T", "INS d’une personne réelle refusée hors production"),
        (Platform.TEST, "1.2.250.1.213.1.4.9", "T", "INS d’une personne réelle refusée hors production"),
        (Platform.PRODUCTION, REAL_OID, "T", "message de test ou de mise au point refusé en production"),
    ],
)
def test_test_and_real_identities_never_meet(platform: Platform, oid: str, processing: str, reason: str) -> None:
    hospital = Hospital(Policy(platform=platform))
    ids = f"{ipp('1')}~{ins(INS_A, oid)}"
    outcome = hospital.send(Adt(event="A28", minute=0, ids=ids, processing=processing))
    assert outcome.code == "AE"
    assert parse_ack(outcome.ack).reasons == reason
    assert hospital.state == []


def test_production_takes_real_identities() -> None:
    hospital = Hospital(Policy(platform=Platform.PRODUCTION))
    ids = f"{ipp('1')}~{ins(INS_A, REAL_OID)}"
    assert hospital.send(Adt(event="A28", minute=0, ids=ids, processing="P")).code == "AA"
    assert who(hospital, "1").status == "QUAL"


# Several hospitals


def test_the_same_qualified_ins_is_the_same_person_in_two_hospitals(hospital: Hospital) -> None:
    hospital.send(Adt(event="A28", minute=0, ids=QUALIFIED))
    outcome = hospital.send(Adt(event="A28", minute=1, ids=f"{ipp('7', OTHER_AUTHORITY)}~{ins(INS_A)}"))
    assert outcome.effect is Effect.ATTACHED
    assert who(hospital, "1").identifiers == (number("1"), number("7", OTHER_AUTHORITY))


def test_two_identities_that_turn_out_to_hold_one_ins_become_one(hospital: Hospital) -> None:
    other = ipp("7", OTHER_AUTHORITY)
    hospital.send(Adt(event="A28", minute=0, ids=QUALIFIED), Adt(event="A28", minute=1, ids=other, status="PROV"))
    outcome = hospital.send(Adt(event="A31", minute=2, ids=f"{other}~{ins(INS_A)}"))
    assert (outcome.effect, len(hospital.registry.identities)) == (Effect.MERGED, 1)


def test_a_region_can_leave_that_to_a_person() -> None:
    hospital = Hospital(replace(POLICY, join_qualified=False))
    other = ipp("7", OTHER_AUTHORITY)
    hospital.send(Adt(event="A28", minute=0, ids=QUALIFIED), Adt(event="A28", minute=1, ids=other, status="PROV"))
    outcome = hospital.send(Adt(event="A31", minute=2, ids=f"{other}~{ins(INS_A)}"))
    assert outcome.code == "AA"
    assert [conflict.kind for conflict in outcome.conflicts] == [ConflictKind.SAME_INS]
    assert (who(hospital, "7", OTHER_AUTHORITY).status, who(hospital, "1").status) == ("VALI", "QUAL")


def test_one_ins_with_other_traits_is_a_collision_never_a_merge(hospital: Hospital) -> None:
    hospital.send(Adt(event="A28", minute=0, ids=QUALIFIED))
    outcome = hospital.send(Adt(event="A28", minute=1, ids=f"{ipp('7', OTHER_AUTHORITY)}~{ins(INS_A)}", name=MARTIN))
    assert [conflict.kind for conflict in outcome.conflicts] == [ConflictKind.SAME_INS]
    newcomer = who(hospital, "7", OTHER_AUTHORITY)
    assert (newcomer.status, newcomer.ins, newcomer.birth_name) == ("VALI", None, "MARTIN")
    assert who(hospital, "1").status == "QUAL"


def test_a_checked_identity_is_not_overwritten_by_someone_else(hospital: Hospital) -> None:
    hospital.send(Adt(event="A28", minute=0, ids=ipp("1")))
    before = hospital.state
    outcome = hospital.send(Adt(event="A31", minute=1, ids=ipp("1"), name=MARTIN, birth="19500102"))
    assert (outcome.code, outcome.conflicts[0].kind) == ("AE", ConflictKind.COLLISION)
    assert hospital.state == before


def test_what_an_identity_was_before_it_was_checked_is_no_collision(hospital: Hospital) -> None:
    unknown = Adt(event="A28", minute=0, ids=ipp("1"), name="INCONNU^HOMME^^^^^L", birth="1970", status="PROV")
    hospital.send(Adt(event="A31", minute=1, ids=ipp("1"), name=MARTIN, birth="19500102"))
    assert hospital.send(unknown).code == "AA"
    assert who(hospital, "1").birth_name == "MARTIN"


def test_a_merge_told_twice_counts_from_the_first_time(hospital: Hospital) -> None:
    merge = Adt(event="A40", minute=1, ids=ipp("1"), name=MARTIN, mrg=ipp("2"))
    hospital.send(
        replace(merge, minute=9), Adt(event="A31", minute=5, ids=ipp("2"), name=MARTIN, contacts="^PRN^PH^^^^^^^^^0111")
    )
    assert who(hospital, "1").phones == ()
    hospital.send(merge)
    assert who(hospital, "1").phones == ("0111",)


def test_a_provisional_identity_can_become_someone(hospital: Hospital) -> None:
    hospital.send(Adt(event="A28", minute=0, ids=ipp("1"), name="INCONNU^HOMME^^^^^L", birth="1970", status="PROV"))
    outcome = hospital.send(Adt(event="A31", minute=1, ids=ipp("1"), name=MARTIN, birth="19500102"))
    assert (outcome.code, who(hospital, "1").birth_name) == ("AA", "MARTIN")


def test_a_feed_speaks_only_for_its_own_authority() -> None:
    hospital = Hospital(replace(POLICY, authorities={AUTHORITY: "CH", "CH": "CH"}))
    assert hospital.send(Adt(event="A28", minute=0, ids=ipp("7", OTHER_AUTHORITY).replace("CH&", "Y&"))).code == "AE"
    hospital.send(Adt(event="A28", minute=1, ids=ipp("1")), Adt(event="A31", minute=2, ids="1^^^CH^PI", name=MARTIN))
    assert len(hospital.registry.identities) == 1
    assert who(hospital, "1", "CH").birth_name == "MARTIN"


# Visits


def pv1(visit: str = "V1", unit: str = "6268", movement: str = "", action: str = "INSERT") -> str:
    zbe = f"\nZBE|{movement}^CH|20260302090000||{action}|N||U^^^^^CH&{AUTHORITY}&ISO^UF^^^{unit}" if movement else ""
    return f"PV1|1|I|||||||||||||||||{visit}^^^CH&{AUTHORITY}&ISO^VN{zbe}"


def stay(hospital: Hospital) -> tuple[str, str]:
    visit = hospital.registry.visits[number("V1")].visit
    return visit.status, visit.medical_unit


def test_a_stay_opens_moves_and_closes(hospital: Hospital) -> None:
    hospital.send(Adt(event="A01", minute=0, ids=ipp("1"), extra=pv1(movement="m1", unit="100")))
    assert stay(hospital) == ("open", "100")
    hospital.send(Adt(event="A02", minute=1, ids=ipp("1"), extra=pv1(movement="m2", unit="200")))
    assert stay(hospital) == ("open", "200")
    hospital.send(Adt(event="A12", minute=2, ids=ipp("1"), extra=pv1(movement="m2", unit="200", action="CANCEL")))
    assert stay(hospital) == ("open", "100")
    hospital.send(Adt(event="A03", minute=3, ids=ipp("1"), extra=pv1(movement="m3", unit="100")))
    assert stay(hospital)[0] == "closed"
    hospital.send(Adt(event="A13", minute=4, ids=ipp("1"), extra=pv1(movement="m3", action="CANCEL")))
    assert stay(hospital)[0] == "open"
    hospital.send(Adt(event="A11", minute=5, ids=ipp("1"), extra=pv1(movement="m1", action="CANCEL")))
    assert stay(hospital)[0] == "cancelled"


def test_cancellations_without_movement_take_the_last_one(hospital: Hospital) -> None:
    hospital.send(
        Adt(event="A01", minute=0, ids=ipp("1"), extra=pv1()),
        Adt(event="A03", minute=1, ids=ipp("1"), extra=pv1()),
        Adt(event="A13", minute=2, ids=ipp("1"), extra=pv1()),
    )
    assert stay(hospital)[0] == "open"


@pytest.mark.parametrize("event", ["A01", "A02", "A03", "A04", "A05", "A06", "A07", "A08", "A11", "A12", "A13"])
def test_every_visit_event_says_an_identity_and_a_visit(hospital: Hospital, event: str) -> None:
    outcome = hospital.send(Adt(event=event, minute=0, ids=ipp("1"), name=MARTIN, extra=pv1()))
    assert (outcome.code, who(hospital, "1").birth_name) == ("AA", "MARTIN")
    assert hospital.registry.visits[number("V1")].patient == number("1")


def test_a_visit_number_of_someone_else_is_reported(hospital: Hospital) -> None:
    hospital.send(Adt(event="A01", minute=0, ids=ipp("1"), name=MARTIN, extra=pv1()))
    outcome = hospital.send(Adt(event="A02", minute=1, ids=ipp("2"), extra=pv1()))
    assert [conflict.kind for conflict in outcome.conflicts] == [ConflictKind.VISIT_OF_ANOTHER]


@pytest.mark.parametrize("event", ["A24", "A37", "A44", "A49", "Z99"])
def test_links_and_accounts_are_acknowledged_without_effect(hospital: Hospital, event: str) -> None:
    outcome = hospital.send(Adt(event=event, minute=0, ids=ipp("1")))
    assert (outcome.effect, outcome.code, hospital.state) == (Effect.NOTED, "AA", [])


# Answers


def test_the_answer_is_that_of_the_feed(hospital: Hospital) -> None:
    outcome = hospital.send(Adt(event="A28", minute=0, ids=ipp("1"), sex="X", status="QUAL"))
    answer = parse_ack(outcome.ack)
    assert outcome.ack.startswith(b"MSH|^~\\&|DCC|RESEAU|GAM|CH|")
    assert b"|ACK^A28^ACK|" in outcome.ack
    assert (answer.code, answer.acknowledged_id) == ("AE", "A2800000")
    assert {(error.location, error.code) for error in answer.errors} == {("PID^1^8", "103"), ("PID^1^32", "103")}


def test_a_store_that_is_down_asks_to_send_again(hospital: Hospital) -> None:
    class Down(MemoryRegistry):
        def attach(self, ref: int, record: object) -> None:
            raise RegistryUnavailable

    message = Adt(event="A28", minute=0, ids=ipp("1"))
    down = Hospital(registry=Down())
    assert down.send(message).code == "AR"
    assert down.registry.answers == {}
    assert hospital.send(message).code == "AA"


@pytest.mark.parametrize("raw", [b"", b"GET / HTTP/1.1\r\n", b"MSH|^~\\&|", b"\x00\xff"])
def test_what_is_not_a_message_is_answered(hospital: Hospital, raw: bytes) -> None:
    outcome: Outcome[int] = hospital.send(raw)
    assert outcome.code == "AE"
    assert parse_ack(outcome.ack).errors
