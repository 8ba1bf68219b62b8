"""Spellings that secretaries confuse share a key; the key does not depend on how the name was typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patients.identity.names import NameRefused, normalise_birth_name
from patients.identity.phonetic import MAX_LENGTH, given_name_key, name_parts, surname_key


@pytest.mark.parametrize(
    "spellings",
    [
        ("DUPONT", "DUPOND", "DUPONS", "DUPON"),
        ("LEFEVRE", "LEFEBVRE", "LE FÈVRE", "LEFEUVRE", "LEFÈBVRE"),
        ("THIBAULT", "THIBAUT", "TIBAUD", "THIBEAU", "THIBAUX"),
        ("SCHMITT", "SCHMIDT", "SCHMIT", "CHMIT"),
        ("LECLERC", "LECLERCQ", "LE CLERC", "LECLER"),
        ("MEYER", "MEIER", "MAYER", "MAIER"),
        ("ROUX", "ROUS", "ROU"),
        ("PHILIPPON", "FILIPON"),
        ("DE LA TOUR", "LATOUR", "LA TOUR"),
        ("LE GOFF", "LEGOFF", "LE-GOFF", "LE GOF"),
        ("SAINT-MARTIN", "ST MARTIN", "SAINT MARTIN"),
        ("D'ALMEIDA", "DALMEIDA"),
        ("QUERREC", "KEREC"),
        ("CHAMPION", "CHANPION"),
        ("HAMON", "AMON", "HAMMON"),
        ("VALTER", "WALTER"),
        ("COMTE", "CONTE"),
        ("PERRAULT", "PÉRAUD", "PERROT"),
    ],
)
def test_surnames_that_sound_alike(spellings: tuple[str, ...]) -> None:
    assert len({surname_key(spelling) for spelling in spellings}) == 1


@pytest.mark.parametrize(
    "spellings",
    [
        ("FRANCOIS", "FRANÇOIS", "FRANSOI"),
        ("PHILIPPE", "FILIPE"),
        ("MATHIEU", "MATTHIEU", "MATIEU"),
        ("QUENTIN", "KENTIN", "CANTIN"),
        ("CATHERINE", "KATERINE", "KATHRINE"),
        ("CHRISTIAN", "KRISTIAN", "CRISTIAN"),
        ("STEPHANE", "STÉFANE", "STEFANNE"),
        ("YVES", "IVES"),
        ("JEAN-PIERRE", "JEAN PIERRE", "JEANPIERRE"),
        ("GUILLAUME", "GUILAUME"),
        ("HELENE", "ÉLÈNE"),
        ("ELISABETH", "ELIZABETH", "HELISABET"),
        ("MICHEL", "MICHELLE", "MICHÈLE"),
    ],
)
def test_given_names_that_sound_alike(spellings: tuple[str, ...]) -> None:
    assert len({given_name_key(spelling) for spelling in spellings}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [("DUPONT", "DURAND"), ("MARTIN", "MORIN"), ("GUILLAUME", "JULES"), ("CHAMP", "CAMP"), ("PETIT", "PETITE"),
     ("BERGER", "VERGER"), ("ROCHE", "ROUGE")],
)  # fmt: skip
def test_names_that_do_not(one: str, other: str) -> None:
    assert surname_key(one) != surname_key(other)


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x17F) | st.sampled_from("’–\u0301"), max_size=30))
def test_the_key_is_stable_under_normalisation(typed: str) -> None:
    try:
        stored = normalise_birth_name(typed).normalised
    except NameRefused:
        return
    assert surname_key(typed) == surname_key(stored)
    assert given_name_key(typed) == given_name_key(stored)
    assert 1 <= len(surname_key(stored)) <= MAX_LENGTH


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("DUPONT-MARTIN", ("DUPONT", "MARTIN")),
        ("LE GOFF-DE LA TOUR", ("LE GOFF", "DE LA TOUR")),
        ("DA SILVA FERREIRA", ("DA SILVA", "FERREIRA")),
        ("DE LA TOUR", ()),
        ("SAINT-MARTIN", ()),
        ("EL KHADIR", ()),
        ("MARTIN", ()),
        ("JEAN PIERRE", ("JEAN", "PIERRE")),
        ("SMITH--JONES", ("SMITH", "JONES")),
    ],
)
def test_parts_of_compound_names(name: str, parts: tuple[str, ...]) -> None:
    assert name_parts(name) == parts
