"""A file opened exceptionally or shared for a time is read, it is not written: one rule for every address (D2, §6.5).

The rule knows an address by the names of its arguments: `patient_id`, `document_id`, and those that upper apps declare
when they start, with the permissions of theirs that need the care team as well.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum
from functools import partial
from typing import Any
from uuid import UUID

from django.db import connection
from django.http import HttpResponse
from django.shortcuts import render
from psycopg.sql import SQL, Composable, Identifier

from dcc.accounts.access import StaffRequest, Withheld
from patients.banner import banner_for
from patients.care import care
from patients.models import Access, Patient
from patients.permissions import CARE_TEAM_ONLY
from patients.sharing.queries import care_team_of

# Whom an argument is about: SQL that the reader's own walls bound, so that what they do not see is about nobody.
_PATIENT_OF: dict[str, Composable] = {
    "patient_id": SQL("SELECT %(key)s::uuid"),
    "document_id": SQL(
        "SELECT patient_id FROM patients_receiveddocument WHERE id = %(key)s"
        " UNION ALL SELECT patient_id FROM patients_document WHERE id = %(key)s"
    ),
}
_ONLY_READ = SQL(
    "SELECT patient FROM ({}) about (patient) WHERE dcc_may_see(patient) AND NOT dcc_in_care_team(patient)"
)
_EVERYWHERE: set[StrEnum] = set(CARE_TEAM_ONLY)
_THERE: dict[str, frozenset[StrEnum]] = {}


def need_the_team(permissions: Collection[StrEnum]) -> None:
    """Called by an upper app when it starts: these need the care team wherever an address is about one patient."""
    _EVERYWHERE.update(permissions)


def about_a_patient(argument: str, *, table: str, also: Collection[StrEnum] = ()) -> None:
    """Called by an upper app when it starts: `argument` is the key of a row of `table`, which is about one patient.

    `also` are permissions that need the care team at these addresses only.
    """
    _PATIENT_OF[argument] = SQL("SELECT patient_id FROM {} WHERE id = %(key)s").format(Identifier(table))
    _THERE[argument] = frozenset(also)


def outside_the_team(request: StaffRequest, arguments: Mapping[str, Any]) -> Withheld | None:
    """What is withheld from who sees the file by an exceptional access or a sharing only. One query at most."""
    for name in _PATIENT_OF.keys() & arguments.keys():
        rights = frozenset(_EVERYWHERE) | _THERE.get(name, frozenset())
        if rights & request.role_rights and (patient_id := _only_read(name, arguments[name])):
            return Withheld(rights=rights, page=partial(_page, request, patient_id))
    return None


def _only_read(argument: str, key: object) -> UUID | None:
    """The patient whose file is open to this reader, who is not of the care team."""
    with connection.cursor() as cursor:
        cursor.execute(_ONLY_READ.format(_PATIENT_OF[argument]).as_string(None), {"key": key})
        row = cursor.fetchone()
    return row[0] if row else None


def _page(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """Why nothing was done, who may do it, and how to become one of them."""
    patient = Patient.objects.get(pk=patient_id)
    banner = banner_for(request, patient)
    context = {
        "patient": patient,
        "banner_data": banner,
        "team": care_team_of(patient),
        "shared_until": None if banner.break_glass_until else _shown_until(patient),
        "register_url": care().registration_url(request, patient.pk),
    }
    return render(request, "patients/care_team_only.html", context, status=403)


def _shown_until(patient: Patient) -> Any:
    """The end of what opens this file to the reader."""
    return Access.objects.filter(patient=patient).order_by("-expires_at").values_list("expires_at", flat=True).first()
