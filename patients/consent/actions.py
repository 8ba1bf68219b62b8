"""What the patient was told and what they decided, written once and for good (PAT-06…08, D3)."""

from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction

from dcc.accounts.models import User
from dcc.audit.record import record
from dcc.lib import french
from dcc.tenancy.models import Principal
from patients.events import PatientEvent
from patients.models import AccessReason, Information, Means, Opposition, Patient, Wish, WishAnswer, WishSubject
from patients.sharing.queries import access_page


class EarlierThanOpposition(Exception):
    """An information older than the opposition in force does not lift it (D3)."""


class LastTeam(Exception):
    """Nobody else holds the file: closing it to this organisation would close it to everyone, the patient included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One act of informing: when, by whom, how, with which document, and what the patient said of sharing."""

    given_on: date
    given_by: str
    means: Means
    document: str = ""
    document_version: str = ""
    opposition: Opposition = Opposition.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """When the patient said something, to whom, how."""

    said_on: date
    said_to: str
    means: Means


def inform(*, patient: Patient, given: Given, by: User) -> Information:
    """Trace an information (INS-03). An opposition to sharing closes at once what it no longer allows.

    Raises EarlierThanOpposition.
    """
    with transaction.atomic():
        Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)
        last = Information.objects.filter(patient=patient).order_by("-recorded_at").first()
        if last and last.opposition == Opposition.SHARING and last.given_on > given.given_on:
            raise EarlierThanOpposition
        informed = Information.objects.create(
            region_id=patient.region_id,
            patient=patient,
            given_on=given.given_on,
            given_by=given.given_by,
            means=given.means,
            document=given.document,
            document_version=given.document_version,
            opposition=given.opposition,
            recorded_by=by,
        )
        day = french.date_short(given.given_on)
        if given.opposition == Opposition.SHARING:
            record(PatientEvent.OPPOSED, on=informed, by=by, given_on=day, given_by=given.given_by)
            apply_oppositions(patient=patient, by=by)
        else:
            record(PatientEvent.INFORMED, on=informed, by=by, given_on=day)
        return informed


def record_wish(
    *, patient: Patient, subject: WishSubject, answer: WishAnswer, said: Said, by: User, about: Principal | None = None
) -> Wish:
    """Trace what the patient decided; opposing an organisation closes the file to it and to its people.

    `about` is the organisation of an opposition, and of nothing else. Raises LastTeam.
    """
    assert (about is not None) == (subject == WishSubject.ORGANISATION), "an organisation, and for an opposition only"
    with transaction.atomic():
        Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)
        if about is not None and answer == WishAnswer.OPPOSED and not _held_without(patient, about):
            raise LastTeam
        wish = Wish.objects.create(
            region_id=patient.region_id,
            patient=patient,
            subject=subject,
            answer=answer,
            principal=about,
            said_on=said.said_on,
            said_to=said.said_to,
            means=said.means,
            recorded_by=by,
        )
        words = str(WishSubject(subject).label) + (f" ({about.label})" if about else "")
        record(PatientEvent.WISH_RECORDED, on=wish, by=by, subject=words, answer=str(WishAnswer(answer).label))
        if answer == WishAnswer.OPPOSED:
            apply_oppositions(patient=patient, by=by)
        return wish


def apply_oppositions(*, patient: Patient, by: User) -> int:
    """Close every access that the recorded will of the patient no longer allows; how many were closed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT dcc_apply_opposition(%s, %s)", [patient.pk, by.display_name])
        return int(cursor.fetchone()[0])


def _held_without(patient: Patient, about: Principal) -> bool:
    lasting = (AccessReason.CREATION, AccessReason.REGISTRATION)
    return any(one.reason in lasting and one.principal_id != about.pk for one in access_page(patient).team)
