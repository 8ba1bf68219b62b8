"""Comparison of names: birth and used names crossed, compounds, sounds, slips of the keyboard."""

from patients.identity.frequent import FREQUENT_GIVEN_NAMES, FREQUENT_NAMES
from patients.identity.names import comparison_key
from patients.identity.outcome import Outcome, TraitComparison
from patients.identity.phonetic import given_name_key, name_parts, surname_key
from patients.identity.similarity import edit_distance, jaro_winkler
from patients.identity.traits import TraitSet

NAME_SIMILARITY = 0.92
GIVEN_SIMILARITY = 0.90
FAINT_SIMILARITY = 0.82
TYPED_PREFIX = 3  # letters from which the beginning of a name counts as that name typed in part


def compare_birth_names(first: TraitSet, second: TraitSet) -> TraitComparison:
    """Compare birth names, with the other's used name and given name as explanations of a difference."""
    outcome, points, detail = _birth_name_outcome(first, second)
    return TraitComparison(
        trait="birth_name", label="Nom de naissance", outcome=outcome, points=points, detail=detail,
        left=first.birth_name, right=second.birth_name,
    )  # fmt: skip


def compare_given_names(first: TraitSet, second: TraitSet) -> TraitComparison:
    """Compare first given names, with the other's list and used given name as explanations of a difference."""
    outcome, points, detail = _given_name_outcome(first, second)
    return TraitComparison(
        trait="first_given_name", label="Premier prénom", outcome=outcome, points=points, detail=detail,
        left=first.first_given_name, right=second.first_given_name,
    )  # fmt: skip


def _birth_name_outcome(first: TraitSet, second: TraitSet) -> tuple[Outcome, float, str]:
    a, b = comparison_key(first.birth_name), comparison_key(second.birth_name)
    if not a or not b:
        return Outcome.UNKNOWN, 0.0, ""
    if a == b:
        frequent = a in FREQUENT_NAMES
        return Outcome.EQUAL, 4.5 if frequent else 6.0, "nom très fréquent" if frequent else ""
    a_used, b_used = comparison_key(first.used_name), comparison_key(second.used_name)
    if b_used == a or a_used == b:
        return Outcome.CLOSE, 3.0, "nom de naissance de l’un, nom utilisé de l’autre"
    if _fields_crossed(first, second):
        return Outcome.CLOSE, 3.0, "nom et prénom inversés"
    if _is_part(first.birth_name, second.birth_name):
        return Outcome.CLOSE, 3.0, "partie d’un nom composé"
    alike = jaro_winkler(a, b)
    if alike >= NAME_SIMILARITY:
        return Outcome.CLOSE, 3.0, "orthographe proche"
    if _sounds_alike(surname_key(first.birth_name), surname_key(second.birth_name), alike):
        return Outcome.CLOSE, 3.0, "prononciation proche"
    crossed = [(a, b_used), (a_used, b)]
    if any(x and y and jaro_winkler(x, y) >= NAME_SIMILARITY for x, y in crossed):
        return Outcome.CLOSE, 2.0, "proche du nom utilisé de l’autre"
    if _is_part(first.birth_name, second.used_name) or _is_part(second.birth_name, first.used_name):
        return Outcome.CLOSE, 2.0, "partie du nom utilisé de l’autre"
    if _typed_in_part(a, b):
        return Outcome.CLOSE, 1.0, "début du nom"
    if _faint(a, b, alike) or any(x and y and _faint(x, y, jaro_winkler(x, y)) for x, y in crossed):
        return Outcome.CLOSE, 1.0, "ressemblance lointaine"
    return Outcome.DIFFERENT, -5.0, ""


