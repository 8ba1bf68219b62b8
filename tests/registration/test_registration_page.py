"""The registration page: four answers, nothing typed twice, each refusal in words and nothing lost (INS-01…09)."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from dcc.audit.models import AuditEvent
from patients.access import may_see
from patients.actions import update_contact
from patients.consent.actions import Said, record_wish
from patients.models import Contact, Information, Means, Patient, WishAnswer, WishSubject
from rcp.models import Case, Meeting
from tests.patients.conftest import created
from tests.registration.conftest import QUESTION, another_meeting, meeting_of, membership_of, registered


def page_of(patient: Patient) -> str:
    return f"/inscription/{patient.pk}/"


def hidden(page: Any, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page.content.decode())
    assert found, name
    return found.group(1)


def sent(client: Client, patient: Patient, answers: dict[str, str], **changes: str) -> Any:
    token = hidden(client.get(page_of(patient)), "token")
    return client.post(page_of(patient), {"token": token} | answers | changes)


def test_four_answers_register(signed_in, working_as, francoise, answers):
    answer = sent(signed_in("alice"), francoise, answers)
    assert answer.status_code == 302
    assert answer.url == f"/reunions/{answers['meeting']}/"
    with working_as("alice"):
        case = Case.objects.get()
        assert (case.requester_name, case.question) == ("Dr Bob Kerjean", QUESTION)


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"meeting": ""}, "meeting", "Choisissez la réunion"),
        ({"opposition": ""}, "opposition", "Indiquez si la personne est informée"),
        ({"opposition": "sharing"}, "opposition", "La patiente s’oppose au passage en RCP"),
        ({"given_on": ""}, "given_on", "Indiquez la date de l’information, au plus tard aujourd’hui"),
        ({"given_on": "31122099"}, "given_on", "Cette date est à venir"),
        ({"given_by": ""}, "given_by", "Indiquez qui a informé la personne"),
        ({"question": ""}, "question", "Écrivez la question posée à la RCP"),
        ({"motive": ""}, "motive", "Choisissez le motif"),
        ({"requester": "", "requester_code": ""}, "requester", "Indiquez le médecin qui demande"),
        ({"requester": "Zzz", "requester_code": ""}, "requester", "Aucun médecin du réseau ne répond à « Zzz »"),
        ({"requester": "Le Bihan", "requester_code": ""}, "requester", "Aucun médecin du réseau"),  # a secretary
    ],
)
def test_each_refusal_is_said_twice_and_loses_nothing(
    signed_in, working_as, francoise, answers, changes, field, sentence
):
    page = sent(signed_in("alice"), francoise, answers, **changes)
    text = page.content.decode()
    assert page.status_code == 422
    assert sentence in " ".join(page.context["form"].errors[field])
    assert text.count(sentence) >= 2
    kept = answers | changes
    assert kept["question"] in text
    assert f'value="{kept["given_by"]}"' in text or not kept["given_by"]
    assert f'value="{kept["given_on"]}"' in text or not kept["given_on"]
    if kept["meeting"]:
        assert re.search(rf'value="{kept["meeting"]}"[^>]* checked', text)
    with working_as("alice"):
        assert not Case.objects.exists()


def test_a_registered_case_needs_no_question(signed_in, francoise, answers):
    assert sent(signed_in("alice"), francoise, answers, level="registered", question="").status_code == 302


def test_sent_twice_it_registers_once(signed_in, working_as, francoise, answers):
    client = signed_in("alice")
    token = hidden(client.get(page_of(francoise)), "token")
    answered = [client.post(page_of(francoise), answers | {"token": token}).status_code for _ in range(2)]
    assert answered == [302, 302]
    with working_as("alice"):
        assert Case.objects.count() == 1


def test_a_token_that_was_not_drawn_here_is_refused(signed_in, francoise, answers):
    assert signed_in("alice").post(page_of(francoise), answers | {"token": "x"}).status_code == 400


def test_already_on_the_list_it_leads_to_the_case(signed_in, working_as, francoise, answers):
    client = signed_in("alice")
    sent(client, francoise, answers)
    page = sent(client, francoise, answers)
    with working_as("alice"):
        case = Case.objects.get()
    assert page.status_code == 422
    assert f'href="/dossiers/{case.pk}/"' in page.content.decode()


def test_another_team_learns_that_she_is_on_the_list_and_not_her_case(signed_in, working_as, francoise, answers):
    with working_as("alice") as alice:
        case = registered(alice, francoise)
    with working_as("denis"):
        denis = str(membership_of("denis").pk)
    page = sent(signed_in("denis"), francoise, answers, requester="Dr Denis Weiss", requester_code=denis)
    assert page.status_code == 422
    assert "déjà inscrit à cette réunion par une autre équipe" in page.content.decode()
    assert str(case.pk) not in page.content.decode()


def test_a_closed_meeting_tells_whom_to_call(signed_in, working_as, francoise, answers):
    with working_as("alice"):
        Meeting.objects.update(closes_at=timezone.now() - timedelta(hours=1))
    page = signed_in("bob").get(page_of(francoise))
    assert "inscriptions closes : appelez le 3C Estuaire" in page.content.decode()
    assert re.search(rf'value="{answers["meeting"]}"[^>]* disabled', page.content.decode())


def test_its_own_secretary_is_asked_before_exceeding(signed_in, working_as, francoise, answers):
    with working_as("alice"):
        Meeting.objects.update(capacity=0)
    client = signed_in("alice")
    page = sent(client, francoise, answers)
    assert page.status_code == 422
    assert "Inscrire malgré la clôture ou au-delà des places" in page.content.decode()
    assert sent(client, francoise, answers, exceed="on").status_code == 302


def test_a_correspondent_of_the_network_is_found_in_the_directory(signed_in, working_as, francoise, answers):
    with working_as("alice"):
        helias = membership_of("helias")
    changes = {"referring-person": "Dr Yann Hélias", "referring-person_code": str(helias.pk)}
    assert sent(signed_in("alice"), francoise, answers, **changes).status_code == 302
    with working_as("alice"):
        one = Case.objects.get().correspondents.get(role="referring")
        assert (one.user_id, one.mssante_address) == (helias.user_id, helias.user.mssante_address)


def test_a_free_name_is_not_made_into_somebody_of_the_directory(signed_in, working_as, francoise, answers):
    """« Dr Hélias » in town is not Dr Yann Hélias of Rochebrune, though the directory knows only one."""
    assert sent(signed_in("alice"), francoise, answers, **{"gp-person": "Dr Hélias"}).status_code == 302
    with working_as("alice"):
        gp = Case.objects.get().correspondents.get(role="gp")
        assert (gp.name, gp.user_id, gp.mssante_address) == ("Dr Hélias", None, "")


def test_the_mailbox_of_a_patient_is_nobody_elses_address(signed_in, working_as, francoise, answers):
    """The part before the sign is a matricule: refused, and written nowhere (D21)."""
    changes = {"gp-person": "Dr Claire Mazurier", "gp-mssante_address": "279035121518989@PATIENT.mssante.fr"}
    page = sent(signed_in("alice"), francoise, answers, **changes)
    assert page.status_code == 422
    assert "C’est la boîte d’un patient" in page.content.decode()
    with working_as("alice"):
        assert not Contact.objects.exists()


def test_an_opposition_blocks_and_is_kept_for_everybody(signed_in, working_as, francoise, answers):
    """D3: who opposes is not registered, by this team nor by another; when, told to whom, written by whom."""
    client, today = signed_in("alice"), timezone.localdate()
    opposed = {"opposition": "sharing", "given_by": "Dr Yann Hélias"}
    for _ in range(2):  # a second click writes nothing more
        page = sent(client, francoise, answers, **opposed)
        assert page.status_code == 422
        assert "Cette opposition est enregistrée" in page.content.decode()
    with working_as("alice") as alice:
        kept = Information.objects.get(patient=francoise)
        assert (kept.opposition, kept.given_on, kept.given_by) == ("sharing", today, "Dr Yann Hélias")
        assert kept.recorded_by_id == alice.pk
        event = AuditEvent.objects.get(event="patients.opposed", patient_id=francoise.pk)
        assert event.actor == "Alice Le Bihan"
        assert not Case.objects.exists()
    yesterday = (today - timedelta(days=1)).strftime("%d%m%Y")
    again = sent(client, francoise, answers, given_on=yesterday)
    assert again.status_code == 422
    assert "s’oppose au passage en RCP" in again.content.decode()
    assert sent(client, francoise, answers).status_code == 302, "told again today, she agrees"


def test_an_opposition_opens_the_file_to_nobody(signed_in, working_as, francoise, answers):
    with working_as("metro"):
        requester = membership_of("both")
    changes = {"opposition": "sharing", "requester": "Dr Bea Ménard", "requester_code": str(requester.pk)}
    page = sent(signed_in("metro"), francoise, answers, **changes)
    assert "Cette opposition est enregistrée" in page.content.decode()
    with working_as("metro"):
        assert not may_see(francoise.pk)
        assert not Information.objects.exists()
    with working_as("alice"):
        assert Information.objects.get().opposition == "sharing"


@pytest.mark.parametrize("missing", ["given_on", "given_by"])
def test_an_opposition_without_its_date_or_its_witness_is_asked_for_first(
    signed_in, working_as, francoise, answers, missing
):
    page = sent(signed_in("alice"), francoise, answers, opposition="sharing", **{missing: ""})
    assert page.status_code == 422
    assert "Cette opposition est enregistrée" not in page.content.decode()
    with working_as("alice"):
        assert not Information.objects.exists()


def test_without_an_address_the_report_goes_by_post(signed_in, working_as, francoise, answers):
    changes = {"gp-person": "Dr Claire Mazurier", "others-0-person": "Mme Aubry, infirmière"}
    assert sent(signed_in("alice"), francoise, answers, **changes).status_code == 302
    with working_as("alice"):
        assert dict(Case.objects.get().correspondents.values_list("role", "mssante_address")) == {
            "requester": membership_of("bob").user.mssante_address,
            "gp": "",
            "other": "",
        }
        assert Contact.objects.get().gp_name == "Dr Claire Mazurier"


def test_an_ordinary_mail_address_is_refused(signed_in, francoise, answers):
    changes = {"gp-person": "Dr Claire Mazurier", "gp-mssante_address": "c.mazurier@gmail.example"}
    page = sent(signed_in("alice"), francoise, answers, **changes)
    assert page.status_code == 422
    assert "n’est pas une adresse MSSanté" in page.content.decode()
    assert 'value="c.mazurier@gmail.example"' in page.content.decode()


def test_an_address_without_its_name_is_refused(signed_in, francoise, answers):
    page = sent(signed_in("alice"), francoise, answers, **{"gp-postal_address": "3, rue du Port"})
    assert page.status_code == 422
    assert "Indiquez le nom de la personne à qui est cette adresse" in page.content.decode()


class TestTakenOver:
    """Nothing is typed again: the file and the last passage fill the page."""

    def test_the_gp_of_the_file_is_there(self, signed_in, working_as, francoise):
        with working_as("alice") as alice:
            update_contact(
                patient=francoise,
                values={"gp_name": "Dr Claire Mazurier", "gp_mssante_address": "c.mazurier@medecin.mssante.fr"},
                by=alice,
            )
        text = signed_in("alice").get(page_of(francoise)).content.decode()
        assert 'value="Dr Claire Mazurier"' in text
        assert 'value="c.mazurier@medecin.mssante.fr"' in text

    def test_a_name_replaced_under_its_former_address_is_refused(self, signed_in, working_as, francoise, answers):
        with working_as("alice") as alice:
            update_contact(
                patient=francoise,
                values={"gp_name": "Dr Claire Mazurier", "gp_mssante_address": "c.mazurier@medecin.mssante.fr"},
                by=alice,
            )
        client = signed_in("alice")
        page = client.get(page_of(francoise))
        proposed = {f"gp-{name}": hidden(page, f"gp-{name}") for name in ("of_name", "of_mssante", "mssante_address")}
        refused = sent(client, francoise, answers, **proposed, **{"gp-person": "Dr Paul Riou"})
        assert refused.status_code == 422
        assert "Cette adresse est celle de Dr Claire Mazurier" in refused.content.decode()
        cleared = sent(client, francoise, answers, **proposed, **{"gp-person": ""})
        assert cleared.status_code == 302
        with working_as("alice"):
            assert set(Case.objects.get().correspondents.values_list("role", flat=True)) == {"requester"}

    def test_a_physician_asks_for_himself(self, signed_in, working_as):
        with working_as("bob") as bob:
            mael = created(bob, "Tanguy", "Maël", sex="M")
        text = signed_in("bob").get(page_of(mael)).content.decode()
        assert 'value="Dr Bob Kerjean"' in text
        assert "Le patient est-il informé" in text

    def test_the_meeting_of_the_journey_is_chosen(self, signed_in, francoise, answers):
        text = signed_in("alice").get(f"{page_of(francoise)}?reunion={answers['meeting']}").content.decode()
        assert re.search(rf'value="{answers["meeting"]}"[^>]* checked', text)
        assert "Inscrire au " in text


def test_one_more_correspondent_without_script(signed_in, francoise, answers):
    page = sent(signed_in("alice"), francoise, answers, _ajouter="1", question="En cours de saisie")
    text = page.content.decode()
    assert page.status_code == 200
    assert 'name="others-1-person"' in text
    assert "En cours de saisie" in text
    assert "erreurs-titre" not in text


def test_the_patient_of_another_network_does_not_exist(signed_in, francoise):
    assert signed_in("oscar").get(page_of(francoise)).status_code == 404


@pytest.mark.parametrize("short", ["carol", "pharma", "vigilance"])
def test_who_does_not_register_is_told(signed_in, francoise, short):
    assert signed_in(short).get(page_of(francoise)).status_code == 403


def test_professionals_are_those_of_the_network(signed_in):
    client = signed_in("alice")
    found = client.get("/inscription/professionnels/?q=ménard bea").content.decode()
    assert "Dr Bea Ménard" in found
    assert "CHU Valmer" in found
    assert "CH Causses" not in found  # her other network
    assert "Vidal" not in client.get("/inscription/professionnels/?q=vid").content.decode()
    assert "Carol" not in client.get("/inscription/medecins/?q=jez").content.decode()
    assert "Dr Yann Hélias" in client.get("/inscription/medecins/?q=dr hel").content.decode()


def test_the_final_button_names_its_effect(signed_in, answers):
    said = signed_in("alice").get(f"/inscription/bouton/?meeting={answers['meeting']}").content.decode()
    assert said.startswith("Inscrire au ")
    assert signed_in("alice").get("/inscription/bouton/?meeting=rien").content.decode() == "Inscrire"


def test_a_team_the_patient_refuses_is_said_and_nothing_typed_is_lost(signed_in, working_as, francoise, answers):
    """Françoise refuses the clinic of the physician who asks (PAT-08): nobody learns it by a 403."""
    with working_as("alice") as alice:
        denis = membership_of("denis")
        said = Said(said_on=timezone.localdate(), said_to="Mme Carol Jézéquel", means=Means.ORAL)
        wish = {"subject": WishSubject.ORGANISATION, "answer": WishAnswer.OPPOSED}
        record_wish(patient=francoise, about=denis.organisation.principal, said=said, by=alice, **wish)
    answer = sent(signed_in("alice"), francoise, answers, requester="Dr Denis Weiss", requester_code=str(denis.pk))
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "Le patient refuse que son dossier soit ouvert à l’une des équipes" in text
    assert QUESTION in text
    with working_as("alice"):
        assert not Case.objects.filter(patient=francoise).exists()


class TestMovingPages:
    def test_postpone_then_cancel_by_the_screen(self, signed_in, working_as, francoise):
        with working_as("alice") as alice:
            case = registered(alice, francoise)
            other = Meeting.objects.get(board__code="DIG")
        client = signed_in("alice")
        address = f"/dossiers/{case.pk}/reporter/"
        assert client.get(address).status_code == 200
        refused = client.post(address, {"meeting": str(other.pk), "reason": ""})
        assert refused.status_code == 422
        assert re.search(rf'value="{other.pk}"[^>]* checked', refused.content.decode())
        assert client.post(address, {"meeting": str(other.pk), "reason": "IRM en attente"}).status_code == 302
        with working_as("alice"):
            moved = Case.objects.get(previous=case)
        cancel = f"/dossiers/{moved.pk}/annuler/"
        assert client.post(cancel, {"reason": ""}).status_code == 422
        assert client.post(cancel, {"reason": "Traité ailleurs"}).status_code == 302
        assert client.post(cancel, {"reason": "Traité ailleurs"}).status_code == 422

    def test_strangers_and_colleagues(self, signed_in, working_as, francoise):
        with working_as("alice") as alice:
            case = registered(alice, francoise)
        assert signed_in("metro").get(f"/dossiers/{case.pk}/annuler/").status_code == 404
        assert signed_in("oscar").get(f"/dossiers/{case.pk}/reporter/").status_code == 404
        assert signed_in("helias").get(f"/dossiers/{case.pk}/reporter/").status_code == 403


def test_the_page_costs_the_same_whatever_the_number_of_meetings(
    signed_in, working_as, francoise, django_assert_max_num_queries
):
    client = signed_in("alice")
    client.get(page_of(francoise))
    with django_assert_max_num_queries(40) as few:
        client.get(page_of(francoise))
    count = len(few)
    with working_as("alice"):
        first = meeting_of("SEI")
        for days in range(1, 7):
            another_meeting(first, days=days)
    with django_assert_max_num_queries(count):
        client.get(page_of(francoise))
