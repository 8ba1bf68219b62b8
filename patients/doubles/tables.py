"""Every table about a patient: which ones a merge moves, in which order, and what hangs from what.

Found from the models, so that a table added tomorrow is moved without a word here; a test holds the closed list of
those that stay, and asks PostgreSQL whether any was forgotten.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.db import models

from dcc.tenancy.isolation import SameRegionReference
from patients.models import Content, Document, MergedTable, Patient

# What is said of the identity itself, not of the person's file: its own history stays with it, and is still read there.
STAYS = frozenset({"patients_identitychange", "patients_insicall", MergedTable._meta.db_table})
# Links that are no foreign key: the column holds the key of a row of any of these tables.
SOFT_LINKS: dict[type[models.Model], str] = {Document: "source_id", Content: "owner_id"}


@dataclass(frozen=True, slots=True)
class FileTable:
    """One table whose rows are about one patient; `links` are its columns that name another row of a file."""

    model: type[models.Model]
    links: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.model._meta.db_table

    def of(self, patient_id: object) -> Any:
        return self.model._base_manager.filter(patient_id=patient_id)


@cache
def file_tables() -> tuple[FileTable, ...]:
    """Those a merge moves, parents first: whoever saves a child holds its parent, and is waited for there."""
    found = [model for model in _about_patients() if model._meta.db_table not in STAYS]
    ordered: list[type[models.Model]] = []
    while len(ordered) < len(found):
        ready = [model for model in found if model not in ordered and _parents(model, found) <= set(ordered)]
        assert ready, "tables about patients refer to each other in a circle"
        ordered += sorted(ready, key=lambda model: model._meta.db_table)
    return tuple(FileTable(model, _links(model, found)) for model in ordered)


def _about_patients() -> Iterator[type[models.Model]]:
    for model in apps.get_models():
        held = [one for one in model._meta.constraints if isinstance(one, SameRegionReference)]
        if any(one.column == "patient_id" and one.to == Patient._meta.label for one in held):
            yield model


def _parents(model: type[models.Model], among: list[type[models.Model]]) -> set[type[models.Model]]:
    return {
        field.related_model
        for field in model._meta.concrete_fields
        if field.is_relation and field.related_model in among and field.related_model is not model
    }


def _links(model: type[models.Model], among: list[type[models.Model]]) -> tuple[str, ...]:
    keys = [
        field.attname for field in model._meta.concrete_fields if field.is_relation and field.related_model in among
    ]
    return (*keys, SOFT_LINKS[model]) if model in SOFT_LINKS else tuple(keys)
