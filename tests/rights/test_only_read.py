"""Who sees a file by an exceptional access or a sharing only reads and prints it, whatever their rights (D2, §6.5)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dcc.accounts.models import User
from patients.actions import break_glass
from patients.models import Access, Patient
from patients.sharing.actions import share_file
from tests.rights.scene import Scene, working
from tests.rights.test_strangers import ABOUT_PATIENTS, complete, with_every_right  # noqa: F401 - the fixture
from tests.rights.test_table import ask

# What they may do, typed by hand; whatever is not here is refused with the page that says whom to ask.
READ = {
    "GET patients:file": 200,
    "GET patients:identity": 200,
    "GET patients:leaflet": 200,
    "GET patients:accesses_print": 200,
    "GET patients:document kind=pdf": 200,
    "GET patients:document kind=cda": 200,
    "GET patients:received document=received": 200,
    "GET patients:received_content document=received": 200,
    "GET patients:received_page document=fax": 200,
    "GET rcp:case": 200,
    "GET rcp:case case=validated": 200,
    "GET rcp:sheet_print": 200,
    "GET rcp:sheet_print case=validated": 200,
    "GET rcp:conclusion": 200,
    "GET rcp:conclusion case=validated": 200,
    "GET rcp:since X-DCC-Poll": 200,
    "GET rcp:projection_case": 200,
    "GET rcp:projection_state X-DCC-Poll": 200,
    "GET messaging:delivery": 200,
    "GET messaging:message kind=mail": 200,
    # A registration makes a care team; a double is reported by whoever meets it.
    "GET rcp:register": 200,
    "POST rcp:register": 422,
    "GET patients:double_report": 200,
    "POST patients:double_report": 422,
}
ELSEWHERE = {"POST rcp:case_place", "POST rcp:case_place HX-Request"}  # refused already: the meeting is run by others
GLASS = {"GET patients:glass": 200, "POST patients:glass": 422}
SAYS = "Réservé à l’équipe de soins"


@pytest.fixture(params=["glass", "sharing"])
def opened(request: pytest.FixtureRequest, scene: Scene, forgotten: None) -> str:
    """Denis, of another establishment, opened every file of the scene, or was shown them."""
    with working("alice"):
        denis = User.objects.get(email="denis@dcc.example")
        held = list(Patient.objects.filter(pk__in=Access.objects.values("patient")))
    for patient in held:
        if request.param == "glass":
            with working("denis") as hand:
                break_glass(patient=patient, reason="Détresse respiratoire aux urgences", by=hand)
        else:
            with working("alice") as alice:
                until = timezone.localdate() + timedelta(days=30)
                share_file(patient=patient, to=denis.principal, why="Avis demandé", until=until, by=alice)
    return request.param


def test_each_address_reads_or_refuses_with_the_page_that_says_why(scene, opened, with_every_right):  # noqa: F811
    wrong = []
    allowed = READ | (GLASS if opened == "glass" else {"GET patients:glass": 302, "POST patients:glass": 302})
    for line in ABOUT_PATIENTS:
        answer = ask(complete(line), scene, "denis")
        expected = allowed.get(str(line), 403)
        says = str(line) in allowed or str(line) in ELSEWHERE or SAYS in answer.content.decode()
        if answer.status_code != expected or not says:
            wrong.append(f"{line}: {answer.status_code}, not {expected}")
    assert not wrong, "\n".join(wrong)


def test_what_is_typed_above_is_in_the_table():
    assert set(READ | GLASS) <= {str(line) for line in ABOUT_PATIENTS}
