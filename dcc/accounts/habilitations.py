"""Writes of administrators: accounts and habilitations (ADM-03…05). Who may is checked here as well as in the views."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from dcc.accounts.events import UserEvent
from dcc.accounts.models import Membership, User
from dcc.accounts.people import search_key
from dcc.accounts.reach import Reach, administers_whole, is_current, reach_of
from dcc.accounts.tasks import send_after_commit
from dcc.audit.record import record
from dcc.lib.clock import NEVER
from dcc.organisations.models import Organisation
from dcc.roles import ROLES
from dcc.tenancy.models import Principal, PrincipalKind

FIELD_LABELS = {
    "civility": "civilité",
    "first_name": "prénom",
    "last_name": "nom",
    "email": "adresse électronique",
    "profession": "profession",
    "specialty": "spécialité",
    "rpps": "RPPS",
    "phone": "téléphone",
    "mssante_address": "adresse MSSanté",
}


class OutOfReach(PermissionDenied):
    """The person, the organisation or the role is not this administrator's to manage."""


class HabilitationRefused(Exception):
    """The habilitation cannot be given; the message says why, in French."""


def create_user(*, by: User, **fields: Any) -> User:
    """Open a nominative account, without password until its owner chooses one."""
    label = f"{fields['first_name']} {fields['last_name']}"
    user = User(principal=Principal.objects.create(kind=PrincipalKind.USER, label=label), **fields)
    user.set_unusable_password()
    user.save()
    record(UserEvent.CREATED, by=by, on=user, region_id=_region(by))
    return user


def change_user(*, user: User, by: User, **fields: Any) -> User:
    """Correct what is known of a person; raises OutOfReach when they also work elsewhere."""
    _check_whole(by, user)
    changed = [name for name, value in fields.items() if getattr(user, name) != value]
    for name in changed:
        setattr(user, name, fields[name])
    if changed:
        user.save(update_fields=changed)
        labels = ", ".join(FIELD_LABELS[name] for name in changed)
        record(UserEvent.CHANGED, by=by, on=user, region_id=_region(by), fields=labels)
    if {"first_name", "last_name"} & set(changed):
        Principal.objects.filter(pk=user.principal_id).update(label=f"{user.first_name} {user.last_name}")
    return user


def deactivate(*, user: User, by: User) -> User:
    """Close an account and its sessions at once."""
    _check_not_oneself(by, user)
    _check_whole(by, user)
    if User.objects.filter(pk=user.pk, is_active=True).update(is_active=False):
        for session in UserSession.objects.filter(user=user):
            session.end()
        record(UserEvent.DEACTIVATED, by=by, on=user, region_id=_region(by))
    user.refresh_from_db(fields=["is_active"])
    return user


def reactivate(*, user: User, by: User) -> User:
    """Open a closed account again, with the habilitations it still has."""
    _check_whole(by, user)
    if User.objects.filter(pk=user.pk, is_active=False).update(is_active=True):
        record(UserEvent.REACTIVATED, by=by, on=user, region_id=_region(by))
    user.refresh_from_db(fields=["is_active"])
    return user


def reset_factors(*, user: User, by: User) -> int:
    """Remove second factors that were lost: the next sign-in asks for a mailed code again. Returns how many."""
    _check_not_oneself(by, user)
    _check_whole(by, user)
    removed, _ = Authenticator.objects.filter(user=user).delete()
    record(UserEvent.FACTORS_RESET, by=by, on=user, region_id=_region(by))
    return removed


def invite(*, user: User, by: User, root: str) -> None:
    """Mail a link to choose a password; `root` is the address of the platform ("https://…/")."""
    _check_known(reach_of(by), user)
    key = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    link = root.rstrip("/") + reverse("account_reset_password_from_key", kwargs=key)
    context = {"user": user, "by": by, "link": link, "site_name": settings.SITE_NAME, "organisation": by.acting_as}
    body = render_to_string("accounts/mail/invitation.txt", context)
    send_after_commit(to=user.email, subject=f"{settings.SITE_NAME} : votre compte est ouvert", body=body)
    record(UserEvent.INVITED, by=by, on=user, region_id=_region(by))


