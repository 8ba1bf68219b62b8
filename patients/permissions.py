"""What can be done with patients."""

from enum import StrEnum


class PatientPermission(StrEnum):
    SEARCH = "patients.search"
    CREATE = "patients.create"
    VIEW = "patients.view"
    EDIT = "patients.edit"
    DOCUMENT_ADD = "patients.document_add"  # add, describe, replace, withdraw
    DOCUMENT_READERS = "patients.document_readers"  # who read a document
    SHARE = "patients.share"
    RIGHTS = "patients.rights"  # what the patient asks for: requests and complete copies
    RETENTION = "patients.retention"
    BREAK_GLASS = "patients.break_glass"
    GLASS_REVIEW = "audit.glass_review"  # of whoever audits: it opens no file
    IDENTITY_VIGILANCE = "patients.identity_vigilance"
    IDENTITY_REGIME = "organisations.identity_regime"  # a setting of establishments: it opens no file
