"""Session rules D14, and what happens to what was typed when the session is over."""

import time
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse

from dcc.accounts.models import User
from dcc.audit.catalogue import sentence
from dcc.audit.models import AuditEvent
from dcc.tenancy.middleware import MEMBERSHIP_KEY
from dcc.tenancy.models import Principal, PrincipalKind
from dcc.tenancy.scope import user_scope

pytestmark = pytest.mark.django_db
PAGE = "/compte/profil/"
ENDS = "X-Session-Ends"


def age(client: Client, **ages: float) -> None:
    """Make the session older: `last_act_at=1801` was idle 1801 s."""
    session = client.session
    for key, seconds in ages.items():
        session[key] = time.time() - seconds
    session.save()


def test_thirty_idle_minutes_close_the_session(signed_in: Any, people: Any) -> None:
    client = signed_in("auditor")
    assert client.get(PAGE).status_code == 200
    age(client, last_act_at=29 * 60)
    assert client.get(PAGE).status_code == 200
    age(client, last_act_at=30 * 60 + 1)
    assert client.get(PAGE)["Location"] == f"{reverse('account_login')}?next={PAGE}"
    user = people("auditor")
    with user_scope(user_id=user.pk, membership_id=None):
        last = AuditEvent.objects.filter(actor_id=user.pk).latest("recorded_at")
    assert (last.event, last.details) == ("signin.out", {"reason": "inactivité"})


def test_twelve_hours_close_it_however_busy(signed_in: Any) -> None:
    client = signed_in("auditor")
    age(client, started_at=12 * 3600 + 1, last_act_at=5)
    assert client.get(PAGE).status_code == 302


def test_polling_is_not_a_human_act(signed_in: Any) -> None:
    client = signed_in("auditor")
    client.get(PAGE)
    age(client, last_act_at=1000)
    before = client.session["last_act_at"]
    polled = client.get(PAGE, headers={"X-DCC-Poll": "1"})
    assert client.session["last_act_at"] == before
    assert client.get(PAGE)[ENDS] > polled[ENDS]
    assert client.session["last_act_at"] > before


def test_staying_prolongs_and_says_until_when(signed_in: Any) -> None:
    client = signed_in("auditor")
    client.get(PAGE)
    age(client, last_act_at=1700)
    before = client.get(PAGE, headers={"X-DCC-Poll": "1"})[ENDS]
    answer = client.post(reverse("accounts:stay"))
    assert answer.status_code == 204
    assert answer[ENDS] > before


@pytest.mark.parametrize("headers", [{"HX-Request": "true"}, {"X-DCC-Poll": "1"}, {"Sec-Fetch-Mode": "cors"}])
def test_a_script_is_told_with_401(client: Client, headers: dict[str, str]) -> None:
    answer = client.post(PAGE, {"phone": "0199000000"}, headers=headers)
    assert answer.status_code == 401
    assert answer["X-Session-Closed"] == "1"


def test_a_form_sent_too_late_comes_back_with_what_was_typed(signed_in: Any) -> None:
    client = signed_in("auditor")
    age(client, last_act_at=1801, started_at=1801)
    typed = {
        "question": 'Une <b>longue</b> question\nsur "deux" lignes',
        "who": ["a", "b"],
        "password": "secret-secret",
    }
    answer = client.post("/compte/profil/?onglet=2", typed)
    page = answer.content.decode()
    assert answer.status_code == 401
    assert 'action="/compte/profil/?onglet=2"' in page
    assert "Une &lt;b&gt;longue&lt;/b&gt; question" in page
    assert page.count('name="who"') == 2
    assert "secret-secret" not in page


