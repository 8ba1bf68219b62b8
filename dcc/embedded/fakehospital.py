"""A hospital platform for the demo and the tests: `python -m dcc.embedded.fakehospital`.

Listens on MLLP (and MLLPS with client certificates when given a port), checks each MDM, keeps it once by sender
and control id (MSH-3, MSH-4, MSH-10), and only then acknowledges. The CDA carried is laid beside, for inspection.
Misbehaves on demand (dcc.embedded.faults, file `hospital.json`).
"""

import argparse
import asyncio
import hashlib
import logging
import signal
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from dcc.embedded.certificates import ensure_certificates
from dcc.embedded.faults import FaultMode, FaultSwitch
from dcc.embedded.mailserver import server_tls
from dcc.embedded.peerstore import PeerStore
from dcc.embedded.state import State
from interop.hl7v2.ack import build_ack
from interop.hl7v2.mllp import MllpServer
from interop.hl7v2.profile import Problem
from interop.hl7v2.reader import MalformedMessage, parse
from interop.hl7v2.reception import StoredDocument, accept_mdm
from interop.terminologies.hl7v2 import AckCode, ErrorCode


def message_store(hospital: Path) -> PeerStore:
    """Messages received, as they came."""
    return PeerStore(folder=hospital)


@dataclass(slots=True, kw_only=True)
class Hospital:
    """Answers messages; each call runs in a thread of its own."""

    store: PeerStore
    switch: FaultSwitch

    def receive(self, raw: bytes) -> bytes | None:
        """The acknowledgement of one message; None hangs up without a word."""
        control_id = _control_id(raw)
        fault = self.switch.current(control_id)
        self.store.arrived(control_id)
        if fault:
            self.switch.used()
            if fault.mode == FaultMode.DROP_BEFORE_STORING:
                return None
            if fault.mode in (FaultMode.REFUSE, FaultMode.DEFER):
                return _refusal(raw, refuse=fault.mode == FaultMode.REFUSE)
            if fault.mode == FaultMode.HANG:
                time.sleep(fault.seconds)
        acknowledgement, document = accept_mdm(raw)
        if document is not None:
            self._keep(raw, document)
        return None if fault and fault.mode == FaultMode.DROP_AFTER_STORING else acknowledgement

    def _keep(self, raw: bytes, document: StoredDocument) -> None:
        if self.store.store_once("|".join((*document.sender, document.control_id)), raw):
            folder = self.store.folder / "documents"
            folder.mkdir(mode=0o700, exist_ok=True)
            (folder / f"{document.sha256[:40]}.xml").write_bytes(document.content)


def _control_id(raw: bytes) -> str:
    try:
        return parse(raw).control_id
    except MalformedMessage:
        return f"unreadable-{hashlib.sha256(raw).hexdigest()[:16]}"


def _refusal(raw: bytes, *, refuse: bool) -> bytes | None:
    """AE (do not send again as is) or AR (circumstances, send again); None for bytes that cannot be answered."""
    try:
        message = parse(raw)
    except MalformedMessage:
        return None
    now = datetime.now(UTC)
    own_id = f"ACK{hashlib.sha256(raw).hexdigest()[:16].upper()}"
    text = "Patient inconnu de l’établissement" if refuse else "Plateforme momentanément indisponible"
    code = ErrorCode.TABLE_VALUE if refuse else ErrorCode.APPLICATION
    problem = Problem(segment="PID" if refuse else "MSH", code=code, text=text)
    ack_code = AckCode.ERROR if refuse else AckCode.REJECTED
    return build_ack(message, code=ack_code, control_id=own_id, now=now, problems=[problem])


async def serve(*, state: State, port: int, tls_port: int | None = None) -> None:
    """Serve until SIGTERM or SIGINT."""
    hospital = Hospital(store=message_store(state.hospital), switch=FaultSwitch(state.faults / "hospital.json"))
    servers = [MllpServer(hospital.receive)]
    await servers[0].start("127.0.0.1", port)
    if tls_port is not None:
        servers.append(MllpServer(hospital.receive, ssl_context=server_tls(ensure_certificates(state.certs))))
        await servers[1].start("127.0.0.1", tls_port)
    stop = asyncio.Event()
    for wanted in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(wanted, stop.set)
    await stop.wait()
    for server in servers:
        await server.close()


def main(arguments: list[str] | None = None) -> int:
    """Command line of the hospital's process."""
    parser = argparse.ArgumentParser(prog="python -m dcc.embedded.fakehospital", description=__doc__)
    parser.add_argument("--state", help="dossier d’état (défaut\u00a0: $DCC_STATE ou ./.dcc)")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--tls-port", type=int)
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.WARNING)
    state = State.locate(options.state)
    state.prepare()
    asyncio.run(serve(state=state, port=options.port, tls_port=options.tls_port))
    return 0


if __name__ == "__main__":
    sys.exit(main())
