"""Reads of the identity-vigilance cell: the worklist, one pair side by side."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, F, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from dcc.ui.components.identity import mark_differences
from patients.doubles.lifecycle import BY_WORKER, DOUBLE_LIFECYCLE, NOT_THE_CELLS, DoubleTransition
from patients.doubles.obstacles import OpenCase, open_cases, refusals
from patients.doubles.proposals import FED
from patients.doubles.survivor import Survivor, survivor_of, undo_needs_two
from patients.feed.queries import open_conflicts
from patients.identity.dates import typed_form
from patients.models import Double, DoubleStatus, Merge, MergedTable, Patient, PatientIdentifier
from patients.permissions import PatientPermission

AT_MOST = 100  # a badge does not count further
# Tab of the worklist → what it shows.
TABS: dict[str, tuple[str, Collection[DoubleStatus]]] = {
    "a-examiner": ("À examiner", (DoubleStatus.TO_EXAMINE, DoubleStatus.REPORTED)),
    "a-confirmer": ("À confirmer", (DoubleStatus.ASKED, DoubleStatus.UNDO_ASKED)),
    "incertains": ("Incertains", (DoubleStatus.UNSURE,)),
    "fusions": ("Fusions", (DoubleStatus.MERGING, DoubleStatus.MERGED, DoubleStatus.UNDOING)),
    "homonymes": ("Homonymes", (DoubleStatus.HOMONYM,)),
    "annules": ("Annulées, écartées", (DoubleStatus.UNDONE, DoubleStatus.CLEARED)),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TraitLine:
    """One trait of both identities; in the second the words that differ are marked, `points` are the score's."""

    label: str
    kept: str
    lost: SafeString
    outcome: str
    points: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two identities: who, its numbers, what a board is about to hear of them."""

    patient: Patient
    ipps: tuple[tuple[str, str], ...]
    cases: tuple[OpenCase, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Everything of the page of one pair; `merge` is asked for or in force."""

    double: Double
    survivor: Survivor
    kept: Side
    lost: Side
    traits: tuple[TraitLine, ...]
    obstacles: tuple[str, ...]
    merge: Merge | None
    former: tuple[Merge, ...]
    counts: tuple[MergedTable, ...]
    choices: tuple[tuple[str, str], ...]

    @property
    def busy(self) -> bool:
        return self.double.status in (DoubleStatus.MERGING, DoubleStatus.UNDOING)


def worklist(tab: str, *, probable: bool | None = None) -> QuerySet[Double]:
    """The pairs of one tab: those that somebody reported, then the strongest, then the oldest."""
    found = Double.objects.filter(status__in=TABS[tab][1])
    found = found.select_related("first", "second", "organisation", "reported_by")
    if probable is not None:
        found = found.filter(probable=probable)
    return found.order_by(F("reported_at").asc(nulls_last=True), "-probable", "found_at", "pk")


def tab_counts() -> dict[str, int]:
    """How many pairs each tab holds; one query."""
    by_status = dict(Double.objects.order_by().values_list("status").annotate(count=Count("pk")))
    return {tab: sum(by_status.get(status, 0) for status in statuses) for tab, (_, statuses) in TABS.items()}


def waiting_count(request: HttpRequest) -> int:
    """How many pairs and conflicts of feeds wait for the cell, as far as a badge counts; nothing for anybody else."""
    if PatientPermission.IDENTITY_VIGILANCE not in getattr(request, "role_rights", ()):
        return 0
    waiting = {*TABS["a-examiner"][1], *TABS["a-confirmer"][1]}
    return Double.objects.filter(status__in=waiting)[:AT_MOST].count() + open_conflicts()


def pair_of(double: Double) -> Pair:
    """Read the page of one pair, in a constant number of queries."""
    people = ("asked_by", "confirmed_by", "undo_by", "undo_confirmed_by")
    merges = list(double.merges.select_related(*people).order_by("-asked_at"))
    current = next((one for one in merges if one.closed_at is None and one.undone_at is None), None)
    survivor = _chosen(double, current)
    cases = open_cases(double.pk)
    ipps = _ipps([double.first_id, double.second_id])
    kept, lost = survivor.kept, survivor.lost
    return Pair(
        double=double,
        survivor=survivor,
        kept=_side(kept, ipps, cases),
        lost=_side(lost, ipps, cases),
        traits=_traits(double, survivor),
        obstacles=tuple(refusals(kept=kept, lost=lost, cases=cases)) if _may_merge(double) else (),
        merge=current,
        former=tuple(one for one in merges if one is not current),
        counts=tuple(_counts(current)) if current and current.done_at else (),
        choices=_choices(double, survivor, current),
    )


