"""The demo's mailbox shows what was filed, newest first, and trusts nothing found in a mail."""

import os
from email.message import EmailMessage
from pathlib import Path

import pytest

from dcc.embedded.mailbox import MailNotFound, list_mails, raw_mail, read_mail
from dcc.embedded.mailserver import mssante_store, ordinary_store
from dcc.embedded.peerstore import PeerStore


def file(store: PeerStore, identifier: str, content: bytes, *, age: int = 0) -> None:
    store.store_once(identifier, content)
    newest = store.kept()[0]
    os.utime(newest, (1_800_000_000 - age, 1_800_000_000 - age))


def with_attachments() -> bytes:
    message = EmailMessage()
    message["From"] = "Réseau d’Armorgne <dcc@test.mssante.example>"
    message["Subject"] = "XDM/1.0/DDM+Fiche RCP ÉTÉ Dominique"
    message.set_content("Bonjour,\nle compte rendu est joint.\n")
    message.add_attachment(b"PK", maintype="application", subtype="zip", filename="IHE_XDM.zip")
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="../../etc/passwd")
    return b"Return-Path: <dcc@test>\r\nDelivered-To: a@b.example\r\n" + message.as_bytes()


def test_an_absent_folder_is_an_empty_mailbox(tmp_path: Path) -> None:
    assert list_mails(tmp_path / "nowhere") == []


def test_both_doors_are_listed_newest_first(tmp_path: Path) -> None:
    file(ordinary_store(tmp_path), "<old>", b"Subject: ancien\r\n\r\n", age=100)
    file(mssante_store(tmp_path), "<new>", b"Subject: =?utf-8?q?r=C3=A9cent?=\r\nDelivered-To: x@y.fr\r\n\r\n", age=1)
    listed = list_mails(tmp_path)
    assert [(mail.subject, mail.channel) for mail in listed] == [("récent", "mssante"), ("ancien", "ordinary")]
    assert listed[0].recipients == ("x@y.fr",)
    assert len(list_mails(tmp_path, limit=1)) == 1


def test_a_mail_is_decoded_with_its_attachments(tmp_path: Path) -> None:
    content = with_attachments()
    file(mssante_store(tmp_path), "<1>", content)
    (summary,) = list_mails(tmp_path)
    mail = read_mail(tmp_path, summary.key)
    assert summary.has_attachments
    assert summary.subject == "XDM/1.0/DDM+Fiche RCP ÉTÉ Dominique"
    assert mail.text == "Bonjour,\nle compte rendu est joint.\n"
    assert [(part.name, part.content_type, part.content) for part in mail.attachments] == [
        ("IHE_XDM.zip", "application/zip", b"PK"),
        ("passwd", "application/pdf", b"%PDF"),
    ]
    assert raw_mail(tmp_path, summary.key) == content


@pytest.mark.parametrize("key", ["", "mssante-", "mssante-../../secrets.json", "ordinary-" + "0" * 40, "x" * 5000])
def test_an_unknown_key_reads_no_file(tmp_path: Path, key: str) -> None:
    file(mssante_store(tmp_path), "<1>", b"Subject: x\r\n\r\n")
    with pytest.raises(MailNotFound):
        read_mail(tmp_path, key)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        b'From: "\r\nSubject: =?x?b?%%%?=\r\n\r\nbody',
        b"Content-Type: text/plain; charset=no-such\r\n\r\n\xe9",
        b"Content-Type: multipart/mixed; boundary=\r\n\r\n--\r\n",
        b"Content-Type: message/rfc822\r\n\r\nFrom: [\r\n\r\n",
        b"Content-Disposition: attachment; filename*=utf-8''%FF%00\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!",
        b"From: =?utf-8?q?=C3?= <@>, , ;\r\nTo: undisclosed:;\r\n\r\n",
    ],
)
def test_a_malformed_mail_is_shown_as_well_as_can_be(tmp_path: Path, content: bytes) -> None:
    file(ordinary_store(tmp_path), "<bad>", content)
    (summary,) = list_mails(tmp_path)
    read_mail(tmp_path, summary.key)
