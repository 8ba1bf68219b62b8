"""Choosing who will receive a report, until the sheet is frozen (INS-05, SND-06).

The requester, the requesting 3C and the DPI of the establishment receive it whatever is chosen here.
"""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from dcc.accounts.models import User
from dcc.audit.record import record
from dcc.lib import french
from rcp.cases.actions import SheetFrozen, lock_case
from rcp.events import RcpEvent
from rcp.models import Case, CaseStatus, Correspondent, CorrespondentRole, SheetStatus
from rcp.registration.actions import Addressee, open_in_person, write_correspondents, write_gp

CHOSEN = (CorrespondentRole.REFERRING, CorrespondentRole.GP, CorrespondentRole.OTHER)


@transaction.atomic
def choose_recipients(*, case_id: UUID, addressees: Sequence[Addressee], gp_seen: str | None = None, by: User) -> Case:
    """Replace the correspondents chosen for a case by these, and open the file to those who care in person.

    A GP whom the case had already says nothing of the file's: only another one is written there, and not over one
    changed since the page was shown (`gp_seen`, see write_gp). Raises SheetFrozen once the report is signed,
    Case.DoesNotExist for who cannot see the case.
    """
    case = lock_case(case_id)
    if not may_choose(case):
        raise SheetFrozen
    before = _names(case)
    names_gp = is_another_gp(case, addressees)
    case.correspondents.filter(role__in=CHOSEN).delete()
    open_in_person(case.patient, addressees, by)
    write_correspondents(case, addressees)
    if names_gp:
        write_gp(case.patient, addressees, by, seen=gp_seen)
    after = _names(case)
    if after != before:
        record(RcpEvent.RECIPIENTS_CHOSEN, on=case, by=by, names=french.join_list(after) if after else "aucun")
    return case


def is_another_gp(case: Case, addressees: Sequence[Addressee]) -> bool:
    """Whether these name a GP, or an address of theirs, that the case did not have."""
    gp = next((one for one in addressees if one.role == CorrespondentRole.GP), None)
    if gp is None:
        return False
    said = {"name": gp.name, "mssante_address": gp.mssante_address, "postal_address": gp.postal_address}
    return not case.correspondents.filter(role=CorrespondentRole.GP, **said).exists()


def may_choose(case: Case) -> bool:
    """While a draft is open: neither awaiting a countersignature nor frozen without a version to replace it."""
    return case.status != CaseStatus.AWAITING and case.sheets.filter(status=SheetStatus.DRAFT).exists()


def chosen(case: Case) -> list[Correspondent]:
    return list(case.correspondents.filter(role__in=CHOSEN).order_by("role", "name"))


def _names(case: Case) -> list[str]:
    rows = case.correspondents.filter(role__in=CHOSEN).order_by("role", "name")
    return [f"{one.name} ({one.get_role_display()})" for one in rows]
