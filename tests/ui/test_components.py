"""A component says what it shows, and refuses what makes no sense: the mistake is seen in a test, not at a desk."""

import warnings
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.paginator import Paginator
from django.http import QueryDict
from django.template import Context, Engine
from django.utils.safestring import mark_safe

from dcc.ui.components import basics, data, feedback, identity, meters, sheet
from dcc.ui.components.chrome import NavEntry
from dcc.ui.components.contracts import ComponentError
from dcc.ui.components.keys import shortcut

ENGINE = Engine(app_dirs=True, libraries={"ui": "dcc.ui.templatetags.ui"}, builtins=["dcc.ui.templatetags.ui"])


def render(source: str, **context: Any) -> str:
    return ENGINE.from_string(source).render(Context(context))


def patient(**changes: Any) -> identity.BannerData:
    traits: dict[str, Any] = {
        "birth_name": "ABHERVÉ", "first_name": "Françoise", "birth_date": date(1963, 3, 11), "sex": "F",
        "birth_place": "Port-Navailles", "identity_status": "qualified", "today": date(2025, 11, 25),
    }  # fmt: skip
    return identity.BannerData(**(traits | changes))


REFUSED: list[Callable[[], object]] = [
    lambda: basics.icon("no-such-icon"),
    lambda: basics.icon("check", tone="pink"),
    lambda: basics.badge("success", "Prêt"),
    lambda: basics.badge("ok", ""),
    lambda: basics.badge("ok", "  "),
    lambda: basics.button(""),
    lambda: basics.button("Valider", kind="success"),
    lambda: basics.button("Valider", size="huge"),
    lambda: basics.button("Actions", icon_only=True),
    lambda: basics.button("Aller", href="/x", submit=True),
    lambda: basics.button("Aller", href="/x", disabled=True),
    lambda: basics.button("Valider", style="color: red"),
    lambda: basics.button("Valider", onclick="alert(1)"),
    lambda: basics.button("Valider", hx_on="click: alert(1)"),
    lambda: basics.button("Valider", key="Windows"),
    lambda: feedback.alert("", "danger", "Titre"),
    lambda: feedback.alert("", "bad", ""),
    lambda: feedback.empty_state("", "Rien"),
    lambda: feedback.empty_state("Tout est prêt.", "Rien", level=1),
    lambda: feedback.save_state("done", "Enregistré"),
    lambda: feedback.toast("ok", ""),
    lambda: feedback.breakglass("demain"),
    lambda: feedback.breakglass(datetime(2025, 11, 25, 10, 4)),
    lambda: feedback.dialog("", "", "Figer ?"),
    lambda: data.card("", ""),
    lambda: data.card("", "Titre", level=5),
    lambda: data.tabs([], "Corbeilles"),
    lambda: data.tabs([{"label": "Tout"}], "Corbeilles"),
    lambda: data.tabs([data.Tab(label="A", href="#", current=True), data.Tab(label="B", href="#", current=True)], "X"),
    lambda: data.thead("nom", QueryDict()),
    lambda: data.group_row("", "Avant 12:00", "cinq"),
    lambda: data.event("", "future", icon_name="cal", when="demain"),
    lambda: data.stepper([data.Step(label="A", state="finished")]),
    lambda: data.pagination({"first": 1}),
    lambda: meters.seats("Quorum"),
    lambda: meters.seats("", present=3),
    lambda: meters.seats("Quorum", present=-1),
    lambda: meters.seats("Quorum", present=True),
    lambda: meters.split([meters.Part(kind="green", value=1, label="prêts")]),
    lambda: meters.split([meters.Part(kind="ok", value=1, label="")]),
    lambda: meters.disc(11, 10),
    lambda: identity.banner({"birth_name": "X"}),
    lambda: patient(sex="X"),
    lambda: patient(birth_name=""),
    lambda: patient(identity_status="INS"),
    lambda: patient(birth_date="11/03/1963"),
    lambda: patient(ipp="0048 217 306"),
    lambda: sheet.choices("sbr", [sheet.Choice(value="1", label="")]),
    lambda: sheet.choices("sbr", [sheet.Choice(value="1", label="I")], selected=["1", "2"]),
    lambda: sheet.choices("", [sheet.Choice(value="1", label="I")]),
    lambda: sheet.toconfirm("", "RE", origin="", for_id="re"),
    lambda: sheet.calc("", ""),
    lambda: sheet.conflict("Ganglion"),
    lambda: sheet.chapters([sheet.Chapter(label="Terrain", href="#", done=3, total=2)]),
]  # fmt: skip


