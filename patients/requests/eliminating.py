"""Lists of files whose time is over: drawn by a worker, and executed by one once two persons have signed.

Eliminating destroys the keys of the contents (D21), takes away what says who it was about (what_goes.py) and closes
every access; hashes and a tombstone remain. A file whose patient came back since is kept, whatever was signed; so is
one that may be the double of another, under which its patient may have come back.
"""

import hashlib
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Greatest
from django.utils import timezone

from dcc.audit.record import System, record
from patients.care import care
from patients.events import PatientEvent
from patients.models import (
    Access,
    Content,
    Document,
    Double,
    DoubleStatus,
    Information,
    ListStatus,
    Merge,
    Patient,
    ReceivedDocument,
    RetentionLine,
    RetentionList,
    Visit,
)
from patients.requests.retention_rules import SHORTEST, Over, over, years_after
from patients.requests.what_goes import eliminate_file

WORKER = System("conservation des dossiers")
LONGEST_LIST = 500
CAME_BACK = "nouveau passage depuis que la liste a été établie"
MERGED_SINCE = "identité réunie à une autre depuis que la liste a été établie"
MAY_BE_DOUBLE = "doublon possible\u00a0: la cellule d’identitovigilance doit d’abord décider"
UNDECIDED = (
    DoubleStatus.TO_EXAMINE,
    DoubleStatus.REPORTED,
    DoubleStatus.UNSURE,
    DoubleStatus.ASKED,
    DoubleStatus.MERGING,
    DoubleStatus.UNDO_ASKED,
    DoubleStatus.UNDOING,
)


def draw_next() -> bool:
    """Draw one list that was asked for; False when none waits."""
    with transaction.atomic():
        waiting = RetentionList.objects.filter(status=ListStatus.DRAWING).select_related("organisation")
        drawn = waiting.select_for_update(of=("self",), skip_locked=True).first()
        if drawn is None:
            return False
        today = timezone.localdate()
        lines = []
        for patient in _candidates(drawn):
            last, ends = _state(patient)
            if ends.on <= today:
                lines.append(
                    RetentionLine(
                        region_id=patient.region_id,
                        patient=patient,
                        list_id=drawn.pk,
                        last_passage_on=last,
                        over_on=ends.on,
                        rule=ends.rule,
                        kept=MAY_BE_DOUBLE if _may_be_double(patient) else "",
                    )
                )
            if len(lines) == LONGEST_LIST:
                break
        RetentionLine.objects.bulk_create(lines)
        drawn.status, drawn.size = ListStatus.DRAWN, len(lines)
        drawn.save(update_fields=["status", "size"])
        record(PatientEvent.RETENTION_DRAWN, on=drawn, by=WORKER, size=len(lines))
        return True


def execute_next() -> bool:
    """Execute one signed list, file by file, each in its own transaction; False when none is signed."""
    with transaction.atomic():
        signed = RetentionList.objects.filter(status=ListStatus.SIGNED).first()
    if signed is None:
        return False
    while _eliminate_one(signed):
        pass
    with transaction.atomic():
        RetentionList.objects.filter(pk=signed.pk, status=ListStatus.SIGNED).update(
            status=ListStatus.DONE, done_at=timezone.now()
        )
    return True


def last_passage(patient: Patient) -> date:
    """The latest day of care that anything in the file tells, a passage to come included."""
    days = [timezone.localdate(patient.created_at)]
    days += [timezone.localdate(one.at) for one in care().passages(patient)]
    told = Information.objects.filter(patient=patient).aggregate(latest=Max("given_on"))["latest"]
    issued = Document.objects.filter(patient=patient).aggregate(latest=Max("issued_at"))["latest"]
    added = ReceivedDocument.objects.filter(patient=patient).aggregate(latest=Max("added_at"))["latest"]
    visited = Visit.objects.filter(patient=patient).aggregate(latest=Max(Greatest("admitted_at", "discharged_at")))
    days += [told] if told else []
    return max([*days, *(timezone.localdate(one) for one in (issued, added, visited["latest"]) if one)])


def _state(patient: Patient) -> tuple[date, Over]:
    last = last_passage(patient)
    return last, over(last=last, born=patient.birth_date, died=patient.died_on)


def _candidates(drawn: RetentionList) -> list[Patient]:
    """Files this organisation holds since long enough, which no list eliminated; the oldest first."""
    since = years_after(timezone.localdate(), -SHORTEST)
    held = Access.objects.filter(
        principal_id=drawn.organisation.principal_id,
        granted_at__lt=timezone.now() - timedelta(days=(timezone.localdate() - since).days),
        expires_at__gt=timezone.now(),
    )
    gone = RetentionLine.objects.filter(eliminated_at__isnull=False).values("patient_id")
    known = Patient.objects.filter(pk__in=held.values("patient_id"), merged_into__isnull=True).exclude(pk__in=gone)
    return list(known.order_by("created_at"))


def _eliminate_one(signed: RetentionList) -> bool:
    with transaction.atomic():
        waiting = RetentionLine.objects.filter(list_id=signed.pk, kept="", eliminated_at__isnull=True)
        line = waiting.order_by("pk").select_for_update(of=("self",), skip_locked=True).first()
        if line is None:
            return False
        patient = Patient.objects.select_for_update(no_key=True).get(pk=line.patient_id)
        line.kept = _why_kept(patient, signed)
        if line.kept:
            line.save(update_fields=["kept"])
            record(PatientEvent.RETENTION_KEPT, on=line, by=WORKER, why=line.kept)
            return True
        _eliminate(line, patient)
        return True


def _why_kept(patient: Patient, signed: RetentionList) -> str:
    """What happened since the list was drawn, which nobody who signed could read; nothing usually."""
    since = Merge.objects.filter(kept=patient, done_at__gte=signed.drawn_at, undone_at=None)
    if patient.merged_into_id or since.exists():
        return MERGED_SINCE
    if _state(patient)[1].on > timezone.localdate():
        return CAME_BACK
    return MAY_BE_DOUBLE if _may_be_double(patient) else ""


def _may_be_double(patient: Patient) -> bool:
    return Double.objects.about(patient.pk).filter(status__in=UNDECIDED).exists()


def _eliminate(line: RetentionLine, patient: Patient) -> None:
    """Destroy the keys, empty and close the file, leave the tombstone."""
    now = timezone.now()
    contents = Content.objects.filter(patient=patient).exclude(wrapped_key=b"")
    hashes = [bytes(one) for one in contents.order_by("pk").values_list("sha256", flat=True)]
    identities = eliminate_file(line.pk)
    Access.objects.filter(patient_id__in=identities, expires_at__gt=now).update(expires_at=now)
    line.eliminated_at, line.contents = now, len(hashes)
    line.digest = hashlib.sha256(b"".join(hashes)).digest()
    line.save(update_fields=["eliminated_at", "contents", "digest"])
    record(PatientEvent.FILE_ELIMINATED, on=line, by=WORKER, contents=len(hashes), rule=line.rule)
