"""Professions and specialties (TRE_G15, TRE_R38…), and the quorum role each specialty counts for.

Source: ANS, nomenclatures des objets de santé (JDV_J107 Ensemble savoir-faire RASS), grouping of the quorum roles by
the INCa référentiel of RCP. Codes are facts; labels are the usual names of the rooms.
"""

from django.db.models import TextChoices


class Profession(TextChoices):
    PHYSICIAN = "10", "médecin"
    PHARMACIST = "21", "pharmacien"
    DENTIST = "40", "chirurgien-dentiste"
    MIDWIFE = "50", "sage-femme"
    NURSE = "60", "infirmier"
    PSYCHOLOGIST = "93", "psychologue"
    DIETITIAN = "95", "diététicien"
    RADIOGRAPHER = "98", "manipulateur"
    INTERN = "interne", "interne"
    SECRETARY = "secretaire", "secrétaire médicale"
    ADMINISTRATION = "admin", "administration"
    IT = "informatique", "informatique"
    RESEARCH = "arc", "recherche clinique"


class QuorumRole(TextChoices):
    MEDICAL_ONCOLOGIST = "oncologue", "oncologue médical"
    RADIOTHERAPIST = "radiotherapeute", "radiothérapeute"
    HAEMATOLOGIST = "hematologue", "hématologue"
    PATHOLOGIST = "anatomopathologiste", "anatomopathologiste"
    SURGEON = "chirurgien", "chirurgien"
    RADIOLOGIST = "radiologue", "radiologue"
    NUCLEAR = "medecin_nucleaire", "médecin nucléaire"
    ORGAN = "specialiste_organe", "spécialiste d’organe"
    PAEDIATRICIAN = "pediatre", "pédiatre"
    GENETICIST = "geneticien", "généticien"
    GERIATRICIAN = "geriatre", "gériatre"
    PALLIATIVE = "soins_palliatifs", "médecin de soins palliatifs"
    OTHER = "autre", "autre spécialité"


# code: (label, quorum role)
SPECIALTIES: dict[str, tuple[str, str]] = {
    "SM36": ("oncologie médicale", QuorumRole.MEDICAL_ONCOLOGIST),
    "SM37": ("radiothérapie", QuorumRole.RADIOTHERAPIST),
    "SM35": ("onco-hématologie", QuorumRole.HAEMATOLOGIST),
    "SM21": ("hématologie", QuorumRole.HAEMATOLOGIST),
    "SM01": ("anatomie et cytologie pathologiques", QuorumRole.PATHOLOGIST),
    "SM05": ("chirurgie générale", QuorumRole.SURGEON),
    "SM12": ("chirurgie urologique", QuorumRole.SURGEON),
    "SM13": ("chirurgie vasculaire", QuorumRole.SURGEON),
    "SM14": ("chirurgie viscérale et digestive", QuorumRole.SURGEON),
    "SM34": ("ORL et chirurgie cervico-faciale", QuorumRole.SURGEON),
    "SM31": ("neurochirurgie", QuorumRole.SURGEON),
    "SM11": ("chirurgie thoracique et cardiovasculaire", QuorumRole.SURGEON),
    "SM10": ("chirurgie plastique et reconstructrice", QuorumRole.SURGEON),
    "SM08": ("chirurgie orthopédique", QuorumRole.SURGEON),
    "SM09": ("chirurgie infantile", QuorumRole.SURGEON),
    "DSM237": ("chirurgie cancérologique", QuorumRole.SURGEON),
    "SM44": ("radiodiagnostic", QuorumRole.RADIOLOGIST),
    "SM28": ("médecine nucléaire", QuorumRole.NUCLEAR),
    "SM20": ("gynécologie-obstétrique", QuorumRole.ORGAN),
    "SM19": ("gynécologie médicale", QuorumRole.ORGAN),
    "SM24": ("gastro-entérologie et hépatologie", QuorumRole.ORGAN),
    "SM41": ("pneumologie", QuorumRole.ORGAN),
    "SM15": ("dermatologie", QuorumRole.ORGAN),
    "SM16": ("endocrinologie", QuorumRole.ORGAN),
    "SM32": ("neurologie", QuorumRole.ORGAN),
    "SM40": ("pédiatrie", QuorumRole.PAEDIATRICIAN),
    "SST03": ("cancérologie pédiatrique", QuorumRole.PAEDIATRICIAN),
    "SM17": ("génétique médicale", QuorumRole.GENETICIST),
    "SM18": ("gériatrie", QuorumRole.GERIATRICIAN),
    "SST17": ("soins palliatifs", QuorumRole.PALLIATIVE),
    "SM26": ("médecine générale", QuorumRole.OTHER),
    "SM54": ("médecine générale", QuorumRole.OTHER),
    "SM02": ("anesthésie-réanimation", QuorumRole.OTHER),
}


def specialty_label(code: str) -> str:
    return SPECIALTIES.get(code, ("", ""))[0]


def quorum_role(code: str) -> str:
    """The quorum role one physician of this specialty counts for; '' for an unknown code."""
    return SPECIALTIES.get(code, ("", ""))[1]
