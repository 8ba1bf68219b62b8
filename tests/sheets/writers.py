"""Six people who write one sheet, each in a process and a session of PostgreSQL of their own, and one who validates it.

What each did is what PostgreSQL acknowledged, once its transaction was committed: a connection lost half-way says
nothing, and the same operation is sent again under the same op_id, as the page does (FRM-07).
"""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.synchronize import Barrier
from typing import TypeVar
from uuid import UUID, uuid4

import psycopg
from django.db import DatabaseError, InterfaceError, OperationalError, connection

from dcc.accounts.models import Membership, User
from dcc.accounts.queries import my_memberships
from dcc.lib.lifecycle import TransitionRefused
from dcc.tenancy.scope import user_scope
from rcp.cases.actions import SheetFrozen, ValidationRefused, validate_case
from rcp.models import Answer, Outcome
from rcp.sheets.actions import Change, Saved, save_answer
from rcp.sheets.engine import Compiled

WRITERS = ("alice", "bob", "helias", "oumarou", "bob", "helias")  # two of them write from two screens
OWN = (
    ("tronc.allergies", "tronc.atcd_perso_k"),
    ("tronc.atcd_fam_k", "tronc.souhait"),
    ("tronc.topo_txt", "tronc.num_acp"),
    ("tronc.concl_acp", "sein.surv"),
    ("tronc.annonce_qui", "tronc.commentaire_rcp"),
    ("tronc.imagerie_lien", "tronc.bilan_txt"),
)
SHARED = ("tronc.synthese", "tronc.poids")
LISTS = ("tronc.comorb", "tronc.bilan")
SHARED_PART, TWICE_PART = 0.10, 0.05  # of the operations
PAUSE = 0.02  # seconds at most between two operations of one person
REFUSALS = 2  # a frozen sheet is tried that often before leaving
# Django's own, and the driver's: the statement that opens the scope of a transaction is sent on a raw cursor.
UNSAID = (OperationalError, psycopg.OperationalError)
LOST = frozenset({None, "57P01", "57P02", "57P03"})  # no answer, shut down, crashed, still recovering
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One operation, as it is sent the first time and every other."""

    op_id: UUID
    path: str
    change: Change
    base_ver: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged:
    """One operation that PostgreSQL said is committed, and how often it had to be sent."""

    asked: Asked
    saved: Saved
    sent: int


@dataclass(slots=True, kw_only=True)
class Done:
    """What one process reports when it ends; `broken` holds what should never have happened."""

    acknowledged: list[Acknowledged] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    refused_while_racing: int = 0


def lost(error: Exception) -> bool:
    """Whether the connection is what failed: a deadlock or a refused statement is not excused."""
    code = getattr(error.__cause__ or error, "sqlstate", None)
    return isinstance(error, InterfaceError) or (isinstance(error, UNSAID) and code in LOST)


def surely(act: Callable[[], T], *, until: float) -> tuple[T, int]:
    """Do it again until its transaction is acknowledged; the result and how often it was tried."""
    tries = 0
    while True:
        tries += 1
        try:
            return act(), tries
        except (DatabaseError, psycopg.Error) as error:
            connection.close()
            if not lost(error) or time.monotonic() > until:
                raise
            time.sleep(random.uniform(0.02, 0.1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who acts, under which habilitation: the web's own scope, row-level security included."""

    user: User
    membership_id: UUID

    @classmethod
    def called(cls, short: str) -> "Person":
        user = User.objects.get(email=f"{short}@dcc.example")
        with user_scope(user_id=user.pk, membership_id=None):
            membership_id = my_memberships()[0].id
        with user_scope(user_id=user.pk, membership_id=membership_id):
            membership = Membership.objects.select_related("organisation").get(pk=membership_id)
        user.acting_as, user.acting_in = membership.organisation, membership.region_id  # type: ignore[attr-defined]
        return cls(user=user, membership_id=membership_id)

    @contextmanager
    def working(self) -> Iterator[User]:
        """One request: one transaction, committed when the block ends."""
        with user_scope(user_id=self.user.pk, membership_id=self.membership_id):
            yield self.user


