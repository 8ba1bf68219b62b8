"""A search as an act: counted, run, traced by the kinds of its criteria and never by what was typed."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from dcc.accounts.models import User
from dcc.audit.record import record
from patients.events import PatientEvent
from patients.identity.traits import TraitSet
from patients.ins_index import possible_hashes
from patients.limits import TooManySearches, count_search
from patients.search import Match, find_by_ins, find_by_ipp, find_by_traits


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is looked for: traits, or an IPP in `establishments`, or a matricule; `criteria` names the kinds."""

    criteria: str
    traits: TraitSet | None = None
    ipp: str = ""
    matricule: str = ""
    establishments: Collection[UUID] = ()

    def find(self) -> list[Match]:
        if self.matricule:
            return find_by_ins(possible_hashes(self.matricule))
        if self.ipp:
            return find_by_ipp(self.ipp, organisations=self.establishments)
        return find_by_traits(self.traits) if self.traits else []


def search_identities(*, wanted: Wanted, by: User, live: bool = False, traced: bool = False) -> list[Match]:
    """Run one search of `by`; `traced` when the very same one was already written.

    Raises TooManySearches, which is written too.
    """
    admit_search(by=by, live=live)
    matches = wanted.find()
    if not traced:
        trace_search(criteria=wanted.criteria, found=len(matches), by=by, live=live)
    return matches


def admit_search(*, by: User, live: bool = False) -> None:
    """Count one search of `by`. Raises TooManySearches, which is written too."""
    try:
        count_search(by=by, live=live)
    except TooManySearches:
        record(PatientEvent.SEARCH_REFUSED, by=by, region_id=by.acting_in)
        raise


def trace_search(*, criteria: str, found: int, by: User, live: bool = False) -> None:
    """Write that `by` searched, by the kinds of the criteria, and how many identities they were shown."""
    criteria = f"saisie d’une création : {criteria}" if live else criteria
    record(PatientEvent.SEARCHED, by=by, region_id=by.acting_in, criteria=criteria, found=found)
