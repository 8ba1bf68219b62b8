"""Facts follow the newest validated sheet of a case; a rebuilding says again what validations have said."""

import json
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection

from dcc.tenancy.models import Region
from dcc.tenancy.scope import regions_scope
from rcp.facts.pseudonym import case_key
from rcp.facts.reading import KEY, FactRow, facts_of
from rcp.models import Case, CaseStatus, FormVersion, Sheet, SheetStatus
from rcp.sheets.definitions import compiled

BATCH = 50  # cases locked together by a rebuilding: somebody may be about to replace one of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """What a rebuilding of one region went through, and how many cases were counted that no longer exist.

    The file of `kept` cases was eliminated since: their facts, which lead back to nobody, stay (R.1112-7).
    """

    cases: int
    facts: int
    removed: int
    kept: int


def file_facts(*, case: Case, sheet: Sheet) -> int:
    """Put the facts of this frozen sheet in the place of those of the case; its meeting and board are loaded.

    The last writes of a validation before its document: new stat keys are taken in their order, by one row each.
    """
    assert sheet.response is not None, "facts are those of a frozen sheet"
    facts = facts_of(compiled(sheet.form_id), sheet.response)
    meeting = case.meeting
    count = store(
        region=case.region_id,
        key=case_key(case.pk),
        pathology=form_code(sheet.form_id),
        centre=meeting.board.organisation_id,
        held_on=meeting.held_on,
        facts=facts,
    )
    assert count == len(facts), "every fact is filed once"
    return count


def store(
    *, region: int, key: UUID, facts: list[FactRow], pathology: str = "", centre: Any = None, held_on: Any = None
) -> int:
    """Put these facts in the place of all those of a pseudonym, none to forget it; how many were written."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT dcc_file_facts(%s::smallint, %s, %s, %s, %s, %s::jsonb)",
            [region, key, pathology, centre, held_on, json.dumps([asdict(fact) for fact in facts])],
        )
        count: int = cursor.fetchone()[0]
    return count


@lru_cache(maxsize=256)
def form_code(form_id: UUID) -> str:
    """The code of a published version, which never changes."""
    return FormVersion.objects.values_list("code", flat=True).get(pk=form_id)


def rebuild(*, region: int) -> Rebuilt:
    """File again the facts of every validated case of a founding region, and remove those of cases that are gone.

    Runs as dcc_worker, in short transactions: counts stay there and validations go on meanwhile.
    """
    network = _network_of(region)  # a case may be presented to a meeting of another region of its network
    with regions_scope(network):
        before = _counted(region)
        _file_keys()
    seen, filed, facts, last = set[UUID](), 0, 0, UUID(int=0)
    while True:
        with regions_scope(network):
            cases = _locked(region, after=last)
            sheets = _newest(cases)
            for sheet in sheets:
                facts += file_facts(case=sheet.case, sheet=sheet)
        if not cases:
            break
        last, filed = cases[-1].pk, filed + len(sheets)
        seen |= {case_key(case.pk) for case in cases}
    with regions_scope(network):
        for key in before - seen:
            store(region=region, key=key, facts=[])
    return Rebuilt(cases=filed, facts=facts, removed=len(before - seen), kept=len(seen) - filed)


def _network_of(region: int) -> tuple[int, ...]:
    return tuple(Region.objects.filter(network__regions=region).values_list("pk", flat=True))


def _counted(region: int) -> set[UUID]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT dcc_fact_cases(%s::smallint)", [region])
        return {key for (key,) in cursor.fetchall()}


def _file_keys() -> None:
    """The keys of every published form first: the batches then only lock cases, and wait for no validation's keys."""
    forms = [compiled(form_id) for form_id in FormVersion.objects.values_list("pk", flat=True)]
    keys = {item.stat for form in forms for item in form.items.values() if item.stat and KEY.fullmatch(item.stat)}
    with connection.cursor() as cursor:
        cursor.execute("SELECT dcc_file_stat_keys(%s)", [sorted(keys)])


def _locked(region: int, *, after: UUID) -> list[Case]:
    """The next validated cases, which nobody replaces before they are filed."""
    validated = Case.objects.filter(region=region, status=CaseStatus.VALIDATED, pk__gt=after)
    locked = validated.select_for_update(of=("self",), no_key=True).select_related("meeting__board")
    return list(locked.order_by("pk")[:BATCH])


def _newest(cases: list[Case]) -> list[Sheet]:
    """The newest frozen sheet of each of these; none for a case whose file was eliminated."""
    of = {case.pk: case for case in cases}
    frozen = Sheet.objects.filter(case__in=of, status=SheetStatus.FROZEN, response__isnull=False).defer("report")
    sheets = list(frozen.order_by("case_id", "-version").distinct("case_id"))
    for sheet in sheets:
        sheet.case = of[sheet.case_id]
    return sheets
