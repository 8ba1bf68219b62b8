"""« Choisir les destinataires » of a report, from the conclusion (SND-06)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from dcc.accounts.access import StaffRequest, requires
from dcc.accounts.models import Membership
from dcc.ui.forms import DccForm
from dcc.ui.forms.summary import error_summary
from messaging.recipients import Recipient
from patients.banner import banner_for
from patients.models import Contact
from rcp.cases.actions import SheetFrozen
from rcp.cases.page import CHOOSE_RECIPIENTS
from rcp.cases.recipients import addressed, opposed_correspondents, opposition_of
from rcp.models import Case, Correspondent, CorrespondentRole
from rcp.registration.actions import Addressee, postal_address
from rcp.registration.desk import gp_that_stays, typed_before, with_one_more
from rcp.registration.forms import CorrespondentForm, OthersFormSet
from rcp.registration.professionals import memberships, professional_option
from rcp.registration.queries import gp_version
from rcp.registration.recipients import CHOSEN, choose_recipients, chosen, is_another_gp, may_choose

TITLES = {CorrespondentRole.REFERRING: "Médecin adresseur", CorrespondentRole.GP: "Médecin traitant"}


class RecipientForms:
    """The two doctors and the others, filled from the case."""

    def __init__(self, data: Mapping[str, Any] | None, case: Case) -> None:
        known = chosen(case)
        users = [one.user_id for one in known if one.user_id]
        members = {one.user_id: one for one in memberships().filter(user_id__in=users)}
        initial = [(one.role, _shown(one, members.get(one.user_id or 0))) for one in known]
        self.slots = [
            (role, CorrespondentForm(data, prefix=role.value, initial=_first(initial, role), title=title))
            for role, title in TITLES.items()
        ]
        others = [values for role, values in initial if role == CorrespondentRole.OTHER]
        self.others = OthersFormSet(with_one_more(data), prefix="others", initial=others)
        for one in self.others:
            one.empty_permitted = False
        self._mark_opposed(case, known)

    def _mark_opposed(self, case: Case, known: list[Correspondent]) -> None:
        """Said where they are listed, as the conclusion says it; somebody else typed in their place is not they."""
        opposed = opposed_correspondents(case, known)
        first = {one.role: one.pk for one in reversed(known)}
        rest = [one.pk for one in known if one.role == CorrespondentRole.OTHER]
        listed = [*((first.get(role), form) for role, form in self.slots), *zip(rest, self.others, strict=False)]
        for pk, form in listed:
            if pk in opposed and not (form.is_bound and "person" in form.changed_data):
                form.opposed = opposition_of(case.patient.sex)

    def all(self) -> list[DccForm]:
        return [*(form for _, form in self.slots), *self.others]

    def is_valid(self) -> bool:
        return all([*(form.is_valid() for _, form in self.slots), self.others.is_valid()])

    def addressees(self) -> list[Addressee]:
        named = [*self.slots, *((CorrespondentRole.OTHER, one) for one in self.others)]
        return [found for role, form in named if (found := form.addressee(role)) is not None]


@requires(*CHOOSE_RECIPIENTS)
@require_http_methods(["GET", "POST"])
def recipients(request: StaffRequest, case_id: UUID) -> HttpResponse:
    """Who receives the report of this case; once it is signed, the deliveries say who received it."""
    found = Case.objects.select_related("patient", "meeting__board", "requester_organisation")
    case = get_object_or_404(found, pk=case_id)
    if not may_choose(case):
        messages.info(
            request, "Les destinataires de ce compte rendu sont fixés. Un nouvel envoi se demande dans Envois."
        )
        return redirect("rcp:conclusion", case.pk)
    forms = RecipientForms(request.POST if request.method == "POST" else None, case)
    status = 200
    if request.method == "POST" and "_ajouter" not in request.POST:
        if forms.is_valid():
            return _written(request, case, forms)
        status = 422
    going = addressed(case)
    context = {
        "case": case,
        "gp_seen": request.POST.get("gp_seen", "") if request.method == "POST" else _gp_seen(case),
        "banner_data": banner_for(request, case.patient),
        "slots": [form for _, form in forms.slots],
        "others": forms.others,
        "summary": error_summary(*forms.all()) if status == 422 else "",
        "always": _always(going.receive),
        "left_out": _always(going.left_out),
        "opposition": opposition_of(case.patient.sex),
    }
    return render(request, "rcp/registration/recipients.html", context, status=status)


def _written(request: StaffRequest, case: Case, forms: RecipientForms) -> HttpResponse:
    addressees = forms.addressees()
    gp = next((one for one in addressees if one.role == CorrespondentRole.GP), None)
    another = is_another_gp(case, addressees)
    try:
        choose_recipients(
            case_id=case.pk, addressees=addressees, gp_seen=request.POST.get("gp_seen", ""), by=request.user
        )
    except SheetFrozen:
        messages.warning(request, "La fiche vient d’être validée\u00a0: ses destinataires n’ont pas changé.")
    else:
        messages.success(request, "Destinataires enregistrés.")
        if gp is not None and another and (stays := gp_that_stays(case, gp)):
            messages.error(request, stays)  # stays on the screen until it is read
    return redirect("rcp:conclusion", case.pk)


def _always(recipients: list[Recipient]) -> list[Recipient]:
    return [one for one in recipients if one.role not in {role.label for role in CHOSEN}]


def _gp_seen(case: Case) -> str:
    return gp_version(Contact.objects.filter(patient_id=case.patient_id).first())


def _first(initial: list[tuple[str, dict[str, Any]]], role: CorrespondentRole) -> dict[str, Any]:
    return next((values for one, values in initial if one == role), {})


def _shown(one: Correspondent, member: Membership | None) -> dict[str, Any]:
    """Somebody of the directory, with the addresses that were typed for them alone; or what was typed."""
    if member is None:
        return typed_before(one.name, one.mssante_address, one.postal_address)
    usual = postal_address(member.organisation)
    return {
        "person": professional_option(str(member.pk)),
        "mssante_address": "" if one.mssante_address == member.user.mssante_address else one.mssante_address,
        "postal_address": "" if one.postal_address == usual else one.postal_address,
    }
