"""Tables about patients, one subject per file."""

from patients.models.access import Access, AccessReason, PatientModel
from patients.models.contact import Contact
from patients.models.documents import Content, ContentKind, Document, DocumentKind, DocumentState
from patients.models.identity import IdentityRegime, IdentityStatus, Patient, PatientIdentifier, Sex
from patients.models.identity_history import FormerIns, IdentityChange, InsiCall, Relative
from patients.models.information import Information, Means, Opposition, Wish, WishAnswer, WishSubject
from patients.models.received import ReceivedDocument, ReceivedFormat, ReceivedKind, ReceivedStatus
from patients.models.requests import (
    Export,
    ExportState,
    ListStatus,
    Request,
    RequestKind,
    RequestStatus,
    RetentionLine,
    RetentionList,
)
from patients.models.statements import (
    FeedConflict,
    FeedConflictKind,
    FeedIdentity,
    FeedMerge,
    FeedMessage,
    FeedNumber,
    FeedTraits,
    Movement,
    Redirection,
    RedirectionKind,
    Statement,
    Visit,
)

__all__ = [
    "Access",
    "AccessReason",
    "Contact",
    "Content",
    "ContentKind",
    "Document",
    "DocumentKind",
    "DocumentState",
    "Export",
    "ExportState",
    "FeedConflict",
    "FeedConflictKind",
    "FeedIdentity",
    "FeedMerge",
    "FeedMessage",
    "FeedNumber",
    "FeedTraits",
    "FormerIns",
    "IdentityChange",
    "IdentityRegime",
    "IdentityStatus",
    "Information",
    "InsiCall",
    "ListStatus",
    "Means",
    "Movement",
    "Opposition",
    "Patient",
    "PatientIdentifier",
    "PatientModel",
    "ReceivedDocument",
    "ReceivedFormat",
    "ReceivedKind",
    "ReceivedStatus",
    "Redirection",
    "RedirectionKind",
    "Relative",
    "Request",
    "RequestKind",
    "RequestStatus",
    "RetentionLine",
    "RetentionList",
    "Sex",
    "Statement",
    "Visit",
    "Wish",
    "WishAnswer",
    "WishSubject",
]
