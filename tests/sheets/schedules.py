"""Random schedules on one meeting: save, replay, validate, conclude, postpone, replace, attend, reorder, all at once.

    DCC_DB_NAME=… python -m tests.sheets.schedules --seed 7 --seconds 4

runs in a process of its own, each thread with its own connection and its own person, and prints what it found as JSON:
what was done, and every broken rule. The database is a clone of the tests' template, thrown away afterwards.
"""

import argparse
import hashlib
import json
import os
import random
import threading
import time
from collections import Counter, defaultdict
from contextlib import contextmanager
from importlib import import_module
from typing import Any
from uuid import UUID, uuid4

PEOPLE = ("alice", "bob", "bob", "bob", "helias", "oumarou")
FIELDS = ("tronc.poids", "tronc.taille", "tronc.synthese", "sein.re", "tronc.comorb", "tronc.allergies")
WEIGHTS = {
    "save": 60, "replay": 8, "validate": 12, "discuss": 3, "postpone": 2, "replace": 4, "attend": 8, "order": 4,
}  # fmt: skip
CASES = 8


@contextmanager
def working(short: str) -> Any:
    from dcc.accounts.models import Membership, User
    from dcc.accounts.queries import my_memberships
    from dcc.tenancy.scope import user_scope

    user = User.objects.get(email=f"{short}@dcc.example")
    with user_scope(user_id=user.pk, membership_id=None):
        chosen = my_memberships()[0].id
    with user_scope(user_id=user.pk, membership_id=chosen):
        membership = Membership.objects.select_related("organisation").get(pk=chosen)
        user.acting_as, user.acting_in = membership.organisation, membership.region_id  # type: ignore[attr-defined]
        yield user


class Room:
    """The shared world of the threads: identifiers read before they start."""

    def __init__(self) -> None:
        import_module("rcp.cases.actions")  # the renderer takes two seconds to import: before the clock starts
        from tests.sheets.casework import complete, make_case, make_patient, sein_meeting, sit

        with working("bob") as bob:
            meeting = sein_meeting()
            sit(meeting, "bob", "helias", "oumarou")
            cases = [make_case(by=bob, patient=make_patient(f"SOIZIC{n}"), position=n) for n in range(1, CASES + 1)]
            for case in cases:
                complete(case.sheets.get(), by=bob)
            self.meeting_id = meeting.pk
            self.next_id = next_meeting(meeting).pk
            self.attendances = list(meeting.attendances.values_list("pk", flat=True))
        self.case_ids = [case.pk for case in cases]
        self.done: Counter[str] = Counter()
        self.broken: list[str] = []
        self.sent: list[tuple[UUID, dict[str, Any]]] = []
        self.lock = threading.Lock()


def next_meeting(meeting: Any) -> Any:
    """A later meeting of the same board, where cases are postponed to."""
    from dcc.tenancy.models import Principal, PrincipalKind
    from rcp.models import Meeting

    later = Meeting.objects.get(pk=meeting.pk)
    later.pk, later.status = uuid4(), "planned"
    later.starts_at, later.ends_at, later.closes_at = (
        one.replace(year=2031) for one in (later.starts_at, later.ends_at, later.closes_at)
    )
    later.principal = Principal.objects.create(kind=PrincipalKind.MEETING, label="RCP Sein, 2031")
    later._state.adding = True
    later.save()
    return later