def _chosen(double: Double, merge: Merge | None) -> Survivor:
    """The survivor of the merge in force, else the one a merge would keep today."""
    by_key = {one.pk: one for one in (double.first, double.second)}
    if merge is not None:
        return Survivor(kept=by_key[merge.kept_id], lost=by_key[merge.lost_id], why=merge.rule)
    return survivor_of(double.first, double.second)


def _may_merge(double: Double) -> bool:
    names = {one.name for one in DOUBLE_LIFECYCLE.available(double.status, frozenset(PatientPermission))}
    return DoubleTransition.MERGE in names


_ALONE = frozenset({DoubleTransition.MERGE, DoubleTransition.UNDO})
_TOGETHER = frozenset({DoubleTransition.ASK, DoubleTransition.ASK_UNDO})


def _choices(double: Double, survivor: Survivor, merge: Merge | None) -> tuple[tuple[str, str], ...]:
    """What a person may decide now; one merge and one undoing, asked or ordered as the identities want it."""
    two = survivor.needs_two if merge is None else undo_needs_two(merge, survivor.kept, survivor.lost)
    others = (
        {DoubleTransition.MERGE, DoubleTransition.UNDO} if two else {DoubleTransition.ASK, DoubleTransition.ASK_UNDO}
    )
    arrows = DOUBLE_LIFECYCLE.available(double.status, frozenset(PatientPermission))
    return tuple((one.name.value, one.label) for one in arrows if one.name not in BY_WORKER | NOT_THE_CELLS | others)


def _ipps(patient_ids: list[UUID]) -> dict[UUID, list[tuple[str, str]]]:
    found: dict[UUID, list[tuple[str, str]]] = {}
    held = PatientIdentifier.objects.filter(patient_id__in=patient_ids, ended_at=None).select_related("organisation")
    for one in held.order_by("since"):
        found.setdefault(one.patient_id, []).append((one.organisation.short_name, one.value))
    return found


def _side(patient: Patient, ipps: dict[UUID, list[tuple[str, str]]], cases: list[OpenCase]) -> Side:
    return Side(
        patient=patient,
        ipps=tuple(ipps.get(patient.pk, ())),
        cases=tuple(case for case in cases if case.patient_id == patient.pk),
    )


def _counts(merge: Merge) -> list[MergedTable]:
    """Table by table, for those to whom the file is open; empty tables are left out."""
    return [one for one in merge.merged_tables.order_by("table_name") if one.lost_before or one.kept_before]


_OUTCOMES = {"equal": "identique", "close": "proche", "different": "différent"}
_SHOWN = (
    ("Nom de naissance", "birth_name"),
    ("Premier prénom", "first_given_name"),
    ("Prénoms de naissance", "given_names"),
    ("Nom utilisé", "used_name"),
    ("Prénom utilisé", "used_given_name"),
    ("Date de naissance", "birth_date"),
    ("Sexe", "sex"),
    ("Lieu de naissance", "birth_place"),
)


def _traits(double: Double, survivor: Survivor) -> tuple[TraitLine, ...]:
    """Traits as they are today beside what each weighed in the score when the pair was judged; demands come first."""
    weighed: dict[str, dict[str, Any]] = {one["trait"]: one for one in double.evidence}
    lines = [_line(label, name, survivor, weighed.pop(name, None)) for label, name in _SHOWN]
    rest = [
        TraitLine(
            label=one["label"], kept="", lost=SafeString(""), outcome=_OUTCOMES.get(one["outcome"], ""),
            points=_points(one["points"]) if one["points"] else "", detail=one["detail"],
        )
        for one in weighed.values()
    ]  # fmt: skip
    asked = [line for line, one in zip(rest, weighed.values(), strict=True) if one["trait"] == FED]
    return (*asked, *(line for line in lines if line is not None), *(one for one in rest if one not in asked))


def _line(label: str, name: str, survivor: Survivor, weighed: dict[str, Any] | None) -> TraitLine | None:
    mine, theirs = _written(survivor.kept, name), _written(survivor.lost, name)
    if not mine and not theirs:
        return None
    return TraitLine(
        label=label,
        kept=mine or "–",
        lost=mark_differences(mine, theirs),
        outcome=_OUTCOMES.get(weighed["outcome"] if weighed else "equal" if mine == theirs else "", ""),
        points=_points(weighed["points"]) if weighed else "",
        detail=weighed["detail"] if weighed else "",
    )


def _written(patient: Patient, name: str) -> str:
    return typed_form(patient.birth_date) if name == "birth_date" else str(getattr(patient, name))


def _points(value: float) -> str:
    return f"{value:+g}".replace(".", ",").replace("-", "−")
