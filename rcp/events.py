"""Audit events about boards, meetings, cases and sheets."""

from dcc.audit.catalogue import EventCatalogue


class RcpEvent(EventCatalogue):
    CASE_REGISTERED = "rcp.case_registered", "Dossier inscrit à la {meeting} (demandeur : {requester})."
    CASE_POSTPONED = "rcp.case_postponed", "Dossier reporté à la {meeting}. Motif : {why}."
    CASE_CANCELLED = "rcp.case_cancelled", "Inscription annulée. Motif : {why}."
    CASE_PREPARED = "rcp.case_prepared", "Dossier marqué prêt."
    CASE_UNPREPARED = "rcp.case_unprepared", "Dossier remis à compléter."
    CASE_DISCUSSED = "rcp.case_discussed", "Dossier discuté."
    CASE_SUBMITTED = "rcp.case_submitted", "Dossier enregistré validé par son demandeur, contresignature demandée."
    CASE_COUNTERSIGNED = "rcp.case_countersigned", "Dossier enregistré contresigné."
    CASE_SENT_BACK = "rcp.case_sent_back", "Dossier renvoyé en discussion. Motif : {why}."
    CASE_VALIDATED = "rcp.case_validated", "Fiche validée et figée."
    CASE_REPLACED = "rcp.case_replaced", "Fiche annulée et remplacée, version {version}. Motif : {why}."
    REPLACEMENT_OPENED = "rcp.replacement_opened", "Nouvelle version {version} de la fiche ouverte. Motif : {why}."
    CASE_ORDER_CHANGED = "rcp.case_order_changed", "Ordre de passage modifié : position {position}."
    SHEET_OPENED = "rcp.sheet_opened", "Fiche ouverte ({form})."
    MEETING_PLANNED = "rcp.meeting_planned", "Réunion prévue : {meeting}."
    MEETING_OPENED = "rcp.meeting_opened", "Réunion ouverte."
    MEETING_CLOSED = "rcp.meeting_closed", "Réunion terminée."
    ATTENDANCE_CHANGED = "rcp.attendance_changed", "Présence de {name} : {presence}."
    PROJECTION_OPENED = "rcp.projection_opened", "Projection ouverte."
    BOARD_CREATED = "rcp.board_created", "RCP créée : {board}."
    BOARD_CHANGED = "rcp.board_changed", "RCP modifiée : {fields}."
