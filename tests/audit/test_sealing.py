"""Seals: every event is chained, and whatever is changed behind our back shows (ADM-10, architecture §9)."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from dcc.accounts.events import SignInEvent
from dcc.audit.anchors import Anchor, append_anchors, broken_anchors, current_anchors, read_anchors
from dcc.audit.models import AuditEvent, AuditSeal
from dcc.audit.record import AnonymousActor, System, record
from dcc.audit.sealing import digest, head, link, seal, unsealed, verify_chain

AsWorker = Callable[..., AbstractContextManager[None]]
pytestmark = pytest.mark.django_db


def become(role: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {role}")


@pytest.fixture
def sealer(as_worker: AsWorker) -> Any:
    with as_worker(1, 2):
        become("dcc_sealer")
        seal()  # whatever the world left
        yield


def happen(region: int | None = 1, **details: Any) -> AuditEvent:
    """Something a worker records; the sealer writes no event."""
    become("dcc_worker")
    made = record(SignInEvent.SIGNED_IN, by=System("essai"), region_id=region, **details)
    become("dcc_sealer")
    return made


def test_events_are_chained_by_region_and_the_platform_apart(sealer: None) -> None:
    before = {chain: head(chain).position for chain in (0, 1, 2)}
    for region in (1, 2, None, 1):
        happen(region)
    assert seal() == 4
    assert {chain: head(chain).position - before[chain] for chain in (0, 1, 2)} == {0: 1, 1: 2, 2: 1}
    assert all(verify_chain(chain)[1] is None for chain in (0, 1, 2))
    assert seal() == 0, "nothing is sealed twice"


def test_positions_have_no_gap_across_batches(sealer: None) -> None:
    start = head(1).position
    made = [happen(number=number).pk for number in range(25)]
    assert seal(batch=4) == 25
    sealed = AuditSeal.objects.filter(chain=1, position__gt=start).order_by("position")
    assert [one.position for one in sealed] == list(range(start + 1, start + 26))
    assert {one.event_id for one in sealed} == set(made)


def test_a_late_commit_is_sealed_when_it_appears(sealer: None) -> None:
    late = happen()
    now = timezone.now()
    assert seal(since=now + timedelta(seconds=1)) == 0
    assert late in list(unsealed())
    assert seal(since=now - timedelta(minutes=2)) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("region_id", 2),
        ("recorded_at", timezone.now() + timedelta(seconds=1)),
        ("event", "signin.out"),
        ("actor_id", 7),
        ("actor", "quelqu’un d’autre"),
        ("organisation", "ailleurs"),
        ("object_type", "accounts.user"),
        ("object_id", "7"),
        ("patient_id", "0192f0c0-0000-7000-8000-000000000001"),
        ("details", {"method": "autre"}),
        ("reference", "DEADBEEF"),
    ],
)
def test_the_digest_binds_every_field(sealer: None, field: str, value: Any) -> None:
    event = happen(method="code")
    own = digest(event)
    setattr(event, field, value)
    assert digest(event) != own
    concrete = {one.attname for one in AuditEvent._meta.concrete_fields}
    assert field in concrete
    assert len(concrete) == 12, "a new field must be bound by the digest"


def test_a_forged_seal_breaks_the_chain_at_its_place(sealer: None) -> None:
    happen()
    seal()
    event, last = happen(), head(1)
    own = digest(event)
    position = last.position + 1
    forged = link(chain=1, position=position, previous=bytes(32), event_digest=own)
    AuditSeal.objects.create(chain=1, position=position, event_id=event.pk, digest=own, link=forged)
    holds, broken = verify_chain(1)
    assert broken is not None
    assert (broken.position, broken.event_id) == (position, event.pk)
    assert "forgé" in broken.reason
    assert holds == last


def test_a_seal_of_another_digest_or_of_nothing_is_found(sealer: None) -> None:
    event, last = happen(2), head(2)
    place = {"chain": 2, "position": last.position + 1}
    wrong = bytes(31) + b"\1"
    good_link = link(**place, previous=last.link, event_digest=wrong)
    with transaction.atomic():
        made = AuditSeal.objects.create(**place, event_id=event.pk, digest=wrong, link=good_link)
        assert "modifié" in getattr(verify_chain(2)[1], "reason", "")
        transaction.set_rollback(True)
    made.pk = None
    AuditSeal.objects.create(**place, event_id="0192f0c0-0000-7000-8000-0000000000ff", digest=wrong, link=good_link)
    assert "supprimé" in getattr(verify_chain(2)[1], "reason", "")


def test_a_missing_link_is_found(sealer: None) -> None:
    event, last = happen(), head(1)
    place = {"chain": 1, "position": last.position + 2}
    own = digest(event)
    follows = link(**place, previous=last.link, event_digest=own)
    AuditSeal.objects.create(**place, event_id=event.pk, digest=own, link=follows)
    assert "manquant" in getattr(verify_chain(1)[1], "reason", "")


def test_anchors_outlive_a_chain_that_was_rewritten(sealer: None, tmp_path: Path) -> None:
    happen()
    seal()
    file = tmp_path / "ancres.jsonl"
    append_anchors(file, current_anchors())
    append_anchors(file, current_anchors())
    kept = read_anchors(file)
    assert len(kept) == 2 * len(current_anchors())
    assert broken_anchors(kept) == []
    rewritten = [Anchor(at=one.at, head=replace(one.head, link=bytes(32))) for one in kept]
    assert broken_anchors(rewritten) == rewritten


def test_the_web_neither_seals_nor_rewrites(db: None) -> None:
    for sql in (
        "SELECT * FROM audit_auditseal",
        "UPDATE audit_auditevent SET actor = 'x'",
        "DELETE FROM audit_auditevent",
        "TRUNCATE audit_auditevent",
    ):
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


def test_the_sealer_chains_events_and_has_no_other_business(sealer: None) -> None:
    """Its own role: it writes no event, reads no table of the product, and no other process writes a seal."""
    for sql in (
        "INSERT INTO audit_auditevent (id, event, actor) VALUES (uuidv7(), 'x', 'x')",
        "SELECT * FROM audit_rowversion",
        "SELECT * FROM patients_patient",
        "SELECT * FROM accounts_user",
        "UPDATE audit_auditseal SET chain = 1",
        "SELECT dcc_open_regions('{1}')",
    ):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic(), connection.cursor() as c:
            c.execute(sql)
    happen()
    seal()
    become("dcc_worker")
    for sql in ("INSERT INTO audit_auditseal (chain) VALUES (1)", "SELECT * FROM audit_auditevent"):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic(), connection.cursor() as c:
            c.execute(sql)
    assert current_anchors(), "the worker copies the heads of the chains outside"


def test_nothing_happens_by_itself(db: None) -> None:
    with pytest.raises(AnonymousActor):
        record(SignInEvent.SIGNED_IN, by=System(""))
