"""Creating an identity, always after a search, with close identities beside the form (PAT-02, PAT-04)."""

from collections.abc import Collection
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.core.signing import BadSignature, Signer
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods, require_POST

from dcc.accounts.access import StaffRequest, requires
from dcc.lib import french
from dcc.lib.ids import uuid7
from dcc.organisations.models import Organisation
from patients.actions import CloseIdentityFound, IppTaken, create_patient
from patients.care import care
from patients.closeness import Closeness, closeness_of
from patients.forms import ContactForm, CreationForm
from patients.identity.candidates import PREFIX
from patients.identity.dates import typed_form
from patients.identity.names import comparison_key, given_names_agree
from patients.identity.traits import TraitSet
from patients.limits import TooManySearches
from patients.models import Patient
from patients.naming import birth_label, file_url, shown_name
from patients.permissions import PatientPermission
from patients.queries import found_rows, own_establishments
from patients.recent import Recent, recall
from patients.search import Match
from patients.searching import Wanted, search_identities

SIGNER = Signer(salt="patients.create")
KINDS = (
    ("birth_name", "nom"),
    ("first_given_name", "prénom"),
    ("used_name", "nom utilisé"),
    ("birth_date", "date de naissance"),
    ("sex", "sexe"),
    ("birth_insee", "lieu"),
)


@requires(PatientPermission.CREATE)
@require_http_methods(["GET", "POST"])
def create(request: StaffRequest) -> HttpResponse:
    """Create with the traits of the last search, which is mandatory."""
    recent = recall(request.session, request.GET.get("r", ""))
    if recent is None:
        messages.info(request, "Cherchez d’abord le patient : la création est proposée sous les résultats.")
        return redirect("patients:search")
    establishments = own_establishments(request.membership.organisation)
    if request.method == "POST":
        return _created(request, recent, establishments)
    form = CreationForm(initial=_initial(recent), establishments=establishments)
    return _page(request, form, ContactForm(prefix="contact"), Closeness(close=(), twins=(), asks_why=False))


@requires(PatientPermission.CREATE)
@require_POST
def close(request: StaffRequest) -> HttpResponse:
    """The identities close to what is being typed, as a fragment."""
    establishments = own_establishments(request.membership.organisation)
    form = CreationForm(request.POST, establishments=establishments)
    traits = form.partial_traits()
    try:
        matches = _alike(request, traits)
    except TooManySearches:
        return HttpResponse(status=429)
    context = {
        "form": form,
        "closeness": _compared(traits, matches, establishments),
        "warnings": _warnings(traits),
        "read": _read_date(form),
        "fragment": True,
    }
    return render(request, "patients/_close.html", context)


def _created(request: StaffRequest, recent: Recent, establishments: list[Organisation]) -> HttpResponse:
    form = CreationForm(request.POST, establishments=establishments)
    contact = ContactForm(request.POST, prefix="contact")
    matches: list[Match] = []
    if form.is_valid() & contact.is_valid():
        try:
            patient = create_patient(
                patient_id=_drawn(form.cleaned_data["token"]),
                identity=form.identity(),
                by=request.user,
                reason=form.reason(),
                ipp=form.cleaned_data.get("ipp", ""),
                ipp_organisation=form.organisation(),
                contact=contact.cleaned_data,
            )
        except CloseIdentityFound as found:
            matches = found.matches
            form.add_error("why", "Une identité est très proche : ouvrez-la, ou indiquez pourquoi créer quand même")
        except IppTaken as taken:
            form.add_error("ipp", holder_sentence(taken.holder))
        else:
            return _onward(request, patient, recent)
    traits = form.partial_traits() if not matches else form.identity().traits()
    if not matches:
        try:
            matches = _alike(request, traits)
        except TooManySearches:
            matches = []
    return _page(request, form, contact, _compared(traits, matches, establishments), status=422)


def _page(
    request: StaffRequest, form: CreationForm, contact: ContactForm, closeness: Closeness, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "contact": contact,
        "closeness": closeness,
        "can_register": _can_register(request),
        "read": _read_date(form) if form.is_bound else "",
    }
    return render(request, "patients/create.html", context, status=status)


def _onward(request: StaffRequest, patient: Patient, recent: Recent) -> HttpResponse:
    for warning in _warnings(TraitSet(first_given_name=patient.first_given_name, given_names=patient.given_names)):
        messages.info(request, warning)
    messages.success(request, f"Identité créée : {shown_name(patient)}, {birth_label(patient)}.")
    register = care().registration_url(request, patient.pk, meeting=recent.typed["meeting"])
    wants_file = request.POST.get("then") == "file"
    return redirect(file_url(patient.pk) if wants_file or not register else register)


def _can_register(request: StaffRequest) -> bool:
    return bool(care().registration_url(request, UUID(int=0)))


def _initial(recent: Recent) -> dict[str, str]:
    """The traits of the search; the used name is never filled by itself (EXI ID 08)."""
    typed = recent.typed
    return {
        "birth_name": typed["name"],
        "first_given_name": typed["given_name"],
        "birth_date": typed["birth_date"],
        "ipp": typed["number"],
        "token": SIGNER.sign(str(uuid7())),
    }


def _drawn(token: str) -> UUID:
    try:
        return UUID(SIGNER.unsign(token))
    except BadSignature as error:
        raise BadRequest("the form was not drawn here") from error


def _alike(request: StaffRequest, traits: TraitSet) -> list[Match]:
    """As strict as the search: a date and three letters of a name."""
    letters = (traits.birth_name, traits.used_name, traits.first_given_name)
    if not traits.birth_date or max(len(comparison_key(name)) for name in letters) < PREFIX:
        return []
    criteria = ", ".join(label for name, label in KINDS if getattr(traits, name))
    return search_identities(wanted=Wanted(criteria=criteria, traits=traits), by=request.user, live=True)


def _compared(traits: TraitSet, matches: Collection[Match], establishments: list[Organisation]) -> Closeness:
    return closeness_of(traits, found_rows(matches, establishments=establishments))


def _warnings(traits: TraitSet) -> list[str]:
    if traits.given_names and not given_names_agree(traits.first_given_name, traits.given_names):
        return ["La liste des prénoms ne commence pas par le premier prénom : vérifiez la pièce d’identité."]
    return []


def _read_date(form: CreationForm) -> str:
    """How the typed date was understood: partial dates are completed by rule, and that must be seen."""
    birth = form.cleaned_data.get("birth_date")
    if birth is None:
        return ""
    words = f"{french.date_long(birth.value, weekday=True)}"
    if birth.interpreted:
        words = f"date incomplète, retenue comme {typed_form(birth.value)}"
    return " · ".join([words, *birth.warnings])


def holder_sentence(holder: Patient) -> str:
    """Who already bears an IPP, with the way to their file."""
    return format_html(
        'Cet IPP est déjà celui de <a href="{}">{}</a>, {} le {}. Vérifiez le numéro, ou ouvrez ce dossier',
        file_url(holder.pk), shown_name(holder), birth_label(holder), typed_form(holder.birth_date),
    )  # fmt: skip
