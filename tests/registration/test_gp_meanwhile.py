"""A page opened before the GP of the file changed does not put the former one back (PAT-10, SND-06)."""

import html
from typing import Any

import pytest

from patients.actions import update_contact
from patients.models import Contact, Patient
from rcp.models import Case, CorrespondentRole
from rcp.registration.actions import Addressee
from tests.registration.conftest import membership_of, registered
from tests.registration.test_registration_page import hidden, page_of

FORMER = {
    "gp_name": "Dr Claire Mazurier",
    "gp_rpps": "",
    "gp_mssante_address": "c.mazurier@cabinet.mssante.fr",
    "gp_address": "",
}
LATER = {**FORMER, "gp_name": "Dr Paul Roy", "gp_mssante_address": "p.roy@cabinet.mssante.fr"}


def gp_of(patient: Patient) -> dict[str, str]:
    return Contact.objects.values("gp_name", "gp_rpps", "gp_mssante_address", "gp_address").get(patient=patient)


@pytest.fixture
def followed(working_as: Any, francoise: Patient) -> Patient:
    with working_as("alice") as alice:
        update_contact(patient=francoise, values=FORMER, by=alice)
    return francoise


@pytest.fixture
def opened(signed_in: Any, followed: Patient, answers: dict[str, str]) -> dict[str, str]:
    """The page of registration as Alice's browser would send it, the GP as it was shown."""
    page = signed_in("alice").get(page_of(followed))
    shown = ("token", "gp_seen", "gp-of_name", "gp-of_mssante", "gp-mssante_address")
    assert 'value="Dr Claire Mazurier"' in page.content.decode()
    return answers | {name: hidden(page, name) for name in shown} | {"gp-person": "Dr Claire Mazurier"}


def told(answer: Any) -> str:
    return html.unescape(answer.content.decode())


class TestRegistration:
    def test_the_gp_named_on_a_page_of_now_is_the_patient_s(self, signed_in, working_as, followed, opened):
        answer = signed_in("alice").post(
            page_of(followed),
            {**opened, "gp-person": "Dr Paul Roy", "gp-mssante_address": "p.roy@cabinet.mssante.fr"},
            follow=True,
        )
        assert "n’a pas été remplacé" not in told(answer)
        with working_as("alice"):
            assert gp_of(followed) == LATER

    def test_an_old_page_registers_and_leaves_the_later_gp(self, signed_in, working_as, followed, opened):
        """A feed, or another desk, wrote Dr Roy while Alice typed: he stays, and she is told who gets her report."""
        with working_as("alice") as alice:
            update_contact(patient=followed, values=LATER, by=alice)
        answer = signed_in("alice").post(page_of(followed), opened, follow=True)
        with working_as("alice"):
            assert gp_of(followed) == LATER
            case = Case.objects.get()
            assert case.correspondents.get(role="gp").name == "Dr Claire Mazurier", "what was typed is not changed"
        said = told(answer)
        assert "Le dossier nomme un autre médecin traitant, Dr Paul Roy\u00a0: il n’a pas été remplacé." in said
        assert "Le compte rendu de cette réunion ira à Dr Claire Mazurier, comme saisi." in said
        assert f'<a href="/dossiers/{case.pk}/destinataires/">Vérifier les destinataires</a>' in said

    def test_typed_otherwise_on_an_old_page_it_is_not_put_over_the_later_one_either(
        self, signed_in, working_as, followed, opened
    ):
        with working_as("alice") as alice:
            update_contact(patient=followed, values=LATER, by=alice)
        typed = {"gp-person": "Dr Anne Goff", "gp-mssante_address": ""}
        signed_in("alice").post(page_of(followed), {**opened, **typed})
        with working_as("alice"):
            assert gp_of(followed) == LATER

    def test_an_address_changed_meanwhile_stays_too(self, signed_in, working_as, followed, opened):
        moved = {**FORMER, "gp_mssante_address": "c.mazurier@maison-de-sante.mssante.fr"}
        with working_as("alice") as alice:
            update_contact(patient=followed, values=moved, by=alice)
        answer = signed_in("alice").post(page_of(followed), opened, follow=True)
        assert "Le dossier a d’autres coordonnées pour Dr Claire Mazurier\u00a0: elles n’ont pas été" in told(answer)
        with working_as("alice"):
            assert gp_of(followed) == moved

    def test_a_gp_taken_out_of_the_file_meanwhile_is_not_put_back(self, signed_in, working_as, followed, opened):
        nobody = dict.fromkeys(FORMER, "")
        with working_as("alice") as alice:
            update_contact(patient=followed, values=nobody, by=alice)
        answer = signed_in("alice").post(page_of(followed), opened, follow=True)
        assert "Le dossier ne nomme plus de médecin traitant" in told(answer)
        with working_as("alice"):
            assert gp_of(followed) == nobody

    def test_who_could_not_see_the_file_does_not_replace_its_gp(
        self,
        signed_in,
        working_as,
        followed,
        answers,
    ):
        """Denis registers a patient known elsewhere: his page showed no GP, so it says nothing of the one there is."""
        with working_as("denis"):
            mine = {"requester": "Dr Denis Weiss", "requester_code": str(membership_of("denis").pk)}
        client = signed_in("denis")
        page = client.get(page_of(followed))
        assert "Mazurier" not in page.content.decode()
        assert page.context["form"]["gp_seen"].value() == ""
        data = {**answers, **mine, "token": hidden(page, "token"), "gp_seen": ""}
        assert client.post(page_of(followed), {**data, "gp-person": "Dr Anne Goff"}).status_code == 302
        with working_as("alice"):
            assert gp_of(followed) == FORMER


