"""Reads the few header facts of any CDA that messages and archives must agree with, without trusting the file."""

from dataclasses import dataclass

from lxml import etree

from interop.terminologies.identifiers import Code, Identifier

HL7_NAMESPACE = "urn:hl7-org:v3"
_NS = {"c": HL7_NAMESPACE}


class UnreadableDocument(ValueError):
    """The bytes are not a CDA document we can read; the message says why, without quoting the content."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentHeader:
    """Identity of a CDA: itself, what it replaces, its kind and whose it is."""

    document_id: Identifier
    code: Code
    title: str
    effective_time: str
    set_id: Identifier | None
    version: int | None
    replaces: Identifier | None
    confidentiality: str
    patient_ids: tuple[Identifier, ...]


def parse_safely(xml: bytes) -> etree._Element:
    """Parse XML with no entity, DTD or network access; UnreadableDocument for anything else than clean XML."""
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=True,
        remove_comments=False,
    )
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableDocument(f"not well-formed XML (line {getattr(error, 'lineno', None) or '?'})") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise UnreadableDocument("a document type declaration is not allowed")
    return root


def read_header(xml: bytes) -> DocumentHeader:
    """Return the identity of a CDA; UnreadableDocument when the root, the id or the code is missing."""
    return header_of(parse_safely(xml))


def header_of(root: etree._Element) -> DocumentHeader:
    """Same as read_header, for a tree already parsed."""
    if root.tag != f"{{{HL7_NAMESPACE}}}ClinicalDocument":
        raise UnreadableDocument("the root element is not ClinicalDocument")
    document_id = _identifier(root.find("c:id", _NS))
    code = root.find("c:code", _NS)
    if document_id is None or code is None:
        raise UnreadableDocument("the document id or code is missing")
    version = _attribute(root.find("c:versionNumber", _NS), "value")
    patient_ids = root.findall("c:recordTarget/c:patientRole/c:id", _NS)
    return DocumentHeader(
        document_id=document_id,
        code=Code(code=code.get("code", ""), system=code.get("codeSystem", ""), label=code.get("displayName", "")),
        title=(root.findtext("c:title", default="", namespaces=_NS) or "").strip(),
        effective_time=_attribute(root.find("c:effectiveTime", _NS), "value"),
        set_id=_identifier(root.find("c:setId", _NS)),
        version=int(version) if version.isascii() and version.isdigit() else None,
        replaces=_identifier(root.find("c:relatedDocument[@typeCode='RPLC']/c:parentDocument/c:id", _NS)),
        confidentiality=_attribute(root.find("c:confidentialityCode", _NS), "code"),
        patient_ids=tuple(found for item in patient_ids if (found := _identifier(item)) is not None),
    )


def _identifier(element: etree._Element | None) -> Identifier | None:
    if element is None or not element.get("root"):
        return None
    return Identifier(root=element.get("root", ""), extension=element.get("extension", ""))


def _attribute(element: etree._Element | None, name: str) -> str:
    return "" if element is None else element.get(name, "")
