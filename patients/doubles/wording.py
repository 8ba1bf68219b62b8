"""French words for what merges move: tables are named for the person who counts them, not for the programmer."""

from dcc.lib import french

# Singular, plural. Tables of the apps above are known by name only; one that is not here is shown under its own name.
WORDS = {
    "patients_access": ("accès", "accès"),
    "patients_contact": ("fiche de coordonnées", "fiches de coordonnées"),
    "patients_content": ("contenu chiffré", "contenus chiffrés"),
    "patients_document": ("document émis", "documents émis"),
    "patients_export": ("export remis", "exports remis"),
    "patients_formerins": ("ancien matricule", "anciens matricules"),
    "patients_information": ("information du patient", "informations du patient"),
    "patients_patientidentifier": ("IPP", "IPP"),
    "patients_receiveddocument": ("document reçu", "documents reçus"),
    "patients_relative": ("proche", "proches"),
    "patients_request": ("demande du patient", "demandes du patient"),
    "patients_retentionline": ("ligne de liste d’élimination", "lignes de listes d’élimination"),
    "patients_visit": ("venue", "venues"),
    "patients_wish": ("volonté exprimée", "volontés exprimées"),
    "messaging_delivery": ("envoi", "envois"),
    "messaging_deliveryattempt": ("tentative d’envoi", "tentatives d’envoi"),
    "rcp_answer": ("réponse", "réponses"),
    "rcp_answerevent": ("saisie tracée", "saisies tracées"),
    "rcp_case": ("dossier de RCP", "dossiers de RCP"),
    "rcp_caseattachment": ("pièce jointe à un dossier", "pièces jointes à des dossiers"),
    "rcp_correspondent": ("correspondant", "correspondants"),
    "rcp_sheet": ("fiche", "fiches"),
}


def one_of(table: str) -> str:
    """« dossier de RCP »."""
    return WORDS.get(table, (table, table))[0]


def many_of(table: str) -> str:
    """« dossiers de RCP »."""
    return WORDS.get(table, (table, table))[1]


def counted(count: int, table: str) -> str:
    """« 2 dossiers de RCP »."""
    return french.counted(count, *WORDS.get(table, (table, table)))
