"""« Choisir les destinataires »: who else receives the report, changed until it is signed (INS-05, SND-06)."""

import html
from typing import Any

import pytest

from dcc.audit.models import AuditEvent
from patients.access import may_see
from rcp.cases.actions import validate_case
from rcp.cases.recipients import recipients_of
from rcp.models import Case
from tests.registration.conftest import membership_of
from tests.sheets.casework import complete, make_case, sit


@pytest.fixture
def case(working_as: Any) -> Case:
    """Prepared by Bob for Hélias, the GP known by a postal address only."""
    with working_as("bob") as bob:
        made = make_case(by=bob)
        sit(made.meeting, "bob", "helias", "oumarou")
        complete(made.sheets.get(), by=bob)
    return made


def page_of(case: Case) -> str:
    return f"/dossiers/{case.pk}/destinataires/"


GP = {"gp-person": "Dr Paul Mazurier", "gp-mssante_address": "p.mazurier@cabinet.mssante.fr"}
NOBODY_ELSE = {"others-TOTAL_FORMS": "1", "others-INITIAL_FORMS": "0"}


def names(case: Case) -> dict[str, str]:
    return {one.name: one.mssante_address for one in recipients_of(case)}


def test_the_conclusion_leads_there_and_the_page_says_who_always_receives(case, signed_in):
    conclusion = html.unescape(signed_in("bob").get(f"/dossiers/{case.pk}/conclusion/").content.decode())
    assert f'href="{page_of(case)}"' in conclusion
    assert "Choisir les destinataires" in conclusion
    page = html.unescape(signed_in("bob").get(page_of(case)).content.decode())
    assert 'value="Dr Paul Mazurier"' in page
    assert "Dr Yann Hélias" in page.partition("Toujours destinataires")[2]
    assert (
        "Choisir les destinataires" not in signed_in("carol").get(f"/dossiers/{case.pk}/conclusion/").content.decode()
    )


def test_an_address_is_added_another_removed_and_the_requester_stays(case, signed_in, working_as):
    data = {**GP, **NOBODY_ELSE, "others-0-person": "Mme Aubry, infirmière libérale"}
    assert signed_in("helias").post(page_of(case), data).url == f"/dossiers/{case.pk}/conclusion/"
    with working_as("bob"):
        found = names(case)
        assert found["Dr Paul Mazurier"] == "p.mazurier@cabinet.mssante.fr"
        assert {"Dr Yann Hélias", "Mme Aubry, infirmière libérale"} <= set(found)
        event = AuditEvent.objects.get(event="rcp.recipients_chosen", object_id=str(case.pk))
        assert event.actor == "Dr Yann Hélias"
        assert "Dr Paul Mazurier (médecin traitant)" in event.details["names"]
    assert signed_in("bob").post(page_of(case), NOBODY_ELSE).status_code == 302
    with working_as("bob"):
        assert set(names(case)) == {"Dr Yann Hélias"}


def test_what_is_saved_unchanged_leaves_no_trace(case, signed_in, working_as):
    """The lines of an envelope included, which a browser sends back with other ends."""
    page = signed_in("bob").get(page_of(case)).content.decode()
    assert "3, rue du Port\n44000 Port-Navailles</textarea>" in page
    postal = "3, rue du Port\r\n44000 Port-Navailles"
    data = {"gp-person": "Dr Paul Mazurier", "gp-postal_address": postal, **NOBODY_ELSE}
    assert signed_in("bob").post(page_of(case), data).status_code == 302
    with working_as("bob"):
        assert not AuditEvent.objects.filter(event="rcp.recipients_chosen").exists()
        assert case.correspondents.get(role="gp").postal_address == postal.replace("\r", "")


def test_a_doctor_of_the_network_sees_the_file_they_will_hear_of(case, signed_in, working_as):
    with working_as("denis"):
        assert not may_see(case.patient_id)
    with working_as("bob"):
        denis = membership_of("denis")
    data = {"gp-person": "Dr Denis Weiss", "gp-person_code": str(denis.pk), **NOBODY_ELSE}
    assert signed_in("bob").post(page_of(case), data).status_code == 302
    with working_as("denis"):
        assert may_see(case.patient_id)


def test_refusals_lose_nothing(case, signed_in, working_as):
    data = {**GP, **NOBODY_ELSE, "gp-mssante_address": "p.mazurier@gmail.example"}
    page = signed_in("bob").post(page_of(case), data)
    assert page.status_code == 422
    assert "n’est pas une adresse MSSanté" in page.content.decode()
    assert 'value="p.mazurier@gmail.example"' in page.content.decode()
    with working_as("bob"):
        assert names(case)["Dr Paul Mazurier"] == ""


def test_once_signed_the_recipients_are_those_it_left_for(case, signed_in, working_as):
    with working_as("bob") as bob:
        validate_case(case_id=case.pk, by=bob)
        before = names(case)
    client = signed_in("bob")
    assert client.get(page_of(case)).url == f"/dossiers/{case.pk}/conclusion/"
    answer = client.post(page_of(case), {**GP, **NOBODY_ELSE}, follow=True)
    assert "sont fixés" in html.unescape(answer.content.decode())
    with working_as("bob"):
        assert names(case) == before
