"""PAM France messages: three-state fields, official samples byte for byte, what we send (PAT-03, EXC-03)."""

import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from hl7apy.parser import parse_message
from hypothesis import given, settings
from hypothesis import strategies as st

from interop.cda.parties import LocalId, Patient
from interop.hl7v2.mdm import EmissionRefused, Endpoint
from interop.hl7v2.reader import parse
from interop.pam import outgoing, record
from interop.pam.datatypes import Unreadable, moment
from interop.pam.message import AdtMessage, AdtRefused, read_adt, write_adt
from interop.pam.outgoing import Clearable, IdentityMessage
from interop.pam.said import CLEARED, UNSAID
from tests.interop.pam_feed import AUTHORITY, INS_A, Adt, Hospital, ins, ipp
from tests.interop.samples import PARIS

SAMPLES = Path(__file__).resolve().parents[2] / "../shared/data/hl7"


def is_adt(path: Path) -> bool:
    return b"|ADT^" in path.read_bytes()[:400]


ADT_SAMPLES = [path for path in sorted(SAMPLES.glob("*")) if is_adt(path)]


def read(raw: bytes) -> AdtMessage:
    return read_adt(parse(raw))


def without_trailing_delimiters(line: bytes) -> bytes:
    head, tail = (line[:9], line[9:]) if line.startswith(b"MSH") else (b"", line)
    return head + re.sub(rb"[\^&]+(?=[|~]|$)", b"", tail).rstrip(b"|")


@pytest.mark.parametrize("path", ADT_SAMPLES or [None], ids=lambda path: path.name if path else "none")
def test_official_samples_are_written_back_byte_for_byte(path: Path | None, shared: Path) -> None:
    assert path is not None
    raw = path.read_bytes()
    lines = [line for line in raw.splitlines() if line.strip()]
    written = write_adt(read(raw))
    assert written == b"".join(without_trailing_delimiters(line) + b"\r" for line in lines)
    assert read(written) == read(raw)
    assert write_adt(read(written)) == written


def test_the_official_admission_says_who_where_and_when(shared: Path) -> None:
    adt = read((shared / "data/hl7/SGL_admission.er7").read_bytes())
    assert adt.trigger.code == "A01"
    local, national = adt.pid.identifiers  # type: ignore[misc]
    assert (local.value, local.authority.universal_id, local.type) == ("000003", "000897406", "PI")
    assert (national.value, national.authority.universal_id, national.valid_from) == (
        INS_A,
        "1.2.250.1.213.1.4.10",
        "20101207",
    )
    assert adt.pid.names[0].given_names == "DOMINIQUE"  # type: ignore[index]
    assert adt.pid.addresses[1].insee == "63220"  # type: ignore[index]
    assert adt.pid.reliability == ("VALI",)
    assert (adt.zbe.action, adt.zbe.medical_unit.number, adt.zbe.nature) == ("INSERT", "6268", "HMS")  # type: ignore[union-attr]
    assert (adt.zfa.feeding, adt.zfa.consultation) == ("INO", "IC")  # type: ignore[union-attr]
    assert adt.recorded_at.at.isoformat() == "2024-03-06T11:11:54+01:00"


@pytest.mark.parametrize(
    ("field", "said"),
    [("", UNSAID), ('""', CLEARED), ("^^^^^^", UNSAID), ("28 AVENUE^^ARMORGNE", "28 AVENUE")],
)
def test_empty_and_deleted_are_not_the_same(field: str, said: object) -> None:
    adt = read(Adt(event="A31", minute=0, ids=ipp("1"), addresses=field).raw())
    addresses = adt.pid.addresses
    assert (addresses if isinstance(addresses, type(UNSAID)) else addresses[0].street) == said
    if field != "^^^^^^":
        assert f"||{field}||".encode() in write_adt(adt) or field == ""


def test_a_component_can_be_deleted_alone() -> None:
    raw = Adt(event="A31", minute=0, ids=ipp("1"), name='PAT^DOM^^^^^L~""^""^^^^^D').raw()
    used = read(raw).pid.names[1]  # type: ignore[index]
    assert (used.family, used.given, used.given_names) == (CLEARED, CLEARED, UNSAID)
    assert b'PAT^DOM^^^^^L~""^""^^^^^D' in write_adt(read(raw))


