"""The page where files whose time is over are listed, kept or signed for; nothing is eliminated without two persons."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from dcc.accounts.access import StaffRequest, requires
from patients.models import ListStatus, RetentionLine, RetentionList
from patients.permissions import PatientPermission
from patients.requests.forms import KeepForm
from patients.requests.retention import (
    NotAllSeen,
    NotToSign,
    SamePerson,
    ask_list,
    drop_list,
    keep_file,
    lines_of,
    lists_of,
    sign_list,
)
from patients.requests.retention_rules import RULES

PAST_SHOWN = 20
REFUSALS = {
    NotToSign: "Cette liste n’attend plus de signature.",
    SamePerson: "Vous avez signé cette liste\u00a0: la seconde signature est celle d’une autre personne.",
    NotAllSeen: "Des dossiers de cette liste vous sont fermés\u00a0: personne ne signe ce qu’il ne peut pas lire.",
}


@requires(PatientPermission.RETENTION)
@require_http_methods(["GET", "POST"])
def retention(request: StaffRequest) -> HttpResponse:
    """The open list of one's organisation, what was signed before, and what can be done."""
    return _act(request) if request.method == "POST" else _page(request)


def _page(request: StaffRequest, refused: KeepForm | None = None) -> HttpResponse:
    """The page; `refused` is the reason that says too little, shown again where it was typed."""
    organisation = request.membership.organisation
    found = list(lists_of(organisation)[: PAST_SHOWN + 1])
    current = next((one for one in found if one.status in {"drawing", "drawn", "signed"}), None)
    lines = list(lines_of(current)) if current else []
    context = {
        "current": current,
        "rows": [(line, RULES[line.rule]) for line in lines],
        "hidden": current.size - len(lines) if current else 0,
        "to_sign": current is not None and current.status == ListStatus.DRAWN and bool(current.size),
        "signed_by_me": current is not None and current.first_by_id == request.user.pk,
        "to_eliminate": sum(not line.kept for line in lines),
        "past": [one for one in found if one is not current],
        "rules": RULES.values(),
        "refused": refused,
        "refused_line": refused.cleaned_data["line"] if refused else None,
    }
    return render(request, "patients/retention.html", context, status=422 if refused else 200)


def _act(request: StaffRequest) -> HttpResponse:
    action, by = request.POST.get("action"), request.user
    try:
        if action == "draw":
            ask_list(organisation=request.membership.organisation, by=by)
            messages.success(request, "La liste est en préparation. Rechargez la page dans quelques instants.")
        elif action == "keep":
            return _keep(request)
        elif action == "sign":
            signed = sign_list(asked=_asked(request), by=by)
            done = "L’élimination commence." if signed.second_by_id else "Une autre personne doit signer aussi."
            messages.success(request, f"Liste signée. {done}")
        elif action == "drop":
            drop_list(asked=_asked(request), by=by)
            messages.success(request, "Liste abandonnée\u00a0: rien n’est éliminé.")
        else:
            return HttpResponse(status=422)
    except (NotToSign, SamePerson, NotAllSeen) as refusal:
        messages.error(request, REFUSALS[type(refusal)])
    return redirect("patients:retention")


def _keep(request: StaffRequest) -> HttpResponse:
    asked = _asked(request)
    form = KeepForm(request.POST, auto_id=f"k-{request.POST.get('line', '')}-%s")  # the field of its row
    if not form.is_valid():
        if "line" in form.errors:
            raise Http404
        if asked.status != ListStatus.DRAWN:
            raise NotToSign
        return _page(request, form)
    try:
        said = form.cleaned_data
        keep_file(asked=asked, line_id=said["line"], why=said["why"], by=request.user)
    except RetentionLine.DoesNotExist as missing:
        raise Http404 from missing
    messages.success(request, "Dossier conservé.")
    return redirect("patients:retention")


def _asked(request: StaffRequest) -> RetentionList:
    try:
        wanted = UUID(request.POST.get("list", ""))
    except ValueError as error:
        raise Http404 from error
    return get_object_or_404(lists_of(request.membership.organisation), pk=wanted)
