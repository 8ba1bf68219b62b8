"""`manage.py audit verify|anchor`: recompute the chains, or copy their heads outside the database."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from dcc.audit.anchors import AnchorUnreadable, append_anchors, broken_anchors, current_anchors, read_anchors
from dcc.audit.sealing import PLATFORM, chains, unsealed, verify_chain


class Command(BaseCommand):
    help = "Vérifie les chaînes de l’audit, ou en écrit les têtes."
    requires_system_checks: list[str] = []  # the audit depends on nothing else being right

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        verify = actions.add_parser("verify", help="recalcule tout ; code 1 si une chaîne est rompue")
        verify.add_argument("--anchors", type=Path, default=_usual_file(), help="ancres à comparer aux chaînes")
        anchor = actions.add_parser("anchor", help="écrit les têtes de chaîne")
        anchor.add_argument("--file", type=Path, default=_usual_file(), help="fichier complété, sinon la sortie")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["action"] == "anchor":
            self.anchor(options["file"])
        else:
            self.verify(options["anchors"])

    def anchor(self, file: Path | None) -> None:
        anchors = current_anchors()
        if file:
            append_anchors(file, anchors)
        for one in anchors:
            self.stdout.write(one.line())

    def verify(self, file: Path | None) -> None:
        broken = [chain for chain in chains() if not self._holds(chain)]
        if file and file.exists():
            broken += self._unanchored(file)
        tail = unsealed()
        oldest = tail.first()
        waiting = f", le plus ancien du {oldest.recorded_at:%d/%m/%Y %H:%M:%S} UTC" if oldest else ""
        self.stdout.write(f"Non scellés : {tail.count()}{waiting}")
        if broken:
            raise CommandError("L’audit a été altéré.", returncode=1)
        self.stdout.write("L’audit est intact.")

    def _holds(self, chain: int) -> bool:
        last, broken = verify_chain(chain)
        name = "plateforme" if chain == PLATFORM else f"région {chain}"
        if broken is None:
            self.stdout.write(f"Chaîne {name} : {last.position} maillons, tête {last.link.hex()[:16]}")
            return True
        self.stdout.write(
            f"Chaîne {name} : rompue au maillon {broken.position} (évènement {broken.event_id}) : {broken.reason}"
        )
        return False

    def _unanchored(self, file: Path) -> list[int]:
        try:
            lost = broken_anchors(read_anchors(file))
        except AnchorUnreadable as error:
            raise CommandError(f"Le fichier d’ancres est illisible, {error}.", returncode=1) from error
        for one in lost:
            self.stdout.write(
                f"Ancre du {one.at} : le maillon {one.head.position} de la chaîne {one.head.chain} a changé"
            )
        return [one.head.chain for one in lost]


def _usual_file() -> Path | None:
    name = getattr(settings, "AUDIT_ANCHOR_FILE", "")
    return Path(name) if name else None
