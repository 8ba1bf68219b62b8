"""From a frozen document to its renderings: what is read (inside a transaction), then what is made (with none open).

The INS is read from the sealed identity at this moment only, and joins the pages when the identity was qualified both
on the day of the validation and now, with the same strict traits (D21).
"""

import json
from dataclasses import dataclass, replace

from dcc.lib.pdf_checks import check_pdfa1a
from dcc.tenancy.models import Region
from patients.documents.ins_seal import opened
from patients.models import Content, ContentKind, Document
from patients.models import IdentityStatus as Status
from patients.models import Patient as PatientRow
from rcp.reports.data import Patient, ReportData
from rcp.reports.header import Header, completed, read_header
from rcp.reports.national import Identity, NationalDocumentRefused, Versions, write_cda
from rcp.reports.render import NotConforming, render_pdf


class RenderingRefused(Exception):
    """This document cannot be made until somebody completes something; the message, in French, says what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Everything a rendering needs: frozen facts, identity, place among the versions."""

    report: ReportData
    header: Header
    identity: Identity
    versions: Versions


def sources(document: Document) -> Sources:
    """Read what `document` is rendered from; the document comes with its patient. Raises RenderingRefused."""
    try:
        report = ReportData.from_json(json.dumps(document.data["report"]))
        header = read_header(document.data["header"])
    except (KeyError, TypeError, ValueError) as error:
        raise RenderingRefused(
            "Les données figées de ce compte rendu ne se relisent pas. Prévenez le support, avec son numéro."
        ) from error
    report = _with_ins(report, document.patient)
    return Sources(
        report=report,
        header=completed(header),
        identity=_identity(report, document.patient),
        versions=Versions(
            document_id=document.pk,
            set_id=document.source_id,
            number=document.version,
            replaces=document.replaces_id if _was_produced(document) else None,
        ),
    )


def render(given: Sources) -> tuple[bytes, bytes]:
    """The PDF/A-1a and the CDA that carries those same bytes; same sources, same bytes. Raises RenderingRefused."""
    try:
        pdf = render_pdf(given.report)
        if reasons := check_pdfa1a(pdf):
            raise NotConforming(reasons)
        cda = write_cda(
            report=given.report, header=given.header, identity=given.identity, versions=given.versions, pdf=pdf
        )
    except NotConforming as error:
        raise RenderingRefused("Le PDF produit n’est pas archivable (PDF/A). Prévenez le support.") from error
    except NationalDocumentRefused as error:
        raise RenderingRefused(str(error)) from error
    return pdf, cda


def _with_ins(report: ReportData, row: PatientRow) -> ReportData:
    patient = report.patient
    if not isinstance(patient, Patient) or patient.identity_status != Status.QUALIFIED or not _same(patient, row):
        return report
    matricule = opened(row)
    if not matricule:
        return report
    # Where the list was not known when it was frozen, its first name stands for it: nothing to scan then.
    listed = patient.given_names if patient.given_names == row.given_names else ""
    patient = replace(patient, ins_matricule=matricule, ins_oid=row.ins_oid, given_names=listed)
    return replace(report, patient=patient)


def _same(patient: Patient, row: PatientRow) -> bool:
    """Whether the strict traits that were frozen are still those of the identity the INS belongs to."""
    frozen = (patient.birth_name, patient.first_given_name, patient.birth_date, patient.sex, patient.birth_place_code)
    return frozen == (row.birth_name, row.first_given_name, row.birth_date, row.sex, row.birth_insee)


def _identity(report: ReportData, row: PatientRow) -> Identity:
    """The traits as frozen; of an anonymous case only the header, read by who treats her, names the patient."""
    region = Region.objects.values_list("code", flat=True).get(pk=row.region_id)
    patient = report.patient
    if isinstance(patient, Patient):
        return Identity(
            patient_id=row.pk,
            region=region,
            birth_name=patient.birth_name,
            given_names=patient.given_names or patient.first_given_name,
            first_given_name=patient.first_given_name,
            birth_date=patient.birth_date,
            sex=patient.sex,
            birth_place_code=patient.birth_place_code,
            birth_place=patient.birth_place_label,
            used_name=patient.used_name,
            used_given_name=patient.used_given_name,
            validated=patient.identity_status in (Status.QUALIFIED, Status.VALIDATED),
            ins_matricule=patient.ins_matricule,
            ins_oid=patient.ins_oid,
        )
    return Identity(
        patient_id=row.pk,
        region=region,
        birth_name=row.birth_name,
        given_names=row.given_names or row.first_given_name,
        first_given_name=row.first_given_name,
        birth_date=row.birth_date,
        sex=row.sex,
        birth_place_code=row.birth_insee,
        birth_place=row.birth_place,
        used_name=row.used_name,
        used_given_name=row.used_given_name,
        validated=row.status in (Status.QUALIFIED, Status.VALIDATED),
    )


def _was_produced(document: Document) -> bool:
    """Whether the version it replaces ever existed as a file: a peer is not told to replace what nobody made."""
    if document.replaces_id is None:
        return False
    return Content.objects.filter(owner_id=document.replaces_id, kind=ContentKind.CDA).exists()
