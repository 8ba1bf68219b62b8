"""Statuses, INS, several hospitals and visits of an identity feed (PAT-03, INS-05, D12)."""

from dataclasses import replace

import pytest

from interop.hl7v2.ack import parse_ack
from interop.pam.hearing import Policy
from interop.pam.outcome import ConflictKind, Effect
from interop.pam.triggers import TRIGGERS, Family
from patients.identity.ins import Platform
from tests.interop.pam_feed import (
    AUTHORITY,
    INS_A,
    MARTIN,
    OTHER_AUTHORITY,
    POLICY,
    QUALIFIED,
    REAL_OID,
    Adt,
    Hospital,
    ins,
    ipp,
    number,
    who,
)


@pytest.fixture
def hospital() -> Hospital:
    return Hospital()


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
    unknown = Adt(event="A28", minute=0, ids=ipp("1"), name="INCONNU^HOMME^^^^^L", birth="1970", status="PROV~DOUT")
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


@pytest.mark.parametrize("code", ["DOUT", "FICT", "INVA"])
def test_somebody_whose_name_is_not_known_yet_is_named_later(hospital: Hospital, code: str) -> None:
    unknown = Adt(event="A28", minute=0, ids=ipp("1"), name="INCONNU^HOMME^^^^^L", birth="1970", sex="M")
    hospital.send(replace(unknown, status=f"PROV~{code}"))
    outcome = hospital.send(Adt(event="A31", minute=1, ids=ipp("1"), name=MARTIN, birth="19500102"))
    assert (outcome.code, who(hospital, "1").birth_name, who(hospital, "1").attributes) == ("AA", "MARTIN", frozenset())


def test_a_feed_speaks_only_for_its_own_authority() -> None:
    hospital = Hospital(replace(POLICY, authorities={AUTHORITY: "CH", "CH": "CH"}))
    assert hospital.send(Adt(event="A28", minute=0, ids=ipp("7", OTHER_AUTHORITY).replace("CH&", "Y&"))).code == "AE"
    hospital.send(Adt(event="A28", minute=1, ids=ipp("1")), Adt(event="A31", minute=2, ids="1^^^CH^PI", name=MARTIN))
    assert len(hospital.registry.identities) == 1
    assert who(hospital, "1", "CH").birth_name == "MARTIN"


# Visits


def pv1(visit: str = "V1", unit: str = "6268", movement: str = "", action: str = "INSERT", original: str = "") -> str:
    ward = f"U^^^^^CH&{AUTHORITY}&ISO^UF^^^{unit}"
    zbe = f"\nZBE|{movement}^CH|20260302090000||{action}|N|{original}|{ward}" if movement else ""
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


def test_a_planned_stay_that_is_cancelled_is_planned_no_more(hospital: Hospital) -> None:
    hospital.send(Adt(event="A05", minute=0, ids=ipp("1"), extra=pv1(movement="m1", unit="100")))
    assert stay(hospital)[0] == "planned"
    hospital.send(Adt(event="A38", minute=1, ids=ipp("1"), extra=pv1(movement="m1", action="CANCEL")))
    assert stay(hospital)[0] == "cancelled"


@pytest.mark.parametrize("order", [(0, 1, 2), (1, 0, 2), (2, 1, 0)])
def test_a_correction_takes_the_place_of_the_movement_it_corrects(hospital: Hospital, order: tuple[int, ...]) -> None:
    said = [
        Adt(event="A01", minute=0, ids=ipp("1"), extra=pv1(movement="m1", unit="100")),
        Adt(event="Z99", minute=5, ids=ipp("1"), extra=pv1(movement="m1", unit="300", action="UPDATE", original="A01")),
        Adt(event="A02", minute=2, ids=ipp("1"), extra=pv1(movement="m2", unit="200")),
    ]
    hospital.send(*(said[rank] for rank in order))
    assert stay(hospital) == ("open", "200"), "the first unit was corrected, the patient is in the second"
    hospital.send(Adt(event="A12", minute=9, ids=ipp("1"), extra=pv1(movement="m2", action="CANCEL")))
    assert stay(hospital) == ("open", "300")


def test_a_correction_alone_is_the_event_it_corrects(hospital: Hospital) -> None:
    extra = pv1(movement="m1", unit="300", action="UPDATE", original="A03")
    hospital.send(Adt(event="Z99", minute=5, ids=ipp("1"), extra=extra))
    assert stay(hospital) == ("closed", "300")


@pytest.mark.parametrize("event", sorted(code for code, one in TRIGGERS.items() if one.family is Family.VISIT))
def test_every_visit_event_says_an_identity_and_a_visit(hospital: Hospital, event: str) -> None:
    outcome = hospital.send(Adt(event=event, minute=0, ids=ipp("1"), name=MARTIN, extra=pv1()))
    assert (outcome.code, who(hospital, "1").birth_name) == ("AA", "MARTIN")
    assert hospital.registry.visits[number("V1")].patient == number("1")


def test_a_visit_number_of_someone_else_is_reported(hospital: Hospital) -> None:
    hospital.send(Adt(event="A01", minute=0, ids=ipp("1"), name=MARTIN, extra=pv1()))
    outcome = hospital.send(Adt(event="A02", minute=1, ids=ipp("2"), extra=pv1()))
    assert [conflict.kind for conflict in outcome.conflicts] == [ConflictKind.VISIT_OF_ANOTHER]


@pytest.mark.parametrize("event", ["A24", "A37", "A44", "A49", "A14", "A21", "A54"])
def test_links_and_accounts_are_acknowledged_without_effect(hospital: Hospital, event: str) -> None:
    outcome = hospital.send(Adt(event=event, minute=0, ids=ipp("1")))
    assert (outcome.effect, outcome.code, hospital.state) == (Effect.NOTED, "AA", [])
