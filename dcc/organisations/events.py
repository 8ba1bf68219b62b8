"""What is traced about organisations."""

from dcc.audit.catalogue import EventCatalogue


class OrganisationEvent(EventCatalogue):
    CREATED = "organisation.created", "Structure créée : {name}."
    CHANGED = "organisation.changed", "Structure modifiée, {name} : {fields}."
    CLOSED = "organisation.closed", "Structure fermée : {name}."
    REOPENED = "organisation.reopened", "Structure rouverte : {name}."
    LOGO_CHANGED = "organisation.logo_changed", "Logo remplacé : {name}."
    LOGO_REMOVED = "organisation.logo_removed", "Logo retiré : {name}."
