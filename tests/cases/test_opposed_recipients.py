"""D3: nothing of the file leaves to an organisation the patient opposes, by any channel, now or later."""

import html
from typing import Any

import pytest
from django.utils import timezone

from dcc.accounts.models import User
from dcc.organisations.models import Organisation
from messaging.actions import RecipientOpposed, readdress, resend, retry_delivery, retry_many, to_paper
from messaging.models import Delivery, DeliveryStatus, Feed
from messaging.queries import letters, postal_list
from messaging.sending import claim
from patients.consent.actions import Said, record_wish
from patients.models import Content, Means, WishAnswer, WishSubject
from rcp.cases.actions import validate_case
from rcp.models import Case, Correspondent, CorrespondentRole
from tests.sheets.casework import complete, make_case, sit

OUMAROU = "a.oumarou@ligea-essai.mssante.fr"


@pytest.fixture
def case(working_as: Any) -> Case:
    """Asked for by Dr Oumarou of Valmer, whose 3C and whose DPI receive too."""
    with working_as("bob") as bob:
        made = make_case(by=bob)
        valmer = Organisation.objects.get(short_name="CHU Valmer")
        Feed.objects.create(organisation=valmer, region_id=2, host="127.0.0.1", port=2575)
        Case.objects.filter(pk=made.pk).update(
            requester=User.objects.get(email="oumarou@dcc.example"), requester_organisation=valmer
        )
        made.correspondents.filter(role=CorrespondentRole.REQUESTER).update(
            name="Dr Awa Oumarou", mssante_address=OUMAROU
        )
        add(made, "3C Métropole", CorrespondentRole.REQUESTING_3C, "secretariat.3cm@ligea-essai.mssante.fr")
        sit(made.meeting, "bob", "helias", "oumarou")
        complete(made.sheets.get(), by=bob)
    return made


def add(case: Case, name: str, role: CorrespondentRole, address: str) -> None:
    Correspondent.objects.create(
        region_id=case.region_id, patient_id=case.patient_id, case=case, role=role, name=name, mssante_address=address
    )


def opposes(case: Case, by: User, *shorts: str, answer: WishAnswer = WishAnswer.OPPOSED) -> None:
    said = Said(said_on=timezone.localdate(), said_to="Mme Alice Le Bihan", means=Means.ORAL)
    for one in Organisation.objects.filter(short_name__in=shorts).select_related("principal"):
        record_wish(
            patient=case.patient,
            subject=WishSubject.ORGANISATION,
            answer=answer,
            about=one.principal,
            said=said,
            by=by,
        )


def written_to() -> set[str]:
    return {one.recipient["name"] for one in Delivery.objects.all()}


def test_without_opposition_everybody_receives(case, working_as):
    with working_as("bob") as bob:
        validate_case(case_id=case.pk, by=bob)
        assert written_to() == {"Dr Awa Oumarou", "DPI – CHU Valmer", "3C Métropole", "Dr Paul Mazurier"}


def test_the_opposed_organisation_its_people_and_its_dpi_are_left_out(case, working_as):
    with working_as("bob") as bob:
        opposes(case, bob, "CHU Valmer")
        validate_case(case_id=case.pk, by=bob)
        assert written_to() == {"3C Métropole", "Dr Paul Mazurier"}
        printed = case.sheets.get().report["recipients"]
        assert {one["name"] for one in printed} == {"3C Métropole", "Dr Paul Mazurier"}


def test_the_requester_s_letter_goes_to_their_organisation_and_is_left_out_too(case, working_as):
    with working_as("bob") as bob:
        case.correspondents.filter(role=CorrespondentRole.REQUESTER).update(
            mssante_address="", postal_address="CHU de Valmer, 44000 Port-Navailles"
        )
        opposes(case, bob, "CHU Valmer", "3C Métropole")
        validate_case(case_id=case.pk, by=bob)
        assert written_to() == {"Dr Paul Mazurier"}


def test_somebody_typed_by_hand_is_recognised_by_the_address(case, working_as):
    """Dr Weiss of the clinic, whose file of the directory nobody chose."""
    with working_as("bob") as bob:
        add(case, "Docteur Weiss", CorrespondentRole.OTHER, "Weiss@ligea-essai.mssante.fr")
        opposes(case, bob, "Clinique des Dunes")
        validate_case(case_id=case.pk, by=bob)
        assert "Docteur Weiss" not in written_to()
        assert "Dr Awa Oumarou" in written_to()


def test_the_conclusion_says_who_is_left_out_and_why(case, working_as, signed_in):
    address = f"/dossiers/{case.pk}/conclusion/"
    assert "opposition d" not in html.unescape(signed_in("bob").get(address).content.decode())
    with working_as("bob") as bob:
        opposes(case, bob, "CHU Valmer")
    page = html.unescape(signed_in("bob").get(address).content.decode())
    assert "(sans Dr Awa Oumarou et DPI – CHU Valmer\u00a0: opposition de la patiente)" in page
    assert "à 2 destinataires" in page


