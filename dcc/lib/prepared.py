"""A queryset compiled to SQL once, for the few reads a keystroke waits for.

Django builds the same SQL again at each use, a millisecond of processor for each joined read; a save makes seven of
them. Only the text is kept: it runs in the reader's own connection, transaction and scope each time (ADR 8).
"""

from collections.abc import Callable, Iterable
from copy import copy
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any, Generic, TypeVar, cast
from uuid import UUID

from django.db import connections, models, router
from django.db.models.sql.compiler import SQLCompiler

M = TypeVar("M")  # a model, or what `values_list` gives of it
Rows = Callable[[Any], Iterable[Any]]  # what makes objects of rows: one of Django’s iterables of a queryset
# What stands for a parameter while the SQL is made: values that nothing else in a query can be.
STANDS_FOR: dict[type, Callable[[int], Any]] = {
    UUID: lambda rank: UUID(int=0xDCC0_0000_0000_4000_8000_0000_0000_0000 + rank),
    int: lambda rank: 1_913_000_000 + rank,
    str: lambda rank: f"\ue000{rank}",
    list: lambda rank: ("list", rank),  # given whole, to `Among`
    date: lambda rank: date(9113, 1, 1) + timedelta(days=rank),
}
# A moment or a list written in the text would be the one of the day it was made.
CONSTANTS = (str, int, bool, type(None))


class Among(models.Func):
    """`filter(Among("patient_id", keys))`: in a list given as one array, so that the text is the same for any number.

    Keys nowhere, an empty list, is no row.
    """

    arg_joiner, template = " = ANY (", "%(expressions)s)"
    output_field = models.BooleanField()

    def __init__(self, column: str, keys: object) -> None:
        super().__init__(models.F(column), models.Value(keys))


class NotPreparable(TypeError):
    """The queryset holds a value that changes with time, or ignores a parameter."""


class Prepared(Generic[M]):
    """`Prepared(build, case_id=UUID)` reads what `build(case_id=…)` would, compiled at the first use.

    Raises NotPreparable at that use, and TypeError for a parameter that is missing or of another type.
    """

    def __init__(self, build: Callable[..., models.QuerySet[Any, M]], **kinds: type) -> None:
        self.build, self.kinds = build, kinds

    def all(self, **given: Any) -> list[M]:
        """Every row, in the order of the queryset."""
        return cast(list[M], read_together(self.asked(**given))[0])

    def first(self, **given: Any) -> M | None:
        """The first row, if any; the queryset says itself how many it reads."""
        return next(iter(self.all(**given)), None)

    def asked(self, **given: Any) -> "Asked":
        """The read and its parameters, for `read_together`."""
        if given.keys() != self.kinds.keys() or any(type(given[name]) is not kind for name, kind in self.kinds.items()):
            raise TypeError(f"expected {self.kinds}, given { {name: type(one) for name, one in given.items()} }")
        rows, compiler, sql, slots = self._ready
        return Asked(
            rows=rows, compiler=compiler, sql=sql, params=[given[name] if name else one for name, one in slots]
        )

    @cached_property
    def _ready(self) -> tuple[Any, SQLCompiler, str, list[tuple[str, Any]]]:
        places = {name: STANDS_FOR[kind](rank) for rank, (name, kind) in enumerate(self.kinds.items())}
        names = {value: name for name, value in places.items()}
        queryset = self.build(**places)
        compiler = queryset.query.get_compiler(using=router.db_for_read(queryset.model))
        sql, params = compiler.as_sql()
        slots = [(names[one], None) if one in names else ("", one) for one in params]
        if any(not name and not isinstance(one, CONSTANTS) for name, one in slots):
            raise NotPreparable(f"a value of {params} would be frozen in the query")
        if {name for name, _ in slots if name} != set(self.kinds):
            raise NotPreparable(f"{sorted(self.kinds)} are not all in the query")
        return queryset._iterable_class, compiler, sql, slots


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One compiled read with its parameters."""

    rows: Rows
    compiler: SQLCompiler
    sql: str
    params: list[Any]

    def made_of(self, rows: list[Any]) -> list[Any]:
        """The objects of the rows the database gave."""
        compiler = copy(self.compiler)
        compiler.connection = connections[str(compiler.using)]  # of this thread
        if compiler.has_extra_select:
            rows = [row[: compiler.col_count] for row in rows]
        compiler.execute_sql = lambda *_, **__: [rows]  # type: ignore[assignment,method-assign]
        return list(self.rows(_Source(compiler)))


def read_together(*asked: Asked) -> list[list[Any]]:
    """What each read finds, in their order, all of them sent at once: the way to the database is gone once.

    They are statements of one message, each with the snapshot of its own beginning as if sent after the other.
    """
    found = []
    with connections[str(asked[0].compiler.using)].cursor() as cursor:
        cursor.execute(";\n".join(one.sql for one in asked), [param for one in asked for param in one.params])
        for one in asked:
            found.append(one.made_of(cursor.fetchall()))
            cursor.nextset()
    return found


class _Source:
    """What Django’s iterables ask of a queryset."""

    _known_related_objects: dict[Any, Any] = {}

    def __init__(self, compiler: SQLCompiler) -> None:
        self.query, self.db, self.compiler = self, compiler.using, compiler

    def get_compiler(self, using: str) -> SQLCompiler:
        return self.compiler
