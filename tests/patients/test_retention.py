"""Files whose time is over: a list, two persons, keys destroyed, a tombstone; never by itself (R.1112-7)."""

import hashlib
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from dcc.accounts.models import Membership
from dcc.audit.models import AuditEvent
from dcc.lib.clock import NEVER
from dcc.organisations.models import Organisation
from patients.access import grant, may_see
from patients.documents import content
from patients.events import PatientEvent
from patients.models import (
    Access,
    AccessReason,
    Content,
    ContentKind,
    Document,
    DocumentKind,
    Double,
    FeedIdentity,
    FeedNumber,
    ListStatus,
    Patient,
    RetentionLine,
    RetentionList,
    Visit,
)
from patients.requests import retention_rules
from patients.requests.eliminating import (
    CAME_BACK,
    MAY_BE_DOUBLE,
    MERGED_SINCE,
    draw_next,
    execute_next,
    last_passage,
)
from patients.requests.retention import NotAllSeen, NotToSign, SamePerson, ask_list, drop_list, keep_file, sign_list
from patients.requests.retention_rules import over, years_after
from patients.requests.tasks import requests_due
from tests.patients.conftest import created
from tests.patients.merging import merged, paired
from tests.patients.test_consent import shown

LONG_AGO = timezone.now() - timedelta(days=365 * 25)


class TestRules:
    @pytest.mark.parametrize(
        ("last", "born", "died", "on", "rule"),
        [
            (date(2000, 5, 2), date(1950, 1, 1), None, date(2020, 5, 2), "last"),
            (date(2000, 5, 2), date(1995, 7, 9), None, date(2023, 7, 9), "young"),
            (date(2000, 5, 2), date(1992, 5, 2), None, date(2020, 5, 2), "last"),
            (date(2000, 5, 2), date(1950, 1, 1), date(2009, 5, 1), date(2019, 5, 1), "death"),
            (date(2000, 5, 2), date(1950, 1, 1), date(2010, 5, 2), date(2020, 5, 2), "last"),
            (date(2000, 5, 2), date(1995, 7, 9), date(2001, 1, 1), date(2011, 1, 1), "death"),
            (date(2004, 2, 29), date(1950, 1, 1), None, date(2024, 2, 29), "last"),
            (date(2000, 2, 29), date(1950, 1, 1), date(2001, 2, 28), date(2011, 2, 28), "death"),
        ],
    )
    def test_each_row_of_the_table(self, last, born, died, on, rule):
        found = over(last=last, born=born, died=died)
        assert (found.on, found.rule) == (on, rule)
        assert rule in retention_rules.RULES

    def test_no_file_is_over_sooner_than_what_lists_look_for(self):
        last = date(2000, 5, 2)
        for died in (last, last + timedelta(days=1), None):
            assert over(last=last, born=date(1940, 1, 1), died=died).on >= years_after(last, retention_rules.SHORTEST)

    def test_a_29_february_becomes_a_1_march(self):
        assert years_after(date(2004, 2, 29), 1) == date(2005, 3, 1)


@pytest.fixture
def forgotten(working_as, as_worker) -> Patient:
    """Somebody last seen twenty-five years ago, with a document whose bytes are still there."""
    with working_as("alice") as alice:
        patient = created(alice, "Le Du", "Corentin", "05051944", sex="M")
        document = _document(patient, issued_at=LONG_AGO)
        content.store(
            owner_id=document.pk, region_id=1, patient_id=patient.pk, kind=ContentKind.PDF, data=b"%PDF ancien"
        )
        _open_to_bob(patient, alice)
    with as_worker(1):
        _age(patient)
    return patient


def _document(patient: Patient, **changes: Any) -> Document:
    given = {"data": {}, "data_hash": b"x" * 32, "source_id": patient.pk, "issued_by": "Dr Kerjean", "state": "ready"}
    return Document.objects.create(
        region_id=1, patient=patient, kind=DocumentKind.RCP_REPORT, title="Compte rendu", **given | changes
    )


