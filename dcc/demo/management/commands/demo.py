"""`manage.py demo`: fills an empty database with the demonstration, once; `--accounts` prints who can sign in."""

import os
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from dcc.demo.activity import Activity
from dcc.demo.building import PASSWORD, accounts, build_directory
from dcc.demo.population import copy_patients
from dcc.demo.stories.telling import tell_afterwards, tell_stories
from dcc.organisations.models import Organisation
from dcc.tenancy.scope import RegionScope, opened
from patients.models import Patient
from rcp.sheets.definitions import publish_packaged

SEED = 20261121
LIGEA_PATIENTS, ARDELE_PATIENTS = 2000, 50


class Command(BaseCommand):
    help = "Charge les deux réseaux de démonstration dans une base vide (rôle dcc_owner)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--scale", type=int, default=1, help="75 : 150 000 patients")
        parser.add_argument("--identities-only", action="store_true", help="sans dossiers pour les patients en plus")
        parser.add_argument("--accounts", action="store_true", help="liste les comptes et quoi essayer")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["accounts"]:
            self.stdout.write(_accounts_text())
            return
        if Organisation.objects.exists() and options["scale"] == 1:
            raise CommandError("La démonstration est déjà chargée. « make reset » l’oublie.")
        if not Organisation.objects.exists():
            self._load()
        if options["scale"] > 1:
            self._more(options["scale"], identities_only=options["identities_only"])

    def _load(self) -> None:
        started = time.perf_counter()
        with opened(RegionScope(regions=(1, 2, 9))):
            publish_packaged()
            world = build_directory(int(os.environ.get("DCC_HOSPITAL_MLLP_PORT") or 0))
            self._step("annuaire, RCP et réunions", started)
            copy_patients(seed=SEED, count=LIGEA_PATIENTS, region=lambda number: 2 if number % 5 == 4 else 1)
            copy_patients(seed=SEED + 1, count=ARDELE_PATIENTS, region=lambda _: 9)
            self._step("patients", started)
            Activity(world, SEED).run(list(Patient.objects.order_by("pk")))
            self._step("dossiers", started)
            tell_stories(world)
        tell_afterwards(world)
        self._step("identités, documents et demandes à traiter", started)

    def _more(self, scale: int, *, identities_only: bool) -> None:
        started = time.perf_counter()
        with transaction.atomic():
            more = LIGEA_PATIENTS * (scale - 1)
            inserted = copy_patients(seed=SEED + scale, count=more, region=lambda number: 2 if number % 5 == 4 else 1)
            self._step(f"{len(inserted)} identités en plus", started)
            if not identities_only:
                from dcc.demo.volume import copy_cases

                self._step(f"{copy_cases(inserted)} dossiers en plus", started)

    def _step(self, what: str, started: float) -> None:
        self.stdout.write(f"  {what} ({time.perf_counter() - started:.1f} s)")


def _accounts_text() -> str:
    lines = [f"Mot de passe de tous les comptes : {PASSWORD}", ""]
    width = max(len(one["email"]) for one in accounts())
    lines += [f"  {one['email']:<{width}}  {one['name']}, {one['role']} ({one['organisation']})" for one in accounts()]
    lines += [
        "",
        "À essayer d’abord :",
        "  1. secretaire@dcc.example : chercher un patient, le créer, l’inscrire à la prochaine RCP Sein.",
        "  2. medecin@dcc.example : ouvrir la réunion, projeter un dossier, conclure et valider.",
        "  3. secretaire@dcc.example, Envois : voir partir le compte rendu ; la boîte aux lettres locale le reçoit.",
        "  4. identites@dcc.example, Doublons : comparer, fusionner, annuler ; identites-reseau@dcc.example confirme.",
        "  5. auditeur@dcc.example : relire les accès exceptionnels et les ouvertures inhabituelles.",
    ]
    return "\n".join(lines)
