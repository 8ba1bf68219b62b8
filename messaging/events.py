"""Audit events about deliveries."""

from dcc.audit.catalogue import EventCatalogue


class DeliveryEvent(EventCatalogue):
    SENT = "messaging.sent", "Compte rendu remis ({channel}, essai {attempts})."
    REFUSED = "messaging.refused", "Envoi refusé ({channel}) : {message}"
    RETRIED = "messaging.retried", "Envoi relancé."
    RESENT = "messaging.resent", "Nouvel envoi demandé ({channel})."
    TO_PAPER = "messaging.to_paper", "Envoi passé au courrier."
    PRINTED = "messaging.printed", "Courrier imprimé ({count} pli(s))."
    CANCELLED = "messaging.cancelled", "Envoi annulé. Motif : {why}."
    DOWNLOADED = "messaging.downloaded", "Message tel qu’envoyé téléchargé."
    FEED_CHANGED = "messaging.feed_changed", "Flux vers {organisation_name} modifié."