def _open_to_bob(patient: Patient, alice: Any) -> None:
    to = Organisation.objects.get(short_name="CH Rochebrune").principal
    grant(patient_id=patient.pk, to=to, reason=AccessReason.REGISTRATION, by=alice)


def _age(patient: Patient) -> None:
    Patient.objects.filter(pk=patient.pk).update(created_at=LONG_AGO)
    Access.objects.filter(patient=patient).update(granted_at=LONG_AGO)


@pytest.fixture
def drawn(working_as, as_worker, forgotten) -> RetentionList:
    with working_as("admin3c") as alan:
        asked = ask_list(organisation=alan.acting_as, by=alan)
    with as_worker(1):
        assert requests_due("retention") == [1]
        assert draw_next()
        assert not draw_next()
    return asked


def signed(drawn: RetentionList, working_as: Any) -> None:
    for short in ("admin3c", "bob"):
        with working_as(short) as person:
            sign_list(asked=drawn, by=person)


class TestTheList:
    def test_it_holds_what_is_over_and_nothing_else(self, working_as, as_worker, forgotten):
        with working_as("alice") as alice:
            created(alice, "Quintin", "Maryvonne", "02021951")
        with working_as("admin3c") as alan:
            asked = ask_list(organisation=alan.acting_as, by=alan)
            assert ask_list(organisation=alan.acting_as, by=alan) == asked, "one at a time"
        with as_worker(1):
            draw_next()
        with working_as("admin3c"):
            (line,) = RetentionLine.objects.filter(list_id=asked.pk)
            assert line.patient_id == forgotten.pk
            assert line.rule == "last"
            assert line.over_on == years_after(timezone.localdate(LONG_AGO), 20)

    def test_drawing_it_eliminates_nothing(self, drawn, working_as, as_worker, forgotten):
        with as_worker(1):
            assert not execute_next()
            assert Content.objects.exclude(wrapped_key=b"").count() == 1
        with working_as("bob"):
            assert may_see(forgotten.pk)

    def test_it_is_read_kept_and_signed_on_one_page(self, signed_in, working_as, drawn, forgotten):
        client = signed_in("admin3c")
        page = shown(client.get("/patients/conservation/"))
        assert "LE DU Corentin" in page
        assert "20 ans après le dernier passage" in page
        assert "Signer l’élimination de 1 dossier" in page
        with working_as("admin3c"):
            line = RetentionLine.objects.get()
        kept = {"action": "keep", "list": str(drawn.pk), "line": str(line.pk), "why": "Recours en cours devant la CCI"}
        assert kept["why"] in shown(client.post("/patients/conservation/", kept, follow=True))
        with working_as("admin3c"):
            assert AuditEvent.objects.filter(event=PatientEvent.RETENTION_KEPT.value).count() == 1

    def test_a_reason_says_something(self, signed_in, working_as, drawn):
        with working_as("admin3c"):
            line = RetentionLine.objects.get()
        kept = {"action": "keep", "list": str(drawn.pk), "line": str(line.pk), "why": "non"}
        refused = signed_in("admin3c").post("/patients/conservation/", kept)
        assert refused.status_code == 422
        page = shown(refused)
        field = f"k-{line.pk}-why"
        assert f'id="{field}_error"><p class="error">' in page
        assert f'<a href="#{field}">Motif de conservation\u00a0: Écrivez le motif' in page
        assert f'value="non" aria-invalid="true" aria-describedby="{field}_error"' in page, "what was typed stays"
        with working_as("admin3c"):
            assert RetentionLine.objects.get().kept == ""


