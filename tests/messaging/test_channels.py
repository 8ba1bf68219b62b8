"""A report leaves by secure mail and to a hospital's record; what the peers answer is put in words (SND-04, EXC-03)."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from dcc.embedded.faults import Fault, FaultMode
from interop.cda.reader import read_n1
from interop.hl7v2.reader import parse
from interop.hl7v2.reception import accept_mdm
from interop.xdm.archive import read_archive
from messaging.channels.base import ChannelUnavailable, DeliveryRefused, Parcel
from messaging.channels.registry import channel_of
from messaging.models import ChannelKind, Delivery, DeliveryAttempt, DeliveryStatus, Feed
from messaging.sending import claim, deliver
from patients.documents import content
from patients.documents.traceless import without_matricule
from patients.models import ContentKind, Document
from rcp.reports.production import produce_next
from tests.documents.making import GP, INS, POSTED, deliveries_of, give_rpps, issue, make_feed, make_patient


def one_try() -> Delivery | None:
    """One claim and one delivery, as a lane does."""
    claimed = claim()
    if claimed is None:
        return None
    deliver(claimed)
    return Delivery.objects.get(pk=claimed.delivery.pk)


def mail(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=default)  # type: ignore[return-value]


@pytest.fixture
def sent_to(working_as, as_worker, peers):
    """Issue a report to these recipients and produce it; gives its only delivery, due."""

    def made(*recipients, qualified: bool = False, feed: str = "", tls: bool = False) -> Document:
        with working_as("alice") as alice:
            give_rpps()
            chosen = recipients
            if feed:
                chosen = (*recipients, make_feed(alice, port=peers.mllps if tls else peers.mllp, tls=tls))
            document = issue(by=alice, patient=make_patient(alice, qualified=qualified), recipients=chosen)
        with as_worker(1):
            assert produce_next() == 1
        return document

    return made


def test_the_mail_carries_the_archive_and_the_pdf(sent_to, as_worker, peers):
    document = sent_to(GP, qualified=True)
    with as_worker(1):
        sent = one_try()
        assert sent.status == DeliveryStatus.SENT
        assert sent.receipt["answer"].startswith("250")
        pdf = content.read(owner_id=document.pk, kind=ContentKind.PDF)
        stored = content.read(owner_id=sent.pk, kind=ContentKind.MAIL)
    arrived = peers.mails.kept()[0].read_bytes()
    assert arrived.endswith(stored)  # what the operator received is what we keep
    message = mail(stored)
    assert message["Message-ID"] == sent.control_id
    assert message["To"] == GP.mssante_address
    assert message["From"].addresses[0].display_name == "RCP – 3C Estuaire"
    assert message["Reply-To"] == "secretariat.3ce@ligea-essai.mssante.fr"
    assert message["Subject"] == "XDM/1.0/DDM+CR RCP ABHERVE FRANCOISE 11/03/1963"
    assert message["X-MSS-INS"] == "O"
    archive, attached = message.iter_attachments()
    assert attached.get_content() == pdf
    assert read_n1(read_archive(archive.get_content()).documents[0].content)[1] == pdf
    body = message.get_body().get_content()
    assert "Dr Paul Mazurier (médecin traitant)" in body
    assert "LE GUILLOU FRANCOISE (née\u00a0ABHERVE)" in body or "LE GUILLOU FRANCOISE (née ABHERVE)" in body
    assert INS not in stored.decode("latin-1")


@pytest.mark.parametrize("tls", [False, True], ids=["in clear on the site's network", "mutual TLS"])
def test_the_hospital_files_the_report_and_its_answer_is_kept(sent_to, as_worker, peers, tls):
    document = sent_to(qualified=True, feed="roche", tls=tls)
    with as_worker(1):
        sent = one_try()
        assert sent.status == DeliveryStatus.SENT, (sent.last_error, sent.last_error_detail)
        assert sent.receipt["ack"] == "AA"
        acknowledgement = parse(content.read(owner_id=sent.pk, kind=ContentKind.ACK))
        pdf = content.read(owner_id=document.pk, kind=ContentKind.PDF)
    assert acknowledgement.value("MSA", 2) == sent.control_id
    received = parse(peers.messages.kept()[0].read_bytes())
    assert received.control_id == sent.control_id
    assert received.msh.raw_field(9) == b"MDM^T02^MDM_T02"
    assert [received.msh.value(number) for number in (3, 4, 5, 6, 11)] == ["DCC", "LIGEA", "DPI", "CH-ROCHE", "T"]
    assert received.value("PID", 32) == "VALI"
    _, filed = accept_mdm(peers.messages.kept()[0].read_bytes())
    assert read_n1(filed.content)[1] == pdf


def test_a_new_version_cancels_and_replaces_the_one_received(sent_to, working_as, as_worker, peers):
    first = sent_to(GP, feed="roche")
    with as_worker(1):
        assert {one_try().status, one_try().status} == {DeliveryStatus.SENT}
    with working_as("alice") as alice:
        feed = deliveries_of(first)[1].recipient
        from messaging.recipients import Recipient

        second = issue(by=alice, replaces=first, recipients=(GP, Recipient.thawed(feed)))
    with as_worker(1):
        assert produce_next() == 1
        by_channel = {one.channel: one for one in (one_try(), one_try())}
        message = parse(content.read(owner_id=by_channel["hl7"].pk, kind=ContentKind.HL7))
        letter = mail(content.read(owner_id=by_channel["mssante"].pk, kind=ContentKind.MAIL))
    assert {one.status for one in by_channel.values()} == {DeliveryStatus.SENT}
    assert message.msh.raw_field(9) == b"MDM^T10^MDM_T02"
    assert message.value("TXA", 13)
    assert "annule et remplace" in str(letter["Subject"])
    assert "annule et remplace la version que vous avez reçue" in letter.get_body().get_content()
    assert [part.get_filename() for part in letter.iter_attachments()][1].endswith("_v2.pdf")
    assert second.version == 2


def test_an_address_that_does_not_exist_any_more_is_for_a_person(sent_to, as_worker, peers):
    sent_to(GP)
    peers.mail_fault(Fault(mode=FaultMode.REFUSE, match=GP.mssante_address))
    with as_worker(1):
        refused = one_try()
        assert refused.status == DeliveryStatus.REFUSED
        assert refused.last_error == (
            "L’adresse de Dr Paul Mazurier n’existe plus. Prenez la nouvelle, ou mettez ce compte rendu au courrier."
        )
        assert refused.last_error_detail == "destinataire\u00a0: 550 5.1.1 Mailbox unknown"
        assert DeliveryAttempt.objects.get(delivery=refused).outcome == "refused"
        assert one_try() is None


def test_a_server_that_asks_to_come_back_is_tried_again_by_itself(sent_to, as_worker, peers):
    sent_to(GP)
    peers.mail_fault(Fault(mode=FaultMode.DEFER, match=GP.mssante_address, times=1))
    with as_worker(1):
        later = one_try()
        assert later.status == DeliveryStatus.DUE
        assert later.next_attempt_at > later.planned_at
        assert one_try() is None  # not before its time
        first = content.read(owner_id=later.pk, kind=ContentKind.MAIL)
        Delivery.objects.filter(pk=later.pk).update(next_attempt_at=later.planned_at)
        sent = one_try()
        assert (sent.status, sent.attempts, sent.last_error) == (DeliveryStatus.SENT, 2, "")
        assert content.read(owner_id=sent.pk, kind=ContentKind.MAIL) == first  # the very same bytes
    assert peers.mails.kept()[0].read_bytes().endswith(first)


@pytest.mark.parametrize(
    ("mode", "status", "words"),
    [
        (FaultMode.REFUSE, DeliveryStatus.REFUSED, "Patient inconnu de l’établissement"),
        (FaultMode.DEFER, DeliveryStatus.DUE, "ne peut pas recevoir pour le moment"),
        (FaultMode.DROP_BEFORE_STORING, DeliveryStatus.DUE, "est injoignable"),
        (FaultMode.DROP_AFTER_STORING, DeliveryStatus.DUE, "est injoignable"),
    ],
)
def test_what_a_hospital_answers_decides(sent_to, as_worker, peers, mode, status, words):
    sent_to(feed="roche")
    peers.hospital_fault(Fault(mode=mode))
    with as_worker(1):
        tried = one_try()
        assert tried.status == status
        assert words in tried.last_error


def test_a_message_kept_by_a_peer_that_hung_up_is_kept_once(sent_to, as_worker, peers):
    sent_to(feed="roche")
    before = len(peers.messages.kept())
    peers.hospital_fault(Fault(mode=FaultMode.DROP_AFTER_STORING, times=1))
    with as_worker(1):
        later = one_try()
        Delivery.objects.filter(pk=later.pk).update(next_attempt_at=later.planned_at)
        assert one_try().status == DeliveryStatus.SENT
    assert len(peers.messages.kept()) == before + 1
    assert peers.messages.counts().repeated[later.control_id] == 2


def test_a_silent_peer_is_given_up_on_in_time(sent_to, as_worker, peers, monkeypatch):
    sent_to(GP, feed="roche")
    monkeypatch.setattr("messaging.channels.hl7.channel.EXCHANGE_SECONDS", 0.5)
    monkeypatch.setattr("messaging.channels.mssante.submission.ANSWER_SECONDS", 0.5)
    peers.hospital_fault(Fault(mode=FaultMode.HANG, seconds=3))
    peers.mail_fault(Fault(mode=FaultMode.HANG, seconds=3))
    with as_worker(1):
        tried = [one_try(), one_try()]
    assert {one.status for one in tried} == {DeliveryStatus.DUE}
    assert sorted(one.last_error for one in tried) == [
        "DPI – CH Rochebrune ne répond pas. Le message repartira tout seul.",
        "La messagerie sécurisée ne répond pas. Le message repartira tout seul.",
    ]


def test_without_trust_nothing_leaves(sent_to, as_worker, peers, settings):
    sent_to(GP)
    settings.MSSANTE = {**settings.MSSANTE, "ca": ""}
    before = peers.mails.counts().arrivals
    with as_worker(1):
        kept = one_try()
        assert kept.status == DeliveryStatus.DUE
        assert kept.last_error.startswith("La liaison avec la messagerie sécurisée n’est pas sûre")
        assert "CERTIFICATE_VERIFY_FAILED" in kept.last_error_detail
    assert peers.mails.counts().arrivals == before


def test_a_feed_that_was_stopped_says_so(sent_to, as_worker, peers):
    sent_to(feed="roche")
    with as_worker(1):
        Feed.objects.update(active=False)
        assert one_try() is None  # settled while it was prepared
        refused = Delivery.objects.get()
        assert refused.status == DeliveryStatus.REFUSED
        assert refused.last_error.startswith("Le flux vers DPI – CH Rochebrune est arrêté")


def test_the_platform_s_own_mailbox_not_set_keeps_messages_waiting(sent_to, as_worker, peers, settings):
    sent_to(GP)
    settings.MSSANTE = {**settings.MSSANTE, "sender": ""}
    with as_worker(1):
        assert one_try() is None  # the mail itself cannot be written yet: nothing is lost
        kept = Delivery.objects.get()
        assert (kept.status, "n’est pas réglée" in kept.last_error) == (DeliveryStatus.DUE, True)


def test_the_post_is_printed_never_sent(sent_to, as_worker, peers):
    document = sent_to(POSTED)
    with as_worker(1):
        assert deliveries_of(document)[0].status == DeliveryStatus.TO_PRINT
        assert one_try() is None


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ("MSH|^~\\&|||||20301126||ACK^T02^ACK|1|P|2.6\rMSA|AA|OTHER\r", ChannelUnavailable),
        ("MSH|^~\\&|||||20301126||ACK^T02^ACK|1|P|2.6\rMSA|AE|OTHER\r", ChannelUnavailable),
        ("MSH|^~\\&|||||20301126||ACK^T02^ACK|1|P|2.6\rMSA|AE|\r", DeliveryRefused),
        ("MSH|^~\\&|||||20301126||ACK^T02^ACK|1|P|2.6\rMSA|ZZ|OURS\r", ChannelUnavailable),
        ("not HL7", ChannelUnavailable),
    ],
)
def test_an_answer_to_something_else_is_not_an_acceptance(monkeypatch, answer, error):
    monkeypatch.setattr("messaging.channels.hl7.channel.exchange", lambda *_: answer.encode())
    parcel = Parcel(control_id="OURS", payload=b"", transport={"host": "x", "port": 1, "tls": False, "name": "DPI"})
    with pytest.raises(error):
        channel_of(ChannelKind.HL7).send(parcel)


def test_a_hospital_that_quotes_the_ins_is_not_quoted(monkeypatch):
    answer = f"MSH|^~\\&|||||20301126||ACK^T02^ACK|1|P|2.6\rMSA|AE|OURS|Patient {INS} inconnu\r"
    monkeypatch.setattr("messaging.channels.hl7.channel.exchange", lambda *_: answer.encode())
    parcel = Parcel(control_id="OURS", payload=b"", transport={"host": "x", "port": 1, "tls": False, "name": "DPI"})
    with pytest.raises(DeliveryRefused) as refused:
        channel_of(ChannelKind.HL7).send(parcel)
    assert "Patient [matricule] inconnu" in refused.value.message
    assert INS[:13] not in refused.value.message + refused.value.detail


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("2 63 03 35 288 001 79", "[matricule]"),
        ("263033528800179.", "[matricule]."),
        ("1 85 05 2A 123 456 12", "[matricule]"),
        ("le 26/11/2030 à 14:00, erreur 550 5.1.1", "le 26/11/2030 à 14:00, erreur 550 5.1.1"),
        ("0240000000", "0240000000"),
    ],
)
def test_what_looks_like_a_matricule_is_masked(text, kept):
    assert without_matricule(text) == kept


def test_the_bytes_are_stored_before_they_leave(sent_to, as_worker, peers):
    sent_to(GP)
    with as_worker(1):
        claimed = claim()
        assert content.read(owner_id=claimed.delivery.pk, kind=ContentKind.MAIL) == claimed.parcel.payload
