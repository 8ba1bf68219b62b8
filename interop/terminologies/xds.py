"""XDS metadata: identifiers of IHE classification schemes, French classes of documents and formats.

Sources: IHE ITI TF-3 §4 (UUIDs); ANS ASS_X04 type → class, TRE_A03 classes, TRE_R209 activities, mapping page of the
volet « Transmission d'un document CDA-R2 en HL7 v2 » v2.1.3.
"""

from interop.terminologies.identifiers import Code

STABLE_DOCUMENT = "urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1"
SUBMISSION_SET_NODE = "urn:uuid:a54d6aa5-d40d-43f9-88c5-b4633d873bdd"
HAS_MEMBER = "urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember"

DOCUMENT_AUTHOR = "urn:uuid:93606bcf-9494-43ec-9b4e-a7748d1a838d"
DOCUMENT_CLASS = "urn:uuid:41a5887f-8865-4c09-adf7-e362475b143a"
DOCUMENT_TYPE = "urn:uuid:f0306f51-975f-434e-a61c-c59651d33983"
DOCUMENT_CONFIDENTIALITY = "urn:uuid:f4f85eac-e6cb-4883-b524-f2705394840f"
DOCUMENT_FORMAT = "urn:uuid:a09d5840-386c-46f2-b5ad-9c3699a4309d"
DOCUMENT_FACILITY_TYPE = "urn:uuid:f33fb8ac-18af-42cc-ae0e-ed0b0bdb91e1"
DOCUMENT_PRACTICE_SETTING = "urn:uuid:cccf5598-8b07-4b77-a05e-ae952c785ead"
DOCUMENT_EVENT = "urn:uuid:2c6b8cb7-8b2a-4051-b291-b1ae6a575ef4"
DOCUMENT_PATIENT_ID = "urn:uuid:58a6f841-87b3-4a3e-92fd-a8ffeff98427"
DOCUMENT_UNIQUE_ID = "urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab"

SUBMISSION_AUTHOR = "urn:uuid:a7058bb9-b4e4-4307-ba5b-e3f0ab85e12d"
SUBMISSION_CONTENT_TYPE = "urn:uuid:aa543740-bdda-424e-8c96-df4873be8500"
SUBMISSION_PATIENT_ID = "urn:uuid:6b5aea1a-874d-4603-a4bc-96a0a7b38446"
SUBMISSION_SOURCE_ID = "urn:uuid:554ac39e-e3fe-47fe-b233-965d2a147832"
SUBMISSION_UNIQUE_ID = "urn:uuid:96fdda7c-d067-4183-912e-bf5ee74998a8"

_CLASSES = "1.2.250.1.213.1.1.4.1"
_REPORT = Code(code="10", system=_CLASSES, label="Compte rendu")
_SUMMARY = Code(code="11", system=_CLASSES, label="Synthèse")
_CARE_PLAN = Code(code="44", system=_CLASSES, label="Plan de soins, protocole de soins")
# Type (LOINC) → class, for the documents this product sends.
DOCUMENT_CLASSES = {
    "34794-8": _REPORT,
    "11488-4": _REPORT,
    "34133-9": _SUMMARY,
    "18761-7": _SUMMARY,
    "18776-5": _CARE_PLAN,
}

PDF_IN_CDA = Code(
    code="urn:ihe:iti:xds-sd:pdf:2008",
    system="1.2.250.1.213.1.1.4.12",
    label="Document à corps non structuré en Pdf/A-1",
)
# A meeting without the patient is no hospital activity: what the mapping page gives for PV1-2 = N.
UNSPECIFIED_ACTIVITY = Code(code="97", system="1.2.250.1.213.2.2", label="Type d'activité indifferencié")
