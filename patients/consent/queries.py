"""What a patient was told and wants now, and everything that was said before."""

from dataclasses import dataclass

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
