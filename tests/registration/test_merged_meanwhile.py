"""An identity merged between the form and its sending: nothing is lost, nothing is registered unseen (PAT-05)."""

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse

from patients.models import Double, Information, Merge, Patient
from rcp.models import Case
from rcp.registration import views
from rcp.registration.actions import AlreadyRegistered, IdentityJoined
from rcp.registration.moving import cancel_case, postpone_case
from tests.patients.conftest import created
from tests.patients.merging import merged, paired
from tests.registration.conftest import QUESTION, another_meeting, meeting_of, registered
from tests.registration.test_registration_page import hidden


@pytest.fixture
def double(working_as: Any, as_worker: Any, francoise: Patient) -> Double:
    """Françoise twice, without any case."""
    with working_as("alice") as alice:
        later = created(alice, "Abhervé", "Francoise", reason="Homonyme connu")
    return paired(as_worker, francoise, later)


@pytest.fixture
def shown(double: Double, working_as: Any, as_worker: Any) -> tuple[Patient, Merge]:
    """What the desk read of both before the merge, and the merge: the page still names the one that is gone."""
    with working_as("alice"):
        read = {one: Patient.objects.get(pk=one) for one in (double.first_id, double.second_id)}
    merge = merged(working_as, as_worker, double)
    return read[merge.lost_id], merge


class TestThePage:
    """What Alice typed for the identity that is gone comes back under the banner of the one kept."""

    @pytest.fixture
    def typed(self, signed_in, double, working_as, as_worker, answers) -> tuple[Any, dict[str, str], Merge]:
        """The page of each, opened before the merge, and what Alice typed on that of the one that is lost."""
        client = signed_in("alice")
        tokens = {
            one: hidden(client.get(f"/inscription/{one}/"), "token") for one in (double.first_id, double.second_id)
        }
        merge = merged(working_as, as_worker, double)
        data = {
            **answers,
            "token": tokens[merge.lost_id],
            "level": "discussed",
            "urgency": "urgent",
            "gp-person": "Dr Claire Mazurier",
            "gp-mssante_address": "c.mazurier@cabinet.mssante.fr",
            "others-0-person": "Mme Aubry, infirmière libérale",
        }
        return client, data, merge

    def test_everything_typed_is_shown_again_and_nothing_is_registered(self, typed, working_as):
        client, data, merge = typed
        answer = client.post(f"/inscription/{merge.lost_id}/", data)
        said_again(answer, data, merge)
        with working_as("alice"):
            assert not Case.objects.exists()
            assert not Information.objects.exists()

    def test_the_banner_is_the_kept_identity_s_and_the_form_goes_there(self, typed, working_as):
        client, data, merge = typed
        text = client.post(f"/inscription/{merge.lost_id}/", data).content.decode()
        assert f'action="/inscription/{merge.kept_id}/"' in text
        assert f'href="/patients/{merge.kept_id}/"' in text
        assert f'href="/patients/{merge.lost_id}/"' not in text

    def test_checked_and_sent_it_is_registered_once_for_the_kept_identity(self, typed, working_as):
        client, data, merge = typed
        client.post(f"/inscription/{merge.lost_id}/", data)
        for _ in range(2):  # a double click
            assert client.post(f"/inscription/{merge.kept_id}/", data).status_code == 302
        with working_as("alice"):
            case = Case.objects.get()
            assert (case.patient_id, case.question, case.urgency) == (merge.kept_id, QUESTION, "urgent")
            assert {"Dr Claire Mazurier", "Mme Aubry, infirmière libérale"} <= set(
                case.correspondents.values_list("name", flat=True)
            )

    def test_one_more_correspondent_asked_on_the_old_page_loses_nothing_either(self, typed):
        client, data, merge = typed
        answer = client.post(f"/inscription/{merge.lost_id}/", {**data, "_ajouter": "1"})
        said_again(answer, data, merge)
        assert 'name="others-1-person"' in answer.content.decode()

    def test_an_opposition_typed_for_the_lost_identity_waits_to_be_checked(self, typed, working_as):
        client, data, merge = typed
        answer = client.post(f"/inscription/{merge.lost_id}/", {**data, "opposition": "sharing"})
        assert answer.status_code == 409
        assert answer.context["form"]["opposition"].value() == "sharing"
        assert "checked" in re.search(r'<input[^>]*value="sharing"[^>]*>', answer.content.decode()).group()
        with working_as("alice"):
            assert not Information.objects.exists()

    def test_another_network_learns_nothing(self, typed, signed_in):
        _, data, merge = typed
        assert signed_in("oscar").post(f"/inscription/{merge.lost_id}/", data).status_code == 404

    def test_opened_after_the_merge_the_page_is_the_kept_identity_s(self, typed):
        client, _, merge = typed
        assert client.get(f"/inscription/{merge.lost_id}/").url == f"/inscription/{merge.kept_id}/"


