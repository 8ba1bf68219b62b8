"""What a person of the identity-vigilance cell decides of a pair; the worker carries merges out (PAT-05)."""

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from dcc.accounts.models import User
from dcc.audit.record import record
from dcc.lib.lifecycle import TransitionRefused
from dcc.tenancy.tasks import after_commit
from patients.doubles.homonyms import follow_judgement
from patients.doubles.lifecycle import DOUBLE_LIFECYCLE, DoubleTransition
from patients.doubles.obstacles import Stopped, open_cases, refusals
from patients.doubles.survivor import survivor_of, undo_needs_two
from patients.doubles.tasks import carry_out
from patients.doubles.undoing import KEPT, LOST
from patients.models import Double, Merge, Patient

SHORTEST_REASON = 10  # characters: who undoes it in two years was not there


class SamePerson(Exception):
    """Who asked for the merge of a qualified identity, or for its undoing, does not confirm it as well."""


class NotAllocated(Exception):
    """What is new since the merge goes to one of the two, nowhere else."""


@transaction.atomic
def judge(*, double_id: UUID, transition: DoubleTransition, reason: str, by: User) -> Double:
    """Say that two identities are homonyms, which marks both, uncertain, or to examine again.

    Raises TransitionRefused.
    """
    double = _locked(double_id)
    return _decide(double, transition, reason, by)


@transaction.atomic
def ask_merge(*, double_id: UUID, kept_id: UUID, reason: str, by: User) -> Double:
    """Order a merge, or ask a second person for it when either identity is qualified.

    `kept_id` is the survivor that was shown on screen: another one now means that the page is out of date. Raises
    Stopped with what forbids it, TransitionRefused.
    """
    double = _locked(double_id)
    first, second = (Patient.objects.get(pk=pk) for pk in (double.first_id, double.second_id))
    chosen = survivor_of(first, second)
    reasons = refusals(kept=chosen.kept, lost=chosen.lost, cases=open_cases(double.pk))
    if chosen.kept.pk != kept_id:
        reasons.insert(0, "L’identité à garder n’est plus la même\u00a0: l’une des deux a changé. Relisez la page.")
    if reasons:
        raise Stopped(reasons)
    transition = DoubleTransition.ASK if chosen.needs_two else DoubleTransition.MERGE
    _decide(double, transition, reason, by)
    Merge.objects.create(
        region_id=double.region_id,
        double=double,
        kept=chosen.kept,
        lost=chosen.lost,
        rule=chosen.why,
        reason=reason,
        asked_by=by,
    )
    _wake(double)
    return double


@transaction.atomic
def confirm_merge(*, double_id: UUID, by: User) -> Double:
    """The second person agrees: the merge of a qualified identity goes ahead. Raises SamePerson, TransitionRefused."""
    double = _locked(double_id)
    merge = _current(double)
    if merge.asked_by_id == by.pk:
        raise SamePerson
    _decide(double, DoubleTransition.CONFIRM, double.reason, by)
    merge.confirmed_by = by
    merge.save(update_fields=["confirmed_by"])
    _wake(double)
    return double


@transaction.atomic
def decline_merge(*, double_id: UUID, reason: str, by: User) -> Double:
    """The second person disagrees, or the first one gives up: the pair is examined again. Raises TransitionRefused."""
    double = _locked(double_id)
    merge = _current(double)
    _decide(double, DoubleTransition.DECLINE, reason, by)
    merge.close()
    merge.save(update_fields=["closed_at"])
    return double


@transaction.atomic
def ask_undo(*, double_id: UUID, reason: str, by: User) -> Double:
    """Order the undoing of a merge, or ask a second person for it as the merge did. Raises TransitionRefused."""
    double = _locked(double_id)
    return _order_undo(double, _current(double), reason, by)


@transaction.atomic
def confirm_undo(*, double_id: UUID, by: User) -> Double:
    """The second person agrees: the two identities come apart. Raises SamePerson, TransitionRefused."""
    double = _locked(double_id)
    merge = _current(double)
    if merge.undo_by_id == by.pk:
        raise SamePerson
    _decide(double, DoubleTransition.CONFIRM_UNDO, double.reason, by)
    merge.undo_confirmed_by = by
    merge.save(update_fields=["undo_confirmed_by"])
    _wake(double)
    return double


@transaction.atomic
def decline_undo(*, double_id: UUID, reason: str, by: User) -> Double:
    """The second person disagrees, or the first one gives up: the merge stays. Raises TransitionRefused."""
    double = _locked(double_id)
    merge = _current(double)
    _decide(double, DoubleTransition.DECLINE_UNDO, reason, by)
    merge.undo_by, merge.undo_reason, merge.unallocated, merge.obstacles = None, "", [], []
    merge.save(update_fields=["undo_by", "undo_reason", "unallocated", "obstacles"])
    return double


@transaction.atomic
def allocate(*, double_id: UUID, choices: Mapping[str, str], by: User) -> Double:
    """Say to which identity each thing that came since the merge goes back, and try the undoing again.

    What two people agreed to is not asked twice. Raises NotAllocated unless all of them are, TransitionRefused.
    """
    double = _locked(double_id)
    merge = _current(double)
    for one in merge.unallocated:
        one["to"] = choices.get(one["key"], one["to"])
    if not merge.unallocated or any(one["to"] not in (KEPT, LOST) for one in merge.unallocated):
        raise NotAllocated
    merge.save(update_fields=["unallocated"])
    if merge.undo_confirmed_by_id is None and _undo_needs_two(double, merge):  # qualified since it was ordered
        return _order_undo(double, merge, merge.undo_reason, by)
    _decide(double, DoubleTransition.UNDO, merge.undo_reason, by)
    _wake(double)
    return double


def _locked(double_id: UUID) -> Double:
    return Double.objects.select_for_update(of=("self",), no_key=True).get(pk=double_id)


def _current(double: Double) -> Merge:
    """The merge asked for or in force; a pair that has none is in no state to be merged or undone."""
    merge = double.merges.filter(closed_at=None, undone_at=None).first()
    if merge is None:
        raise TransitionRefused(f"no merge of {double.pk}")
    return merge


def _order_undo(double: Double, merge: Merge, reason: str, by: User) -> Double:
    needs_two = _undo_needs_two(double, merge)
    _decide(double, DoubleTransition.ASK_UNDO if needs_two else DoubleTransition.UNDO, reason, by)
    merge.undo_by, merge.undo_confirmed_by, merge.undo_reason = by, None, reason
    merge.save(update_fields=["undo_by", "undo_confirmed_by", "undo_reason"])
    if not needs_two:
        _wake(double)
    return double


def _undo_needs_two(double: Double, merge: Merge) -> bool:
    first, second = (Patient.objects.get(pk=pk) for pk in (double.first_id, double.second_id))
    return undo_needs_two(merge, first, second)


def _decide(double: Double, transition: DoubleTransition, reason: str, by: User) -> Double:
    event = DOUBLE_LIFECYCLE.move(double, transition).event
    now = timezone.now()
    double.reason, double.decided_by, double.decided_at = reason, by, now
    double.first_decided_at = double.first_decided_at or now
    follow_judgement(double, reason=reason, by=by)
    double.save(update_fields=["status", "reason", "decided_by", "decided_at", "first_decided_at", "marked"])
    for patient_id in (double.first_id, double.second_id):
        record(event, on=double, patient_id=patient_id, by=by, why=reason)
    return double


def _wake(double: Double) -> None:
    after_commit(carry_out, regions=[double.region_id])
