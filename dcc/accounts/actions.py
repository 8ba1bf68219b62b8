"""Writes about people and their habilitations."""

from django.utils import timezone

from dcc.accounts.events import SignInEvent, UserEvent
from dcc.accounts.models import User
from dcc.audit.record import record

FIELD_LABELS = {"phone": "téléphone", "mssante_address": "adresse MSSanté"}


def accept_terms(*, user: User, version: str, reference: str = "") -> User:
    """Keep that the person accepted this version of the conditions of use."""
    user.cgu_version, user.cgu_accepted_at = version, timezone.now()
    user.save(update_fields=["cgu_version", "cgu_accepted_at"])
    record(SignInEvent.TERMS_ACCEPTED, by=user, on=user, reference=reference, version=version)
    return user


def change_contact(*, user: User, by: User, phone: str, mssante_address: str) -> User:
    """The part of an account its owner keeps: how to be reached."""
    changed = [
        name for name, value in (("phone", phone), ("mssante_address", mssante_address)) if getattr(user, name) != value
    ]
    user.phone, user.mssante_address = phone, mssante_address
    user.save(update_fields=["phone", "mssante_address"])
    if changed:
        record(UserEvent.CHANGED, by=by, on=user, fields=", ".join(FIELD_LABELS[name] for name in changed))
    return user
