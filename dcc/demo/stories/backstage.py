"""Acting in the demonstration as its characters: what they did is done by the product's own actions, some days ago."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from dcc.accounts.models import User
from dcc.audit.models import AuditEvent
from dcc.demo.building import World
from dcc.lib.ids import uuid7
from dcc.tenancy.scope import user_scope
from patients.actions import NewIdentity, add_ipp, create_patient
from patients.events import PatientEvent
from patients.identity.dates import parse_birth_date
from patients.identity.names import (
    normalise_birth_name,
    normalise_given_name,
    normalise_given_names,
    normalise_used_given_name,
    normalise_used_name,
)
from patients.identity.places import place
from patients.models import Access, IdentityChange, InsiCall, Patient

DESPITE = "Autre dossier de même nom, vérifié avec la carte d’identité"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody invented, as a secretary types them; `born` is « 11031963 », `ipp` a number of CH de Rochebrune."""

    birth_name: str
    given: str
    born: str
    sex: str
    insee: str
    used: str = ""
    given_names: str = ""
    used_given: str = ""
    ipp: str = ""

    def identity(self) -> NewIdentity:
        return NewIdentity(
            birth_name=normalise_birth_name(self.birth_name),
            first_given_name=normalise_given_name(self.given),
            birth_date=parse_birth_date(self.born, today=timezone.localdate()),
            sex=self.sex,
            place=place(self.insee),
            given_names=normalise_given_names(self.given_names) if self.given_names else None,
            used_name=normalise_used_name(self.used),
            used_given_name=normalise_used_given_name(self.used_given),
        )


class Backstage:
    """The characters of a world, each in the scope of their first membership."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.posts: dict[str, tuple[User, UUID]] = {}

    @contextmanager
    def acting(self, name: str) -> Iterator[User]:
        """`with backstage.acting("secretaire") as secretary:` does what she may, where she works."""
        if name not in self.posts:
            user = self.world.users[f"{name}@dcc.example"]
            membership = user.memberships.select_related("organisation__principal").order_by("pk")[0]
            user.acting_as, user.acting_in = membership.organisation, membership.region_id
            self.posts[name] = user, membership.pk
        user, post = self.posts[name]
        with user_scope(user_id=user.pk, membership_id=post):
            yield user

    def create(self, person: Person, *, by: str, days: int = 0) -> Patient:
        """Create an identity at the desk of `by`, that many days ago."""
        with self.acting(by) as desk:
            patient = create_patient(patient_id=uuid7(), identity=person.identity(), by=desk, reason=DESPITE)
            if person.ipp:
                add_ipp(patient=patient, value=person.ipp, organisation=self.world.organisations["rochebrune"], by=desk)
        if days:
            self.date_back(patient, at=ago(days))
        return patient

    def date_back(self, patient: Patient, *, at: datetime) -> None:
        """Everything of the creation of this identity was done at that moment."""
        Patient.objects.filter(pk=patient.pk).update(created_at=at)
        patient.created_at = at
        Patient.objects.filter(pk=patient.pk, ins_confirmed_at__isnull=False).update(ins_confirmed_at=at)
        Patient.objects.filter(pk=patient.pk, document_checked_on__isnull=False).update(document_checked_on=at.date())
        InsiCall.objects.filter(patient=patient).update(asked_at=at)
        IdentityChange.objects.filter(patient=patient).update(at=at)
        Access.objects.filter(patient=patient).update(granted_at=at)


def ago(days: float, *, hour: int = 10, minute: int = 15) -> datetime:
    """That many days before now, at a moment of the working day; less than a day: so long ago exactly."""
    now = timezone.localtime()
    if days < 1:
        return now - timedelta(days=days)
    return (now - timedelta(days=days)).replace(hour=hour, minute=minute)


def day(days: int) -> date:
    """The date that many days before today."""
    return timezone.localdate() - timedelta(days=days)


def happened(
    event: PatientEvent, *, patient: Patient, by: User, at: datetime, about: AuditEvent | None = None, **details: Any
) -> AuditEvent:
    """An event of the past, on the file or `about` another event; sealed with the others at the first start."""
    on = about or patient
    return AuditEvent.objects.create(
        event=event.value,
        region_id=patient.region_id,
        recorded_at=at,
        actor_id=by.pk,
        actor=by.display_name,
        organisation=by.acting_as.name,
        object_type=on._meta.label_lower,
        object_id=str(on.pk),
        patient_id=patient.pk,
        details=details,
    )
