"""The states of a pair and the arrows between them; people take some, the worker that moves rows takes the others."""

from enum import StrEnum

from dcc.lib.lifecycle import Lifecycle, Transition
from patients.events import PatientEvent as E
from patients.models import DoubleStatus as S
from patients.permissions import PatientPermission

_CELL = PatientPermission.IDENTITY_VIGILANCE


class DoubleTransition(StrEnum):
    REPORT = "report"
    HOMONYM = "homonym"
    UNSURE = "unsure"
    ASK = "ask"
    MERGE = "merge"
    CONFIRM = "confirm"
    DECLINE = "decline"
    REOPEN = "reopen"
    UNDO = "undo"
    ASK_UNDO = "ask_undo"
    CONFIRM_UNDO = "confirm_undo"
    DECLINE_UNDO = "decline_undo"
    DONE = "done"
    STOPPED = "stopped"
    UNDONE = "undone"
    KEPT = "kept"
    CLEAR = "clear"
    FOUND_AGAIN = "found_again"


T = DoubleTransition
_OPEN = frozenset({S.TO_EXAMINE, S.REPORTED, S.UNSURE})


def _arrow(
    name: T, sources: set[S] | frozenset[S], target: S, event: E, label: str, permission: PatientPermission = _CELL
) -> Transition:
    return Transition(
        name=name, sources=frozenset(sources), target=target, permission=permission, event=event, label=label
    )


DOUBLE_LIFECYCLE = Lifecycle(
    _arrow(T.HOMONYM, _OPEN | {S.UNDONE}, S.HOMONYM, E.DOUBLE_HOMONYM, "Deux personnes différentes (homonymes)"),
    _arrow(T.UNSURE, {S.TO_EXAMINE, S.REPORTED, S.UNDONE}, S.UNSURE, E.DOUBLE_UNSURE, "Incertain, à revoir"),
    _arrow(T.ASK, _OPEN | {S.UNDONE}, S.ASKED, E.MERGE_ASKED, "Demander la fusion"),
    _arrow(T.MERGE, _OPEN | {S.UNDONE}, S.MERGING, E.MERGE_ORDERED, "Fusionner"),
    _arrow(T.CONFIRM, {S.ASKED}, S.MERGING, E.MERGE_CONFIRMED, "Confirmer la fusion"),
    _arrow(T.DECLINE, {S.ASKED}, S.TO_EXAMINE, E.MERGE_DECLINED, "Ne pas fusionner"),
    _arrow(T.REOPEN, {S.HOMONYM, S.UNDONE}, S.TO_EXAMINE, E.DOUBLE_REOPENED, "Examiner de nouveau"),
    _arrow(T.UNDO, {S.MERGED}, S.UNDOING, E.UNDO_ORDERED, "Annuler la fusion"),
    _arrow(T.ASK_UNDO, {S.MERGED}, S.UNDO_ASKED, E.UNDO_ASKED, "Demander l’annulation de la fusion"),
    _arrow(T.CONFIRM_UNDO, {S.UNDO_ASKED}, S.UNDOING, E.UNDO_CONFIRMED, "Confirmer l’annulation"),
    _arrow(T.DECLINE_UNDO, {S.UNDO_ASKED}, S.MERGED, E.UNDO_DECLINED, "Garder la fusion"),
    # Anybody's who sees one of the two files, whatever the cell or the worker said of the pair before
    _arrow(
        T.REPORT,
        _OPEN - {S.REPORTED} | {S.HOMONYM, S.UNDONE, S.CLEARED},
        S.REPORTED,
        E.DOUBLE_REPORTED,
        "Signaler un doublon",
        PatientPermission.SEARCH,
    ),
    # The worker's
    _arrow(T.DONE, {S.MERGING}, S.MERGED, E.MERGED, "Fusion faite"),
    _arrow(T.STOPPED, {S.MERGING}, S.TO_EXAMINE, E.MERGE_STOPPED, "Fusion impossible"),
    _arrow(T.UNDONE, {S.UNDOING}, S.UNDONE, E.UNMERGED, "Fusion annulée"),
    _arrow(T.KEPT, {S.UNDOING}, S.MERGED, E.UNDO_STOPPED, "Annulation impossible"),
    _arrow(T.CLEAR, _OPEN, S.CLEARED, E.DOUBLE_CLEARED, "Écarté"),
    _arrow(T.FOUND_AGAIN, {S.CLEARED}, S.TO_EXAMINE, E.DOUBLE_FOUND, "Retrouvé"),
)
NOT_THE_CELLS = frozenset({T.REPORT})
BY_WORKER = frozenset({T.DONE, T.STOPPED, T.UNDONE, T.KEPT, T.CLEAR, T.FOUND_AGAIN})