class Writer(threading.Thread):
    """One person doing one thing after another until the time is over."""

    def __init__(self, room: Room, seed: int, until: float) -> None:
        super().__init__()
        self.room, self.until = room, until
        self.draw = random.Random(seed)

    def run(self) -> None:
        from django.db import connection

        while time.monotonic() < self.until:
            name = self.draw.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
            try:
                with working(self.draw.choice(PEOPLE)) as person:
                    outcome = getattr(self, name)(person)
            except Exception as error:
                outcome = self.sort(error)
            with self.room.lock:
                self.room.done[f"{name}: {outcome}"] += 1
        connection.close()

    def sort(self, error: Exception) -> str:
        """A refusal in business words is an answer; anything else breaks the schedule."""
        from dcc.lib.lifecycle import TransitionRefused
        from rcp.cases import actions as cases
        from rcp.meetings.actions import MeetingNotEditable
        from rcp.models import Case
        from rcp.registration.actions import AlreadyRegistered, MeetingRefuses

        refusals = (
            TransitionRefused, cases.SheetFrozen, cases.ValidationRefused, cases.NotTheirsToValidate,
            MeetingNotEditable, MeetingRefuses, AlreadyRegistered, Case.DoesNotExist,
        )  # fmt: skip
        if not isinstance(error, refusals):
            with self.room.lock:
                self.room.broken.append(f"{type(error).__name__}: {error}".splitlines()[0])
        return type(error).__name__

    def save(self, person: Any) -> str:
        from rcp.models import Answer, Sheet
        from rcp.sheets.definitions import compiled

        case_id = self.draw.choice(self.room.case_ids)
        sheet = Sheet.objects.filter(case_id=case_id).order_by("-version").first()
        if sheet is None:
            return "the sheet followed its case"
        form = compiled(sheet.form_id)
        link_id = self.draw.choice(FIELDS)
        path = form.path(link_id)
        known = Answer.objects.filter(sheet=sheet, path=path).first()
        ver = known.ver if known else 0
        asked = {
            "sheet_id": sheet.pk, "path": path, "change": self.change(form.items[link_id]),
            "base_ver": ver if self.draw.random() < 0.9 else max(0, ver - 1), "op_id": uuid4(),
        }  # fmt: skip
        with self.room.lock:
            self.room.sent.append((person.pk, asked))
        return self.send(person, asked)

    def change(self, item: Any) -> Any:
        from rcp.sheets.actions import Change

        if item.link_id == "tronc.comorb":
            values = tuple(option.value for option in item.options)
            one = self.draw.choice(values)
            return (
                Change(add=one, options=values) if self.draw.random() < 0.6 else Change(remove=(one,), options=values)
            )
        if item.type in ("integer", "decimal"):
            return Change(value=self.draw.randint(50, 99))
        return Change(value=str(self.draw.randint(50, 99)))

    def send(self, person: Any, asked: dict[str, Any]) -> str:
        from rcp.sheets.actions import save_answer

        saved = save_answer(**asked, by=person)
        return "invisible" if saved is None else f"{saved.outcome}{' again' if saved.replayed else ''}"

    def replay(self, person: Any) -> str:
        with self.room.lock:
            asked = self.draw.choice(self.room.sent)[1] if self.room.sent else None
        return self.send(person, asked) if asked else "nothing yet"

    def validate(self, person: Any) -> str:
        from rcp.cases.actions import validate_case

        validate_case(case_id=self.draw.choice(self.room.case_ids), by=person)
        return "validated"

    def discuss(self, person: Any) -> str:
        from rcp.cases.actions import discuss_case

        return discuss_case(case_id=self.draw.choice(self.room.case_ids), by=person).status

    def postpone(self, person: Any) -> str:
        from rcp.models import Case, Meeting
        from rcp.registration.moving import postpone_case

        case = Case.objects.get(pk=self.draw.choice(self.room.case_ids))
        to = self.room.next_id if case.meeting_id == self.room.meeting_id else self.room.meeting_id
        moved = postpone_case(case=case, to=Meeting.objects.get(pk=to), reason="Imagerie", exceed=True, by=person)
        with self.room.lock:
            self.room.case_ids.append(moved.pk)
        return "moved"

    def replace(self, person: Any) -> str:
        from rcp.cases.actions import replace_report

        replace_report(case_id=self.draw.choice(self.room.case_ids), why="Latéralité corrigée", by=person)
        return "opened"

    def attend(self, person: Any) -> str:
        from rcp.meetings.actions import set_presence
        from rcp.models import Presence

        presence = self.draw.choice([Presence.PRESENT] * 7 + [Presence.ABSENT])
        row = self.draw.choice(self.room.attendances)
        set_presence(meeting_id=self.room.meeting_id, attendance_id=row, presence=presence, remote=False, by=person)
        return presence

    def order(self, person: Any) -> str:
        from rcp.meetings.actions import place_case

        case_id = self.draw.choice(self.room.case_ids)
        place_case(meeting_id=self.room.meeting_id, case_id=case_id, place=self.draw.randint(1, CASES), by=person)
        return "moved"


