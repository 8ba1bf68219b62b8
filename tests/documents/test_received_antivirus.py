"""The antivirus is asked before a file is kept; without an answer the file waits outside, and it is said (PAT-12)."""

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dcc.audit.models import AuditEvent
from patients.documents.antivirus import AntivirusUnavailable, Infected, scan
from patients.documents.intake import Sent
from patients.documents.received_actions import receive_files
from patients.models import ReceivedDocument
from tests.documents import samples_received as samples
from tests.patients.conftest import created


class Clamd(threading.Thread):
    """Speaks INSTREAM on a socket of its own: `answer` is what it says of every stream; keeps what it received."""

    def __init__(self, listening: socket.socket, answer: bytes) -> None:
        super().__init__(daemon=True)
        self.listening, self.answer, self.streams = listening, answer, list[bytes]()

    def run(self) -> None:
        while True:
            try:
                connection, _ = self.listening.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as stream:
                if stream.read(10) != b"zINSTREAM\0":
                    connection.sendall(b"UNKNOWN COMMAND\0")
                    continue
                data = b""
                while length := struct.unpack("!L", stream.read(4))[0]:
                    data += stream.read(length)
                self.streams.append(data)
                connection.sendall(self.answer)


@pytest.fixture
def clamd(settings: Any, tmp_path: Path) -> Iterator[Callable[..., Clamd]]:
    opened: list[socket.socket] = []

    def start(answer: bytes = b"stream: OK\0", *, unix: bool = False) -> Clamd:
        if unix:
            place = str(tmp_path / "clamd.ctl")
            listening = socket.socket(socket.AF_UNIX)
            listening.bind(place)
            settings.ANTIVIRUS = f"unix:{place}"
        else:
            listening = socket.create_server(("127.0.0.1", 0))
            settings.ANTIVIRUS = f"tcp://127.0.0.1:{listening.getsockname()[1]}"
        listening.listen()
        opened.append(listening)
        server = Clamd(listening, answer)
        server.start()
        return server

    yield start
    for one in opened:
        one.close()


def test_nothing_is_asked_when_no_antivirus_is_set(settings):
    settings.ANTIVIRUS = ""
    scan(b"anything")


@pytest.mark.parametrize("unix", [False, True], ids=["tcp", "unix"])
def test_a_clean_file_is_sent_whole_in_pieces(clamd, unix):
    server = clamd(unix=unix)
    data = bytes(range(256)) * 1000
    scan(data)
    assert server.streams == [data]


def test_a_known_file_is_named(clamd):
    clamd(b"stream: Win.Test.EICAR_HDB-1 FOUND\0")
    with pytest.raises(Infected) as found:
        scan(b"X5O!P%@AP")
    assert found.value.signature == "Win.Test.EICAR_HDB-1"


@pytest.mark.parametrize("answer", [b"INSTREAM size limit exceeded. ERROR\0", b"", b"stream: maybe\0"])
def test_any_other_answer_is_no_answer(clamd, answer):
    clamd(answer)
    with pytest.raises(AntivirusUnavailable):
        scan(b"a file")


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "unix:/nowhere/clamd.ctl"])
def test_nobody_at_the_address(settings, address):
    settings.ANTIVIRUS = address
    with pytest.raises(AntivirusUnavailable):
        scan(b"a file")


def test_what_the_antivirus_refuses_is_not_kept_and_is_traced(working_as, clamd, settings):
    sent = [Sent(name="cr.pdf", data=samples.pdf())]
    with working_as("alice") as alice:
        patient = created(alice)
        clamd(b"stream: Pdf.Exploit.CVE FOUND\0")
        (_, infected), *_ = receive_files(patient=patient, sent=sent, by=alice).refused
        assert "Pdf.Exploit.CVE" in infected.problem
        assert AuditEvent.objects.get(event="patients.document_infected").details == {"signature": "Pdf.Exploit.CVE"}
        settings.ANTIVIRUS = "tcp://127.0.0.1:1"
        (_, unanswered), *_ = receive_files(patient=patient, sent=sent, by=alice).refused
        assert "L’antivirus ne répond pas" in unanswered.problem
        assert not ReceivedDocument.objects.exists()
        clamd()
        assert receive_files(patient=patient, sent=sent, by=alice).added
