"""Where allauth meets our rules: who may come in, with which second factor, and how mail leaves."""

import base64
import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import Login
from allauth.core import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone

from dcc.accounts import tracing
from dcc.accounts.factors import has_strong_factor
from dcc.accounts.models import User
from dcc.accounts.session import STARTED
from dcc.accounts.tasks import send_after_commit
from dcc.lib.crypto import decrypt_field, encrypt_field
from dcc.master_keys import keyring

LOGIN_CODE = "account/email/login_code"
MFA_CONTEXT = "mfa.secret"
# What the person is told by mail when something of their account changes.
NOTICES = {
    "account/email/password_changed": "Votre mot de passe a été changé.",
    "account/email/password_reset": "Votre mot de passe a été changé à partir d’un lien reçu par messagerie.",
    "account/email/password_set": "Votre mot de passe a été choisi.",
    "mfa/email/totp_activated": "Une application d’authentification a été ajoutée à votre compte.",
    "mfa/email/totp_deactivated": "L’application d’authentification a été retirée de votre compte.",
    "mfa/email/webauthn_added": "Une clé de sécurité a été ajoutée à votre compte.",
    "mfa/email/webauthn_removed": "Une clé de sécurité a été retirée de votre compte.",
    "mfa/email/recovery_codes_generated": "Vos codes de secours ont été renouvelés ; les anciens ne servent plus.",
}


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": "Ce compte est désactivé. Adressez-vous à l’administrateur de votre 3C.",
        "email_password_mismatch": (
            "L’adresse ou le mot de passe ne correspond pas. Vérifiez-les, ou choisissez un nouveau mot de passe"
        ),
        "enter_current_password": "Ce n’est pas votre mot de passe actuel. Saisissez-le de nouveau",
        "incorrect_password": "Ce n’est pas votre mot de passe. Saisissez-le de nouveau",
        "incorrect_code": "Ce code ne correspond pas. Vérifiez-le, ou demandez-en un autre",
        "invalid_password_reset": "Ce lien ne sert plus. Demandez-en un autre",
        "too_many_login_attempts": "Trop d’essais. Attendez cinq minutes, puis recommencez",
        "rate_limited": "Trop de demandes. Attendez une minute, puis recommencez",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False  # accounts are nominative and created by an administrator (ADM-05)

    def is_login_by_code_required(self, login: Login) -> bool:
        """The e-mailed code is the second factor of those who have no better one."""
        return not has_strong_factor(login.user) and bool(super().is_login_by_code_required(login))

    def pre_login(self, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any) -> HttpResponse | None:
        """Space out the codes mailed to one person: knowing a password must not flood a mailbox, nor guess for ever."""
        response: HttpResponse | None = super().pre_login(request, user, **kwargs)
        assert isinstance(user, User)
        if response is not None or has_strong_factor(user):
            return response
        if not ratelimit.consume(request, action="login_code", key=f"code-{user.pk}"):
            tracing.blocked(email=user.email, request=request)
            return ratelimit.respond_429(request)
        return None

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            tracing.blocked(email=credentials.get("email", ""), request=request)
            raise

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        tracing.failed(email=credentials.get("email", ""), request=request)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whoever has just signed in is not asked again to enrol."""
        started = self.request.session.get(STARTED, 0)
        fresh = time.time() - started < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
        return not fresh and bool(super().is_reauthentication_required(app=app, **kwargs))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Render now, send after the commit: the queue holds a recipient and a text, nothing of the request."""
        message = self.render_mail(template_prefix, email, {"site_name": settings.SITE_NAME, **context})
        code = template_prefix == LOGIN_CODE
        if code:
            tracing.code_sent(email=email, request=self.request)
        send_after_commit(
            to=email,
            subject=message.subject,
            body=str(message.body),
            expires=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT if code else None,
        )

    def send_notification_mail(
        self,
        template_prefix: str,
        user: AbstractBaseUser,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Tell the person what has just changed in their account, and what to do if it was not them."""
        known = {
            "notice": NOTICES[template_prefix],
            "at": timezone.localtime(),
            "ip": self.get_client_ip(self.request),
            "site_name": settings.SITE_NAME,
        }
        body = render_to_string("accounts/mail/notice.txt", known)
        address = user.email  # type: ignore[attr-defined]
        send_after_commit(to=address, subject=f"{settings.SITE_NAME} : votre compte a changé", body=body)


class MFAAdapter(DefaultMFAAdapter):
    """Secrets of authenticators are encrypted at rest (D21)."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "Ce code ne correspond pas. Attendez le suivant et saisissez-le",
    }

    def encrypt(self, text: str) -> str:
        return base64.b64encode(encrypt_field(text, keyring=keyring(), context=MFA_CONTEXT)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt_field(base64.b64decode(encrypted_text), keyring=keyring(), context=MFA_CONTEXT)

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return "Ma clé" if count == 0 else f"Ma clé {count + 1}"

    def get_public_key_credential_user_entity(self, user: AbstractBaseUser) -> dict[str, Any]:
        assert isinstance(user, User)
        return {"id": str(user.pk).encode(), "display_name": user.display_name, "name": user.email}
