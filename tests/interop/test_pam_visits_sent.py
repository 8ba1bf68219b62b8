"""Visit messages we send: each event written, read back as it was said, and understood by the rules (PAT-03)."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hl7apy.parser import parse_message

from interop.cda.parties import LocalId, Patient
from interop.hl7v2.mdm import EmissionRefused, Endpoint
from interop.hl7v2.reader import parse
from interop.pam.message import read_adt, write_adt
from interop.pam.outgoing import Clearable, IdentityMessage
from interop.pam.outgoing_visits import Unit, VisitEvent, build_visit
from interop.pam.triggers import TRIGGERS, Family
from interop.pam.visits import CANCELS
from tests.interop.pam_feed import AUTHORITY, Hospital
from tests.interop.samples import PARIS

EVENTS = sorted(code for code, trigger in TRIGGERS.items() if trigger.family is Family.VISIT)
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=PARIS)


@pytest.fixture
def identity(patient: Patient) -> IdentityMessage:
    return IdentityMessage(
        control_id="DCC-V-1",
        sending=Endpoint(application="DCC", facility="RESEAU-ARMORGNE"),
        receiving=Endpoint(application="GAM", facility="CH-ARMORGNE"),
        sent_at=NOON,
        recorded_at=NOON,
        patient=patient,
    )


def event(code: str, movement: str = "m1", **more: object) -> VisitEvent:
    original = {"A11": "A01", "Z99": "A01"}.get(code, "")
    said: dict[str, object] = {
        "code": code,
        "number": LocalId(value="V77", authority_oid=AUTHORITY, authority_name="CH"),
        "movement": LocalId(value=movement, authority_oid=AUTHORITY, authority_name="CH"),
        "patient_class": "I",
        "starts_at": NOON - timedelta(hours=1),
        "original_event": original,
        "medical_unit": Unit(code="6268", name="Chirurgie V", authority_oid=AUTHORITY, authority_name="CH"),
        "admitted_at": NOON - timedelta(hours=1),
    }
    return VisitEvent(**(said | more))  # type: ignore[arg-type]


def test_the_events_are_those_of_the_profile_that_open_move_correct_and_close() -> None:
    assert " ".join(EVENTS) == "A01 A02 A03 A04 A05 A06 A07 A08 A11 A12 A13 A38 Z99"


@pytest.mark.parametrize("code", EVENTS)
def test_what_is_sent_is_read_back_as_it_was_said(identity: IdentityMessage, code: str) -> None:
    said = event(code, discharged_at=NOON if code == "A03" else None)
    raw = build_visit(identity, said)
    adt = read_adt(parse(raw))
    assert write_adt(adt) == raw
    assert adt.alerts == ()
    assert f"ADT^{code}^{TRIGGERS[code].structure}" in raw.decode()
    zbe, pv1 = adt.zbe, adt.pv1
    assert zbe is not None
    assert pv1 is not None
    assert [one.value for one in zbe.movements] == ["m1"]  # type: ignore[union-attr]
    assert zbe.action == ("CANCEL" if code in CANCELS else "UPDATE" if code in ("Z99", "A08") else "INSERT")
    assert (zbe.medical_unit.number, pv1.visit_number.value) == ("6268", "V77")  # type: ignore[union-attr]
    assert adt.pid.account.value == "V77"  # type: ignore[union-attr]


@pytest.mark.parametrize("code", [code for code in EVENTS if code != "Z99"])
def test_another_library_reads_what_we_send(identity: IdentityMessage, code: str) -> None:
    other = parse_message(build_visit(identity, event(code)).decode().replace("2.5^FRA^2.11", "2.5"), find_groups=False)
    assert other.pv1.pv1_19.cx_1.value == "V77"
    assert other.pv1.validate()


def test_a_stay_told_event_by_event_is_the_stay(identity: IdentityMessage) -> None:
    hospital = Hospital()
    steps = [
        ("A05", "m0", "planned"), ("A38", "m0", "cancelled"), ("A05", "m0b", "planned"), ("A01", "m1", "open"),
        ("A02", "m2", "open"), ("A12", "m2", "open"), ("A03", "m3", "closed"), ("A13", "m3", "open"),
        ("A08", "m1", "open"), ("Z99", "m1", "open"),
    ]  # fmt: skip
    for rank, (code, movement, status) in enumerate(steps):
        at = NOON + timedelta(minutes=rank)
        message = replace(identity, control_id=f"V-{rank}", sent_at=at, recorded_at=at)
        outcome = hospital.send(build_visit(message, event(code, movement)), now=at)
        assert (outcome.code, outcome.alerts) == ("AA", ())
        (visit,) = hospital.registry.visits.values()
        assert visit.visit.status == status, code
    assert visit.visit.medical_unit == "6268"


@pytest.mark.parametrize(
    ("code", "changes", "reason"),
    [
        ("A28", {}, "venue"),
        ("A21", {}, "venue"),
        ("Z99", {"original_event": ""}, "corrige"),
        ("A11", {"original_event": ""}, "annule"),
        ("A13", {"original_event": "A01"}, "annule"),
    ],
)
def test_what_breaks_a_rule_is_not_sent(
    identity: IdentityMessage, code: str, changes: dict[str, object], reason: str
) -> None:
    with pytest.raises(EmissionRefused, match=reason):
        build_visit(identity, event(code, **changes))


def test_a_movement_neither_merges_nor_deletes(identity: IdentityMessage) -> None:
    with pytest.raises(EmissionRefused, match="ni n’efface"):
        build_visit(replace(identity, cleared=frozenset({Clearable.ADDRESS})), event("A01"))
