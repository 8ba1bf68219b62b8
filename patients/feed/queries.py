"""Reads of the identity-vigilance cell about feeds: conflicts to settle, merges received, evidence side by side."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.safestring import SafeString

from dcc.organisations.models import Organisation
from dcc.ui.components.identity import mark_differences
from patients.identity.dates import typed_form
from patients.identity.places import place
from patients.models import Double, FeedConflict, FeedConflictKind, FeedMerge, Patient

AT_MOST = 100  # a badge does not count further
TO_SETTLE, SETTLED, MERGES = "a-regler", "regles", "fusions"
SHOWN = (
    ("Nom de naissance", "birth_name"),
    ("Premier prénom", "first_given_name"),
    ("Prénoms de naissance", "given_names"),
    ("Nom utilisé", "used_name"),
    ("Prénom utilisé", "used_given_name"),
    ("Date de naissance", "birth_date"),
    ("Sexe", "sex"),
    ("Lieu de naissance", "birth_place"),
)
# What happened, and what can be done about it: the feed itself can do no more.
ADVICE: dict[str, tuple[str, str]] = {
    FeedConflictKind.COLLISION: (
        "Sous un IPP connu, l’établissement a parlé de quelqu’un d’autre\u00a0: au moins trois des quatre traits (nom, "
        "prénom, date de naissance, sexe) diffèrent. L’identité connue en premier est gardée.",
        "Demandez à l’établissement à qui est cet IPP. Si la première identité était fausse, il la déclare douteuse "
        "(DOUT), puis renvoie la bonne.",
    ),
    FeedConflictKind.SAME_INS: (
        "Deux identités se disent qualifiées avec la même INS. La première la garde, l’autre reste validée sans INS.",
        "Si c’est une seule personne, fusionnez les deux identités. Sinon, l’un des établissements a pris l’INS d’une "
        "autre personne\u00a0: prévenez-le.",
    ),
    FeedConflictKind.TWO_INS: (
        "L’établissement fusionne deux identités qualifiées avec deux INS différentes. Le message a été refusé.",
        "L’une des deux INS est fausse, ou ce sont deux personnes. L’établissement vérifie auprès d’INSi, puis "
        "corrige l’INS ou annule sa fusion.",
    ),
    FeedConflictKind.IDENTIFIER_TAKEN: (
        "L’établissement remplace un IPP par un autre, qui était déjà en usage. Le message a été refusé.",
        "Si c’est une seule personne, fusionnez les deux identités. Sinon, l’établissement corrige son changement "
        "d’IPP.",
    ),
    FeedConflictKind.ALREADY_REDIRECTED: (
        "L’établissement fusionne ou remplace un IPP qui l’avait déjà été, vers une autre personne. Le message a été "
        "refusé.",
        "Demandez à l’établissement laquelle des deux fusions est la bonne\u00a0; défaites ici celle qui ne l’est pas.",
    ),
    FeedConflictKind.VISIT_OF_ANOTHER: (
        "Un numéro de venue connu pour un patient a été envoyé pour un autre. La venue a suivi le dernier message.",
        "Demandez à l’établissement à qui est cette venue\u00a0: il la déplace, ou renvoie le mouvement corrigé.",
    ),
    FeedConflictKind.TWO_FILES: (
        "L’établissement a fusionné deux identités. Leurs dossiers relèvent de deux régions fondatrices\u00a0: ils "
        "restent deux, et seul l’un reçoit désormais ce que dit l’établissement.",
        "Prévenez les équipes des deux dossiers. Si la fusion est une erreur, défaites-la.",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the identities of a matter: whom a number led to, or what the message says."""

    title: str
    patient: Patient | None
    values: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One trait over every side, what differs from the first being marked."""

    label: str
    cells: tuple[tuple[str, SafeString], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """Everything of the page of one conflict; `pair` is the pair of doubles of its two identities, if there is one."""

    conflict: FeedConflict
    source: str
    what: str
    advice: str
    sides: tuple[Side, ...]
    lines: tuple[Line, ...]
    pair: Double | None
    merges: tuple[FeedMerge, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A conflict of the worklist, and whom its numbers led to: one person, two, or nobody complete."""

    conflict: FeedConflict
    source: str
    people: tuple[Patient, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A merge or a change of number that a feed said, and who it is about."""

    merge: FeedMerge
    source: str
    kept: Patient | None
    gone: Patient | None


def open_conflicts() -> int:
    """How many conflicts wait for the cell, as far as a badge counts."""
    return FeedConflict.objects.filter(settled_at__isnull=True)[:AT_MOST].count()


def tab_counts() -> dict[str, int]:
    """How many rows each tab holds."""
    return {
        TO_SETTLE: FeedConflict.objects.filter(settled_at__isnull=True).count(),
        SETTLED: FeedConflict.objects.filter(settled_at__isnull=False).count(),
        MERGES: FeedMerge.objects.filter(undone_at__isnull=True).count(),
    }


def conflicts(tab: str) -> QuerySet[FeedConflict]:
    """The conflicts of a tab: the oldest first to settle, the latest first once they are."""
    if tab == SETTLED:
        return FeedConflict.objects.filter(settled_at__isnull=False).order_by("-settled_at", "pk")
    return FeedConflict.objects.filter(settled_at__isnull=True).order_by("reported_at", "pk")


def merges() -> QuerySet[FeedMerge]:
    """What feeds merged, the latest first; those taken back too."""
    return FeedMerge.objects.select_related("undo_asked_by").order_by("-at", "-pk")


def listed(found: Iterable[FeedConflict]) -> list[Listed]:
    """Each conflict with the establishment whose feed reported it and whom it is about; two queries."""
    rows = list(found)
    names = _names(row.about_authority for row in rows)
    keys = {key for row in rows for key in (row.identity, row.other_identity) if key is not None}
    people = Patient.objects.in_bulk(keys)
    return [
        Listed(
            conflict=row,
            source=names.get(row.about_authority, ""),
            people=tuple(people[key] for key in dict.fromkeys((row.identity, row.other_identity)) if key in people),
        )
        for row in rows
    ]


def received(found: Iterable[FeedMerge]) -> list[Received]:
    """Each merge with its establishment and its patients; two queries."""
    rows = list(found)
    names = _names(row.authority for row in rows)
    people = Patient.objects.in_bulk([key for row in rows for key in (row.kept, row.gone)])
    return [
        Received(merge=row, source=names.get(row.authority, ""), kept=people.get(row.kept), gone=people.get(row.gone))
        for row in rows
    ]


def matter_of(conflict: FeedConflict) -> Matter:
    """Read the page of one conflict, in a constant number of queries."""
    keys = [key for key in (conflict.identity, conflict.other_identity) if key is not None]
    people = Patient.objects.in_bulk(keys)
    names = _names([conflict.about_authority, conflict.other_authority])
    sides = _sides(conflict, people, names)
    what, advice = ADVICE[conflict.kind]
    return Matter(
        conflict=conflict,
        source=names.get(conflict.about_authority, ""),
        what=what,
        advice=advice,
        sides=sides,
        lines=tuple(line for label, name in SHOWN if (line := _line(label, name, sides)) is not None),
        pair=_pair(keys),
        merges=tuple(FeedMerge.objects.filter(kept__in=keys, undone_at__isnull=True).order_by("-at")[:5]),
    )


def _sides(conflict: FeedConflict, people: dict[UUID, Patient], names: dict[str, str]) -> tuple[Side, ...]:
    found: list[Side] = []
    about = (conflict.identity, conflict.about_authority, conflict.about_value)
    other = (conflict.other_identity, conflict.other_authority, conflict.other_value)
    for key, authority, value in (about, other):
        patient = people.get(key) if key is not None else None
        if patient is None or any(side.patient == patient for side in found):
            continue
        title = f"IPP {value}, {names[authority]}" if authority in names else "Identité saisie ici"
        found.append(Side(title=title, patient=patient, values=_written(patient)))
    if conflict.said:
        found.append(Side(title="Ce que dit le message", patient=None, values=_told(conflict.said)))
    return tuple(found)


def _written(patient: Patient) -> dict[str, str]:
    values = {name: str(getattr(patient, name)) for _, name in SHOWN}
    return values | {"birth_date": typed_form(patient.birth_date)}


def _told(said: dict[str, Any]) -> dict[str, str]:
    values = {name: str(said.get(name, "")) for _, name in SHOWN}
    if values["birth_date"]:
        values["birth_date"] = typed_form(date.fromisoformat(values["birth_date"]))
    if not values["birth_place"] and said.get("birth_insee"):
        values["birth_place"] = place(said["birth_insee"]).label
    return values


def _line(label: str, name: str, sides: tuple[Side, ...]) -> Line | None:
    values = [side.values[name] for side in sides]
    if not any(values):
        return None
    titles = [side.title for side in sides]
    cells = [SafeString("") if not value else mark_differences(values[0], value) for value in values]
    return Line(label=label, cells=tuple(zip(titles, cells, strict=True)))


def _pair(keys: list[UUID]) -> Double | None:
    if len(set(keys)) < 2:
        return None
    return Double.objects.filter(first_id__in=keys, second_id__in=keys).first()


def _names(authorities: Iterable[str]) -> dict[str, str]:
    """Short names of establishments by the key of their feed; what was typed here has none."""
    keys = {UUID(one) for one in authorities if len(one) == 36}
    return {str(pk): name for pk, name in Organisation.objects.filter(pk__in=keys).values_list("pk", "short_name")}
