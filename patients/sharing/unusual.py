"""Openings that whoever audits should look at: four simple rules, each explained, none of them an accusation.

They are read when a file is opened, from what the reader may see; what a rule finds is an event like any other, which
the review of exceptional accesses lists beside its own.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from dcc.accounts.models import User
from dcc.audit.record import record
from patients.events import PatientEvent
from patients.identity.names import comparison_key
from patients.models import Access, AccessReason, Patient, Wish, WishAnswer, WishSubject

MEETING_READING = timedelta(days=30)  # how long a meeting's participants read its files: their access ends then
AFTER_MEETING = timedelta(days=7)
MANY = 40  # files opened by one person within an hour, in one session


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule: its name, what the event says, and why it is looked at."""

    code: str
    label: str
    why: str
    explained: str


RULES = {
    rule.code: rule
    for rule in (
        Rule(
            code="after_meeting",
            label="Longtemps après la réunion",
            why="ouvert plus de sept jours après la réunion, sans autre titre",
            explained="La personne n’avait accès au dossier que par une réunion terminée depuis plus de sept jours."
            " C’est permis trente jours, le temps des suites\u202f; au-delà d’une semaine, c’est rare.",
        ),
        Rule(
            code="same_name",
            label="Même nom",
            why="le lecteur et le patient portent le même nom",
            explained="La personne porte le nom de naissance ou le nom utilisé du patient\u00a0: soi-même, un proche,"
            " ou un homonyme.",
        ),
        Rule(
            code="watched",
            label="Dossier surveillé",
            why="le patient a demandé que les ouvertures de son dossier soient relues",
            explained="La surveillance a été demandée, par le patient ou pour lui\u00a0: agent de l’établissement,"
            " personne connue, crainte exprimée. Chaque ouverture est listée.",
        ),
        Rule(
            code="many",
            label="Nombreux dossiers",
            why=f"{MANY} dossiers ouverts en une heure",
            explained=f"La personne a ouvert {MANY} dossiers en moins d’une heure, dans une même session.",
        ),
    )
}


def watch_opening(*, patient: Patient, by: User, opened: int) -> list[str]:
    """Record each rule that this opening meets; `opened` files were opened within the hour, this one included.

    Nothing for an exceptional access: it is reviewed whatever happens. Returns the codes of the rules.
    """
    held = list(
        Access.objects.filter(patient=patient, expires_at__gt=timezone.now()).values_list("reason", "expires_at")
    )
    reasons = {reason for reason, _ in held}
    if reasons <= {AccessReason.BREAK_GLASS}:
        return []
    found = {
        "after_meeting": reasons <= {AccessReason.MEETING}
        and timezone.now() > max(ends for _, ends in held) - MEETING_READING + AFTER_MEETING,
        "same_name": comparison_key(by.last_name) in {patient.birth_name_key, patient.used_name_key},
        "watched": is_watched(patient),
        "many": opened == MANY,
    }
    met = [code for code, applies in found.items() if applies]
    for code in met:
        record(PatientEvent.OPENED_UNUSUALLY, on=patient, by=by, rule=code, why=RULES[code].why)
    return met


def is_watched(patient: Patient) -> bool:
    """Whether the latest wish about it asks that openings be reviewed."""
    wishes = Wish.objects.filter(patient=patient, subject=WishSubject.WATCH).order_by("-recorded_at")
    return wishes.values_list("answer", flat=True).first() == WishAnswer.AGREED
