"""What a patient was told and wants now, and everything that was said before."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from patients.models import Information, Opposition, Patient, Wish, WishAnswer, WishSubject


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """The state of the patient's wishes, latest of each subject, and the history of them all."""

    information: Information | None
    hosting: Wish | None
    watch: Wish | None
    opposed: tuple[Wish, ...]
    history: tuple[Wish, ...]

    @property
    def opposes_sharing(self) -> bool:
        return self.information is not None and self.information.opposition == Opposition.SHARING

    @property
    def hosting_agreed(self) -> bool:
        return self.hosting is not None and self.hosting.answer == WishAnswer.AGREED

    @property
    def watched(self) -> bool:
        return self.watch is not None and self.watch.answer == WishAnswer.AGREED


def rights_of(patient: Patient, information: Information | None) -> Rights:
    """One query; `information` is the latest one, which the file has read."""
    wishes = Wish.objects.filter(patient=patient).select_related("principal", "recorded_by").order_by("-recorded_at")
    history = tuple(wishes)
    latest: dict[tuple[str, int | None], Wish] = {}
    for one in history:
        latest.setdefault((one.subject, one.principal_id), one)
    return Rights(
        information=information,
        hosting=latest.get((WishSubject.HOSTING, None)),
        watch=latest.get((WishSubject.WATCH, None)),
        opposed=tuple(
            one
            for (subject, _), one in latest.items()
            if subject == WishSubject.ORGANISATION and one.answer == WishAnswer.OPPOSED
        ),
        history=history,
    )


def opposed_among(patient_id: UUID, principals: Collection[int]) -> frozenset[int]:
    """Which of these organisations and people the patient opposes: nothing of the file leaves to them (D3).

    Somebody is opposed who works for opposed organisations only. One query; nothing for whoever the file is closed to.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT dcc_opposed_among(%s, %s)", [patient_id, sorted(principals)])
        return frozenset(row[0] for row in cursor.fetchall())
