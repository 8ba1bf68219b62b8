"""Invented patients, cases and reports, issued as validation issues them; the only INS is on the national test OID."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from dcc.accounts.models import User
from dcc.lib.ids import uuid7
from dcc.organisations.models import Organisation
from messaging.models import Delivery, Feed
from messaging.planning import plan_deliveries
from messaging.recipients import Recipient
from patients.access import grant
from patients.documents.actions import issue_document
from patients.documents.ins_seal import seal
from patients.ins_index import ins_hash
from patients.models import AccessReason, Document, DocumentKind, IdentityStatus, Information, Patient
from rcp.models import Case, Correspondent, CorrespondentRole, Meeting, Presence
from rcp.reports.data import Replaced, ReportData
from rcp.reports.header import header_facts
from rcp.tasks import produce_documents
from tests.reports import samples

INS, INS_OID = samples.INS, samples.INS_OID
RPPS = "10000000012"
GP = Recipient(name="Dr Paul Mazurier", role="médecin traitant", mssante_address="p.mazurier@cabinet-essai.mssante.fr")
SURGEON = Recipient(name="Dr Yann Hélias", role="demandeur", mssante_address="y.helias@roche-essai.mssante.fr")
POSTED = Recipient(
    name="Dr Tanguy Weiss", role="médecin adresseur", postal_address="3, rue des Chaumes\n44000 Roscavel"
)


def make_patient(by: User, *, qualified: bool = False, **traits: Any) -> Patient:
    """A patient whose file is open to the organisation of `by`."""
    identifier = uuid7()
    sealed = (
        {"ins_sealed": seal(INS, patient_id=identifier), "ins_hash": ins_hash(INS, INS_OID), "ins_oid": INS_OID}
        if qualified
        else {}
    )
    values = {
        "birth_name": "ABHERVE",
        "birth_name_received": "Abhervé",
        "birth_name_key": "ABHERVE",
        "first_given_name": "FRANCOISE",
        "first_given_name_received": "Françoise",
        "first_given_name_key": "FRANCOISE",
        "given_names": "FRANCOISE MARIE ANNE",
        "birth_date": date(1963, 3, 11),
        "sex": "F",
        "birth_insee": "35288",
        "birth_place": "Saint-Malo",
        "birth_name_sound": "ABRV",
        "given_name_sound": "FRSZ",
        "used_name": "LE GUILLOU",
        "status": IdentityStatus.QUALIFIED if qualified else IdentityStatus.VALIDATED,
    }
    patient = Patient.objects.create(id=identifier, region_id=by.acting_in, **{**values, **sealed, **traits})
    grant(patient_id=patient.pk, to=by.acting_as.principal, reason=AccessReason.CREATION, by=by)
    return patient


def make_case(by: User, patient: Patient, *, code: str = "SEI") -> Case:
    """A case at the meeting of tests/world.py, its room present and its correspondents known.

    Earlier cases of the same patient there are cancelled: a patient passes once in a meeting.
    """
    meeting = Meeting.objects.select_related("board__organisation").get(board__code=code, region_id=by.acting_in)
    meeting.attendances.update(presence=Presence.PRESENT)
    meeting.cases.filter(patient=patient).update(status="cancelled")
    grant(patient_id=patient.pk, to=meeting.board.organisation.principal, reason=AccessReason.REGISTRATION, by=by)
    informed = Information.objects.create(
        region_id=patient.region_id, patient=patient, given_on=date(2030, 11, 20), given_by="Dr Hélias", recorded_by=by
    )
    requester = User.objects.get(email="helias@dcc.example")
    number = Case.objects.filter(meeting=meeting).count() + 1
    case = Case.objects.create(
        position=number,
        region_id=patient.region_id,
        patient=patient,
        meeting=meeting,
        meeting_region_id=meeting.region_id,
        motive="initial",
        question="Quel traitement adjuvant ?",
        information=informed,
        requester=requester,
        requester_name=requester.display_name,
        requester_organisation=Organisation.objects.get(short_name="CH Rochebrune"),
        registered_by=by,
        registered_organisation=by.acting_as,
    )
    people = (
        (CorrespondentRole.REQUESTER, requester, requester.display_name, "10000000020"),
        (CorrespondentRole.GP, None, "Dr Paul MAZURIER", ""),
        (CorrespondentRole.OTHER, None, "Mme Rose Le Goff", ""),
    )
    for role, user, name, rpps in people:
        Correspondent.objects.create(
            region_id=patient.region_id, patient=patient, case=case, role=role, user=user, name=name, rpps=rpps
        )
    return case


def report_of(patient: Patient, *, version: int = 1, why: str = "le côté était faux") -> ReportData:
    """The sample letter, about this patient, as validation would freeze it: no INS inside."""
    named = replace(
        samples.PATIENT,
        birth_name=patient.birth_name,
        first_given_name=patient.first_given_name,
        given_names=patient.given_names,
        birth_date=patient.birth_date,
        sex=patient.sex,
        birth_place_code=patient.birth_insee,
        birth_place_label=patient.birth_place,
        used_name=patient.used_name,
        identity_status=patient.status,
    )
    replaced = Replaced(version=version - 1, validated_at=datetime(2030, 11, 26, 14, tzinfo=UTC), reason=why)
    return replace(samples.TYPICAL, patient=named, version=version, replaces=replaced if version > 1 else None)


def issue(
    *,
    by: User,
    patient: Patient | None = None,
    recipients: tuple[Recipient, ...] = (GP,),
    replaces: Document | None = None,
    case: Case | None = None,
    report: ReportData | None = None,
) -> Document:
    """Issue a report and plan its deliveries, in one transaction, as rcp.cases.actions does."""
    patient = patient or (replaces.patient if replaces else make_patient(by))
    case = case or (Case.objects.get(pk=replaces.source_id) if replaces else make_case(by, patient))
    doctor = User.objects.get(email="bob@dcc.example")
    doctor.acting_as = by.acting_as
    version = replaces.version + 1 if replaces else 1
    report = report or report_of(patient, version=version)
    document = issue_document(
        patient=patient,
        kind=DocumentKind.RCP_REPORT,
        title="Compte rendu SEI-2030-0413 – RCP Sein",
        data={"report": {**_json(report)}, "header": header_facts(case, by=doctor)},
        source_id=case.pk,
        version=version,
        replaces=replaces,
        renderer=produce_documents,
        by=by,
    )
    plan_deliveries(document=document, recipients=recipients, three_c=case.meeting.board.organisation)
    return document


def give_rpps(user: str = "bob@dcc.example", rpps: str = RPPS) -> None:
    User.objects.filter(email=user).update(rpps=rpps)


def make_feed(by: User, *, port: int, short_name: str = "CH Rochebrune", tls: bool = False) -> Recipient:
    """A feed to an establishment, and the recipient its record is."""
    organisation = Organisation.objects.get(short_name=short_name)
    Feed.objects.create(
        region_id=organisation.region_id,
        organisation=organisation,
        host="localhost",
        port=port,
        tls=tls,
        receiving_application="DPI",
        receiving_facility="CH-ROCHE",
    )
    return Recipient(name=f"DPI – {short_name}", role="établissement", organisation_id=organisation.pk)


def deliveries_of(document: Document) -> list[Delivery]:
    return list(Delivery.objects.filter(document=document).order_by("planned_at", "pk"))


def _json(report: ReportData) -> dict[str, Any]:
    import json

    return json.loads(report.to_json())
