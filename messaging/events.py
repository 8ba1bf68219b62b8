"""Audit events about deliveries."""

from dcc.audit.catalogue import EventCatalogue


class DeliveryEvent(EventCatalogue):
    SENT = "messaging.sent", "Compte rendu remis ({channel}, essai {attempts})."
    REFUSED = "messaging.refused", "Envoi refusé ({channel})\u00a0: {message}"
    RETRIED = "messaging.retried", "Envoi relancé."
    REPRODUCED = "messaging.reproduced", "Production du document relancée."
    READDRESSED = "messaging.readdressed", "Envoi repris à une autre adresse."
    RESENT = "messaging.resent", "Nouvel envoi demandé ({channel})."
    TO_PAPER = "messaging.to_paper", "Envoi passé au courrier."
    LETTERS = "messaging.letters", "Courrier préparé pour l’impression."
    PRINTED = "messaging.printed", "Courrier imprimé ({count} pli(s))."
    CANCELLED = "messaging.cancelled", "Envoi annulé. Motif\u00a0: {why}."
    DOWNLOADED = "messaging.downloaded", "Message tel qu’envoyé téléchargé ({what})."
    FEED_CHANGED = "messaging.feed_changed", "Flux vers {organisation_name} modifié."
    FEED_TESTED = "messaging.feed_tested", "Connexion du flux vers {organisation_name} essayée\u00a0: {outcome}."
