"""allauth's forms in our words: labels of the room, no placeholder, codes that can be pasted with their spaces."""

from typing import Any

from allauth.account import forms as account
from allauth.account.adapter import get_adapter
from allauth.core import context
from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.base import forms as mfa
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.recovery_codes.forms import GenerateRecoveryCodesForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms

from dcc.accounts.factors import use_recovery_code
from dcc.ui.forms import DccForm, PlainWords

EMAIL = "Adresse électronique"
WHOLE_ADDRESS = "Écrivez l’adresse en entier, par exemple prenom.nom@hopital.fr"
STRENGTH = (
    "12 caractères au moins. Une phrase de plusieurs mots convient ; votre nom, des chiffres seuls "
    "ou un mot de passe répandu sont refusés."
)
CODE_WIDGET = {"autocomplete": "one-time-code", "inputmode": "numeric", "class": "code-input", "spellcheck": "false"}


class Dressed(PlainWords):
    """Replaces labels and help, drops placeholders, and puts the cursor where typing starts."""

    labels: dict[str, str] = {}
    helps: dict[str, str] = {}
    needed: dict[str, str] = {}
    first = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = self.labels.get(name, field.label)
            field.help_text = self.helps.get(name, "")
            if name in self.needed:
                field.error_messages["required"] = self.needed[name]
        if self.first and not self.is_bound:
            self.fields[self.first].widget.attrs["autofocus"] = True


class SignInForm(Dressed, account.LoginForm):
    labels = {"login": EMAIL, "password": "Mot de passe"}
    needed = {"login": "Indiquez votre adresse électronique", "password": "Indiquez votre mot de passe"}
    first = "login"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs["autocomplete"] = "username"
        self.fields["login"].error_messages["invalid"] = WHOLE_ADDRESS


class SignInCodeForm(DccForm):
    """The e-mailed code, or one of the recovery codes when mail does not come."""

    code = forms.CharField(
        label="Code reçu, ou un code de secours",
        error_messages={"required": "Saisissez le code reçu"},
        widget=forms.TextInput(attrs={**CODE_WIDGET, "autofocus": True}),
    )

    def __init__(self, *args: Any, code: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.expected = code

    def clean_code(self) -> str:
        """Refuse after five tries in five minutes, whatever the number of codes asked for."""
        user = context.request._login_stage.login.user
        forgive = check_rate_limit(user)
        typed: str = self.cleaned_data["code"]
        if not compare_user_code(actual=typed, expected=self.expected) and not use_recovery_code(user=user, code=typed):
            raise get_adapter().validation_error("incorrect_code")
        forgive()
        return typed


class ResetForm(Dressed, account.ResetPasswordForm):
    labels = {"email": EMAIL}
    needed = {"email": "Indiquez votre adresse électronique"}
    first = "email"


class NewPasswordForm(Dressed, account.ResetPasswordKeyForm):
    labels = {"password1": "Nouveau mot de passe", "password2": "Le même, une seconde fois"}
    helps = {"password1": STRENGTH}
    needed = {"password1": "Choisissez un mot de passe", "password2": "Saisissez-le une seconde fois"}


class ChangePasswordForm(Dressed, account.ChangePasswordForm):
    labels = {"oldpassword": "Mot de passe actuel", **NewPasswordForm.labels}
    helps = NewPasswordForm.helps
    needed = {"oldpassword": "Indiquez votre mot de passe actuel", **NewPasswordForm.needed}


class PasswordAgainForm(Dressed, account.ReauthenticateForm):
    labels = {"password": "Mot de passe"}
    needed = {"password": "Indiquez votre mot de passe"}
    first = "password"


class CodeDressed(Dressed):
    labels = {"code": "Code à 6 chiffres, ou un code de secours"}
    needed = {"code": "Saisissez le code"}
    first = "code"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs |= CODE_WIDGET


class SecondFactorForm(CodeDressed, mfa.AuthenticateForm):
    pass


class SecondFactorAgainForm(CodeDressed, mfa.ReauthenticateForm):
    pass


class ActivateAppForm(CodeDressed, ActivateTOTPForm):
    labels = {"code": "Code à 6 chiffres affiché par l’application"}
    first = ""


class AddKeyForm(Dressed, AddWebAuthnForm):
    labels = {"name": "Nom de cette clé"}
    helps = {"name": "Pour la reconnaître dans la liste : « clé du bureau », « mon téléphone »."}


class RenameKeyForm(Dressed, EditWebAuthnForm):
    labels = {"name": "Nom de cette clé"}
    needed = {"name": "Donnez un nom à cette clé"}


class RecoveryCodesForm(GenerateRecoveryCodesForm):
    """New recovery codes for anyone: they also stand in for the e-mailed code, so no other factor is asked for."""

    def clean(self) -> dict[str, Any]:
        return forms.Form.clean(self) or {}
