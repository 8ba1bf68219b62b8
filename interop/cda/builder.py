"""Writes the CDA R2 of a level-1 document: header of the CI-SIS, PDF in base64. Same input, same bytes.

Source: ANS CI-SIS « structuration minimale », kit TestContenuCDA-3-0; header of CANCER-FRCP_2022.01 for the meeting.
"""

from base64 import b64encode

from lxml import etree

from interop.cda import xml
from interop.cda.header import HL7_NAMESPACE
from interop.cda.model import ClinicalDocumentN1, Contact, Encounter, Participant, ServiceEvent
from interop.cda.parties import Organisation, Patient, Professional, Sex
from interop.cda.rules import check_n1
from interop.terminologies import oids, oncology
from interop.terminologies.value_sets import ValueSet, concept

_TEMPLATES = (oids.TEMPLATE_HL7_FRANCE, oids.TEMPLATE_CI_SIS, oids.TEMPLATE_UNSTRUCTURED)
_GENDER = {Sex.FEMALE: "F", Sex.MALE: "M", Sex.UNKNOWN: "UN"}
_DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'


class DocumentRefused(ValueError):
    """The document would break rules of the CI-SIS; `problems` are French sentences without patient data."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


def build_n1(document: ClinicalDocumentN1) -> bytes:
    """Write the document (canonical XML, UTF-8) and check it; DocumentRefused lists the rules it would break."""
    root = etree.Element(f"{{{HL7_NAMESPACE}}}ClinicalDocument", nsmap={None: HL7_NAMESPACE})  # type: ignore[dict-item]
    _identity(root, document)
    _patient(root, document.patient)
    for author in document.authors:
        element = xml.child(root, "author")
        if author.function_words:
            xml.add_function(element, oncology.TEAM_MEMBER, author.function_words)
        xml.child(element, "time", value=xml.instant(author.written_at))
        xml.add_assigned_entity(element, author.person, name="assignedAuthor")
    for contact in document.contacts:
        _contact(root, contact)
    _custodian(root, document.custodian)
    for recipient in document.recipients:
        _recipient(root, recipient)
    authenticator = xml.child(root, "legalAuthenticator")
    xml.child(authenticator, "time", value=xml.instant(document.signed_at))
    xml.child(authenticator, "signatureCode", code="S")
    xml.add_assigned_entity(authenticator, document.legal_authenticator)
    for participant in document.participants:
        _participant(root, participant)
    _context(root, document)
    _body(root, document.pdf)
    problems = check_n1(root)
    if problems:
        raise DocumentRefused(problems)
    return _DECLARATION + etree.tostring(root, method="c14n")


def _identity(root: etree._Element, document: ClinicalDocumentN1) -> None:
    xml.child(root, "realmCode", code="FR")
    xml.child(root, "typeId", root="2.16.840.1.113883.1.3", extension="POCD_HD000040")
    for template in _TEMPLATES:
        xml.child(root, "templateId", root=template)
    xml.add_identifier(root, document.document_id)
    xml.add_code(root, document.code)
    xml.child(root, "title", document.title)
    xml.child(root, "effectiveTime", value=xml.instant(document.created_at))
    xml.add_code(root, concept(ValueSet.CONFIDENTIALITY, document.confidentiality), "confidentialityCode")
    xml.child(root, "languageCode", code="fr-FR")
    xml.add_identifier(root, document.set_id, "setId")
    xml.child(root, "versionNumber", value=str(document.version))


def _patient(root: etree._Element, patient: Patient) -> None:
    role = xml.child(xml.child(root, "recordTarget"), "patientRole")
    for identifier in patient.identifiers:
        xml.add_identifier(role, identifier)
    xml.add_address(role, patient.address)
    xml.add_telecoms(role, patient.telecoms)
    element = xml.child(role, "patient", classCode="PSN")
    name = xml.child(element, "name")
    xml.child(name, "family", patient.birth_name, qualifier="BR")
    if patient.birth_given_names:
        xml.child(name, "given", patient.birth_given_names)  # no qualifier: the whole list of the birth certificate
    if patient.first_birth_given_name:
        xml.child(name, "given", patient.first_birth_given_name, qualifier="BR")
    if patient.used_name:
        xml.child(name, "family", patient.used_name, qualifier="CL")
    if patient.used_given_name:
        xml.child(name, "given", patient.used_given_name, qualifier="CL")
    xml.add_code(element, concept(ValueSet.GENDER, _GENDER[patient.sex]), "administrativeGenderCode")
    xml.child(element, "birthTime", value=patient.birth_date.strftime("%Y%m%d"))
    if patient.birth_place_code:
        place = xml.child(xml.child(xml.child(element, "birthplace"), "place"), "addr")
        xml.child(place, "county", patient.birth_place_code)
        if patient.birth_place_name:
            xml.child(place, "city", patient.birth_place_name)


def _contact(root: etree._Element, contact: Contact) -> None:
    entity = xml.child(xml.child(root, "informant"), "relatedEntity", classCode=contact.kind.value)
    if contact.relation:
        xml.add_code(entity, contact.relation)
    xml.add_address(entity, contact.address, missing="NAV")
    xml.add_telecoms(entity, contact.telecoms, missing="NAV")
    name = xml.child(xml.child(entity, "relatedPerson"), "name")
    xml.child(name, "family", contact.family)
    if contact.given:
        xml.child(name, "given", contact.given)


def _custodian(root: etree._Element, custodian: Organisation) -> None:
    keeper = xml.child(xml.child(xml.child(root, "custodian"), "assignedCustodian"), "representedCustodianOrganization")
    xml.add_identifier(keeper, custodian.identifier)
    xml.child(keeper, "name", custodian.name)
    xml.add_telecoms(keeper, custodian.telecoms[:1], missing="NAV")  # the schema takes one
    xml.add_address(keeper, custodian.address, missing="NAV")


def _recipient(root: etree._Element, person: Professional) -> None:
    recipient = xml.child(xml.child(root, "informationRecipient"), "intendedRecipient")
    if person.identifier:
        xml.add_identifier(recipient, person.identifier)
    xml.add_address(recipient, person.address)
    xml.add_telecoms(recipient, person.telecoms)
    xml.add_person(recipient, "informationRecipient", person)
    if person.organisation:
        xml.add_organisation(recipient, "receivedOrganization", person.organisation)


def _participant(root: etree._Element, participant: Participant) -> None:
    role = participant.role.value
    element = xml.child(root, "participant", typeCode=role.participation)
    xml.add_function(element, role.function, participant.comment or role.wording)
    xml.child(element, "time", nullFlavor="UNK")
    person = participant.person
    if person is None:
        xml.child(element, "associatedEntity", classCode="PROV", nullFlavor="NA")
        return
    entity = xml.child(element, "associatedEntity", classCode="PROV")
    if person.identifier:
        xml.add_identifier(entity, person.identifier)
    if person.specialty:
        xml.add_code(entity, person.specialty)
    xml.add_address(entity, person.address)
    xml.add_telecoms(entity, person.telecoms)
    xml.add_person(entity, "associatedPerson", person)
    if person.organisation:
        xml.add_organisation(entity, "scopingOrganization", person.organisation)


def _context(root: etree._Element, document: ClinicalDocumentN1) -> None:
    if document.fulfils:
        order = xml.child(xml.child(root, "inFulfillmentOf"), "order")
        xml.add_identifier(order, document.fulfils)
        if document.fulfils_comment:
            xml.child(xml.child(order, "code", nullFlavor="NA"), "originalText", document.fulfils_comment)
    for service in document.services:
        _service(root, service)
    if document.replaces:
        related = xml.child(root, "relatedDocument", typeCode="RPLC")
        xml.add_identifier(xml.child(related, "parentDocument"), document.replaces)
    _encounter(root, document.encounter)


def _service(root: etree._Element, service: ServiceEvent) -> None:
    event = xml.child(xml.child(root, "documentationOf"), "serviceEvent")
    if service.code:
        code = xml.add_code(event, service.code)
        if service.wording:
            xml.child(code, "originalText", service.wording)
    if service.started_at:
        time = xml.child(event, "effectiveTime")
        xml.child(time, "low", value=xml.instant(service.started_at))
        if service.ended_at:
            xml.child(time, "high", value=xml.instant(service.ended_at))
    if service.performer:
        xml.add_assigned_entity(xml.child(event, "performer", typeCode="PRF"), service.performer)


def _encounter(root: etree._Element, encounter: Encounter) -> None:
    element = xml.child(xml.child(root, "componentOf"), "encompassingEncounter")
    for identifier in encounter.identifiers:
        xml.add_identifier(element, identifier)
    if encounter.kind:
        xml.add_code(element, encounter.kind)
    if encounter.started_at:
        xml.child(xml.child(element, "effectiveTime"), "low", value=xml.instant(encounter.started_at))
    else:
        xml.child(element, "effectiveTime", nullFlavor="MSK")
    facility = xml.child(xml.child(element, "location"), "healthCareFacility")
    if encounter.facility.identifier:
        xml.add_identifier(facility, encounter.facility.identifier)
    xml.add_code(facility, encounter.facility_type)
    place = xml.child(facility, "location")
    xml.child(place, "name", encounter.facility.name)
    xml.add_address(place, encounter.facility.address, missing="NAV")


def _body(root: etree._Element, pdf: bytes) -> None:
    body = xml.child(xml.child(root, "component"), "nonXMLBody")
    xml.child(body, "text", b64encode(pdf).decode("ascii"), mediaType="application/pdf", representation="B64")
