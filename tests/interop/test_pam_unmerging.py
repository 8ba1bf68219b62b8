"""Which numbers part again when a merge is taken back (identity §1.14)."""

from datetime import UTC, date, datetime

from interop.pam.record import Claim, LocalId, Record, Redirect, RedirectKind, Stamp, Statement, StrictTraits, Traits
from interop.pam.unmerging import parted
from patients.identity.ins import Ins, InsKind
from tests.interop.pam_feed import INS_A, INS_B, number

THEN = Stamp(datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC), 1, "1")
SOMEBODY = StrictTraits(birth_name="MARTIN", first_given_name="PAULE", birth_date=date(1950, 1, 2), sex="F")


def known(value: str, *, to: str = "", matricule: str = "") -> Record:
    claim = Claim(ins=Ins(matricule=matricule, kind=InsKind.NIR_TEST), traits=SOMEBODY)
    said = Statement(stamp=THEN, traits=Traits(claim=claim) if matricule else Traits())
    redirect = Redirect(target=number(to), kind=RedirectKind.MERGED, stamp=THEN) if to else None
    return Record(identifier=number(value), statements=(said,), redirect=redirect)


def leaving(*records: Record, moved: str, kept: str = "1") -> list[str]:
    numbers: frozenset[LocalId] = parted(records, moved=[number(value) for value in moved], kept=number(kept))
    return sorted(one.value for one in numbers)


def test_what_moved_leaves_and_the_rest_stays() -> None:
    assert leaving(known("1"), known("2"), known("3", to="1"), moved="2") == ["2"]


def test_what_came_later_and_holds_only_to_them_leaves_with_them() -> None:
    assert leaving(known("1"), known("2", to="4"), known("4"), moved="2") == ["2", "4"]
    assert leaving(known("1"), known("2", matricule=INS_A), known("7", matricule=INS_A), moved="2") == ["2", "7"]


def test_what_holds_to_both_stays_with_the_one_that_was_kept() -> None:
    both = known("7", to="1", matricule=INS_A)
    assert leaving(known("1"), known("2", matricule=INS_A), both, moved="2") == ["2"]


def test_one_ins_on_both_sides_does_not_hold_them_together() -> None:
    assert leaving(known("1", matricule=INS_B), known("2", matricule=INS_B), moved="2") == ["2"]


def test_a_number_linked_to_nothing_stays() -> None:
    assert leaving(known("1"), known("2"), known("9"), moved="2") == ["2"]
