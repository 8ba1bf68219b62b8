"""About 120 invented professionals, the same at each run; a few are named in the list of demo accounts."""

import random
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

# Specialties a board needs, in the order an establishment recruits them.
TEAM = ("SM36", "SM14", "SM37", "SM01", "SM44", "SM24", "SM20", "SM12", "SM21", "SM41", "SM34", "SM15", "SM18", "SM28")
# Specialties that only some establishments have, so that their boards can reach their quorum.
RARER = {
    "valmer": ("SM18", "SM40", "SM31", "SM32", "SM11", "SM15", "SM16", "SM08", "SST17", "SM17"),
    "bocage": ("SM15",),
    "kerlannic": ("SM15",),
}
# Who brings cases to a board, by the start of its code: its usual specialties.
BRINGS = {
    "SEI": ("SM36", "SM14", "SM37", "SM20"),
    "DIG": ("SM24", "SM14", "SM36"),
    "URO": ("SM12", "SM36", "SM37"),
    "THO": ("SM41", "SM11", "SM36", "SM37"),
    "GYN": ("SM20", "SM36", "SM14"),
    "HEM": ("SM21",),
    "VAD": ("SM34", "SM37", "SM36"),
    "DER": ("SM15", "SM36"),
    "NEU": ("SM31", "SM32", "SM37"),
    "SAR": ("SM08", "SM14", "SM36"),
    "THY": ("SM16", "SM34"),
    "MOL": ("SM36", "SM41", "SM24"),
    "OGE": ("SM18", "SM36"),
    "PAL": ("SST17", "SM36"),
    "PED": ("SM40",),
    "HPB": ("SM24", "SM14", "SM36"),
}
FIRST = {
    "F": [
        "Nolwenn",
        "Awa",
        "Claire",
        "Inès",
        "Maïwenn",
        "Solène",
        "Hélène",
        "Latifa",
        "Aïda",
        "Mathilde",
        "Farida",
        "Sandrine",
        "Élodie",
        "Thuy",
        "Noémie",
    ],
    "M": [
        "Yann",
        "Bruno",
        "Karim",
        "Étienne",
        "Loïc",
        "Samuel",
        "Thomas",
        "Rémi",
        "Antoine",
        "Olivier",
        "Youssef",
        "Gaël",
        "Pierre",
        "Hugo",
        "Malo",
    ],
}
LAST = [
    "Corlay",
    "Tanguy",
    "Lannuzel",
    "Paturel",
    "Nedelec",
    "Sablier",
    "Ormeau",
    "Vauclair",
    "Brémaud",
    "Castaing",
    "Doriel",
    "Fontenac",
    "Gaudreuil",
    "Hauterive",
    "Isambart",
    "Jouvenel",
    "Kerdoncuff",
    "Laverdure",
    "Maronnier",
    "Noirfalise",
    "Ollivaud",
    "Pellegrain",
    "Quemener",
    "Roussillac",
    "Sauvageot",
    "Trémolières",
    "Urvoas",
    "Valcourt",
    "Weissberger",
    "Yvonnec",
    "Zellweger",
    "Ambrière",
    "Beauvoisin",
    "Chastenet",
    "Delamarre",
    "Estournel",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pro:
    email: str
    civility: str
    first: str
    last: str
    profession: str
    specialty: str
    organisation: str
    role: str


NAMED = (
    Pro(
        email="secretaire@dcc.example",
        civility="Mme",
        first="Maryse",
        last="Le Bihan",
        profession="secretaire",
        specialty="",
        organisation="3c-estuaire",
        role="secretary_3c",
    ),
    Pro(
        email="medecin@dcc.example",
        civility="Dr",
        first="Nolwenn",
        last="Kerjean",
        profession="10",
        specialty="SM36",
        organisation="rochebrune",
        role="coordinator",
    ),
    Pro(
        email="demandeur@dcc.example",
        civility="Dr",
        first="Yann",
        last="Hélias",
        profession="10",
        specialty="SM14",
        organisation="rochebrune",
        role="physician",
    ),
    Pro(
        email="radiotherapeute@dcc.example",
        civility="Dr",
        first="Awa",
        last="Oumarou",
        profession="10",
        specialty="SM37",
        organisation="barret",
        role="physician",
    ),
    Pro(
        email="infirmiere@dcc.example",
        civility="Mme",
        first="Carole",
        last="Jézéquel",
        profession="60",
        specialty="",
        organisation="rochebrune",
        role="nurse",
    ),
    Pro(
        email="admin3c@dcc.example",
        civility="M.",
        first="Alain",
        last="Riou",
        profession="admin",
        specialty="",
        organisation="3c-estuaire",
        role="admin_3c",
    ),
    Pro(
        email="reseau@dcc.example",
        civility="Mme",
        first="Nadia",
        last="Saliou",
        profession="admin",
        specialty="",
        organisation="ligea",
        role="network_admin",
    ),
    Pro(
        email="auditeur@dcc.example",
        civility="M.",
        first="Paul",
        last="Prigent",
        profession="admin",
        specialty="",
        organisation="ligea",
        role="auditor",
    ),
    Pro(
        email="informatique@dcc.example",
        civility="M.",
        first="Ivan",
        last="Gourvennec",
        profession="informatique",
        specialty="",
        organisation="rochebrune",
        role="establishment_it",
    ),
    Pro(
        email="identites@dcc.example",
        civility="Mme",
        first="Véra",
        last="Hamon",
        profession="admin",
        specialty="",
        organisation="3c-estuaire",
        role="identity_vigilance",
    ),
    Pro(
        email="metropole@dcc.example",
        civility="Mme",
        first="Mona",
        last="Ferreira",
        profession="secretaire",
        specialty="",
        organisation="3c-metropole",
        role="secretary_3c",
    ),
    Pro(
        email="plateau@dcc.example",
        civility="Mme",
        first="Odile",
        last="Vidal",
        profession="secretaire",
        specialty="",
        organisation="3c-plateau",
        role="secretary_3c",
    ),
    Pro(
        email="deux-reseaux@dcc.example",
        civility="Dr",
        first="Béa",
        last="Ménard",
        profession="10",
        specialty="SM44",
        organisation="valmer",
        role="physician",
    ),
    Pro(
        email="identites-reseau@dcc.example",
        civility="Mme",
        first="Anaïs",
        last="Rouxel",
        profession="admin",
        specialty="",
        organisation="ligea",
        role="identity_vigilance",
    ),
)


def professionals(establishments: list[str]) -> Iterator[Pro]:
    """The named ones, then a team in each establishment, smaller as the list goes, then the rarer specialties."""
    yield from NAMED
    draw = random.Random(20261121)  # noqa: S311  reproducible, not secret
    taken: set[str] = set()
    posts = [(code, one) for rank, code in enumerate(establishments) for one in TEAM[: max(8, 14 - rank)]]
    posts += [(code, one) for code in establishments for one in RARER.get(code, ())]
    for organisation, specialty in posts:
        sex = draw.choice("FM")
        first, last = draw.choice(FIRST[sex]), draw.choice(LAST)
        email = f"{first}.{last}.{organisation}@dcc.example".lower()
        if email in taken:
            continue
        taken.add(email)
        yield Pro(
            email=_ascii(email),
            civility="Dr",
            first=first,
            last=last,
            profession="10",
            specialty=specialty,
            organisation=organisation,
            role="physician",
        )


def _ascii(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).replace(" ", "")


def with_luhn(body: str) -> str:
    """The number with the check digit that makes its Luhn sum right (RPPS, FINESS)."""
    total = 0
    for position, digit in enumerate(reversed(body)):
        value = int(digit) * (2 if position % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return f"{body}{-total % 10}"
