"""Two people judged homonyms are both marked so, and the mark follows the judgement (identity §1.6)."""

from django.db import connection

from dcc.accounts.models import User
from dcc.audit.record import record
from dcc.lib.ids import uuid7
from patients.lifecycle.actions import apply
from patients.lifecycle.history import state_of
from patients.lifecycle.states import Attribute
from patients.lifecycle.transitions import TRANSITIONS, ActRefused, IdentityAct, judge
from patients.models import Double, DoubleStatus, Patient


def follow_judgement(double: Double, *, reason: str, by: User) -> None:
    """Mark both identities of a pair that was just judged homonyms, or take back what its judgement had marked.

    Changes `double.marked`, unsaved. An identity that another pair still says homonym stays so, and so does one that a
    desk had marked before anybody judged: that was about somebody else.
    """
    if double.status == DoubleStatus.HOMONYM:
        double.marked = [one.pk for one in _living(double) if _mark(one, double, reason, by)]
    elif double.marked:
        for one in _living(double):
            if one.pk in double.marked and one.is_homonym and not _said_elsewhere(one, double):
                _become(one, IdentityAct.UNMARK_HOMONYM, double, reason, by)
        double.marked = []


def _mark(patient: Patient, double: Double, reason: str, by: User) -> bool:
    """Whether the mark is, from now on, of this judgement too."""
    if patient.is_homonym:
        return Double.objects.about(patient.pk).filter(marked__contains=[patient.pk]).exists()
    try:
        _become(patient, IdentityAct.MARK_HOMONYM, double, reason, by)
    except ActRefused:  # fictitious or anonymous: nobody can be taken for them
        return False
    return True


def _living(double: Double) -> list[Patient]:
    both = Patient.objects.filter(pk__in=(double.first_id, double.second_id), merged_into=None).order_by("pk")
    return list(both.select_for_update(of=("self",), no_key=True))


def _said_elsewhere(patient: Patient, double: Double) -> bool:
    others = Double.objects.about(patient.pk).exclude(pk=double.pk)
    return others.filter(status=DoubleStatus.HOMONYM).exists()


def _become(patient: Patient, act: IdentityAct, double: Double, reason: str, by: User) -> None:
    patient.save(update_fields=apply(patient, judge(act, state_of(patient))))
    attributes = " ".join(one.value for one in Attribute if one in patient.attributes)
    with connection.cursor() as cursor:  # the cell judges past wall 2: it need not see the file
        cursor.execute(
            "SELECT dcc_note_homonym(%s, %s, %s, %s, %s, %s, %s, %s)",
            [uuid7(), double.pk, patient.pk, act.value, by.display_name, by.acting_as.name, attributes, reason],
        )
    record(TRANSITIONS[act].event, on=patient, by=by, why=reason)
