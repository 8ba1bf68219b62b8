"""Writes about organisations."""

from typing import Any

from django.utils import timezone

from dcc.accounts.models import User
from dcc.audit.record import record
from dcc.lib.pdf_checks import flatten_logo
from dcc.organisations.events import OrganisationEvent
from dcc.organisations.kinds import RULES, OrganisationKind
from dcc.organisations.models import Organisation
from dcc.organisations.queries import under
from dcc.tenancy.models import Principal, PrincipalKind

FIELD_LABELS = {
    "parent": "rattachement",
    "name": "nom",
    "short_name": "nom court",
    "finess": "FINESS",
    "oid": "OID",
    "phone": "téléphone",
    "email": "adresse électronique",
    "mssante_address": "adresse MSSanté",
    "address_line": "adresse",
    "postcode": "code postal",
    "city": "ville",
}


class OrganisationRefused(Exception):
    """The tree would not hold; the message says why, in French."""


def create_organisation(*, by: User, kind: str, parent: Organisation, **fields: Any) -> Organisation:
    """Add an organisation under `parent`, in whose founding region it is born; raises OrganisationRefused."""
    _check_place(kind, parent)
    made = Organisation.objects.create(
        region_id=parent.region_id,
        kind=kind,
        parent=parent,
        principal=Principal.objects.create(kind=PrincipalKind.ORGANISATION, label=fields["name"]),
        **fields,
    )
    record(OrganisationEvent.CREATED, by=by, on=made, name=made.name)
    return made


def change_organisation(*, organisation: Organisation, by: User, **fields: Any) -> Organisation:
    """Change what is known of an organisation, its place included; raises OrganisationRefused."""
    parent = fields.get("parent")
    if parent is not None and parent.pk != organisation.parent_id:
        _check_place(organisation.kind, parent)
        if parent.pk in {one.pk for one in under(organisation)}:
            raise OrganisationRefused("Une structure ne peut pas être rattachée à ce qui dépend d’elle")
    changed = [name for name, value in fields.items() if getattr(organisation, name) != value]
    for name in changed:
        setattr(organisation, name, fields[name])
    if changed:
        organisation.save(update_fields=changed)
        labels = ", ".join(FIELD_LABELS[name] for name in changed)
        record(OrganisationEvent.CHANGED, by=by, on=organisation, name=organisation.name, fields=labels)
    if "name" in changed:
        Principal.objects.filter(pk=organisation.principal_id).update(label=organisation.name)
    return organisation


def close_organisation(*, organisation: Organisation, by: User) -> Organisation:
    """Close an organisation: nobody works under it any more, what it did stays readable; raises OrganisationRefused."""
    if organisation.kind == OrganisationKind.NETWORK:
        raise OrganisationRefused("Un réseau ne se ferme pas d’ici.")
    still_open = [one.name for one in under(organisation) if one.closed_at is None and one.pk != organisation.pk]
    if still_open:
        raise OrganisationRefused(f"Fermez ou rattachez d’abord ce qui en dépend : {', '.join(still_open)}.")
    if Organisation.objects.active().filter(pk=organisation.pk).update(closed_at=timezone.now()):
        record(OrganisationEvent.CLOSED, by=by, on=organisation, name=organisation.name)
    organisation.refresh_from_db(fields=["closed_at"])
    return organisation


def reopen_organisation(*, organisation: Organisation, by: User) -> Organisation:
    """Undo a closing; raises OrganisationRefused when what it hangs under is closed."""
    if organisation.parent is not None and organisation.parent.closed_at is not None:
        raise OrganisationRefused(f"Rouvrez d’abord {organisation.parent.name}.")
    if Organisation.objects.filter(pk=organisation.pk, closed_at__isnull=False).update(closed_at=None):
        record(OrganisationEvent.REOPENED, by=by, on=organisation, name=organisation.name)
    organisation.refresh_from_db(fields=["closed_at"])
    return organisation


def set_logo(*, organisation: Organisation, image: bytes, by: User) -> Organisation:
    """Flatten and keep a logo (D16); a new version, so that reports keep the one they left with. Raises LogoRefused."""
    organisation.logo = flatten_logo(image)
    organisation.logo_version += 1
    organisation.save(update_fields=["logo", "logo_version"])
    record(OrganisationEvent.LOGO_CHANGED, by=by, on=organisation, name=organisation.name)
    return organisation


def remove_logo(*, organisation: Organisation, by: User) -> Organisation:
    organisation.logo = None
    organisation.logo_version += 1
    organisation.save(update_fields=["logo", "logo_version"])
    record(OrganisationEvent.LOGO_REMOVED, by=by, on=organisation, name=organisation.name)
    return organisation


def _check_place(kind: str, parent: Organisation) -> None:
    if parent.kind not in RULES[kind].parents:
        child, above = OrganisationKind(kind).label, OrganisationKind(parent.kind).label
        raise OrganisationRefused(f"Le type « {child} » ne se rattache pas au type « {above} »")
    if parent.closed_at is not None:
        raise OrganisationRefused(f"{parent.name} est fermé. Choisissez un autre rattachement")
