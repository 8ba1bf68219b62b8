"""Reads a level-1 document back: what a screen or an archive shows of it, and its PDF."""

import binascii
from base64 import b64decode
from dataclasses import dataclass

from lxml import etree

from interop.cda.header import HL7_NAMESPACE, DocumentHeader, UnreadableDocument, header_of, parse_safely
from interop.terminologies import oids
from interop.terminologies.identifiers import Code, Identifier

_NS = {"c": HL7_NAMESPACE}
_PATIENT = "c:recordTarget/c:patientRole/c:patient"
_NAME = f"{_PATIENT}/c:name"
_ENCOUNTER = "c:componentOf/c:encompassingEncounter"


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPerson:
    """A professional as a document names one; absent parts are empty or None."""

    family: str
    given: str
    identifier: Identifier | None
    specialty: Code | None
    organisation: str
    organisation_id: Identifier | None


@dataclass(frozen=True, slots=True, kw_only=True)
class N1Metadata:
    """Identity of the document, strict traits of the patient, people and act; absent texts are empty.

    Dates are as written (YYYYMMDD…): foreign documents carry any precision.
    """

    header: DocumentHeader
    birth_name: str
    birth_given_names: str
    first_birth_given_name: str
    used_name: str
    birth_date: str
    gender: str
    birth_place_code: str
    authors: tuple[NamedPerson, ...]
    legal_authenticator: NamedPerson | None
    custodian: str
    service: Code | None
    service_start: str
    service_stop: str
    encounter_ids: tuple[Identifier, ...]
    facility_type: Code | None
    practice_setting: Code | None

    @property
    def ins(self) -> Identifier | None:
        """The national identifier, when the document carries one."""
        return next((item for item in self.header.patient_ids if item.root in oids.INS_ROOTS), None)


def read_n1(xml: bytes) -> tuple[N1Metadata, bytes]:
    """Return what the document says and its PDF; UnreadableDocument when it is not a level-1 CDA holding a PDF."""
    root = parse_safely(xml)
    return metadata_of(root), _pdf(root)


def read_metadata(xml: bytes) -> N1Metadata:
    """Return what the header says, for a CDA of any level."""
    return metadata_of(parse_safely(xml))


def metadata_of(root: etree._Element) -> N1Metadata:
    """Same as read_metadata, for a tree already parsed."""
    authenticator = root.find("c:legalAuthenticator/c:assignedEntity", _NS)
    performer = "c:documentationOf[1]/c:serviceEvent/c:performer/c:assignedEntity/c:representedOrganization"
    service = "c:documentationOf[1]/c:serviceEvent"
    return N1Metadata(
        header=header_of(root),
        birth_name=_text(root, f"{_NAME}/c:family[@qualifier='BR']"),
        birth_given_names=next(
            (item.text or "" for item in root.findall(f"{_NAME}/c:given", _NS) if item.get("qualifier") is None), ""
        ),
        first_birth_given_name=_text(root, f"{_NAME}/c:given[@qualifier='BR']"),
        used_name=_text(root, f"{_NAME}/c:family[@qualifier='CL']"),
        birth_date=_attribute(root, f"{_PATIENT}/c:birthTime", "value"),
        gender=_attribute(root, f"{_PATIENT}/c:administrativeGenderCode", "code"),
        birth_place_code=_text(root, f"{_PATIENT}/c:birthplace/c:place/c:addr/c:county"),
        authors=tuple(_person(item) for item in root.findall("c:author/c:assignedAuthor", _NS)),
        legal_authenticator=None if authenticator is None else _person(authenticator),
        custodian=_text(root, "c:custodian/c:assignedCustodian/c:representedCustodianOrganization/c:name"),
        service=_code(root.find(f"{service}/c:code", _NS)),
        service_start=_attribute(root, f"{service}/c:effectiveTime/c:low", "value"),
        service_stop=_attribute(root, f"{service}/c:effectiveTime/c:high", "value"),
        encounter_ids=tuple(
            found for item in root.findall(f"{_ENCOUNTER}/c:id", _NS) if (found := _identifier(item)) is not None
        ),
        facility_type=_code(root.find(f"{_ENCOUNTER}/c:location/c:healthCareFacility/c:code", _NS)),
        practice_setting=_code(root.find(f"{performer}/c:standardIndustryClassCode", _NS)),
    )


def _pdf(root: etree._Element) -> bytes:
    text = root.find("c:component/c:nonXMLBody/c:text", _NS)
    if text is None or text.get("mediaType") != "application/pdf" or text.get("representation") != "B64":
        raise UnreadableDocument("the body is not a base64 PDF")
    try:
        content = b64decode("".join((text.text or "").split()), validate=True)
    except (binascii.Error, ValueError):
        raise UnreadableDocument("the body is not base64") from None
    if not content.startswith(b"%PDF-"):
        raise UnreadableDocument("the body is not a PDF")
    return content


def _text(element: etree._Element, path: str) -> str:
    return (element.findtext(path, default="", namespaces=_NS) or "").strip()


def _attribute(element: etree._Element, path: str, name: str) -> str:
    found = element.find(path, _NS)
    return "" if found is None else found.get(name, "")


def _person(entity: etree._Element) -> NamedPerson:
    return NamedPerson(
        family=_text(entity, "c:assignedPerson/c:name/c:family"),
        given=_text(entity, "c:assignedPerson/c:name/c:given"),
        identifier=_identifier(entity.find("c:id", _NS)),
        specialty=_code(entity.find("c:code", _NS)),
        organisation=_text(entity, "c:representedOrganization/c:name"),
        organisation_id=_identifier(entity.find("c:representedOrganization/c:id", _NS)),
    )


def _code(element: etree._Element | None) -> Code | None:
    if element is None or not element.get("code"):
        return None
    return Code(
        code=element.get("code", ""), system=element.get("codeSystem", ""), label=element.get("displayName", "")
    )


def _identifier(element: etree._Element | None) -> Identifier | None:
    if element is None or not element.get("root"):
        return None
    return Identifier(root=element.get("root", ""), extension=element.get("extension", ""))
