"""What sign-in leaves in the audit: platform events, never a password, never a clear address of someone unknown."""

from typing import Any

from allauth.account import signals as account
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from dcc.accounts.events import SignInEvent
from dcc.accounts.factors import LABELS, has_recovery_codes
from dcc.accounts.models import User
from dcc.audit.catalogue import EventCatalogue
from dcc.audit.record import System, record

PROPOSE_ENROLMENT = "propose_enrolment"
METHODS = {"code": "mot de passe et code", "mfa": "mot de passe et second facteur", "password": "mot de passe"}


def trace(event: EventCatalogue, *, by: Any, request: HttpRequest | None, **details: Any) -> None:
    """Record a platform event of one person."""
    record(event, by=by, on=by if isinstance(by, User) else None, reference=_reference(request), **details)


def failed(*, email: str, request: HttpRequest | None) -> None:
    _about_address(SignInEvent.FAILED, email, request)


def blocked(*, email: str, request: HttpRequest | None) -> None:
    _about_address(SignInEvent.BLOCKED, email, request)


def code_sent(*, email: str, request: HttpRequest | None) -> None:
    _about_address(SignInEvent.CODE_SENT, email, request)


def _about_address(event: EventCatalogue, email: str, request: HttpRequest | None) -> None:
    """By the person when the address is theirs; otherwise by the entrance, the address hashed."""
    user = User.objects.at(email).first()
    if user is not None:
        trace(event, by=user, request=request)
    else:
        digest = salted_hmac("dcc.audit.email", email.lower(), algorithm="sha256").hexdigest()
        trace(event, by=System("Page de connexion"), request=request, email_hash=digest[:32])


def _reference(request: HttpRequest | None) -> str:
    return getattr(request, "reference", "")


@receiver(account.user_logged_in)
def signed_in(request: HttpRequest, user: User, **_: Any) -> None:
    records = request.session.get("account_authentication_methods", [])
    method = records[-1]["method"] if records else ""
    trace(SignInEvent.SIGNED_IN, by=user, request=request, method=METHODS.get(method, method))
    if not has_recovery_codes(user):
        request.session[PROPOSE_ENROLMENT] = True


@receiver(user_logged_out)
def signed_out(request: HttpRequest, user: User | None, **_: Any) -> None:
    if user is not None:
        trace(SignInEvent.SIGNED_OUT, by=user, request=request, reason=getattr(request, "sign_out_reason", "demandée"))


@receiver(account.login_code_rejected)
@receiver(mfa.authentication_failed)
def code_refused(request: HttpRequest, user: User, **_: Any) -> None:
    trace(SignInEvent.CODE_REFUSED, by=user, request=request)


@receiver(mfa.authenticator_added)
def factor_added(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    trace(SignInEvent.FACTOR_ADDED, by=user, request=request, factor=LABELS[Authenticator.Type(authenticator.type)])


@receiver(mfa.authenticator_removed)
def factor_removed(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    trace(SignInEvent.FACTOR_REMOVED, by=user, request=request, factor=LABELS[Authenticator.Type(authenticator.type)])


@receiver(mfa.authenticator_reset)
def codes_renewed(request: HttpRequest, user: User, **_: Any) -> None:
    trace(SignInEvent.RECOVERY_CODES, by=user, request=request)


@receiver(account.password_changed)
@receiver(account.password_reset)
@receiver(account.password_set)
def password_changed(request: HttpRequest, user: User, **_: Any) -> None:
    trace(SignInEvent.PASSWORD_CHANGED, by=user, request=request)