class Writer:
    """One screen: own questions mostly, shared ones and boxes of lists now and then, until the sheet is frozen."""

    def __init__(self, number: int, *, seed: str, form: Compiled, sheet_id: UUID, ready: Barrier, until: float) -> None:
        self.number, self.form, self.sheet_id, self.ready, self.until = number, form, sheet_id, ready, until
        self.chance = random.Random(f"{seed}/{number}")
        self.versions: dict[str, int] = {}  # as this screen knows them
        self.done = Done()
        self.count = 0

    def run(self) -> Done:
        try:
            self.person, _ = surely(lambda: Person.called(WRITERS[self.number]), until=self.until)
            self.versions, _ = surely(self._read, until=self.until)
            self.ready.wait()
            refusals = 0
            while refusals < REFUSALS:
                if time.monotonic() > self.until:
                    self.done.broken.append(f"writer {self.number}: the sheet was never frozen")
                    break
                refusals += self.write_one() == Outcome.REFUSED
                time.sleep(self.chance.uniform(0, PAUSE))
        except Exception as error:
            self.done.broken.append(f"writer {self.number}: {type(error).__name__}: {error}".splitlines()[0])
        return self.done

    def write_one(self) -> Outcome:
        """Type one answer; one that meets another's is typed again over it, as somebody who chooses their own."""
        link_id, change = self.draw()
        path = self.form.path(link_id)
        saved = self.send(Asked(op_id=uuid4(), path=path, change=change, base_ver=self.versions.get(path, 0)))
        while saved.outcome == Outcome.CONFLICT:
            saved = self.send(Asked(op_id=uuid4(), path=path, change=change, base_ver=saved.ver))
        return saved.outcome

    def send(self, asked: Asked) -> Saved:
        def save() -> Saved:
            with self.person.working() as by:
                saved = save_answer(
                    sheet_id=self.sheet_id, path=asked.path, change=asked.change,
                    base_ver=asked.base_ver, op_id=asked.op_id, by=by,
                )  # fmt: skip
            assert saved is not None, "the sheet is theirs to see"
            return saved

        saved, sent = surely(save, until=self.until)
        self.done.acknowledged.append(Acknowledged(asked=asked, saved=saved, sent=sent))
        if self.count == 1 or self.chance.random() < TWICE_PART:  # the page gave up waiting, though it was saved
            again, sent = surely(save, until=self.until)
            self.done.acknowledged.append(Acknowledged(asked=asked, saved=again, sent=sent))
            if (again.outcome, again.rev or saved.rev) != (saved.outcome, saved.rev):
                self.done.broken.append(f"{asked.op_id}: replayed as {again}, first {saved}")
        if saved.outcome != Outcome.REFUSED:
            self.versions[asked.path] = saved.ver
        return saved

    def draw(self) -> tuple[str, Change]:
        self.count += 1
        if self.chance.random() >= SHARED_PART:
            return self.chance.choice(OWN[self.number]), Change(value=f"écran {self.number}, mot {self.count}")
        link_id = self.chance.choice(SHARED + LISTS)
        if link_id in LISTS:
            return link_id, self._box(link_id)
        number = self.form.items[link_id].type in ("integer", "decimal", "quantity")
        return link_id, Change(value=self.chance.randint(50, 99) if number else f"partagé {self.number}/{self.count}")

    def _box(self, link_id: str) -> Change:
        plain = [option.value for option in self.form.items[link_id].options if not option.exclusive]
        options = tuple(option.value for option in self.form.items[link_id].options)
        one = self.chance.choice(plain)
        if self.chance.random() < 0.6:
            return Change(add=one, options=options)
        return Change(remove=(one,), options=options)

    def _read(self) -> dict[str, int]:
        with self.person.working():
            return dict(Answer.objects.filter(sheet_id=self.sheet_id).values_list("path", "ver"))


def validate(case_id: UUID, *, wait: float, ready: Barrier, until: float) -> Done:
    """Validate while they write: again after each refusal (a conflict not settled yet) and each lost connection."""
    done = Done()

    def freeze() -> bool:
        try:
            with bob.working() as by:
                validate_case(case_id=case_id, by=by)
        except ValidationRefused as refused:
            if any("conflit" not in reason for reason in refused.reasons):
                raise
            done.refused_while_racing += 1
            return False
        except (SheetFrozen, TransitionRefused):  # committed, though the connection was lost before it was said
            return True
        return True

    try:
        bob, _ = surely(lambda: Person.called("bob"), until=until)
        ready.wait()
        time.sleep(wait)
        while not surely(freeze, until=until)[0]:
            time.sleep(0.01)
    except Exception as error:
        done.broken.append(f"validation: {type(error).__name__}: {error}")
    return done
