"""What a report prints is frozen, complete, and cannot hold what must not be printed (VAL-02, VAL-03, D3, D6, D7)."""

import json
from dataclasses import FrozenInstanceError, replace
from datetime import datetime

import pytest

from rcp.reports.data import AnonymousPatient, IdentityStatus, ReportData, Validation
from tests.reports import samples


@pytest.mark.parametrize("name", samples.ALL)
def test_data_come_back_from_their_json(name: str) -> None:
    data = samples.ALL[name]
    text = data.to_json()
    assert ReportData.from_json(text) == data
    assert ReportData.from_json(text).to_json() == text
    assert json.loads(text)["schema"] == 1


def test_data_are_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        samples.TYPICAL.question = "autre"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"schema": 2}, "schema 1"),
        ({"invented": 1}, "fields of ReportData"),
        ({"board": None}, "not of type str"),
        ({"version": "1"}, "not of type int"),
        ({"level": "perhaps"}, "perhaps"),
        ({"meeting": {"held_on": "2025-11-25"}}, "fields of Meeting"),
        ({"patient": {"name": "X"}}, "fields of AnonymousPatient"),
    ],
)
def test_json_of_another_shape_is_refused(change: dict[str, object], reason: str) -> None:
    content = json.loads(samples.TYPICAL.to_json()) | change
    with pytest.raises(ValueError, match=reason):
        ReportData.from_json(json.dumps(content))


def test_a_missing_field_is_refused() -> None:
    content = json.loads(samples.TYPICAL.to_json())
    del content["question"]
    with pytest.raises(ValueError, match="fields of ReportData"):
        ReportData.from_json(json.dumps(content))


def test_what_was_frozen_before_a_later_field_is_read_and_written_as_it_was() -> None:
    """Given names as typed came after the first reports: absent, they are unknown, and nothing is added to a report."""
    text = samples.TYPICAL.to_json()
    assert "received" not in text
    assert ReportData.from_json(text).patient.first_given_name_received == ""
    named = replace(samples.TYPICAL, patient=replace(samples.PATIENT, first_given_name_received="Françoise"))
    assert json.loads(named.to_json())["patient"]["first_given_name_received"] == "Françoise"
    assert ReportData.from_json(named.to_json()) == named
    content = json.loads(text)
    content["patient"]["last_given_name_received"] = "Françoise"
    with pytest.raises(ValueError, match="fields of AnonymousPatient"):
        ReportData.from_json(json.dumps(content))


def test_only_a_qualified_identity_carries_its_ins_and_with_its_oid() -> None:
    for status in IdentityStatus:
        if status != IdentityStatus.QUALIFIED:
            with pytest.raises(ValueError, match="qualified"):
                replace(samples.QUALIFIED, identity_status=status)
    with pytest.raises(ValueError, match="OID"):
        replace(samples.QUALIFIED, ins_oid="")
    with pytest.raises(ValueError, match="OID"):
        replace(samples.PATIENT, ins_oid=samples.INS_OID)


def test_the_ins_stays_out_of_representations() -> None:
    assert samples.INS not in repr(samples.REPLACING)


def test_without_quorum_a_decision_comes_back_before_the_board() -> None:
    """D7: a postponement, or a proposal flagged "à représenter"."""
    quorum = replace(samples.QUORUM, reached=False)
    with pytest.raises(ValueError, match="D7"):
        replace(samples.TYPICAL, quorum=quorum)
    assert replace(samples.POSTPONED, quorum=quorum).quorum == quorum
    assert replace(samples.TYPICAL, quorum=quorum, proposal=samples.NO_QUORUM.proposal)


def test_a_discussed_case_traces_its_quorum() -> None:
    with pytest.raises(ValueError, match="MTG-07"):
        replace(samples.TYPICAL, quorum=None)
    assert samples.REGISTERED.quorum is None


def test_a_version_replaces_an_earlier_one() -> None:
    with pytest.raises(ValueError, match="earlier"):
        replace(samples.REPLACING, version=1)


def test_a_validation_knows_its_time_zone_and_a_registered_case_begins_at_its_countersignature() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Validation(by=samples.KERJEAN, at=datetime(2025, 11, 25, 14, 0))
    signed = samples.REGISTERED.validation
    assert signed.effective_at == signed.countersigned_at
    assert samples.TYPICAL.validation.effective_at == samples.TYPICAL.validation.at


def test_an_anonymous_version_keeps_the_case_and_drops_the_person() -> None:
    data = replace(samples.TYPICAL, patient=samples.QUALIFIED).anonymised()
    assert data.is_anonymous
    assert data.patient == AnonymousPatient()
    text = data.to_json()
    patient = samples.QUALIFIED
    for trait in (patient.birth_name, patient.used_name, patient.first_given_name, "1963", patient.birth_place_label,
                  patient.ipps[0].value, samples.INS, "MAZURIER"):  # fmt: skip
        assert trait not in text
    assert (data.order_number, data.proposal) == (samples.TYPICAL.order_number, samples.TYPICAL.proposal)
