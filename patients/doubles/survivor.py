"""Which of two identities survives a merge, and why: the surest one, then the older (identity §1.14)."""

from dataclasses import dataclass
from datetime import datetime

from dcc.lib import french
from patients.models import IdentityStatus, Merge, Patient

# RECUP and VALI rank together: one has an INS nobody checked a document for, the other the reverse (identity §1.14).
RANKS = {
    IdentityStatus.QUALIFIED: 3,
    IdentityStatus.RETRIEVED: 2,
    IdentityStatus.VALIDATED: 2,
    IdentityStatus.PROVISIONAL: 1,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Survivor:
    """The identity that stays, the one that becomes its alias, and the rule that said so."""

    kept: Patient
    lost: Patient
    why: str

    @property
    def needs_two(self) -> bool:
        """A qualified identity is touched by two people (identity §1.14)."""
        return IdentityStatus.QUALIFIED in (self.kept.status, self.lost.status)


def undo_needs_two(merge: Merge, one: Patient, other: Patient) -> bool:
    """Whether a second person agrees to the undoing: two did to the merge, or either identity is qualified since."""
    return merge.confirmed_by_id is not None or IdentityStatus.QUALIFIED in (one.status, other.status)


def survivor_of(one: Patient, other: Patient) -> Survivor:
    """Choose; symmetric."""
    first, second = sorted((one, other), key=_order)
    return Survivor(kept=first, lost=second, why=_why(first, second))


def _order(patient: Patient) -> tuple[int, datetime, str]:
    return (-RANKS[IdentityStatus(patient.status)], patient.created_at, str(patient.pk))


def _why(kept: Patient, lost: Patient) -> str:
    mine, theirs = IdentityStatus(kept.status), IdentityStatus(lost.status)
    if RANKS[mine] != RANKS[theirs]:
        return f"le meilleur statut\u00a0: {mine.label}, l’autre est {theirs.label}"
    return f"la plus ancienne, créée le {french.date_short(kept.created_at.date())}"
