"""Forms: our markup for every Django form, errors said once with the same words, nothing that needs JavaScript."""

import re
from typing import Any

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.http import QueryDict
from django.urls import reverse

from dcc.ui.forms import DccForm, DccRenderer, Option
from dcc.ui.forms.summary import error_summary
from dcc.ui.gallery.forms import SampleForm

COMPLETE = {
    "birth_name": "NGUYEN", "birth_date": "02/02/71", "sex": "F", "birth_place": "Roch", "document": "cni",
    "question": "Indication ?", "informed": "on",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _own_urls(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.ui.urls_ui"


def form(**data: str) -> SampleForm:
    query = QueryDict(mutable=True)
    query.update(data)
    return SampleForm(query, renderer=DccRenderer())


def test_a_complete_form_is_clean() -> None:
    bound = form(**COMPLETE)
    assert bound.is_valid(), bound.errors
    assert bound.cleaned_data["birth_place"] == Option(code="99902", label="Rochebrune", note="département inventé")


def test_every_label_points_at_its_control_and_every_error_at_its_words() -> None:
    bound = form(birth_name="NGUYEN", birth_date="31/02/1971")
    html = str(bound)
    ids = set(re.findall(r'\bid="([^"]+)"', html))
    targets = set(re.findall(r'\bfor="([^"]+)"', html)) | set(re.findall(r'href="#([^"]+)">[^<]', html))
    described = {one for group in re.findall(r'aria-describedby="([^"]+)"', html) for one in group.split()}
    assert targets <= ids
    assert described <= ids
    assert "id_birth_date_error" in described


def test_the_summary_has_the_words_of_the_fields_in_the_order_of_the_page() -> None:
    bound = form(birth_name="NGUYEN", birth_date="31/02/1971", ki67="190")
    summary = str(error_summary(bound))
    assert "réponses à corriger" in summary
    order = [summary.index(label) for label in ("Date de naissance", "Sexe", "Lieu de naissance", "Ki-67")]
    assert order == sorted(order)
    for name, errors in bound.errors.items():
        for error in errors:
            assert str(error).replace("'", "&#x27;") in summary, name
    assert error_summary(form(**COMPLETE)) == ""


def test_no_sentence_of_the_system_reaches_the_reader() -> None:
    html = str(form(sex="X"))
    for banned in ("obligatoire", "valide", "Veuillez", "Assurez-vous"):
        assert banned not in html


def test_a_chosen_message_is_kept() -> None:
    class Own(DccForm):
        name = forms.CharField(error_messages={"required": "Indiquez le nom de naissance"})

    assert Own({}).errors["name"] == ["Indiquez le nom de naissance"]


def test_autocomplete_without_script_offers_what_it_found() -> None:
    """« Ro » finds two towns: they are offered as chips; picking one is enough, whatever the text says."""
    bound = form(**COMPLETE | {"birth_place": "Ro"})
    assert not bound.is_valid()
    assert bound.errors["birth_place"] == [
        "Plusieurs réponses pour «\u00a0Ro\u00a0». Choisissez la bonne dans la liste"
    ]
    html = str(bound["birth_place"])
    assert html.count('name="birth_place_pick"') == 2
    picked = form(**COMPLETE | {"birth_place": "Ro", "birth_place_pick": "99903"})
    assert picked.is_valid()
    assert picked.cleaned_data["birth_place"].label == "Roscavel"


def test_a_code_left_behind_by_an_older_text_is_not_believed() -> None:
    stale = form(**COMPLETE | {"birth_place": "Valmont", "birth_place_code": "99902"})
    assert stale.is_valid()
    assert stale.cleaned_data["birth_place"].code == "99904"


def test_unknown_places_say_what_to_try() -> None:
    bound = form(**COMPLETE | {"birth_place": "Saigon"})
    assert "n’a donné aucun résultat" in bound.errors["birth_place"][0]


def test_the_find_button_never_saves() -> None:
    looked_up = form(**COMPLETE | {"_chercher": "birth_place"})
    assert not looked_up.is_valid()
    assert looked_up.non_field_errors()


def test_django_widgets_are_dressed_and_the_form_is_left_alone() -> None:
    class Plain(forms.Form):
        default_renderer = DccRenderer()
        name = forms.CharField(widget=forms.TextInput(attrs={"class": "w-num"}))
        kind = forms.ChoiceField(choices=[("a", "A")])
        note = forms.CharField(widget=forms.Textarea)
        one = forms.ChoiceField(choices=[("", "–"), ("a", "A")], widget=forms.RadioSelect)
        secret = forms.CharField(widget=forms.PasswordInput)

    plain = Plain()
    html = str(plain) + str(plain)
    assert 'class="form-control w-num"' in html
    assert 'class="form-select"' in html
    assert html.count('class="choices"') == 2
    assert "–" not in html.split("choices")[1]
    assert plain.fields["name"].widget.attrs["class"] == "w-num"


def test_the_sample_url_exists() -> None:
    assert reverse("ui-gallery-options") in str(form())


@pytest.mark.parametrize("kind", [forms.TextInput, forms.HiddenInput, forms.EmailInput, forms.PasswordInput])
@pytest.mark.parametrize("value", [None, "", 0, 12.5, "O’Neil & <fils> \"dit\" 'Jo'", True])
def test_an_input_is_drawn_as_django_draws_it(kind: type[forms.TextInput], value: Any) -> None:
    attrs = {
        "id": "id_name", "class": "wide form-control", "required": True, "disabled": False, "maxlength": 40,
        "placeholder": "<a> & \"b\"", "data-empty": "", "data-none": None,
    }  # fmt: skip
    widget = kind(attrs=attrs)
    ours = widget.render("name", value, renderer=DccRenderer())
    theirs = kind(attrs=attrs).render("name", value, renderer=DjangoTemplates())
    if widget.input_type == "hidden":
        assert ours == theirs
    else:  # the class of the stylesheet comes first
        assert ours == theirs.replace('class="wide form-control"', 'class="form-control wide form-control"')
