"""The registry of the PAM rules over PostgreSQL: one message, one transaction, then its answer (ADR 10)."""