def test_fields_forbidden_in_france_and_psychiatric_mode_are_not_carried() -> None:
    raw = Adt(event="A31", minute=0, ids=ipp("1"), extra="ZFS|1|SDT").raw().replace(b"|F|||", b"|F||RACE|")
    assert b"RACE" in raw
    assert b"SDT" in raw
    assert b"RACE" not in write_adt(read(raw))
    assert b"SDT" not in write_adt(read(raw))


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=40), st.text(max_size=20))
def test_any_text_of_a_typed_field_comes_back(street: str, city: str) -> None:
    adt = read(Adt(event="A28", minute=0, ids=ipp("1")).raw())
    home = outgoing.Xad(street=street or UNSAID, city=city or UNSAID, type="H")
    again = read(write_adt(replace(adt, pid=replace(adt.pid, addresses=(home,)))))
    written = write_adt(again)
    assert write_adt(read(written)) == written
    if street and not re.search(r"[\r\n\x0b\x0c\x85\u2028\u2029\ud800-\udfff\x00-\x1f\x7f]", street):
        assert street == '""' or again.pid.addresses[0].street == street  # type: ignore[index]


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("20240306111154", "2024-03-06T11:11:54+01:00"),
        ("202407061111", "2024-07-06T11:11:00+02:00"),
        ("20240306111154.25-0400", "2024-03-06T11:11:54-04:00"),
        ("2024", "2024-01-01T00:00:00+01:00"),
    ],
)
def test_moments_are_those_of_the_sending_hospital(text: str, instant: str) -> None:
    assert moment(text).at.isoformat() == instant
    assert moment(text).text == text


@pytest.mark.parametrize("text", ["hier", "20241306", "20240230", "202", "2024030625", "0000", "٢٠٢٤"])
def test_what_is_not_a_moment_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        moment(text)


@pytest.mark.parametrize(
    ("sent", "changed", "place"),
    [
        (b"ADT^A28", b"ORU^R01", "MSH-9"),
        (b"ADT^A28", b"ADT^A99", "MSH-9"),
        (b"|T|2.5", b"|X|2.5", "MSH-11"),
        (b"2.5^FRA", b"3^FRA", "MSH-12"),
        (b"|GAM|", b"||", "MSH-3"),
        (b"EVN||202603", b"EVN||2026AA", "EVN-2"),
        (b"PID|1", b"ZZZ|1", "PID-0"),
        (b"EVN|", b"PID|7\rEVN|", "PID-0"),
    ],
)
def test_a_broken_message_is_refused_where_it_is_broken(sent: bytes, changed: bytes, place: str) -> None:
    raw = Adt(event="A28", minute=0, ids=ipp("1")).raw()
    assert sent in raw
    with pytest.raises(AdtRefused) as refusal:
        read(raw.replace(sent, changed, 1))
    assert place in [f"{problem.segment}-{problem.field}" for problem in refusal.value.problems]


def test_a_date_unreadable_outside_the_identity_is_forgiven_and_said() -> None:
    adt = read(Adt(event="A01", minute=0, ids=ipp("1"), extra="PV1|1|I\nZFD||||||demain").raw())
    assert adt.zfd is not None
    assert adt.zfd.ins_checked_on is UNSAID
    assert adt.alerts == ("ZFD-6\u00a0: date ou heure illisible",)


@pytest.fixture
def identity_message(patient: Patient) -> IdentityMessage:
    return IdentityMessage(
        control_id="DCC00000000000000077",
        sending=Endpoint(application="DCC", facility="RESEAU-ARMORGNE"),
        receiving=Endpoint(application="GAM", facility="CH-ARMORGNE"),
        sent_at=datetime(2026, 11, 20, 18, 5, 9, tzinfo=PARIS),
        recorded_at=datetime(2026, 11, 20, 17, 58, 0, tzinfo=PARIS),
        patient=patient,
    )


PRIOR = LocalId(value="000042", authority_oid=AUTHORITY, authority_name="CH-ARMORGNE")
PRIOR_ALIAS = record.LocalId(authority=AUTHORITY, value="000042")


