"""Rules of the CI-SIS header and of level 1, as ANS's kit checks them: what the schema cannot say.

Source: TestContenuCDA-3-0, schematrons « structuration minimale » (kit commit 7cd489b). Sentences are in French because
they are shown to the person who must correct the data; none quotes a patient.
"""

import binascii
import re
from base64 import b64decode
from collections.abc import Iterator

from lxml import etree

from interop.cda.header import HL7_NAMESPACE, parse_safely
from interop.cda.rules_people import (
    NS,
    check_addresses_and_telecoms,
    check_authenticator,
    check_author,
    check_custodian,
    check_informant,
    check_participant,
    check_patient,
    check_performer,
    check_person_names,
    check_recipient,
    coded,
)
from interop.terminologies import oids
from interop.terminologies.identifiers import is_oid
from interop.terminologies.value_sets import ValueSet

_N1_TEMPLATES = [oids.TEMPLATE_HL7_FRANCE, oids.TEMPLATE_CI_SIS, oids.TEMPLATE_UNSTRUCTURED]
_INSTANT = re.compile(r"\d{14}[+-]\d{4}")
_UPPER_UUID = re.compile(r"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}")


def check_n1(document: bytes | etree._Element) -> list[str]:
    """Return every rule a level-1 document breaks; empty means that the kit's header and N1 rules hold."""
    root = parse_safely(document) if isinstance(document, bytes) else document
    if root.tag != f"{{{HL7_NAMESPACE}}}ClinicalDocument":
        return ["l’élément racine n’est pas ClinicalDocument"]
    return [*check_header(root), *_level_one(root)]


def check_header(root: etree._Element) -> list[str]:
    """Return every header rule (all document levels) the document breaks."""
    problems = [*_identity(root)]
    checks = (
        ("recordTarget", check_patient, 1),
        ("author", check_author, 1),
        ("informant", check_informant, 0),
        ("custodian", check_custodian, 1),
        ("informationRecipient", check_recipient, 0),
        ("legalAuthenticator", check_authenticator, 1),
        ("participant", check_participant, 0),
    )
    for name, check, minimum in checks:
        elements = root.findall(f"c:{name}", NS)
        if len(elements) < minimum:
            problems.append(f"{name} absent")
        for element in elements:
            problems += check(element)
    problems += [*_services(root), *_relations(root), *_encounter(root)]
    problems += [*check_person_names(root), *check_addresses_and_telecoms(root)]
    return problems


def _identity(root: etree._Element) -> Iterator[str]:
    if _attribute(root, "c:realmCode", "code") != "FR":
        yield "realmCode autre que FR"
    type_id = (_attribute(root, "c:typeId", "root"), _attribute(root, "c:typeId", "extension"))
    if type_id != ("2.16.840.1.113883.1.3", "POCD_HD000040"):
        yield "typeId inattendu"  # the kit is silent on everything else when this one is wrong
    for name in ("id", "setId"):
        identifier = _attribute(root, f"c:{name}", "root")
        if not is_oid(identifier) and not _UPPER_UUID.fullmatch(identifier):
            yield f"{name} sans OID ni UUID en majuscules"
    yield from coded(root.find("c:code", NS), "type du document", ValueSet.DOCUMENT_TYPE)
    yield from coded(root.find("c:confidentialityCode", NS), "confidentialité", ValueSet.CONFIDENTIALITY)
    if not (root.findtext("c:title", namespaces=NS) or "").strip():
        yield "titre absent"
    if not _INSTANT.fullmatch(_attribute(root, "c:effectiveTime", "value")):
        yield "date du document sans seconde ou sans fuseau horaire"
    if _attribute(root, "c:languageCode", "code") != "fr-FR":
        yield "langue autre que fr-FR"
    version = _attribute(root, "c:versionNumber", "value")
    if not (version.isascii() and version.isdigit() and int(version) > 0):
        yield "numéro de version autre qu’un entier positif"


def _services(root: etree._Element) -> Iterator[str]:
    events = root.findall("c:documentationOf/c:serviceEvent", NS)
    if not events:
        yield "acte documenté absent"
        return
    performers = events[0].findall("c:performer[@typeCode='PRF']", NS)
    if len(performers) != 1:
        yield "l’acte principal n’a pas exactement un exécutant"
    for performer in performers:
        yield from check_performer(performer)
    if not _attribute(events[0], "c:effectiveTime/c:low", "value"):
        yield "date de début de l’acte principal absente"
    for event in events:
        code = event.find("c:code", NS)
        if code is not None and not code.get("nullFlavor") and not (code.get("code") and code.get("codeSystem")):
            yield "code de l’acte incomplet"


def _relations(root: etree._Element) -> Iterator[str]:
    related = root.findall("c:relatedDocument", NS)
    if len(related) > 1:
        yield "plusieurs documents remplacés"
    for element in related:
        if element.get("typeCode") != "RPLC" or not _attribute(element, "c:parentDocument/c:id", "root"):
            yield "document remplacé mal désigné"
        elif _attribute(element, "c:parentDocument/c:id", "root") == _attribute(root, "c:id", "root") and _attribute(
            element, "c:parentDocument/c:id", "extension"
        ) == _attribute(root, "c:id", "extension"):
            yield "le document se remplace lui-même"
    for order in root.findall("c:inFulfillmentOf/c:order", NS):
        if not _attribute(order, "c:id", "root"):
            yield "demande sans identifiant"


def _encounter(root: etree._Element) -> Iterator[str]:
    encounter = root.find("c:componentOf/c:encompassingEncounter", NS)
    if encounter is None:
        yield "prise en charge absente"
        return
    time = encounter.find("c:effectiveTime", NS)
    if time is None or not (time.get("nullFlavor") or _attribute(time, "c:low", "value") or time.get("value")):
        yield "date de la prise en charge absente"
    code = encounter.find("c:code", NS)
    if code is not None:
        yield from coded(code, "type de prise en charge", ValueSet.ENCOUNTER_TYPE)
    yield from coded(
        encounter.find("c:location/c:healthCareFacility/c:code", NS), "secteur de la structure", ValueSet.FACILITY_TYPE
    )


def _level_one(root: etree._Element) -> Iterator[str]:
    if sorted(element.get("root", "") for element in root.findall("c:templateId", NS)) != sorted(_N1_TEMPLATES):
        yield "un document de niveau 1 déclare exactement ses trois modèles"
    text = root.find("c:component/c:nonXMLBody/c:text", NS)
    if text is None or text.get("mediaType") != "application/pdf" or text.get("representation") != "B64":
        yield "corps autre qu’un PDF en base64"
        return
    try:
        content = b64decode("".join((text.text or "").split()), validate=True)
    except (binascii.Error, ValueError):
        content = b""
    if not content.startswith(b"%PDF-"):
        yield "le corps ne contient pas un PDF"


def _attribute(element: etree._Element, path: str, name: str) -> str:
    found = element.find(path, NS)
    return "" if found is None else found.get(name, "")
