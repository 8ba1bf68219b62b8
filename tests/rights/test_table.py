"""Each person, at each address, gets the status typed in the table; and no address of ours is missing from it."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.rights.scene import Scene
from tests.rights.table import PEOPLE, SENT, TABLE

LIBRARIES = ("allauth.", "django.")
HEADERS = {"hx": {"HX-Request": "true"}, "poll": {"X-DCC-Poll": "1"}}
TOKEN = {"csrfmiddlewaretoken": "a-form-always-sends-one"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    method: str
    name: str
    headers: dict[str, str]
    instead: dict[str, str]
    expected: dict[str, int]

    def __str__(self) -> str:
        return " ".join([self.method, self.name, *self.headers, *(f"{a}={b}" for a, b in self.instead.items())])


def read(text: str) -> list[Line]:
    lines = []
    for row in text.splitlines():
        if not row.strip() or row.startswith("#"):
            continue
        what, codes = row.split("|")
        method, name, *options = what.split()
        statuses = [int(code) for code in codes.split()]
        assert len(statuses) == len(PEOPLE), row
        lines.append(
            Line(
                method=method,
                name=name,
                headers={key: one for option in options for key, one in HEADERS.get(option, {}).items()},
                instead=dict(option.split("=") for option in options if "=" in option),
                expected=dict(zip(PEOPLE, statuses, strict=True)),
            )
        )
    return lines


LINES = read(TABLE)


def patterns(resolver: URLResolver, names: str = "") -> list[tuple[str, URLPattern]]:
    found = []
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            found += patterns(one, f"{names}{one.namespace}:" if one.namespace else names)
        elif not one.callback.__module__.startswith(LIBRARIES):
            found.append((f"{names}{one.name}", one))
    return found


@cache
def ours() -> dict[str, URLPattern]:
    return dict(patterns(get_resolver()))


def address(line: Line, scene: Scene) -> str:
    arguments = ours()[line.name].pattern.converters
    return reverse(line.name, kwargs={name: scene.argument(name, line.instead) for name in arguments})


def ask(line: Line, scene: Scene, person: str, method: str = "") -> Any:
    """The answer, and nothing else: whatever it wrote is rolled back."""
    method = method or line.method
    data = TOKEN | SENT.get(line.instead.get("sends", line.name), {}) if method == "POST" else {}
    with transaction.atomic():
        call = getattr(scene.clients[person], method.lower())
        answer = call(address(line, scene), data, headers=line.headers)
        transaction.set_rollback(True)
    return answer


def test_every_address_of_ours_is_in_the_table():
    typed = {line.name for line in LINES}
    assert set(ours()) - typed == set(), "type who may use these in tests/rights/table.py"
    assert typed - set(ours()) == set(), "these addresses are no more"


def test_no_line_is_typed_twice():
    asked = [str(line) for line in LINES]
    assert len(asked) == len(set(asked))


@pytest.mark.parametrize("line", LINES, ids=str)
def test_each_person_gets_the_status_of_the_table(line, scene, forgotten):
    found = {person: ask(line, scene, person).status_code for person in PEOPLE}
    wrong = {one: (found[one], line.expected[one]) for one in PEOPLE if found[one] != line.expected[one]}
    assert not wrong, f"{line}: (found, expected) {wrong}"
