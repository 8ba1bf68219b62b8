"""The tree of a network: what hangs under what, whose FINESS is checked, whose logo is flattened (ADM-01)."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from dcc.accounts.queries import my_memberships
from dcc.audit.models import AuditEvent
from dcc.organisations import actions
from dcc.organisations.models import Organisation
from dcc.organisations.queries import tree, under
from dcc.tenancy.scope import user_scope

pytestmark = pytest.mark.django_db
GOOD_FINESS = "290000017"


def fields(**changes: Any) -> dict[str, Any]:
    usual = {
        "kind": "establishment",
        "name": "Hôpital de la Pointe",
        "short_name": "La Pointe",
        "finess": GOOD_FINESS,
        "postcode": "29770",
        "city": "Port-Navailles",
    }
    return usual | changes


@pytest.fixture
def organisation(working_as: Any) -> Any:
    def find(short_name: str) -> Organisation:
        with working_as("network"):
            return Organisation.objects.get(short_name=short_name)

    return find


def test_the_tree_shows_the_network_in_order(working_as: Any, django_assert_num_queries: Any) -> None:
    with working_as("network"):
        with django_assert_num_queries(2):
            nodes = tree()
        names = [(node.depth, node.organisation.short_name) for node in nodes]
    assert names[0] == (0, "Ligéa")
    assert names.index((3, "CH Rochebrune")) > names.index((2, "3C Estuaire")) > names.index((1, "Nord"))
    assert "Ardèle" not in {name for _, name in names}
    people = {node.organisation.short_name: node.people for node in nodes}
    assert people["Clinique des Dunes"] == 1


def test_a_network_admin_adds_an_establishment_under_a_3c(signed_in: Any, organisation: Any, working_as: Any) -> None:
    client = signed_in("network")
    above = organisation("3C Métropole")
    answer = client.post(reverse("organisations:create"), fields(parent=str(above.pk)))
    assert answer.status_code == 302, answer.content.decode()
    made = organisation("La Pointe")
    assert made.region_id == above.region_id, "born in the founding region of what it hangs under"
    assert made.principal.label == "Hôpital de la Pointe"
    with working_as("auditor"):
        assert AuditEvent.objects.filter(event="organisation.created", object_id=str(made.pk)).exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"finess": "290000018"}, "La clé de ce FINESS ne correspond pas"),
        ({"finess": "29000"}, "Un FINESS compte 9 caractères"),
        ({"finess": ""}, "Indiquez le FINESS géographique de l’établissement"),
        ({"finess": "440000016"}, "Ce FINESS est déjà celui de «\u00a0Centre hospitalier de Rochebrune\u00a0»"),
        ({"kind": "3c", "finess": ""}, "Le type «\u00a03C\u00a0» se rattache à"),
        ({"name": ""}, "Indiquez le nom complet"),
        ({"postcode": "2977"}, "Un code postal compte 5 chiffres"),
        ({"parent": ""}, "Choisissez à quoi elle se rattache"),
    ],
)
def test_refusals_say_what_to_do(signed_in: Any, organisation: Any, changes: Any, sentence: str) -> None:
    data = fields(parent=str(organisation("3C Métropole").pk)) | changes
    answer = signed_in("network").post(reverse("organisations:create"), data)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_an_organisation_of_another_network_is_not_found(signed_in: Any, working_as: Any) -> None:
    with working_as("oscar"):
        theirs = Organisation.objects.get(short_name="CH Causses")
    client = signed_in("network")
    assert client.get(reverse("organisations:edit", args=[theirs.pk])).status_code == 404
    answer = client.post(reverse("organisations:create"), fields(parent=str(theirs.pk)))
    assert "n’est plus proposée" in answer.content.decode()


def test_nothing_hangs_under_itself(working_as: Any) -> None:
    with working_as("network") as nadia:
        north = Organisation.objects.get(short_name="Nord")
        centre = Organisation.objects.get(short_name="3C Estuaire")
        assert centre in under(north)
        with pytest.raises(actions.OrganisationRefused, match="ne se rattache pas"):
            actions.change_organisation(organisation=north, by=nadia, parent=centre)


def test_what_holds_others_is_not_closed(signed_in: Any, organisation: Any) -> None:
    centre = organisation("3C Estuaire")
    page = signed_in("network").post(reverse("organisations:close", args=[centre.pk]), follow=True)
    assert "Fermez ou rattachez d’abord" in page.content.decode()
    assert organisation("3C Estuaire").closed_at is None


def test_closing_ends_the_work_done_under_it(signed_in: Any, organisation: Any, people: Any) -> None:
    dunes = organisation("Clinique des Dunes")
    client = signed_in("network")
    assert client.post(reverse("organisations:close", args=[dunes.pk])).status_code == 302
    with user_scope(user_id=people("denis").pk, membership_id=None):
        assert my_memberships() == ()
    assert client.post(reverse("organisations:reopen", args=[dunes.pk])).status_code == 302
    with user_scope(user_id=people("denis").pk, membership_id=None):
        assert len(my_memberships()) == 1


def png(mode: str = "RGBA") -> bytes:
    stream = io.BytesIO()
    Image.new(mode, (40, 20), (0, 80, 120, 0)[: len(mode)]).save(stream, "PNG")
    return stream.getvalue()


def test_a_logo_is_flattened_and_shown(signed_in: Any, organisation: Any) -> None:
    client, roche = signed_in("network"), organisation("CH Rochebrune")
    upload = SimpleUploadedFile("logo.png", png(), "image/png")
    assert client.post(reverse("organisations:change_logo", args=[roche.pk]), {"logo": upload}).status_code == 302
    shown = client.get(reverse("organisations:logo", args=[roche.pk]))
    assert shown["Content-Type"] == "image/png"
    picture = Image.open(io.BytesIO(shown.content))
    assert "A" not in picture.mode
    assert picture.convert("RGB").getpixel((1, 1)) == (255, 255, 255), "transparency became white (D16)"
    assert organisation("CH Rochebrune").logo_version == 1
    client.post(reverse("organisations:change_logo", args=[roche.pk]), {"action": "remove"})
    assert client.get(reverse("organisations:logo", args=[roche.pk])).status_code == 404


def test_what_is_not_an_image_is_refused(signed_in: Any, organisation: Any) -> None:
    upload = SimpleUploadedFile("logo.png", b"%PDF-1.4", "image/png")
    target = reverse("organisations:change_logo", args=[organisation("CH Rochebrune").pk])
    answer = signed_in("network").post(target, {"logo": upload})
    assert answer.status_code == 422
    assert "PNG ou JPEG" in answer.content.decode()


@pytest.mark.parametrize(("short", "sees"), [("admin3c", 200), ("auditor", 200), ("alice", 403), ("stats", 403)])
def test_only_the_network_admin_changes_the_tree(signed_in: Any, organisation: Any, short: str, sees: int) -> None:
    client, roche = signed_in(short), organisation("CH Rochebrune")
    assert client.get(reverse("organisations:tree")).status_code == sees
    for name in ("edit", "close", "reopen", "change_logo"):
        assert client.post(reverse(f"organisations:{name}", args=[roche.pk])).status_code == 403
    assert client.post(reverse("organisations:create"), fields()).status_code == 403
