"""The traits of one identity, as every rule of this package reads them."""

from dataclasses import dataclass
from datetime import date

MALE, FEMALE, UNDETERMINED = "M", "F", "I"


@dataclass(frozen=True, slots=True, kw_only=True)
class TraitSet:
    """Traits of a person, typed or stored, complete or not ("" and None mean unknown).

    Names are in normalised form (names.py). `birth_date_interpreted` when a part of the date was supplied by rule.
    `sex` is M, F or I. `ins_token` and `past_ins_tokens` stand for matricule and OID together, or for their keyed hash:
    only their equality is used, so a clear matricule need not come here.
    """

    birth_name: str = ""
    first_given_name: str = ""
    given_names: str = ""
    used_name: str = ""
    used_given_name: str = ""
    birth_date: date | None = None
    birth_date_interpreted: bool = False
    sex: str = ""
    birth_insee: str = ""
    birth_postcode: str = ""
    ins_token: str = ""
    past_ins_tokens: tuple[str, ...] = ()
    postcode: str = ""
    phone: str = ""
    email: str = ""


def missing_strict_traits(traits: TraitSet) -> tuple[str, ...]:
    """Name in French the traits without which an identity is not created (PAT-02); an unknown place is code 99999."""
    required = (
        (traits.birth_name, "nom de naissance"),
        (traits.first_given_name, "premier prénom de naissance"),
        (traits.birth_date, "date de naissance"),
        (traits.sex, "sexe"),
        (traits.birth_insee, "lieu de naissance"),
    )
    return tuple(label for value, label in required if not value)
