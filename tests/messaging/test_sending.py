"""Claim, send, settle: order, leases, lanes; a peer that hangs or refuses delays nobody else (architecture §4, §7)."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from dcc.embedded.faults import Fault, FaultMode
from messaging import sending
from messaging.actions import cancel_delivery, retry_delivery
from messaging.channels.base import ChannelUnavailable, Receipt
from messaging.models import Delivery, DeliveryAttempt, DeliveryStatus
from messaging.sending import Try, claim, deliver
from messaging.tasks import regions_due, send_due
from patients.models import Content, ContentKind, Document, DocumentState
from rcp.reports.production import produce_next
from tests.documents.making import GP, POSTED, SURGEON, deliveries_of, give_rpps, issue, make_feed, make_patient
from tests.reports.reading import rendered

S = DeliveryStatus


def age(**where):
    """Make leases run out and back-off end, as time would."""
    past = timezone.now() - timedelta(seconds=1)
    Delivery.objects.filter(**where).update(next_attempt_at=past)
    Delivery.objects.filter(leased_until__isnull=False, **where).update(leased_until=past)


@pytest.fixture(autouse=True)
def pages_drawn_once(monkeypatch):
    """Sending does not care what the pages say: they are drawn once for this file (rendering has its own tests)."""
    monkeypatch.setattr("rcp.reports.rendering.render_pdf", lambda data: rendered("typical"))
    monkeypatch.setattr("rcp.reports.rendering.check_pdfa1a", lambda pdf: [])


@pytest.fixture
def ready(working_as, as_worker, peers):
    """Issue and produce a report for these recipients."""

    def made(*recipients, patient=None, replaces=None, feed=None):
        with working_as("alice") as alice:
            give_rpps()
            document = issue(by=alice, recipients=recipients, patient=patient, replaces=replaces)
        with as_worker(1):
            assert produce_next() == 1
        return document

    return made


def test_a_lease_that_ran_out_is_taken_again_with_the_same_bytes(ready, as_worker, peers):
    ready(GP)
    with as_worker(1):
        first = claim()
        assert claim() is None  # killed here: nobody else touches it for the time of the lease
        age()
        second = claim()
        assert (second.delivery.pk, second.attempt) == (first.delivery.pk, 2)
        assert second.parcel == first.parcel


def test_a_failure_told_too_late_does_not_undo_the_next_try(ready, as_worker, peers):
    ready(GP)
    with as_worker(1):
        first = claim()
        age()
        second = claim()
        sending._settle_failure(
            Try(delivery=first.delivery, number=first.attempt, started_at=first.started_at), ChannelUnavailable("tard")
        )
        assert Delivery.objects.get().status == S.SENDING
        deliver(second)
        assert Delivery.objects.get().status == S.SENT
        assert list(DeliveryAttempt.objects.order_by("number").values_list("number", "outcome")) == [
            (1, "unavailable"),
            (2, "sent"),
        ]


def test_a_success_told_too_late_is_a_success(ready, as_worker, peers):
    ready(GP)
    with as_worker(1):
        first = claim()
        age()
        second = claim()
        own = Try(delivery=second.delivery, number=second.attempt, started_at=second.started_at)
        sending._settle_failure(own, ChannelUnavailable("la liaison est tombée"))
        sending._sent(
            Try(delivery=first.delivery, number=first.attempt, started_at=first.started_at),
            Receipt(facts={"ack": "AA"}),
        )
        delivery = Delivery.objects.get()
        assert (delivery.status, delivery.last_error) == (S.SENT, "")


def test_one_that_cannot_be_prepared_does_not_stop_the_others(ready, as_worker, peers, monkeypatch):
    broken, fine = ready(GP), ready(SURGEON)
    prepare = sending.channel_of("mssante").__class__.prepare

    def fails(self, delivery):
        if delivery.document_id == broken.pk:
            raise ValueError("ABHERVE FRANCOISE")
        return prepare(self, delivery)

    monkeypatch.setattr("messaging.channels.mssante.channel.MssanteChannel.prepare", fails)
    with as_worker(1):
        claimed = claim()
        assert claimed.delivery.document_id == fine.pk
        refused = deliveries_of(broken)[0]
        assert (refused.status, refused.last_error_detail) == (S.REFUSED, "ValueError")


def test_a_destination_and_patient_receive_in_order(ready, as_worker, peers):
    first = ready(GP)
    patient = first.patient
    second = ready(GP, patient=patient)
    with as_worker(1):
        age()
        Delivery.objects.filter(document=second).update(next_attempt_at=timezone.now() - timedelta(hours=1))
        claimed = claim()
        assert claimed.delivery.document_id == first.pk
        assert claim() is None  # the second waits for the first, in flight
        deliver(claimed)
        assert claim().delivery.document_id == second.pk


def test_another_patient_s_report_waits_only_while_the_destination_is_busy(ready, as_worker, peers):
    ready(GP)
    ready(GP)
    ready(SURGEON)
    with as_worker(1):
        one, other = claim(), claim()
        assert {one.delivery.recipient_key, other.delivery.recipient_key} == {
            GP.mssante_address,
            SURGEON.mssante_address,
        }
        assert claim() is None
        deliver(one)
        assert claim() is not None


def test_a_hanging_mail_server_never_takes_every_lane(ready, as_worker, peers):
    for rank in range(5):
        from dataclasses import replace

        ready(replace(GP, mssante_address=f"dr{rank}@cabinet-essai.mssante.fr"))
    with as_worker(1):
        held = [claim() for _ in range(3)]
        assert all(held)
        assert claim() is None
        deliver(held[0])
        assert claim() is not None


# A replacement (D6)


def test_what_has_not_left_of_a_replaced_version_never_leaves(ready, working_as, as_worker, peers):
    first = ready(GP, POSTED)
    with working_as("alice") as alice:
        issue(by=alice, replaces=first, recipients=(GP, POSTED))
    with as_worker(1):
        assert {one.status for one in deliveries_of(first)} == {S.CANCELLED}
        assert {one.last_error for one in deliveries_of(first)} == {"Remplacé par la version 2 avant d’être parti."}


def test_a_version_replaced_before_it_was_produced_is_never_produced_and_never_named(working_as, as_worker, peers):
    with working_as("alice") as alice:
        give_rpps()
        feed = make_feed(alice, port=peers.mllp)
        first = issue(by=alice, recipients=(GP, feed))
        second = issue(by=alice, replaces=first, recipients=(feed,))
    with as_worker(1):
        assert {one.status for one in deliveries_of(first)} == {S.CANCELLED}
        assert produce_next() == 1
        assert produce_next() is None
        assert not Content.objects.filter(owner_id=first.pk).exists()
        claimed = claim()
        assert claimed.delivery.document_id == second.pk
        assert b"MDM^T02" in claimed.parcel.payload  # nothing to replace there
        deliver(claimed)
        assert Delivery.objects.get(document=second).status == S.SENT


def test_a_rendering_finished_after_its_replacement_is_dropped(working_as, as_worker, peers, monkeypatch):
    with working_as("alice") as alice:
        give_rpps()
        first = issue(by=alice)
    from rcp.reports import production

    render = production.render

    def replaced_meanwhile(given):
        Document.objects.filter(pk=first.pk).update(state=DocumentState.REPLACED)
        return render(given)

    monkeypatch.setattr(production, "render", replaced_meanwhile)
    with as_worker(1):
        produce_next()
        assert not Content.objects.filter(owner_id=first.pk).exists()
        assert deliveries_of(first)[0].status == S.WAITING


def test_a_hospital_receives_the_version_to_replace_before_its_replacement(working_as, as_worker, peers):
    with working_as("alice") as alice:
        give_rpps()
        feed = make_feed(alice, port=peers.mllp)
        first = issue(by=alice, recipients=(feed,))
    with as_worker(1):
        produce_next()
    with working_as("alice") as alice:
        second = issue(by=alice, replaces=first, recipients=(feed,))
    with as_worker(1):
        produce_next()
        claimed = claim()
        assert claimed.delivery.document_id == first.pk
        deliver(claimed)
        claimed = claim()
        assert claimed.delivery.document_id == second.pk
        assert b"MDM^T10" in claimed.parcel.payload


def test_a_refused_version_holds_back_its_replacement_until_a_person_decides(working_as, as_worker, peers):
    peers.hospital_fault(Fault(mode=FaultMode.REFUSE, times=1))
    with working_as("alice") as alice:
        give_rpps()
        feed = make_feed(alice, port=peers.mllp)
        first = issue(by=alice, recipients=(feed,))
    with as_worker(1):
        produce_next()
        deliver(claim())
        assert deliveries_of(first)[0].status == S.REFUSED
    with working_as("alice") as alice:
        second = issue(by=alice, replaces=first, recipients=(feed,))
    with as_worker(1):
        produce_next()
        assert claim() is None
    with working_as("alice") as alice:
        cancel_delivery(delivery_id=deliveries_of(first)[0].pk, why="Vu avec l’hôpital", by=alice)
    with as_worker(1):
        assert claim().delivery.document_id == second.pk


# Threads, roles, wakes: on a database where commits are seen


def test_one_poisoned_message_delays_no_other_by_more_than_a_second(committed, peers):
    """One hospital message hangs for four seconds; everything due before or meanwhile leaves at once."""
    with committed.as_user("alice") as alice:
        give_rpps()
        feed = make_feed(alice, port=peers.mllp)
        poisoned = issue(by=alice, recipients=(feed,))
    with committed.as_worker(1):
        produce_next()
        with transaction.atomic():
            control_id = Delivery.objects.get(document=poisoned).control_id
        peers.hospital_fault(Fault(mode=FaultMode.HANG, match=control_id, seconds=4))
        sender = threading.Thread(target=send_due.apply, kwargs={"kwargs": {"regions": [1]}})
        sender.start()
        time.sleep(1.0)
    with committed.as_user("alice") as alice:
        late = issue(by=alice, patient=make_patient(alice, birth_name="AUTRE"), recipients=(GP, SURGEON))
    with committed.as_worker(1):
        produce_next()
        due = time.monotonic()
        while time.monotonic() < due + 5:
            with transaction.atomic():
                statuses = set(Delivery.objects.filter(document=late).values_list("status", flat=True))
            if statuses == {S.SENT}:
                break
            time.sleep(0.05)
        waited = time.monotonic() - due
        with transaction.atomic():
            assert Delivery.objects.get(document=poisoned).status == S.SENDING  # still hanging
        assert statuses == {S.SENT}
        assert waited < 1.0
        sender.join(timeout=20)
        with transaction.atomic():
            assert Delivery.objects.get(document=poisoned).status == S.SENT


def test_the_worker_claims_in_its_regions_and_the_sweep_sees_which_have_work(committed, peers):
    with committed.as_user("alice") as alice:
        give_rpps()
        document = issue(by=alice)
    with committed.as_worker(9):
        assert regions_due("documents") == [1]
        assert produce_next() is None
    with committed.as_worker(1):
        assert produce_next() == 1
        assert regions_due("deliveries") == [1]
    with committed.as_worker(9):
        assert claim() is None
    with committed.as_worker(1):
        claimed = claim()
        assert claimed.delivery.document_id == document.pk
        assert not connection.in_atomic_block  # nothing is open while the peer is waited for
        assert regions_due("deliveries") == []
        deliver(claimed)
        assert regions_due("deliveries") == []


def test_many_lanes_never_send_the_same_twice(committed, peers):
    from dataclasses import replace

    recipients = tuple(replace(GP, mssante_address=f"dr{rank}@cabinet-essai.mssante.fr") for rank in range(20))
    before = peers.mails.counts()
    with committed.as_user("alice") as alice:
        give_rpps()
        document = issue(by=alice, recipients=recipients)
    with committed.as_worker(1):
        produce_next()
        wakes = [threading.Thread(target=send_due.apply, kwargs={"kwargs": {"regions": [1]}}) for _ in range(2)]
        for wake in wakes:
            wake.start()
        for wake in wakes:
            wake.join(timeout=30)
        with transaction.atomic():
            sent = Delivery.objects.filter(document=document)
            assert {(one.status, one.attempts) for one in sent} == {(S.SENT, 1)}
            assert Content.objects.filter(kind=ContentKind.MAIL).count() == 20
    assert peers.mails.counts().arrivals == before.arrivals + 20


def test_a_retry_by_hand_keeps_the_identifiers(ready, working_as, as_worker, peers):
    ready(GP)
    peers.mail_fault(Fault(mode=FaultMode.REFUSE, match=GP.mssante_address, times=1))
    with as_worker(1):
        deliver(claim())
        refused = Delivery.objects.get()
    with working_as("alice") as alice:
        retry_delivery(delivery_id=refused.pk, by=alice)
    with as_worker(1):
        claimed = claim()
        assert claimed.parcel.control_id == refused.control_id
        deliver(claimed)
        assert Delivery.objects.get().status == S.SENT
