"""MLLP: framing whatever the chunks, client and server on loopback, named failures."""

import asyncio
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from hypothesis import given, settings
from hypothesis import strategies as st

from interop.hl7v2.ack import parse_ack
from interop.hl7v2.mdm import DocumentMessage, build_mdm
from interop.hl7v2.mllp import (
    Deframer,
    FrameTooLarge,
    Handler,
    MllpConnectionFailed,
    MllpServer,
    MllpTimeout,
    exchange,
    frame,
)
from interop.hl7v2.reception import accept_mdm
from interop.terminologies.hl7v2 import AckCode


def certificate() -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    """A self-signed certificate for the loopback address."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "fake hospital")])
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    return built, key


content = st.binary(max_size=200).map(lambda raw: raw.replace(b"\x0b", b"").replace(b"\x1c", b""))


@settings(deadline=None)
@given(st.lists(content, max_size=5), st.lists(st.integers(1, 17), min_size=1), st.binary(max_size=6))
def test_messages_come_out_whole_whatever_the_chunks(messages: list[bytes], sizes: list[int], noise: bytes) -> None:
    between = noise.replace(b"\x0b", b"")
    stream = b"".join(between + frame(message) for message in messages)
    deframer, read, position, turn = Deframer(), [], 0, 0
    while position < len(stream):
        size = sizes[turn % len(sizes)]
        read += deframer.feed(stream[position : position + size])
        position, turn = position + size, turn + 1
    assert read == messages
    assert not deframer.pending


def test_a_missing_final_carriage_return_is_forgiven() -> None:
    assert Deframer().feed(b"\x0bun\x1c\x0bdeux\x1c\r") == [b"un", b"deux"]


def test_a_frame_has_a_maximum_size() -> None:
    deframer = Deframer(max_size=10)
    assert deframer.feed(b"\x0b" + b"x" * 10) == []
    with pytest.raises(FrameTooLarge):
        deframer.feed(b"x")


def test_a_message_cannot_hold_a_framing_byte() -> None:
    with pytest.raises(ValueError, match="framing"):
        frame(b"MSH\x1c")


@contextmanager
def running(handler: Handler, **options: object) -> Iterator[int]:
    """Run a server in its own loop and thread; gives its port."""
    loop = asyncio.new_event_loop()
    server = MllpServer(handler, **options)  # type: ignore[arg-type]
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    def wait(coroutine: Callable[..., object]) -> None:
        asyncio.run_coroutine_threadsafe(coroutine, loop).result(5)  # type: ignore[arg-type]

    wait(server.start("127.0.0.1", 0))  # type: ignore[arg-type]
    try:
        yield server.port
    finally:
        wait(server.close())  # type: ignore[arg-type]
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()


def test_a_message_goes_and_its_answer_comes_back() -> None:
    big = b"MSH|" + b"x" * 400_000
    with running(lambda raw: raw[:4] + str(len(raw)).encode()) as port:
        assert exchange("127.0.0.1", port, big, timeout=5) == b"MSH|400004"


def test_an_asynchronous_handler_serves_several_messages_on_one_connection() -> None:
    async def handler(raw: bytes) -> bytes:
        return raw.upper()

    with running(handler) as port, socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        deframer, answers = Deframer(), []
        connection.sendall(frame(b"un") + frame(b"deux"))
        while len(answers) < 2:
            answers += deframer.feed(connection.recv(1000))
        assert answers == [b"UN", b"DEUX"]


def test_a_peer_that_does_not_answer_in_time_is_a_timeout() -> None:
    with running(lambda raw: time.sleep(2) or b"late") as port:
        began = time.monotonic()
        with pytest.raises(MllpTimeout):
            exchange("127.0.0.1", port, b"MSH|", timeout=0.2)
        assert time.monotonic() - began < 1.8


def test_a_closed_port_is_a_failed_connection() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(MllpConnectionFailed):
        exchange("127.0.0.1", port, b"MSH|", timeout=1)


def test_a_handler_that_fails_or_keeps_silent_answers_nothing(caplog: pytest.LogCaptureFixture) -> None:
    def handler(raw: bytes) -> None:
        if raw == b"fails":
            raise RuntimeError("DUPONT Jeanne")

    with running(handler) as port:
        for payload in (b"fails", b"silent"):
            with pytest.raises(MllpConnectionFailed):
                exchange("127.0.0.1", port, payload, timeout=2)
    assert "RuntimeError" in caplog.text
    assert "DUPONT" not in caplog.text  # an exception may quote a patient: its text never reaches the log


def test_a_slow_frame_is_cut_off() -> None:
    with (
        running(lambda raw: raw, frame_timeout=0.2) as port,
        socket.create_connection(("127.0.0.1", port), timeout=3) as connection,
    ):
        connection.sendall(b"\x0bMSH")
        assert connection.recv(10) == b""


def test_an_oversized_frame_is_cut_off() -> None:
    with running(lambda raw: raw, max_size=100) as port, pytest.raises(MllpConnectionFailed):
        exchange("127.0.0.1", port, b"x" * 200, timeout=2)


def test_tls_protects_the_exchange_and_an_unknown_peer_is_refused(tmp_path: Path) -> None:
    built, key = certificate()
    file = tmp_path / "hospital.pem"
    file.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + built.public_bytes(Encoding.PEM)
    )
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(file)
    trusting = ssl.create_default_context(cadata=built.public_bytes(Encoding.PEM).decode())
    with running(lambda raw: raw, ssl_context=server) as port:
        assert exchange("127.0.0.1", port, b"MSH|", timeout=5, ssl_context=trusting) == b"MSH|"
        with pytest.raises(MllpConnectionFailed):
            exchange("127.0.0.1", port, b"MSH|", timeout=5, ssl_context=ssl.create_default_context())
        with pytest.raises(MllpConnectionFailed):
            exchange("127.0.0.1", port, b"MSH|", timeout=1)


def test_a_hospital_answers_to_a_report_and_its_refusal_is_read(message: DocumentMessage) -> None:
    raw = build_mdm(message)
    with running(lambda received: accept_mdm(received)[0]) as port:
        accepted = parse_ack(exchange("127.0.0.1", port, raw, timeout=5))
        refused = parse_ack(exchange("127.0.0.1", port, raw.replace(b"|2.6|", b"|2.3|"), timeout=5))
    assert accepted.accepted
    assert accepted.answers(message.control_id)
    assert (refused.code, refused.errors[0].code) == (AckCode.ERROR, "203")
