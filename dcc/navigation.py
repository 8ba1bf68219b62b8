"""What surrounds every page, composed from the rights of the membership (guide §5)."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import DateField, Value
from django.db.models.functions import Cast
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from dcc.accounts.models import Membership
from dcc.accounts.permissions import AccountPermission
from dcc.accounts.queries import my_memberships
from dcc.lib.prepared import Prepared
from dcc.roles import ROLES
from dcc.ui.components.chrome import MembershipEntry, MenuLink, NavEntry, Who
from messaging.permissions import DeliveryPermission
from messaging.queries import failed_count
from patients.doubles.queries import waiting_count
from patients.models import Request, RequestStatus
from patients.permissions import PatientPermission
from patients.reviews import pending_count
from rcp.permissions import RcpPermission

# (label, URL name, any of these rights, key after G, prefix of the addresses it covers)
ENTRIES = (
    ("Accueil", "rcp:cockpit", (RcpPermission.MEETING_VIEW,), "a", "/accueil"),
    ("Calendrier", "rcp:calendar", (RcpPermission.CALENDAR_VIEW,), "c", "/calendrier"),
    ("Patients", "patients:search", (PatientPermission.SEARCH,), "p", "/patients"),
    (
        "RCP",
        "rcp:boards",
        (RcpPermission.MEETING_VIEW, RcpPermission.BOARD_MANAGE),
        "r",
        ("/rcp", "/reunions", "/inscription", "/dossiers"),
    ),
    ("Envois", "messaging:deliveries", (DeliveryPermission.VIEW,), "e", "/envois"),
    ("Flux", "messaging:feeds", (DeliveryPermission.FEEDS_MANAGE,), "f", "/envois/flux"),
    ("Identités", "patients:regimes", (PatientPermission.IDENTITY_REGIME,), "i", "/patients/identites/regimes"),
    ("Utilisateurs", "accounts:users", (AccountPermission.USERS_VIEW,), "t", "/utilisateurs"),
    ("Organisations", "organisations:tree", (AccountPermission.ORGANISATIONS_VIEW,), "g", "/organisations"),
    (
        "Accès exceptionnels",
        "patients:glass_reviews",
        (PatientPermission.GLASS_REVIEW,),
        "x",
        "/patients/acces-exceptionnels",
    ),
    ("Doublons", "patients:doubles", (PatientPermission.IDENTITY_VIGILANCE,), "o", "/patients/doublons"),
    ("Traces", "audit:events", (AccountPermission.AUDIT_VIEW,), "d", "/traces"),
    ("Demandes", "patients:requests", (PatientPermission.RIGHTS,), "m", "/patients/demandes"),
    ("Dossiers arrivés à terme", "patients:retention", (PatientPermission.RETENTION,), "k", "/patients/conservation"),
)
IN_BAR = 6  # what comes after, for the roles that do many things, is in the menu of the person (guide §5)
COUNTED = 100  # a badge does not count further
_LATE: Prepared[UUID] = Prepared(
    lambda today: (
        Request.objects.filter(status=RequestStatus.OPEN, due_on__lt=Cast(Value(today), DateField()))
        .order_by()
        .values_list("pk", flat=True)[:COUNTED]
    ),
    today=str,
)


def late_count(request: HttpRequest) -> int:
    """How many requests of patients should have been answered by this person's teams."""
    return len(_LATE.all(today=timezone.localdate().isoformat()))


# What waits for this person: how many, and the word for it.
BADGES: dict[str, tuple[Callable[[HttpRequest], int], str]] = {
    "messaging:deliveries": (failed_count, "en échec"),
    "patients:glass_reviews": (pending_count, "à relire"),
    "patients:doubles": (waiting_count, "à examiner"),
    "patients:requests": (late_count, "en retard"),
}


def _all(prefix: str | tuple[str, ...]) -> tuple[str, ...]:
    return (prefix,) if isinstance(prefix, str) else prefix


def entries(request: HttpRequest) -> tuple[NavEntry, ...]:
    """Every place the rights of the membership open, the most used first."""
    rights: frozenset[str] = getattr(request, "role_rights", frozenset())
    # The most precise of the addresses one is under: « Doublons » is not « Patients ».
    under = (one for *_, prefixes in ENTRIES for one in _all(prefixes) if request.path.startswith(one))
    here = max(under, key=len, default="")
    found = []
    for label, name, needed, key, prefix in ENTRIES:
        if not any(right in rights for right in needed):
            continue
        count, word = BADGES.get(name, (None, "en échec"))
        waiting = count(request) if count else 0
        current = here in _all(prefix)
        found.append(
            NavEntry(label=label, url=reverse(name), current=current, key=key, badge=waiting, badge_label=word)
        )
    return tuple(found)


def person(request: HttpRequest, further: tuple[NavEntry, ...] = ()) -> Who | None:
    """Who is signed in and their menu, with the places that have no room in the bar."""
    membership: Membership | None = getattr(request, "membership", None)
    if not request.user.is_authenticated:
        return None
    user = request.user
    return Who(
        name=user.display_name,
        organisation=membership.organisation.short_name if membership else "",
        role=ROLES[membership.role].label if membership else "",
        memberships=tuple(
            MembershipEntry(
                label=one.organisation,
                value=str(one.id),
                role=ROLES[one.role].label,
                current=membership is not None and one.id == membership.pk,
            )
            for one in my_memberships()
        ),
        switch_url=reverse("accounts:choose_membership"),
        links=(
            *(MenuLink(label=_counted(one), url=one.url, icon="list") for one in further),
            MenuLink(label="Mon compte", url=reverse("accounts:profile"), icon="user"),
            MenuLink(label="Sécurité et codes", url=reverse("mfa_index"), icon="lock"),
        ),
        sign_out_url=reverse("account_logout"),
        preferences_url=reverse("accounts:preferences"),
        theme=user.theme,
        single_keys=user.single_keys,
        session_ends=getattr(request, "session_ends", None),
        stay_url=reverse("accounts:stay"),
        unlock_url=getattr(request, "unlock_url", ""),
        sign_in_url=reverse("account_login"),
    )


def _counted(entry: NavEntry) -> str:
    return f"{entry.label} ({entry.badge} {entry.badge_label})" if entry.badge else entry.label


def chrome(request: HttpRequest) -> dict[str, Any]:
    """Context of base.html; nothing is read beyond what @requires attached to the request, but for the counters."""
    rights: frozenset[str] = getattr(request, "rights", frozenset())
    places = entries(request)
    return {
        "nav": places[:IN_BAR],
        "who": person(request, places[IN_BAR:]),
        "reference": getattr(request, "reference", ""),
        "site_name": settings.SITE_NAME,
        "csrf_cookie": settings.CSRF_COOKIE_NAME,
        "search_url": reverse("patients:search") if PatientPermission.SEARCH in rights else "",
        "environment": "Démonstration : identités inventées" if settings.DEMO else "",
    }
