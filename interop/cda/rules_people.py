"""Header rules about people and organisations: patient, authors, custodian, participants, names, addresses."""

import re
from collections.abc import Iterator

from lxml import etree

from interop.cda.header import HL7_NAMESPACE
from interop.terminologies import oids
from interop.terminologies.value_sets import ValueSet, concepts, holds

NS = {"c": HL7_NAMESPACE}
_CUSTODIAN_ROOTS = frozenset({oids.STRUCTURES, "1.2.250.1.213.4.1"})
_CONTACT_CLASSES = frozenset({"ECON", "NOK", "CON", "CAREGIVER", "PAT"})
_TELECOM_SCHEMES = ("tel:", "fax:", "mailto:", "http:", "https:", "ftp:", "mllp:")
_TELECOM_USES = frozenset({"H", "HP", "HV", "WP", "DIR", "PUB", "EC", "MC", "PG"})
_BIRTH_DAY = re.compile(r"\d{8}")
_BIRTH_PLACE = re.compile(r"[0-9][0-9AB][0-9]{3}")


def coded(element: etree._Element | None, what: str, value_set: ValueSet) -> Iterator[str]:
    """Say what is wrong with a coded value that must belong to a value set."""
    if element is None or not (element.get("code") and element.get("codeSystem") and element.get("displayName")):
        yield f"{what}\u00a0: code, système ou libellé absent"
    elif not holds(value_set, code=element.get("code", ""), system=element.get("codeSystem", "")):
        yield f"{what}\u00a0: code hors du jeu de valeurs {value_set.value}"


def check_patient(target: etree._Element) -> Iterator[str]:
    """Identifiers, qualified names, sex, birth date; with an INS, every strict trait (annexe INS)."""
    ids = target.findall("c:patientRole/c:id", NS)
    if not ids or any(not (item.get("root") and item.get("extension")) for item in ids):
        yield "identifiant du patient absent ou incomplet"
    patient = target.find("c:patientRole/c:patient", NS)
    if patient is None:
        yield "identité du patient absente"
        return
    families = patient.findall("c:name/c:family", NS)
    if any(item.get("qualifier") not in ("BR", "CL") for item in families):
        yield "nom du patient sans qualificatif BR ou CL"
    if not any(item.get("qualifier") == "BR" and item.text for item in families):
        yield "nom de naissance absent"
    yield from coded(patient.find("c:administrativeGenderCode", NS), "sexe", ValueSet.GENDER)
    if not _BIRTH_DAY.fullmatch(_value(patient, "c:birthTime")):
        yield "date de naissance absente"
    if any(item.get("root") in oids.INS_ROOTS for item in ids):
        yield from _strict_traits(patient, [item for item in ids if item.get("root") in oids.INS_ROOTS])


def _strict_traits(patient: etree._Element, ins: list[etree._Element]) -> Iterator[str]:
    if len(ins) > 1:
        yield "plusieurs INS pour un même patient"
    if any(len(item.get("extension", "")) != 15 for item in ins):
        yield "matricule INS autre que 15 caractères"
    givens = patient.findall("c:name/c:given", NS)
    if not any(item.get("qualifier") is None and item.text for item in givens):
        yield "INS sans la liste des prénoms de naissance"
    if not any(item.get("qualifier") == "BR" and item.text for item in givens):
        yield "INS sans le premier prénom de naissance"
    place = patient.findtext("c:birthplace/c:place/c:addr/c:county", default="", namespaces=NS) or ""
    if not _BIRTH_PLACE.fullmatch(place):
        yield "INS sans le code du lieu de naissance"


def check_author(author: etree._Element) -> Iterator[str]:
    """Time, id (or its absence said), profession of J01."""
    if not _value(author, "c:time"):
        yield "date de l’auteur absente"
    if author.find("c:assignedAuthor/c:id", NS) is None:
        yield "identifiant de l’auteur absent"
    yield from coded(author.find("c:assignedAuthor/c:code", NS), "profession de l’auteur", ValueSet.SPECIALTY)
    function = author.find("c:functionCode", NS)
    if function is not None:
        yield from _function(function)


def check_informant(informant: etree._Element) -> Iterator[str]:
    """Kind of contact, family link of J11, name."""
    entity = informant.find("c:relatedEntity", NS)
    if entity is None or entity.get("classCode") not in _CONTACT_CLASSES:
        yield "contact du patient d’un genre inconnu"
        return
    code = entity.find("c:code", NS)
    if code is not None:
        yield from coded(code, "lien avec le patient", ValueSet.RELATION_TO_PATIENT)
    if not entity.findtext("c:relatedPerson/c:name/c:family", namespaces=NS):
        yield "contact du patient sans nom"


def check_custodian(custodian: etree._Element) -> Iterator[str]:
    """The structure that keeps the document, by its national identifier."""
    keeper = custodian.find("c:assignedCustodian/c:representedCustodianOrganization", NS)
    identifier = None if keeper is None else keeper.find("c:id", NS)
    if (
        keeper is None
        or identifier is None
        or identifier.get("root") not in _CUSTODIAN_ROOTS
        or not (identifier.get("extension"))
    ):
        yield "structure de conservation sans identifiant national"
    elif not keeper.findtext("c:name", namespaces=NS):
        yield "structure de conservation sans nom"


