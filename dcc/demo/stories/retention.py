"""Files whose time is over: three of the years before this software, on a list to sign (R.1112-7)."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

from dcc.demo.stories.backstage import Backstage, Person
from patients.access import grant
from patients.models import AccessReason
from patients.requests.eliminating import draw_next
from patients.requests.retention import ask_list, keep_file, lines_of

OLD = (
    (Person(birth_name="Abgrall", given="Fañch", born="03021921", sex="M", insee="29103"), (2003, 5, 14)),
    (
        Person(birth_name="Quiniou", given="Léontine", born="22101918", sex="F", insee="29174", used="Bars"),
        (2004, 2, 9),
    ),
    (Person(birth_name="Le Bras", given="Eugénie", born="11111925", sex="F", insee="29055"), (2006, 1, 20)),
)
TRANSFUSED = "Transfusion notée en 2005\u00a0: gardé trente ans"


def tell_retention(backstage: Backstage) -> None:
    """Files of the 3C that its administrator and the coordinator may both read, and the list drawn of them."""
    rochebrune = backstage.world.organisations["rochebrune"].principal
    for person, (year, month, day) in OLD:
        patient = backstage.create(person, by="admin3c")
        with backstage.acting("admin3c") as administrator:
            grant(patient_id=patient.pk, to=rochebrune, reason=AccessReason.REGISTRATION, by=administrator)
        backstage.date_back(
            patient, at=datetime(year, month, day, 9, 30, tzinfo=ZoneInfo(timezone.get_default_timezone_name()))
        )
    with backstage.acting("admin3c") as administrator:
        asked = ask_list(organisation=backstage.world.organisations["3c-estuaire"], by=administrator)
    draw_next()
    asked.refresh_from_db()
    with backstage.acting("admin3c") as administrator:
        last = lines_of(asked).order_by("-over_on")[0]
        keep_file(asked=asked, line_id=last.pk, why=TRANSFUSED, by=administrator)
