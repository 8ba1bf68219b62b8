"""PostgreSQL and Valkey together: started, stopped and described as one thing.

    services = Services(state=State.locate())
    services.up()
    services.environment()   # what settings read
    services.down()

The servers outlive the process that started them (`python -m dcc.embedded up`); whoever comes next finds
them running. Nothing is inherited from the caller's terminal: a pipe after the launcher must not hang.
"""

import json
import os
import secrets
from dataclasses import dataclass, field

from dcc.embedded.certificates import ensure_certificates
from dcc.embedded.postgres import PORT, Postgres, PostgresUnavailable
from dcc.embedded.state import State, StateRefused
from dcc.embedded.valkey import Valkey, ValkeyUnavailable
from dcc.lib.crypto import Keyring

LAUNCH_ERRORS = (PostgresUnavailable, ValkeyUnavailable, StateRefused)


@dataclass(slots=True, kw_only=True)
class Services:
    """The two servers of one state folder; `fast` (default: DCC_PG_FAST=1) gives durability up."""

    state: State
    fast: bool = field(default_factory=lambda: os.environ.get("DCC_PG_FAST") == "1")
    postgres: Postgres = field(init=False)
    valkey: Valkey = field(init=False)

    def __post_init__(self) -> None:
        self.postgres = Postgres(state=self.state, fast=self.fast)
        self.valkey = Valkey(state=self.state)

    def up(self) -> None:
        """Start what is not running; raises one of LAUNCH_ERRORS."""
        self.state.prepare()
        with self.state.lock("services", wait=True):
            self.valkey.start()
            self.postgres.start()

    def down(self) -> None:
        """Stop what is running; returns when both are gone."""
        if not self.state.root.is_dir():
            return
        with self.state.lock("services", wait=True):
            self.valkey.stop()
            self.postgres.stop()

    def status(self) -> dict[str, int | None]:
        """Process ids by service name, None for a service that does not answer."""
        return {
            "postgresql": self.postgres.pid() if self.postgres.is_up() else None,
            "valkey": self.valkey.pid() if self.valkey.is_up() else None,
        }

    def environment(self, *, role: str = "dcc_web") -> dict[str, str]:
        """Variables that settings read to use these servers as `role`; keys are made once and kept."""
        self.state.prepare()
        with self.state.lock("secrets", wait=True):
            kept = self._secrets()
            certificates = ensure_certificates(self.state.certs)
        return {
            "DCC_STATE": str(self.state.root),
            "DCC_DB_HOST": str(self.state.run),
            "DCC_DB_PORT": PORT,
            "DCC_DB_NAME": "dcc",
            "DCC_DB_USER": role,
            "DCC_REDIS_URL": self.valkey.url,
            "DCC_SECRET_KEY": kept["secret_key"],
            "DCC_MASTER_KEYS": kept["master_keys"],
            "DCC_SMTP_HOST": "localhost",
            "DCC_SMTP_CLIENT_CERT": str(certificates.client),
            "DCC_SMTP_CLIENT_KEY": str(certificates.client_key),
            "DCC_SMTP_CA": str(certificates.authority),
            "DCC_MAIL_HOST": "localhost",
            "DCC_MAILBOX_DIR": str(self.state.mail),
        }

    def _secrets(self) -> dict[str, str]:
        if not self.state.secrets.exists():
            made = {"secret_key": secrets.token_urlsafe(64), "master_keys": Keyring.generate_text(current="local")}
            draft = self.state.secrets.with_suffix(".tmp")
            draft.touch(mode=0o600)
            draft.write_text(json.dumps(made))
            draft.rename(self.state.secrets)
        kept: dict[str, str] = json.loads(self.state.secrets.read_text())
        return kept