def grant_membership(
    *,
    user: User,
    organisation: Organisation,
    role: str,
    by: User,
    expires_on: date | None = None,
    signed_by: str = "",
    signed_on: date | None = None,
    paper_reference: str = "",
) -> Membership:
    """Give a habilitation, until the end of `expires_on`; raises OutOfReach or HabilitationRefused."""
    _check_not_oneself(by, user)
    _check_grant(reach_of(by), organisation, role)
    _check_paper(role, signed_by, signed_on, paper_reference)
    _check_signatory(signed_by, user, by)
    User.objects.select_for_update().get(pk=user.pk)
    if not user.is_active:
        raise HabilitationRefused("Ce compte est désactivé. Réactivez-le avant de lui donner une habilitation.")
    _close_expired(
        Membership.objects.filter(user=user, organisation=organisation, role=role, revoked_at__isnull=True), by
    )
    made = Membership.objects.create(
        region_id=organisation.region_id,
        user=user,
        organisation=organisation,
        role=role,
        clinical=ROLES[role].clinical,
        expires_at=_end_of(expires_on) if expires_on else NEVER,
        granted_by=by,
        signed_by=signed_by,
        signed_on=signed_on,
        paper_reference=paper_reference,
    )
    paper = f"{signed_by}, le {signed_on:%d/%m/%Y}, {paper_reference}" if signed_on else "sans objet"
    details = {"role": ROLES[role].label, "place": organisation.name, "paper": paper}
    _record_membership(UserEvent.MEMBERSHIP_GRANTED, made, by, **details)
    return made


def revoke_membership(*, membership: Membership, by: User) -> Membership:
    """End a habilitation now; its holder loses what it opened at their next request."""
    _check_not_oneself(by, membership.user)
    if membership.organisation_id not in reach_of(by).ids:
        raise OutOfReach
    touched = Membership.objects.filter(pk=membership.pk, revoked_at__isnull=True).update(
        revoked_at=timezone.now(), revoked_by=by
    )
    if touched:
        details = {"role": ROLES[membership.role].label, "place": membership.organisation.name}
        _record_membership(UserEvent.MEMBERSHIP_REVOKED, membership, by, **details)
    membership.refresh_from_db()
    return membership


def _close_expired(same: Iterable[Membership], by: User) -> None:
    for one in same:
        if is_current(one):
            raise HabilitationRefused("Cette personne a déjà cette habilitation.")
        revoke_membership(membership=one, by=by)


def _check_grant(reach: Reach, organisation: Organisation, role: str) -> None:
    if role not in ROLES or reach.find(organisation.pk) is None:
        raise OutOfReach
    if organisation.kind not in ROLES[role].kinds:
        kind = organisation.get_kind_display()
        raise HabilitationRefused(
            f"Le rôle « {ROLES[role].label} » ne se donne pas dans une structure de type « {kind} »."
        )


def _check_paper(role: str, signed_by: str, signed_on: date | None, reference: str) -> None:
    if ROLES[role].paper and not (signed_by and signed_on and reference):
        raise HabilitationRefused("Ce rôle demande un formulaire signé : signataire, date et référence (ADM-05).")


def _check_signatory(signed_by: str, *others: User) -> None:
    """Whoever signs is neither the person of the habilitation nor the administrator who enters it (ADM-05)."""
    words = set(search_key(signed_by).split())
    for one in others:
        if set(search_key(f"{one.first_name} {one.last_name}").split()) <= words:
            raise HabilitationRefused(
                "Le formulaire est signé par une autre personne que celle qui est habilitée et que vous-même (ADM-05)."
            )


def _check_not_oneself(by: User, user: User) -> None:
    """Nobody gives, takes or resets their own habilitations."""
    if by.pk == user.pk:
        raise OutOfReach


def _check_known(reach: Reach, user: User) -> None:
    if not reach.memberships_of(user):
        raise OutOfReach


def _check_whole(by: User, user: User) -> None:
    reach = reach_of(by)
    _check_known(reach, user)
    if not administers_whole(reach, user):
        raise OutOfReach


def _end_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))


def _region(by: User) -> int:
    return by.acting_in


def _record_membership(event: UserEvent, membership: Membership, by: User, **details: Any) -> None:
    record(event, by=by, on=membership.user, region_id=membership.region_id, membership=str(membership.pk), **details)
