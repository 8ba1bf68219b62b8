"""What whoever opens a file or one of its open cases must know: its identity was merged, or parted, lately."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from dcc.lib import french
from patients.models import Merge, Patient

SHOWN_FOR = timedelta(days=30)  # a board meets once a month at least: everybody concerned has seen it by then


def alerts_of(patient: Patient) -> tuple[str, ...]:
    """Sentences to show beside the identity, the latest first; one query, usually none to show."""
    since = timezone.now() - SHOWN_FOR
    recent = Merge.objects.filter(
        Q(kept=patient, done_at__gt=since, undone_at=None) | Q(Q(kept=patient) | Q(lost=patient), undone_at__gt=since)
    ).select_related("lost")
    return tuple(_sentence(merge, patient) for merge in recent.order_by("-done_at"))


def _sentence(merge: Merge, patient: Patient) -> str:
    if merge.undone_at is not None:
        day = french.date_short(timezone.localdate(merge.undone_at))
        return (
            f"Une fusion d’identités a été annulée le {day}\u00a0: ce dossier ne contient plus que ce qui revient "
            "à cette personne. Vérifiez ce qui a été décidé entre-temps."
        )
    assert merge.done_at is not None
    day, lost = french.date_short(timezone.localdate(merge.done_at)), merge.lost
    return (
        f"L’identité {lost.birth_name} {lost.first_given_name} a été réunie à celle-ci le {day}\u00a0: ce dossier "
        "contient désormais les passages, les documents et les IPP des deux. Relisez-les."
    )
