"""The local mail server behaves like an MSSanté operator: no TLS, no certificate, no mail; one Message-ID, one mail."""

import smtplib
import ssl
from collections.abc import Callable, Iterator
from email.message import EmailMessage

import pytest

from dcc.embedded.certificates import Certificates, ensure_certificates
from dcc.embedded.faults import Fault, FaultMode, set_fault
from dcc.embedded.mailserver import mssante_store, ordinary_store
from dcc.embedded.peerstore import PeerStore
from dcc.embedded.processes import free_port
from dcc.embedded.state import State
from dcc.embedded.supervisor import Child

SENDER = "dcc@test.mssante.example"
HUNG_UP = (ssl.SSLError, ConnectionError, smtplib.SMTPServerDisconnected)  # TLS 1.3 says it after the handshake
DOCTOR = "ines.lagarde@test.mssante.example"


@pytest.fixture
def ports() -> dict[str, int]:
    return {"mssante_port": free_port(), "ordinary_port": free_port()}


@pytest.fixture
def server(run_peer: Callable[..., Child], ports: dict[str, int]) -> Child:
    return run_peer("mailserver", **ports)


@pytest.fixture
def mssante(server: Child, ports: dict[str, int], certificates: Certificates) -> Iterator[smtplib.SMTP]:
    """A session of an application mailbox: STARTTLS with its certificate."""
    client = session(ports["mssante_port"], certificates)
    yield client
    client.close()


@pytest.fixture
def store(state: State) -> PeerStore:
    return mssante_store(state.mail)


def tls(certificates: Certificates, *, with_certificate: bool = True) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(certificates.authority))
    if with_certificate:
        context.load_cert_chain(certificates.client, certificates.client_key)
    return context


def session(port: int, certificates: Certificates) -> smtplib.SMTP:
    client = smtplib.SMTP("localhost", port, timeout=5)
    client.starttls(context=tls(certificates))
    return client


def send_once(port: int, context: ssl.SSLContext) -> None:
    with smtplib.SMTP("localhost", port, timeout=5) as client:
        client.starttls(context=context)
        client.send_message(mail())


def mail(identifier: str = "<1@dcc.example>", to: str = DOCTOR) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"], message["Message-ID"] = SENDER, to, "Essai é", identifier
    message.set_content("Bonjour,\n.\nligne après un point seul : é\n")
    return message


def test_a_mail_is_filed_with_its_envelope(mssante: smtplib.SMTP, store: PeerStore) -> None:
    mssante.send_message(mail())
    (kept,) = store.kept()
    content = kept.read_bytes()
    assert f"Delivered-To: {DOCTOR}\r\n".encode() in content
    assert b"with mutual TLS" in content


def test_without_starttls_nothing_is_accepted(server: Child, ports: dict[str, int], store: PeerStore) -> None:
    with smtplib.SMTP("localhost", ports["mssante_port"], timeout=5) as client:
        with pytest.raises(smtplib.SMTPResponseException) as refusal:
            client.send_message(mail())
        assert refusal.value.smtp_code == 530
    assert store.kept() == []


def test_without_a_client_certificate_nothing_is_accepted(
    server: Child, ports: dict[str, int], certificates: Certificates, store: PeerStore
) -> None:
    with pytest.raises(HUNG_UP):
        send_once(ports["mssante_port"], tls(certificates, with_certificate=False))
    assert store.kept() == []


def test_a_certificate_of_another_authority_is_refused(
    server: Child,
    ports: dict[str, int],
    certificates: Certificates,
    store: PeerStore,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    stranger = ensure_certificates(tmp_path_factory.mktemp("stranger"))
    context = tls(certificates, with_certificate=False)
    context.load_cert_chain(stranger.client, stranger.client_key)
    with pytest.raises(HUNG_UP):
        send_once(ports["mssante_port"], context)
    assert store.kept() == []


def test_the_same_message_id_is_kept_once_and_its_repetitions_are_counted(
    mssante: smtplib.SMTP, store: PeerStore
) -> None:
    for identifier in ("<a@dcc.example>", "<b@dcc.example>", "<a@dcc.example>", "<a@dcc.example>"):
        mssante.send_message(mail(identifier))
    counts = store.counts()
    assert len(store.kept()) == 2
    assert (counts.arrivals, counts.distinct, counts.repeated) == (4, 2, {"<a@dcc.example>": 3})


def test_sign_in_codes_come_by_the_ordinary_door_into_their_own_box(
    server: Child, ports: dict[str, int], state: State, store: PeerStore
) -> None:
    with smtplib.SMTP("localhost", ports["ordinary_port"], timeout=5) as client:
        client.send_message(mail())
    assert len(ordinary_store(state.mail).kept()) == 1
    assert store.kept() == []


@pytest.mark.parametrize(("mode", "code"), [(FaultMode.REFUSE, 550), (FaultMode.DEFER, 451)])
def test_a_refused_recipient_delays_no_other(
    mssante: smtplib.SMTP, state: State, store: PeerStore, mode: FaultMode, code: int
) -> None:
    set_fault(state.faults / "mail.json", Fault(mode=mode, match="poison@"))
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refusal:
        mssante.send_message(mail("<p@dcc.example>", to="poison@test.mssante.example"))
    assert [answer[0] for answer in refusal.value.recipients.values()] == [code]
    mssante.send_message(mail("<q@dcc.example>"))
    assert len(store.kept()) == 1


@pytest.mark.parametrize(
    ("mode", "kept_before_retry"), [(FaultMode.DROP_BEFORE_STORING, 0), (FaultMode.DROP_AFTER_STORING, 1)]
)
def test_after_a_lost_answer_the_retry_is_a_duplicate_on_the_wire_only(
    mssante: smtplib.SMTP,
    ports: dict[str, int],
    certificates: Certificates,
    state: State,
    store: PeerStore,
    mode: FaultMode,
    kept_before_retry: int,
) -> None:
    set_fault(state.faults / "mail.json", Fault(mode=mode, times=1))
    with pytest.raises((smtplib.SMTPServerDisconnected, OSError)):
        mssante.send_message(mail())
    assert len(store.kept()) == kept_before_retry
    again = session(ports["mssante_port"], certificates)
    again.send_message(mail())
    again.close()
    assert len(store.kept()) == 1
    assert store.counts().repeated == {"<1@dcc.example>": 2}


def test_a_server_that_says_nothing_makes_the_sender_time_out(
    mssante: smtplib.SMTP, state: State, store: PeerStore
) -> None:
    set_fault(state.faults / "mail.json", Fault(mode=FaultMode.HANG, seconds=30))
    assert mssante.sock is not None
    mssante.sock.settimeout(0.5)
    with pytest.raises((TimeoutError, smtplib.SMTPServerDisconnected)):
        mssante.send_message(mail())
    assert store.kept() == []


def test_the_server_killed_and_restarted_still_knows_what_it_keeps(
    mssante: smtplib.SMTP,
    server: Child,
    run_peer: Callable[..., Child],
    ports: dict[str, int],
    certificates: Certificates,
    store: PeerStore,
) -> None:
    mssante.send_message(mail())
    server.kill()
    run_peer("mailserver", **ports)
    again = session(ports["mssante_port"], certificates)
    again.send_message(mail())
    again.close()
    assert len(store.kept()) == 1
    assert store.counts().arrivals == 2


def test_the_log_names_no_recipient(mssante: smtplib.SMTP, server: Child) -> None:
    mssante.send_message(mail(to="279035121518989@patient.mssante.example"))
    server.kill()
    assert "279035121518989" not in server.program.log.read_text()
