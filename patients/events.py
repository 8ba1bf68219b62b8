"""Audit events about patients."""

from dcc.audit.catalogue import EventCatalogue


class PatientEvent(EventCatalogue):
    CREATED = "patients.created", "Identité créée."
    CREATED_DESPITE = "patients.created_despite", "Identité créée malgré une identité proche. Motif : {why}."
    UPDATED = "patients.updated", "Identité modifiée : {fields}."
    CONTACT_UPDATED = "patients.contact_updated", "Coordonnées modifiées : {fields}."
    SEARCHED = "patients.searched", "Recherche de patient ({criteria}), {found} résultat(s)."
    SEARCH_REFUSED = "patients.search_refused", "Recherche refusée : trop de recherches en peu de temps."
    OPENED = "patients.opened", "Dossier ouvert."
    ACCESS_GRANTED = "patients.access_granted", "Dossier ouvert à {label} ({reason})."
    ACCESS_ENDED = "patients.access_ended", "Accès fermé ({reason})."
    GLASS_BROKEN = "patients.glass_broken", "Accès exceptionnel jusqu’au {until}. Motif : {why}."
    GLASS_REVIEWED = "patients.glass_reviewed", "Accès exceptionnel relu\u00a0: {verdict}."
    INFORMED = "patients.informed", "Information du patient tracée (donnée le {given_on})."
    OPPOSED = "patients.opposed", "Opposition du patient au partage, exprimée le {given_on} à {given_by}."
    IPP_ADDED = "patients.ipp_added", "IPP ajouté pour {organisation_name}."
    DOCUMENT_READY = "patients.document_ready", "Document produit : {title}."
    DOCUMENT_FAILED = "patients.document_failed", "Production du document en échec."
    DOCUMENT_READ = "patients.document_read", "Document consulté : {title}."
