"""What a reader of statistics gets: counts within the network, by month at the finest, and no small cell."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import ProgrammingError, connection, transaction

from rcp.facts import queries
from rcp.facts.actions import store
from rcp.facts.reading import FactRow

CENTRE, OTHER_CENTRE = UUID(int=1), UUID(int=2)
VIEWS = ("by_centre", "by_month", "crossed", "combined", "means")


def code(key: str, value: str, *, instance: int = 0, number: float | None = None) -> FactRow:
    return FactRow(key=key, instance=instance, first=instance == 0, code=value, number=number)


def file_cases(count: int, *facts: FactRow, **more: Any) -> None:
    """As many validated breast cases of June 2025 with these facts."""
    given = {"region": 1, "pathology": "sein", "centre": CENTRE, "held_on": date(2025, 6, 12)} | more
    for _ in range(count):
        store(key=uuid4(), facts=list(facts), **given)


@pytest.fixture
def reader(working_as):
    """Stella, who reads the statistics of the network and sees no patient."""
    with working_as("stats") as stella:
        yield stella


def spread(**more: Any) -> dict[str, int | None]:
    asked = {"key": "tnm_t", "pathology": "sein", "year": 2025} | more
    return {cell.value: cell.cases for cell in queries.by_centre(**asked)}


class TestSmallCells:
    def test_ten_cases_are_hidden_and_eleven_are_told(self, reader):
        file_cases(10, code("tnm_t", "T4"))
        file_cases(10, code("tnm_t", "T3"))
        file_cases(11, code("tnm_t", "T2"))
        assert spread() == {"T2": 10, "T3": None, "T4": None}

    @pytest.mark.parametrize(("cases", "told"), [(11, 10), (12, 10), (13, 15), (17, 15), (18, 20), (102, 100)])
    def test_what_is_told_is_rounded(self, reader, cases, told):
        file_cases(cases, code("tnm_t", "T1"))
        assert spread() == {"T1": told}
        assert told % queries.ROUNDED_TO == 0

    def test_a_cell_hidden_alone_takes_the_smallest_other_with_it(self, reader):
        """Otherwise the total of the centre, known elsewhere, would tell it by subtraction."""
        file_cases(3, code("tnm_t", "T4"))
        file_cases(12, code("tnm_t", "T3"))
        file_cases(15, code("tnm_t", "T2"))
        assert spread() == {"T2": 15, "T3": None, "T4": None}

    def test_each_line_has_its_own(self, reader):
        file_cases(12, code("tnm_t", "T3"))
        file_cases(3, code("tnm_t", "T4"), centre=OTHER_CENTRE)
        cells = queries.by_centre(key="tnm_t", pathology="sein", year=2025)
        assert [(cell.centre_id, cell.cases) for cell in cells] == [(CENTRE, 10), (OTHER_CENTRE, None)]

    def test_a_case_with_many_lines_is_one_case(self, reader):
        """Eleven lines of one person are not eleven persons."""
        file_cases(1, *(code("type", "chimio", instance=rank, number=float(rank)) for rank in range(11)))
        assert spread(key="type") == {"chimio": None}
        assert queries.means(key="type")[0].mean is None

    def test_a_mean_over_few_is_not_told(self, reader):
        file_cases(10, code("oms", "4", number=4.0))
        file_cases(30, code("oms", "1", number=1.0), pathology="poumon")
        file_cases(12, code("oms", "2", number=2.0), pathology="orl")
        told = {cell.pathology: (cell.cases, cell.mean) for cell in queries.means(key="oms")}
        assert told == {"sein": (None, None), "orl": (None, None), "poumon": (30, 1.0)}

    def test_the_threshold_is_the_one_that_is_said(self, reader):
        file_cases(queries.SMALLEST, code("tnm_t", "T1"))
        file_cases(queries.SMALLEST - 1, code("tnm_n", "N1"))
        assert spread() == {"T1": 10}
        assert spread(key="tnm_n") == {"N1": None}


class TestSubtraction:
    """A hidden cell is the total of its line less the cells that are told, when the total comes from another view.

    Whatever the hidden cells are, from three to seven here, a reader of every view sees the same thing.
    """

    THIRD = UUID(int=3)
    SEEN = (
        "SELECT stat_key_id, pathology, year, centre_id::text, value, cases FROM rcp_facts_by_centre",
        "SELECT stat_key_id, pathology, year, centre_id::text, value, month, cases FROM rcp_facts_by_month",
        "SELECT stat_key_id, other_key_id, pathology, year, value, other_value, cases FROM rcp_facts_crossed",
        "SELECT first_key_id, second_key_id, third_key_id, first_value, second_value, third_value, cases"
        " FROM rcp_facts_combined",
        "SELECT stat_key_id, pathology, cases, mean FROM rcp_facts_means",
    )

    def _world(self, hidden: int) -> None:
        """Three centres; T1 and T2 are hidden in the third. `motif` and `oms` are answered in every case."""
        always = (code("motif", "initial"), code("oms", "1", number=1.0))
        spreads = {
            CENTRE: {"T1": 40, "T2": 50},
            OTHER_CENTRE: {"T1": 35, "T2": 30},
            self.THIRD: {"T1": 10 - hidden, "T2": hidden, "T3": 60},
        }
        for centre, counts in spreads.items():
            for value, count in counts.items():
                file_cases(count, code("tnm_t", value), *always, centre=centre)

    def _seen(self) -> list[list[tuple[Any, ...]]]:
        found = []
        with connection.cursor() as cursor:
            for asked in self.SEEN:
                cursor.execute(asked)
                found.append(sorted(cursor.fetchall(), key=str))
        return found

    def _subtracted(self, value: str) -> int:
        """What the attack finds for the third centre: the total by an answer all have, less the centres told."""
        cells = queries.where(key="tnm_t", pathology="sein", year=2025, other="motif", other_value="initial")
        total = next(cell.cases for cell in cells if cell.value == value)
        told = [one.cases for one in queries.by_centre(key="tnm_t", pathology="sein", year=2025) if one.value == value]
        assert told.count(None) == 1
        return (total or 0) - sum(one or 0 for one in told)

    def test_every_hidden_cell_looks_the_same(self, reader):
        # The keys first, so that they are numbered the same in every world.
        file_cases(1, code("tnm_t", "TX"), code("motif", "suite"), code("oms", "4"), pathology="poumon")
        seen, found = [], set()
        for hidden in range(3, 8):
            with transaction.atomic():
                self._world(hidden)
                seen.append(self._seen())
                found.add((self._subtracted("T1"), self._subtracted("T2")))
                transaction.set_rollback(True)
        assert all(seen[0]), "the attacker reads every view"
        assert all(one == seen[0] for one in seen[1:])
        assert len(found) == 1

    def test_an_answer_is_not_crossed_with_itself(self, reader):
        self._world(4)
        assert queries.where(key="tnm_t", pathology="sein", year=2025, other="tnm_t", other_value="T2") == ()
        for other in (("tnm_t", "T2"), ("motif", "initial")):
            assert queries.with_all(first=("tnm_t", "T2"), second=("tnm_t", "T2"), third=other) is None
            assert queries.with_all(first=other, second=("tnm_t", "T2"), third=other) is None
            assert queries.with_all(first=("tnm_t", "T2"), second=other, third=other) is None


class TestTheFiveQuestions:
    """The table of forms.md §2, on counts small enough to be typed by hand."""

    def test_how_an_answer_is_spread_by_centre(self, reader):
        file_cases(20, code("tnm_t", "T1"))
        file_cases(14, code("tnm_t", "T1"), held_on=date(2024, 12, 31))
        file_cases(13, code("tnm_t", "T1"), pathology="poumon")
        assert spread() == {"T1": 20}
        assert spread(year=2024) == {"T1": 15}
        assert spread(pathology="poumon") == {"T1": 15}

    def test_month_after_month_in_one_centre(self, reader):
        file_cases(11, code("decision", "proposition"), held_on=date(2025, 1, 3))
        file_cases(12, code("decision", "proposition"), held_on=date(2025, 2, 28))
        file_cases(13, code("decision", "proposition"), held_on=date(2025, 2, 1), centre=OTHER_CENTRE)
        cells = queries.by_month(key="decision", pathology="sein", year=2025, centre_id=CENTRE)
        assert [(cell.month, cell.cases) for cell in cells] == [(date(2025, 1, 1), 10), (date(2025, 2, 1), 10)]

    def test_an_answer_among_the_cases_that_have_another(self, reader):
        file_cases(12, code("tnm_t", "T2"), code("type", "chimio"), code("type", "chirurgie", instance=1))
        file_cases(30, code("tnm_t", "T1"), code("type", "chirurgie"))
        cells = queries.where(key="tnm_t", pathology="sein", year=2025, other="type", other_value="chimio")
        assert [(cell.value, cell.cases) for cell in cells] == [("T2", 10)]

    def test_three_answers_together_everywhere(self, reader):
        tnm = (code("tnm_t", "T4"), code("tnm_n", "N3"), code("tnm_m", "M1"))
        file_cases(8, *tnm)
        file_cases(8, *tnm, pathology="poumon", held_on=date(2022, 1, 1), centre=OTHER_CENTRE, region=2)
        file_cases(40, tnm[0], tnm[1], code("tnm_m", "M0"))
        pairs = {"first": ("tnm_t", "T4"), "second": ("tnm_n", "N3"), "third": ("tnm_m", "M1")}
        assert queries.with_all(**pairs) == 15
        assert queries.with_all(**pairs | {"third": ("tnm_m", "M1a")}) is None

    def test_the_mean_by_pathology(self, reader):
        file_cases(10, code("oms", "0", number=0.0))
        file_cases(30, code("oms", "2", number=2.0))
        file_cases(5, code("oms", "non_evalue"))  # no degree: not in the mean
        assert [(cell.cases, cell.mean) for cell in queries.means(key="oms")] == [(40, 1.5)]

    def test_a_mean_is_told_by_two_digits(self, reader):
        """57 / 41 told exactly would be 41 cases."""
        file_cases(20, code("oms", "1", number=1.0), code("age", "", number=61.0), code("psa", "", number=0.0))
        file_cases(11, code("oms", "1", number=1.0), code("age", "", number=78.0), code("psa", "", number=0.0))
        file_cases(10, code("oms", "2", number=2.0))
        means = {key: queries.means(key=key)[0].mean for key in ("oms", "age", "psa")}
        assert means == {"oms": 1.2, "age": 67.0, "psa": 0.0}

    def test_a_key_nobody_answered_is_an_empty_answer(self, reader):
        assert queries.means(key="jamais_vu") == ()


class TestWalls:
    def test_another_network_sees_nothing(self, working_as):
        with working_as("stats"):
            file_cases(20, code("tnm_t", "T1"), code("oms", "1", number=1.0))
        with working_as("oscar"):
            assert spread() == {}
            assert queries.means(key="oms") == ()
            with pytest.raises(ProgrammingError, match="not in the scope"), transaction.atomic():
                file_cases(1, code("tnm_t", "T1"))

    def test_without_a_scope_every_view_is_empty(self, reader, db):
        file_cases(20, code("tnm_t", "T1"), code("tnm_n", "N1"), code("oms", "1", number=1.0))
        with connection.cursor() as cursor:
            for view in VIEWS:
                cursor.execute(f"SELECT count(*) FROM rcp_facts_{view}")
                assert cursor.fetchone()[0] > 0, view
            cursor.execute("SELECT dcc_close_scope()")
            for view in VIEWS:
                cursor.execute(f"SELECT count(*) FROM rcp_facts_{view}")
                assert cursor.fetchone()[0] == 0, view

    @pytest.mark.parametrize("role", ["dcc_web", "dcc_worker", "dcc_listener"])
    @pytest.mark.parametrize("table", ["rcp_fact", "rcp_facts_here"])
    def test_no_process_reads_or_writes_the_facts_themselves(self, db, role, table):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT bool_or(has_table_privilege(%s, %s, right_)) FROM unnest(%s::text[]) right_",
                [role, table, ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"]],
            )
            assert cursor.fetchone() == (False,)
            cursor.execute("SELECT has_any_column_privilege(%s, %s, 'SELECT')", [role, table])
            assert cursor.fetchone() == (False,)

    def test_views_show_no_day_and_no_pseudonym_and_cannot_be_leaked_through(self, db):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT c.relname, array_agg(a.attname::text), c.reloptions FROM pg_class c JOIN pg_attribute a"
                " ON a.attrelid = c.oid WHERE c.relkind = 'v' AND c.relname LIKE 'rcp\\_facts\\_%%'"
                " AND c.relname <> 'rcp_facts_here' GROUP BY c.oid"
            )
            found = {name: (set(columns), options) for name, columns, options in cursor.fetchall()}
        assert set(found) == {f"rcp_facts_{view}" for view in VIEWS}
        for name, (columns, options) in found.items():
            assert not columns & {"held_on", "day", "case_key", "instance", "number", "hidden", "rank"}, name
            assert options == ["security_barrier=true"], name

    def test_what_is_typed_cannot_become_a_global_key(self, reader):
        with pytest.raises(Exception, match="statkey_is_a_key"), transaction.atomic():
            file_cases(1, code("Mme Abhervé", "T1"))
