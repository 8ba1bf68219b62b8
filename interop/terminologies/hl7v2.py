"""Coded values of the ANS HL7 v2 profiles: events, metadata, acknowledgement and error codes.

Sources: ANS IG hl7v2-volet-transmission-document-cda-r2 v2.1.2, IG hl7v2-volet-trans-lps-doc-cda-courriel-mss v1.1,
HL7 tables 0357 (as constrained in France) and 0445 (PAM FR 2.11).
"""

from enum import StrEnum

CREATOR_PROFILE = "2.1^CISIS_CDA_HL7_V2"
LPS_PROFILE = "1.1^CISIS_CDA_HL7_LPS"
MDM_VERSION = "2.6"
COUNTRY = "FRA"


class DocumentEvent(StrEnum):
    """The only three MDM events of the profile; MSH-9.3 is MDM_T02 in all of them."""

    INITIAL = "T02"
    REPLACEMENT = "T10"
    DELETION = "T04"

    @property
    def order_control(self) -> str:
        """ORC-1 that goes with the event."""
        return {"T02": "NW", "T10": "RO", "T04": "CA"}[self.value]

    @property
    def result_status(self) -> str:
        """OBX-11 of the document that goes with the event."""
        return {"T02": "F", "T10": "C", "T04": "D"}[self.value]


class Metadata(StrEnum):
    """Metadata OBX codes, declared in the order the profile imposes."""

    MASKED_FROM_PROFESSIONALS = "MASQUE_PS"
    INVISIBLE_TO_PATIENT = "INVISIBLE_PATIENT"
    INVISIBLE_TO_LEGAL_REPRESENTATIVES = "INVISIBLE_REP_LEGAUX"
    SECRET_CONNECTION = "CONNEXION_SECRETE"  # noqa: S105 (a coded value)
    CHANGES_CONFIDENTIALITY = "MODIF_CONF_CODE"
    TO_DMP = "DESTDMP"
    TO_PROFESSIONALS = "DESTMSSANTEPS"
    TO_PATIENT = "DESTMSSANTEPAT"
    RECEPTION_RECEIPT = "ACK_RECEPTION"
    READING_RECEIPT = "ACK_LECTURE_MSS"


METADATA_LABELS = {
    Metadata.MASKED_FROM_PROFESSIONALS: "Masqué aux professionnels de Santé",
    Metadata.INVISIBLE_TO_PATIENT: "Document Non Visible par le patient",
    Metadata.INVISIBLE_TO_LEGAL_REPRESENTATIVES: "Non visible par les représentants Légaux du patient",
    Metadata.SECRET_CONNECTION: "Connexion Secrete",
    Metadata.CHANGES_CONFIDENTIALITY: "Modification Confidentiality Code",
    Metadata.TO_DMP: "Destinataire DMP",
    Metadata.TO_PROFESSIONALS: "Destinataire (Professionnel de Santé, organisation ou BAL applicative)",
    Metadata.TO_PATIENT: "Destinataire Patient",
    Metadata.RECEPTION_RECEIPT: "Accusé de réception",
    Metadata.READING_RECEIPT: "Accusé de lecture",
}
# What the LPS profile requires of them.
LPS_METADATA = (
    Metadata.MASKED_FROM_PROFESSIONALS,
    Metadata.INVISIBLE_TO_PATIENT,
    Metadata.INVISIBLE_TO_LEGAL_REPRESENTATIVES,
    Metadata.CHANGES_CONFIDENTIALITY,
)
METADATA_SYSTEM = "MetaDMPMSS"
YES_NO_SYSTEM = "expandedYes-NoIndicator"
MAIL_BODY_PROFESSIONALS = "CORPSMAIL_PS"
MAIL_BODY_PATIENT = "CORPSMAIL_PATIENT"

IDENTITY_STATUSES = frozenset(
    {
        "VIDE",
        "PROV",
        "VALI",
        "DOUB",
        "DESA",
        "DPOT",
        "DOUA",
        "COLP",
        "COLV",
        "FILI",
        "CACH",
        "ANOM",
        "IDVER",
        "RECD",
        "IDRA",
        "USUR",
        "HOMD",
        "HOMA",
        "DOUT",
        "FICT",
        "INVA",
    }
)
QUALIFIED_IDENTITY = "VALI"


class AckCode(StrEnum):
    """MSA-1 in original mode: accepted; in error, do not resend as is; refused for now, may be resent."""

    ACCEPTED = "AA"
    ERROR = "AE"
    REJECTED = "AR"


class ErrorCode(StrEnum):
    """Table 0357 as constrained in France (ERR-3)."""

    SEGMENT_SEQUENCE = "100"
    REQUIRED_FIELD = "101"
    DATA_TYPE = "102"
    TABLE_VALUE = "103"
    CARDINALITY = "198"
    OTHER = "199"
    MESSAGE_TYPE = "200"
    EVENT = "201"
    PROCESSING_ID = "202"
    VERSION = "203"
    APPLICATION = "207"


ERROR_LABELS = {
    ErrorCode.SEGMENT_SEQUENCE: "Segment sequence error",
    ErrorCode.REQUIRED_FIELD: "Required field missing",
    ErrorCode.DATA_TYPE: "Data type error",
    ErrorCode.TABLE_VALUE: "Table value not found",
    ErrorCode.CARDINALITY: "Cardinality error",
    ErrorCode.OTHER: "Other error",
    ErrorCode.MESSAGE_TYPE: "Unsupported message type",
    ErrorCode.EVENT: "Unsupported event code",
    ErrorCode.PROCESSING_ID: "Unsupported processing id",
    ErrorCode.VERSION: "Unsupported version id",
    ErrorCode.APPLICATION: "Application internal error",
}


class ApplicationError(StrEnum):
    """Why a consumer refuses a document it could read (ERR-5, with ERR-3 = 207)."""

    NOT_LATEST_VERSION = "900"
    OTHER_AUTHOR = "901"
    UNKNOWN_PATIENT = "902"
    NO_INS = "903"
    DIFFERENT_INS = "904"
    INCOMPLETE_TRAITS = "905"
    OTHER = "906"
