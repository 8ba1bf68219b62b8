"""Invented reports, from the everyday letter to the extreme one; the only INS is on the national test OID."""

import io
from dataclasses import replace
from datetime import date, datetime, time, timedelta, timezone

from PIL import Image, ImageDraw

from dcc.lib.pdf_checks import flatten_logo
from rcp.reports.data import (
    AttendanceMode,
    Attendee,
    Chapter,
    Establishment,
    Fact,
    Guideline,
    IdentityStatus,
    Level,
    LocalIdentifier,
    Meeting,
    Patient,
    Professional,
    Proposal,
    ProposalLine,
    Quorum,
    Recipient,
    Replaced,
    ReportData,
    Validation,
)

WINTER = timezone(timedelta(hours=1))
INS, INS_OID = "263033528800179", "1.2.250.1.213.1.4.10"
LOREM = (
    "Lésion du quadrant supéro-externe du sein droit, mesurée à 18 mm en imagerie, sans atteinte cutanée ; "
    "l'examen clinique retrouve une masse mobile. "
)


def logo() -> bytes:
    """A logo with transparency, flattened the way an upload is."""
    picture = Image.new("RGBA", (420, 150), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((8, 8, 142, 142), fill=(11, 95, 115, 255))
    draw.rectangle((62, 32, 88, 118), fill=(255, 255, 255, 255))
    draw.rectangle((32, 62, 118, 88), fill=(255, 255, 255, 255))
    draw.rounded_rectangle((165, 40, 410, 70), 12, fill=(11, 45, 56, 255))
    draw.rounded_rectangle((165, 86, 340, 108), 10, fill=(116, 202, 223, 255))
    stream = io.BytesIO()
    picture.save(stream, "PNG")
    return flatten_logo(stream.getvalue())


PATIENT = Patient(
    birth_name="ABHERVE",
    first_given_name="FRANCOISE",
    given_names="FRANCOISE MARIE ANNE",
    used_name="LE GUILLOU",
    used_given_name="FRANCOISE",
    birth_date=date(1963, 3, 11),
    sex="F",
    birth_place_code="35288",
    birth_place_label="Saint-Malo",
    identity_status=IdentityStatus.VALIDATED,
    ipps=(LocalIdentifier(establishment="CH de Rochebrune", value="0048217306"),),
)
QUALIFIED = replace(PATIENT, identity_status=IdentityStatus.QUALIFIED, ins_matricule=INS, ins_oid=INS_OID)

KERJEAN = Professional(
    name="Dr Nolwenn KERJEAN",
    role="coordonnatrice de la RCP",
    specialty="Oncologie médicale",
    place="CH de Rochebrune",
    rpps="10000000012",
)
CORLAY = Professional(name="Dr Yann CORLAY", specialty="Chirurgie gynécologique", place="CH de Rochebrune")
HELIAS = Professional(name="Dr Maud HÉLIAS", specialty="Oncologie médicale", place="CH de Rochebrune")
MAZURIER = Professional(name="Dr Paul MAZURIER", specialty="Médecine générale", place="Port-Navailles")

QUORUM = Quorum(
    reached=True,
    rule="trois médecins de trois spécialités, dont un chirurgien, un oncologue médical et un radiothérapeute.",
    attendees=(
        Attendee(name="Dr Nolwenn KERJEAN", specialty="Oncologie médicale"),
        Attendee(name="Dr Yann CORLAY", specialty="Chirurgie gynécologique"),
        Attendee(name="Dr Aminata OUMAROU", specialty="Radiothérapie", mode=AttendanceMode.REMOTE),
        Attendee(name="Dr Luc PATUREL", specialty="Anatomopathologie"),
        Attendee(name="Dr Maud HÉLIAS", specialty="Oncologie médicale"),
        Attendee(name="Mme Inès LE BRAS", specialty="Infirmière de coordination", counts=False),
    ),
)
PROPOSAL = Proposal(
    outcome="Proposition thérapeutique",
    intent="Intention curative",
    lines=(
        ProposalLine(
            rank=1,
            label="Signature génomique (Oncotype DX) sur la pièce",
            details="Examen décisif",
            planned="au plus tard le 09/12/2025",
            person="Dr Paturel",
        ),
        ProposalLine(
            rank=2,
            label="Chimiothérapie adjuvante si score ≥ 26",
            details="3 EC puis 3 docétaxel",
            planned="semaine du 15/12/2025",
            place="CH de Rochebrune",
            person="Dr Corlay",
        ),
        ProposalLine(
            rank=3,
            label="Radiothérapie, sein entier et boost, hypofractionnée",
            planned="semaine à préciser",
            place="Centre Jeanne-Barret",
            person="Dr Oumarou",
            hand_edited=True,
        ),
        ProposalLine(rank=4, label="Hormonothérapie, anti-aromatase 5 ans", planned="après la radiothérapie"),
    ),
    conclusion="Décision à partager avec la patiente, qui craint la chimiothérapie ; revoir en consultation avec le "
    "résultat.",
    conclusion_hand_edited=True,
    facts=(
        Fact(label="Soins de support", text="soutien psychologique, activité physique adaptée"),
        Fact(label="Annonce de la proposition", text="Dr Corlay, consultation du 02/12/2025"),
    ),
    guideline=Guideline(name="Sein, réseau Ligéa", version="version 2025-09", conformity="conforme"),
    trial="inclusion non proposée : critère d'exclusion (ADAGE-Sein).",
)

CHAPTERS = (
    Chapter(
        title="Diagnostic",
        text="Carcinome infiltrant de type non spécifique du sein droit, de grade II, "
        "découvert au dépistage organisé. RE 90 %, RP 60 %, HER2 négatif (score 1+), Ki67 22 %.",
    ),
    Chapter(
        title="Stade",
        text="pT1c pN1mi(sn) M0, UICC 8e édition, stade IB. Un ganglion sentinelle sur deux "
        "porte une micrométastase de 0,8 mm.",
    ),
    Chapter(
        title="Patiente",
        text="Ménopausée. OMS 0. Hypertension traitée. Pas d'antécédent personnel de "
        "cancer ; une tante maternelle opérée d'un cancer du sein à 61 ans.\n"
        "Craint la chimiothérapie : en a parlé au Dr Corlay.",
    ),
    Chapter(
        title="Traitements déjà faits",
        text="Tumorectomie et ganglion sentinelle le 06/11/2025 (Dr Corlay), "
        "taille histologique 18 mm, marges saines (6 mm).",
        hand_edited=True,
    ),
    Chapter(
        title="Examens",
        text="Mammographie et échographie du 08/10/2025, ACR 5 à droite. Bilan d'extension : pas d'indication.",
    ),
)

TYPICAL = ReportData(
    network="Réseau Ligéa",
    centre="3C Estuaire",
    board="RCP Sein",
    order_number="SEI-2025-0413",
    establishment=Establishment(
        name="Centre hospitalier de Rochebrune",
        finess="350000000",
        address=("12, quai des Tanneurs", "35999 Rochebrune Cedex"),
        phone="0299000000",
        logo=logo(),
    ),
    meeting=Meeting(
        held_on=date(2025, 11, 25), starts_at=time(14, 0), place="Salle Ambroise-Paré", mode="en salle et à distance"
    ),
    patient=PATIENT,
    question="Après tumorectomie pT1c pN1mi, indication d'une chimiothérapie adjuvante et intérêt d'une signature "
    "génomique ?",
    motive="proposition thérapeutique",
    proposal=PROPOSAL,
    validation=Validation(by=KERJEAN, at=datetime(2025, 11, 25, 14, 23, 11, tzinfo=WINTER)),
    content_hash="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    requester=CORLAY,
    referring_doctor=HELIAS,
    general_practitioner=MAZURIER,
    quorum=QUORUM,
    summary="Carcinome infiltrant du sein droit de 18 mm, de grade II, RE 90 %, HER2 négatif, classé pT1c "
    "pN1mi(sn) M0, opéré le 6 novembre 2025.",
    chapters=CHAPTERS,
    recipients=(
        Recipient(name="Dr Yann CORLAY", quality="demandeur", channel="messagerie sécurisée"),
        Recipient(name="Dr Maud HÉLIAS", quality="médecin référent", channel="messagerie sécurisée"),
        Recipient(name="CH de Rochebrune", quality="dossier de l'établissement", channel="interface"),
        Recipient(name="Dr Paul MAZURIER", quality="médecin traitant", channel="courrier"),
    ),
    informed_on=date(2025, 11, 21),
    informed_by="le Dr Corlay",
)

REPLACING = replace(
    TYPICAL,
    patient=QUALIFIED,
    version=2,
    replaces=Replaced(
        version=1,
        validated_at=datetime(2025, 11, 25, 14, 23, tzinfo=WINTER),
        reason="le côté opéré était noté à gauche",
    ),
)

REGISTERED = replace(
    TYPICAL,
    level=Level.REGISTERED,
    quorum=None,
    chapters=CHAPTERS[:2],
    validation=Validation(
        by=CORLAY,
        at=datetime(2025, 11, 24, 9, 0, tzinfo=WINTER),
        countersigned_by=KERJEAN,
        countersigned_at=datetime(2025, 11, 25, 13, 55, tzinfo=WINTER),
    ),
)

NO_QUORUM = replace(
    TYPICAL,
    quorum=replace(QUORUM, reached=False, missing="Il manque un radiothérapeute.", attendees=QUORUM.attendees[:2]),
    proposal=replace(PROPOSAL, to_represent=True, to_represent_on=date(2025, 12, 2)),
)

POSTPONED = replace(
    TYPICAL,
    proposal=Proposal(
        outcome="Report (dossier incomplet)",
        postponed=True,
        to_represent_on=date(2025, 12, 2),
        conclusion="Attendre la relecture de la biopsie.",
    ),
    quorum=replace(QUORUM, reached=None),
)

ANONYMOUS = replace(TYPICAL, patient=QUALIFIED).anonymised()

CHILD = replace(
    TYPICAL,
    board="RCP Pédiatrie",
    order_number="PED-2025-0007",
    patient=Patient(
        birth_name="D'AZUR--ROCHE",
        first_given_name="LEO",
        given_names="LEO",
        birth_date=date(2023, 6, 1),
        sex="M",
        birth_place_code="99243",
        birth_place_label="Viêt Nam",
        identity_status=IdentityStatus.PROVISIONAL,
    ),
    establishment=Establishment(name="Centre Jeanne-Barret"),
)

EXTREME = replace(
    REPLACING,
    board="RCP de recours en chirurgie viscérale et digestive complexe de la région Estuaire et Marches",
    question=LOREM * 12,
    proposal=replace(
        PROPOSAL,
        lines=tuple(
            ProposalLine(
                rank=rank,
                label=f"Étape {rank} : {LOREM[:80]}",
                details=LOREM * (1 + rank % 3),
                planned="au décours de la chirurgie, semaine du 15/12/2025",
                place="Centre Jeanne-Barret",
                person="Dr Aminata OUMAROU et Dr Nolwenn KERJEAN",
                alternative=rank > 9,
            )
            for rank in range(1, 13)
        ),
        conclusion="\n".join([LOREM * 8] * 6),
    ),
    quorum=replace(
        QUORUM,
        attendees=tuple(
            Attendee(
                name=f"Dr Prénom-composé NOM-DE-FAMILLE-{rank}",
                specialty=f"Spécialité {rank % 7}, avec un mot long",
                mode=list(AttendanceMode)[rank % 3],
                counts=rank % 4 != 0,
            )
            for rank in range(25)
        ),
    ),
    chapters=tuple(Chapter(title=f"Chapitre {rank}", text="\n".join([LOREM * 6] * 4)) for rank in range(10))
    + (Chapter(title="Sans espace", text="A" * 3000),),
    correspondents=tuple(replace(MAZURIER, name=f"Dr Correspondant {rank}", role="Correspondant") for rank in range(8)),
)

ALL = {
    "typical": TYPICAL,
    "replacing": REPLACING,
    "registered": REGISTERED,
    "no quorum": NO_QUORUM,
    "postponed": POSTPONED,
    "anonymous": ANONYMOUS,
    "child": CHILD,
    "extreme": EXTREME,
}
