"""Whatever is killed during fifty deliveries, each reaches its peer under its own identifier, and is kept once.

The short version runs in `make test`; DCC_SOAK=1 runs at least a hundred rounds. The seed is printed: the same one
gives the same kills (DCC_CHAOS_SEED=…).
"""

import os
import random
import secrets
import time
from dataclasses import replace

import pytest
from django.db import connections

from dcc.embedded.state import State
from messaging.models import Delivery, Feed
from messaging.planning import plan_deliveries
from messaging.recipients import Recipient
from patients.models import Document
from tests.chaos.platform import Platform, eventually, kill_at_random
from tests.documents.making import GP, give_rpps, issue, make_feed, make_patient
from tests.messaging.conftest import _as_user

DELIVERIES = 50
SOAK = os.environ.get("DCC_SOAK") == "1"
SHORT_ROUNDS, LONG_ROUNDS = 3, int(os.environ.get("DCC_CHAOS_ROUNDS", "100"))
PATIENCE = 90.0  # seconds for a round to end once nothing is killed any more


@pytest.fixture(scope="module")
def platform(tmp_path_factory):
    made = Platform(State(root=tmp_path_factory.mktemp("chaos")))
    try:
        made.start()
        yield made
    finally:
        made.stop()


@pytest.fixture
def inside(platform, settings, django_db_blocker):
    """The default connection and the keys of Django are those of the platform that is being killed."""
    environment = platform.environment()
    given = connections["default"].settings_dict
    former = {name: given[name] for name in ("HOST", "PORT", "NAME")}
    with django_db_blocker.unblock():
        connections.close_all()
        given.update(HOST=environment["DCC_DB_HOST"], PORT=environment["DCC_DB_PORT"], NAME="dcc")
        settings.MASTER_KEYS = environment["DCC_MASTER_KEYS"]
        settings.CELERY_BROKER_URL = ""
        try:
            yield _as_user(settings)
        finally:
            connections.close_all()
            given.update(former)


def plan_round(as_user, number: int, platform: Platform) -> list[str]:
    """Fifty deliveries: a new report to produce and send, and earlier ones sent once more; their identifiers."""
    mailboxes = [replace(GP, mssante_address=f"dr{rank}@cabinet-essai.mssante.fr") for rank in range(8)]
    with as_user("alice") as alice:
        give_rpps()
        records = [
            make_feed(alice, port=platform.mllp, short_name=name)
            if not Feed.objects.filter(organisation__short_name=name).exists()
            else _record(name)
            for name in ("CH Rochebrune", "Clinique des Dunes")
        ]
        recipients = (*mailboxes, *records)
        earlier = list(Document.objects.order_by("-issued_at")[:4])
        while len(earlier) < 4:
            earlier.append(issue(by=alice, patient=make_patient(alice), recipients=()))
        new = issue(by=alice, patient=make_patient(alice, birth_name=f"RONDE {number}"), recipients=recipients)
        for document in earlier:
            three_c = alice.acting_as
            plan_deliveries(document=document, recipients=recipients, three_c=three_c, occasion=f"ronde-{number}")
        planned = Delivery.objects.filter(occasion=f"ronde-{number}") | Delivery.objects.filter(document=new)
        identifiers = list(planned.values_list("control_id", flat=True))
    assert len(identifiers) == DELIVERIES
    return identifiers


def _record(name: str) -> Recipient:
    from dcc.organisations.models import Organisation

    organisation = Organisation.objects.get(short_name=name)
    return Recipient(name=f"DPI – {name}", role="établissement", organisation_id=organisation.pk)


def run_rounds(platform: Platform, as_user, rounds: int, capsys: pytest.CaptureFixture[str]) -> None:
    seed = os.environ.get("DCC_CHAOS_SEED") or (secrets.token_hex(4) if SOAK else "1848")
    chance, began, identifiers = random.Random(seed), time.monotonic(), []
    say(capsys, f"\npannes : {rounds} rondes, graine {seed}")
    for number in range(rounds):
        planned = plan_round(as_user, number, platform)
        identifiers += planned
        kill_at_random(platform, chance, kills=chance.randint(2, 4))
        assert eventually(lambda planned=planned: all_sent(platform, planned), PATIENCE), stuck(platform, planned)
        if SOAK:
            say(capsys, f"  ronde {number + 1} : {dict(platform.kills)}, {time.monotonic() - began:.0f} s")
    kept = platform.mails_kept() + platform.messages_kept()
    assert set(kept) == set(identifiers)  # each reached its peer, under the identifier it was given, and no other did
    assert set(kept.values()) == {1}  # the peer's store holds each once
    again = platform.on_the_wire()
    assert set(again) <= set(identifiers)
    kills, twice = sum(platform.kills.values()), sum(again.values()) - len(again)
    seconds = time.monotonic() - began
    say(capsys, f"pannes : {len(identifiers)} envois remis, {kills} arrêts brutaux {dict(platform.kills)}")
    if platform.revived:
        say(capsys, f"pannes : arrêtés d’eux-mêmes {dict(platform.revived)}")
    say(capsys, f"pannes : {twice} doublons sur le fil, gardés une fois ; {seconds:.0f} s")


def all_sent(platform: Platform, identifiers: list[str]) -> bool:
    platform.revive()
    rows = platform.query(
        "SELECT count(*) FROM messaging_delivery WHERE control_id = ANY(%s) AND status = 'sent'", identifiers
    )
    return rows == [(len(identifiers),)]


def stuck(platform: Platform, identifiers: list[str]) -> str:
    rows = platform.query(
        "SELECT d.status, channel, d.attempts, d.last_error, d.last_error_detail, o.state, o.last_error"
        " FROM messaging_delivery d JOIN patients_document o ON o.id = document_id"
        " WHERE control_id = ANY(%s) AND d.status <> 'sent'",
        identifiers,
    )
    log = (platform.state.log / "worker.log").read_text(errors="replace")[-3000:]
    return f"{len(rows)} not delivered: {rows[:3]}\n{log}"


def say(capsys: pytest.CaptureFixture[str], sentence: str) -> None:
    with capsys.disabled():
        import sys

        sys.stdout.write(f"{sentence}\n")


def test_each_delivery_arrives_once_whatever_is_killed(platform, inside, capsys):
    run_rounds(platform, inside, SHORT_ROUNDS, capsys)


@pytest.mark.soak
def test_each_delivery_arrives_once_through_a_hundred_rounds(platform, inside, capsys):
    run_rounds(platform, inside, LONG_ROUNDS, capsys)
