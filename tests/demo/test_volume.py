"""The scaled demonstration: a patient who comes back is in another meeting, as the database demands."""

import random
from typing import Any

from dcc.demo.volume import CASES_PER_MEETING, CASES_PER_PATIENT, _plan


def test_nobody_is_twice_in_one_meeting() -> None:
    patients = [(number, 1) for number in range(600)]
    meetings: list[Any] = list(range(int(len(patients) * CASES_PER_PATIENT * 1.2) // CASES_PER_MEETING + 1))
    planned = list(_plan(patients, meetings, random.Random(3)))
    assert len({(patient, meeting) for patient, _, meeting, _ in planned}) == len(planned)
    assert {patient for patient, *_ in planned} == set(range(600))
    assert 1.5 < len(planned) / len(patients) < 1.8
