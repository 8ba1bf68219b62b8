"""`manage.py rotate_keys`: after a new master key is put first in DCC_MASTER_KEYS, close everything under it.

Runs as dcc_owner (DCC_DB_USER=dcc_owner): it touches every region and the secrets of second factors. The former keys
stay in the keyring until it ends; the lookup key does not rotate. May be stopped and run again at any time, while the
platform works.
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from dcc.master_keys import keyring
from dcc.operations.rotation import rotate_second_factors
from patients.documents.rotation import rotate_contents, rotate_ins


class Command(BaseCommand):
    help = "Referme contenus, INS et seconds facteurs sous la clé maîtresse courante (rôle dcc_owner)."

    def handle(self, *args: Any, **options: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            role = cursor.fetchone()[0]
        if role != "dcc_owner":
            raise CommandError(f"Cette commande tourne sous dcc_owner (ici {role}) : DCC_DB_USER=dcc_owner.")
        ring = keyring()
        self.stdout.write(f"Clé courante : {ring.current_id}. Clés connues : {', '.join(ring.key_ids)}.")
        contents = self._follow("contenus", rotate_contents(ring))
        numbers = self._follow("INS", rotate_ins(ring))
        factors = rotate_second_factors(ring)
        self.stdout.write(f"Terminé : {contents} contenus, {numbers} INS, {factors} seconds facteurs.")

    def _follow(self, what: str, progress: Any) -> int:
        done = 0
        for done in progress:
            self.stdout.write(f"  {done} {what}")
        return done
