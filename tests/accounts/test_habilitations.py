"""Users and habilitations: nominative accounts, within one's reach, on signed paper where one is due (ADM-03…05)."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from dcc.accounts import habilitations as actions
from dcc.accounts.models import Membership, User
from dcc.accounts.people import find_people, search_key
from dcc.accounts.reach import administers_whole, reach_of
from dcc.audit.catalogue import sentence
from dcc.audit.models import AuditEvent
from dcc.organisations.models import Organisation
from dcc.tenancy.scope import user_scope

pytestmark = pytest.mark.django_db
PAPER = {"signed_by": "Mme Ollivier, directrice", "signed_on": "02/11/2026", "paper_reference": "CHR-2026-118"}


def place(working_as: Any, short_name: str, who: str = "network") -> str:
    with working_as(who):
        return str(Organisation.objects.get(short_name=short_name).pk)


@pytest.fixture
def newcomer(working_as: Any) -> Any:
    def data(where: str = "CH Rochebrune", **changes: Any) -> dict[str, Any]:
        usual = {
            "civility": "Dr",
            "last_name": "Le Gallou",
            "first_name": "Maïwenn",
            "email": "Maiwenn.LeGallou@dcc.example",
            "profession": "10",
            "specialty": "SM36",
            "rpps": "10107592585",
            "role": "physician",
        }
        return usual | {"organisation": place(working_as, where)} | changes

    return data


class TestCreation:
    def test_a_network_admin_opens_an_account_and_its_owner_chooses_a_password(
        self, signed_in: Any, newcomer: Any, working_as: Any, django_capture_on_commit_callbacks: Any
    ) -> None:
        client = signed_in("network")
        with django_capture_on_commit_callbacks(execute=True):
            answer = client.post(reverse("accounts:create"), newcomer())
        made = User.objects.get(email="maiwenn.legallou@dcc.example")
        assert answer["Location"] == reverse("accounts:user", args=[made.pk])
        assert (made.rpps, made.specialty, made.principal.label) == ("10107592585", "SM36", "Maïwenn Le Gallou")
        assert not made.has_usable_password()
        with user_scope(user_id=made.pk, membership_id=None):
            (membership,) = Membership.objects.filter(user=made)
        assert (membership.role, membership.clinical) == ("physician", True)
        (invitation,) = mail.outbox
        assert invitation.to == ["maiwenn.legallou@dcc.example"]
        link = next(line for line in str(invitation.body).splitlines() if "/compte/password/reset/key/" in line)
        form = client.__class__().get(link.partition("testserver")[2], follow=True)
        assert "Choisir votre mot de passe" in form.content.decode()
        with working_as("auditor"):
            events = set(AuditEvent.objects.filter(object_id=str(made.pk)).values_list("event", flat=True))
        assert events == {"user.created", "user.membership_granted", "user.invited"}

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"rpps": "10107592586"}, "La clé de ce RPPS ne correspond pas"),
            ({"rpps": "1010759"}, "Un RPPS compte 11 chiffres"),
            ({"specialty": ""}, "Choisissez la spécialité"),
            ({"email": "maiwenn"}, "Écrivez l’adresse en entier"),
            ({"last_name": ""}, "Indiquez le nom"),
            ({"role": "network_admin"}, "Ce rôle se donne dans une structure de type"),
            ({"role": "establishment_it"}, "Ce rôle demande un formulaire signé\u00a0: indiquez le signataire"),
            ({"expires_on": "01/01/2020"}, "Cette date est passée"),
            ({"organisation": ""}, "Choisissez la structure"),
        ],
    )
    def test_refusals_say_what_to_do(self, signed_in: Any, newcomer: Any, changes: Any, sentence: str) -> None:
        answer = signed_in("network").post(reverse("accounts:create"), newcomer(**changes))
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
        assert not User.objects.filter(email="maiwenn.legallou@dcc.example").exists()

    def test_the_signed_paper_is_kept(self, signed_in: Any, newcomer: Any, working_as: Any) -> None:
        data = newcomer(role="establishment_it", profession="informatique", specialty="", **PAPER)
        assert signed_in("network").post(reverse("accounts:create"), data).status_code == 302
        with working_as("auditor"):
            made = Membership.objects.get(user__email="maiwenn.legallou@dcc.example")
            event = AuditEvent.objects.get(event="user.membership_granted", object_id=str(made.user_id))
            assert sentence(event.event, event.details).startswith(
                "Habilitation donnée\u00a0: informatique de l’établissement, Centre hospitalier de Rochebrune."
            )
            assert event.organisation == "Réseau Ligéa", "on whose behalf, not where"
        assert (made.signed_by, made.paper_reference) == ("Mme Ollivier, directrice", "CHR-2026-118")
        assert "CHR-2026-118" in event.details["paper"]
        assert made.clinical is False

    @pytest.mark.parametrize(
        "signatory", ["Maïwenn LE GALLOU", "Mme Le Gallou, Maïwenn", "nadia corlay, administratrice"]
    )
    def test_nobody_signs_their_own_habilitation_nor_the_one_they_enter(
        self, signed_in: Any, newcomer: Any, signatory: str
    ) -> None:
        """ADM-05: the head of the establishment answers for it, a second person whatever the title."""
        data = newcomer(role="establishment_it", profession="informatique", specialty="", **PAPER)
        answer = signed_in("network").post(reverse("accounts:create"), {**data, "signed_by": signatory})
        assert answer.status_code == 422
        assert "signé par une autre personne" in answer.content.decode()
        assert not User.objects.filter(email="maiwenn.legallou@dcc.example").exists()

    def test_somebody_known_elsewhere_only_gets_a_habilitation(
        self, signed_in: Any, newcomer: Any, people: Any, working_as: Any
    ) -> None:
        oscar = people("oscar")
        client = signed_in("network")
        answer = client.post(reverse("accounts:create"), newcomer(email="OSCAR@dcc.example", rpps=""))
        page = client.get(answer["Location"])
        text = page.content.decode()
        assert "Cette personne a déjà un compte" in text
        assert "Oscarine Vidal" in text
        assert "Plateau" not in text, "nothing of the other network"
        where = place(working_as, "CH Rochebrune")
        done = client.post(answer["Location"], {"organisation": where, "role": "medical_secretary"})
        assert done["Location"] == reverse("accounts:user", args=[oscar.pk])
        shown = client.get(done["Location"]).content.decode()
        assert "secrétaire médicale" in shown
        assert "secrétaire de 3C" not in shown
        assert people("oscar").first_name == "Oscarine"

    def test_an_unknown_number_opens_nobody(self, signed_in: Any, people: Any) -> None:
        client = signed_in("network")
        stranger = people("oscar").pk
        for name in ("user", "edit", "grant"):
            assert client.get(reverse(f"accounts:{name}", args=[stranger])).status_code == 404
        assert client.post(reverse("accounts:act", args=[stranger]), {"action": "deactivate"}).status_code == 404
        assert client.get(reverse("accounts:attach", args=["faux"])).status_code == 404

    def test_a_token_serves_who_asked_for_it(self, signed_in: Any, newcomer: Any) -> None:
        answer = signed_in("network").post(reverse("accounts:create"), newcomer(email="oscar@dcc.example", rpps=""))
        assert signed_in("admin3c").get(answer["Location"]).status_code == 404


class TestReach:
    """A 3C administrator manages what hangs under the 3C, and nothing of the network (ADM-04)."""

    def test_the_list_stops_at_the_3c(self, working_as: Any) -> None:
        with working_as("admin3c") as alan:
            emails = set(find_people(reach_of(alan)).values_list("email", flat=True))
        assert {"alice@dcc.example", "bob@dcc.example", "denis@dcc.example"} <= emails
        assert not {"metro@dcc.example", "network@dcc.example", "oscar@dcc.example"} & emails

    @pytest.mark.parametrize(
        ("where", "role"),
        [
            ("CHU Valmer", "physician"),
            ("3C Métropole", "secretary_3c"),
            ("Ligéa", "network_admin"),
            ("Nord", "auditor"),
        ],
    )
    def test_nothing_is_given_outside(self, working_as: Any, people: Any, where: str, role: str) -> None:
        with working_as("admin3c") as alan:
            target = Organisation.objects.get(short_name=where)
            with pytest.raises(actions.OutOfReach):
                actions.grant_membership(user=people("carol"), organisation=target, role=role, by=alan, **_paper())

    def test_the_form_does_not_even_offer_it(self, signed_in: Any, people: Any) -> None:
        page = signed_in("admin3c").get(reverse("accounts:grant", args=[people("carol").pk])).content.decode()
        assert "CH Rochebrune" in page or "Centre hospitalier de Rochebrune" in page
        assert "CHU de Valmer" not in page
        assert "administrateur du réseau" not in page

    def test_inside_it_is_given_at_once(self, signed_in: Any, people: Any, working_as: Any) -> None:
        client, carol = signed_in("admin3c"), people("carol")
        data = {"organisation": place(working_as, "Clinique des Dunes"), "role": "nurse"}
        assert client.post(reverse("accounts:grant", args=[carol.pk]), data).status_code == 302
        again = client.post(reverse("accounts:grant", args=[carol.pk]), data)
        assert again.status_code == 422
        assert "a déjà cette habilitation" in again.content.decode()

    def test_nobody_serves_oneself(self, working_as: Any, signed_in: Any, people: Any) -> None:
        with working_as("network") as nadia:
            roche = Organisation.objects.get(short_name="CH Rochebrune")
            with pytest.raises(actions.OutOfReach):
                actions.grant_membership(user=nadia, organisation=roche, role="physician", by=nadia)
        page = signed_in("network").get(reverse("accounts:user", args=[people("network").pk])).content.decode()
        assert "C’est votre compte" in page
        assert "Désactiver" not in page

    def test_paper_is_checked_by_the_action_too(self, working_as: Any, people: Any) -> None:
        with working_as("network") as nadia:
            roche = Organisation.objects.get(short_name="CH Rochebrune")
            with pytest.raises(actions.HabilitationRefused, match="formulaire signé"):
                actions.grant_membership(user=people("carol"), organisation=roche, role="establishment_it", by=nadia)

    @pytest.mark.parametrize(("short", "code"), [("alice", 403), ("bob", 403), ("auditor", 200), ("admin3c", 200)])
    def test_who_reads_the_list(self, signed_in: Any, short: str, code: int) -> None:
        assert signed_in(short).get(reverse("accounts:users")).status_code == code

    def test_an_auditor_reads_and_changes_nothing(self, signed_in: Any, people: Any) -> None:
        client, carol = signed_in("auditor"), people("carol")
        assert client.get(reverse("accounts:user", args=[carol.pk])).status_code == 200
        for name in ("edit", "grant", "act"):
            assert client.post(reverse(f"accounts:{name}", args=[carol.pk])).status_code == 403


class TestSomebodyOfTwoPlaces:
    """Who can change an address can take the account over: never from one side of two."""

    def test_two_networks(self, signed_in: Any, people: Any, working_as: Any) -> None:
        both = people("both")
        with working_as("network") as nadia:
            assert not administers_whole(reach_of(nadia), both)
            assert administers_whole(reach_of(nadia), people("bob"))
            for refused in (actions.deactivate, actions.reactivate, actions.reset_factors):
                with pytest.raises(actions.OutOfReach):
                    refused(user=both, by=nadia)
        client = signed_in("network")
        page = client.get(reverse("accounts:user", args=[both.pk])).content.decode()
        assert "aussi habilitée hors de ce que vous administrez" in page
        assert "Causses" not in page
        data = {"first_name": "X", "last_name": "Y", "email": "x@dcc.example", "profession": "60"}
        assert client.post(reverse("accounts:edit", args=[both.pk]), data).status_code == 403
        assert people("both").last_name == "Ménard"

    def test_a_3c_and_the_network(self, working_as: Any, people: Any) -> None:
        with working_as("network") as nadia:
            ligea = Organisation.objects.get(short_name="Ligéa")
            actions.grant_membership(
                user=people("carol"), organisation=ligea, role="network_admin", by=nadia, **_paper()
            )
        with working_as("admin3c") as alan, pytest.raises(actions.OutOfReach):
            actions.change_user(user=people("carol"), by=alan, email="carol@ailleurs.example")


class TestEnd:
    def test_a_revoked_habilitation_stops_at_the_next_request(
        self, signed_in: Any, people: Any, working_as: Any
    ) -> None:
        auditor, admin = signed_in("auditor"), signed_in("network")
        assert auditor.get(reverse("audit:events")).status_code == 200
        with working_as("network"):
            held = Membership.objects.get(user=people("auditor"))
        assert admin.post(reverse("accounts:revoke", args=[held.pk])).status_code == 302
        assert auditor.get(reverse("audit:events")).status_code == 403
        assert "Aucune habilitation" in auditor.get(reverse("accounts:choose_membership")).content.decode()
        page = admin.get(reverse("accounts:user", args=[people("auditor").pk])).content.decode()
        assert "retirée par" in page
        assert "Nadia Corlay" in page

    def test_an_expired_one_too_and_it_can_be_given_again(self, working_as: Any, people: Any) -> None:
        carol = people("carol")
        with working_as("network") as nadia:
            dunes = Organisation.objects.get(short_name="Clinique des Dunes")
            today = timezone.localdate()
            first = actions.grant_membership(user=carol, organisation=dunes, role="nurse", by=nadia, expires_on=today)
            assert timezone.now() < first.expires_at <= timezone.now() + timedelta(days=1)
            Membership.objects.filter(pk=first.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
            second = actions.grant_membership(user=carol, organisation=dunes, role="nurse", by=nadia)
            first.refresh_from_db()
            assert first.revoked_at is not None
            assert second.pk != first.pk

    def test_deactivation_closes_account_and_sessions(self, signed_in: Any, people: Any) -> None:
        auditor, admin = signed_in("auditor"), signed_in("network")
        act = reverse("accounts:act", args=[people("auditor").pk])
        assert admin.post(act, {"action": "deactivate"}).status_code == 302
        assert auditor.get(reverse("accounts:profile")).status_code == 302
        assert not people("auditor").is_active
        assert admin.post(act, {"action": "reactivate"}).status_code == 302
        assert people("auditor").is_active

    def test_another_3cs_habilitation_is_not_mine_to_revoke(self, signed_in: Any, people: Any, working_as: Any) -> None:
        with working_as("network"):
            theirs = Membership.objects.get(user=people("metro"))
        assert signed_in("admin3c").post(reverse("accounts:revoke", args=[theirs.pk])).status_code == 404


class TestList:
    @pytest.mark.parametrize(
        ("typed", "found"),
        [
            ("jeze", {"carol"}),
            ("JÉZÉQUEL car", {"carol"}),
            ("carol jez", {"carol"}),
            ("le bi", {"alice"}),
            ("helias", {"helias"}),
            ("carol@dcc.example", {"carol"}),
            ("zequel", set()),
            ("%", {"everyone"}),
        ],
    )
    def test_by_the_beginning_of_a_name(self, working_as: Any, typed: str, found: set[str]) -> None:
        with working_as("network") as nadia:
            emails = {one.email.partition("@")[0] for one in find_people(reach_of(nadia), search=typed)}
        assert emails == found if found != {"everyone"} else len(emails) > 10

    def test_filters(self, working_as: Any, people: Any) -> None:
        with working_as("network") as nadia:
            reach = reach_of(nadia)
            dunes = Organisation.objects.get(short_name="Clinique des Dunes")

            def names(**wanted: str) -> set[str]:
                return {one.email.partition("@")[0] for one in find_people(reach, **wanted)}

            assert names(organisation=str(dunes.pk)) == {"denis"}
            assert names(role="coordinator") == {"bob"}
            assert names(status="ferme") == set()
            actions.revoke_membership(membership=Membership.objects.get(user=people("denis")), by=nadia)
            assert names(status="sans") == {"denis"}
            assert names(organisation=str(dunes.pk)) == set()

    def test_the_number_of_queries_does_not_follow_the_number_of_lines(
        self, signed_in: Any, django_assert_max_num_queries: Any
    ) -> None:
        client = signed_in("network")
        client.get(reverse("accounts:users"))
        with django_assert_max_num_queries(16):
            page = client.get(reverse("accounts:users"))
        assert page.content.decode().count('class="who"') > 10

    def test_the_same_key_in_python_and_in_sql(self, working_as: Any, people: Any) -> None:
        assert search_key(" Jézéquel-Ménard d’Ys ") == "JEZEQUEL MENARD D YS"
        user = people("carol")
        user.last_name = "Jézéquel-Ménard d’Ys"
        user.save()
        with working_as("network") as nadia:
            assert list(find_people(reach_of(nadia), search="jezequel menard d'y")) == [user]


def _paper() -> dict[str, Any]:
    return {"signed_by": "Mme Ollivier", "signed_on": timezone.localdate(), "paper_reference": "R-1"}
