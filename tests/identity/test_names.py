"""PAT-02, RNIV §1.8: what a secretary types becomes a name the INS accepts, or is refused with a reason."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patients.identity.names import (
    MAX_LENGTH,
    NameRefused,
    comparison_key,
    given_names_agree,
    normalise_birth_name,
    normalise_given_name,
    normalise_given_names,
    normalise_used_given_name,
    normalise_used_name,
)

LATIN = st.characters(min_codepoint=0x20, max_codepoint=0x24F)
# What a text pasted from a web page, a scanner or another alphabet brings unseen: selectors, separators, points.
UNSEEN = "\t\n\x0b\x1d\x85\u00ad\u034f\u0483\u05b4\u064b\u07a6\u180b\u200b\u20dd\ufe0f"
TYPED = st.text(LATIN | st.sampled_from("'’-–‑ \u00a0\u202f\u0301\u0327\u1ab0ŒœßÐþấỗ" + UNSEEN), max_size=40)


@pytest.mark.parametrize(
    ("typed", "normalised", "key"),
    [
        ("Dupont", "DUPONT", "DUPONT"),
        ("  le   goff ", "LE GOFF", "LEGOFF"),
        ("d’Alençon", "D'ALENCON", "DALENCON"),
        ("O`Brien", "O'BRIEN", "OBRIEN"),
        ("'t Hooft", "'T HOOFT", "THOOFT"),
        ("Müller–Größe", "MULLER-GROSSE", "MULLERGROSSE"),
        ("Œuvrard", "OEUVRARD", "OEUVRARD"),
        ("Lætitia--Łódź", "LAETITIA--LODZ", "LAETITIALODZ"),
        ("Đặng Þór", "DANG THOR", "DANGTHOR"),
        ("NGUYE\u0302\u0303N", "NGUYEN", "NGUYEN"),
        ("Smith\u00a0Jones", "SMITH JONES", "SMITHJONES"),
        ("Ḿ", "M", "M"),
        ("Le\tGoff", "LE GOFF", "LEGOFF"),
        ("Le\r\nGoff", "LE GOFF", "LEGOFF"),
        ("A\u1ab0B\u1dc4C\u20d7D", "ABCD", "ABCD"),
    ],
)
def test_three_forms_of_a_birth_name(typed: str, normalised: str, key: str) -> None:
    forms = normalise_birth_name(typed)
    assert (forms.received, forms.normalised, forms.key) == (typed, normalised, key)


@pytest.mark.parametrize(
    ("typed", "named", "suggestion"),
    [
        ("", "obligatoire", None),
        ("   ", "obligatoire", None),
        ("Dup0nt", "«\u00a00\u00a0» (position 4)", "DUPONT"),
        ("Dupont2", "Un nom ne comporte pas de chiffre", None),
        ("St. Martin", "Le point (position 3)", "ST MARTIN"),
        ("Дуров", "«\u00a0Д\u00a0» (position 1)", None),
        ("x\u200by", "U+200B, position 2", None),
        ("A\ufe0fB", "U+FE0F, position 2", None),
        ("A\u034fB", "U+034F, position 2", None),
        ("A\u05b4B", "U+05B4, position 2", None),  # Hebrew point
        ("A\u064bB", "U+064B, position 2", None),  # Arabic point
        ("A\u07a6B", "U+07A6, position 2", None),  # Thaana vowel
        ("MARTIN\x1dX", "U+001D, position 7", None),  # what a scanner writes between two blocks
        ("MARTIN\x85", "U+0085, position 7", None),
        ("A\u20ddB", "position 2", None),  # a circle around the letter
        ("a\u00a8", "«\u00a0¨\u00a0»", None),
        ("Dupont/Martin", "Un seul nom par champ", None),
        ("Dupont (Martin)", "«\u00a0(\u00a0»", None),
        ("Dupont@", "«\u00a0@\u00a0»", None),
        ("-Dupont", "trait d’union ne peut ni commencer", "DUPONT"),
        ("Dupont - Martin", "espace touche un trait d’union", "DUPONT-MARTIN"),
        ("N' Diaye", "espace touche une apostrophe", "N'DIAYE"),
        ("D''Arc", "ne peuvent pas se suivre", "D'ARC"),
        ("A---B", "ne peuvent pas se suivre", "A--B"),
        ("---", "Aucune lettre", None),
        ("Mme Dupont", "civilité", None),
        ("Dupont épouse Martin", "sépare deux noms", None),
        ("\u0301Dupont", "caractère invisible", "DUPONT"),
        ("A" * (MAX_LENGTH + 1), "101 caractères", None),
    ],
)
def test_a_refusal_names_the_character_and_offers_what_it_can(typed: str, named: str, suggestion: str | None) -> None:
    with pytest.raises(NameRefused) as refusal:
        normalise_birth_name(typed)
    assert named in refusal.value.message
    assert refusal.value.suggestions == ((suggestion,) if suggestion else ())


def test_given_names_are_stricter_than_family_names() -> None:
    assert normalise_given_name("Anne-Sophie").normalised == "ANNE-SOPHIE"
    assert normalise_birth_name("Smith--Jones").normalised == "SMITH--JONES"
    with pytest.raises(NameRefused, match="nom de famille"):
        normalise_given_name("Anne--Sophie")
    assert normalise_birth_name("Abou'").normalised == "ABOU'"
    with pytest.raises(NameRefused, match="apostrophe"):
        normalise_given_name("Abou'")


def test_the_list_of_given_names_is_copied_from_a_card_with_its_commas() -> None:
    forms = normalise_given_names("Dominique, Marie-Louise,Zoé")
    assert forms.normalised == "DOMINIQUE MARIE-LOUISE ZOE"
    assert forms.received == "Dominique, Marie-Louise,Zoé"


def test_used_names_are_never_filled_by_the_machine() -> None:
    """EXI ID 08."""
    assert normalise_used_name(" ") is None
    assert normalise_used_given_name("") is None
    used = normalise_used_name("Le Goff")
    assert used is not None
    assert used.normalised == "LE GOFF"


@pytest.mark.parametrize(
    ("first", "names", "agree"),
    [
        ("MARIE-LOUISE", "MARIE LOUISE ANNE", True),
        ("MARIE", "MARIE", True),
        ("MARIE", "MARIELLE ANNE", False),
        ("LOUISE", "MARIE LOUISE", False),
        ("N'GOLO", "N GOLO", True),
    ],
)
def test_the_first_given_name_begins_the_list(first: str, names: str, agree: bool) -> None:
    """EXI ID 10."""
    assert given_names_agree(first, names) is agree


@given(TYPED)
def test_normalising_twice_changes_nothing_more(typed: str) -> None:
    try:
        once = normalise_birth_name(typed)
    except NameRefused:
        return
    twice = normalise_birth_name(once.normalised)
    assert (twice.normalised, twice.key) == (once.normalised, once.key)


@given(TYPED)
def test_no_letter_is_ever_dropped_or_invented(typed: str) -> None:
    """Letter by letter: every letter typed gives one or two letters beginning with its own base, in order."""
    try:
        forms = normalise_birth_name(typed)
    except NameRefused:
        return
    rest = forms.key
    for char in unicodedata.normalize("NFC", typed):
        if not char.isalpha() or unicodedata.category(char) == "Lm":
            continue
        base = unicodedata.normalize("NFD", char)[0].upper()
        written = {"Æ": "AE", "Œ": "OE", "Ø": "O", "ß": "SS", "Ł": "L", "Þ": "TH"}.get(base, base)
        if written.isascii():
            assert rest.startswith(written)
            rest = rest[len(written) :]
        else:
            assert rest[:1].isalpha()
            rest = rest[len(comparison_key(char)) :]
    assert rest == ""


@given(TYPED)
def test_what_is_accepted_is_made_of_what_is_written_down(typed: str) -> None:
    """Letters, marks of the Latin alphabet, blanks and the two signs: whatever else is there refuses the whole."""
    try:
        normalise_birth_name(typed)
    except NameRefused:
        return
    assert not set(typed) & (set(UNSEEN) - set("\t\n"))


@pytest.mark.parametrize("unseen", sorted(set(UNSEEN) - set("\t\n")))
def test_no_field_of_names_forgets_what_is_not_seen(unseen: str) -> None:
    for normalise in (normalise_given_name, normalise_used_name, normalise_used_given_name, normalise_birth_name):
        for typed in (f"Anne{unseen}", f"An{unseen}ne", unseen):
            with pytest.raises(NameRefused):
                normalise(typed)
    for typed in (f"Anne{unseen}, Marie", f"Anne,{unseen}Marie"):
        with pytest.raises(NameRefused):
            normalise_given_names(typed)


@given(TYPED)
def test_a_suggestion_is_itself_accepted(typed: str) -> None:
    for normalise in (normalise_birth_name, normalise_given_name):
        try:
            normalise(typed)
        except NameRefused as refusal:
            for suggestion in refusal.suggestions:
                assert normalise(suggestion).normalised == suggestion


@given(TYPED)
def test_the_key_of_a_raw_text_is_the_key_of_the_stored_one(typed: str) -> None:
    try:
        forms = normalise_given_name(typed)
    except NameRefused:
        return
    assert comparison_key(typed) == comparison_key(forms.normalised) == forms.key


def test_what_is_received_fits_where_it_is_kept() -> None:
    """Many spaces are one once normalised: the text itself is refused, never cut."""
    with pytest.raises(NameRefused, match="caractères"):
        normalise_birth_name("A" + " " * 150 + "B")
    with pytest.raises(NameRefused, match="caractères"):
        normalise_given_names("A," + " " * 250 + "B")
    decomposed = unicodedata.normalize("NFD", "é" * MAX_LENGTH)
    assert normalise_birth_name(decomposed).received == "é" * MAX_LENGTH


@given(TYPED)
def test_the_three_forms_fit_their_columns(typed: str) -> None:
    for normalise, room in ((normalise_birth_name, MAX_LENGTH), (normalise_given_names, 2 * MAX_LENGTH)):
        try:
            forms = normalise(typed)
        except NameRefused:
            continue
        assert len(forms.received) <= room
        assert len(forms.normalised) <= MAX_LENGTH
        assert len(forms.key) <= MAX_LENGTH
