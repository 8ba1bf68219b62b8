"""Asking for a list, keeping a file out of it, signing it: two persons, never the same, never by itself (R.1112-7)."""

from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from dcc.accounts.models import User
from dcc.audit.record import record
from dcc.organisations.models import Organisation
from dcc.tenancy.tasks import after_commit
from patients.events import PatientEvent
from patients.models import ListStatus, RetentionLine, RetentionList
from patients.requests.tasks import work_lists

OPEN = (ListStatus.DRAWING, ListStatus.DRAWN, ListStatus.SIGNED)


class NotToSign(Exception):
    """The list is no longer waiting for a signature."""


class SamePerson(Exception):
    """The second signature is that of somebody else."""


class NotAllSeen(Exception):
    """Some files of the list are closed to this person: nobody signs what they cannot read."""


def lists_of(organisation: Organisation) -> QuerySet[RetentionList]:
    """The lists of one's organisation and of what it hangs under, latest first."""
    mine = [one.pk for one in organisation.lineage]
    found = RetentionList.objects.filter(organisation_id__in=mine)
    return found.select_related("organisation", "drawn_by", "first_by", "second_by").order_by("-drawn_at")


def ask_list(*, organisation: Organisation, by: User) -> RetentionList:
    """Ask for the list of the files of one's organisation whose time is over; the one that is open, if any."""
    with transaction.atomic():
        Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
        waiting = RetentionList.objects.filter(organisation=organisation, status__in=OPEN).first()
        if waiting is not None:
            return waiting
        made = RetentionList.objects.create(region_id=organisation.region_id, organisation=organisation, drawn_by=by)
        after_commit(work_lists, regions=[made.region_id])
        return made


def lines_of(asked: RetentionList) -> QuerySet[RetentionLine]:
    return RetentionLine.objects.filter(list_id=asked.pk).select_related("patient").order_by("over_on", "pk")


def keep_file(*, asked: RetentionList, line_id: UUID, why: str, by: User) -> RetentionLine:
    """Take a file out of the list, with the reason: a claim, a transfusion… Raises NotToSign, DoesNotExist."""
    with transaction.atomic():
        _locked(asked.pk)
        line = RetentionLine.objects.get(pk=line_id, list_id=asked.pk)
        line.kept = why
        line.save(update_fields=["kept"])
        record(PatientEvent.RETENTION_KEPT, on=line, by=by, why=why)
        return line


def sign_list(*, asked: RetentionList, by: User) -> RetentionList:
    """Sign; the second signature has it executed. Raises NotToSign, SamePerson, NotAllSeen."""
    with transaction.atomic():
        found = _locked(asked.pk)
        if lines_of(found).count() != found.size:
            raise NotAllSeen
        if found.first_by_id == by.pk:
            raise SamePerson
        now = timezone.now()
        if found.first_by_id is None:
            found.first_by, found.first_at = by, now
        else:
            found.second_by, found.second_at, found.status = by, now, ListStatus.SIGNED
            after_commit(work_lists, regions=[found.region_id])
        found.save(update_fields=["first_by", "first_at", "second_by", "second_at", "status"])
        rank = "seconde signature" if found.second_by_id else "première signature"
        record(PatientEvent.RETENTION_SIGNED, on=found, by=by, rank=rank)
        return found


def drop_list(*, asked: RetentionList, by: User) -> RetentionList:
    """Give a list up before its second signature; nothing is eliminated. Raises NotToSign."""
    with transaction.atomic():
        found = _locked(asked.pk)
        found.status = ListStatus.DROPPED
        found.save(update_fields=["status"])
        record(PatientEvent.RETENTION_DROPPED, on=found, by=by)
        return found


def _locked(list_id: UUID) -> RetentionList:
    found = RetentionList.objects.select_for_update(of=("self",), no_key=True).get(pk=list_id)
    if found.status != ListStatus.DRAWN:
        raise NotToSign
    return found
