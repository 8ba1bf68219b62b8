"""What the patient was told and decided: traced for good, enforced at once, printed in plain French (PAT-06…08, D3)."""

import html
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import ProgrammingError, transaction
from django.utils import timezone

from dcc.audit.models import AuditEvent
from dcc.organisations.models import Organisation
from patients.access import PatientOpposes, grant, may_see
from patients.actions import break_glass
from patients.consent import leaflet
from patients.consent.actions import EarlierThanOpposition, Given, LastTeam, Said, inform, record_wish
from patients.consent.queries import rights_of
from patients.events import PatientEvent
from patients.models import AccessReason, Information, Means, Opposition, Patient, Wish, WishAnswer, WishSubject
from patients.sharing.actions import share_file
from patients.sharing.queries import access_page
from tests.registration.conftest import in_ten_days, membership_of, registered  # noqa: F401 - the fixture

WHY = "Second avis chirurgical demandé par la patiente"


def today() -> date:
    return timezone.localdate()


def told(**changes: Any) -> Given:
    given = {"given_on": today(), "given_by": "Dr Bob Kerjean", "means": Means.PAPER, "document": leaflet.TITLE}
    return Given(**given | changes)


def said() -> Said:
    return Said(said_on=today(), said_to="Mme Carol Jézéquel", means=Means.ORAL)


def sent(**changes: str) -> dict[str, str]:
    form = {"given_on": f"{today():%d/%m/%Y}", "given_by": "Dr Bob Kerjean", "means": "paper", "opposition": "none"}
    return form | {"document": leaflet.TITLE, "document_version": leaflet.VERSION} | changes