class TestTwoPersons:
    def test_one_signature_does_nothing(self, working_as, as_worker, drawn):
        with working_as("admin3c") as alan:
            sign_list(asked=drawn, by=alan)
            with pytest.raises(SamePerson):
                sign_list(asked=drawn, by=alan)
        with as_worker(1):
            assert not execute_next()

    def test_the_database_wants_two_as_well(self, working_as, drawn):
        with working_as("admin3c") as alan:
            now = timezone.now()
            same = {"first_by": alan, "first_at": now, "second_by": alan, "second_at": now}
            for wrong in (same, {"status": ListStatus.SIGNED}):
                with pytest.raises(IntegrityError), transaction.atomic():
                    RetentionList.objects.filter(pk=drawn.pk).update(**wrong)

    def test_nobody_signs_for_files_they_cannot_read(self, working_as, as_worker, drawn, forgotten):
        with as_worker(1):
            team = Organisation.objects.get(short_name="CH Rochebrune").principal_id
            Access.objects.filter(patient=forgotten, principal_id=team).update(expires_at=LONG_AGO)
        with working_as("bob") as bob, pytest.raises(NotAllSeen):
            sign_list(asked=drawn, by=bob)

    def test_a_list_given_up_is_not_signed(self, working_as, drawn):
        with working_as("admin3c") as alan:
            drop_list(asked=drawn, by=alan)
            with pytest.raises(NotToSign):
                sign_list(asked=drawn, by=alan)

    def test_neither_is_a_file_kept_after_the_second_signature(self, working_as, drawn):
        signed(drawn, working_as)
        with working_as("admin3c") as alan:
            line = RetentionLine.objects.get()
            with pytest.raises(NotToSign):
                keep_file(asked=drawn, line_id=line.pk, why="trop tard", by=alan)

    @pytest.mark.parametrize("short", ["alice", "carol", "network", "auditor", "helias"])
    def test_it_is_nobody_elses(self, signed_in, drawn, short):
        assert signed_in(short).get("/patients/conservation/").status_code == 403

    def test_another_3c_has_its_own(self, signed_in, working_as, drawn, people):
        with working_as("metro") as mona:
            given = {"organisation": mona.acting_as, "role": "admin_3c", "clinical": True}
            Membership.objects.create(region_id=2, user=people("stats"), starts_at=LONG_AGO, **given)
        client = signed_in("stats", "3C Métropole")
        assert "LE DU" not in shown(client.get("/patients/conservation/"))
        assert client.post("/patients/conservation/", {"action": "sign", "list": str(drawn.pk)}).status_code == 404


