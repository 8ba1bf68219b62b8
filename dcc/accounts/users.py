"""Pages of administrators: the list of users, one of them, what they may do."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core import signing
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dcc.accounts import habilitations as actions
from dcc.accounts.access import StaffRequest, granted, requires
from dcc.accounts.forms import HabilitationForm, PeopleFilter, PersonForm
from dcc.accounts.models import Membership, User
from dcc.accounts.people import find_people, with_habilitations
from dcc.accounts.permissions import AccountPermission
from dcc.accounts.profile import identity
from dcc.accounts.reach import Reach, administers_whole, is_current, reach_of
from dcc.lib.clock import ends
from dcc.roles import ROLES
from dcc.ui.components.data import Column

PER_PAGE = 50
FOUND_SALT = "accounts.found"
FOUND_FOR = 3600  # seconds an administrator has to attach someone found by address or RPPS
COLUMNS = (
    Column(label="Personne"),
    Column(label="Profession"),
    Column(label="Habilitations en cours"),
    Column(label="Dernière connexion"),
    Column(label="État"),
)


@requires(AccountPermission.USERS_VIEW)
@require_safe
def users(request: StaffRequest) -> HttpResponse:
    reach = reach_of(request.user)
    form = PeopleFilter(request.GET or None, reach=reach)
    wanted = form.cleaned_data if form.is_bound and form.is_valid() else {}
    found = find_people(
        reach,
        search=wanted.get("q", ""),
        organisation=wanted.get("organisation", ""),
        role=wanted.get("role", ""),
        status=wanted.get("status", ""),
    )
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "people": with_habilitations(list(page.object_list), reach),
        "form": form,
        "columns": COLUMNS,
        "filtered": any(wanted.values()),
        "manages": granted(request, AccountPermission.USERS_MANAGE),
    }
    return render(request, "accounts/users.html", context)


@requires(AccountPermission.USERS_MANAGE)
@require_http_methods(["GET", "POST"])
def create(request: StaffRequest) -> HttpResponse:
    """A new person and their first habilitation; somebody already known only gets the habilitation."""
    person = PersonForm(request.POST or None)
    habilitation = HabilitationForm(request.POST or None, reach=reach_of(request.user))
    if request.method == "POST" and _both_valid(person, habilitation):
        if person.existing:
            return _attach_instead(request, person.existing)
        try:
            with transaction.atomic():
                user = actions.create_user(by=request.user, **person.cleaned_data)
                actions.grant_membership(user=user, by=request.user, **habilitation.cleaned_data)
                actions.invite(user=user, by=request.user, root=request.build_absolute_uri("/"))
        except actions.HabilitationRefused as refusal:
            habilitation.add_error(None, str(refusal))
        else:
            messages.success(request, f"Le compte de {user.display_name} est ouvert, son invitation est partie.")
            return redirect("accounts:user", user.pk)
    context = {"person": person, "habilitation": habilitation}
    return render(request, "accounts/user_create.html", context, status=422 if request.method == "POST" else 200)


def _both_valid(*forms: Any) -> bool:
    """Check every form, so that all errors are shown at once."""
    return sum(form.is_valid() for form in forms) == len(forms)


def _attach_instead(request: StaffRequest, user: User) -> HttpResponse:
    """Go on with the habilitation alone: the token stands for having known the exact address or RPPS."""
    token = signing.dumps([request.user.pk, user.pk], salt=FOUND_SALT)
    kept = {name: request.POST.get(name, "") for name in HabilitationForm.base_fields}
    return redirect(f"{reverse('accounts:attach', args=[token])}?{urlencode(kept)}")


@requires(AccountPermission.USERS_MANAGE)
@require_http_methods(["GET", "POST"])
def attach(request: StaffRequest, token: str) -> HttpResponse:
    """Give a habilitation here to somebody who has an account already, whatever the network that opened it."""
    try:
        by_id, user_id = signing.loads(token, salt=FOUND_SALT, max_age=FOUND_FOR)
    except signing.BadSignature:
        raise Http404 from None
    if by_id != request.user.pk:
        raise Http404
    return _give(request, get_object_or_404(User, pk=user_id), found=True)


@requires(AccountPermission.USERS_MANAGE)
@require_http_methods(["GET", "POST"])
def grant(request: StaffRequest, user_id: int) -> HttpResponse:
    return _give(request, _known(reach_of(request.user), user_id), found=False)


def _give(request: StaffRequest, user: User, *, found: bool) -> HttpResponse:
    form = HabilitationForm(request.POST or None, initial=request.GET.dict(), reach=reach_of(request.user))
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.grant_membership(user=user, by=request.user, **form.cleaned_data)
        except actions.HabilitationRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{user.display_name} : {ROLES[made.role].label}, {made.organisation.name}.")
            return redirect("accounts:user", user.pk)
    context = {"form": form, "person": user, "found": found}
    return render(request, "accounts/grant.html", context, status=422 if form.errors else 200)


@requires(AccountPermission.USERS_VIEW)
@require_safe
def user_page(request: StaffRequest, user_id: int) -> HttpResponse:
    reach = reach_of(request.user)
    user = _known(reach, user_id)
    history = [
        (one, ROLES[one.role].label, is_current(one), ends(one.expires_at)) for one in reach.memberships_of(user)
    ]
    manages = granted(request, AccountPermission.USERS_MANAGE) and user.pk != request.user.pk
    context = {
        "person": user,
        "identity": identity(user),
        "current": [line for line in history if line[2]],
        "past": [line for line in history if not line[2]],
        "manages": manages,
        "whole": administers_whole(reach, user),
        "oneself": user.pk == request.user.pk,
    }
    return render(request, "accounts/user.html", context)


@requires(AccountPermission.USERS_MANAGE)
@require_http_methods(["GET", "POST"])
def edit(request: StaffRequest, user_id: int) -> HttpResponse:
    user = _known(reach_of(request.user), user_id)
    initial = {name: getattr(user, name) for name in PersonForm.base_fields}
    form = PersonForm(request.POST or None, initial=initial, user=user)
    if request.method == "POST" and form.is_valid():
        actions.change_user(user=user, by=request.user, **form.cleaned_data)
        messages.success(request, f"Le compte de {user.display_name} est enregistré.")
        return redirect("accounts:user", user.pk)
    context = {"form": form, "person": user}
    return render(request, "accounts/user_edit.html", context, status=422 if form.errors else 200)


@requires(AccountPermission.USERS_MANAGE)
@require_POST
def act(request: StaffRequest, user_id: int) -> HttpResponse:
    """The buttons of a person's page: invite again, deactivate, reactivate, reset second factors."""
    user = _known(reach_of(request.user), user_id)
    name = request.POST.get("action", "")
    if name == "invite":
        actions.invite(user=user, by=request.user, root=request.build_absolute_uri("/"))
    elif name == "deactivate":
        actions.deactivate(user=user, by=request.user)
    elif name == "reactivate":
        actions.reactivate(user=user, by=request.user)
    elif name == "reset_factors":
        actions.reset_factors(user=user, by=request.user)
    else:
        raise Http404
    messages.success(request, DONE[name].format(name=user.display_name))
    return redirect("accounts:user", user.pk)


DONE = {
    "invite": "L’invitation est partie.",
    "deactivate": "Le compte de {name} est désactivé, ses sessions sont fermées.",
    "reactivate": "Le compte de {name} est réactivé.",
    "reset_factors": "Les seconds facteurs sont retirés : un code sera envoyé par messagerie.",
}


@requires(AccountPermission.USERS_MANAGE)
@require_POST
def revoke(request: StaffRequest, membership_id: UUID) -> HttpResponse:
    found = Membership.objects.select_related("user", "organisation").filter(
        organisation__in=reach_of(request.user).ids
    )
    membership = get_object_or_404(found, pk=membership_id)
    actions.revoke_membership(membership=membership, by=request.user)
    messages.success(request, f"Habilitation retirée : {ROLES[membership.role].label}, {membership.organisation.name}.")
    return redirect("accounts:user", membership.user_id)


def _known(reach: Reach, user_id: int) -> User:
    """Somebody who has or had a habilitation in reach; 404 for anybody else."""
    user = get_object_or_404(User, pk=user_id)
    if not reach.memberships_of(user):
        raise Http404
    return user
