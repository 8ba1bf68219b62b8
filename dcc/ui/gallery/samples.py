"""Data of the gallery, all invented."""

from datetime import UTC, date, datetime

from django.urls import reverse

from dcc.ui.components.chrome import MembershipEntry, MenuLink, NavEntry, Who
from dcc.ui.components.data import Column, PageLinks, Pair, Step, Tab
from dcc.ui.components.identity import BannerData, Trait, TwinData
from dcc.ui.components.meters import Part
from dcc.ui.components.sheet import Answer, Chapter, Choice, ConflictData


def who(theme: str) -> Who:
    """A secretary who works for two organisations."""
    return Who(
        name="Maryse Le Bihan",
        organisation="3C Estuaire",
        role="Secrétaire de 3C",
        memberships=(
            MembershipEntry(label="3C Estuaire", value="1", role="secrétaire", current=True),
            MembershipEntry(label="CH de Rochebrune", value="2", role="secrétaire médicale"),
        ),
        links=(
            MenuLink(label="Mon compte", url="#compte", icon="user"),
            MenuLink(label="Aide", url="#aide", icon="help"),
        ),
        preferences_url=reverse("ui-gallery"),
        theme=theme,
    )


def nav() -> tuple[NavEntry, ...]:
    """Entries of a secretary."""
    home = reverse("ui-gallery")
    return (
        NavEntry(label="Accueil", url=home, current=True, key="a"),
        NavEntry(label="Calendrier", url=f"{home}#calendrier", key="c"),
        NavEntry(label="Patients", url=f"{home}#patients", key="p"),
        NavEntry(label="RCP", url=f"{home}#rcp", key="r"),
        NavEntry(label="Envois", url=f"{home}#envois", badge=2, key="e"),
    )


PATIENT = BannerData(
    birth_name="ABHERVÉ",
    first_name="Françoise",
    used_name="LE GUILLOU",
    birth_date=date(1963, 3, 11),
    sex="F",
    birth_place="Port-Navailles",
    ipp_label="CH de Rochebrune",
    ipp="0048 217 306",
    identity_status="qualified",
    file_url="#dossier",
    today=date(2025, 11, 25),
)
TABS = (
    Tab(label="Tout", href="#tout", count=22, current=True),
    Tab(label="Nouvelles demandes", href="#nouvelles", count=4),
    Tab(label="À compléter", href="#completer", count=7),
    Tab(label="À valider", href="#valider", count=3),
)
COLUMNS = (
    Column(label="Patient", sort="nom", css="col-who"),
    Column(label="Ce qui manque"),
    Column(label="Depuis", sort="depuis"),
    Column(label="Action", hidden=True),
)
PAGE = PageLinks(first=1, last=11, total=18, next_href="?page=2", next_count=7)
PARTS = (
    Part(kind="ok", value=13, label="prêts"),
    Part(kind="frozen", value=2, label="enregistrés"),
    Part(kind="warn", value=3, label="à compléter"),
    Part(kind="bad", value=1, label="refusé"),
    Part(kind="rest", value=4, label="à venir"),
)
PAIRS = (
    Pair(label="Médecin traitant", value="Dr Claire Mazurier"),
    Pair(label="IPP", value="0048 217 306", identifier=True),
    Pair(label="Téléphone", value=""),
)
STEPS = (
    Step(label="Identité", state="done", href="#identite"),
    Step(label="Réunion", state="current"),
    Step(label="Demande"),
)
CHAPTERS = (
    Chapter(label="Inscription", href="#c1", done=8, total=8),
    Chapter(label="Terrain", href="#c2", done=9, total=12),
    Chapter(label="Anatomopathologie", href="#c5", done=11, total=15, current=True),
    Chapter(label="Proposition", href="#c11", done=0, total=10),
    Chapter(label="Oncogériatrie", href="#c12", closed="< 75 ans"),
)
GRADES = (Choice(value="1", label="I"), Choice(value="2", label="II"), Choice(value="3", label="III"))
HIS = (
    Choice(value="nf", label="Non fait"),
    Choice(value="na", label="Non amplifié"),
    Choice(value="a", label="Amplifié", disabled=True),
)
CONFLICT = ConflictData(
    question="Ganglion sentinelle",
    element_id="conflit-gs",
    mine=Answer(author="La vôtre, 10:18", value="Fait, négatif", keep_label="Garder la mienne", key="mine"),
    theirs=Answer(author="Dr Hélias, 10:17", value="Micrométastase", keep_label="Prendre la sienne", key="theirs"),
)
TWIN = TwinData(
    name="NGUYEN Thi Lan",
    closeness="very",
    note="RCP Thyroïde, 12/05/2024",
    traits=(
        Trait(label="Nom de naissance", typed="NGUYEN", existing="TRAN"),
        Trait(label="Nom utilisé", typed="NGUYEN", existing="NGUYEN"),
        Trait(label="Prénom", typed="LAN", existing="THI LAN"),
        Trait(label="Naissance", typed="02/02/1971", existing="02/02/1977"),
        Trait(label="Sexe", typed="F", existing="F"),
        Trait(label="Lieu", typed="", existing="Viêt Nam"),
    ),
)
BREAK_GLASS_END = datetime(2025, 11, 26, 9, 4, tzinfo=UTC)
SAMPLES = {
    "patient": PATIENT, "tabs": TABS, "columns": COLUMNS, "pages": PAGE, "parts": PARTS, "pairs": PAIRS,
    "steps": STEPS, "chapters": CHAPTERS, "grades": GRADES, "his": HIS, "conflict": CONFLICT, "twin": TWIN,
    "break_glass_end": BREAK_GLASS_END,
}  # fmt: skip
