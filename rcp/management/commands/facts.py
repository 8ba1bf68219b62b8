"""`manage.py facts rebuild [--region]`: file the statistics of every validated sheet again."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from dcc.tenancy.models import Region
from rcp.facts.actions import rebuild


class Command(BaseCommand):
    help = "Reconstruit les faits des statistiques à partir des fiches validées (rôle dcc_worker)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        one = actions.add_parser("rebuild", help="sans arrêter les validations ; donne les mêmes faits qu’elles")
        one.add_argument("--region", type=int, help="numéro d’une région fondatrice, sinon toutes")

    def handle(self, *args: Any, **options: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT has_function_privilege('dcc_fact_cases(smallint)', 'EXECUTE')")
            if not cursor.fetchone()[0]:
                raise CommandError(
                    "Le rôle dcc_web ne lit pas toutes les fiches. Lancez : make manage ROLE=dcc_worker "
                    'ARGS="facts rebuild"'
                )
        regions = Region.objects.order_by("pk").values_list("pk", flat=True)
        if options["region"] is not None and options["region"] not in regions:
            raise CommandError(f"Il n’y a pas de région {options['region']}.")
        for region in regions if options["region"] is None else [options["region"]]:
            done = rebuild(region=region)
            self.stdout.write(
                f"Région {region} : {done.cases} dossiers validés, {done.facts} faits"
                + (f", {done.kept} dossiers éliminés gardés tels quels" if done.kept else "")
                + (f", {done.removed} dossiers retirés" if done.removed else "")
            )