class TestRecipients:
    """The page of recipients shows the GP of the case, frozen when it was registered."""

    @pytest.fixture
    def case(self, signed_in, working_as, followed, opened) -> Case:
        signed_in("alice").post(page_of(followed), opened)
        with working_as("alice"):
            return Case.objects.get()

    def sent(self, client: Any, case: Case, *, page: Any = None, **changes: str) -> Any:
        address = f"/dossiers/{case.pk}/destinataires/"
        page = page or client.get(address)
        usual = {"gp-person": "Dr Claire Mazurier", "gp-mssante_address": FORMER["gp_mssante_address"]}
        usual |= {"others-TOTAL_FORMS": "1", "others-INITIAL_FORMS": "0", "gp_seen": hidden(page, "gp_seen")}
        return client.post(address, usual | changes, follow=True)

    def test_adding_somebody_to_a_case_of_last_month_leaves_the_file_s_gp(self, signed_in, working_as, followed, case):
        with working_as("alice") as alice:
            update_contact(patient=followed, values=LATER, by=alice)
        answer = self.sent(signed_in("alice"), case, **{"others-0-person": "Mme Aubry"})
        assert "n’a pas été remplacé" not in told(answer), "the GP of the case is not what was changed"
        with working_as("alice"):
            assert gp_of(followed) == LATER
            assert case.correspondents.filter(name="Mme Aubry").exists()

    def test_another_gp_named_here_is_the_patient_s(self, signed_in, working_as, followed, case):
        changes = {"gp-person": "Dr Paul Roy", "gp-mssante_address": LATER["gp_mssante_address"]}
        self.sent(signed_in("alice"), case, **changes)
        with working_as("alice"):
            assert gp_of(followed) == LATER

    def test_another_gp_named_on_an_old_page_is_this_report_s_only(self, signed_in, working_as, followed, case):
        client = signed_in("alice")
        page = client.get(f"/dossiers/{case.pk}/destinataires/")
        with working_as("alice") as alice:
            update_contact(patient=followed, values=LATER, by=alice)
        answer = self.sent(client, case, page=page, **{"gp-person": "Dr Anne Goff", "gp-mssante_address": ""})
        assert "Le dossier nomme un autre médecin traitant, Dr Paul Roy" in told(answer)
        assert "ira à Dr Anne Goff" in told(answer)
        with working_as("alice"):
            assert gp_of(followed) == LATER
            assert case.correspondents.get(role="gp").name == "Dr Anne Goff"


def test_without_a_page_the_gp_is_written(working_as, followed):
    """What registers by itself (a story, an import) showed nothing to anybody: it says what it knows."""
    gp = Addressee(role=CorrespondentRole.GP, name="Dr Paul Roy", mssante_address=LATER["gp_mssante_address"])
    with working_as("alice") as alice:
        registered(alice, followed, addressees=[gp])
        assert gp_of(followed) == LATER
