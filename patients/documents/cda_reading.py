"""A CDA R2 that came from elsewhere, read without trusting it: no DTD, no entity, no stylesheet, nothing fetched.

Reads what the national examples and the hospitals write: structured bodies, one file wrapped in base64 (level 1), and
self-presentable documents, whose stylesheet is ignored.
"""

import binascii
import re
from base64 import b64decode
from dataclasses import dataclass
from datetime import date

from lxml import etree

from patients.documents.refusal import FileRefused

NS = "urn:hl7-org:v3"
_C = {"c": NS}
_INS_ARC = "1.2.250.1.213.1.4."
_CALCULATED = frozenset(f"{_INS_ARC}{last}" for last in (2, 6, 7))  # the former INS-C: another number, not a matricule
_STYLESHEET = "{http://www.w3.org/1999/XSL/Transform}stylesheet"
_ENCODINGS = frozenset({"utf-8", "utf-16", "us-ascii", "iso-8859-1", "iso-8859-15", "windows-1252"})
_MAX_ELEMENTS = 200_000
_ASK = "Demandez une copie en PDF à son auteur."
_NOT_CDA = "Ajoutez le compte rendu en PDF, ou le document CDA lui-même."


@dataclass(frozen=True, slots=True, kw_only=True)
class CdaPatient:
    """Who the document says it is about; '' and None where it does not say. `sex` is F, M or I.

    `ins` holds (OID, matricule) as they are written: nothing says that they are right.
    """

    birth_name: str
    used_name: str
    given_names: tuple[str, ...]
    birth_date: date | None
    sex: str
    ins: frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class CdaSection:
    """A titled part with its narrative block, and its own parts."""

    title: str
    text: etree._Element | None
    parts: tuple["CdaSection", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cda:
    """What a reader needs of a document. `body` is the wrapped file of a level 1, whose `media_type` it declares."""

    title: str
    code: str
    made_on: date | None
    patient: CdaPatient
    authors: tuple[str, ...]
    origin: str
    sections: tuple[CdaSection, ...]
    media_type: str
    body: bytes | None
    root: etree._Element


def read_cda(data: bytes) -> Cda:
    """Parse and read. Raises FileRefused: not XML, not a CDA, a DTD, or too much of anything."""
    document = _clinical_document(_parsed(data))
    body, media_type = _wrapped(document)
    return Cda(
        title=_text(document.find("c:title", _C)),
        code=_attribute(document, "c:code", "code"),
        made_on=_day(_attribute(document, "c:effectiveTime", "value")),
        patient=_patient(document),
        authors=tuple(dict.fromkeys(name for one in document.findall("c:author", _C) if (name := _author(one)))),
        origin=_origin(document),
        sections=_sections(document.find("c:component/c:structuredBody", _C)),
        media_type=media_type,
        body=body,
        root=document,
    )


def _parsed(data: bytes) -> etree._Element:
    plain = data.decode("utf-16").encode() if data.startswith((b"\xff\xfe", b"\xfe\xff")) else data
    if plain is not data:
        plain = re.sub(rb"^\s*<\?xml[^>]*\?>", b"", plain)
    declared = re.match(rb"""(?:\xef\xbb\xbf)?\s*<\?xml[^>]*encoding=["']([\w.-]+)["']""", plain)
    if declared and declared.group(1).decode().lower() not in _ENCODINGS:
        raise FileRefused("Ce fichier XML est dans un codage inhabituel.", _ASK)
    if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
        raise FileRefused("Ce fichier XML contient des définitions (DTD) qui peuvent cacher du code.", _ASK)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False, remove_pis=True
    )
    try:
        root = etree.fromstring(plain.lstrip(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        if "huge" in str(error).lower() or "xmlSAX2Characters" in str(error):
            raise FileRefused("Ce CDA contient un fichier de plus de 7 Mo.", "Ajoutez ce fichier lui-même.") from error
        raise FileRefused("Ce fichier XML est abîmé.", _ASK) from error
    if sum(1 for _ in root.iter()) > _MAX_ELEMENTS:
        raise FileRefused("Ce document CDA est trop long pour être affiché.", _ASK)
    return root


def _clinical_document(root: etree._Element) -> etree._Element:
    if root.tag == f"{{{NS}}}ClinicalDocument":
        return root
    inner = root.find(f".//{{{NS}}}ClinicalDocument") if root.tag == _STYLESHEET else None
    if inner is None:
        raise FileRefused("Ce fichier XML n’est pas un document médical CDA.", _NOT_CDA)
    return inner


def _patient(document: etree._Element) -> CdaPatient:
    role = document.find("c:recordTarget/c:patientRole", _C)
    person = role.find("c:patient", _C) if role is not None else None
    if role is None or person is None:
        raise FileRefused("Ce document CDA ne nomme aucun patient.", _NOT_CDA)
    families = [(one.get("qualifier", ""), _text(one)) for one in person.findall("c:name/c:family", _C)]
    birth = next((text for qualifier, text in families if "BR" in qualifier), "")
    used = next((text for qualifier, text in families if "CL" in qualifier or "SP" in qualifier), "")
    plain = next((text for qualifier, text in families if not qualifier), "")
    given = tuple(dict.fromkeys(_text(one) for one in person.findall("c:name/c:given", _C)))
    return CdaPatient(
        birth_name=birth or plain,
        used_name=used,
        given_names=tuple(one for one in given if one),
        birth_date=_day(_attribute(person, "c:birthTime", "value")),
        sex={"F": "F", "M": "M", "UN": "I"}.get(_attribute(person, "c:administrativeGenderCode", "code"), ""),
        ins=frozenset(
            (root, "".join(one.get("extension", "").split()).upper())
            for one in role.findall("c:id", _C)
            if (root := one.get("root", "").strip()).startswith(_INS_ARC)
            and root not in _CALCULATED
            and one.get("extension", "").strip()
        ),
    )


def _author(author: etree._Element) -> str:
    name = author.find("c:assignedAuthor/c:assignedPerson/c:name", _C)
    if name is None:
        return _text(author.find("c:assignedAuthor/c:assignedAuthoringDevice/c:softwareName", _C))
    words = [_text(one) for part in ("suffix", "prefix", "given", "family") for one in name.findall(f"c:{part}", _C)]
    spoken = {"DR": "Dr", "PR": "Pr", "M": "M.", "MME": "Mme", "MG": "Dr", "MC": "Dr"}
    shown = [spoken.get(word.upper(), word) for word in words if word]
    if len(shown) > 1 and shown[0] in {"Dr", "Pr"} and shown[1] in {"M.", "Mme"}:
        del shown[1]
    return " ".join(shown) or _text(name)


def _origin(document: etree._Element) -> str:
    places = (
        "c:author/c:assignedAuthor/c:representedOrganization/c:name",
        "c:custodian/c:assignedCustodian/c:representedCustodianOrganization/c:name",
    )
    return next((found for place in places if (found := _text(document.find(place, _C)))), "")


def _sections(parent: etree._Element | None) -> tuple[CdaSection, ...]:
    if parent is None:
        return ()
    return tuple(
        CdaSection(title=_text(one.find("c:title", _C)), text=one.find("c:text", _C), parts=_sections(one))
        for one in parent.findall("c:component/c:section", _C)
    )


def _wrapped(document: etree._Element) -> tuple[bytes | None, str]:
    text = document.find("c:component/c:nonXMLBody/c:text", _C)
    if text is None:
        return None, ""
    media_type = text.get("mediaType", "text/plain")
    if text.get("compression"):
        raise FileRefused("Ce CDA contient un fichier compressé.", _ASK)
    if text.get("representation") != "B64":
        return _words(text).encode(), media_type
    try:
        return b64decode("".join(_words(text).split()), validate=True), media_type
    except (binascii.Error, ValueError) as error:
        raise FileRefused("Le fichier contenu dans ce CDA est abîmé.", _ASK) from error


def _attribute(parent: etree._Element, path: str, name: str) -> str:
    found = parent.find(path, _C)
    return "" if found is None else found.get(name, "")


def _text(element: etree._Element | None) -> str:
    return "" if element is None else " ".join(_words(element).split())


def _words(element: etree._Element) -> str:
    return "".join(str(part) for part in element.itertext())


def _day(stamp: str) -> date | None:
    """The day of YYYYMMDD…; None for a month, a year or nothing."""
    if not re.match(r"\d{8}", stamp):
        return None
    try:
        return date(int(stamp[:4]), int(stamp[4:6]), int(stamp[6:8]))
    except ValueError:
        return None