def test_a_merge_that_lands_between_reading_and_writing_is_seen_before_anything_is_written(
    signed_in,
    working_as,
    as_worker,
    double,
    answers,
    monkeypatch,
):
    """The view reads the identity, the worker merges it, the action finds the row merged under its lock."""
    client = signed_in("alice")
    tokens = {one: hidden(client.get(f"/inscription/{one}/"), "token") for one in (double.first_id, double.second_id)}
    with working_as("alice"):
        read = {one: Patient.objects.get(pk=one) for one in tokens}
    merge = merged(working_as, as_worker, double)
    found: Callable[..., Any] = views.get_object_or_404
    monkeypatch.setattr(views, "get_object_or_404", lambda kind, pk: read.get(pk) or found(kind, pk=pk))
    data = {**answers, "token": tokens[merge.lost_id]}
    answer = client.post(f"/inscription/{merge.lost_id}/", data)
    said_again(answer, data, merge)
    with working_as("alice"):
        assert not Case.objects.exists()
        assert not Information.objects.exists()
    assert client.post(f"/inscription/{merge.kept_id}/", data).status_code == 302


def said_again(answer: HttpResponse, data: dict[str, str], merge: Merge) -> None:
    assert answer.status_code == 409
    text = html.unescape(answer.content.decode())
    assert "La cellule d’identitovigilance a réuni" in text
    assert text.partition("<main")[2].partition("</main>")[0].count(" autofocus") == 1, "read first"
    assert "vérifiez que c’est la bonne personne, relisez, puis inscrivez" in text
    assert data["question"] in text
    for name in ("given_by", "given_on", "requester", "gp-person", "gp-mssante_address", "others-0-person"):
        if name in data:
            assert f'value="{data[name]}"' in text, name
    assert answer.context["patient"].pk == merge.kept_id
    assert answer.context["form"]["meeting"].value() == data["meeting"]
    assert hidden(answer, "token") == data["token"]


class TestTheAction:
    def test_it_refuses_and_names_the_one_kept(self, shown, working_as):
        page, merge = shown
        assert page.merged_into_id is None, "the page was opened before"
        with working_as("alice") as alice:
            with pytest.raises(IdentityJoined) as meanwhile:
                registered(alice, page)
            assert meanwhile.value.kept.pk == merge.kept_id
            assert not Case.objects.exists()
            case = registered(alice, meanwhile.value.kept)
            assert case.sheets.get().patient_id == merge.kept_id

    def test_what_was_registered_before_the_merge_and_is_sent_again_stays_one_case(self, double, working_as, as_worker):
        with working_as("alice") as alice:
            read = [Patient.objects.get(pk=one) for one in (double.first_id, double.second_id)]
            case = registered(alice, read[0])
        merge = merged(working_as, as_worker, double)
        with working_as("alice") as alice:
            again = registered(alice, read[0], case_id=case.pk)
            assert (again.pk, again.patient_id) == (case.pk, merge.kept_id)

    def test_the_kept_identity_s_own_case_is_seen(self, shown, working_as):
        """Or one person would be twice on the list of a meeting."""
        page, merge = shown
        with working_as("alice") as alice:
            kept = Patient.objects.get(pk=merge.kept_id)
            registered(alice, kept)
            with pytest.raises(AlreadyRegistered):
                registered(alice, kept)
            with pytest.raises(IdentityJoined):
                registered(alice, page)


def test_a_case_read_before_the_merge_is_postponed_and_cancelled_as_the_kept_identity_s(double, working_as, as_worker):
    with working_as("alice") as alice:
        pages = [
            registered(alice, one, meeting=meeting)
            for one, meeting in (
                (double.first, meeting_of("SEI")),
                (double.second, another_meeting(meeting_of("SEI"))),
            )
        ]
    merge = merged(working_as, as_worker, double)
    page = next(one for one in pages if one.patient_id == merge.lost_id)
    with working_as("alice") as alice:
        moved = postpone_case(case=page, to=another_meeting(page.meeting, days=21), reason="Scanner attendu", by=alice)
        assert moved.patient_id == merge.kept_id
        moved.patient_id = merge.lost_id
        assert cancel_case(case=moved, reason="Décès", by=alice).patient_id == merge.kept_id
