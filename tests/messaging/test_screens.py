"""The secretary's list of deliveries: what failed first, repaired from the same page (SND-03, SND-05, guide §7)."""

import io

import pikepdf
import pytest
from django.db import connection
from django.urls import reverse

from dcc.audit.models import AuditEvent
from dcc.embedded.faults import Fault, FaultMode
from messaging.models import ChannelKind, Delivery, DeliveryStatus, Feed
from messaging.sending import claim, deliver
from patients.access import grant
from patients.models import AccessReason
from rcp.reports.production import produce_next
from tests.documents.making import GP, INS, POSTED, SURGEON, deliveries_of, give_rpps, issue, make_patient
from tests.reports.reading import pages, rendered

S = DeliveryStatus
NEW = "p.mazurier@nouveau-cabinet.mssante.fr"


def events(code: str) -> list[AuditEvent]:
    """What was recorded, read as the sealer does: a worker records and reads nothing back."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE dcc_sealer")
        found = list(AuditEvent.objects.filter(event=code))
        cursor.execute("SET LOCAL ROLE dcc_worker")
    return found


@pytest.fixture(autouse=True)
def pages_drawn_once(monkeypatch):
    monkeypatch.setattr("rcp.reports.rendering.render_pdf", lambda data: rendered("typical"))
    monkeypatch.setattr("rcp.reports.rendering.check_pdfa1a", lambda pdf: [])


@pytest.fixture
def refused(working_as, as_worker, peers):
    """A report refused for its GP, delivered to its requester, to be posted to a third."""
    peers.mail_fault(Fault(mode=FaultMode.REFUSE, match=GP.mssante_address))
    with working_as("alice") as alice:
        give_rpps()
        document = issue(by=alice, patient=make_patient(alice, qualified=True), recipients=(GP, SURGEON, POSTED))
    with as_worker(1):
        assert produce_next() == 1
        while claimed := claim():
            deliver(claimed)
        found = {one.recipient["name"]: one for one in deliveries_of(document)}
    assert [found[name.name].status for name in (GP, SURGEON, POSTED)] == [S.REFUSED, S.SENT, S.TO_PRINT]
    return found[GP.name]


def url(name, *args):
    return reverse(f"messaging:{name}", args=args)


def test_what_failed_comes_first_in_words_with_its_repair_beside(refused, signed_in):
    page = signed_in("alice").get(url("deliveries"))
    text = page.content.decode()
    assert page.status_code == 200
    assert text.index("Dr Paul Mazurier") < text.index("Dr Tanguy Weiss") < text.index("Dr Yann Hélias")
    assert "L’adresse de Dr Paul Mazurier n’existe plus" in text
    assert "550 5.1.1" in text.split("Historique de cet envoi")[1]
    assert "550 5.1.1" not in text.split("Historique de cet envoi")[0]
    assert "1 en échec" in text
    assert INS not in text


def test_a_new_address_is_another_delivery(refused, signed_in, as_worker, peers):
    answer = signed_in("alice").post(url("repair", refused.pk), {"way": "adresse", "address": NEW})
    assert answer.status_code == 302
    with as_worker(1):
        refused.refresh_from_db()
        made = Delivery.objects.get(recipient_key=NEW)
        assert (refused.status, made.status) == (S.CANCELLED, S.DUE)
        assert made.control_id != refused.control_id
        deliver(claim())
        made.refresh_from_db()
        assert made.status == S.SENT


IMPOSSIBLE = (
    ({"way": "adresse", "address": "p.mazurier@exemple.fr"}, "n’est pas dans l’espace MSSanté"),
    ({"way": "adresse", "address": f"{INS}@patient.mssante.fr"}, "C’est la boîte d’un patient"),
    ({"way": "adresse", "address": SURGEON.mssante_address}, "part déjà à cette adresse"),
    ({"way": "courrier", "postal_address": " "}, "Indiquez la rue"),
    ({"way": "annuaire"}, "L’annuaire n’a pas d’autre adresse"),
    ({}, "Choisissez ce qu’il faut faire"),
)


def test_a_repair_that_cannot_be_says_what_to_do(refused, signed_in, as_worker):
    client = signed_in("alice")
    for data, sentence in IMPOSSIBLE:
        answer = client.post(url("repair", refused.pk), data)
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
        with as_worker(1):
            refused.refresh_from_db()
            assert refused.status == S.REFUSED


def test_the_directory_s_address_is_offered(refused, signed_in, as_worker, people):
    doctor = people("helias")
    doctor.rpps, doctor.mssante_address = "10000000020", "y.helias@ligea-essai.mssante.fr"
    doctor.save(update_fields=["rpps", "mssante_address"])
    with as_worker(1):
        Delivery.objects.filter(pk=refused.pk).update(recipient={**refused.recipient, "rpps": doctor.rpps})
    client = signed_in("alice")
    assert "adresse trouvée à l’annuaire" in client.get(url("delivery", refused.pk)).content.decode()
    client.post(url("repair", refused.pk), {"way": "annuaire"})
    with as_worker(1):
        assert Delivery.objects.filter(recipient_key=doctor.mssante_address, status=S.DUE).exists()


def test_the_post_takes_over_and_the_letter_is_printed_in_two_steps(refused, signed_in, as_worker):
    client = signed_in("alice")
    client.post(url("repair", refused.pk), {"way": "courrier", "postal_address": "12, rue des Chaumes\n44000 Roscavel"})
    page = client.get(url("letters")).content.decode()
    assert page.count('name="envoi"') == 2
    with as_worker(1):
        waiting = [str(one.pk) for one in Delivery.objects.filter(status=S.TO_PRINT)]
    pdf = client.post(url("letters_pdf"), {"envoi": waiting})
    assert pdf["Content-Type"] == "application/pdf"
    assert pdf["Cache-Control"] == "no-store, private"
    with pikepdf.open(io.BytesIO(pdf.content)) as paper:
        assert len(paper.pages) >= 4
    assert "12, rue des Chaumes" in " ".join(pages(pdf.content))
    with as_worker(1):
        assert Delivery.objects.filter(status=S.TO_PRINT).count() == 2  # printing is confirmed apart
        assert len(events("messaging.letters")) == 2
    client.post(url("letters_printed"), {"envoi": waiting})
    with as_worker(1):
        assert Delivery.objects.filter(status=S.PRINTED).count() == 2
    assert "Rien à poster" in client.get(url("letters")).content.decode()


def test_an_address_that_does_not_fit_the_envelope_is_corrected_before_printing(working_as, as_worker, signed_in):
    from dataclasses import replace

    with working_as("alice") as alice:
        give_rpps()
        document = issue(by=alice, recipients=(replace(POSTED, postal_address=""),))
    with as_worker(1):
        produce_next()
        letter = deliveries_of(document)[0]
    client = signed_in("alice")
    assert "L’adresse est incomplète" in client.get(url("letters")).content.decode()
    refused = client.post(url("letters_pdf"), {"envoi": [str(letter.pk)]}, follow=True)
    assert "L’adresse est incomplète" in refused.content.decode()
    empty = client.post(url("letter_address", letter.pk), {f"{letter.pk}-postal_address": ""})
    assert empty.status_code == 422
    client.post(url("letter_address", letter.pk), {f"{letter.pk}-postal_address": "3, rue Basse\n44000 Roscavel"})
    with as_worker(1):
        corrected = Delivery.objects.get(status=S.TO_PRINT)
    assert client.post(url("letters_pdf"), {"envoi": [str(corrected.pk)]})["Content-Type"] == "application/pdf"


def test_several_are_tried_again_together(refused, working_as, as_worker, signed_in, peers):
    with working_as("alice") as alice:
        second = issue(by=alice, recipients=(GP,))
    with as_worker(1):
        produce_next()
        while claimed := claim():
            deliver(claimed)
        other = deliveries_of(second)[0]
        assert other.status == S.REFUSED
    peers.mail_fault(None)
    client = signed_in("alice")
    answer = client.post(url("retry"), {"envoi": [str(refused.pk), str(other.pk), "n’importe quoi"]}, follow=True)
    assert "2\u00a0envois relancés" in answer.content.decode()
    with as_worker(1):
        while claimed := claim():
            deliver(claimed)
        assert {one.status for one in Delivery.objects.filter(pk__in=[refused.pk, other.pk])} == {S.SENT}


def test_sending_once_more_is_another_occasion(refused, signed_in, as_worker):
    with as_worker(1):
        sent = Delivery.objects.get(status=S.SENT)
    client = signed_in("alice")
    client.post(url("resend", sent.pk))
    client.post(url("resend", sent.pk))
    with as_worker(1):
        same = Delivery.objects.filter(recipient_key=sent.recipient_key)
        assert sorted(same.values_list("occasion", flat=True)) == ["again-1", "again-2", "first"]
        assert same.values("control_id").distinct().count() == 3


def test_a_delivery_is_given_up_with_a_reason(refused, signed_in, as_worker):
    client = signed_in("alice")
    assert client.post(url("cancel", refused.pk), {"why": ""}).status_code == 422
    client.post(url("cancel", refused.pk), {"why": "Le médecin est parti en retraite"})
    with as_worker(1):
        refused.refresh_from_db()
        assert (refused.status, refused.last_error) == (S.CANCELLED, "Le médecin est parti en retraite")
        assert [one.details["why"] for one in events("messaging.cancelled")] == [refused.last_error]
    late = client.post(url("repair", refused.pk), {"way": "retenter"}, follow=True)
    assert "a changé entre-temps" in late.content.decode()


def test_what_was_sent_is_read_again_by_those_allowed_and_it_is_recorded(refused, signed_in, as_worker):
    with as_worker(1):
        sent = Delivery.objects.get(status=S.SENT)
    client = signed_in("alice")
    mail = client.get(url("message", sent.pk, "mail"))
    assert mail["Content-Type"] == "message/rfc822"
    assert mail["Content-Disposition"].startswith('attachment; filename="envoi-')
    assert mail["Cache-Control"] == "no-store, private"
    assert f"Message-ID: {sent.control_id}".encode() in mail.content
    pdf = client.get(reverse("patients:document", args=[sent.document_id, "pdf"]))
    assert pdf.content == rendered("typical")
    assert "ABHERVE" not in pdf["Content-Disposition"]
    assert client.get(reverse("patients:document", args=[sent.document_id, "cda"]))["Content-Type"] == "application/xml"
    for kind in ("hl7", "ack", "zip"):
        assert client.get(url("message", sent.pk, kind)).status_code == 404
    assert client.get(reverse("patients:document", args=[sent.document_id, "mail"])).status_code == 404
    with as_worker(1):
        assert [one.object_id for one in events("messaging.downloaded")] == [str(sent.pk)]
        assert len(events("patients.document_read")) == 2


GETS = (("delivery", ()), ("message", ("mail",)))
POSTS = (("repair", {"way": "retenter"}), ("cancel", {"why": "x"}), ("resend", {}), ("letter_address", {}))


def test_strangers_find_nothing_and_colleagues_without_the_right_are_refused(refused, signed_in, working_as):
    with working_as("alice") as alice:
        patient = refused.patient
        for principal in ("carol", "metro"):
            from dcc.accounts.models import User

            user = User.objects.get(email=f"{principal}@dcc.example")
            grant(patient_id=patient.pk, to=user.principal, reason=AccessReason.TREATING, by=alice)
    for name, args in GETS:
        assert signed_in("oscar").get(url(name, refused.pk, *args)).status_code == 404
        assert signed_in("denis").get(url(name, refused.pk, *args)).status_code == 404
        assert signed_in("carol").get(url(name, refused.pk, *args)).status_code == 403
    for name, data in POSTS:
        assert signed_in("oscar").post(url(name, refused.pk), data).status_code == 404
        assert signed_in("carol").post(url(name, refused.pk), data).status_code == 403
        assert signed_in("bob").post(url(name, refused.pk), data).status_code == 403
        assert signed_in("metro").post(url(name, refused.pk), data).status_code == 403  # another 3C who sees the file
    document = reverse("patients:document", args=[refused.document_id, "pdf"])
    assert [signed_in(who).get(document).status_code for who in ("oscar", "denis", "carol", "network")] == [
        404,
        404,
        200,
        403,
    ]
    for name, expected in (("deliveries", 403), ("letters", 403), ("feeds", 403)):
        assert signed_in("carol").get(url(name)).status_code == expected


def test_a_secretary_of_another_3c_retries_nothing_of_ours(refused, signed_in, as_worker):
    signed_in("oscar").post(url("retry"), {"envoi": [str(refused.pk)]})
    signed_in("metro").post(url("retry"), {"envoi": [str(refused.pk)]})
    with as_worker(1):
        refused.refresh_from_db()
        assert refused.status == S.REFUSED


def test_the_list_costs_the_same_whatever_its_length(refused, working_as, as_worker, signed_in):
    client = signed_in("alice")
    client.get(url("deliveries"))
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        client.get(url("deliveries"))
    with working_as("alice") as alice:
        from dataclasses import replace

        document = issue(
            by=alice,
            recipients=tuple(replace(GP, mssante_address=f"dr{n}@cabinet-essai.mssante.fr") for n in range(30)),
        )
    with as_worker(1):
        produce_next()
        assert len(deliveries_of(document)) == 30
    with CaptureQueriesContext(connection) as many:
        page = client.get(url("deliveries"))
    assert page.content.decode().count('role="row"') > 30
    assert len(many) == len(few)


def test_every_address_of_the_list_answers(refused, signed_in):
    client = signed_in("alice")
    for basket in ("", "a-traiter", "en-route", "a-poster", "partis", "inconnu"):
        for number in ("1", "2", "-3", "x", "99999999"):
            assert client.get(url("deliveries"), {"etat": basket, "page": number}).status_code == 200


def test_pages_follow_each_other(working_as, as_worker, signed_in):
    with working_as("alice") as alice:
        give_rpps()
        from dataclasses import replace

        issue(
            by=alice,
            recipients=tuple(replace(GP, mssante_address=f"dr{n}@cabinet-essai.mssante.fr") for n in range(60)),
        )
    client = signed_in("alice")
    first = client.get(url("deliveries"), {"etat": "en-route"}).content.decode()
    assert "page=2" in first
    second = client.get(url("deliveries"), {"etat": "en-route", "page": "2"}).content.decode()
    assert second.count('class="who"') == 10


# Feeds


def test_an_administrator_sets_a_feed_and_tries_it(signed_in, peers, as_worker, people):
    client = signed_in("it")
    page = client.get(url("feeds")).content.decode()
    assert "Centre hospitalier de Rochebrune" in page
    assert "Clinique des Dunes" not in page
    with as_worker(1):
        from dcc.organisations.models import Organisation

        own = Organisation.objects.get(short_name="CH Rochebrune")
        other = Organisation.objects.get(short_name="Clinique des Dunes")
    data = {
        "host": "localhost",
        "port": peers.mllps,
        "tls": "on",
        "receiving_application": "PFI",
        "receiving_facility": "CH-ROCHE",
        "active": "on",
    }
    assert client.post(url("feed", own.pk), data).status_code == 302
    assert client.post(url("feed", other.pk), data).status_code == 404
    assert "La plateforme répond" in client.post(url("try_feed", own.pk)).content.decode()
    client.post(url("feed", own.pk), {**data, "port": 1})
    assert "refuse la connexion" in client.post(url("try_feed", own.pk)).content.decode()
    client.post(url("feed", own.pk), {**data, "port": peers.mllp})
    assert "ne répond pas comme prévu" in client.post(url("try_feed", own.pk)).content.decode()
    with as_worker(1):
        assert Feed.objects.get().port == peers.mllp
        assert len(events("messaging.feed_changed")) == 3
        assert len(events("messaging.feed_tested")) == 3
    assert client.get(url("deliveries")).status_code == 403
    assert signed_in("network").get(url("feeds")).content.decode().count('class="who"') == 3


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"host": "https://pfi.hopital.fr"}, "Indiquez un nom de serveur"),
        ({"host": "a b"}, "Indiquez un nom de serveur"),
        ({"port": "70000"}, "65"),
        ({"receiving_application": ""}, "À indiquer"),
    ],
)
def test_a_feed_that_cannot_work_is_refused(signed_in, as_worker, change, sentence):
    with as_worker(1):
        from dcc.organisations.models import Organisation

        own = Organisation.objects.get(short_name="CH Rochebrune")
    data = {"host": "pfi.hopital.fr", "port": "6661", "receiving_application": "PFI", "receiving_facility": "CH"}
    answer = signed_in("it").post(url("feed", own.pk), {**data, **change})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1", "169.254.1.1", "0.0.0.0"])
def test_outside_the_demonstration_a_feed_never_points_inside(settings, host):
    from messaging.feeds.forms import FeedForm

    settings.DEMO = False
    form = FeedForm(
        {"host": host, "port": "6661", "receiving_application": "PFI", "receiving_facility": "CH", "active": "on"}
    )
    assert not form.is_valid()


def test_every_state_has_its_words():
    from datetime import timedelta

    from django.utils import timezone

    from messaging.wording import state_of

    for status in DeliveryStatus.values:
        for attempts in (0, 2):
            made = Delivery(
                status=status,
                attempts=attempts,
                channel=ChannelKind.HL7,
                next_attempt_at=timezone.now() + timedelta(minutes=5),
                sent_at=timezone.now(),
                last_error="Le serveur ne répond pas. Attendez.",
            )
            state = state_of(made)
            assert state.label
            assert "." not in state.note
