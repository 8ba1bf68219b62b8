"""How a patient is named on screen: family names in capitals, given names as they are said, « née » agreeing."""

import re
from uuid import UUID

from django.urls import reverse

from dcc.lib import french
from dcc.ui.components.identity import BannerData
from patients.identity.names import comparison_key
from patients.lifecycle.notices import notices_of
from patients.models import IdentityStatus, Patient

STATUS_WORDS = {
    IdentityStatus.PROVISIONAL: "provisional",
    IdentityStatus.RETRIEVED: "retrieved",
    IdentityStatus.VALIDATED: "validated",
    IdentityStatus.QUALIFIED: "qualified",
}


def given_label(normalised: str, received: str = "") -> str:
    """« Jean-Pierre », with the accents that were typed if the letters are the same."""
    text = received if received and comparison_key(received) == comparison_key(normalised) else normalised
    return re.sub(r"\w+", lambda word: word.group().capitalize(), text.strip())


def first_name(patient: Patient) -> str:
    return given_label(patient.first_given_name, patient.first_given_name_received)


def shown_name(patient: Patient) -> str:
    """« LE GUILLOU Françoise »: the used names, or those of birth."""
    given = given_label(patient.used_given_name) if patient.used_given_name else first_name(patient)
    return f"{patient.used_name or patient.birth_name} {given}"


def birth_label(patient: Patient) -> str:
    """« née ABHERVE Françoise », always shown beside the used names."""
    return f"{french.agree(patient.sex, 'né', 'née')} {patient.birth_name} {first_name(patient)}"


def file_url(patient_id: UUID) -> str:
    return reverse("patients:file", args=[patient_id])


def banner_of(
    patient: Patient,
    *,
    ipp: tuple[str, str] | None = None,
    link: bool = True,
    alerts: tuple[str, ...] = (),
    **more: object,
) -> BannerData:
    """The banner of every page about this patient; `ipp` is (establishment, number), `link` leads to the file.

    `alerts` come before what the identity itself says.
    """
    return BannerData(
        birth_name=patient.birth_name,
        first_name=first_name(patient),
        birth_date=patient.birth_date,
        sex=patient.sex,
        birth_place=patient.birth_place,
        identity_status=STATUS_WORDS[IdentityStatus(patient.status)],
        used_name=patient.used_name,
        used_first_name=given_label(patient.used_given_name),
        ipp_label=ipp[0] if ipp else "",
        ipp=ipp[1] if ipp else "",
        file_url=file_url(patient.pk) if link else "",
        notices=(*alerts, *notices_of(patient)),
        **more,  # type: ignore[arg-type]
    )