def _given_name_outcome(first: TraitSet, second: TraitSet) -> tuple[Outcome, float, str]:
    a, b = comparison_key(first.first_given_name), comparison_key(second.first_given_name)
    if not a or not b:
        return Outcome.UNKNOWN, 0.0, ""
    if a == b:
        frequent = a in FREQUENT_GIVEN_NAMES
        return Outcome.EQUAL, 3.0 if frequent else 4.0, "prénom très fréquent" if frequent else ""
    if comparison_key(first.used_given_name) == b or comparison_key(second.used_given_name) == a:
        return Outcome.CLOSE, 2.0, "prénom utilisé de l’autre"
    if _in_list(first, b) or _in_list(second, a):
        return Outcome.CLOSE, 2.0, "dans la liste des prénoms de l’autre"
    if _fields_crossed(first, second):
        return Outcome.CLOSE, 2.0, "nom et prénom inversés"
    if _is_part(first.first_given_name, second.first_given_name):
        return Outcome.CLOSE, 2.0, "partie d’un prénom composé"
    parts = name_parts(first.first_given_name), name_parts(second.first_given_name)
    if parts[0] and parts[1]:
        return _compound_outcome(*parts)
    alike = jaro_winkler(a, b)
    if alike >= GIVEN_SIMILARITY:
        return Outcome.CLOSE, 2.0, "orthographe proche"
    if _sounds_alike(given_name_key(first.first_given_name), given_name_key(second.first_given_name), alike):
        return Outcome.CLOSE, 2.0, "prononciation proche"
    if _typed_in_part(a, b):
        return Outcome.CLOSE, 1.0, "début du prénom"
    # LUCIE and JULIE may be twins: a faint likeness ranks the candidate, it does not make the names close (D11).
    faint = _faint(a, b, alike)
    return Outcome.DIFFERENT, -1.5 if faint else -4.0, "ressemblance lointaine" if faint else ""


def _compound_outcome(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[Outcome, float, str]:
    """JEAN-PIERRE and JEAN-PAUL are brothers, not one man: every part must be alike."""
    if len(first) == len(second):
        pairs = [(comparison_key(x), comparison_key(y)) for x, y in zip(first, second, strict=True)]
        if all(x == y or jaro_winkler(x, y) >= GIVEN_SIMILARITY or edit_distance(x, y) == 1 for x, y in pairs):
            return Outcome.CLOSE, 2.0, "orthographe proche"
        if sorted(first) == sorted(second):
            return Outcome.CLOSE, 2.0, "parties inversées"
        if all(x == y or (edit_distance(x, y) <= 2 and min(len(x), len(y)) >= 5) for x, y in pairs):
            return Outcome.DIFFERENT, -1.5, "ressemblance lointaine"
    return Outcome.DIFFERENT, -4.0, ""


def _is_part(one: str, other: str) -> bool:
    """Tell whether a simple name is one part of the other, compound."""
    a, b = comparison_key(one), comparison_key(other)
    return a in map(comparison_key, name_parts(other)) or b in map(comparison_key, name_parts(one))


def _fields_crossed(first: TraitSet, second: TraitSet) -> bool:
    """Name typed in the field of the given name and the reverse."""
    return (
        comparison_key(first.birth_name) == comparison_key(second.first_given_name)
        and comparison_key(first.first_given_name) == comparison_key(second.birth_name)
        and first.first_given_name != ""
    )


def _in_list(traits: TraitSet, key: str) -> bool:
    return key in map(comparison_key, traits.given_names.split(" ")) if traits.given_names else False


def _sounds_alike(first: str, second: str, alike: float) -> bool:
    """Equal phonetic keys count only with some likeness to the eye: short keys hold many unrelated names."""
    return first == second and (alike >= 0.75 or len(first) >= 4)


def _faint(a: str, b: str, alike: float) -> bool:
    """Two slips of the keyboard: enough to rank a candidate, little to say it is the same name."""
    return alike >= FAINT_SIMILARITY or (min(len(a), len(b)) >= 5 and edit_distance(a, b) <= 2)


def _typed_in_part(a: str, b: str) -> bool:
    short, long = sorted((a, b), key=len)
    return len(short) >= TYPED_PREFIX and long.startswith(short)