def build(message: IdentityMessage, code: str) -> bytes:
    with_prior = replace(message, prior=PRIOR)
    match code:
        case "A28":
            return outgoing.build_creation(message)
        case "A31":
            return outgoing.build_update(replace(message, cleared=frozenset(Clearable)))
        case "A40":
            return outgoing.build_merge(with_prior)
        case _:
            return outgoing.build_identifier_change(with_prior)


@pytest.mark.parametrize("code", ["A28", "A31", "A40", "A47"])
def test_what_we_send_is_stable_and_read_back(
    code: str, identity_message: IdentityMessage, golden: Callable[[str, bytes], None]
) -> None:
    raw = build(identity_message, code)
    golden(f"adt-{code.lower()}.hl7", raw)
    assert write_adt(read(raw)) == raw
    outcome = Hospital().send(raw, now=identity_message.sent_at)
    assert outcome.code == "AA"
    assert outcome.identity is not None
    assert (outcome.identity.status, outcome.identity.birth_date) == ("QUAL", date(1979, 3, 28))
    assert outcome.identity.aliases == ((PRIOR_ALIAS,) if code in ("A40", "A47") else ())


@pytest.mark.parametrize("code", ["A28", "A31", "A40", "A47"])
def test_another_library_reads_what_we_send(code: str, identity_message: IdentityMessage) -> None:
    raw = build(identity_message, code).decode()
    other = parse_message(raw.replace("2.5^FRA^2.11", "2.5"), find_groups=False)
    assert other.msh.msh_9.msh_9_2.value == code
    assert other.pid.pid_5[0].xpn_7.value == "L"
    assert [cx.cx_5.value for cx in other.pid.pid_3] == ["INS", "PI"]
    assert other.pid.validate()
    assert other.evn.validate()
    if code in ("A40", "A47"):
        assert other.mrg.mrg_1.cx_1.value == "000042"
    else:
        assert other.pv1.pv1_2.value == "N"


def test_an_update_deletes_what_it_names_and_only_that(identity_message: IdentityMessage) -> None:
    hospital = Hospital()
    hospital.send(outgoing.build_creation(replace(identity_message, control_id="1")), now=identity_message.sent_at)
    before = next(iter(hospital.registry.identities.values()))
    assert (before.used_name, before.phones) == ("D'EXEMPLE", ("0600000000",))
    later = replace(
        identity_message,
        control_id="2",
        recorded_at=identity_message.sent_at,
        cleared=frozenset({Clearable.USED_NAME, Clearable.CONTACTS}),
    )
    hospital.send(outgoing.build_update(later), now=identity_message.sent_at)
    after = next(iter(hospital.registry.identities.values()))
    assert (after.used_name, after.used_given_name, after.phones) == ("", "", ())
    assert (after.address, after.birth_name) == (before.address, before.birth_name)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"patient_statuses": ("PROV",)}, "INS"),
        ({"patient_statuses": ("QUAL",)}, "QUAL"),
        ({"prior": PRIOR}, "disparaît"),
        ({"cleared": frozenset({Clearable.ADDRESS})}, "efface"),
    ],
)
def test_what_breaks_a_rule_is_not_sent(
    identity_message: IdentityMessage, change: dict[str, object], reason: str
) -> None:
    change = dict(change)
    if statuses := change.pop("patient_statuses", None):
        change["patient"] = replace(identity_message.patient, identity_statuses=statuses)  # type: ignore[arg-type]
    with pytest.raises(EmissionRefused, match=reason):
        outgoing.build_creation(replace(identity_message, **change))  # type: ignore[arg-type]


def test_a_merge_into_itself_or_across_authorities_is_not_sent(identity_message: IdentityMessage) -> None:
    for prior in (identity_message.patient.local_ids[0], replace(PRIOR, authority_oid="1.2.3")):
        with pytest.raises(EmissionRefused, match="disparaît"):
            outgoing.build_merge(replace(identity_message, prior=prior))


def test_the_package_needs_no_framework() -> None:
    code = (
        "import sys, interop.pam.processing, interop.pam.outgoing, interop.pam.memory; print('django' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"


def test_no_text_for_a_log_shows_a_matricule() -> None:
    hospital = Hospital()
    outcome = hospital.send(Adt(event="A28", minute=0, ids=f"{ipp('1')}~{ins(INS_A)}").raw())
    assert INS_A not in repr(outcome)
    assert INS_A not in repr(hospital.registry.identities)
