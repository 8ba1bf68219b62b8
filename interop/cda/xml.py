"""Small XML pieces every CDA header is made of: identifiers, codes, names, addresses, times."""

import re
from datetime import datetime

from lxml import etree

from interop.cda.header import HL7_NAMESPACE
from interop.cda.parties import Address, Organisation, Professional, Telecom
from interop.terminologies.identifiers import Code, Identifier

_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def child(parent: etree._Element, name: str, text: str = "", **attributes: str) -> etree._Element:
    """Append an element; characters XML cannot hold (pasted control characters) are dropped from text and values."""
    element = etree.SubElement(parent, f"{{{HL7_NAMESPACE}}}{name}")
    for key, value in attributes.items():
        element.set(key, _ILLEGAL.sub("", value))
    if text:
        element.text = _ILLEGAL.sub("", text)
    return element


def instant(moment: datetime) -> str:
    """Write a moment to the second with its offset; a moment without time zone is a programming error."""
    if moment.tzinfo is None:
        raise ValueError("a timestamp needs its time zone")
    return moment.strftime("%Y%m%d%H%M%S%z")


def add_identifier(parent: etree._Element, identifier: Identifier | None, name: str = "id") -> None:
    """Append an identifier, or one that says it is unknown."""
    if identifier is None:
        child(parent, name, nullFlavor="UNK")
    elif identifier.extension:
        child(parent, name, root=identifier.root, extension=identifier.extension)
    else:
        child(parent, name, root=identifier.root)


def add_code(parent: etree._Element, code: Code, name: str = "code") -> etree._Element:
    """Append a coded value with its label."""
    element = child(parent, name, code=code.code, codeSystem=code.system)
    if code.system_name:
        element.set("codeSystemName", code.system_name)
    element.set("displayName", code.label)
    return element


def add_function(parent: etree._Element, function: Code | None, wording: str) -> None:
    """Append a functionCode; without code, the words alone say the role."""
    coded = add_code(parent, function, "functionCode") if function else None
    element = child(parent, "functionCode", nullFlavor="NA") if coded is None else coded
    if wording:
        child(element, "originalText", wording)


def add_address(parent: etree._Element, address: Address | None, *, missing: str = "") -> None:
    """Append an address in detailed parts; `missing` is the nullFlavor written when there is none."""
    parts = (
        {}
        if address is None
        else {
            "streetName": address.street,
            "additionalLocator": address.complement,
            "postalCode": address.postal_code,
            "city": address.city,
            "country": address.country,
        }
    )
    if any(parts.values()):
        element = child(parent, "addr")
        for name, text in parts.items():
            if text:
                child(element, name, text)
    elif missing:
        child(parent, "addr", nullFlavor=missing)


def add_telecoms(parent: etree._Element, telecoms: tuple[Telecom, ...], *, missing: str = "") -> None:
    """Append contact points; `missing` is the nullFlavor written when there is none."""
    for telecom in telecoms:
        element = child(parent, "telecom", value=telecom.value)
        if telecom.use:
            element.set("use", telecom.use.value)
    if not telecoms and missing:
        child(parent, "telecom", nullFlavor=missing)


def add_person(parent: etree._Element, name: str, person: Professional) -> None:
    """Append a person element with the name of a professional."""
    full_name = child(child(parent, name), "name")
    for part, text in (
        ("prefix", person.civility),
        ("given", person.given),
        ("family", person.family),
        ("suffix", person.title),
    ):
        if text:
            child(full_name, part, text)


def add_organisation(parent: etree._Element, name: str, organisation: Organisation) -> None:
    """Append an organisation; its identifier is left out when unknown."""
    element = child(parent, name)
    if organisation.identifier:
        add_identifier(element, organisation.identifier)
    child(element, "name", organisation.name)
    add_telecoms(element, organisation.telecoms)
    add_address(element, organisation.address)
    if organisation.practice_setting:
        add_code(element, organisation.practice_setting, "standardIndustryClassCode")


def add_assigned_entity(parent: etree._Element, person: Professional, *, name: str = "assignedEntity") -> None:
    """Append an assigned entity (author, performer, authenticator): id, specialty, contacts, person, structure."""
    entity = child(parent, name)
    add_identifier(entity, person.identifier)
    if person.specialty:
        add_code(entity, person.specialty)
    add_address(entity, person.address)
    add_telecoms(entity, person.telecoms)
    add_person(entity, "assignedPerson", person)
    if person.organisation:
        add_organisation(entity, "representedOrganization", person.organisation)
