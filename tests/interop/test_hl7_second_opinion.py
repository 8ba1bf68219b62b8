"""hl7apy reads what we write: a second opinion on standard segments (D17); it loses PRT, which is dropped before."""

import pytest
from hl7apy.consts import VALIDATION_LEVEL
from hl7apy.exceptions import ValidationError
from hl7apy.parser import parse_message, parse_segment

from interop.hl7v2.mdm import DocumentMessage, build_mdm
from interop.hl7v2.reader import parse


@pytest.fixture
def second_opinion(message: DocumentMessage) -> object:
    lines = [item.raw.decode() for item in parse(build_mdm(message)).segments if item.name != "PRT"]
    return parse_message("\r".join(lines), validation_level=VALIDATION_LEVEL.TOLERANT, find_groups=False)


@pytest.mark.parametrize("name", ["msh", "pid", "pv1"])
def test_segments_are_valid_for_another_library(second_opinion: object, name: str) -> None:
    assert getattr(second_opinion, name)[0].validate()


def test_the_second_opinion_does_object_to_a_patient_without_identifier() -> None:
    segment = parse_segment("PID|1||||PAT^DOMINIQUE^^^^^L", version="2.6")
    with pytest.raises(ValidationError):
        segment.validate()


def test_the_same_values_are_read(second_opinion: object, message: DocumentMessage) -> None:
    ours = parse(build_mdm(message))
    pid = second_opinion.pid[0]  # type: ignore[attr-defined]
    assert second_opinion.msh.msh_10.value == ours.control_id  # type: ignore[attr-defined]
    assert second_opinion.msh.msh_9.msh_9_3.value == "MDM_T02"  # type: ignore[attr-defined]
    for repetition, cx in enumerate(pid.pid_3, start=1):
        assert cx.cx_1.value == ours.value("PID", 3, repetition=repetition)
        assert cx.cx_4.hd_2.to_er7() == ours.value("PID", 3, 4, 2, repetition)
        assert cx.cx_5.value == ours.value("PID", 3, 5, repetition=repetition)
    assert [name.xpn_1.fn_1.to_er7() for name in pid.pid_5] == ["PAT-TROIS", "D'EXEMPLE"]
    assert pid.pid_7.value == "19790328"
    assert pid.pid_32.value == "VALI"
    assert second_opinion.pv1.pv1_2.value == "N"  # type: ignore[attr-defined]
