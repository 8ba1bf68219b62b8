"""`manage.py backup <file>`: every table, as of one instant, in one new encrypted file.

Reads as dcc_backup (password, if any, in DCC_DB_BACKUP_PASSWORD), which sees past row-level security and writes
nothing. Needs the keyring (DCC_MASTER_KEYS) to encrypt; keep the keyring elsewhere: the file without it is nothing.
"""

from argparse import ArgumentParser
from pathlib import Path
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dcc.master_keys import keyring
from dcc.operations.backup import back_up
from dcc.operations.connecting import connect


class Command(BaseCommand):
    help = "Sauvegarde chiffrée de la base (rôle dcc_backup)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        target: Path = options["file"]
        began = monotonic()
        try:
            with connect("dcc_backup") as connection:
                manifest = back_up(connection, target, keyring=keyring())
        except FileExistsError as error:
            raise CommandError(f"{target} existe déjà : choisissez un autre nom.") from error
        except BaseException:
            target.unlink(missing_ok=True)  # half a backup is none
            raise
        size = target.stat().st_size / 1e6
        seconds = monotonic() - began
        self.stdout.write(f"{manifest.total} lignes de {len(manifest.rows)} tables, {size:.1f} Mo, {seconds:.1f} s.")
