"""What a hospital's messages make of patients, stored by an unprivileged worker (PAT-03, INS-05)."""

from interop.pam.outcome import Effect
from tests.feeds.hospitals import Feeds
from tests.interop.pam_feed import QUALIFIED, Adt


def test_a_creation_opens_a_patient_in_the_hands_of_the_feed(feeds: Feeds) -> None:
    outcome = feeds.send(Adt(event="A28", minute=0, ids=QUALIFIED))
    assert (outcome.effect, outcome.code) == (Effect.CREATED, "AA")
    patient = feeds.patient("1")
    assert (patient.birth_name, patient.first_given_name, str(patient.birth_date)) == (
        "PAT-TROIS",
        "DOMINIQUE",
        "1979-03-28",
    )
    assert (patient.status, patient.ins_oid, patient.region_id) == ("QUAL", "1.2.250.1.213.1.4.10", 1)
    assert patient.fed_by_id == feeds.sources[next(iter(feeds.sources))].organisation_id
    feeds.coherent()
