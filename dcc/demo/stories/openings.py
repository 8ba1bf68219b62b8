"""Exceptional and unusual openings of the last weeks, for the review of the data protection officer (D2, ADM-10)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from dcc.demo.stories.backstage import Backstage, ago, happened
from dcc.lib import french
from patients.actions import GLASS_OPEN
from patients.events import PatientEvent
from patients.models import Access, AccessReason, Patient
from patients.reviews import Verdict
from patients.sharing.unusual import RULES


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """An exceptional access: by whom, of whose file, how many days ago, why, and what its review said."""

    by: str
    of: str
    days: float
    why: str
    read: bool = True
    verdict: Verdict | None = None
    comment: str = ""


BROKEN = (
    Broken(
        by="radiotherapeute", of="saveria", days=0.12,
        why="Compression médullaire aux urgences, la patiente est confuse et seule",
    ),
    Broken(by="deux-reseaux", of="typo", days=3, why="Hémoptysie cette nuit, équipe de garde sans aucun antécédent"),
    Broken(
        by="radiotherapeute", of="anthony", days=11, why="Décès aux urgences, recherche d’une directive anticipée",
        read=False,
    ),
    Broken(
        by="deux-reseaux", of="marie", days=24, why="Arrêt cardiaque en salle d’imagerie, allergie à rechercher",
        verdict=Verdict.JUSTIFIED, comment="Confirmé par le chef de garde.",
    ),
    Broken(
        by="radiotherapeute", of="jean_paul", days=31, why="Retour d’un ancien patient, dossier à relire avant visite",
        verdict=Verdict.UNJUSTIFIED,
        comment="Consultation prévue, aucune urgence\u00a0: rappel fait au médecin et à son chef de service.",
    ),
)  # fmt: skip
UNUSUAL = (("demandeur", "ruth", 2, "watched"), ("medecin", "ruth", 8, "watched"), ("medecin", "typo", 5, "many"))
OPENED = (
    ("secretaire", "dominique", 6),
    ("demandeur", "dominique", 5),
    ("medecin", "dominique", 2),
    ("medecin", "ruth", 1),
)


def tell_openings(backstage: Backstage, people: Mapping[str, Patient]) -> None:
    """Write them as events of their day, with the accesses they gave."""
    for one in BROKEN:
        _break(backstage, one, people[one.of])
    for name, key, days, rule in UNUSUAL:
        with backstage.acting(name) as reader:
            at = ago(days, hour=18, minute=40)
            happened(PatientEvent.OPENED, patient=people[key], by=reader, at=at)
            happened(
                PatientEvent.OPENED_UNUSUALLY, patient=people[key], by=reader, at=at, rule=rule, why=RULES[rule].why
            )
    for name, key, days in OPENED:
        with backstage.acting(name) as reader:
            happened(PatientEvent.OPENED, patient=people[key], by=reader, at=ago(days, hour=9))


def _break(backstage: Backstage, one: Broken, patient: Patient) -> None:
    at = ago(one.days, hour=2, minute=50)
    until = at + GLASS_OPEN
    with backstage.acting(one.by) as doctor:
        Access.objects.create(
            region_id=patient.region_id,
            patient=patient,
            principal=doctor.principal,
            reason=AccessReason.BREAK_GLASS,
            granted_by=doctor.pk,
            granted_at=at,
            expires_at=until,
        )
        broken = happened(
            PatientEvent.GLASS_BROKEN, patient=patient, by=doctor, at=at, why=one.why, until=french.moment_short(until)
        )
        if one.read:
            happened(PatientEvent.OPENED, patient=patient, by=doctor, at=at + timedelta(minutes=1))
    if one.verdict:
        with backstage.acting("auditeur") as auditor:
            happened(
                PatientEvent.GLASS_REVIEWED, patient=patient, by=auditor, at=at + timedelta(days=4), about=broken,
                verdict=one.verdict.value, comment=one.comment,
            )  # fmt: skip
