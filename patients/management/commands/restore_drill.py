"""`manage.py restore_drill [file]`: prove that a backup can be lived from, with a watch in hand.

Restores into a scratch database beside the real one, compares the counts of rows, recomputes the chains of the audit,
opens a document with the keyring, then drops it all. Without a file it makes a backup first. Roles: dcc_backup to
read, dcc_owner to restore and check. Ends with code 1 at the first thing that does not hold.
"""

import os
import tempfile
from argparse import ArgumentParser
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from time import monotonic
from typing import Any, TypeVar

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from dcc.lib.crypto import CryptoError, Sealed, decrypt
from dcc.master_keys import keyring
from dcc.operations.backup import Manifest, RestoreRefused, back_up, counts, restore
from dcc.operations.connecting import connect
from dcc.operations.schema import SchemaFailed, create_database, drop_database, manage
from patients.documents.content import context_of

Result = TypeVar("Result")


class Command(BaseCommand):
    help = "Exerce la restauration dans une base d’essai, chronométrée (rôles dcc_backup et dcc_owner)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, nargs="?")

    def handle(self, *args: Any, **options: Any) -> None:
        scratch = f"{settings.DATABASES['default']['NAME']}_exercice_{os.getpid()}"
        began = monotonic()
        try:
            with tempfile.TemporaryDirectory() as folder:
                source = options["file"] or Path(folder, "sauvegarde")
                if options["file"] is None:
                    self._step("sauvegarde", lambda: self._back_up(source))
                self._step("schéma", lambda: self._schema(scratch))
                manifest = self._step("chargement", lambda: self._load(scratch, source))
                self._step("comptes", lambda: self._count(scratch, manifest))
                self._step("audit", lambda: self._audit(scratch))
                self._step("document", lambda: self._open_a_document(scratch))
        except (RestoreRefused, SchemaFailed, CryptoError) as error:
            raise CommandError(f"L’exercice échoue : {error}", returncode=1) from error
        finally:
            drop_database(scratch)
        self.stdout.write(f"Restauration prouvée en {monotonic() - began:.1f} s.")

    def _step(self, name: str, work: Callable[[], Result]) -> Result:
        began = monotonic()
        result = work()
        said = f" : {result}" if isinstance(result, str) else ""
        self.stdout.write(f"  {name:12} {monotonic() - began:6.1f} s{said}")
        return result

    def _back_up(self, target: Path) -> str:
        with connect("dcc_backup") as connection:
            manifest = back_up(connection, target, keyring=keyring())
        return f"{manifest.total} lignes, {target.stat().st_size / 1e6:.1f} Mo"

    def _schema(self, scratch: str) -> None:
        create_database(scratch)
        manage("migrate", "-v0", "--skip-checks", database=scratch, role="dcc_owner")

    def _load(self, scratch: str, source: Path) -> Manifest:
        with connect("dcc_owner", database=scratch) as connection:
            return restore(connection, source, keyring=keyring())

    def _count(self, scratch: str, manifest: Manifest) -> str:
        with connect("dcc_owner", database=scratch) as connection:
            found = counts(connection)
        if found != manifest.rows:
            wrong = sorted(table for table in manifest.rows if found.get(table) != manifest.rows[table])
            raise RestoreRefused(f"le nombre de lignes diffère ({', '.join(wrong)})")
        return f"{sum(found.values())} lignes, {len(found)} tables"

    def _audit(self, scratch: str) -> str:
        return manage("audit", "verify", database=scratch, role="dcc_owner").strip().splitlines()[-1]

    def _open_a_document(self, scratch: str) -> str:
        with connect("dcc_owner", database=scratch) as connection:
            row = connection.execute(
                "SELECT owner_id, kind, sha256, key_id, wrapped_key, ciphertext FROM patients_content"
                " WHERE kind = 'pdf' AND wrapped_key <> '' ORDER BY written_at DESC LIMIT 1"
            ).fetchone()
        if row is None:
            return "aucun document dans cette base"
        owner_id, kind, digest, key_id, wrapped, ciphertext = row
        sealed = Sealed(wrapped_key=bytes(wrapped), key_id=key_id, ciphertext=bytes(ciphertext))
        plain = decrypt(sealed, keyring=keyring(), context=context_of(owner_id, kind))
        if sha256(plain).digest() != bytes(digest):
            raise RestoreRefused("le document ouvert n’est pas celui qui a été écrit")
        return f"PDF de {len(plain) // 1000} ko ouvert"
