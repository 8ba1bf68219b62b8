"""Audit events about patients."""

from dcc.audit.catalogue import EventCatalogue


class PatientEvent(EventCatalogue):
    CREATED = "patients.created", "Identité créée."
    CREATED_DESPITE = "patients.created_despite", "Identité créée malgré une identité proche. Motif : {why}."
    UPDATED = "patients.updated", "Identité modifiée : {fields}."
    IDENTITY_VALIDATED = "patients.identity_validated", "Identité validée\u00a0: {document}."
    IDENTITY_UNVALIDATED = "patients.identity_unvalidated", "Validation de l’identité annulée. Motif\u00a0: {why}."
    IDENTITY_CORRECTED = "patients.identity_corrected", "Traits corrigés\u00a0: {fields}. Statut\u00a0: {status}."
    IDENTITY_DOUBTED = "patients.identity_doubted", "Identité marquée douteuse. Motif\u00a0: {why}."
    IDENTITY_DOUBT_LIFTED = "patients.identity_doubt_lifted", "Doute levé sur l’identité. Motif\u00a0: {why}."
    IDENTITY_FICTITIOUS = "patients.identity_fictitious", "Identité déclarée fictive. Motif\u00a0: {why}."
    IDENTITY_FICTION_LIFTED = "patients.identity_fiction_lifted", "Identité qui n’est plus fictive. Motif\u00a0: {why}."
    IDENTITY_ANONYMOUS = "patients.identity_anonymous", "Identité déclarée anonyme. Motif\u00a0: {why}."
    IDENTITY_ANONYMITY_LIFTED = "patients.identity_named", "Identité qui n’est plus anonyme. Motif\u00a0: {why}."
    HOMONYM_MARKED = "patients.homonym_marked", "Homonyme signalé. Motif\u00a0: {why}."
    HOMONYM_UNMARKED = "patients.homonym_unmarked", "Homonyme levé. Motif\u00a0: {why}."
    INSI_ASKED = "patients.insi_asked", "Téléservice INSi interrogé\u00a0: {outcome}."
    INSI_DISMISSED = "patients.insi_dismissed", "Réponse d’INSi écartée. Motif\u00a0: {why}."
    INS_RETRIEVED = "patients.ins_retrieved", "INS récupérée par INSi. Statut\u00a0: {status}."
    INS_CONFIRMED = "patients.ins_confirmed", "INS vérifiée et confirmée par INSi."
    INS_LOST = "patients.ins_lost", "INS retirée, non confirmée par INSi. Statut\u00a0: {status}."
    IDENTITY_FED = "patients.identity_fed", "Identité reçue du flux de {source}. Statut\u00a0: {status}."
    CONTACT_FED = "patients.contact_fed", "Coordonnées reçues du flux de {source}\u00a0: {fields}."
    FEED_JOINED = "patients.feed_joined", "Identité fusionnée dans une autre par le flux de {source}."
    FEED_PARTED = "patients.feed_parted", "Fusion reçue d’un flux défaite. Motif\u00a0: {why}."
    FEED_CONFLICT = "patients.feed_conflict", "Conflit d’identité signalé par le flux de {source}\u00a0: {matter}."
    FEED_CONFLICT_SETTLED = "patients.feed_conflict_settled", "Conflit d’identité réglé\u00a0: {how}."
    FEED_CONFLICT_READ = "patients.feed_conflict_read", "Conflit d’identité examiné par la cellule d’identitovigilance."
    FEED_MERGE_READ = "patients.feed_merge_read", "Fusion reçue d’un flux examinée par la cellule d’identitovigilance."
    FEED_UNDO_ASKED = "patients.feed_undo_asked", "Séparation demandée après une fusion reçue. Motif\u00a0: {why}."
    FEED_UNDO_STOPPED = "patients.feed_undo_stopped", "Séparation impossible, rien n’a changé\u00a0: {why}"
    RELATIVE_ADDED = "patients.relative_added", "Proche ajouté\u00a0: {relation}."
    RELATIVE_ENDED = "patients.relative_ended", "Proche retiré\u00a0: {relation}."
    DEATH_NOTED = "patients.death_noted", "Décès noté."
    DEATH_CANCELLED = "patients.death_cancelled", "Décès noté à tort\u00a0: annulé."
    REGIME_CHANGED = "patients.regime_changed", "Identités de {organisation_name}\u00a0: {regime}."
    CONTACT_UPDATED = "patients.contact_updated", "Coordonnées modifiées : {fields}."
    SEARCHED = "patients.searched", "Recherche de patient ({criteria}), {found} résultat(s)."
    SEARCH_REFUSED = "patients.search_refused", "Recherche refusée : trop de recherches en peu de temps."
    OPENED = "patients.opened", "Dossier ouvert."
    ACCESS_GRANTED = "patients.access_granted", "Dossier ouvert à {label} ({reason})."
    ACCESS_ENDED = "patients.access_ended", "Accès fermé ({reason})."
    GLASS_BROKEN = "patients.glass_broken", "Accès exceptionnel jusqu’au {until}. Motif : {why}."
    GLASS_REVIEWED = "patients.glass_reviewed", "Accès exceptionnel relu\u00a0: {verdict}."
    OPENED_UNUSUALLY = "patients.opened_unusually", "Ouverture inhabituelle\u00a0: {why}."
    UNUSUAL_REVIEWED = "patients.unusual_reviewed", "Ouverture inhabituelle relue\u00a0: {verdict}."
    ACCESSES_PRINTED = "patients.accesses_printed", "Liste des accès imprimée pour le patient."
    WISH_RECORDED = "patients.wish_recorded", "Volonté du patient tracée\u00a0: {subject}, {answer}."
    REQUEST_RECORDED = (
        "patients.request_recorded",
        "Demande du patient enregistrée\u00a0: {kind}, réponse due le {due_on}.",
    )
    REQUEST_CLOSED = "patients.request_closed", "Demande du patient close\u00a0: {kind}, {status}."
    EXPORT_ASKED = "patients.export_asked", "Copie complète du dossier demandée."
    EXPORT_READY = "patients.export_ready", "Copie complète du dossier prête."
    EXPORT_FAILED = "patients.export_failed", "Copie complète du dossier en échec."
    EXPORT_READ = "patients.export_read", "Copie complète du dossier téléchargée."
    EXPORT_DELETED = "patients.export_deleted", "Copie complète du dossier supprimée."
    RETENTION_DRAWN = "patients.retention_drawn", "Liste des dossiers arrivés à terme établie\u00a0: {size}."
    RETENTION_KEPT = "patients.retention_kept", "Dossier arrivé à terme conservé. Motif\u00a0: {why}."
    RETENTION_SIGNED = "patients.retention_signed", "Liste d’élimination signée ({rank})."
    RETENTION_DROPPED = "patients.retention_dropped", "Liste d’élimination abandonnée."
    FILE_ELIMINATED = "patients.file_eliminated", "Dossier éliminé au terme de sa conservation\u00a0: {contents}."
    INFORMED = "patients.informed", "Information du patient tracée (donnée le {given_on})."
    OPPOSED = "patients.opposed", "Opposition du patient au partage, exprimée le {given_on} à {given_by}."
    IPP_ADDED = "patients.ipp_added", "IPP ajouté pour {organisation_name}."
    DOCUMENT_READY = "patients.document_ready", "Document produit : {title}."
    DOCUMENT_FAILED = "patients.document_failed", "Production du document en échec."
    DOCUMENT_READ = "patients.document_read", "Document consulté : {title}."
    DOUBLE_FOUND = "patients.double_found", "Doublon possible signalé à la cellule d’identitovigilance."
    DOUBLE_REPORTED = (
        "patients.double_reported",
        "Doublon signalé à la cellule d’identitovigilance par une personne. Motif\u00a0: {why}.",
    )
    DOUBLE_READ = "patients.double_read", "Paire d’identités examinée par la cellule d’identitovigilance."
    DOUBLE_CLEARED = "patients.double_cleared", "Doublon possible écarté\u00a0: les identités ne sont plus proches."
    DOUBLE_HOMONYM = "patients.double_homonym", "Homonymes\u00a0: deux personnes différentes. Motif\u00a0: {why}."
    DOUBLE_UNSURE = "patients.double_unsure", "Doublon possible laissé incertain. Motif\u00a0: {why}."
    DOUBLE_REOPENED = "patients.double_reopened", "Doublon possible à examiner de nouveau. Motif\u00a0: {why}."
    MERGE_ASKED = "patients.merge_asked", "Fusion demandée, à confirmer par une seconde personne. Motif\u00a0: {why}."
    MERGE_ORDERED = "patients.merge_ordered", "Fusion d’identités ordonnée. Motif\u00a0: {why}."
    MERGE_CONFIRMED = "patients.merge_confirmed", "Fusion d’identités confirmée par une seconde personne."
    MERGE_DECLINED = "patients.merge_declined", "Fusion d’identités non confirmée. Motif\u00a0: {why}."
    MERGED = "patients.merged", "Identités fusionnées\u00a0: {rows} éléments réunis, comptés avant et après."
    MERGE_STOPPED = "patients.merge_stopped", "Fusion impossible, rien n’a été déplacé\u00a0: {why}"
    UNDO_ASKED = (
        "patients.undo_asked",
        "Annulation de fusion demandée, à confirmer par une seconde personne. Motif\u00a0: {why}.",
    )
    UNDO_CONFIRMED = "patients.undo_confirmed", "Annulation de fusion confirmée par une seconde personne."
    UNDO_DECLINED = "patients.undo_declined", "Annulation de fusion non confirmée. Motif\u00a0: {why}."
    UNDO_ORDERED = "patients.undo_ordered", "Annulation de fusion ordonnée. Motif\u00a0: {why}."
    UNMERGED = "patients.unmerged", "Fusion annulée\u00a0: chaque élément est revenu à son identité d’origine."
    UNDO_STOPPED = "patients.undo_stopped", "Annulation de fusion impossible, rien n’a été déplacé\u00a0: {why}"
    DOCUMENT_ADDED = "patients.document_added", "Document ajouté au dossier, à décrire ({format})."
    DOCUMENT_FILED = "patients.document_filed", "Document classé\u00a0: {kind}."
    DOCUMENT_EDITED = "patients.document_edited", "Description d’un document corrigée\u00a0: {fields}."
    DOCUMENT_REPLACED = "patients.document_replaced", "Document remplacé par une autre version ({kind})."
    DOCUMENT_RESTORED = "patients.document_restored", "Document remis en vigueur, son remplaçant étant retiré ({kind})."
    DOCUMENT_WITHDRAWN = "patients.document_withdrawn", "Document retiré du dossier. Motif\u00a0: {why}."
    DOCUMENT_INFECTED = "patients.document_infected", "Fichier refusé par l’antivirus ({signature})."
    DOCUMENT_OF_ANOTHER = (
        "patients.document_of_another",
        "Document classé malgré des traits différents ({fields}), sur confirmation.",
    )
