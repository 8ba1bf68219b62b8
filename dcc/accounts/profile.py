"""One's own account: what is known of me, how to reach me, how I want the screen."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from dcc.accounts.access import StaffRequest, signed_in
from dcc.accounts.actions import change_contact
from dcc.accounts.factors import has_recovery_codes, has_strong_factor
from dcc.accounts.forms import ContactForm
from dcc.accounts.models import Membership, User
from dcc.roles import ROLES
from dcc.ui.components.data import Pair


@signed_in
@require_http_methods(["GET", "POST"])
def profile(request: StaffRequest) -> HttpResponse:
    user = request.user
    form = ContactForm(request.POST or None, initial={"phone": user.phone, "mssante_address": user.mssante_address})
    if request.method == "POST" and form.is_valid():
        change_contact(user=user, by=user, **form.cleaned_data)
        messages.success(request, "Vos coordonnées sont enregistrées.")
        return redirect("accounts:profile")
    context = {"form": form, "identity": identity(user), "habilitations": _mine(user), "protected": _protection(user)}
    return render(request, "accounts/profile.html", context, status=422 if form.errors else 200)


def identity(user: User) -> tuple[Pair, ...]:
    """What an administrator entered about a person."""
    known = (
        ("Nom", user.display_name, False),
        ("Adresse électronique", user.email, False),
        ("Profession", user.get_profession_display(), False),
        ("Spécialité", user.specialty_label, False),
        ("RPPS", user.rpps, True),
    )
    return tuple(Pair(label=label, value=value, identifier=number) for label, value, number in known if value)


def _mine(user: User) -> list[tuple[Membership, str]]:
    current = (
        Membership.objects.current().filter(user=user).select_related("organisation").order_by("organisation__name")
    )
    return [(one, ROLES[one.role].label) for one in current]


def _protection(user: User) -> str:
    strong = "Application ou clé de sécurité" if has_strong_factor(user) else "Code envoyé à votre adresse électronique"
    return f"{strong}{', codes de secours' if has_recovery_codes(user) else ', sans code de secours'}"
