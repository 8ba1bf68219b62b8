"""The five questions at a size where plans matter: each goes through an index, and the bench tells its time."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from dcc.operations.connecting import connect
from rcp.facts import bench

SHEETS = 20_000


@pytest.fixture
def filled(facts_database: str) -> None:
    with connect("dcc_owner", database=facts_database) as owner:
        assert bench.fill(owner, SHEETS) > 5 * SHEETS


def test_no_question_scans_the_table(filled):
    plans: list[str] = []

    def explained(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if "FROM rcp_facts_" in sql:
            with connection.connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN {sql}", params)
                plans.append("\n".join(line for (line,) in cursor.fetchall()))
        return execute(sql, params, many, context)

    for name, ask in bench.QUESTIONS:
        with transaction.atomic(), connection.execute_wrapper(explained):
            bench.open_both_regions()
            assert len(ask()) > 0, name
    assert len(plans) == len(bench.QUESTIONS) == 5
    for (name, _), plan in zip(bench.QUESTIONS, plans, strict=True):
        scans = [line for line in plan.splitlines() if " on rcp_fact " in line]
        assert scans, name
        assert all("Index Only Scan using" in line or "Index Scan using" in line for line in scans), f"{name}:\n{plan}"


def test_what_the_bench_says(filled):
    said = [one.line() for one in bench.measure(times=1)]
    assert [line[:20].strip() for line in said] == [
        "T × 3C, une patholog",
        "décision × mois, une",
        "T où décision = chim",
        "T4 + N3 + M1, partou",
        "OMS moyen par pathol",
        "écriture de 45 faits",
    ]
    assert all(" ms" in line for line in said)