def broken_rules() -> list[str]:
    """What the database says afterwards, read as somebody who sees the whole meeting."""
    from rcp.models import Case, OrderCounter, Sheet

    found = []
    with working("bob"):
        for year in (2030, 2031):
            numbers = sorted(Case.objects.filter(order_year=year).values_list("order_number", flat=True))
            counter = OrderCounter.objects.filter(year=year).first()
            if numbers != list(range(1, len(numbers) + 1)):
                found.append(f"order numbers of {year} with a gap or twice: {numbers}")
            if (counter.last_number if counter else 0) != len(numbers):
                found.append(f"the counter of {year} does not say {len(numbers)}")
        for sheet in Sheet.objects.select_related("case__meeting__board", "case__patient", "case__information"):
            found += broken_sheet(sheet)
    return found


def broken_sheet(sheet: Any) -> list[str]:
    from rcp.models import AnswerEvent, Outcome, SheetStatus
    from rcp.sheets.draft import Draft

    found = []
    events = list(AnswerEvent.objects.filter(sheet=sheet).exclude(outcome=Outcome.REFUSED))
    first = 2 if sheet.version > 1 else 1  # a replacement starts at revision 1, copied whole
    if sorted(event.rev for event in events) != list(range(first, sheet.rev + 1)):
        found.append(f"{sheet.pk}: revisions with a gap or twice")
    last: dict[str, Any] = {}
    for event in sorted(events, key=lambda event: event.rev):
        if event.outcome == Outcome.APPLIED:
            last[event.path] = event.value
    rows = {row.path: row for row in sheet.answers.all()}
    lost = [path for path, value in last.items() if rows[path].value != value]
    found += [f"{sheet.pk}: an applied answer is not there: {path}" for path in lost]
    versions = defaultdict(list)
    for event in events:
        if event.outcome == Outcome.APPLIED:
            versions[event.path].append(event.ver)
    if sheet.status == SheetStatus.FROZEN:
        if any(event.at > sheet.frozen_at for event in events):
            found.append(f"{sheet.pk}: written after the freeze")
        report = {**sheet.report, "content_hash": ""}
        whole = json.dumps({"report": report, "response": sheet.response}, sort_keys=True, ensure_ascii=False)
        if hashlib.sha256(whole.encode()).digest() != bytes(sheet.content_hash):
            found.append(f"{sheet.pk}: the hash is not that of the content")
        frozen = Draft(case=sheet.case, sheet=sheet).answers
        missing = [path for path, row in rows.items() if row.value is not None and frozen.get(path) != row.value]
        found += [f"{sheet.pk}: frozen without {path}" for path in missing]
    return found


def run(seed: int, seconds: float, writers: int) -> dict[str, Any]:
    room = Room()
    until = time.monotonic() + seconds
    threads = [Writer(room, seed * 1000 + n, until) for n in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {"seed": seed, "done": dict(sorted(room.done.items())), "broken": room.broken + broken_rules()}


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dcc.settings.test")
    import django

    django.setup()
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--writers", type=int, default=6)
    given = parser.parse_args()
    print(json.dumps(run(given.seed, given.seconds, given.writers), indent=1))  # noqa: T201
