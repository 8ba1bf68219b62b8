"""The SOAP 1.2 messages of WS_INS2, search by traits: written and read, no network (integration guide SEL-MP-043).

Read safely: no entity, no network, a bounded size. The two context headers carry the software's authorisation; their
form must be checked against the guide in force before the authorisation is asked for.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import uuid4

from lxml import etree

from patients.identity.ins import Ins, Platform, read_ins
from patients.identity.names import MAX_LENGTH
from patients.identity.refusal import Refused
from patients.insi.interface import Answer, Former, InsiCode, InsiIdentity, InsiUnavailable, Question

SOAP = "http://www.w3.org/2003/05/soap-envelope"
WSA = "http://www.w3.org/2005/08/addressing"
ASK = "http://www.cnamts.fr/INSiRecSans"
RESULT = "http://www.cnamts.fr/INSiResultat"
BAM = "http://www.cnamts.fr/ContexteBAM"
LPS = "http://www.cnamts.fr/ContexteLPS"
ACTION = "http://www.cnamts.fr/ServiceIdentiteCertifiee/1.0.0/rechercherInsAvecTraitsIdentite"
LARGEST = 512 * 1024  # bytes of an answer

_NOT_READ = "La réponse d’INSi n’est pas lisible. Réessayez\u202f; si cela dure, prévenez le support avec l’heure."


@dataclass(frozen=True, slots=True, kw_only=True)
class Software:
    """Who asks, as registered with the authorisation: IDAM number, version, instance and name of the software."""

    idam: str
    version: str
    instance: str
    name: str = "DCC"


def write_search(question: Question, *, software: Software, at: datetime | None = None) -> bytes:
    """Write the envelope of a search by traits."""
    moment = (at or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ")
    envelope = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"soap": SOAP, "wsa": WSA})
    header = etree.SubElement(envelope, f"{{{SOAP}}}Header")
    _texts(header, WSA, {"Action": ACTION, "MessageID": f"urn:uuid:{uuid4()}"})
    bam = etree.SubElement(header, f"{{{BAM}}}ContexteBAM", nsmap={"ctxbam": BAM}, Version="01_02")
    _texts(bam, BAM, {"Id": str(uuid4()), "Temps": moment, "Emetteur": software.idam})
    lps = etree.SubElement(header, f"{{{LPS}}}ContexteLPS", nsmap={"ctxlps": LPS}, Nature="CTXLPS", Version="01_00")
    _texts(lps, LPS, {"Id": str(uuid4()), "Temps": moment, "Emetteur": software.idam})
    named = etree.SubElement(lps, f"{{{LPS}}}LPS")
    told = {"IDAM": software.idam, "Version": software.version, "Instance": software.instance, "Nom": software.name}
    _texts(named, LPS, told)
    body = etree.SubElement(envelope, f"{{{SOAP}}}Body")
    asked = etree.SubElement(body, f"{{{ASK}}}RECSANSVITALE", nsmap={"insi": ASK})
    traits = {
        "NomNaissance": question.birth_name,
        "Prenom": question.given_name,
        "Sexe": question.sex,
        "DateNaissance": question.birth_date.isoformat(),
    }
    _texts(asked, ASK, traits | ({"LieuNaissance": question.birth_insee} if question.birth_insee else {}))
    return etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")


def read_search(message: bytes) -> Question:
    """Read the body of a search, as whoever answers it must; raises ValueError."""
    asked = next(_parsed(message).iter(f"{{{ASK}}}RECSANSVITALE"), None)
    if asked is None:
        raise ValueError("no RECSANSVITALE")
    return Question(
        birth_name=_text(asked, ASK, "NomNaissance"),
        given_name=_text(asked, ASK, "Prenom"),
        sex=_text(asked, ASK, "Sexe"),
        birth_date=date.fromisoformat(_text(asked, ASK, "DateNaissance")),
        birth_insee=_text(asked, ASK, "LieuNaissance"),
    )


def read_answer(message: bytes, *, platform: Platform) -> Answer:
    """Read an answer; raises InsiUnavailable for a fault, for what is not an answer, for an INS of another platform."""
    try:
        root = _parsed(message)
    except ValueError as error:
        raise InsiUnavailable(_NOT_READ) from error
    result = next(root.iter(f"{{{RESULT}}}RESULTAT"), None)
    if result is None:
        raise InsiUnavailable(
            "INSi a refusé la demande. Réessayez\u202f; si cela dure, prévenez le support avec l’heure."
        )
    try:
        code = InsiCode(_text(next(result.iter(f"{{{RESULT}}}CR"), result), RESULT, "CodeCR"))
        identity = _identity(result, platform) if code is InsiCode.FOUND else None
    except Refused as refused:
        raise InsiUnavailable(refused.message) from refused
    except (ValueError, StopIteration) as error:
        raise InsiUnavailable(_NOT_READ) from error
    return Answer(code=code, identity=identity)


def write_answer(answer: Answer) -> bytes:
    """Write an answer, in the form of the published samples."""
    envelope = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"soap": SOAP})
    body = etree.SubElement(envelope, f"{{{SOAP}}}Body")
    result = etree.SubElement(body, f"{{{RESULT}}}RESULTAT", nsmap={"insi": RESULT})
    labels = {InsiCode.FOUND: "OK", InsiCode.NONE: "Aucune identite trouvee"}
    told = {"CodeCR": answer.code.value, "LibelleCR": labels.get(answer.code, "Plusieurs identites trouvees")}
    _texts(etree.SubElement(result, f"{{{RESULT}}}CR"), RESULT, told)
    if person := answer.identity:
        individual = etree.SubElement(result, f"{{{RESULT}}}INDIVIDU")
        _matricule(individual, "INSACTIF", person.ins)
        for one in person.former:
            _matricule(individual, "INSHISTO", one.ins)
        traits = {
            "NomNaissance": person.birth_name,
            "ListePrenom": person.given_names,
            "Sexe": person.sex,
            "DateNaissance": person.birth_date.isoformat(),
        }
        place = {"LieuNaissance": person.birth_insee} if person.birth_insee else {}
        _texts(etree.SubElement(individual, f"{{{RESULT}}}TIQ"), RESULT, traits | place)
    return etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")


def _identity(result: etree._Element, platform: Platform) -> InsiIdentity:
    individual = next(result.iter(f"{{{RESULT}}}INDIVIDU"))
    traits = next(individual.iter(f"{{{RESULT}}}TIQ"))
    birth_name, given_names = _text(traits, RESULT, "NomNaissance"), _text(traits, RESULT, "ListePrenom")
    sex = _text(traits, RESULT, "Sexe")
    if (
        not birth_name
        or not given_names
        or sex not in ("M", "F")
        or max(len(birth_name), len(given_names)) > MAX_LENGTH
    ):
        raise ValueError("traits are missing, or too long")
    return InsiIdentity(
        ins=_ins(next(individual.iter(f"{{{RESULT}}}INSACTIF")), platform, check_key=True),
        former=tuple(_former(individual, platform)),
        birth_name=birth_name,
        given_names=given_names,
        sex=sex,
        birth_date=date.fromisoformat(_text(traits, RESULT, "DateNaissance")),
        birth_insee=_text(traits, RESULT, "LieuNaissance"),
    )


def _former(individual: etree._Element, platform: Platform) -> Iterator[Former]:
    for one in individual.iter(f"{{{RESULT}}}INSHISTO"):
        starts, ends = _anywhere(one, "DateDeb"), _anywhere(one, "DateFin")
        yield Former(
            ins=_ins(one, platform, check_key=False),  # kept as received (EXI REC 08)
            started_on=date.fromisoformat(starts) if starts else None,
            ended_on=date.fromisoformat(ends) if ends else None,
        )


def _ins(element: etree._Element, platform: Platform, *, check_key: bool) -> Ins:
    key = _anywhere(element, "Cle").rjust(2, "0")
    matricule = _anywhere(element, "NumIdentifiant") + key
    found = read_ins(matricule, _anywhere(element, "OID"), platform=platform, check_key=check_key)
    if found is None:
        raise ValueError("no matricule")
    return found


def _matricule(parent: etree._Element, name: str, ins: Ins) -> None:
    holder = etree.SubElement(parent, f"{{{RESULT}}}{name}")
    number = {"NumIdentifiant": ins.matricule[:13], "Cle": ins.matricule[13:]}
    _texts(etree.SubElement(holder, f"{{{RESULT}}}IdIndividu"), RESULT, number)
    _texts(holder, RESULT, {"OID": ins.oid})


def _parsed(message: bytes) -> etree._Element:
    if len(message) > LARGEST or b"<!DOCTYPE" in message:
        raise ValueError("too large, or with a document type")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(message, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError("not XML") from error
    return root


def _texts(parent: etree._Element, namespace: str, values: dict[str, str]) -> None:
    for name, value in values.items():
        etree.SubElement(parent, f"{{{namespace}}}{name}").text = value


def _text(parent: etree._Element, namespace: str, name: str) -> str:
    return (parent.findtext(f"{{{namespace}}}{name}") or "").strip()


def _anywhere(parent: etree._Element, name: str) -> str:
    found = next(parent.iter(f"{{{RESULT}}}{name}"), None)
    return (found.text or "").strip() if found is not None else ""
