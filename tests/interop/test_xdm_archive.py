"""IHE_XDM.zip: deterministic when written, mistrusted when read."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha1

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from interop.cda.builder import build_n1
from interop.cda.model import ClinicalDocumentN1
from interop.cda.parties import Patient
from interop.cda.reader import read_n1
from interop.terminologies import xds
from interop.xdm.archive import InvalidArchive, build_archive, read_archive
from interop.xdm.metadata import RIM, DocumentAction, Submission, SubmissionRefused, build_metadata
from tests.interop.samples import DOCUMENT_ID, INS_TEST

NS = {"rim": RIM}


def rewritten(raw: bytes, change: Callable[[str, bytes], tuple[str, bytes] | None]) -> bytes:
    """Copy an archive, changing or dropping files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as source, zipfile.ZipFile(buffer, "w") as copy:
        for name in source.namelist():
            changed = change(name, source.read(name))
            if changed:
                copy.writestr(*changed)
    return buffer.getvalue()


def test_the_metadata_are_the_ones_reviewed(submission: Submission, golden: Callable[[str, bytes], None]) -> None:
    golden("xdm_metadata.xml", build_metadata(submission))


def test_the_same_submission_gives_the_same_archive(submission: Submission) -> None:
    raw = build_archive(submission)
    assert build_archive(submission) == raw
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        assert archive.namelist() == [
            "INDEX.HTM",
            "README.TXT",
            "IHE_XDM/SUBSET01/METADATA.XML",
            "IHE_XDM/SUBSET01/DOC00001.XML",
        ]
        assert {entry.date_time for entry in archive.infolist()} == {(2026, 11, 20, 18, 5, 8)}


def test_an_archive_is_read_back(submission: Submission, report: ClinicalDocumentN1) -> None:
    archive = read_archive(build_archive(submission))
    assert archive.submission_id == submission.unique_id
    assert archive.patient_id == f"{INS_TEST.extension}^^^&{INS_TEST.root}&ISO^NH"
    (document,) = archive.documents
    assert document.content == submission.documents[0]
    assert (document.unique_id, document.type_code, document.mime_type) == (DOCUMENT_ID.root, "34794-8", "text/xml")
    assert document.action == ""
    assert read_n1(document.content)[1] == report.pdf


def test_the_registry_entry_describes_the_document(submission: Submission) -> None:
    root = etree.fromstring(build_metadata(submission))
    entry = root.find(".//rim:ExtrinsicObject", NS)
    assert entry is not None
    slots = {
        item.get("name"): item.findtext("rim:ValueList/rim:Value", namespaces=NS)
        for item in entry.findall("rim:Slot", NS)
    }
    assert slots["hash"] == sha1(submission.documents[0], usedforsecurity=False).hexdigest()
    assert slots["size"] == str(len(submission.documents[0]))
    assert slots["creationTime"] == "20261120165800"  # UTC
    assert slots["sourcePatientId"] == "000003^^^&1.2.250.1.999.1.1&ISO^PI"
    codes = {
        item.get("classificationScheme"): item.get("nodeRepresentation")
        for item in entry.findall("rim:Classification", NS)
    }
    assert codes[xds.DOCUMENT_CLASS] == "10"
    assert codes[xds.DOCUMENT_FORMAT] == "urn:ihe:iti:xds-sd:pdf:2008"
    assert codes[xds.DOCUMENT_FACILITY_TYPE] == "SA01"


def test_delimiters_in_a_name_do_not_move_the_parts(submission: Submission) -> None:
    centre = replace(submission.organisation, name="Clinique Durand & Fils")
    root = etree.fromstring(build_metadata(replace(submission, organisation=centre)))
    said = root.findtext(".//rim:RegistryPackage//rim:Slot[@name='authorInstitution']//rim:Value", namespaces=NS)
    assert said == r"Clinique Durand \T\ Fils^^^^^&1.2.250.1.71.4.2.2&ISO^IDNST^^^1990000019"


def test_a_replacement_says_so(submission: Submission) -> None:
    archive = read_archive(build_archive(replace(submission, action=DocumentAction.REPLACE)))
    assert archive.documents[0].action == "C"


def test_an_archive_is_about_one_patient(
    submission: Submission, report: ClinicalDocumentN1, unqualified_patient: Patient
) -> None:
    other = build_n1(replace(report, patient=unqualified_patient))
    with pytest.raises(SubmissionRefused, match="one patient"):
        build_archive(replace(submission, documents=(*submission.documents, other)))
    with pytest.raises(SubmissionRefused):
        build_archive(replace(submission, documents=()))


def test_a_patient_without_ins_is_known_by_the_local_number(
    submission: Submission, report: ClinicalDocumentN1, unqualified_patient: Patient
) -> None:
    document = build_n1(replace(report, patient=unqualified_patient))
    assert read_archive(build_archive(replace(submission, documents=(document,)))).patient_id == (
        "A42^^^&1.2.250.1.999.1.1&ISO^PI"
    )


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda name, data: (name, data + b" ") if "DOC" in name else (name, data), "size"),
        (lambda name, data: (name, data.replace(b"RCP", b"PCR")) if "DOC" in name else (name, data), "hash"),
        (lambda name, data: None if "DOC" in name else (name, data), "missing"),
        (lambda name, data: None if "METADATA" in name else (name, data), "METADATA"),
        (lambda name, data: (name, b"<a/>") if "METADATA" in name else (name, data), "not a submission"),
        (lambda name, data: ("../" + name, data) if "INDEX" in name else (name, data), "leaves"),
        (lambda name, data: ("/etc/x", data) if "INDEX" in name else (name, data), "leaves"),
        (lambda name, data: ("C:x", data) if "INDEX" in name else (name, data), "leaves"),
        (
            lambda name, data: (
                (name, data.replace(b"DOC00001.XML", b"../x/../.XML")) if "METADATA" in name else (name, data)
            ),
            "leaves",
        ),
        (
            lambda name, data: (name, b'<!DOCTYPE a [<!ENTITY b "c">]>' + data) if "METADATA" in name else (name, data),
            "not readable",
        ),
    ],
)
def test_a_tampered_archive_is_refused(
    submission: Submission, change: Callable[[str, bytes], tuple[str, bytes] | None], reason: str
) -> None:
    with pytest.raises(InvalidArchive, match=reason):
        read_archive(rewritten(build_archive(submission), change))


def test_a_bomb_is_refused_without_being_unpacked(submission: Submission) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("INDEX.HTM", b"\0" * 5_000_000)
    assert len(buffer.getvalue()) < 10_000
    with pytest.raises(InvalidArchive, match="limit"):
        read_archive(buffer.getvalue(), max_unpacked=1_000_000)


def test_too_many_files_are_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number in range(201):
            archive.writestr(f"{number}", b"")
    with pytest.raises(InvalidArchive, match="too many"):
        read_archive(buffer.getvalue())


@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 100_000), st.binary(min_size=1, max_size=8))
def test_the_reader_never_crashes_on_mutated_bytes(submission: Submission, place: int, noise: bytes) -> None:
    raw = build_archive(submission)
    place %= len(raw)
    try:
        read_archive(raw[:place] + noise + raw[place + len(noise) :])
    except InvalidArchive:
        return
