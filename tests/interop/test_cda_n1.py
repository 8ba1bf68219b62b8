"""The CDA that carries a report's PDF: valid, deterministic, faithful, and refused when it would lie (SND-07)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from interop.cda.builder import DocumentRefused, build_n1
from interop.cda.header import UnreadableDocument, parse_safely, read_header
from interop.cda.model import ClinicalDocumentN1, Participant, ParticipantRole
from interop.cda.parties import Organisation, Patient, Telecom
from interop.cda.reader import read_metadata, read_n1
from interop.cda.rules import check_n1
from interop.cda.schema import validate
from interop.terminologies import oids, oncology
from interop.terminologies.identifiers import Code, Identifier
from tests.interop.samples import DOCUMENT_ID, INS_TEST, PREVIOUS_ID

NS = {"c": "urn:hl7-org:v3"}


def test_the_document_is_the_one_reviewed(report: ClinicalDocumentN1, golden: Callable[[str, bytes], None]) -> None:
    xml = build_n1(report)
    golden("cda_rcp_n1.xml", xml)
    assert build_n1(report) == xml


def test_what_is_written_is_read_back(report: ClinicalDocumentN1) -> None:
    metadata, pdf = read_n1(build_n1(report))
    assert pdf == report.pdf
    assert metadata.header.document_id == DOCUMENT_ID
    assert metadata.header.code.code == "34794-8"
    assert (metadata.header.version, metadata.header.replaces) == (1, None)
    assert set(metadata.header.patient_ids) == set(report.patient.identifiers)
    assert metadata.ins == INS_TEST
    assert [metadata.birth_name, metadata.birth_given_names, metadata.first_birth_given_name] == [
        "PAT-TROIS",
        "DOMINIQUE MARIE-LOUISE",
        "DOMINIQUE",
    ]
    assert [metadata.birth_date, metadata.gender, metadata.birth_place_code, metadata.used_name] == [
        "19790328",
        "F",
        "51215",
        "D'EXEMPLE",
    ]
    assert [(item.family, item.given) for item in metadata.authors] == [("LAGARDE", "Inès")]
    assert metadata.legal_authenticator is not None
    assert metadata.legal_authenticator.identifier == Identifier(root=oids.PROFESSIONALS, extension="810000000001")
    assert metadata.service_start == "20261120140000+0100"
    assert metadata.encounter_ids[0] == Identifier(root=oids.RCP_NETWORK, extension="9901")


def test_a_level_one_report_never_claims_the_structured_template(report: ClinicalDocumentN1) -> None:
    root = parse_safely(build_n1(report))
    assert [item.get("root") for item in root.findall("c:templateId", NS)] == [
        "2.16.840.1.113883.2.8.2.1",
        "1.2.250.1.213.1.1.1.1",
        "1.3.6.1.4.1.19376.1.2.20",
    ]


def test_the_meeting_says_who_took_part_and_how(report: ClinicalDocumentN1) -> None:
    said = []
    for participant in parse_safely(build_n1(report)).findall("c:participant", NS):
        function = participant.find("c:functionCode", NS)
        assert function is not None
        said.append((participant.get("typeCode"), function.get("code") or function.get("nullFlavor")))
    assert said == [
        ("RESP", "NA"),
        ("REFB", "NA"),
        ("PRF", "NA"),
        ("INF", "PCP"),
        ("CON", "ATTPHYS"),
        ("PRF", "353"),
        ("PRF", "353"),
        ("PRF", "CORRE"),
        ("CON", "CORRE"),
    ]


def test_the_document_is_valid_against_the_schema(report: ClinicalDocumentN1, shared: Path) -> None:
    xsd = shared / "data/cda/xsd"
    assert validate(build_n1(report), xsd) == []
    replacement = replace(report, document_id=PREVIOUS_ID, replaces=DOCUMENT_ID, version=2)
    assert validate(build_n1(replacement), xsd) == []


def test_the_schema_check_does_refuse(report: ClinicalDocumentN1, shared: Path) -> None:
    broken = build_n1(report).replace(b"<realmCode", b"<realmKode").replace(b"</realmCode", b"</realmKode")
    assert validate(broken, shared / "data/cda/xsd")


@pytest.mark.parametrize("code", [oncology.PPS.code, oncology.PPAC.code])
def test_plans_are_level_one_documents_too(
    report: ClinicalDocumentN1, centre: Organisation, code: Code, shared: Path
) -> None:
    xml = build_n1(replace(report, code=code, title="Programme personnalisé de l’après-cancer", participants=()))
    assert validate(xml, shared / "data/cda/xsd") == []


def test_an_unqualified_patient_needs_no_birth_place(
    report: ClinicalDocumentN1, unqualified_patient: Patient, shared: Path
) -> None:
    xml = build_n1(replace(report, patient=unqualified_patient))
    assert validate(xml, shared / "data/cda/xsd") == []
    assert read_metadata(xml).ins is None


def test_a_patient_without_treating_physician_is_said_so(report: ClinicalDocumentN1, shared: Path) -> None:
    nobody = Participant(role=ParticipantRole.TREATING_PHYSICIAN)
    xml = build_n1(replace(report, participants=(nobody,)))
    assert b'classCode="PROV" nullFlavor="NA"' in xml
    assert validate(xml, shared / "data/cda/xsd") == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"version": 0}, "numéro de version"),
        ({"title": " "}, "titre absent"),
        ({"code": Code(code="00000-0", system=oids.LOINC, label="Inconnu")}, "type du document"),
        ({"document_id": Identifier(root="pas un oid")}, "id sans OID"),
        ({"pdf": b"PK\x03\x04"}, "PDF"),
        ({"services": ()}, "acte documenté absent"),
        ({"replaces": DOCUMENT_ID}, "se remplace lui-même"),
        ({"authors": ()}, "author absent"),
    ],
)
def test_a_document_that_breaks_the_rules_is_refused(
    report: ClinicalDocumentN1, change: dict[str, object], problem: str
) -> None:
    with pytest.raises(DocumentRefused, match=problem):
        build_n1(replace(report, **change))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"birth_place_code": ""}, "INS sans le code du lieu de naissance"),
        ({"first_birth_given_name": ""}, "INS sans le premier prénom"),
        ({"birth_given_names": ""}, "INS sans la liste des prénoms"),
        ({"ins": Identifier(root=oids.INS_NIR_TEST, extension="2790351215189")}, "15 caractères"),
        ({"ins": None, "local_ids": ()}, "identifiant du patient"),
        ({"telecoms": (Telecom(value="0600000000"),)}, "préfixe tel"),
    ],
)
def test_an_ins_needs_every_strict_trait(report: ClinicalDocumentN1, change: dict[str, object], problem: str) -> None:
    with pytest.raises(DocumentRefused, match=problem):
        build_n1(replace(report, patient=replace(report.patient, **change)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"rpps": ""}, "responsable du document sans identifiant"),
        ({"title": "Dr"}, "titre hors"),
        ({"civility": "Mme."}, "civilité"),
        ({"specialty": None}, "profession de l’auteur"),
        ({"specialty": Code(code="G15_10/SCH10", system=oids.PROFESSION_SPECIALTY, label="Oncologie")}, "hors du jeu"),
        ({"organisation": None}, "structure identifiée"),
        ({"family": ""}, "sans nom"),
    ],
)
def test_professionals_are_checked(report: ClinicalDocumentN1, change: dict[str, object], problem: str) -> None:
    author = replace(report.authors[0].person, **change)  # type: ignore[arg-type]
    changed = replace(
        report,
        legal_authenticator=author,
        authors=(replace(report.authors[0], person=author),),
        services=(replace(report.services[0], performer=author),),
    )
    with pytest.raises(DocumentRefused, match=problem):
        build_n1(changed)


def test_a_time_without_zone_is_a_programming_error(report: ClinicalDocumentN1) -> None:
    with pytest.raises(ValueError, match="time zone"):
        build_n1(replace(report, created_at=datetime(2026, 11, 20)))


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=40), st.text(max_size=40))
def test_no_text_breaks_the_document(report: ClinicalDocumentN1, title: str, comment: str) -> None:
    xml = build_n1(replace(report, title=f"RCP {title}", fulfils_comment=comment))
    assert read_header(xml).title.startswith("RCP")


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 20_000), st.binary(max_size=12))
def test_the_reader_never_crashes_on_mutated_bytes(report: ClinicalDocumentN1, place: int, noise: bytes) -> None:
    xml = build_n1(report)
    place %= len(xml)
    try:
        read_n1(xml[:place] + noise + xml[place + len(noise) // 2 :])
    except UnreadableDocument:
        return


@pytest.mark.parametrize(
    "xml",
    [
        b"",
        b"<a/>",
        b"<ClinicalDocument/>",
        b'<ClinicalDocument xmlns="urn:hl7-org:v3"/>',
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]><ClinicalDocument xmlns="urn:hl7-org:v3">&e;'
        b"</ClinicalDocument>",
    ],
)
def test_dangerous_or_foreign_xml_is_refused(xml: bytes) -> None:
    with pytest.raises(UnreadableDocument):
        read_header(xml)


@pytest.mark.parametrize("name", ["n1_ppac_18776-5.xml", "n1_lettre_96349-6.xml"])
def test_documents_the_official_kit_accepts_pass_our_rules(shared: Path, name: str) -> None:
    assert check_n1((shared / "data/cda/synthetic_minimal" / name).read_bytes()) == []


@pytest.mark.parametrize("folder", ["exemples", "synthetic_minimal"])
def test_official_examples_are_read(shared: Path, folder: str) -> None:
    for path in sorted((shared / "data/cda" / folder).glob("*.xml")):
        metadata = read_metadata(path.read_bytes())
        assert metadata.birth_name == "PAT-TROIS", path.name
        assert metadata.header.patient_ids, path.name


def test_the_official_level_one_example_gives_its_pdf(shared: Path) -> None:
    metadata, pdf = read_n1((shared / "data/cda/exemples/DOC_NON_STRUCTURE_CDA-R2-N1.xml").read_bytes())
    assert pdf.startswith(b"%PDF-1.5")
    assert metadata.header.code.code == "11502-2"


def test_the_kit_rules_see_what_the_schema_cannot(report: ClinicalDocumentN1) -> None:
    root = etree.fromstring(build_n1(report))
    gender = root.find(".//c:administrativeGenderCode", NS)
    assert gender is not None
    gender.set("code", "X")
    template = root.find("c:templateId", NS)
    assert template is not None
    template.set("root", "1.2.250.1.213.1.1.1.8")
    assert len(check_n1(root)) == 2


def test_dates_keep_their_zone(report: ClinicalDocumentN1) -> None:
    xml = build_n1(replace(report, created_at=datetime(2026, 7, 1, 10, 0, tzinfo=UTC)))
    assert read_header(xml).effective_time == "20260701100000+0000"
    assert report.patient.birth_date == date(1979, 3, 28)
