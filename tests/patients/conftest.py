"""Patients of the tests of the secretary's desk: created by the same action as on screen, found by the same search."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from dcc.lib.ids import uuid7
from patients.actions import NewIdentity, create_patient
from patients.identity.dates import parse_birth_date
from patients.identity.names import (
    normalise_birth_name,
    normalise_given_name,
    normalise_given_names,
    normalise_used_given_name,
    normalise_used_name,
)
from patients.identity.places import place
from patients.models import Patient


def new_identity(
    birth_name: str = "Abhervé",
    first_given_name: str = "Françoise",
    birth_date: str = "11031963",
    *,
    sex: str = "F",
    insee: str = "44109",
    given_names: str = "",
    used_name: str = "",
    used_given_name: str = "",
) -> NewIdentity:
    """An identity as typed by a secretary."""
    return NewIdentity(
        birth_name=normalise_birth_name(birth_name),
        first_given_name=normalise_given_name(first_given_name),
        birth_date=parse_birth_date(birth_date, today=timezone.localdate()),
        sex=sex,
        place=place(insee),
        given_names=normalise_given_names(given_names) if given_names else None,
        used_name=normalise_used_name(used_name),
        used_given_name=normalise_used_given_name(used_given_name),
    )


def created(by: Any, *typed: str, reason: str = "", **traits: str) -> Patient:
    """Create a patient in the current scope."""
    return create_patient(patient_id=uuid7(), identity=new_identity(*typed, **traits), by=by, reason=reason)


@pytest.fixture(autouse=True)
def fresh_counts() -> None:
    """Each test starts with its minute of searches."""
    cache.clear()


@pytest.fixture
def francoise(working_as: Callable[..., Any]) -> Patient:
    """Françoise Le Guillou, née Abhervé, whom Alice of the 3C Estuaire created."""
    with working_as("alice") as alice:
        return created(alice, used_name="Le Guillou")


STRICT = {
    "birth_name": "Tanguy",
    "first_given_name": "Maël",
    "birth_date": "02021971",
    "sex": "M",
    "birth_place": "44000",
}
