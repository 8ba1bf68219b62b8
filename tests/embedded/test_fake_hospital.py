"""The fake hospital answers like a platform: it acknowledges what it keeps, keeps it once, and fails on demand."""

import ssl
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from dcc.embedded.certificates import Certificates
from dcc.embedded.fakehospital import message_store
from dcc.embedded.faults import Fault, FaultMode, set_fault
from dcc.embedded.peerstore import PeerStore
from dcc.embedded.processes import free_port
from dcc.embedded.state import State
from dcc.embedded.supervisor import Child
from interop.cda.parties import LocalId, Organisation, Patient, Professional, Sex
from interop.hl7v2.ack import Ack, parse_ack
from interop.hl7v2.mdm import DocumentMessage, Endpoint, build_mdm
from interop.hl7v2.mllp import MllpConnectionFailed, MllpTimeout, exchange
from interop.terminologies import oncology
from interop.terminologies.hl7v2 import AckCode, DocumentEvent
from tests.interop.samples import DOCUMENT_ID, small_cda

WHEN = datetime(2026, 11, 20, 18, 5, 9, tzinfo=UTC)


@pytest.fixture
def hospital(run_peer: Callable[..., Child], port: int) -> Child:
    return run_peer("fakehospital", port=port)


@pytest.fixture
def store(state: State) -> PeerStore:
    return message_store(state.hospital)


def report(control_id: str = "DCC1") -> bytes:
    local = LocalId(value="000003", authority_oid="1.2.250.1.999.1.1", authority_name="CH-ARMORGNE")
    patient = Patient(
        birth_name="PAT-TROIS",
        birth_given_names="DOMINIQUE",
        first_birth_given_name="DOMINIQUE",
        birth_date=date(1979, 3, 28),
        sex=Sex.FEMALE,
        local_ids=(local,),
    )
    return build_mdm(
        DocumentMessage(
            control_id=control_id,
            event=DocumentEvent.INITIAL,
            sending=Endpoint(application="DCC", facility="RESEAU"),
            receiving=Endpoint(application="PFI", facility="CH"),
            sent_at=WHEN,
            recorded_at=WHEN,
            activity_at=WHEN,
            patient=patient,
            document_code=oncology.RCP_REPORT.code,
            document_id=DOCUMENT_ID,
            document=small_cda(*patient.identifiers),
            sender=Professional(family="LAGARDE", rpps="10000000001"),
            sender_organisation=Organisation(name="Centre hospitalier", finess="990000019"),
        )
    )


def send(port: int, message: bytes, timeout: float = 5) -> Ack:
    return parse_ack(exchange("127.0.0.1", port, message, timeout))


def test_a_report_is_kept_then_acknowledged(hospital: Child, port: int, store: PeerStore, state: State) -> None:
    message = report()
    ack = send(port, message)
    assert ack.accepted
    assert ack.answers("DCC1")
    (kept,) = store.kept()
    assert kept.read_bytes() == message
    (document,) = (state.hospital / "documents").iterdir()
    assert b"ClinicalDocument" in document.read_bytes()


def test_the_same_control_id_gets_the_same_answer_and_is_kept_once(
    hospital: Child, port: int, store: PeerStore
) -> None:
    first, again, other = send(port, report()), send(port, report()), send(port, report("DCC2"))
    assert first.control_id == again.control_id
    assert other.accepted
    assert len(store.kept()) == 2
    assert (store.counts().arrivals, store.counts().repeated) == (3, {"DCC1": 2})


def test_a_message_that_is_wrong_is_refused_and_not_kept(hospital: Child, port: int, store: PeerStore) -> None:
    ack = send(port, report().replace(b"|2.6|", b"|2.5|"))
    assert ack.code is AckCode.ERROR
    assert store.kept() == []


@pytest.mark.parametrize(("mode", "code"), [(FaultMode.REFUSE, AckCode.ERROR), (FaultMode.DEFER, AckCode.REJECTED)])
def test_a_poisoned_message_is_answered_and_the_others_pass(
    hospital: Child, port: int, state: State, store: PeerStore, mode: FaultMode, code: AckCode
) -> None:
    set_fault(state.faults / "hospital.json", Fault(mode=mode, match="POISON"))
    refused = send(port, report("POISON1"))
    assert refused.code is code
    assert refused.reasons
    assert send(port, report("DCC1")).accepted
    assert len(store.kept()) == 1


@pytest.mark.parametrize(
    ("mode", "kept_before_retry"), [(FaultMode.DROP_BEFORE_STORING, 0), (FaultMode.DROP_AFTER_STORING, 1)]
)
def test_after_a_lost_answer_the_retry_is_kept_once(
    hospital: Child, port: int, state: State, store: PeerStore, mode: FaultMode, kept_before_retry: int
) -> None:
    set_fault(state.faults / "hospital.json", Fault(mode=mode, times=1))
    with pytest.raises(MllpConnectionFailed):
        send(port, report())
    assert len(store.kept()) == kept_before_retry
    assert send(port, report()).accepted
    assert len(store.kept()) == 1
    assert store.counts().repeated == {"DCC1": 2}


def test_a_silent_hospital_makes_the_sender_time_out(hospital: Child, port: int, state: State) -> None:
    set_fault(state.faults / "hospital.json", Fault(mode=FaultMode.HANG, seconds=2))
    with pytest.raises(MllpTimeout):
        send(port, report(), timeout=0.4)


def test_with_tls_a_client_certificate_is_required(
    run_peer: Callable[..., Child], port: int, certificates: Certificates, store: PeerStore
) -> None:
    tls_port = free_port()
    run_peer("fakehospital", port=port, tls_port=tls_port)
    context = ssl.create_default_context(cafile=str(certificates.authority))
    with pytest.raises((MllpConnectionFailed, MllpTimeout)):
        exchange("localhost", tls_port, report(), 3, context)
    assert store.kept() == []
    context.load_cert_chain(certificates.client, certificates.client_key)
    assert parse_ack(exchange("localhost", tls_port, report(), 5, context)).accepted
