"""What stops a merge or its undoing, in sentences for who decides; asked before, and again under lock."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from dcc.lib import french
from patients.models import Information, Merge, Patient, Wish, WishAnswer

TWO_MATRICULES = (
    "Chaque identité a son matricule INS, et ce n’est pas le même\u00a0: deux personnes, ou une collision. Vérifiez "
    "avec les établissements et INSi\u202f; marquez douteuse l’identité dont le matricule est faux, ce qui le retire, "
    "puis revenez ici. Sinon, notez deux homonymes."
)


@dataclass
class Stopped(Exception):
    """Nothing was moved: what stops it, and what a person must first allocate to one of the two."""

    reasons: list[str]
    unallocated: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCase:
    """A case that is not validated yet: what a board is about to hear, and whether it is hearing it."""

    patient_id: UUID
    meeting_id: UUID
    board: str
    starts_at: datetime
    status: str
    held: bool

    @property
    def when(self) -> str:
        return french.moment_short(timezone.localtime(self.starts_at))


def open_cases(double_id: UUID) -> list[OpenCase]:
    """The open cases of both identities of a pair, the soonest first; readable without an access to the files."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT patient_id, meeting_id, board, starts_at, status, held FROM dcc_double_cases(%s)", [double_id]
        )
        names = ("patient_id", "meeting_id", "board", "starts_at", "status", "held")
        return [OpenCase(**dict(zip(names, row, strict=True))) for row in cursor.fetchall()]


def refusals(*, kept: Patient, lost: Patient, cases: list[OpenCase]) -> list[str]:
    """Why these two cannot be merged as they are; nothing when they can."""
    found = []
    if kept.merged_into_id or lost.merged_into_id:
        found.append("L’une des deux identités est déjà réunie à une autre.")
    if kept.region_id != lost.region_id:
        found.append("Ces identités relèvent de deux régions fondatrices\u00a0: leurs dossiers restent séparés.")
    if _two_matricules(kept, lost):
        found.append(TWO_MATRICULES)
    found += _held(cases)
    both = {case.meeting_id for case in cases if case.patient_id == kept.pk} & {
        case.meeting_id for case in cases if case.patient_id == lost.pk
    }
    found += [
        f"Les deux identités sont inscrites à la même séance ({case.board}, {case.when})\u00a0: annulez d’abord l’une "
        "des deux inscriptions."
        for case in cases
        if case.meeting_id in both and case.patient_id == lost.pk
    ]
    return found


def opposition_refusals(kept_id: UUID, lost_id: UUID) -> list[str]:
    """Oppositions must be the same on both sides: once in one file the latest word speaks, and could silence another.

    Read by the worker: what a patient refuses is behind wall 2.
    """
    if _opposes(kept_id) == _opposes(lost_id):
        return []
    return [
        "Les oppositions du patient ne sont pas les mêmes dans les deux dossiers\u00a0: faites-les confirmer et "
        "notez-les des deux côtés avant de fusionner."
    ]


def _opposes(patient_id: UUID) -> set[tuple[str, object]]:
    """What a patient refuses today: (what, to whom)."""
    latest = Information.objects.filter(patient_id=patient_id).order_by("-recorded_at").first()
    said: dict[tuple[str, object], str] = {}
    for wish in Wish.objects.filter(patient_id=patient_id).order_by("recorded_at"):
        said[wish.subject, wish.principal_id] = wish.answer
    refused = {about for about, answer in said.items() if answer == WishAnswer.OPPOSED}
    return refused | ({("information", latest.opposition)} if latest and latest.opposition else set())


def undo_refusals(*, merge: Merge, cases: list[OpenCase]) -> list[str]:
    """Why this merge cannot be undone now, whatever has been written since."""
    found = _held(cases)
    kept = Patient.objects.get(pk=merge.kept_id)
    if kept.merged_into_id:
        found.append("L’identité gardée a depuis été réunie à une autre\u00a0: annulez d’abord cette fusion-là.")
    later = Merge.objects.filter(
        kept_id=merge.kept_id, done_at__gt=merge.done_at, done_at__isnull=False, undone_at__isnull=True
    ).order_by("done_at")
    found += [
        f"Une autre identité a été réunie à celle-ci le {french.date_short(timezone.localdate(one.done_at))}\u00a0: "
        "annulez d’abord cette fusion-là."
        for one in later
    ]
    lost = Patient.objects.get(pk=merge.lost_id)
    if lost.ins_hash and Patient.objects.living_records().filter(ins_hash=lost.ins_hash).exists():
        found.append(
            "Le matricule INS de l’identité réunie est depuis porté par une autre\u00a0: traitez d’abord celle-là."
        )
    return found


def _held(cases: list[OpenCase]) -> list[str]:
    return [
        f"{case.board}\u00a0: la séance est en cours et ce dossier n’est pas validé. Attendez sa fin."
        for case in cases
        if case.held
    ]


def _two_matricules(kept: Patient, lost: Patient) -> bool:
    """Whatever the statuses: an INS nobody checked a document for is still that of one person (identity §1.14).

    The hash is that of the matricule with its OID, which go together: the same digits from two authorities differ.
    """
    held = {bytes(one.ins_hash) for one in (kept, lost) if one.ins_hash is not None}
    return len(held) > 1