def shown(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def dunes() -> Organisation:
    return Organisation.objects.get(short_name="Clinique des Dunes")


@pytest.fixture
def followed(working_as, francoise) -> Patient:
    with working_as("alice") as alice:
        registered(alice, francoise)
    return francoise


class TestInformation:
    def test_it_says_which_document_which_version_when_by_whom_and_how(self, signed_in, working_as, followed):
        answer = signed_in("alice").post(f"/patients/{followed.pk}/information/", sent(), follow=True)
        page = shown(answer)
        for words in (leaflet.TITLE, f"version {leaflet.VERSION}", "Document remis en main propre", "Dr Bob Kerjean"):
            assert words in page
        with working_as("alice"):
            assert AuditEvent.objects.filter(event=PatientEvent.INFORMED.value).count() == 2, (
                "registration informed too"
            )

    @pytest.mark.parametrize(
        ("changed", "sentence"),
        [
            ({"given_on": ""}, "Indiquez la date de l’information"),
            ({"given_on": "01/01/2090"}, "Cette date est à venir"),
            ({"given_by": ""}, "Indiquez qui a informé la personne"),
            ({"means": ""}, "Indiquez comment"),
            ({"opposition": ""}, "Indiquez ce que la personne en dit"),
        ],
    )
    def test_what_lacks_is_said(self, signed_in, followed, changed, sentence):
        answer = signed_in("alice").post(f"/patients/{followed.pk}/information/", sent(**changed))
        assert answer.status_code == 422
        assert sentence in shown(answer)

    @pytest.mark.parametrize("model", [Information, Wish])
    def test_nothing_of_it_is_ever_rewritten(self, working_as, followed, model):
        with working_as("alice") as alice:
            inform(patient=followed, given=told(), by=alice)
            record_wish(patient=followed, subject=WishSubject.HOSTING, answer=WishAnswer.AGREED, said=said(), by=alice)
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                model.objects.filter(patient=followed).update(means="oral")
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                model.objects.filter(patient=followed)._raw_delete("default")

    def test_an_opposition_closes_what_was_opened_to_others_and_an_information_lifts_it(self, working_as, followed):
        with working_as("alice") as alice:
            inform(patient=followed, given=told(opposition=Opposition.SHARING), by=alice)
            assert {one.reason for one in access_page(followed).past} == {"meeting"}
            with pytest.raises(EarlierThanOpposition):
                inform(patient=followed, given=told(given_on=today() - timedelta(days=1)), by=alice)
            inform(patient=followed, given=told(), by=alice)
            informed = Information.objects.filter(patient=followed).order_by("-recorded_at").first()
            assert not rights_of(followed, informed).opposes_sharing
            assert share_file(patient=followed, to=dunes().principal, why=WHY, until=today(), by=alice)

    def test_the_file_says_the_opposition_first(self, signed_in, working_as, followed):
        with working_as("alice") as alice:
            inform(patient=followed, given=told(opposition=Opposition.SHARING), by=alice)
        assert "Opposition au partage" in shown(signed_in("bob").get(f"/patients/{followed.pk}/?rubrique=information"))

    def test_the_sheet_is_printed_in_plain_french(self, signed_in, followed):
        page = shown(signed_in("bob").get(f"/patients/{followed.pk}/information/fiche/"))
        for words in (
            leaflet.TITLE,
            leaflet.VERSION,
            "Vos droits",
            "réunion de concertation pluridisciplinaire",
            "CNIL",
        ):
            assert words in page
        main = page.partition("<article")[2].partition("</article>")[0]
        assert followed.birth_name not in main, "the banner names her; the sheet itself is the same for all"


class TestOrganisation:
    """An opposition to one organisation is held by the database, whoever asks."""

    @pytest.fixture
    def opposed(self, working_as, followed) -> Patient:
        with working_as("alice") as alice:
            record_wish(
                patient=followed,
                subject=WishSubject.ORGANISATION,
                answer=WishAnswer.OPPOSED,
                about=dunes().principal,
                said=said(),
                by=alice,
            )
        return followed

    def test_what_was_open_to_it_and_its_people_closes(self, working_as, followed):
        with working_as("alice") as alice:
            denis = membership_of("denis").user.principal
            for to in (dunes().principal, denis):
                share_file(patient=followed, to=to, why=WHY, until=today(), by=alice)
            record_wish(
                patient=followed,
                subject=WishSubject.ORGANISATION,
                answer=WishAnswer.OPPOSED,
                about=dunes().principal,
                said=said(),
                by=alice,
            )
            assert not access_page(followed).shared
            ended = AuditEvent.objects.filter(event=PatientEvent.ACCESS_ENDED.value, details__opposition=True)
            assert ended.count() == 2
        with working_as("denis"):
            assert not may_see(followed.pk)

    @pytest.mark.parametrize("reason", ["sharing", "referring", "treating", "registration", "meeting"])
    def test_it_cannot_be_given_the_file_again_for_any_reason(self, working_as, opposed, reason):
        with working_as("alice") as alice:
            given = {"reason": AccessReason(reason), "by": alice, "expires_at": timezone.now() + timedelta(days=1)}
            for to in (dunes().principal, membership_of("denis").user.principal):
                with pytest.raises(PatientOpposes), transaction.atomic():
                    grant(patient_id=opposed.pk, to=to, **given)

    def test_it_does_not_register_her_by_itself(self, working_as, opposed):
        with working_as("denis") as denis, pytest.raises(PatientOpposes), transaction.atomic():
            grant(patient_id=opposed.pk, to=denis.acting_as.principal, reason=AccessReason.REGISTRATION, by=denis)

    def test_the_others_go_on(self, working_as, opposed):
        with working_as("bob"):
            assert may_see(opposed.pk)

    def test_exceptional_access_remains_and_says_it(self, signed_in, working_as, opposed):
        page = shown(signed_in("denis").get(f"/patients/{opposed.pk}/acces-exceptionnel/"))
        assert "s’oppose au partage de ses données avec votre organisation" in page
        with working_as("denis") as denis:
            break_glass(patient=opposed, reason="Détresse respiratoire aux urgences", by=denis)
            assert may_see(opposed.pk)

    def test_it_is_lifted_as_it_was_said(self, working_as, opposed):
        with working_as("alice") as alice:
            record_wish(
                patient=opposed,
                subject=WishSubject.ORGANISATION,
                answer=WishAnswer.WITHDRAWN,
                about=dunes().principal,
                said=said(),
                by=alice,
            )
            assert share_file(patient=opposed, to=dunes().principal, why=WHY, until=today(), by=alice)
            found = rights_of(opposed, None)
            assert not found.opposed
            assert [one.answer for one in found.history] == ["withdrawn", "opposed"], "both remain"

    def test_never_the_last_team(self, working_as, francoise):
        """Closed to everyone, nobody could answer her any more."""
        with working_as("alice") as alice:
            with pytest.raises(LastTeam):
                record_wish(
                    patient=francoise,
                    subject=WishSubject.ORGANISATION,
                    answer=WishAnswer.OPPOSED,
                    about=alice.acting_as.principal,
                    said=said(),
                    by=alice,
                )
            assert may_see(francoise.pk)


class TestThePage:
    @pytest.mark.parametrize(
        ("wish", "words"),
        [
            ("hosting:agreed", "Accord du"),
            ("hosting:withdrawn", "Accord retiré le"),
            ("watch:agreed", "Oui, depuis le"),
        ],
    )
    def test_a_decision_is_traced_and_shown(self, signed_in, working_as, followed, wish, words):
        answer = signed_in("alice").post(f"/patients/{followed.pk}/volontes/", self.form(wish=wish), follow=True)
        page = shown(answer)
        assert words in page
        assert "Mme Carol Jézéquel" in page
        with working_as("alice"):
            assert AuditEvent.objects.filter(event=PatientEvent.WISH_RECORDED.value).count() == 1

    def test_an_opposition_names_the_organisation(self, signed_in, working_as, followed):
        form = self.form(wish="organisation:opposed")
        refused = signed_in("alice").post(f"/patients/{followed.pk}/volontes/", form)
        assert refused.status_code == 422
        page = shown(refused)
        assert "Choisissez l’organisation" in page
        assert "Organisation</label>" in page, "never « facultatif »: it is needed whenever it is asked for"
        with working_as("alice"):
            form["organisation"] = str(dunes().pk)
        page = shown(signed_in("alice").post(f"/patients/{followed.pk}/volontes/", form, follow=True))
        assert "Clinique des Dunes, depuis le" in page

    @staticmethod
    def form(**changes: str) -> dict[str, str]:
        base = {"said_on": f"{today():%d/%m/%Y}", "said_to": "Mme Carol Jézéquel", "means": "oral"}
        return base | changes
