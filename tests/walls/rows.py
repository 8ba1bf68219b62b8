"""A row of any table about anyone: fields are filled from their types, parents are found or made on the way."""

import random
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.apps import apps
from django.db import models

from dcc.accounts.models import User
from dcc.tenancy.models import Principal, PrincipalKind, Region
from patients.models import Patient
from rcp.models import BoardMember, CaseAttachment, Meeting, OrderCounter

# Where a type is not enough: what the CHECK constraints of the table want.
WANTED: dict[str, dict[str, Any]] = {
    "patients.Patient": {"birth_date": date(1961, 5, 2), "birth_insee": "44109", "sex": "F", "ins_oid": ""},
    "organisations.Organisation": {"kind": "network", "finess": ""},
    "rcp.Board": {"quorum_physicians": 3, "quorum_specialties": 3},
    "rcp.Meeting": {
        "ends_at": datetime(2031, 1, 7, 15, tzinfo=UTC),
        "closes_at": datetime(2031, 1, 6, 13, tzinfo=UTC),
    },
    "rcp.Case": {"status": "registered"},
    "patients.FeedTraits": {"ins_oid": ""},
    "patients.Relative": {"fed_by_id": UUID(int=1)},  # said by a feed, or typed by somebody
    "patients.Double": {"score": 20.0},
    "patients.Merge": {"closed_at": datetime(2026, 1, 9, tzinfo=UTC)},
    "patients.MergedTable": {"lost_after": 0, "kept_before": 0},
    "patients.ReceivedDocument": {"status": "draft"},
    "rcp.Sheet": {"status": "draft"},
    "accounts.Membership": {"role": "physician", "clinical": True},
}


class Rows:
    """Makes unsaved instances; `waiting` holds them in an order in which they can be inserted."""

    def __init__(self, draw: random.Random) -> None:
        self.draw = draw
        self.count = 0
        self.known: dict[tuple[type, int | None, UUID | None], list[Any]] = {}
        self.waiting: list[Any] = []

    def learn(self, *instances: Any) -> None:
        for one in instances:
            region = getattr(one, "region_id", None)
            patient = one.pk if isinstance(one, Patient) else getattr(one, "patient_id", None)
            self.known.setdefault((type(one), region, patient), []).append(one)

    def new(self, model: type[models.Model], region: int | None, patient: Any = None, **given: Any) -> Any:
        """An instance of `model` in `region`, about `patient` when the table is about patients."""
        values = {**WANTED.get(model._meta.label, {}), **given}
        made = model()
        for field in model._meta.concrete_fields:
            if field.name in values or field.attname in values:
                setattr(made, field.attname, values.get(field.attname, values.get(field.name)))
            elif field.attname == "region_id":
                made.region_id = region
            elif field.attname == "patient_id":
                made.patient_id = patient.pk if patient else None
            elif isinstance(field, models.ForeignKey):
                setattr(made, field.attname, None if field.null else self._parent(field, region, patient))
            elif not (field.null or field.has_default() or field.primary_key) or field.name == "version":
                setattr(made, field.attname, self._value(field))
        self.learn(made)
        self.waiting.append(made)
        return made

    def take(self) -> list[Any]:
        waiting, self.waiting = self.waiting, []
        return waiting

    def _parent(self, field: Any, region: int | None, patient: Any) -> Any:
        model = field.related_model
        if model is Region:
            return region
        if model is Principal:
            return self.principal().pk
        if model is User:
            return self.draw.choice(self.known[User, None, None]).pk
        about = patient if any(one.attname == "patient_id" for one in model._meta.concrete_fields) else None
        scoped = any(one.attname == "region_id" for one in model._meta.concrete_fields)
        known = self.known.get((model, region if scoped else None, about.pk if about else None), [])
        # a meeting for each case, a board for each member and counter, a parent for each one-to-one: unique constraints
        fresh = field.unique or model is Meeting or field.model in (BoardMember, CaseAttachment, OrderCounter)
        return (self.draw.choice(known) if known and not fresh else self.new(model, region, about)).pk

    def principal(self) -> Principal:
        one = Principal(id=self.draw.randrange(10**5, 2 * 10**9), kind=PrincipalKind.MEETING, label="essai")
        self.waiting.append(one)
        return one

    def _value(self, field: Any) -> Any:
        if field.choices:
            return self.draw.choice([key for key, _ in field.flatchoices if key])
        if isinstance(field, models.EmailField):
            return f"{self.draw.randbytes(6).hex()}@essai.example"
        if isinstance(field, models.CharField | models.TextField):
            return self.draw.randbytes(20).hex()[: field.max_length or 40]
        if isinstance(field, models.IntegerField):
            self.count = self.count % 32_000 + 1
            return self.count
        if isinstance(field, models.BooleanField):
            return False
        if isinstance(field, models.UUIDField):
            return uuid4()
        if isinstance(field, models.BinaryField):
            return self.draw.randbytes(field.max_length or 32)
        if isinstance(field, models.JSONField):
            return {}
        if isinstance(field, models.DateTimeField):
            return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=self.draw.randrange(10**5))
        if isinstance(field, models.DateField):
            return date(2026, 1, 1)
        if isinstance(field, models.TimeField):
            return time(14)
        raise AssertionError(f"no value for {field}: teach tests/walls/rows.py this type")


def models_of(tables: set[str]) -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model._meta.db_table in tables]
