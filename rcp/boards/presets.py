"""Quorum each kind of board starts with, to be changed by the 3C (spec/clinical §8; MTG-08 is never lowered)."""

from typing import Any

from dcc.accounts.professions import QuorumRole as Q
from rcp.models import BoardKind

# Families of forms a board composes with the trunk (ICD-10 of the organ).
FORMS = {
    "tronc": "Tronc commun seul",
    "sein": "Sein (C50, D05)",
    "colorectal": "Côlon, rectum, canal anal (C18-C21)",
    "thorax": "Poumon, médiastin, plèvre (C33-C34, C37-C38, C45.0)",
    "prostate": "Prostate (C61)",
    "uro": "Vessie, voie excrétrice, rein, testicule, pénis (C60, C62, C64-C68)",
    "vads": "Voies aérodigestives supérieures, glandes salivaires (C00-C14, C30-C32)",
    "gyneco": "Ovaire, endomètre, col, vulve (C51-C57)",
    "hemato": "Hématologie maligne (C81-C96, D45-D47)",
    "melanome": "Peau, mélanome et autres (C43-C44, D03)",
    "neuro": "Système nerveux central (C70-C72, D32, D33, D43)",
    "sarcome": "Sarcomes des tissus mous, os, GIST (C40-C41, C47-C49)",
    "hpb": "Foie, voies biliaires, pancréas (C22-C25)",
    "estomac": "Œsophage, estomac, jonction (C15-C16)",
    "thyroide": "Thyroïde et tumeurs endocrines (C73)",
    "pediatrie": "Pédiatrie et AJA",
    "moleculaire": "RCP moléculaire",
    "transversale": "RCP transversales (oncogériatrie, palliatif, os, fertilité, oncogénétique)",
}

# The label says what the room calls the seat; `roles` are the specialties that fill it.
_SURGEON = {"label": "chirurgien", "roles": [Q.SURGEON], "count": 1}
_ONCOLOGIST = {"label": "oncologue médical", "roles": [Q.MEDICAL_ONCOLOGIST], "count": 1}
_ONCOLOGIST_OR_ORGAN = {
    "label": "oncologue médical ou spécialiste d’organe",
    "roles": [Q.MEDICAL_ONCOLOGIST, Q.ORGAN],
    "count": 1,
}
_RADIOTHERAPIST = {"label": "radiothérapeute", "roles": [Q.RADIOTHERAPIST], "count": 1}
_RADIOLOGIST = {"label": "radiologue", "roles": [Q.RADIOLOGIST], "count": 1}
_PATHOLOGIST = {"label": "anatomopathologiste", "roles": [Q.PATHOLOGIST], "count": 1}

_SOLID = (_SURGEON, _ONCOLOGIST_OR_ORGAN, _RADIOTHERAPIST)
_BY_FORM: dict[str, tuple[dict[str, Any], ...]] = {
    "hemato": ({"label": "hématologue", "roles": [Q.HAEMATOLOGIST], "count": 2},),
    "sarcome": (
        _PATHOLOGIST,
        {
            "label": "chirurgien, radiothérapeute ou oncologue médical",
            "roles": [Q.SURGEON, Q.RADIOTHERAPIST, Q.MEDICAL_ONCOLOGIST],
            "count": 1,
        },
    ),
    "pediatrie": (
        {"label": "pédiatre", "roles": [Q.PAEDIATRICIAN], "count": 2},
        _SURGEON,
        _RADIOTHERAPIST,
        _RADIOLOGIST,
        _PATHOLOGIST,
    ),
    "moleculaire": (
        {
            "label": "oncologue médical ou hématologue",
            "roles": [Q.MEDICAL_ONCOLOGIST, Q.HAEMATOLOGIST],
            "count": 1,
        },
        _PATHOLOGIST,
        {"label": "généticien", "roles": [Q.GENETICIST], "count": 1},
    ),
    "transversale": (_ONCOLOGIST,),
    "neuro": (_SURGEON, _ONCOLOGIST, _RADIOTHERAPIST),
    "sein": (_SURGEON, _ONCOLOGIST, _RADIOTHERAPIST),
}
_RECOURSE = (
    {"label": "chirurgien", "roles": [Q.SURGEON], "count": 2},
    _ONCOLOGIST,
    _RADIOTHERAPIST,
    _RADIOLOGIST,
)


def preset_groups(*, form_code: str, kind: str) -> list[dict[str, Any]]:
    """Groups a new board starts with: those of its form, or of a board of recourse for solid tumours."""
    if kind == BoardKind.RECOURSE and form_code not in _BY_FORM:
        groups: tuple[dict[str, Any], ...] = _RECOURSE
    else:
        groups = _BY_FORM.get(form_code, _SOLID)
    return [{**group, "roles": [str(role) for role in group["roles"]]} for group in groups]
