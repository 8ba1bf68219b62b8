"""What can be done with patients."""

from enum import StrEnum


class PatientPermission(StrEnum):
    SEARCH = "patients.search"
    CREATE = "patients.create"
    IDENTITY = "patients.identity"  # the page of an identity: traits, numbers, documents shown, history
    IDENTITY_EDIT = "patients.identity_edit"
    VIEW = "patients.view"  # the clinical file: passages, documents, who is around
    EDIT = "patients.edit"  # how to reach the patient, what they were told and decided
    DOCUMENT_ADD = "patients.document_add"  # add, describe, replace, withdraw
    DOCUMENT_READERS = "patients.document_readers"  # who read a document
    SHARE = "patients.share"
    RIGHTS = "patients.rights"  # what the patient asks for: requests and complete copies
    RETENTION = "patients.retention"
    BREAK_GLASS = "patients.break_glass"
    GLASS_REVIEW = "audit.glass_review"  # of whoever audits: it opens no file
    IDENTITY_VIGILANCE = "patients.identity_vigilance"
    IDENTITY_REGIME = "organisations.identity_regime"  # a setting of establishments: it opens no file


# What changes the file of a patient, says their will, shows it to others or copies it whole: at every address about
# one patient it needs the care team. Who opened it exceptionally, or was shown it for a time, reads and prints (§6.5).
CARE_TEAM_ONLY = frozenset(
    {
        PatientPermission.EDIT,
        PatientPermission.IDENTITY_EDIT,
        PatientPermission.DOCUMENT_ADD,
        PatientPermission.SHARE,
        PatientPermission.RIGHTS,
        PatientPermission.IDENTITY_VIGILANCE,
    }
)
