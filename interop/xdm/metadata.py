"""METADATA.XML of an XDM archive: what the registry of the receiver reads, drawn from the CDA itself.

Source: IHE ITI TF-3 §4.2 (ebRIM representation); French content per the ANS mapping page (terminologies/xds.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha1

from lxml import etree

from interop.cda.parties import Organisation, Professional
from interop.cda.reader import N1Metadata, NamedPerson, read_metadata
from interop.hl7v2 import writer
from interop.terminologies import oids, xds
from interop.terminologies.identifiers import Code, Identifier
from interop.terminologies.value_sets import ValueSet, concepts

LCM = "urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0"
RIM = "urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0"
SUBMISSION = "SubmissionSet01"
ACTION_SLOT = "action"


class DocumentAction(StrEnum):
    """What the receiver must do with a document already sent: replace it or delete it."""

    REPLACE = "C"
    DELETE = "D"


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """Who sends which documents: ids are bare OIDs kept by the caller so that a retry is the same archive.

    `documents` are CDAs of one patient (UTF-8 bytes). `source_id` is the OID of the sending software. The archive dates
    its files at `submitted_at`. `software` is a readable name and version.
    """

    unique_id: str
    source_id: str
    submitted_at: datetime
    title: str
    author: Professional
    organisation: Organisation
    documents: tuple[bytes, ...]
    software: str
    action: DocumentAction | None = None


class SubmissionRefused(ValueError):
    """The archive would not be what it claims: no document, or several patients."""


def file_name(number: int) -> str:
    """8.3 name of the n-th document (1-based)."""
    return f"DOC{number:05d}.XML"


def build_metadata(submission: Submission) -> bytes:
    """Write METADATA.XML; SubmissionRefused when the documents are none or do not name the same patient."""
    described = [read_metadata(document) for document in submission.documents]
    if not described:
        raise SubmissionRefused("an archive needs a document")
    patients = {patient_id(metadata) for metadata in described}
    if len(patients) != 1:
        raise SubmissionRefused("an archive holds the documents of one patient")
    root = etree.Element(f"{{{LCM}}}SubmitObjectsRequest", nsmap={"lcm": LCM, "rim": RIM})
    registry = _child(root, "RegistryObjectList")
    for number, (content, metadata) in enumerate(zip(submission.documents, described, strict=True), start=1):
        _document(registry, number, content, metadata, submission.action)
    _submission_set(registry, submission, patients.pop())
    _child(
        registry,
        "Classification",
        id="set-node",
        classifiedObject=SUBMISSION,
        classificationNode=xds.SUBMISSION_SET_NODE,
    )
    for number in range(1, len(described) + 1):
        association = _child(
            registry,
            "Association",
            id=f"member{number:02d}",
            associationType=xds.HAS_MEMBER,
            sourceObject=SUBMISSION,
            targetObject=f"Document{number:02d}",
        )
        _slot(association, "SubmissionSetStatus", "Original")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + etree.tostring(root, method="c14n")


def patient_id(metadata: N1Metadata) -> str:
    """CX of the patient: the INS (type NH) first, else the first local number (type PI)."""
    if metadata.ins:
        return writer.components(metadata.ins.extension, "", "", ("", metadata.ins.root, "ISO"), "NH")
    return _local_id(metadata)


def _local_id(metadata: N1Metadata) -> str:
    local = next((item for item in metadata.header.patient_ids if item.root not in oids.INS_ROOTS), None)
    if local is None:
        return patient_id(metadata) if metadata.ins else ""
    return writer.components(local.extension, "", "", ("", local.root, "ISO"), "PI")


def _document(
    registry: etree._Element, number: int, content: bytes, metadata: N1Metadata, action: DocumentAction | None
) -> None:
    name = f"Document{number:02d}"
    header = metadata.header
    entry = _child(registry, "ExtrinsicObject", id=name, mimeType="text/xml", objectType=xds.STABLE_DOCUMENT)
    slots: dict[str, Sequence[str]] = {
        "creationTime": [_utc(header.effective_time)],
        "hash": [sha1(content, usedforsecurity=False).hexdigest()],
        "languageCode": ["fr-FR"],
        "legalAuthenticator": [_person(metadata.legal_authenticator)] if metadata.legal_authenticator else [],
        "serviceStartTime": [_utc(metadata.service_start)],
        "serviceStopTime": [_utc(metadata.service_stop)],
        "size": [str(len(content))],
        "sourcePatientId": [_local_id(metadata)],
        "sourcePatientInfo": [
            "PID-5|" + writer.components(metadata.birth_name, metadata.first_birth_given_name, "", "", "", "", "L"),
            f"PID-7|{metadata.birth_date}",
            f"PID-8|{'U' if metadata.gender == 'UN' else metadata.gender}",
        ],
        "URI": [file_name(number)],
        ACTION_SLOT: [action.value] if action else [],
    }
    for slot, values in slots.items():
        _slot(entry, slot, *values)
    _name(entry, header.title)
    for author in metadata.authors:
        _author(entry, xds.DOCUMENT_AUTHOR, name, author)
    for scheme, code in _classifications(metadata).items():
        _classification(entry, scheme, name, code)
    _external(entry, xds.DOCUMENT_PATIENT_ID, name, patient_id(metadata), "XDSDocumentEntry.patientId")
    _external(entry, xds.DOCUMENT_UNIQUE_ID, name, _unique_id(header.document_id), "XDSDocumentEntry.uniqueId")


def _classifications(metadata: N1Metadata) -> dict[str, Code]:
    found = {
        xds.DOCUMENT_CLASS: xds.DOCUMENT_CLASSES.get(metadata.header.code.code),
        xds.DOCUMENT_TYPE: metadata.header.code,
        xds.DOCUMENT_CONFIDENTIALITY: concepts(ValueSet.CONFIDENTIALITY).get(metadata.header.confidentiality),
        xds.DOCUMENT_FORMAT: xds.PDF_IN_CDA,
        xds.DOCUMENT_FACILITY_TYPE: metadata.facility_type,
        xds.DOCUMENT_PRACTICE_SETTING: metadata.practice_setting,
        xds.DOCUMENT_EVENT: metadata.service,
    }
    return {scheme: code for scheme, code in found.items() if code is not None}


def _submission_set(registry: etree._Element, submission: Submission, patient: str) -> None:
    package = _child(registry, "RegistryPackage", id=SUBMISSION)
    _slot(package, "submissionTime", submission.submitted_at.astimezone(UTC).strftime("%Y%m%d%H%M%S"))
    _name(package, submission.title)
    author, organisation = submission.author, submission.organisation
    _author(
        package,
        xds.SUBMISSION_AUTHOR,
        SUBMISSION,
        NamedPerson(
            family=author.family,
            given=author.given,
            identifier=author.identifier,
            specialty=author.specialty,
            organisation=organisation.name,
            organisation_id=organisation.identifier,
        ),
    )
    _classification(package, xds.SUBMISSION_CONTENT_TYPE, SUBMISSION, xds.UNSPECIFIED_ACTIVITY)
    externals: Mapping[str, tuple[str, str]] = {
        xds.SUBMISSION_PATIENT_ID: (patient, "XDSSubmissionSet.patientId"),
        xds.SUBMISSION_SOURCE_ID: (submission.source_id, "XDSSubmissionSet.sourceId"),
        xds.SUBMISSION_UNIQUE_ID: (submission.unique_id, "XDSSubmissionSet.uniqueId"),
    }
    for scheme, (value, label) in externals.items():
        _external(package, scheme, SUBMISSION, value, label)


def _author(parent: etree._Element, scheme: str, owner: str, person: NamedPerson) -> None:
    element = _child(
        parent,
        "Classification",
        id=f"{owner}-author-{len(parent)}",
        classificationScheme=scheme,
        classifiedObject=owner,
        nodeRepresentation="",
    )
    _slot(element, "authorPerson", _person(person))
    if person.organisation:
        _slot(element, "authorInstitution", _institution(person.organisation, person.organisation_id))
    if person.specialty:
        _slot(
            element,
            "authorSpecialty",
            writer.components(person.specialty.code, person.specialty.label, person.specialty.system),
        )


def _person(person: NamedPerson) -> str:
    if person.identifier is None:
        return writer.placed({2: person.family, 3: person.given, 10: "D"})
    return writer.placed(
        {
            1: person.identifier.extension,
            2: person.family,
            3: person.given,
            9: ("", person.identifier.root, "ISO"),
            10: "D",
            13: "IDNPS",
        }
    )


def _institution(name: str, identifier: Identifier | None) -> str:
    if identifier is None:
        return writer.components(name)
    return writer.placed({1: name, 6: ("", identifier.root, "ISO"), 7: "IDNST", 10: identifier.extension})


def _unique_id(identifier: Identifier) -> str:
    return f"{identifier.root}^{identifier.extension}" if identifier.extension else identifier.root


def _utc(moment: str) -> str:
    """Turn a CDA time into the UTC form of XDS; a time without offset is kept to the precision it has."""
    digits, sign, offset = moment.partition("+" if "+" in moment else "-")
    if not sign or len(digits) < 14:
        return digits
    parsed = datetime.strptime(f"{digits[:14]}{sign}{offset}", "%Y%m%d%H%M%S%z")
    return parsed.astimezone(UTC).strftime("%Y%m%d%H%M%S")


def _child(parent: etree._Element, tag: str, /, **attributes: str) -> etree._Element:
    element = etree.SubElement(parent, f"{{{RIM}}}{tag}")
    for key, value in attributes.items():
        element.set(key, value)
    return element


def _slot(parent: etree._Element, name: str, *values: str) -> None:
    present = [value for value in values if value]
    if not present:
        return
    listed = _child(_child(parent, "Slot", name=name), "ValueList")
    for value in present:
        _child(listed, "Value").text = value


def _name(parent: etree._Element, text: str) -> None:
    _child(_child(parent, "Name"), "LocalizedString", charset="UTF-8", value=text)


def _classification(parent: etree._Element, scheme: str, owner: str, code: Code) -> None:
    element = _child(
        parent,
        "Classification",
        id=f"{owner}-class-{len(parent)}",
        classificationScheme=scheme,
        classifiedObject=owner,
        nodeRepresentation=code.code,
    )
    _slot(element, "codingScheme", code.system)
    _name(element, code.label)


def _external(parent: etree._Element, scheme: str, owner: str, value: str, label: str) -> None:
    element = _child(
        parent,
        "ExternalIdentifier",
        id=f"{owner}-id-{len(parent)}",
        registryObject=owner,
        identificationScheme=scheme,
        value=value,
    )
    _name(element, label)
