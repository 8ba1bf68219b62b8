"""How each name of a statement is normalised: one rule a trait, used when it is heard and when it is compared again."""

from collections.abc import Callable, Mapping

from patients.identity.names import (
    NameForms,
    normalise_birth_name,
    normalise_given_name,
    normalise_given_names,
    normalise_used_given_name,
    normalise_used_name,
)

NORMALISE: Mapping[str, Callable[[str], NameForms | None]] = {
    "birth_name": normalise_birth_name,
    "first_given_name": normalise_given_name,
    "given_names": normalise_given_names,
    "used_name": normalise_used_name,
    "used_given_name": normalise_used_given_name,
}
