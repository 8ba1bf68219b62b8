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
from patients.birth_places import get_place
from patients.care import care
from patients.closeness import Closeness, closeness_of
from patients.forms import ContactForm, CreationForm, ScanForm
from patients.identity.candidates import PREFIX
from patients.identity.datamatrix import InsDatamatrix
from patients.identity.dates import typed_form
from patients.identity.names import comparison_key, given_names_agree, normalise_given_name
from patients.identity.traits import TraitSet
from patients.insi.comparison import first_given_name
from patients.lifecycle.regimes import TraitsComeFromFeed, demand_typed_here
from patients.lifecycle.states import Channel
from patients.limits import TooManySearches
from patients.models import Patient
from patients.naming import birth_label, file_url, shown_name
from patients.permissions import PatientPermission
from patients.queries import found_rows, own_establishments
from patients.recent import Recent, recall
from patients.search import Match
from patients.searching import Wanted, search_identities

SIGNER = Signer(salt="patients.create")
SCANNED = Signer(salt="patients.scan")
_NOBODY = Closeness(close=(), twins=(), asks_why=False)
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
    try:
        demand_typed_here(by=request.user)
    except TraitsComeFromFeed as refused:
        messages.info(request, refused.message)
        return redirect("patients:search")
    if "scan" in request.POST:
        return _read_scan(request, recent, establishments)
    if request.method == "POST":
        return _created(request, recent, establishments)
    form = CreationForm(initial=_initial(recent), establishments=establishments)
    return _page(request, form, ContactForm(prefix="contact"), None)


@requires(PatientPermission.CREATE)
@require_POST
def close(request: StaffRequest) -> HttpResponse:
    """The identities close to what is being typed, as a fragment."""
    establishments = own_establishments(request.membership.organisation)
    form = CreationForm(request.POST, establishments=establishments)
    traits = form.partial_traits()
    try:
        matches = _alike(request, traits)
    except TooManySearches as many:  # read by the script of the page, which says its title and its words
        return render(request, "patients/too_many.html", {"too_many": many}, status=429)
    context = {
        "form": form,
        "closeness": _compared(traits, matches, establishments),
        "warnings": warnings_of(traits),
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
                channel=_channel(form),
            )
        except CloseIdentityFound as found:
            matches = found.matches
            form.add_error("why", "Une identité est très proche : ouvrez-la, ou indiquez pourquoi créer quand même")
        except TraitsComeFromFeed as refused:
            form.add_error(None, refused.message)
        except IppTaken as taken:
            form.add_error("ipp", holder_sentence(taken.holder))
        except TooManySearches as many:
            form.add_error(None, f"{many.title}. {many.advice} Rien n’est perdu\u00a0: enregistrez de nouveau alors")
            return _page(request, form, contact, _NOBODY, status=429)
        else:
            return _onward(request, patient, recent)
    traits = form.partial_traits() if not matches else form.identity().traits()
    if not matches:
        try:
            matches = _alike(request, traits)
        except TooManySearches:
            matches = []
    return _page(request, form, contact, _compared(traits, matches, establishments), status=422)


def _read_scan(request: StaffRequest, recent: Recent, establishments: list[Organisation]) -> HttpResponse:
    """The traits of a datamatrix in the form, and who bears it; nothing of it in an address nor in a trace."""
    scan = ScanForm(request.POST)
    token = request.POST.get("token", "")
    _drawn(token)
    initial = _initial(recent) | {"token": token}
    if not scan.is_valid():
        scan.data = {}  # never sent back, and the next scan is not typed after this one
        form = CreationForm(initial=initial, establishments=establishments)
        return _page(request, form, ContactForm(prefix="contact"), None, scan=scan, status=422)
    read = scan.cleaned_data["payload"]
    traits = scanned_traits(read, typed=recent.typed["given_name"])
    initial |= {name: getattr(traits, name) for name in ("birth_name", "first_given_name", "given_names", "sex")}
    initial |= {
        "birth_date": typed_form(read.birth_date),
        "birth_place": get_place(read.birth_insee) if read.birth_insee else None,
    }
    form = CreationForm(initial=initial | {"scanned": signature_of(traits)}, establishments=establishments)
    bearers: list[Match] = []
    matches: list[Match] = []
    try:
        wanted = Wanted(criteria="INS d’un datamatrix", matricule=read.ins.matricule)
        bearers = search_identities(wanted=wanted, by=request.user)
        matches = _alike(request, traits)
    except TooManySearches as many:
        messages.warning(request, f"{many.title}. Les identités proches ne sont pas montrées. {many.advice}")
    closeness = _compared(traits, matches, establishments)
    bearer = next((one.patient for one in bearers), None)
    return _page(request, form, ContactForm(prefix="contact"), closeness, scan=ScanForm(), bearer=bearer)


def _page(
    request: StaffRequest,
    form: CreationForm,
    contact: ContactForm,
    closeness: Closeness | None,
    *,
    scan: ScanForm | None = None,
    bearer: Patient | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page; without a `closeness` nobody has been looked for yet, and the browser asks as soon as it is shown."""
    context = {
        "form": form,
        "scan": scan or ScanForm(),
        "bearer": bearer,
        "contact": contact,
        "closeness": closeness or _NOBODY,
        "looks_up": closeness is None,
        "can_register": _can_register(request),
        "read": _read_date(form) if form.is_bound else "",
    }
    return render(request, "patients/create.html", context, status=status)


def _onward(request: StaffRequest, patient: Patient, recent: Recent) -> HttpResponse:
    for warning in warnings_of(TraitSet(first_given_name=patient.first_given_name, given_names=patient.given_names)):
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


def scanned_traits(read: InsDatamatrix, *, typed: str = "") -> TraitSet:
    """The traits of a datamatrix; its list of given names begins with the one searched for, or with its first word."""
    searched = typed.strip(" -'")
    given = normalise_given_name(searched).normalised if searched else ""
    return TraitSet(
        birth_name=read.birth_name,
        first_given_name=first_given_name(read.given_names, given),
        given_names=read.given_names,
        birth_date=read.birth_date,
        sex=read.sex,
        birth_insee=read.birth_insee,
    )


def signature_of(traits: TraitSet) -> str:
    """What proves, when the form comes back, that its strict traits are those that were read."""
    said = (traits.birth_name, traits.first_given_name, traits.given_names, traits.sex, traits.birth_insee)
    return SCANNED.signature("|".join([*said, f"{traits.birth_date}"]))


def _channel(form: CreationForm) -> Channel:
    read = form.cleaned_data["scanned"]
    return Channel.DATAMATRIX if read and read == signature_of(form.identity().traits()) else Channel.TYPED


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


def warnings_of(traits: TraitSet) -> list[str]:
    """What must be checked in traits that are accepted (EXI ID 10)."""
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
