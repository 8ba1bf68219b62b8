"""Reading the audit is itself traced."""

from dcc.audit.catalogue import EventCatalogue


class AuditReading(EventCatalogue):
    READ = "audit.read", "Traces consultées ({filters})."
