"""What conditions and sentences may know beside the answers: the patient, the meeting, the author."""

from typing import Any

from rcp.models import Case

GENDER = {"F": "female", "M": "male", "I": "unknown"}


def launch_context(case: Case, quorum: str | None = None) -> dict[str, Any]:
    """Context of the engine for a case whose patient and meeting are loaded; `quorum` is the code of its answer."""
    return {
        "patient": {"birthDate": case.patient.birth_date.isoformat(), "gender": GENDER[case.patient.sex]},
        "session": {"date": case.meeting.held_on.isoformat(), "level": case.level, "quorum": quorum},
    }
