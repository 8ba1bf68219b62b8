"""Between sign-in and work: terms, organisation, recovery codes; and the session one may prolong."""

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from dcc.accounts import factors, room, tracing
from dcc.accounts.access import StaffRequest, signed_in
from dcc.accounts.actions import accept_terms
from dcc.accounts.events import SignInEvent
from dcc.accounts.queries import my_memberships
from dcc.accounts.room_forms import UnlockForm
from dcc.accounts.session import ENDS_HEADER, acted, asked_by_script
from dcc.roles import ROLES
from dcc.tenancy.middleware import MEMBERSHIP_KEY
from dcc.tenancy.scope import user_scope


def onward(request: HttpRequest) -> HttpResponseRedirect:
    """Go where the person was heading, if that is one of our pages; home otherwise."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(target if safe else reverse("home"))


@signed_in
@require_http_methods(["GET", "POST"])
def choose_membership(request: StaffRequest) -> HttpResponse:
    """Choose the organisation and role to work under; alone, it is chosen at once."""
    mine = my_memberships()
    chosen = request.POST.get("membership") if request.method == "POST" else None
    found = next((one for one in mine if str(one.id) == chosen), None) or (mine[0] if len(mine) == 1 else None)
    if found:
        request.session[MEMBERSHIP_KEY] = str(found.id)
        details = {"place": found.organisation, "role": ROLES[found.role].label}
        with user_scope(user_id=request.user.pk, membership_id=found.id):  # what this network's auditors read
            tracing.trace(
                SignInEvent.MEMBERSHIP_CHOSEN, by=request.user, request=request, region_id=found.region_id, **details
            )
        return onward(request)
    choices = [(one, ROLES[one.role].label) for one in mine]
    networks = {one.network for one in mine}
    context = {"choices": choices, "several_networks": len(networks) > 1}
    return render(request, "accounts/choose_membership.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def terms(request: StaffRequest) -> HttpResponse:
    """The conditions of use, accepted once per version."""
    if request.method == "POST" and request.POST.get("version") == settings.CGU_VERSION:
        accept_terms(user=request.user, version=settings.CGU_VERSION, reference=getattr(request, "reference", ""))
        return onward(request)
    accepted = request.user.cgu_version == settings.CGU_VERSION
    return render(request, "accounts/terms.html", {"version": settings.CGU_VERSION, "accepted": accepted})


@signed_in
@require_http_methods(["GET", "POST"])
def enrolment(request: StaffRequest) -> HttpResponse:
    """After sign-in: recovery codes shown once, then the offer of a better second factor."""
    user = request.user
    if request.method == "POST":
        request.session.pop(tracing.PROPOSE_ENROLMENT, None)
        return onward(request)
    codes: list[str] = []
    if request.session.get(tracing.PROPOSE_ENROLMENT):
        authenticator, made = factors.make_recovery_codes(user=user)
        wrapper = RecoveryCodes(authenticator)
        if made:
            tracing.factor_added(request=request, user=user, authenticator=authenticator)
        if not wrapper.did_view:
            codes = wrapper.get_unused_codes()
            wrapper.mark_as_viewed()
    context = {"codes": codes, "strong": factors.has_strong_factor(user)}
    return render(request, "accounts/enrolment.html", context)


@signed_in
@require_POST
def stay(request: StaffRequest) -> HttpResponse:
    """Prolong the session: the request itself is the human act, its answer says until when."""
    return HttpResponse(status=204)


@signed_in
@require_http_methods(["GET", "POST"])
def unlock(request: StaffRequest) -> HttpResponse:
    """Open again, with its PIN, a session locked during a meeting; a script gets 204, 422 or 401."""
    if not room.is_on(request.session):
        return onward(request)
    form = UnlockForm(request.POST if request.method == "POST" else None)
    script = asked_by_script(request)
    if form.is_bound and form.is_valid():
        try:
            remaining = room.unlock(request, form.cleaned_data["code"])
        except room.TooManyTries:
            return HttpResponse(status=401) if script else redirect("account_login")
        if not remaining:
            response = HttpResponse(status=204) if script else onward(request)
            response[ENDS_HEADER] = acted(request).isoformat(timespec="seconds")
            return response
        tries = "un essai" if remaining == 1 else f"{remaining} essais"
        form.add_error("code", f"Ce code ne convient pas. Il reste {tries} avant de devoir vous reconnecter")
    if script:
        return HttpResponse(form.errors["code"][0], status=422, content_type="text/plain; charset=utf-8")
    context = {"form": form, "next": request.POST.get("next") or request.GET.get("next", "")}
    return render(request, "accounts/unlock.html", context, status=422 if form.errors else 200)


@signed_in
@require_POST
def preferences(request: StaffRequest) -> HttpResponse:
    """Colours and single-key shortcuts, kept in the account."""
    user = request.user
    if request.POST.get("theme") in {"", "light", "dark"}:
        user.theme = request.POST["theme"]
    if request.POST.get("single_keys") in {"0", "1"}:
        user.single_keys = request.POST["single_keys"] == "1"
    user.save(update_fields=["theme", "single_keys"])
    return HttpResponse(status=204) if "HX-Request" in request.headers else onward(request)


@signed_in
@require_POST
def end_session(request: StaffRequest, session_id: int) -> HttpResponse:
    """Close one of my own sessions left open elsewhere."""
    found = get_object_or_404(UserSession, pk=session_id, user_id=request.user.pk)
    found.end()
    tracing.trace(SignInEvent.SESSION_ENDED, by=request.user, request=request)
    messages.success(request, "La session est fermée.")
    return redirect("usersessions_list")
