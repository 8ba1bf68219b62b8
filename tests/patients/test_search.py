"""Finding an identity: by a date and three letters, by IPP, by INS; strictly, traced, never a list of neighbours."""

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.test import override_settings
from django.utils import timezone
from redis.exceptions import ConnectionError as CacheDown

from dcc.accounts.models import User
from dcc.audit.models import AuditEvent
from dcc.lib.crypto import Keyring
from dcc.organisations.models import Organisation
from patients import limits
from patients.actions import add_ipp
from patients.events import PatientEvent
from patients.ins_index import ins_hash
from patients.models import Patient
from tests.patients.conftest import created

SEARCH = "/patients/"


def searched(client, **typed):
    """What a secretary sees after Enter."""
    return client.post(SEARCH, typed, follow=True)


def at(moment: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock of the limits."""
    monkeypatch.setattr(limits, "timezone", SimpleNamespace(now=lambda: moment, localtime=timezone.localtime))


def names(page) -> list[str]:
    return [str(row.patient) for row, _ in page.context["rows"]]


@pytest.mark.parametrize(
    "typed",
    [
        {"name": "Abhervé", "birth_date": "11031963"},
        {"name": "abh", "birth_date": "11/03/1963"},
        {"name": "le guillou", "given_name": "francoise", "birth_date": "11-3-63"},  # used name
        {"name": "Le Guilloux", "birth_date": "11031963"},  # misspelt
        {"name": "ABHERVE", "birth_date": "03111963"},  # day and month swapped
        {"given_name": "Fran", "birth_date": "1963-03-11"},
    ],
)
def test_a_date_and_three_letters_find_her(signed_in, francoise, typed):
    page = searched(signed_in("alice"), **typed)
    assert names(page) == ["ABHERVE FRANCOISE"]
    assert "née ABHERVE Françoise" in page.content.decode()


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"name": "Abhervé"}, "birth_date", "le nom seul ne suffit pas"),
        ({"birth_date": "11031963"}, "name", "au moins trois lettres"),
        ({"name": "ab", "birth_date": "11031963"}, "name", "au moins trois lettres"),
        ({"name": "Abh3rvé", "birth_date": "11031963"}, "name", "Un nom ne comporte pas de chiffre"),
        ({"name": "Abhervé", "birth_date": "31021963"}, "birth_date", "n’existe pas au calendrier"),
        ({"name": "Abhervé", "birth_date": "110310"}, "birth_date", "1910 ou 2010"),
        ({"number": "279035121518988"}, "number", "La clé du matricule INS est fausse"),
        ({}, "birth_date", "Indiquez la date de naissance"),
    ],
)
def test_anything_broader_is_refused_in_words_and_nothing_typed_is_lost(signed_in, francoise, typed, field, sentence):
    page = signed_in("alice").post(SEARCH, typed)
    assert page.status_code == 422
    assert sentence in " ".join(page.context["form"].errors[field])
    text = page.content.decode()
    assert text.count(sentence) == 2  # in the summary and at the field, the same words
    assert all(f'value="{value}"' in text for value in typed.values())


def test_a_birthday_alone_is_no_resemblance(signed_in, working_as, francoise):
    with working_as("alice") as alice:
        created(alice, "Tanguy", "Solenn", "11031963")
    assert names(searched(signed_in("alice"), name="Abh", birth_date="11031963")) == ["ABHERVE FRANCOISE"]


def test_at_most_ten_identities(signed_in, working_as):
    with working_as("alice") as alice:
        for given in ("Anne", "Brieuc", "Cyril", "Denise", "Edgar", "Fanny", "Gaël", "Hervé", "Irma", "Jules", "Kim",
                      "Louis"):  # fmt: skip
            created(alice, "Abhervé", given)
    assert len(names(searched(signed_in("alice"), name="Abhervé", birth_date="11031963"))) == 10


def test_nothing_typed_is_in_the_address(signed_in, francoise):
    page = searched(signed_in("alice"), name="Abhervé", birth_date="11031963")
    address = page.redirect_chain[-1][0]
    assert "1963" not in address
    assert "abherv" not in address.lower()


def test_the_trace_says_the_kinds_of_criteria_once_and_never_the_traits(signed_in, working_as, francoise):
    client = signed_in("alice")
    page = searched(client, name="Abhervé", birth_date="11031963")
    client.get(page.redirect_chain[-1][0])  # back from a file: the same result, not another search
    with working_as("alice"):
        event = AuditEvent.objects.get(event=PatientEvent.SEARCHED.value)
    assert event.details == {"criteria": "nom, date de naissance", "found": 1}
    assert event.actor == "Alice Le Bihan"


def test_another_organisation_finds_the_identity_and_not_what_the_file_says(signed_in, francoise):
    page = searched(signed_in("metro"), name="Abhervé", birth_date="11031963")
    assert names(page) == ["ABHERVE FRANCOISE"]
    assert "Dossier d’une autre équipe" in page.content.decode()


def test_another_network_finds_nothing(signed_in, francoise):
    assert names(searched(signed_in("oscar"), name="Abhervé", birth_date="11031963")) == []


def test_an_ipp_is_searched_in_ones_own_establishments_only(signed_in, working_as, francoise):
    with working_as("alice") as alice:
        roche = Organisation.objects.get(short_name="CH Rochebrune")
        add_ipp(patient=francoise, value="0048217306", organisation=roche, by=alice)
    page = searched(signed_in("alice"), number="0048 217 306")
    assert names(page) == ["ABHERVE FRANCOISE"]
    assert "0048217306" in page.content.decode()
    assert names(searched(signed_in("bob"), number="0048217306")) == ["ABHERVE FRANCOISE"]
    assert names(searched(signed_in("denis"), number="0048217306")) == []
    assert names(searched(signed_in("metro"), number="0048217306")) == []
    by_name = searched(signed_in("metro"), name="Abhervé", birth_date="11031963")
    assert "0048217306" not in by_name.content.decode()


def test_what_was_typed_is_not_in_the_table_of_sessions(signed_in):
    client = signed_in("alice")
    searched(client, number="279035121518989")
    searched(client, name="Abhervé", birth_date="11031963")
    kept = json.dumps(dict(client.session.items()))
    assert "279035121518989" not in kept
    assert "Abherv" not in kept
    assert client.get(f"{SEARCH}?r={client.session['patient_searches'][-1]['token']}").context["rows"] is not None


def test_what_an_unknown_key_sealed_is_typed_again(signed_in, francoise):
    client = signed_in("alice")
    searched(client, name="Abhervé", birth_date="11031963")
    with override_settings(MASTER_KEYS=Keyring.generate_text(current="2031")):
        page = client.get(f"{SEARCH}?r={client.session['patient_searches'][-1]['token']}")
    assert page.status_code == 200
    assert not page.context.get("searched")


def test_a_matricule_is_found_by_its_keyed_hash(signed_in, working_as, francoise):
    matricule, oid = "279035121518989", "1.2.250.1.213.1.4.10"
    with override_settings(MASTER_KEYS=Keyring.generate_text(current="k1")):
        with working_as("alice"):
            hashed = ins_hash(matricule, oid)
            Patient.objects.filter(pk=francoise.pk).update(ins_hash=hashed, ins_sealed=b"x", ins_oid=oid)
        page = searched(signed_in("metro"), number="2 79 03 51 215 189 89")
        assert names(page) == ["ABHERVE FRANCOISE"]
        assert names(searched(signed_in("oscar"), number=matricule)) == []
    with working_as("metro"):
        traced = AuditEvent.objects.filter(event=PatientEvent.SEARCHED.value).values_list("details", flat=True)
        assert list(traced) == [{"criteria": "INS", "found": 1}]


def test_creation_is_offered_below_the_results_and_to_who_may_create(signed_in, francoise):
    found = searched(signed_in("alice"), name="Abhervé", birth_date="11031963").content.decode()
    assert found.index("Créer avec ces traits") > found.index("née ABHERVE")
    none = searched(signed_in("alice"), name="Inconnue", birth_date="11031963").content.decode()
    assert "Créer avec ces traits" in none
    assert "Créer avec ces traits" not in signed_in("alice").get(SEARCH).content.decode()
    assert (
        "Créer avec ces traits"
        not in searched(signed_in("carol"), name="Abhervé", birth_date="11031963").content.decode()
    )


def test_a_merged_identity_is_not_found_again(signed_in, working_as, francoise):
    with working_as("alice") as alice:
        double = created(alice, "Abhervé", "Françoise", reason="Homonyme connu")
        Patient.objects.filter(pk=double.pk).update(merged_into=francoise)
    assert len(names(searched(signed_in("alice"), name="Abhervé", birth_date="11031963"))) == 1


@pytest.mark.parametrize("short", ["network", "auditor", "it", "stats"])
def test_who_has_no_patients_does_not_search(signed_in, short):
    assert signed_in(short).get(SEARCH).status_code == 403


class TestLimit:
    """Being found in a cancer base is a health fact: nobody searches at the pace of a machine."""

    def test_the_thirty_first_search_of_a_minute_waits(self, signed_in, working_as, monkeypatch, francoise):
        monkeypatch.setattr(limits, "SEARCHES", 2)
        client = signed_in("alice")
        for _ in range(2):
            assert searched(client, name="Abh", birth_date="11031963").status_code == 200
        refused = searched(client, name="Abh", birth_date="11031963")
        assert refused.status_code == 429
        assert "2\u00a0recherches en une minute\u00a0: la limite" in refused.content.decode()
        assert 'value="Abh"' in refused.content.decode()
        assert searched(signed_in("metro"), name="Abh", birth_date="11031963").status_code == 200
        with working_as("alice"):
            assert AuditEvent.objects.filter(event=PatientEvent.SEARCH_REFUSED.value).count() == 1

    def test_an_hour_has_its_own_limit_whatever_the_minutes(self, signed_in, monkeypatch, francoise):
        """Thirty a minute without a stop would be a list of 1,800 people tried in an hour."""
        monkeypatch.setattr(limits, "SEARCHES", 1)
        monkeypatch.setattr(limits, "SEARCHES_AN_HOUR", 2)
        client, alice = signed_in("alice"), User.objects.get(email="alice@dcc.example").pk
        answers = []
        for _ in range(3):
            answers.append(searched(client, name="Abh", birth_date="11031963").status_code)
            cache.delete(f"patients.search.60.{alice}")  # another minute begins
        assert answers == [200, 200, 429]

    def test_it_says_which_limit_and_when_one_may_again(self, signed_in, monkeypatch, francoise):
        """Not « attendez une minute » to who must wait an hour; the hour is said rounded up to its minute."""
        monkeypatch.setattr(limits, "SEARCHES_AN_HOUR", 1)
        now = datetime(2026, 11, 22, 8, 15, 20, tzinfo=UTC)
        at(now, monkeypatch)
        client = signed_in("alice")
        searched(client, name="Abh", birth_date="11031963")
        text = searched(client, name="Abh", birth_date="11031963").content.decode()
        assert "1\u00a0recherche en une heure\u00a0: la limite" in text
        assert "Recommencez à 10:16." in text
        assert "demandez à un collègue" in text
        assert "l’administrateur de votre 3C" in text
        assert "Attendez une minute" not in text

    def test_the_minute_is_said_as_a_minute(self, people, monkeypatch):
        monkeypatch.setattr(limits, "SEARCHES", 1)
        now = datetime(2026, 11, 22, 8, 15, 20, tzinfo=UTC)
        at(now, monkeypatch)
        alice = User.objects.get(email="alice@dcc.example")
        limits.count_search(by=alice)
        at(now + timedelta(seconds=50), monkeypatch)
        with pytest.raises(limits.TooManySearches) as many:
            limits.count_search(by=alice)
        assert many.value.again == now + timedelta(minutes=1), "from the first search of the minute, not from the last"
        assert many.value.advice == "Recommencez à 09:17."

    def test_a_cache_that_is_down_does_not_open_the_door(self, signed_in, monkeypatch, francoise):
        def down(*args, **kwargs):
            raise CacheDown

        monkeypatch.setattr(limits, "SEARCHES", 2)
        monkeypatch.setattr(type(cache._connections["default"]), "add", down)  # type: ignore[attr-defined]
        client = signed_in("alice")
        answers = [searched(client, name="Abh", birth_date="11031963").status_code for _ in range(3)]
        assert answers == [200, 200, 429]

    def test_the_trace_of_yesterday_does_not_count(self, people, working_as, monkeypatch):
        monkeypatch.setattr(cache, "add", lambda *args, **kwargs: (_ for _ in ()).throw(CacheDown()))
        with working_as("alice") as alice:
            AuditEvent.objects.create(
                region_id=1,
                event=PatientEvent.SEARCHED.value,
                actor_id=alice.pk,
                actor="Alice",
                recorded_at=timezone.now() - timedelta(days=1),
            )
            monkeypatch.setattr(limits, "SEARCHES", 1)
            limits.count_search(by=alice)
