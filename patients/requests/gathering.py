"""Everything the product holds about one patient, as plain values: every table about patients, none named by hand.

Read by a worker, in the scope of the patient's region. A table added tomorrow is in the copy: a test compares.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models

from dcc.accounts.models import User
from dcc.lib.crypto import CryptoError
from dcc.organisations.models import Organisation
from dcc.tenancy.models import Principal
from patients.documents import content
from patients.models import (
    Access,
    Content,
    ContentKind,
    Document,
    Export,
    FormerIns,
    Patient,
    PatientIdentifier,
    PatientModel,
    ReceivedDocument,
    RetentionLine,
    Visit,
)
from patients.requests.numbers import former_matricule, matricule_in_force

LEFT_OUT = (Content, Export, RetentionLine)  # bytes that are joined as files, and our own housekeeping
# Every column of bytes of the tables copied is in one of these; one that is in none stops the copy.
SECRET = {
    "patients_patient.ins_hash": "a keyed hash: it only serves to find",
    "patients_formerins.hash": "a keyed hash",
    "patients_insicall.traits_hash": "a keyed hash",
    "patients_insicall.answer_sealed": "nobody has said yet that this answer is about this person",
}
OPENED: dict[str, tuple[str, Callable[[Any], str]]] = {  # sealed columns: what each is called once opened
    "patients_patient.ins_sealed": ("ins_matricule", matricule_in_force),
    "patients_formerins.sealed": ("ins_matricule", former_matricule),
}
PRINTS = frozenset(  # plain digests of bytes or data that are in the copy, for who wants to compare
    {"patients_document.data_hash", "patients_receiveddocument.sha256", "rcp_sheet.content_hash"}
)
_HOUSEKEEPING = frozenset({"region", "patient_region"})
TYPES = {
    ContentKind.PDF: ("application/pdf", "pdf"),
    ContentKind.CDA: ("application/xml", "xml"),
    ContentKind.PNG: ("image/png", "png"),
    ContentKind.JPEG: ("image/jpeg", "jpg"),
    ContentKind.TIFF: ("image/tiff", "tif"),
    ContentKind.TEXT: ("text/plain", "txt"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """One file of the archive; `data` is empty when its bytes cannot be opened, and `title` says which it is."""

    owner_id: UUID
    kind: str
    title: str
    at: datetime
    replaced: bool
    path: str
    content_type: str
    data: bytes = field(repr=False)


def copied_tables() -> list[type[models.Model]]:
    """The tables of a copy: all those about patients, and the others that hold something of theirs."""
    about = [one for one in apps.get_models() if issubclass(one, PatientModel) and one not in LEFT_OUT]
    return [PatientIdentifier, FormerIns, Access, Visit, *about]


def rows_of(patient: Patient) -> dict[str, list[dict[str, Any]]]:
    """The rows of each table by name, oldest first; people and places by their names, instants in ISO 8601."""
    names = _Names()
    found = {"patients_patient": [_plain(patient, names)]}
    added = ReceivedDocument.objects.filter(patient_id=patient.pk).in_file().values("pk")
    for model in copied_tables():
        rows = model._default_manager.filter(patient_id=patient.pk).order_by("pk")
        if model is ReceivedDocument:  # drafts are nobody's yet, and what was withdrawn may be another patient's
            rows = rows.filter(pk__in=added)
        for name in _naming_a_document(model):  # nor what hangs from them
            rows = rows.filter(**{f"{name}__in": added})
        found[model._meta.db_table] = [_plain(row, names) for row in rows]
    return found


def _naming_a_document(model: type[models.Model]) -> list[str]:
    """The columns of a table that must name a document somebody added."""
    fields = model._meta.concrete_fields
    return [one.name for one in fields if one.related_model is ReceivedDocument and not one.null]


def files_of(patient: Patient) -> list[Joined]:
    """The documents of the file with their bytes, whatever their format; one that does not open is kept, empty."""
    owners: dict[UUID, tuple[str, datetime, bool]] = {}
    for one in Document.objects.filter(patient=patient).defer("data"):
        owners[one.pk] = (one.title, one.issued_at, one.state == "replaced")
    for added in ReceivedDocument.objects.filter(patient=patient).in_file():
        owners[added.pk] = (str(added), added.added_at, added.status == "replaced")
    found = []
    held = Content.objects.filter(patient=patient, owner_id__in=owners, kind__in=TYPES).defer("ciphertext")
    for content_row in held.order_by("written_at", "kind"):
        title, at, replaced = owners[content_row.owner_id]
        content_type, extension = TYPES[ContentKind(content_row.kind)]
        name = f"documents/{at:%Y%m%d}-{str(content_row.owner_id)[-8:]}.{extension}"
        found.append(
            Joined(
                owner_id=content_row.owner_id,
                kind=content_row.kind,
                title=title,
                at=at,
                replaced=replaced,
                path=name,
                content_type=content_type,
                data=_opened(content_row),
            )
        )
    return found


def _opened(one: Content) -> bytes:
    if not one.wrapped_key:
        return b""  # eliminated
    try:
        return content.read(owner_id=one.owner_id, kind=ContentKind(one.kind))
    except CryptoError:
        return b""


class Undeclared(Exception):
    """A column of bytes nobody said to be secret, opened or a print: never handed out by default."""


class _Names:
    """People and teams by their names, each looked up once."""

    def __init__(self) -> None:
        self.known: dict[tuple[type, Any], str] = {}

    def of(self, model: type[models.Model], key: Any) -> Any:
        if model not in (User, Organisation, Principal) or key is None:
            return key
        if (model, key) not in self.known:
            found = model._default_manager.filter(pk=key).first()
            self.known[model, key] = getattr(found, "display_name", str(found)) if found else str(key)
        return self.known[model, key]


def _plain(row: models.Model, names: _Names) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for one in row._meta.concrete_fields:
        column = f"{row._meta.db_table}.{one.name}"
        if column in SECRET or one.name in _HOUSEKEEPING:
            continue
        if column in OPENED:
            name, opener = OPENED[column]
            said[name] = opener(row)
            continue
        if isinstance(one, models.BinaryField) and column not in PRINTS:
            raise Undeclared(column)
        value = getattr(row, one.attname)
        if isinstance(one, models.ForeignKey) and isinstance(one.related_model, type):
            value = names.of(one.related_model, value)
        said[one.name] = _value(value)
    return said


def _value(value: Any) -> Any:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, UUID | Decimal):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return value