class TestSteps:
    def test_nothing_before_the_terms_then_they_are_kept(self, signed_in: Any, people: Any, settings: Any) -> None:
        settings.CGU_VERSION = "2027-01"
        client = signed_in("auditor")
        assert client.get(PAGE)["Location"] == f"{reverse('accounts:terms')}?next=%2Fcompte%2Fprofil%2F"
        assert client.post(reverse("accounts:preferences"), {"theme": "dark"})["Location"] == reverse("accounts:terms")
        assert "version 2027-01" in client.get(reverse("accounts:terms")).content.decode().lower()
        stale = client.post(reverse("accounts:terms"), {"version": "2026-11", "next": PAGE})
        assert stale.status_code == 200, "an old version is not what is accepted"
        assert client.post(reverse("accounts:terms"), {"version": "2027-01", "next": PAGE})["Location"] == PAGE
        user = people("auditor")
        assert (user.cgu_version, user.cgu_accepted_at is not None) == ("2027-01", True)
        assert client.get(PAGE).status_code == 200

    def test_one_membership_is_chosen_at_once(self, client: Client, people: Any, working_as: Any) -> None:
        client.force_login(people("auditor"))
        answer = client.get(PAGE, follow=True)
        assert answer.redirect_chain[-1][0] == PAGE
        assert MEMBERSHIP_KEY in client.session
        user = people("auditor")
        with working_as("auditor"):  # an event of the network it was chosen in
            chosen = AuditEvent.objects.get(event="signin.membership", actor_id=user.pk)
        assert sentence(chosen.event, chosen.details).startswith("Travail pour Ligéa, rôle auditeur")

    def test_two_memberships_are_offered_with_their_network(self, client: Client, people: Any) -> None:
        client.force_login(people("both"))
        assert client.get(PAGE)["Location"].startswith(reverse("accounts:choose_membership"))
        page = client.get(reverse("accounts:choose_membership")).content.decode()
        assert "CHU Valmer" in page
        assert "Réseau Ardèle" in page

    def test_somebody_elses_membership_is_not_chosen(self, client: Client, people: Any, signed_in: Any) -> None:
        client.force_login(people("both"))
        theirs = signed_in("network").session[MEMBERSHIP_KEY]
        client.post(reverse("accounts:choose_membership"), {"membership": theirs})
        assert MEMBERSHIP_KEY not in client.session

    def test_nobody_is_sent_outside_the_site(self, client: Client, people: Any) -> None:
        client.force_login(people("auditor"))
        away = client.get(reverse("accounts:choose_membership"), {"next": "https://ailleurs.example/"})
        assert away["Location"] == reverse("home")

    def test_without_habilitation_the_page_says_whom_to_ask(self, client: Client, settings: Any) -> None:
        alone = User.objects.create(
            email="seule@dcc.example",
            first_name="Seule",
            last_name="Ici",
            profession="admin",
            cgu_version=settings.CGU_VERSION,
            principal=Principal.objects.create(kind=PrincipalKind.USER, label="Seule Ici"),
        )
        client.force_login(alone)
        page = client.get(reverse("accounts:choose_membership")).content.decode()
        assert "Aucune habilitation en cours" in page


class TestOwnAccount:
    def test_contact_details_are_mine_to_change(self, signed_in: Any, people: Any) -> None:
        client = signed_in("auditor")
        data = {"phone": "+33 1 99 00 12 34", "mssante_address": "prigent@ligea.mssante.example"}
        assert client.post(PAGE, data).status_code == 302
        assert people("auditor").phone == "01\u00a099\u00a000\u00a012\u00a034"

    def test_a_wrong_address_is_explained(self, signed_in: Any) -> None:
        answer = signed_in("auditor").post(PAGE, {"mssante_address": "prigent"})
        assert answer.status_code == 422
        assert "Écrivez l’adresse en entier" in answer.content.decode()

    def test_preferences_are_kept(self, signed_in: Any, people: Any) -> None:
        client = signed_in("auditor")
        answer = client.post(reverse("accounts:preferences"), {"theme": "dark", "single_keys": "0", "next": PAGE})
        assert answer["Location"] == PAGE
        assert (people("auditor").theme, people("auditor").single_keys) == ("dark", False)
        page = client.get(PAGE).content.decode()
        assert 'data-theme="dark"' in page
        assert 'data-keys="off"' in page

    def test_a_session_left_open_elsewhere_is_closed_from_here(self, signed_in: Any) -> None:
        mine, left = signed_in("auditor"), signed_in("auditor")
        other = UserSession.objects.create(
            user_id=int(left.session["_auth_user_id"]), session_key=left.session.session_key, ip="192.0.2.7"
        )
        assert "192.0.2.7" in mine.get(reverse("usersessions_list")).content.decode()
        assert mine.post(reverse("accounts:end_session", args=[other.pk])).status_code == 302
        assert left.get(PAGE).status_code == 302
        assert mine.get(PAGE).status_code == 200

    def test_nobody_elses_session_can_be_closed(self, signed_in: Any) -> None:
        left = signed_in("network")
        other = UserSession.objects.create(
            user_id=int(left.session["_auth_user_id"]), session_key=left.session.session_key, ip="192.0.2.7"
        )
        assert signed_in("auditor").post(reverse("accounts:end_session", args=[other.pk])).status_code == 404
