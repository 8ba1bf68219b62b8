"""Names of the demonstration are received as a secretary types them: a letter says « Hélène », never « HELENE »."""

import pytest

from dcc.demo.spelling import typed_family_name, typed_given_names
from patients.identity.names import normalise_birth_name, normalise_given_name
from patients.identity.population_names import GIVEN_NAMES, surnames

EVERY_GIVEN_NAME = sorted({name for periods in GIVEN_NAMES.values() for names in periods for name in names})


@pytest.mark.parametrize(
    ("strict", "typed"),
    [
        ("SANDRINE", "Sandrine"),
        ("HELENE", "Hélène"),
        ("ELODIE", "Élodie"),
        ("JEAN-FRANCOIS", "Jean-François"),
        ("MARIE-LAURE AGNES", "Marie-Laure Agnès"),
        ("", ""),
    ],
)
def test_given_names_have_their_case_and_their_accents(strict, typed):
    assert typed_given_names(strict) == typed


@pytest.mark.parametrize(
    ("strict", "typed"),
    [("D'AUBRIVE", "D'Aubrive"), ("LE TREVIDIC", "Le Trévidic"), ("MONTEREAU-CASTIER", "Montéreau-Castier"), ("", "")],
)
def test_family_names_too(strict, typed):
    assert typed_family_name(strict) == typed


def test_what_was_typed_is_the_strict_trait_again_once_normalised():
    """Otherwise a patient of the demonstration would hold two different identities."""
    for name in EVERY_GIVEN_NAME:
        assert normalise_given_name(typed_given_names(name)).normalised == name
    for name in surnames()[::7]:
        assert normalise_birth_name(typed_family_name(name)).normalised == name
