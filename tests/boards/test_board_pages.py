"""The directory in the browser: everybody reads it, its 3C changes it, others are refused (AGD-02, AGD-09, AGD-12)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from dcc.accounts.models import Membership
from rcp.boards.presets import preset_groups
from rcp.models import Board, BoardMember

TYPED = {
    "name": "Thorax",
    "code": "tho",
    "kind": "organ",
    "form_code": "thorax",
    "mode": "mixed",
    "frequency": "weekly",
    "weekday": "3",
    "starts_at": "17:30",
    "minutes": "90",
    "capacity": "15",
    "closes_hours_before": "24",
    "remote_counts": "on",
    "active": "on",
    "seats-TOTAL_FORMS": "6",
    "seats-INITIAL_FORMS": "0",
}


@pytest.fixture
def breast(working_as: Callable[..., Any]) -> Board:
    with working_as("alice"):
        return Board.objects.get(code="SEI", region_id=1)


def test_the_directory_shows_the_boards_of_the_whole_network_and_of_no_other(
    signed_in: Callable[..., Client],
) -> None:
    for who in ("alice", "metro", "network", "stats", "carol"):
        page = signed_in(who).get(reverse("rcp:boards")).content.decode()
        assert "Sein" in page
        assert "Digestif" in page
        assert "Plateau" not in page


def test_the_directory_is_filtered_by_what_the_address_says(signed_in: Callable[..., Client]) -> None:
    page = signed_in("alice").get(reverse("rcp:boards"), {"q": "digestíf"}).content.decode()
    assert "Digestif" in page
    assert "SEI" not in page
    empty = signed_in("alice").get(reverse("rcp:boards"), {"q": "pancréas"}).content.decode()
    assert "Aucune RCP pour ce choix" in empty


def test_the_directory_costs_the_same_whatever_its_length(
    signed_in: Callable[..., Client], breast: Board, django_assert_num_queries: Any, working_as: Callable[..., Any]
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = signed_in("alice")
    with CaptureQueriesContext(connection) as few:
        client.get(reverse("rcp:boards"))
    for number in range(8):
        code = f"T{number}"
        assert client.post(reverse("rcp:board_create"), TYPED | {"code": code, "name": code}).status_code == 302
    with CaptureQueriesContext(connection) as many:
        page = client.get(reverse("rcp:boards")).content.decode()
    assert "T7" in page
    assert len(many) == len(few)


def test_a_3c_creates_a_board_with_the_usual_quorum_of_its_form(
    signed_in: Callable[..., Client], working_as: Callable[..., Any]
) -> None:
    answer = signed_in("alice").post(reverse("rcp:board_create"), TYPED)
    assert answer.status_code == 302
    with working_as("alice") as alice:
        board = Board.objects.get(code="THO")
        assert board.organisation_id == alice.acting_as.pk
        assert board.principal.label == "RCP Thorax"
        assert [group["label"] for group in board.quorum_groups] == [
            "chirurgien",
            "oncologue médical ou spécialiste d’organe",
            "radiothérapeute",
        ]


def test_chosen_seats_replace_the_usual_ones(signed_in: Callable[..., Client], working_as: Callable[..., Any]) -> None:
    seats = {"seats-0-role": "hematologue", "seats-0-count": "2", "seats-1-role": "radiologue"}
    seats |= {"seats-1-second": "medecin_nucleaire"}
    signed_in("alice").post(reverse("rcp:board_create"), TYPED | seats)
    with working_as("alice"):
        groups = Board.objects.get(code="THO").quorum_groups
    assert groups == [
        {"label": "hématologue", "roles": ["hematologue"], "count": 2},
        {"label": "radiologue ou médecin nucléaire", "roles": ["radiologue", "medecin_nucleaire"], "count": 1},
    ]


def test_a_wrong_form_comes_back_with_its_reasons(signed_in: Callable[..., Client]) -> None:
    client = signed_in("alice")
    wrong = client.post(reverse("rcp:board_create"), TYPED | {"code": "é!", "starts_at": "25:00"})
    assert wrong.status_code == 422
    assert "sans accent" in wrong.content.decode()
    taken = client.post(reverse("rcp:board_create"), TYPED | {"code": "sei"})
    assert taken.status_code == 422
    assert "Ce sigle est déjà" in taken.content.decode()


def test_the_administration_of_the_network_says_for_which_3c(
    signed_in: Callable[..., Client], working_as: Callable[..., Any]
) -> None:
    client = signed_in("network")
    assert client.post(reverse("rcp:board_create"), TYPED).status_code == 422
    with working_as("network"):
        metro = Membership.objects.get(user__email="metro@dcc.example").organisation
    assert client.post(reverse("rcp:board_create"), TYPED | {"organisation": str(metro.pk)}).status_code == 302
    with working_as("network"):
        assert Board.objects.get(code="THO").region_id == 2


@pytest.mark.parametrize(
    ("who", "code"),
    [("alice", 200), ("admin3c", 200), ("network", 200), ("metro", 403), ("bob", 403), ("carol", 403), ("oscar", 404)],
)
def test_who_changes_a_board(signed_in: Callable[..., Client], breast: Board, who: str, code: int) -> None:
    assert signed_in(who).get(reverse("rcp:board_change", args=[breast.pk])).status_code == code


@pytest.mark.parametrize(("who", "code"), [("metro", 200), ("bob", 200), ("stats", 200), ("oscar", 404), ("it", 403)])
def test_who_reads_a_board(signed_in: Callable[..., Client], breast: Board, who: str, code: int) -> None:
    assert signed_in(who).get(reverse("rcp:board", args=[breast.pk])).status_code == code


@pytest.mark.parametrize("name", ["member_add", "board_plan", "meeting_add"])
def test_only_those_who_keep_a_board_write_there(signed_in: Callable[..., Client], breast: Board, name: str) -> None:
    address = reverse(f"rcp:{name}", args=[breast.pk])
    assert signed_in("metro").post(address).status_code == 403
    assert signed_in("bob").post(address).status_code == 403
    assert signed_in("oscar").post(address).status_code == 404
    assert signed_in("alice").post(address).status_code == 422  # empty form


def test_a_change_shows_what_changed_in_the_trace(
    signed_in: Callable[..., Client], breast: Board, working_as: Callable[..., Any]
) -> None:
    from dcc.audit.models import AuditEvent

    typed = TYPED | {"name": "Sein", "code": "SEI", "form_code": "sein", "capacity": "18", "weekday": "1"}
    typed |= {"starts_at": "14:00", "place": "Salle Arvor", "seats-0-role": "chirurgien"}
    assert signed_in("alice").post(reverse("rcp:board_change", args=[breast.pk]), typed).status_code == 302
    with working_as("alice"):
        assert Board.objects.get(pk=breast.pk).capacity == 18
        event = AuditEvent.objects.get(event="rcp.board_changed")
    assert event.details["fields"] == "dossiers par séance, spécialités exigées"


def test_a_member_is_named_and_the_period_planned_from_the_page(
    signed_in: Callable[..., Client], breast: Board, working_as: Callable[..., Any]
) -> None:
    client = signed_in("alice")
    added = client.post(reverse("rcp:member_add", args=[breast.pk]), {"person": "Weiss", "role": "member"})
    assert added.status_code == 302
    with working_as("alice"):
        assert BoardMember.objects.filter(user__email="denis@dcc.example").exists()
    planned = client.post(
        reverse("rcp:board_plan", args=[breast.pk]), {"since": "01/05/2030", "until": "31/05/2030"}, follow=True
    )
    assert "4 réunions prévues" in planned.content.decode().replace("\u00a0", " ")


def test_haematology_starts_with_two_haematologists() -> None:
    groups = preset_groups(form_code="hemato", kind="organ")
    assert groups == [{"label": "hématologue", "roles": ["hematologue"], "count": 2}]
    recourse = preset_groups(form_code="hpb", kind="recourse")
    assert recourse[0] == {"label": "chirurgien", "roles": ["chirurgien"], "count": 2}
