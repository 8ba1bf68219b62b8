"""The banner of every page about a patient bears their number in the reader's establishment (PAT-03, PAT-10)."""

import html
import re
from typing import Any

import pytest
from django.urls import reverse

from dcc.organisations.models import Organisation
from patients.actions import add_ipp, break_glass
from patients.models import Patient
from rcp.models import Case
from tests.registration.conftest import in_ten_days, registered  # noqa: F401 - the fixture
from tests.rights.test_table import ours

ROCHEBRUNE, DUNES = "R0042917", "D771204"
BANNER = re.compile(r'<section class="banner".*?</section>', re.S)


@pytest.fixture
def numbered(working_as: Any, francoise: Patient) -> Patient:
    """Followed at Rochebrune, known of the Clinique des Dunes as well, each with its number."""
    with working_as("alice") as alice:
        for short, value in (("Clinique des Dunes", DUNES), ("CH Rochebrune", ROCHEBRUNE)):
            organisation = Organisation.objects.get(short_name=short)
            add_ipp(patient=francoise, value=value, organisation=organisation, by=alice)
        registered(alice, francoise)
    return francoise


def banners(client: Any, patient: Patient, case_id: Any = None) -> dict[str, str]:
    """The banner of each page whose address is that of this patient, or of this case, by the name of the page."""
    found = {}
    for name, pattern in ours().items():
        known = {"patient_id": patient.pk, "case_id": case_id}
        asked = set(pattern.pattern.converters)
        if len(asked) != 1 or not asked <= known.keys() or (asked == {"case_id"} and case_id is None):
            continue
        page = client.get(reverse(name, kwargs={one: known[one] for one in asked}))
        if page.status_code == 200 and (shown := BANNER.search(page.content.decode())):
            found[name] = html.unescape(shown.group())
    return found


def test_every_page_of_the_patient_and_of_the_case_bears_it(signed_in, working_as, numbered):
    with working_as("bob"):
        case = Case.objects.get(patient=numbered)
    pages = banners(signed_in("bob"), numbered, case.pk)
    assert {"patients:file", "patients:contact", "patients:identity", "patients:share", "patients:leaflet"} <= set(
        pages
    )
    assert {"rcp:register", "rcp:recipients"} <= set(pages)
    assert {"rcp:postpone", "rcp:cancel", "rcp:case", "rcp:conclusion"} <= set(pages)
    without = [
        name for name, banner in pages.items() if ROCHEBRUNE not in banner or "IPP – CH Rochebrune" not in banner
    ]
    assert not without
    assert not [name for name, banner in pages.items() if DUNES in banner], "one number, the reader's own"


def test_a_reader_whose_structure_gives_no_numbers_reads_the_first_one(signed_in, numbered):
    """The 3C has none of its own: the number says of which establishment it is."""
    pages = banners(signed_in("alice"), numbered)
    assert len(pages) >= 10
    assert all("IPP – Clinique des Dunes" in banner and DUNES in banner for banner in pages.values())


def test_a_closed_file_does_not_say_by_whom_the_patient_is_treated(signed_in, numbered):
    """Denis works at the Dunes and reads its number; Dr Oumarou's file at Valmer has none, and hers stays closed."""
    closed = signed_in("denis").get(f"/patients/{numbered.pk}/")
    assert closed.status_code == 403
    assert DUNES in BANNER.search(closed.content.decode()).group()
    for address in (f"/patients/{numbered.pk}/", f"/inscription/{numbered.pk}/"):
        shown = signed_in("metro").get(address).content.decode()
        assert ROCHEBRUNE not in shown
        assert DUNES not in shown


def test_an_exceptional_access_says_its_end_on_every_page(signed_in, working_as, numbered):
    with working_as("denis") as denis:
        break_glass(patient=numbered, reason="Urgence, patiente inconsciente aux urgences", by=denis)
    client = signed_in("denis")
    for page in ("", "identite/", "information/fiche/", "acces/imprimer/"):
        answer = client.get(f"/patients/{numbered.pk}/{page}")
        assert answer.status_code == 200, page
        assert "Accès exceptionnel ouvert" in answer.content.decode(), page