class TestElimination:
    def test_it_destroys_the_keys_closes_the_file_and_leaves_a_tombstone(self, working_as, as_worker, drawn, forgotten):
        signed(drawn, working_as)
        with as_worker(1):
            assert execute_next()
            assert not execute_next()
            (held,) = Content.objects.filter(patient=forgotten)
            line = RetentionLine.objects.get()
            assert bytes(held.wrapped_key) == b"", "nobody opens it any more"
            assert bytes(held.sha256) == hashlib.sha256(b"%PDF ancien").digest(), "its hash remains"
            assert line.eliminated_at is not None
            assert line.contents == 1
            assert bytes(line.digest or b"") == hashlib.sha256(bytes(held.sha256)).digest()
            assert RetentionList.objects.get(pk=drawn.pk).status == ListStatus.DONE
            assert Patient.objects.filter(pk=forgotten.pk).exists(), "the identity stays known"
            assert not Access.objects.filter(patient=forgotten, expires_at__gt=timezone.now()).exists()

    def test_the_auditor_reads_that_it_was(self, signed_in, working_as, as_worker, drawn):
        signed(drawn, working_as)
        with as_worker(1):
            execute_next()
        assert "Dossier éliminé au terme de sa conservation" in shown(signed_in("auditor").get("/traces/"))

    def test_who_came_back_since_is_kept_whatever_was_signed(self, working_as, as_worker, drawn, forgotten):
        signed(drawn, working_as)
        with working_as("bob"):
            _document(forgotten, issued_at=timezone.now(), version=2)
        with as_worker(1):
            assert execute_next()
            line = RetentionLine.objects.get()
            assert (line.kept, line.eliminated_at) == (CAME_BACK, None)
            assert Content.objects.exclude(wrapped_key=b"").count() == 1

    def test_a_possible_double_is_kept_until_the_cell_decides(self, working_as, as_worker, forgotten):
        """Its patient may have come back under the other identity."""
        with working_as("alice") as alice:
            other = created(alice, "Le Du", "Corantin", "05051944", sex="M", reason="Homonyme connu")
        double = paired(as_worker, forgotten, other)
        with working_as("admin3c") as alan:
            asked = ask_list(organisation=alan.acting_as, by=alan)
        with as_worker(1):
            draw_next()
            assert RetentionLine.objects.get(patient=forgotten).kept == MAY_BE_DOUBLE
            RetentionLine.objects.filter(patient=forgotten).update(kept="")
        signed(asked, working_as)
        with as_worker(1):
            assert execute_next()
            assert RetentionLine.objects.get(patient=forgotten).kept == MAY_BE_DOUBLE
            assert Content.objects.exclude(wrapped_key=b"").count() == 1
            assert Double.objects.get(pk=double.pk).status == "to_examine"

    def test_a_file_merged_since_is_kept_nobody_read_it_whole(self, working_as, as_worker, drawn, forgotten):
        with working_as("alice") as alice:
            other = created(alice, "Le Du", "Corantin", "05051944", sex="M", reason="Homonyme connu")
        with as_worker(1):
            _age(other)
        signed(drawn, working_as)
        double = paired(as_worker, forgotten, other)
        merged(working_as, as_worker, double)
        with as_worker(1):
            assert execute_next()
            assert {one.kept for one in RetentionLine.objects.all()} == {MERGED_SINCE}
            assert Content.objects.exclude(wrapped_key=b"").count() == 1

    def test_a_stay_told_by_a_feed_is_a_passage(self, as_worker, forgotten):
        with as_worker(1):
            identity = FeedIdentity.objects.create(id=forgotten.pk, region_id=1)
            number = FeedNumber.objects.create(
                region_id=1, identity_region_id=1, identity=identity, authority="dcc", value="1"
            )
            Visit.objects.create(
                region_id=1, authority="dcc", value="V-1", number=number, patient_region_id=1, patient=forgotten,
                status="closed", admitted_at=timezone.now() - timedelta(days=9),
            )  # fmt: skip
            forgotten.refresh_from_db()
            assert last_passage(forgotten) == timezone.localdate() - timedelta(days=9)

    def test_who_is_kept_is_not_touched(self, working_as, as_worker, drawn, forgotten):
        with working_as("admin3c") as alan:
            keep_file(asked=drawn, line_id=RetentionLine.objects.get().pk, why="Recours en cours", by=alan)
        signed(drawn, working_as)
        with as_worker(1):
            assert execute_next()
            assert Content.objects.exclude(wrapped_key=b"").count() == 1
            assert Access.objects.filter(patient=forgotten, expires_at=NEVER).exists()

    def test_what_was_eliminated_is_not_listed_again(self, working_as, as_worker, drawn):
        signed(drawn, working_as)
        with as_worker(1):
            execute_next()
        with working_as("admin3c") as alan:
            ask_list(organisation=alan.acting_as, by=alan)
        with as_worker(1):
            assert draw_next()
            assert RetentionList.objects.order_by("-drawn_at").first().size == 0


def test_a_deceased_person_is_over_ten_years_after(working_as, as_worker):
    """Last seen fifteen years ago, dead thirteen years ago."""
    then = timezone.now() - timedelta(days=365 * 15 + 4)
    with working_as("alice") as alice:
        patient = created(alice, "Riou", "Yves", "03031950", sex="M")
    died = years_after(timezone.localdate(), -13)
    with as_worker(1):
        Patient.objects.filter(pk=patient.pk).update(created_at=then, is_deceased=True, died_on=died)
        Access.objects.filter(patient=patient).update(granted_at=then)
    with working_as("admin3c") as alan:
        ask_list(organisation=alan.acting_as, by=alan)
    with as_worker(1):
        draw_next()
        (line,) = RetentionLine.objects.all()
    assert (line.rule, line.over_on) == ("death", years_after(died, 10))
