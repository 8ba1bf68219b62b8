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
    try:
        count_search(by=by, live=live)
    except TooManySearches:
        record(PatientEvent.SEARCH_REFUSED, by=by, region_id=by.acting_in)
        raise
    matches = wanted.find()
    if not traced:
        criteria = f"saisie d’une création : {wanted.criteria}" if live else wanted.criteria
        record(PatientEvent.SEARCHED, by=by, region_id=by.acting_in, criteria=criteria, found=len(matches))
    return matches
