"""`manage.py restore <file>`: a backup into an empty database, whose name is DCC_DB_NAME; created when missing.

Runs as dcc_owner (password, if any, in DCC_DB_OWNER_PASSWORD): it makes the schema with the migrations of this very
version, then loads the rows, all or nothing. Needs the keyring that closed the backup.
"""

from argparse import ArgumentParser
from pathlib import Path
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from dcc.lib.crypto import CryptoError
from dcc.master_keys import keyring
from dcc.operations.backup import RestoreRefused, check_empty, read_start, restore
from dcc.operations.connecting import connect
from dcc.operations.schema import SchemaFailed, create_database, manage


class Command(BaseCommand):
    help = "Restaure une sauvegarde dans une base vide (rôle dcc_owner)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        source: Path = options["file"]
        database = settings.DATABASES["default"]["NAME"]
        began = monotonic()
        try:
            start = read_start(source, keyring=keyring())
            self.stdout.write(f"Sauvegarde de {start.database} du {start.made_at}.")
            create_database(database)
            with connect("dcc_owner", database=database) as connection:
                check_empty(connection)
            manage("migrate", "-v0", "--skip-checks", database=database, role="dcc_owner")
            with connect("dcc_owner", database=database) as connection:
                manifest = restore(connection, source, keyring=keyring())
        except FileNotFoundError as error:
            raise CommandError(f"{source} est introuvable.") from error
        except (RestoreRefused, SchemaFailed) as refused:
            raise CommandError(str(refused)) from refused
        except CryptoError as error:
            raise CommandError(f"La sauvegarde ne s’ouvre pas avec ces clés : {error}.") from error
        self.stdout.write(f"{manifest.total} lignes restaurées dans {database}, {monotonic() - began:.1f} s.")
