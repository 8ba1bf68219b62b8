"""`manage.py bench facts|adt|search|match`: figures at a working size, in a database made for them and dropped."""

from argparse import ArgumentParser
from collections.abc import Iterator
from time import perf_counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dcc.operations.connecting import connect
from dcc.operations.schema import SchemaFailed, create_database, drop_database, manage
from interop.pam_store import bench as adt_bench
from patients.bench import databases, finding, pairing
from rcp.facts import bench

SCRATCH = "dcc_bench"
IDENTITIES = "dcc_bench_identities"
ROLES = {"search": "dcc_web", "match": "dcc_worker"}
BUDGET = 500.0  # milliseconds a question usually takes, its p50 (architecture §12)


class Command(BaseCommand):
    help = "Mesure le produit à sa taille de travail, dans une base faite pour cela (serveur de développement)."
    requires_system_checks: list[str] = []  # the measure itself should measure nothing else

    def add_arguments(self, parser: ArgumentParser) -> None:
        benches = parser.add_subparsers(dest="bench", required=True)
        facts = benches.add_parser("facts", help="les cinq questions des statistiques, et ce qu’une validation écrit")
        facts.add_argument("--sheets", type=int, default=1_000_000, help="fiches inventées, cinq items chacune")
        facts.add_argument("--times", type=int, default=20, help="fois que chaque question est posée")
        facts.add_argument("--keep", action="store_true", help="garde la base, pour la regarder")
        facts.add_argument("--ask", action="store_true", help="pose seulement les questions, dans la base courante")
        adt = benches.add_parser("adt", help="les messages d’identité : lus, décidés, stockés")
        adt.add_argument("--messages", type=int, default=2000, help="messages inventés, huit par patient")
        adt.add_argument("--keep", action="store_true", help="garde la base, pour la regarder")
        adt.add_argument("--ask", action="store_true", help="stocke seulement, dans la base courante")
        search = benches.add_parser("search", help="la recherche d’un patient : qui est trouvé, en combien de temps")
        search.add_argument("--each", type=int, default=150, help="questions de chaque sorte d’erreur")
        search.add_argument("--searches", type=int, default=400, help="recherches chronométrées, de la page entière")
        search.add_argument(
            "--times", type=int, default=5, help="fois que chacune est faite, la première et la meilleure"
        )
        match = benches.add_parser(
            "match", help="les doublons : lesquels sont proposés, combien d’identités par seconde"
        )
        match.add_argument("--doubles", type=int, default=1000, help="identités enregistrées deux fois")
        for one, rival in ((search, 5), (match, 100)):
            one.add_argument(
                "--identities", type=int, default=1_500_000, help="dans le réseau cherché ; un tiers en plus ailleurs"
            )
            one.add_argument(
                "--rival", type=int, default=rival, help="questions de chaque sorte posées aussi à pg_trgm"
            )
            one.add_argument("--keep", action="store_true", help="garde la base, pour la regarder")
            one.add_argument("--ask", action="store_true", help="mesure seulement, dans la base courante")
            one.add_argument("--fill", action="store_true", help="remplit seulement la base courante, migrée et vide")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["bench"] in ROLES:
            self.identities(**options)
            return
        adt = options["bench"] == "adt"
        if options["ask"]:
            self.store(options["messages"]) if adt else self.ask(options["times"])
            return
        try:
            self.adt(options["messages"]) if adt else self.facts(options["sheets"], options["times"])
        except SchemaFailed as failed:
            raise CommandError(str(failed)) from failed
        finally:
            if not options["keep"]:
                drop_database(SCRATCH)

    def facts(self, sheets: int, times: int) -> None:
        """Make the database as its owner, then ask as the web does, in a process of its own."""
        drop_database(SCRATCH)
        create_database(SCRATCH)
        manage("migrate", "-v0", database=SCRATCH, role="dcc_owner")
        started = perf_counter()
        with connect("dcc_owner", database=SCRATCH) as owner:
            count = bench.fill(owner, sheets)
            self.stdout.write(
                f"{sheets} fiches, {len(bench.KEYS)} items, {count} faits en {perf_counter() - started:.0f} s ; "
                f"{bench.sizes(owner)} ; fsync {owner.execute('SHOW fsync').fetchone()[0]}"
            )
        said = manage("bench", "facts", "--ask", f"--times={times}", database=SCRATCH, role="dcc_web")
        self.stdout.write(said.rstrip())
        if "au-delà" in said:
            raise CommandError(f"Une question dépasse {BUDGET:.0f} ms.", returncode=1)

    def adt(self, messages: int) -> None:
        """Read and decide here, then store as a worker does, in a process of its own."""
        for rate in adt_bench.reading(messages):
            self.stdout.write(rate.line())
        drop_database(SCRATCH)
        create_database(SCRATCH)
        manage("migrate", "-v0", database=SCRATCH, role="dcc_owner")
        with connect("dcc_owner", database=SCRATCH) as owner:
            owner.execute(adt_bench.FILL)
            fsync, commit = (owner.execute(f"SHOW {name}").fetchone()[0] for name in ("fsync", "synchronous_commit"))
        said = manage("bench", "adt", "--ask", f"--messages={messages}", database=SCRATCH, role="dcc_worker")
        self.stdout.write(said.rstrip())
        self.stdout.write(f"fsync {fsync}, synchronous_commit {commit}")

    def store(self, messages: int) -> None:
        for rate in adt_bench.storing(messages):
            self.stdout.write(rate.line())

    def ask(self, times: int) -> None:
        for one in bench.measure(times=times):
            late = "   au-delà du budget" if one.usual > BUDGET else ""
            self.stdout.write(one.line() + late)

    def identities(self, *, bench: str, keep: bool, ask: bool, fill: bool, **given: Any) -> None:
        """Fill as the owner, then ask as the web or as the worker, each in a process of its own."""
        names = {"search": ("each", "searches", "times"), "match": ("doubles",)}[bench]
        numbers: dict[str, int] = {name: given[name] for name in ("identities", "rival", *names)}
        if ask or fill:
            for line in (self.asked if ask else self.filled)(bench, **numbers):
                self.stdout.write(line)
            return
        drop_database(IDENTITIES)
        create_database(IDENTITIES)
        try:
            manage("migrate", "-v0", database=IDENTITIES, role="dcc_owner")
            said = ""
            for part, role in (("--fill", "dcc_owner"), ("--ask", ROLES[bench])):
                options = [f"--{name}={number}" for name, number in numbers.items()]
                said = manage("bench", bench, part, *options, database=IDENTITIES, role=role)
                self.stdout.write(said.rstrip())
                self.stdout.flush()
        except SchemaFailed as failed:
            raise CommandError(str(failed)) from failed
        finally:
            if not keep:
                drop_database(IDENTITIES)
        if finding.UNKEPT in said:
            raise CommandError("La recherche ne tient pas ce qu’elle promet.", returncode=1)

    def filled(self, bench: str, *, identities: int, rival: int, **given: int) -> Iterator[str]:
        with connect("dcc_owner") as owner:
            if bench == "search":
                people = finding.secretaries(given["searches"], given["times"])
                yield from databases.for_search(owner, size=identities, secretaries=people, rival=rival > 0)
            else:
                yield from databases.for_match(owner, size=identities, doubles=given["doubles"], rival=rival > 0)

    def asked(self, bench: str, *, identities: int, rival: int, **given: int) -> Iterator[str]:
        if bench == "search":
            yield from finding.report(identities, rival=rival, **given)
        else:
            yield from pairing.report(databases.registered(), rival=rival)
