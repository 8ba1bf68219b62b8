"""The life of a received document: kept once, described, replaced, withdrawn, never changed (PAT-12, D6)."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from dcc.audit.models import AuditEvent, RowVersion
from dcc.lib.lifecycle import TransitionRefused
from patients.documents import content
from patients.documents.cda_reading import read_cda
from patients.documents.identity_check import differences
from patients.documents.intake import Sent
from patients.documents.received_actions import (
    AnotherPatient,
    edit_document,
    file_document,
    receive_files,
    withdraw_document,
)
from patients.documents.received_queries import file_documents, same_bytes_elsewhere, versions
from patients.models import Content, ContentKind, Patient, ReceivedDocument, ReceivedStatus
from tests.documents import samples_received as samples
from tests.documents.filing import filed, received, told
from tests.patients.conftest import created
from tests.patients.identities import MATRICULE, again, pat_trois, retrieved, validated


@pytest.fixture
def francoise(working_as: Any) -> Patient:
    with working_as("alice") as alice:
        return created(alice, used_name="Le Guillou")


def events(document: ReceivedDocument) -> list[str]:
    rows = AuditEvent.objects.filter(object_id=str(document.pk)).order_by("recorded_at", "pk")
    return [row.event.removeprefix("patients.document_") for row in rows]


def test_what_arrived_is_stored_encrypted_as_it_was(working_as, francoise):
    data = samples.pdf(mark=b"ABHERVE Francoise")
    with working_as("alice") as alice:
        document = received(francoise, alice, data)
        assert document.status == ReceivedStatus.DRAFT
        assert content.read(owner_id=document.pk, kind=ContentKind.PDF) == data
        assert b"ABHERVE" not in bytes(Content.objects.get(owner_id=document.pk).ciphertext)
        assert file_documents(francoise, (), reader=alice).lines == ()  # nobody sees it before it is described
        document = file_document(document_id=document.pk, description=told(), by=alice)
        assert [line.name for line in file_documents(francoise, (), reader=alice).lines] == ["Pièce opératoire"]
        assert events(document) == ["added", "filed"]


def test_the_same_bytes_are_kept_once_a_patient_and_said(working_as, francoise):
    with working_as("alice") as alice:
        first = received(francoise, alice)
        again = receive_files(patient=francoise, sent=[Sent(name="copie.pdf", data=samples.pdf())], by=alice)
        assert again.added == ()
        assert again.known == (("copie.pdf", first),)
        withdraw_document(document_id=first.pk, because="Fichier abandonné", by=alice)
        assert received(francoise, alice).pk != first.pk  # a withdrawal forgotten: it may come back


def test_the_same_file_in_two_files_is_noticed_by_who_sees_both(working_as, francoise):
    with working_as("alice") as alice:
        other = created(alice, "Tanguy", "Maël", "02021971", sex="M")
        filed(other, alice)
        assert [one.patient for one in same_bytes_elsewhere(received(francoise, alice))] == [other]
    with working_as("metro") as mona:
        hers = created(mona, "Quéméner", "Soazig", "05061958")
        assert same_bytes_elsewhere(received(hers, mona)) == []  # what she does not see does not exist


def test_several_files_and_the_good_ones_stay_when_one_is_refused(working_as, francoise):
    sent = [
        Sent(name="a.pdf", data=samples.pdf()),
        Sent(name="b.docx", data=samples.docx()),
        Sent(name="c.png", data=samples.picture()),
    ]
    with working_as("alice") as alice:
        reception = receive_files(patient=francoise, sent=sent, by=alice)
        assert [one.file_name for one in reception.added] == ["a.pdf", "c.png"]
        assert [name for name, _ in reception.refused] == ["b.docx"]


def test_a_new_version_replaces_and_the_old_one_stays_readable(working_as, francoise):
    with working_as("alice") as alice:
        old = filed(francoise, alice)
        new = filed(francoise, alice, samples.pdf(mark=b"corrected"), replaces=old)
        old.refresh_from_db()
        assert (old.status, new.status, new.version) == (ReceivedStatus.REPLACED, ReceivedStatus.FILED, 2)
        assert content.read(owner_id=old.pk, kind=ContentKind.PDF)
        assert versions(new) == [old]
        assert versions(old) == [new]
        third = received(francoise, alice, samples.pdf(mark=b"third"))
        with pytest.raises(TransitionRefused):
            file_document(document_id=third.pk, description=told(replaces=old), by=alice)


def test_a_withdrawn_version_gives_its_place_back(working_as, francoise):
    with working_as("alice") as alice:
        old = filed(francoise, alice)
        wrong = filed(francoise, alice, samples.pdf(mark=b"someone else"), replaces=old)
        withdraw_document(document_id=wrong.pk, because="Document d’un autre patient", by=alice)
        old.refresh_from_db()
        assert old.status == ReceivedStatus.FILED
        assert [line.received for line in file_documents(francoise, (), reader=alice).lines] == [old]
        assert events(old)[-2:] == ["replaced", "restored"]
        assert Content.objects.filter(owner_id=wrong.pk).exists()  # kept
        with pytest.raises(TransitionRefused):
            withdraw_document(document_id=wrong.pk, because="Une seconde fois", by=alice)


def test_a_correction_of_the_description_keeps_what_it_was(working_as, francoise):
    with working_as("alice") as alice:
        document = filed(francoise, alice)
        edit_document(document_id=document.pk, description=told(kind="imaging", title="IRM mammaire"), by=alice)
        before = RowVersion.objects.filter(table_name="patients_receiveddocument", row_id=str(document.pk)).last()
        assert before.before["title"] == "Pièce opératoire"
        trace = AuditEvent.objects.get(event="patients.document_edited")
        assert trace.details == {"fields": "type, intitulé"}  # names of fields, never what they say


def test_a_cda_about_somebody_else_is_filed_only_on_confirmation(working_as, francoise):
    with working_as("alice") as alice:
        fine = received(francoise, alice, samples.cda())
        assert not fine.identity_differs
        document = received(francoise, alice, samples.cda(birth_name="TANGUY", given="MAEL", sex="M"))
        assert document.identity_differs
        with pytest.raises(AnotherPatient), transaction.atomic():
            file_document(document_id=document.pk, description=told(), by=alice)
        file_document(document_id=document.pk, description=told(confirmed=True), by=alice)
        assert "of_another" in events(document)


@pytest.mark.parametrize(
    ("traits", "differs"),
    [
        ({}, False),
        ({"given": "FRANCOISE MARIE JEANNE"}, False),
        ({"given": "Françoise"}, False),
        ({"birth_name": "LE GUILLOU"}, False),  # the used name, as laboratories write it
        ({"birth_name": "ABHERVE-LE GUILLOU"}, True),
        ({"given": "FRANCOIS"}, True),
        ({"birth": "19630312"}, True),
        ({"birth": "1963"}, False),  # a year says nothing
        ({"sex": "M"}, True),
        ({"sex": "UN"}, False),
    ],
)
def test_which_traits_differ(working_as, francoise, traits, differs):
    with working_as("alice") as alice:
        assert received(francoise, alice, samples.cda(**traits)).identity_differs is differs


@pytest.mark.parametrize(
    ("traits", "said"),
    [
        ({"ins": MATRICULE}, []),
        ({"ins": "2 79 03 51 215 189 89"}, []),
        ({"ins": "279035121518988"}, ["La clé du matricule INS est fausse"]),
        ({"ins": "2790351215189"}, ["La clé du matricule INS est fausse"]),
        ({"ins": MATRICULE, "oid": "1.2.250.1.213.1.4.8"}, ["L’INS est celle d’une personne réelle (INS-NIR)"]),
        ({"ins": MATRICULE, "oid": "1.2.250.1.213.1.4.99"}, ["autorité inconnue (OID 1.2.250.1.213.1.4.99)"]),
        ({"ins": "0123456789012345678901", "oid": "1.2.250.1.213.1.4.6"}, []),  # an INS-C: not a matricule
        ({"ins": "80061742", "oid": "1.2.250.1.99"}, []),  # a number of somebody else
    ],
)
def test_an_ins_that_cannot_be_one_here_is_flagged_and_the_document_still_enters(working_as, francoise, traits, said):
    with working_as("alice") as alice:
        found = read_cda(samples.cda(**traits)).patient
        flagged = [one for one in differences(found, francoise) if one.label == "INS"]
        assert received(francoise, alice, samples.cda(**traits)).identity_differs is bool(said)
    assert len(flagged) == len(said)
    assert all(words in one.document for words, one in zip(said, flagged, strict=True))
    assert {one.file for one in flagged} <= {"pas d’INS qualifiée"}


def test_a_test_ins_is_flagged_where_identities_are_real(working_as, francoise, settings):
    settings.TEST_IDENTITIES = False
    with working_as("alice"):
        (flagged,) = differences(read_cda(samples.cda(ins=MATRICULE)).patient, francoise)
    assert flagged.document == "L’INS est celle d’une personne fictive (INS-NIR-TEST)"


def test_another_ins_than_the_qualified_one_differs(working_as):
    with working_as("alice") as alice:
        patient = again(validated(retrieved(pat_trois(alice), alice), alice))
        said = [
            [one.document for one in differences(read_cda(samples.cda(ins=ins)).patient, patient) if one.label == "INS"]
            for ins in (MATRICULE, "277076322082910", "277076322082911")
        ]
    assert said[:2] == [[], ["un autre numéro"]]
    assert len(said[2]) == 2, "another one, and its key is wrong"


def refused(sql: str, *params: Any) -> str:
    with pytest.raises(DatabaseError) as error, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)
    return str(error.value.__cause__.sqlstate)  # type: ignore[union-attr]


def test_the_database_refuses_what_must_never_happen(working_as, francoise):
    table = "UPDATE patients_receiveddocument SET"
    with working_as("alice") as alice:
        draft = received(francoise, alice)
        assert refused(f"{table} status = 'filed' WHERE id = %s", draft.pk) == "23514"  # filed without a description
        document = file_document(document_id=draft.pk, description=told(), by=alice)
        for change in ("sha256 = '\\x00'", "added_by_name = 'x'", "format = 'png'", "status = 'draft'", "version = 9"):
            assert refused(f"{table} {change} WHERE id = %s", document.pk) == "DC001", change
        assert refused("DELETE FROM patients_receiveddocument WHERE id = %s", document.pk) == "42501"
        withdraw_document(document_id=document.pk, because="Document d’un autre patient", by=alice)
        assert refused(f"{table} status = 'filed' WHERE id = %s", document.pk) == "DC001"
        assert refused(f"{table} withdrawn_because = 'x' WHERE id = %s", document.pk) == "DC001"


def test_a_merge_moves_it_with_its_patient(working_as, as_worker, francoise):
    with working_as("alice") as alice:
        other = created(alice, "Tanguy", "Maël", "02021971", sex="M")
        document = filed(francoise, alice)
        assert (
            refused("UPDATE patients_receiveddocument SET patient_id = %s WHERE id = %s", other.pk, document.pk)
            == "DC001"
        )
    with as_worker(1):
        assert ReceivedDocument.objects.filter(pk=document.pk).update(patient=other) == 1
