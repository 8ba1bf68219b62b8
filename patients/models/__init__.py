"""Tables about patients, one subject per file."""

from patients.models.access import Access, AccessReason, PatientModel
from patients.models.contact import Contact
from patients.models.documents import Content, ContentKind, Document, DocumentKind, DocumentState
from patients.models.identity import IdentityStatus, Patient, PatientIdentifier, Sex
from patients.models.information import Information, Opposition
from patients.models.received import ReceivedDocument, ReceivedFormat, ReceivedKind, ReceivedState

__all__ = [
    "Access",
    "AccessReason",
    "Contact",
    "Content",
    "ContentKind",
    "Document",
    "DocumentKind",
    "DocumentState",
    "IdentityStatus",
    "Information",
    "Opposition",
    "Patient",
    "PatientIdentifier",
    "PatientModel",
    "ReceivedDocument",
    "ReceivedFormat",
    "ReceivedKind",
    "ReceivedState",
    "Sex",
]
