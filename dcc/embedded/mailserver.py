"""The local mail server of the demo and of the tests: `python -m dcc.embedded.mailserver`.

Two doors on the loopback: one for MSSanté (STARTTLS required, client certificate required, as an operator asks of
an application mailbox), one for ordinary mail (sign-in codes). Both file each message once, by its Message-ID, in
a Maildir of their own. Misbehaves on demand (dcc.embedded.faults: `mail.json` for the first,
`ordinary-mail.json` for the second).
"""

import argparse
import asyncio
import email.parser
import email.policy
import hashlib
import logging
import signal
import ssl
import sys
from dataclasses import dataclass
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from dcc.embedded.certificates import Certificates, ensure_certificates
from dcc.embedded.faults import Fault, FaultMode, FaultSwitch
from dcc.embedded.peerstore import PeerStore
from dcc.embedded.state import State

MSSANTE = "mssante"
ORDINARY = "ordinary"
SIZE_LIMIT = 25 * 1024 * 1024  # the smallest limit met among receivers (spec/hl7 §7.5)


def mssante_store(mail: Path) -> PeerStore:
    """Mails received through the MSSanté door."""
    return PeerStore(folder=mail / MSSANTE)


def ordinary_store(mail: Path) -> PeerStore:
    """Mails received through the ordinary door."""
    return PeerStore(folder=mail / ORDINARY)


def server_tls(certificates: Certificates) -> ssl.SSLContext:
    """TLS 1.2 at least, and nobody without a certificate of the local authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificates.server, certificates.server_key)
    context.load_verify_locations(certificates.authority)
    context.verify_mode = ssl.CERT_REQUIRED
    return context


@dataclass(slots=True, kw_only=True)
class MailHandler:
    """Files what comes through one door, unless told to misbehave."""

    store: PeerStore
    switch: FaultSwitch

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        fault = self.switch.current(address)
        if fault and fault.mode in (FaultMode.REFUSE, FaultMode.DEFER):
            return self._refusal(fault)
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 Recipient accepted"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        identifier = message_id(content)
        fault = self.switch.current(identifier, *envelope.rcpt_tos)
        self.store.arrived(identifier)
        if fault and fault.mode in (FaultMode.REFUSE, FaultMode.DEFER):
            return self._refusal(fault)
        if fault and fault.mode == FaultMode.DROP_BEFORE_STORING:
            await self._drop(server)
        if fault and fault.mode == FaultMode.HANG:
            self.switch.used()
            await asyncio.sleep(fault.seconds)
        trace = _trace_headers(session, envelope)
        new = await asyncio.to_thread(self.store.store_once, identifier, trace + content)
        if fault and fault.mode == FaultMode.DROP_AFTER_STORING:
            await self._drop(server)
        return "250 2.0.0 Message kept" if new else "250 2.0.0 Message already kept"

    def _refusal(self, fault: Fault) -> str:
        self.switch.used()
        return "550 5.1.1 Mailbox unknown" if fault.mode == FaultMode.REFUSE else "451 4.3.0 Try again later"

    async def _drop(self, server: SMTP) -> None:
        """Hang up without a word; losing the connection cancels this very coroutine."""
        self.switch.used()
        if isinstance(server.transport, asyncio.WriteTransport):
            server.transport.abort()
        await asyncio.Event().wait()


def message_id(content: bytes) -> str:
    """The Message-ID, else a digest of the content: a mail without one is still the same when sent again."""
    headers = email.parser.BytesHeaderParser(policy=email.policy.compat32).parsebytes(content)
    found = str(headers.get("Message-ID", "")).strip()
    return found or f"<{hashlib.sha256(content).hexdigest()}@no-message-id>"


def _trace_headers(session: Session, envelope: Envelope) -> bytes:
    """What any server adds at final delivery; the envelope is nowhere else."""
    secured = "with mutual TLS" if session.ssl else "in clear on the loopback"
    lines = [f"Return-Path: <{envelope.mail_from or ''}>"]
    lines += [f"Delivered-To: {address}" for address in envelope.rcpt_tos]
    lines += [f"X-DCC-Local-Transport: {secured}"]
    return "".join(line + "\r\n" for line in lines).encode()


async def serve(*, state: State, mssante_port: int, ordinary_port: int) -> None:
    """Serve both doors until SIGTERM or SIGINT."""
    loop = asyncio.get_running_loop()
    tls = server_tls(ensure_certificates(state.certs))
    filing = MailHandler(store=mssante_store(state.mail), switch=FaultSwitch(state.faults / "mail.json"))
    ordinary_filing = MailHandler(
        store=ordinary_store(state.mail), switch=FaultSwitch(state.faults / "ordinary-mail.json")
    )

    def mssante() -> SMTP:
        return SMTP(filing, tls_context=tls, require_starttls=True, data_size_limit=SIZE_LIMIT, hostname="localhost")

    def ordinary() -> SMTP:
        return SMTP(ordinary_filing, data_size_limit=SIZE_LIMIT, enable_SMTPUTF8=True, hostname="localhost")

    stop = asyncio.Event()
    for wanted in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(wanted, stop.set)
    servers = [
        await loop.create_server(mssante, "127.0.0.1", mssante_port),
        await loop.create_server(ordinary, "127.0.0.1", ordinary_port),
    ]
    await stop.wait()
    for server in servers:
        server.close()


def main(arguments: list[str] | None = None) -> int:
    """Command line of the server's process."""
    parser = argparse.ArgumentParser(prog="python -m dcc.embedded.mailserver", description=__doc__)
    parser.add_argument("--state", help="dossier d’état (défaut\u00a0: $DCC_STATE ou ./.dcc)")
    parser.add_argument("--mssante-port", type=int, required=True)
    parser.add_argument("--ordinary-port", type=int, required=True)
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.WARNING)  # below, recipients' addresses would be logged
    logging.getLogger("mail.log").setLevel(logging.ERROR)
    state = State.locate(options.state)
    state.prepare()
    asyncio.run(serve(state=state, mssante_port=options.mssante_port, ordinary_port=options.ordinary_port))
    return 0


if __name__ == "__main__":
    sys.exit(main())
