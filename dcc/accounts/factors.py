"""Second factors of a person: an application or a key replaces the e-mailed code, recovery codes stand in for all."""

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

from dcc.accounts.models import User

STRONG = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
LABELS = {
    Authenticator.Type.TOTP: "application d’authentification",
    Authenticator.Type.WEBAUTHN: "clé ou empreinte",
    Authenticator.Type.RECOVERY_CODES: "codes de secours",
}


def has_strong_factor(user: User | None) -> bool:
    return user is not None and Authenticator.objects.filter(user_id=user.pk, type__in=STRONG).exists()


def has_recovery_codes(user: User) -> bool:
    return Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.RECOVERY_CODES).exists()


def use_recovery_code(*, user: User, code: str) -> bool:
    """Spend one recovery code in place of the e-mailed one; each of them opens once."""
    found = Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.RECOVERY_CODES).first()
    if found is None or not RecoveryCodes(found).validate_code(code):
        return False
    found.record_usage()
    return True


def make_recovery_codes(*, user: User) -> tuple[Authenticator, bool]:
    """The person's recovery codes and whether they were made now, under a lock on the person."""
    User.objects.select_for_update().get(pk=user.pk)
    had = has_recovery_codes(user)
    return RecoveryCodes.activate(user).instance, not had
