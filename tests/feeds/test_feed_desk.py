"""Where a feed meets what desks typed: their numbers, their patients, their doubts (PAT-01, PAT-03)."""

from datetime import date, timedelta
from uuid import UUID

from interop.pam.outcome import ConflictKind, Effect
from patients.identity.ins import InsKind, read_ins
from patients.insi.choice import platform
from patients.lifecycle import matricules
from patients.lifecycle.states import Channel
from patients.models import FeedIdentity, Patient, PatientIdentifier
from tests.feeds.hospitals import Feeds, identifiers_of
from tests.interop.pam_feed import AUTHORITY, INS_A, MARTIN, NOW, QUALIFIED, Adt, ipp


def typed(feeds: Feeds, *, number: str = "", qualified: bool = False, region: int = 1, **traits: object) -> UUID:
    """A patient as a desk creates them, with or without the number of the first hospital."""
    values: dict[str, object] = {
        "birth_name": "PAT-TROIS",
        "birth_name_received": "Pat-Trois",
        "birth_name_key": "PATTROIS",
        "first_given_name": "DOMINIQUE",
        "first_given_name_received": "Dominique",
        "first_given_name_key": "DOMINIQUE",
        "birth_date": date(1979, 3, 28),
        "sex": "F",
        "birth_insee": "63220",
        "birth_place": "Montpeyroux",
        "birth_name_sound": "PTTRW",
        "given_name_sound": "DMNK",
    }
    with feeds.reading():
        patient = Patient(region_id=region, **(values | traits))
        if qualified:
            ins = read_ins(INS_A, InsKind.NIR_TEST.oid, platform=platform())
            assert ins is not None
            matricules.hold(patient, ins, source=Channel.INSI)
            patient.status = "QUAL"
        patient.save(force_insert=True)
        if number:
            hospital = feeds.sources[AUTHORITY].organisation_id
            PatientIdentifier.objects.create(region_id=region, patient=patient, organisation_id=hospital, value=number)
    return patient.pk


def test_the_feed_takes_over_the_patient_whose_number_a_desk_typed(feeds: Feeds) -> None:
    known = typed(feeds, number="1")
    outcome = feeds.send(Adt(event="A31", minute=0, ids=QUALIFIED, name="PAT-TROIS^DOMINIQUE^DOMINIQUE ANNE^^^^L"))
    assert (outcome.effect, outcome.ref) == (Effect.UPDATED, known)
    patient = feeds.patient("1")
    assert (patient.pk, patient.status, patient.given_names) == (known, "QUAL", "DOMINIQUE ANNE")
    assert (patient.birth_name_received, patient.fed_by_id) == ("Pat-Trois", feeds.sources[AUTHORITY].organisation_id)
    with feeds.reading():
        assert identifiers_of(patient) == {"1": True}
    assert len(feeds.patients()) == 1
    feeds.coherent()


def test_a_number_typed_for_somebody_else_is_a_collision_not_an_update(feeds: Feeds) -> None:
    known = typed(feeds, number="1")
    outcome = feeds.send(Adt(event="A31", minute=0, ids=ipp("1"), name=MARTIN))
    assert (outcome.code, [one.kind for one in outcome.conflicts]) == ("AE", [ConflictKind.COLLISION])
    with feeds.reading():
        assert Patient.objects.get(pk=known).birth_name == "PAT-TROIS"
        assert FeedIdentity.objects.count() == 0


def test_the_patient_whose_ins_was_obtained_here_is_found_by_it(feeds: Feeds) -> None:
    known = typed(feeds, qualified=True, region=2)
    outcome = feeds.send(Adt(event="A28", minute=0, ids=QUALIFIED))
    assert (outcome.effect, outcome.ref) == (Effect.ATTACHED, known)
    assert [one.status for one in feeds.patients()] == ["QUAL"]
    with feeds.reading():
        assert identifiers_of(feeds.patients()[0]) == {"1": True}


def test_a_lower_status_does_not_overwrite_what_is_qualified_here(feeds: Feeds) -> None:
    typed(feeds, number="1", qualified=True)
    feeds.send(Adt(event="A31", minute=0, ids=ipp("1"), name="PATTROIS^DOMINIQUE^^^^^L", status="PROV"))
    patient = feeds.patient("1")
    assert (patient.birth_name, patient.status, patient.fed_by_id) == ("PAT-TROIS", "QUAL", None)


def test_a_doubt_raised_here_stands_until_it_is_lifted_here(feeds: Feeds) -> None:
    feeds.send(Adt(event="A28", minute=0, ids=QUALIFIED))
    with feeds.reading():
        patient = Patient.objects.get()
        matricules.end(patient, why="doubted")  # type: ignore[arg-type]
        patient.status, patient.is_doubtful, patient.document_kind = "PROV", True, ""
        patient.save()
    feeds.send(Adt(event="A31", minute=1, ids=QUALIFIED, name="PAT-TROIS^DOMINIQUE^DOMINIQUE ANNE^^^^L"))
    patient = feeds.patient("1")
    assert (patient.is_doubtful, patient.status, patient.given_names) == (True, "PROV", "DOMINIQUE ANNE")
    with feeds.reading():
        Patient.objects.update(is_doubtful=False)
    feeds.send(Adt(event="A31", minute=2, ids=QUALIFIED), now=NOW + timedelta(minutes=1))
    patient = feeds.patient("1")
    assert (patient.is_doubtful, patient.status) == (False, "QUAL")


def test_files_that_a_person_merged_here_are_fed_as_one(feeds: Feeds) -> None:
    feeds.send(Adt(event="A28", minute=0, ids=ipp("1"), name=MARTIN), Adt(event="A28", minute=1, ids=ipp("2")))
    kept, gone = feeds.patient("2").pk, feeds.patient("1").pk
    with feeds.reading():
        Patient.objects.filter(pk=gone).update(merged_into_id=kept)
    feeds.send(Adt(event="A31", minute=5, ids=ipp("1"), name="PAT-TROIS^DOMINIQUE^DOMINIQUE ANNE^^^^L"))
    with feeds.reading():
        assert Patient.objects.get(pk=gone).merged_into_id == kept, "a message does not undo what a person did"
        assert Patient.objects.get(pk=kept).given_names == "DOMINIQUE ANNE"
        Patient.objects.filter(pk=gone).update(merged_into_id=None)
    feeds.send(Adt(event="A31", minute=6, ids=ipp("1"), name=MARTIN))
    assert (feeds.patient("1").birth_name, feeds.patient("2").birth_name) == ("MARTIN", "PAT-TROIS")
