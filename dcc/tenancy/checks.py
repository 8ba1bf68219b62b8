"""A model that forgets its isolation does not start."""

from typing import Any

from django.apps import apps
from django.core.checks import Error, register

from dcc.tenancy.isolation import Isolation

OWN_APPS = ("dcc.", "patients", "messaging", "rcp", "interop", "pps")


def declared(model: Any) -> list[Isolation]:
    return [constraint for constraint in model._meta.constraints if isinstance(constraint, Isolation)]


@register()
def every_table_declares_its_isolation(app_configs: Any, **_: Any) -> list[Error]:
    errors = []
    for model in apps.get_models():
        own = model.__module__.startswith(OWN_APPS)
        if own and model._meta.managed and not model._meta.proxy and len(declared(model)) != 1:
            errors.append(
                Error(
                    f"{model._meta.label} declares {len(declared(model))} isolations instead of one.",
                    hint="Add RegionWall, PatientWall, GlobalTable… to Meta.constraints (dcc/tenancy/isolation.py).",
                    id="tenancy.E001",
                )
            )
    return errors