def check_recipient(recipient: etree._Element) -> Iterator[str]:
    """National identifier when there is one, name."""
    identifier = recipient.find("c:intendedRecipient/c:id", NS)
    if identifier is not None and identifier.get("root") != oids.PROFESSIONALS:
        yield "destinataire identifié hors du répertoire national"


def check_authenticator(authenticator: etree._Element) -> Iterator[str]:
    """Time, signature, a real national identifier, a name."""
    if not _value(authenticator, "c:time"):
        yield "date de la signature absente"
    signature = authenticator.find("c:signatureCode", NS)
    if signature is None or signature.get("code") != "S":
        yield "code de signature autre que S"
    identifier = authenticator.find("c:assignedEntity/c:id", NS)
    if identifier is None or not (identifier.get("root") and identifier.get("extension")):
        yield "responsable du document sans identifiant national"
    if not authenticator.findtext("c:assignedEntity/c:assignedPerson/c:name/c:family", namespaces=NS):
        yield "responsable du document sans nom"
    code = authenticator.find("c:assignedEntity/c:code", NS)
    if code is not None:
        yield from coded(code, "profession du responsable", ValueSet.SPECIALTY)


def check_participant(participant: etree._Element) -> Iterator[str]:
    """Participation type of J144, function of J47 or words, one time, class, profession of J01."""
    if participant.get("typeCode") not in concepts(ValueSet.PARTICIPATION):
        yield "type de participation inconnu"
    functions = participant.findall("c:functionCode", NS)
    for function in functions:
        yield from _function(function)
    if len(participant.findall("c:time", NS)) != 1:
        yield "date de participation absente"
    entity = participant.find("c:associatedEntity", NS)
    if entity is None or entity.get("classCode") not in ("PROV", "AGNT"):
        yield "participant d’un genre inconnu"
        return
    code = entity.find("c:code", NS)
    if code is not None:
        yield from coded(code, "profession d’un participant", ValueSet.SPECIALTY)
    if (
        not entity.get("nullFlavor")
        and entity.find("c:associatedPerson", NS) is None
        and entity.find("c:scopingOrganization", NS) is None
    ):
        yield "participant sans personne ni structure"


def check_performer(performer: etree._Element) -> Iterator[str]:
    """Id (or its absence said), structure with identifier, name and practice setting."""
    if performer.find("c:assignedEntity/c:id", NS) is None:
        yield "exécutant sans identifiant"
    code = performer.find("c:assignedEntity/c:code", NS)
    if code is not None:
        yield from coded(code, "profession de l’exécutant", ValueSet.SPECIALTY)
    organisation = performer.find("c:assignedEntity/c:representedOrganization", NS)
    if (
        organisation is None
        or organisation.find("c:id", NS) is None
        or not organisation.findtext("c:name", namespaces=NS)
    ):
        yield "exécutant sans structure identifiée"
        return
    yield from coded(
        organisation.find("c:standardIndustryClassCode", NS),
        "cadre d’exercice de l’exécutant",
        ValueSet.PRACTICE_SETTING,
    )


def check_person_names(root: etree._Element) -> Iterator[str]:
    """Civility of J245, title of J246, a family name everywhere."""
    for name in root.iter(f"{{{HL7_NAMESPACE}}}name"):
        parent = etree.QName(name.getparent()).localname if name.getparent() is not None else ""
        if parent not in ("assignedPerson", "associatedPerson", "informationRecipient", "relatedPerson"):
            continue
        if not name.findtext("c:family", namespaces=NS):
            yield "personne sans nom de famille"
        prefix, suffix = (name.findtext(f"c:{part}", namespaces=NS) for part in ("prefix", "suffix"))
        if prefix and prefix not in concepts(ValueSet.CIVILITY):
            yield "civilité autre que M ou MME"
        if suffix and suffix not in concepts(ValueSet.TITLE):
            yield "titre hors du jeu de valeurs J246"


def check_addresses_and_telecoms(root: etree._Element) -> Iterator[str]:
    """Contact points have a scheme or say they are unknown; addresses do not mix lines and parts."""
    for telecom in root.iter(f"{{{HL7_NAMESPACE}}}telecom"):
        value = telecom.get("value", "")
        if bool(value) == bool(telecom.get("nullFlavor")):
            yield "coordonnée sans valeur ou à la fois présente et absente"
        elif value and not value.startswith(_TELECOM_SCHEMES):
            yield "coordonnée sans préfixe tel:, fax: ou mailto:"
        if telecom.get("use") and telecom.get("use") not in _TELECOM_USES:
            yield "usage de coordonnée inconnu"
    for address in root.iter(f"{{{HL7_NAMESPACE}}}addr"):
        lines = address.findall("c:streetAddressLine", NS)
        if len(lines) > 7 or (lines and len(lines) != len(address)):
            yield "adresse mêlant lignes et parties"


def _function(function: etree._Element) -> Iterator[str]:
    if function.get("nullFlavor"):
        if function.get("nullFlavor") != "NA" or not function.findtext("c:originalText", namespaces=NS):
            yield "fonction sans code ni libellé"
    else:
        yield from coded(function, "fonction", ValueSet.FUNCTION)


def _value(element: etree._Element, path: str) -> str:
    found = element.find(path, NS)
    return "" if found is None else found.get("value", "")
