"""Documents of a file joined to another: shown with the others, said to come from it, with all their readers."""

from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from patients.documents.received_queries import joined_from, readers_of
from patients.models import Double, Patient, ReceivedDocument
from tests.documents.filing import filed
from tests.patients.conftest import francoise, fresh_counts  # noqa: F401 - fixtures
from tests.patients.merging import a_pair, merged, undone  # noqa: F401 - a_pair is a fixture
from tests.registration.conftest import in_ten_days  # noqa: F401 - a fixture


@pytest.fixture
def documents(working_as: Any, pair: Double) -> list[ReceivedDocument]:
    """One document in each of the two files, both read by Alice before the merge."""
    with working_as("alice") as alice:
        both = [Patient.objects.get(pk=key) for key in (pair.first_id, pair.second_id)]
        return [
            filed(both[0], alice, title="IRM mammaire"),
            filed(both[1], alice, title="Pièce opératoire"),
        ]


def page_of(document: ReceivedDocument) -> str:
    return reverse("patients:received", args=[document.pk])


def test_the_side_of_the_file_lists_both_and_says_whose_each_was(signed_in, working_as, as_worker, pair, documents):
    merge = merged(working_as, as_worker, pair)
    body = signed_in("alice").get(f"/patients/{merge.kept_id}/").content.decode()
    side = body[body.index('id="docs-recents"') :]
    assert "IRM mammaire" in side
    assert "Pièce opératoire" in side
    assert side.count("de l’identité réunie") == 1
    listed = signed_in("alice").get(f"/patients/{merge.kept_id}/?rubrique=documents").content.decode()
    assert listed.count("de l’identité réunie") == 1


def test_who_read_a_document_before_the_merge_is_still_said_after_it_and_once_undone(
    signed_in, working_as, as_worker, pair, documents
):
    for one in documents:
        signed_in("alice").get(page_of(one))
    merge = merged(working_as, as_worker, pair)
    for one in documents:
        signed_in("alice").get(page_of(one))
        with working_as("alice"):
            (reader,) = readers_of(one)
            assert (reader.name, reader.times) == ("Alice Le Bihan", 2)
    with working_as("alice"):
        assert len(joined_from(merge.kept)) == 1
    undone(working_as, as_worker, pair)
    for one in documents:
        with working_as("alice"):
            assert readers_of(one)[0].times == 2
            assert joined_from(merge.kept) == {}


def test_the_readers_of_a_document_are_for_who_sees_it(working_as, documents, signed_in):
    signed_in("alice").get(page_of(documents[0]))
    for stranger in ("metro", "denis", "oscar"):
        with working_as(stranger), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM dcc_document_readers(%s, 100)", [documents[0].pk])
            assert cursor.fetchone() == (0,)
