"""Pages of organisations: the tree, one of them, its logo."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dcc.accounts.access import StaffRequest, granted, requires
from dcc.accounts.permissions import AccountPermission
from dcc.lib.pdf_checks import LogoRefused
from dcc.organisations import actions
from dcc.organisations.forms import LogoForm, OrganisationForm
from dcc.organisations.kinds import RULES
from dcc.organisations.models import Organisation
from dcc.organisations.queries import tree

EDITED = (
    "name",
    "short_name",
    "finess",
    "oid",
    "phone",
    "email",
    "mssante_address",
    "address_line",
    "postcode",
    "city",
)


@requires(AccountPermission.ORGANISATIONS_VIEW)
@require_safe
def show_tree(request: HttpRequest) -> HttpResponse:
    with_closed = request.GET.get("fermees") == "1"
    context = {
        "nodes": tree(with_closed=with_closed),
        "with_closed": with_closed,
        "manages": granted(request, AccountPermission.ORGANISATIONS_MANAGE),
    }
    return render(request, "organisations/tree.html", context)


@requires(AccountPermission.ORGANISATIONS_MANAGE)
@require_http_methods(["GET", "POST"])
def create(request: StaffRequest) -> HttpResponse:
    form = OrganisationForm(request.POST or None, initial={"parent": request.GET.get("sous", "")})
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.create_organisation(by=request.user, **form.cleaned_data)
        except actions.OrganisationRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{made.name} est créé.")
            return redirect("organisations:edit", made.pk)
    context = {"form": form, "organisation": None}
    return render(request, "organisations/edit.html", context, status=422 if form.errors else 200)


@requires(AccountPermission.ORGANISATIONS_MANAGE)
@require_http_methods(["GET", "POST"])
def edit(request: StaffRequest, organisation_id: UUID) -> HttpResponse:
    organisation = get_object_or_404(Organisation, pk=organisation_id)
    initial = {name: getattr(organisation, name) for name in EDITED} | {"parent": str(organisation.parent_id or "")}
    form = OrganisationForm(request.POST or None, organisation=organisation, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_organisation(organisation=organisation, by=request.user, **form.cleaned_data)
        except actions.OrganisationRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{organisation.name} est enregistré.")
            return redirect("organisations:tree")
    context = {"form": form, "organisation": organisation, "logo_form": LogoForm() if _has_logo(organisation) else None}
    return render(request, "organisations/edit.html", context, status=422 if form.errors else 200)


@requires(AccountPermission.ORGANISATIONS_MANAGE)
@require_POST
def close(request: StaffRequest, organisation_id: UUID) -> HttpResponse:
    organisation = get_object_or_404(Organisation, pk=organisation_id)
    try:
        actions.close_organisation(organisation=organisation, by=request.user)
    except actions.OrganisationRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("organisations:edit", organisation.pk)
    messages.success(request, f"{organisation.name} est fermé.")
    return redirect("organisations:tree")


@requires(AccountPermission.ORGANISATIONS_MANAGE)
@require_POST
def reopen(request: StaffRequest, organisation_id: UUID) -> HttpResponse:
    organisation = get_object_or_404(Organisation.objects.select_related("parent"), pk=organisation_id)
    try:
        actions.reopen_organisation(organisation=organisation, by=request.user)
    except actions.OrganisationRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("organisations:edit", organisation.pk)


@requires(AccountPermission.ORGANISATIONS_VIEW)
@require_safe
def logo(request: HttpRequest, organisation_id: UUID) -> HttpResponse:
    """The flattened logo, as reports show it."""
    organisation = get_object_or_404(Organisation.objects.only("logo"), pk=organisation_id)
    if not organisation.logo:
        raise Http404
    return HttpResponse(bytes(organisation.logo), content_type="image/png")


@requires(AccountPermission.ORGANISATIONS_MANAGE)
@require_POST
def change_logo(request: StaffRequest, organisation_id: UUID) -> HttpResponse:
    organisation = get_object_or_404(Organisation, pk=organisation_id)
    if not _has_logo(organisation):
        raise Http404
    if request.POST.get("action") == "remove":
        actions.remove_logo(organisation=organisation, by=request.user)
        return redirect("organisations:edit", organisation.pk)
    form = LogoForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            actions.set_logo(organisation=organisation, image=form.cleaned_data["logo"].read(), by=request.user)
        except LogoRefused as refusal:
            form.add_error("logo", str(refusal))
        else:
            messages.success(request, "Le logo est enregistré. Vérifiez l’aperçu.")
            return redirect("organisations:edit", organisation.pk)
    initial = {name: getattr(organisation, name) for name in EDITED} | {"parent": str(organisation.parent_id or "")}
    main = OrganisationForm(organisation=organisation, initial=initial)
    context = {"form": main, "organisation": organisation, "logo_form": form}
    return render(request, "organisations/edit.html", context, status=422)


def _has_logo(organisation: Organisation) -> bool:
    return RULES[organisation.kind].has_logo
