"""The page of an identity: its traits, its history, and what may be done to it (PAT-01…05)."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dcc.accounts.access import StaffRequest, demand, granted, requires
from patients.access import may_see
from patients.banner import banner_for
from patients.creation_views import warnings_of
from patients.file_views import note_opening
from patients.insi.interface import InsiCode, InsiUnavailable
from patients.lifecycle import actions, asking
from patients.lifecycle.forms import DeathForm, DocumentForm, ReasonForm, RelativeForm, TraitsForm
from patients.lifecycle.matricules import InsHeldByAnother
from patients.lifecycle.queries import asked_names, identity_page
from patients.lifecycle.regimes import TraitsComeFromFeed, source_of
from patients.lifecycle.transitions import TRANSITIONS, ActRefused, IdentityAct
from patients.models import InsiCall, Patient, Relative
from patients.naming import birth_label, file_url, shown_name
from patients.permissions import PatientPermission

Refusals = (ActRefused, TraitsComeFromFeed, InsiUnavailable, actions.MovedOn)


def identity_url(patient: Patient) -> str:
    return reverse("patients:identity", args=[patient.pk])


def of_open_file(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Give the view its patient; a closed file, or a merged one, is answered by the page of the file."""

    def guarded(request: StaffRequest, patient_id: UUID, **rest: object) -> HttpResponse:
        patient = get_object_or_404(Patient, pk=patient_id)
        if patient.merged_into_id or not may_see(patient.pk):
            return redirect(file_url(patient.pk))
        return view(request, patient, **rest)

    return guarded


@requires(PatientPermission.IDENTITY)
@require_safe
@of_open_file
def identity(request: StaffRequest, patient: Patient) -> HttpResponse:
    """Traits, matricule, history, and the acts that this person may start."""
    note_opening(request, patient)
    page = identity_page(patient, by=request.user, rights=request.rights)
    context = {
        "page": page,
        "patient": patient,
        "banner_data": banner_for(request, patient),
        "may_edit": granted(request, PatientPermission.IDENTITY_EDIT),
        "may_read": granted(request, PatientPermission.VIEW),
        "acts": [(act.value, TRANSITIONS[act].label) for act in page.acts if TRANSITIONS[act].wants_reason],
        "act_names": {act.name for act in page.acts},
        "may_drop_ins": page.ins is not None and page.question is not None and not page.question.found,
    }
    return render(request, "patients/identity.html", context)


@requires(PatientPermission.IDENTITY_EDIT)
@require_http_methods(["GET", "POST"])
@of_open_file
def document(request: StaffRequest, patient: Patient) -> HttpResponse:
    """Validate with the document that the person shows."""
    form = DocumentForm(request.POST or None, initial={"seen": actions.last_line(patient.pk)})
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            found = actions.validate(
                patient=patient, document=form.kind, with_representative=told["with_representative"],
                by=request.user, seen=told["seen"],
            )  # fmt: skip
        except Refusals as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(
                request, f"Identité {found.get_status_display()}, sur présentation\u00a0: {form.kind.label}."
            )
            return redirect(identity_url(patient))
    return _form_page(request, patient, form, "patients/identity_document.html")


@requires(PatientPermission.IDENTITY_EDIT)
@require_http_methods(["GET", "POST"])
@of_open_file
def traits(request: StaffRequest, patient: Patient) -> HttpResponse:
    """Correct or complete the traits."""
    seen = actions.last_line(patient.pk)
    uncertain = patient.birth_date_interpreted
    form = TraitsForm(request.POST, uncertain=uncertain) if request.method == "POST" else TraitsForm.of(patient, seen)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            labels = actions.change_traits(
                patient=patient, identity=form.identity(), by=request.user, seen=told["seen"], reason=told["reason"],
                billing=told["billing_birth_date"], date_as_written=told.get("date_as_written", False),
            )  # fmt: skip
        except Refusals as refused:
            form.add_error(None, refused.message)
        else:
            words = f"Modifié\u00a0: {', '.join(labels)}." if labels else "Rien n’a changé."
            messages.success(request, words)
            for warning in warnings_of(form.identity().traits()):
                messages.warning(request, warning)
            return redirect(identity_url(patient))
    return _form_page(request, patient, form, "patients/identity_traits.html")


@requires(PatientPermission.IDENTITY_EDIT, PatientPermission.IDENTITY_VIGILANCE)
@require_http_methods(["GET", "POST"])
@of_open_file
def act(request: StaffRequest, patient: Patient, act: str) -> HttpResponse:
    """Mark an identity doubtful, homonym, fictitious…, or cancel its validation: always with a reason."""
    line = TRANSITIONS.get(IdentityAct(act)) if act in set(IdentityAct) else None
    if line is None or not (line.by_hand and line.wants_reason):
        raise Http404
    demand(request, line.permission)
    form = ReasonForm(request.POST or None, initial={"seen": actions.last_line(patient.pk)})
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            actions.act_on(
                patient=patient, act=IdentityAct(act), by=request.user, seen=told["seen"], reason=told["reason"]
            )
        except Refusals as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, f"{line.done}.")
            return redirect(identity_url(patient))
    return _form_page(request, patient, form, "patients/identity_act.html", line=line)