def test_the_choice_of_recipients_marks_them_too(case, working_as, signed_in):
    """Dr Weiss was chosen for this case, Dr Oumarou and the DPI always receive: none will, and it is said on each."""
    address, mark = f"/dossiers/{case.pk}/destinataires/", "opposition de la patiente"
    with working_as("bob") as bob:
        add(case, "Docteur Weiss", CorrespondentRole.OTHER, "weiss@ligea-essai.mssante.fr")
    assert mark not in html.unescape(signed_in("bob").get(address).content.decode())
    with working_as("bob") as bob:
        opposes(case, bob, "CHU Valmer", "Clinique des Dunes")
    shown = signed_in("bob").get(address)
    page = html.unescape(shown.content.decode())
    assert page.count(mark) == 3
    assert [one.opposed for one in shown.context["others"]] == [mark, ""]
    assert [one.opposed for one in shown.context["slots"]] == ["", ""]
    assert {one.name for one in shown.context["left_out"]} == {"Dr Awa Oumarou", "DPI – CHU Valmer"}


def test_somebody_else_typed_in_their_place_bears_no_mark(case, working_as, signed_in):
    with working_as("bob") as bob:
        add(case, "Docteur Weiss", CorrespondentRole.OTHER, "weiss@ligea-essai.mssante.fr")
        opposes(case, bob, "Clinique des Dunes")
    rows = {"others-TOTAL_FORMS": "1", "others-INITIAL_FORMS": "1", "others-0-person": "Dr Julie Caradec"}
    shown = signed_in("bob").post(f"/dossiers/{case.pk}/destinataires/", rows | {"_ajouter": "1"})
    assert "opposition d" not in html.unescape(shown.content.decode())


@pytest.fixture
def sent(case, working_as) -> Delivery:
    """The DPI of Valmer received the report before the patient said no."""
    with working_as("bob") as bob:
        validate_case(case_id=case.pk, by=bob)
        Delivery.objects.filter(channel="hl7").update(status=DeliveryStatus.SENT, sent_at=timezone.now())
        Delivery.objects.filter(recipient__name="Dr Awa Oumarou").update(status=DeliveryStatus.REFUSED)
        opposes(case, bob, "CHU Valmer")
        return Delivery.objects.get(channel="hl7")


def test_a_later_opposition_stops_what_would_leave_again(sent, working_as):
    with working_as("alice") as alice:
        before = Delivery.objects.count()
        with pytest.raises(RecipientOpposed):
            resend(delivery_id=sent.pk, by=alice)
        refused = Delivery.objects.get(status=DeliveryStatus.REFUSED)
        for again in (
            lambda: retry_delivery(delivery_id=refused.pk, by=alice),
            lambda: readdress(delivery_id=refused.pk, address="autre@ligea-essai.mssante.fr", by=alice),
            lambda: to_paper(delivery_id=refused.pk, postal_address="CHU de Valmer", by=alice),
        ):
            with pytest.raises(RecipientOpposed):
                again()
        assert retry_many(delivery_ids=[refused.pk], by=alice) == 0
        refused.refresh_from_db()
        assert (refused.status, Delivery.objects.count()) == (DeliveryStatus.REFUSED, before)


def test_what_was_planned_before_the_opposition_does_not_leave(case, working_as, as_worker):
    """Validated, then opposed before the worker's hand came to it: the row says why, nothing is prepared."""
    with working_as("bob") as bob:
        validate_case(case_id=case.pk, by=bob)
        Delivery.objects.update(status=DeliveryStatus.DUE, next_attempt_at=timezone.now())
        planned = Delivery.objects.get(channel="hl7")
        opposes(case, bob, "CHU Valmer")
    with as_worker(1, 2):
        Delivery.objects.exclude(pk=planned.pk).update(status=DeliveryStatus.TO_PRINT)
        assert claim() is None
        planned.refresh_from_db()
        assert planned.status == DeliveryStatus.REFUSED
        assert "Le patient s’oppose" in planned.last_error
        assert not Content.objects.filter(owner_id=planned.pk).exists()


def test_a_letter_that_waits_is_not_printed(case, working_as):
    with working_as("bob") as bob:
        validate_case(case_id=case.pk, by=bob)
    with working_as("alice") as alice:
        Delivery.objects.update(status=DeliveryStatus.TO_PRINT, channel="paper", three_c_id=alice.acting_as.pk)
        opposes(case, alice, "CHU Valmer")
        found = postal_list(alice.acting_as.pk)
        stopped = {one.row.recipient for one in found if one.opposed}
        assert {"Dr Awa Oumarou"} <= stopped < {one.row.recipient for one in found}
        printed = letters(alice.acting_as.pk, [one.row.id for one in found])
        assert {one.recipient["name"] for one in printed} == {one.row.recipient for one in found} - stopped


def test_the_refusal_is_said_in_french(sent, signed_in):
    said = signed_in("alice").post(f"/envois/{sent.pk}/nouvel-envoi/", follow=True)
    assert "Le patient s’oppose à ce que ce destinataire reçoive son dossier" in html.unescape(said.content.decode())


def test_an_opposition_withdrawn_lets_it_leave_again(sent, case, working_as):
    with working_as("alice") as alice:
        opposes(case, alice, "CHU Valmer", answer=WishAnswer.WITHDRAWN)
        assert resend(delivery_id=sent.pk, by=alice).occasion == "again-1"