@pytest.mark.parametrize("call", REFUSED)
def test_wrong_arguments_are_refused(call: Callable[[], object]) -> None:
    with pytest.raises(ComponentError):
        call()


def test_a_wrong_tag_stops_the_page() -> None:
    with pytest.raises(ComponentError):
        render('{% badge "danger" "Refusé" %}')
    with pytest.raises(ComponentError, match="bound field"):
        render("{% field form.no_such_field %}", form={})


def test_text_is_escaped_everywhere() -> None:
    evil = '"><script>alert(1)</script>'
    trait = identity.Trait(label=evil, typed=evil, existing=evil + " x")
    shown = [
        basics.badge("ok", evil), basics.button(evil, about=evil, data_x=evil), basics.icon("check", evil),
        feedback.alert(evil, "bad", evil), feedback.toast("ok", evil), data.card(evil, evil, note=evil),
        data.tabs([data.Tab(label=evil, href=evil)], evil), data.pairs([data.Pair(label=evil, value=evil)]),
        identity.banner(patient(used_name=evil, birth_name=evil, birth_place=evil, notices=(evil,))),
        identity.twin("", identity.TwinData(name=evil, closeness="very", traits=(trait,))),
        sheet.choices(evil, [sheet.Choice(value=evil, label=evil)]), sheet.calc(evil, evil),
    ]  # fmt: skip
    for html in shown:
        assert "<script" not in html


def test_badge_is_never_colour_alone() -> None:
    for kind, (_, usual) in basics.BADGE_KINDS.items():
        html = basics.badge(kind, "Prêt")
        assert "<span>Prêt</span>" in html
        assert ("#i-" in html) == (usual is not None)


def test_button_says_of_what_and_binds_its_key() -> None:
    html = basics.button("Compléter", about="TEIXEIRA Paulo", size="sm", href="/x")
    assert '<span class="visually-hidden"> TEIXEIRA Paulo</span>' in html
    html = basics.button("Valider", key="Ctrl Entrée", submit=True, hx_post="/valider", name="go", value="1")
    assert 'data-key="ctrl+enter"' in html
    assert 'aria-keyshortcuts="Control+Enter"' in html
    assert 'hx-post="/valider"' in html
    assert 'type="submit"' in html
    assert 'aria-label="Actions pour PRIGENT"' in basics.button(
        "Actions", icon_name="more", icon_only=True, about="pour PRIGENT"
    )


def test_keys_are_read_in_french() -> None:
    assert shortcut("Alt ↓").code == "alt+arrowdown"
    assert shortcut("?").caps == ("?",)


def test_alert_interrupts_only_for_errors() -> None:
    assert 'role="alert"' in feedback.alert("", "bad", "Refusé")
    assert 'role="status"' in feedback.alert("", "warn", "Hors ligne")
    assert "role=" not in feedback.alert("", "bad", "Refusé", live=False)


def test_seats_draw_one_circle_a_physician_and_never_overlap() -> None:
    html = meters.seats("Quorum atteint", present=5, expected=2)
    assert html.count('class="seat-in"') == 5
    assert html.count('class="seat-opt"') == 2
    assert 'cx="20.00" cy="5.00"' in html
    assert 'role="img"' in html
    crowd = meters.seats("Salle pleine", present=24)
    radius = float(crowd.split(' r="')[2].split('"')[0])
    assert 2 * radius < 15 * 2 * 3.1416 / 24