@requires(PatientPermission.IDENTITY_EDIT)
@require_POST
@of_open_file
def insi(request: StaffRequest, patient: Patient) -> HttpResponse:
    """Ask INSi, accept or leave aside its answer, or take away an INS that it does not confirm."""
    try:
        _insi_step(request, patient)
    except InsHeldByAnother as collision:
        other = collision.holder
        sentence = format_html(
            'Cette INS est déjà celle de <a href="{}">{}</a>, {}. Rien n’a changé\u00a0: signalez ces deux dossiers à '
            "la cellule d’identitovigilance.",
            file_url(other.pk), shown_name(other), birth_label(other),
        )  # fmt: skip
        messages.error(request, sentence)
    except Refusals as refused:
        messages.error(request, refused.message)
    return redirect(f"{identity_url(patient)}#insi")


@requires(PatientPermission.IDENTITY_EDIT)
@require_http_methods(["GET", "POST"])
@of_open_file
def death(request: StaffRequest, patient: Patient) -> HttpResponse:
    """Note a death, with its day when it is known, or take it back."""
    form = DeathForm(request.POST or None, born=patient.birth_date, initial={"died_on": patient.died_on})
    if request.method == "POST" and form.is_valid():
        deceased = "alive" not in request.POST
        actions.note_death(
            patient=patient, deceased=deceased, died_on=form.cleaned_data["died_on"] if deceased else None,
            by=request.user,
        )  # fmt: skip
        messages.success(request, "Décès noté." if deceased else "Le décès noté à tort est annulé.")
        return redirect(identity_url(patient))
    return _form_page(request, patient, form, "patients/identity_death.html")


@requires(PatientPermission.IDENTITY_EDIT)
@require_http_methods(["GET", "POST"])
@of_open_file
def relatives(request: StaffRequest, patient: Patient) -> HttpResponse:
    """Add who represents the patient, whom they trust, whom to call; or end one of them."""
    if "end" in request.POST:
        relative = get_object_or_404(Relative, pk=_uuid(request.POST["end"]), patient=patient)
        actions.end_relative(relative=relative, by=request.user)
        messages.success(request, f"{relative.name} ne figure plus parmi les proches.")
        return redirect(identity_url(patient))
    form = RelativeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = actions.add_relative(patient=patient, by=request.user, **form.cleaned_data)
        messages.success(request, f"{made.name}, {made.get_relation_display()}\u00a0: ajouté.")
        return redirect(identity_url(patient))
    return _form_page(request, patient, form, "patients/identity_relatives.html")


def _insi_step(request: StaffRequest, patient: Patient) -> None:
    step = request.POST.get("do", "ask")
    if step == "lose":
        found = asking.lose_ins(patient=patient, by=request.user)
        messages.success(request, f"INS retirée. L’identité est {found.get_status_display()}.")
    elif step in ("accept", "dismiss"):
        call = get_object_or_404(InsiCall, pk=_uuid(request.POST.get("call", "")), patient=patient)
        if step == "dismiss":
            asking.dismiss(call=call, reason="Réponse écartée après comparaison des traits", by=request.user)
            messages.success(request, "Réponse écartée. L’identité n’a pas changé.")
        else:
            found = asking.accept(call=call, by=request.user)
            messages.success(request, f"INS reprise d’INSi. L’identité est {found.get_status_display()}.")
    else:
        _ask(request, patient)


def _ask(request: StaffRequest, patient: Patient) -> None:
    names = asked_names(patient)
    chosen = request.POST.get("given_name", names[0])
    call = asking.ask(patient=patient, given_name=chosen if chosen in names else names[0], by=request.user)
    if call.decided_at:
        messages.success(request, "INSi confirme l’INS et les traits de ce dossier.")
    elif call.code == InsiCode.FOUND:
        messages.info(request, "INSi a trouvé une identité. Comparez-la ci-dessous avant de l’accepter.")
    else:
        messages.warning(request, "INSi n’a pas donné d’INS. Voyez ci-dessous ce qui peut être essayé.")


def _form_page(request: StaffRequest, patient: Patient, form: object, template: str, **more: object) -> HttpResponse:
    context = {
        "form": form,
        "patient": patient,
        "banner_data": banner_for(request, patient),
        "back": identity_url(patient),
        "source": source_of(by=request.user, patient=patient),
        **more,
    }
    return render(request, template, context, status=422 if getattr(form, "is_bound", False) else 200)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error
