"""Two invented networks: organisations and boards. Names, numbers and addresses belong to nobody."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Org:
    code: str
    region: int
    kind: str
    parent: str | None
    name: str
    short: str
    city: str = ""
    postcode: str = ""
    department: str = "44"  # starts the FINESS number
    feed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardPlan:
    """A board: `code` starts its order numbers, `holder` is its 3C, `site` the establishment it sits in."""

    code: str
    name: str
    holder: str
    site: str
    weekday: int
    hour: int
    minute: int = 0
    kind: str = "organ"
    form: str = "tronc"
    frequency: str = "weekly"
    groups: tuple[tuple[str, tuple[str, ...]], ...] = field(default=())


LIGEA = (
    Org(
        code="ligea", region=1, kind="network", parent=None, name="Réseau régional de cancérologie Ligéa", short="Ligéa"
    ),
    Org(code="nord", region=1, kind="territory", parent="ligea", name="Territoire Nord", short="Territoire Nord"),
    Org(code="sud", region=1, kind="territory", parent="ligea", name="Territoire Sud", short="Territoire Sud"),
    Org(code="ouest", region=2, kind="territory", parent="ligea", name="Territoire Ouest", short="Territoire Ouest"),
    Org(
        code="3c-estuaire",
        region=1,
        kind="3c",
        parent="nord",
        name="3C Estuaire",
        short="3C Estuaire",
        city="Port-Navailles",
        postcode="44990",
    ),
    Org(
        code="3c-metropole",
        region=1,
        kind="3c",
        parent="nord",
        name="3C Métropole",
        short="3C Métropole",
        city="Valmer-Ville",
        postcode="44991",
    ),
    Org(
        code="3c-bocage",
        region=1,
        kind="3c",
        parent="sud",
        name="3C Bocage",
        short="3C Bocage",
        city="Saint-Orens-du-Bocage",
        postcode="85990",
    ),
    Org(
        code="3c-cotes",
        region=2,
        kind="3c",
        parent="ouest",
        name="3C des Côtes",
        short="3C Côtes",
        city="Kerlannic",
        postcode="29990",
    ),
    Org(
        code="rochebrune",
        region=1,
        kind="establishment",
        parent="3c-estuaire",
        name="Centre hospitalier de Rochebrune",
        short="CH Rochebrune",
        city="Port-Navailles",
        postcode="44990",
        feed=True,
    ),
    Org(
        code="dunes",
        region=1,
        kind="establishment",
        parent="3c-estuaire",
        name="Clinique des Dunes",
        short="Clinique des Dunes",
        city="La Grève-sur-Mer",
        postcode="44992",
    ),
    Org(
        code="sainte-odile",
        region=1,
        kind="establishment",
        parent="3c-estuaire",
        name="Polyclinique Sainte-Odile",
        short="Sainte-Odile",
        city="Port-Navailles",
        postcode="44990",
    ),
    Org(
        code="valmer",
        region=1,
        kind="establishment",
        parent="3c-metropole",
        name="CHU de Valmer",
        short="CHU Valmer",
        city="Valmer-Ville",
        postcode="44991",
        feed=True,
    ),
    Org(
        code="barret",
        region=1,
        kind="establishment",
        parent="3c-metropole",
        name="Centre Jeanne-Barret",
        short="Centre Jeanne-Barret",
        city="Valmer-Ville",
        postcode="44991",
    ),
    Org(
        code="bocage",
        region=1,
        kind="establishment",
        parent="3c-bocage",
        name="Centre hospitalier du Bocage",
        short="CH Bocage",
        city="Saint-Orens-du-Bocage",
        postcode="85990",
        department="85",
    ),
    Org(
        code="tilleuls",
        region=1,
        kind="establishment",
        parent="3c-bocage",
        name="Clinique des Tilleuls",
        short="Clinique des Tilleuls",
        city="Montfaucon-le-Vieux",
        postcode="85991",
        department="85",
    ),
    Org(
        code="kerlannic",
        region=2,
        kind="establishment",
        parent="3c-cotes",
        name="Centre hospitalier de Kerlannic",
        short="CH Kerlannic",
        city="Kerlannic",
        postcode="29990",
        department="29",
    ),
    Org(
        code="grand-large",
        region=2,
        kind="establishment",
        parent="3c-cotes",
        name="Clinique du Grand-Large",
        short="Grand-Large",
        city="Pen-ar-Roz",
        postcode="29991",
        department="29",
    ),
)
ARDELE = (
    Org(code="ardele", region=9, kind="network", parent=None, name="Réseau de cancérologie Ardèle", short="Ardèle"),
    Org(
        code="3c-plateau",
        region=9,
        kind="3c",
        parent="ardele",
        name="3C du Plateau",
        short="3C Plateau",
        city="Causse-Majeur",
        postcode="48990",
    ),
    Org(
        code="causses",
        region=9,
        kind="establishment",
        parent="3c-plateau",
        name="Centre hospitalier des Causses",
        short="CH Causses",
        city="Causse-Majeur",
        postcode="48990",
        department="48",
    ),
)

SURGEON = ("chirurgien", ("chirurgien",))
ONCOLOGIST = ("oncologue médical", ("oncologue",))
RADIOTHERAPIST = ("radiothérapeute", ("radiotherapeute",))
SOLID = (SURGEON, ONCOLOGIST, RADIOTHERAPIST)
# (code, name, kind, form, quorum groups): what most 3C hold
USUAL = (
    ("SEI", "Sein", "organ", "sein", SOLID),
    ("DIG", "Digestif", "organ", "colorectal", SOLID),
    ("URO", "Urologie", "organ", "prostate", SOLID),
    (
        "THO",
        "Thorax",
        "organ",
        "thorax",
        (ONCOLOGIST, RADIOTHERAPIST, ("pneumologue ou chirurgien", ("specialiste_organe", "chirurgien"))),
    ),
    ("GYN", "Gynécologie", "organ", "gyneco", SOLID),
    ("HEM", "Hématologie", "organ", "hemato", (("hématologue", ("hematologue",)),)),
    ("VAD", "Voies aérodigestives supérieures", "organ", "vads", SOLID),
    ("DER", "Dermatologie", "organ", "melanome", (ONCOLOGIST, ("dermatologue", ("specialiste_organe",)))),
)
# What a board sees besides the organ of its usual form.
OTHER_FORMS = {"DIG": ("hpb", "estomac"), "URO": ("uro",), "THY": ("vads",), "OGE": ("sein", "colorectal", "prostate")}
RARE = (
    ("NEU", "Neuro-oncologie", "organ", "neuro", SOLID),
    ("SAR", "Sarcomes, recours", "recourse", "sarcome", SOLID),
    ("THY", "Thyroïde", "organ", "thyroide", ()),
    ("MOL", "Moléculaire", "molecular", "moleculaire", (("anatomopathologiste", ("anatomopathologiste",)),)),
    ("OGE", "Oncogériatrie", "transversal", "transversale", (("gériatre", ("geriatre",)),)),
    ("PAL", "Soins palliatifs", "transversal", "transversale", ()),
    ("PED", "Pédiatrie", "paediatric", "pediatrie", (("pédiatre", ("pediatre",)),)),
    ("HPB", "Foie, voies biliaires, pancréas, recours", "recourse", "hpb", SOLID),
)
SITES = {
    "3c-estuaire": ("rochebrune", "E"),
    "3c-metropole": ("valmer", "M"),
    "3c-bocage": ("bocage", "B"),
    "3c-cotes": ("kerlannic", "C"),
}


def ligea_boards() -> list[BoardPlan]:
    """Forty boards: the eight usual ones in each 3C, the rare ones at the Métropole."""
    plans = []
    for rank, (holder, (site, letter)) in enumerate(SITES.items()):
        for number, (code, name, kind, form, groups) in enumerate(USUAL):
            plans.append(
                BoardPlan(
                    code=code if holder == "3c-estuaire" else f"{code}{letter}",
                    name=name,
                    holder=holder,
                    site=site,
                    weekday=(number + rank) % 5,
                    hour=(14, 17, 8, 12)[(number + rank) % 4],
                    minute=30 if number % 2 else 0,
                    kind=kind,
                    form=form,
                    groups=groups,
                )
            )
    for number, (code, name, kind, form, groups) in enumerate(RARE):
        plans.append(
            BoardPlan(
                code=code,
                name=name,
                holder="3c-metropole",
                site="valmer",
                weekday=number % 5,
                hour=(13, 16)[number % 2],
                kind=kind,
                form=form,
                frequency="fortnightly",
                groups=groups,
            )
        )
    return plans


def ardele_boards() -> list[BoardPlan]:
    return [
        BoardPlan(
            code="SEI", name="Sein", holder="3c-plateau", site="causses", weekday=1, hour=14, form="sein", groups=SOLID
        ),
        BoardPlan(
            code="DIG",
            name="Digestif",
            holder="3c-plateau",
            site="causses",
            weekday=3,
            hour=17,
            form="colorectal",
            groups=SOLID,
        ),
    ]