def test_split_gives_its_legend_and_leaves_zero_out() -> None:
    html = meters.split(
        [meters.Part(kind="ok", value=13, label="prêts"), meters.Part(kind="bad", value=0, label="refusés")], "dossiers"
    )
    assert 'viewBox="0 0 13 1"' in html
    assert "13 prêts" in html
    assert "refusés" not in html


def test_disc_is_an_arc_of_what_is_done_then_whole() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # what Django will refuse tomorrow
        empty, half, full = meters.disc(0, 4), meters.disc(2, 4), meters.disc(4, 4)
    assert 'stroke-dasharray="15.7 31.4"' in half
    assert "dasharray" not in empty
    assert 'class="full"' in full
    assert "{}" not in full


def test_banner_shows_used_and_birth_names_and_agrees() -> None:
    html = identity.banner(patient(used_name="LE GUILLOU"))
    assert "<b>LE GUILLOU</b> Françoise" in html
    assert ", née <b>ABHERVÉ</b>" in html
    assert "62\u00a0ans" in html
    assert "INS qualifiée" in html
    assert ", né <b>" in identity.banner(patient(sex="M"))
    assert ", né(e) <b>" in identity.banner(patient(sex="I"))
    assert "Accès exceptionnel" not in html
    opened = identity.banner(patient(break_glass_until=datetime(2025, 11, 25, 13, 4, tzinfo=UTC)))
    assert "il se ferme à 14:04" in opened


def test_infants_have_their_age_in_months() -> None:
    assert patient(birth_date=date(2024, 9, 26)).age == "13\u00a0mois"


@pytest.mark.parametrize(
    ("typed", "existing", "shown"),
    [
        ("LAN", "THI LAN", "<mark>THI</mark> LAN"),
        ("02/02/1971", "02/02/1977", "02/02/<mark>1977</mark>"),
        ("NGUYEN", "TRAN", "<mark>TRAN</mark>"),
        ("Nguyen", "NGUYEN", "NGUYEN"),
        ("", "Viêt Nam", "Viêt Nam"),
        ("LAN", "", "–"),
    ],
)
def test_differences_are_marked_word_by_word(typed: str, existing: str, shown: str) -> None:
    assert identity.mark_differences(typed, existing) == shown


def test_sort_links_keep_the_address_and_turn_round() -> None:
    columns = [data.Column(label="Patient", sort="nom"), data.Column(label="Depuis", sort="depuis")]
    html = data.thead(columns, QueryDict("q=sein&page=3&tri=nom"), "nom")
    assert 'aria-sort="ascending"' in html
    assert "?q=sein&amp;tri=-nom" in html
    assert "?q=sein&amp;tri=depuis" in html
    assert "page=" not in html


def test_pages_are_said_in_words() -> None:
    page = Paginator(range(18), 11).page(1)
    html = data.pagination(data.page_links(page, QueryDict("tri=nom")), "dossiers")
    assert "1 à 11 sur 18" in html
    assert "Les 7 suivants" in html
    assert "?tri=nom&amp;page=2" in html
    assert "La suite" in data.pagination(data.PageLinks(first=1, last=50, next_href="?page=2"))


def test_fragments_feed_arguments() -> None:
    html = render(
        '{% fragment as f %}{% button "Réessayer" %}{% endfragment %}{% alert "warn" "Perdu" actions=f %}{% endalert %}'
    )
    assert '<div class="acts"><button class="btn" type="button">Réessayer</button></div>' in html


def test_card_keeps_the_same_id_at_every_rendering() -> None:
    assert 'aria-labelledby="carte-reunions-a-venir"' in data.card("x", "Réunions à venir")


def test_safe_content_passes_and_other_is_escaped() -> None:
    assert "<b>x</b>" in data.card(mark_safe("<b>x</b>"), "T")
    assert "&lt;b&gt;" in data.card("<b>x</b>", "T")


def test_nav_entry_refuses_a_bad_key() -> None:
    with pytest.raises(ValueError, match="nav key"):
        NavEntry(label="Accueil", url="/", key="ctrl")
