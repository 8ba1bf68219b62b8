"""A patient registered to the breast board of the tests’ world, with a sheet and a room: where stories start from."""

from datetime import date
from typing import Any
from uuid import uuid4

from dcc.accounts.models import User
from dcc.tenancy.models import Principal
from patients.access import grant
from patients.models import AccessReason, Information, Patient
from rcp.models import (
    Answer,
    Board,
    Case,
    Correspondent,
    CorrespondentRole,
    Level,
    Meeting,
    MeetingStatus,
    Presence,
    Sheet,
)
from rcp.sheets.actions import Change, Saved, open_sheet, save_answer
from rcp.sheets.code_lists import find
from rcp.sheets.definitions import compiled

QUESTION = "Après tumorectomie pT1c pN1mi, indication d’une chimiothérapie adjuvante ?"


def make_patient(name: str = "ABHERVE", *, born: date = date(1963, 3, 11), region: int = 1) -> Patient:
    return Patient.objects.create(
        region_id=region,
        birth_name=name,
        birth_name_received=name.capitalize(),
        birth_name_key=name,
        first_given_name="FRANCOISE",
        first_given_name_received="Françoise",
        first_given_name_key="FRANCOISE",
        given_names="FRANCOISE MARIE",
        used_name="LE GUILLOU",
        used_name_key="LEGUILLOU",
        birth_date=born,
        sex="F",
        birth_insee="44109",
        birth_place="Nantes",
        birth_name_sound="ABRV",
        given_name_sound="FRSZ",
    )


def sein_meeting() -> Meeting:
    return Meeting.objects.select_related("board__organisation").get(board__code="SEI", region_id=1)


def make_case(*, by: User, patient: Patient | None = None, position: int = 1, level: str = Level.DISCUSSED) -> Case:
    """Register a case as the registration does: grants first, then information, case, correspondents and sheet."""
    meeting = sein_meeting()
    patient = patient or make_patient()
    bob = User.objects.get(email="bob@dcc.example")
    helias = User.objects.get(email="helias@dcc.example")
    open_to(patient, by=by)
    information = Information.objects.create(
        region_id=patient.region_id,
        patient=patient,
        given_on=date(2030, 11, 20),
        given_by="Dr Hélias",
        recorded_by=by,
    )
    case = Case.objects.create(
        region_id=patient.region_id,
        patient=patient,
        meeting_region_id=meeting.region_id,
        meeting=meeting,
        level=level,
        position=position,
        motive="initial",
        question=QUESTION,
        information=information,
        requester=helias,
        requester_name=helias.display_name,
        requester_organisation=bob.memberships.get().organisation,
        registered_by=by,
        registered_organisation=by.acting_as,
    )
    for role, name, address, postal in (
        (CorrespondentRole.REQUESTER, "Dr Yann Hélias", "helias@ligea-essai.mssante.fr", ""),
        (CorrespondentRole.GP, "Dr Paul Mazurier", "", "3, rue du Port\n44000 Port-Navailles"),
    ):
        Correspondent.objects.create(
            region_id=patient.region_id,
            patient=patient,
            case=case,
            role=role,
            name=name,
            mssante_address=address,
            postal_address=postal,
        )
    case = Case.objects.select_related(
        "meeting__board__organisation", "patient", "information", "requester_organisation"
    ).get(pk=case.pk)
    open_sheet(case=case, by=by)
    return case


def open_to(patient: Patient, *, by: User) -> None:
    board: Board = sein_meeting().board
    establishment = User.objects.get(email="bob@dcc.example").memberships.get().organisation
    principals: list[Principal] = [by.acting_as.principal, board.principal, board.organisation.principal]
    for principal in (*principals, establishment.principal):
        grant(patient_id=patient.pk, to=principal, reason=AccessReason.REGISTRATION, by=by)


def sit(meeting: Meeting, *present: str, chair: str = "bob") -> None:
    """Open the meeting with these people present (short names)."""
    meeting.status, meeting.chair = MeetingStatus.OPEN, User.objects.get(email=f"{chair}@dcc.example")
    meeting.save()
    emails = [f"{one}@dcc.example" for one in present]
    meeting.attendances.filter(user__email__in=emails).update(presence=Presence.PRESENT)


def choose(sheet: Sheet, link_id: str, *codes: str, by: User, lines: tuple[str, ...] = ()) -> Saved:
    """Answer a question by the codes of its options."""
    item = compiled(sheet.form_id).items[link_id]
    values = [item.option(code).value for code in codes]  # type: ignore[union-attr]
    return answer(sheet, link_id, values if item.repeats else values[0], by=by, lines=lines)


def answer(sheet: Sheet, link_id: str, value: Any, *, by: User, lines: tuple[str, ...] = ()) -> Saved:
    """Write an answer over whatever is there, as the last one to answer."""
    path = compiled(sheet.form_id).path(link_id, *lines)
    known = Answer.objects.filter(sheet=sheet, path=path).first()
    saved = save_answer(
        sheet_id=sheet.pk,
        path=path,
        change=Change(value=value),
        base_ver=known.ver if known else 0,
        op_id=uuid4(),
        by=by,
    )
    assert saved is not None
    return saved


def complete(sheet: Sheet, *, by: User, outcome: str = "surveillance") -> None:
    """Answer all that validation demands of a breast sheet."""
    choose(sheet, "tronc.oms", "0", by=by)
    answer(sheet, "tronc.date_diag", "2030-10", by=by)
    answer(sheet, "tronc.topo", find("https://dcc.example/fhir/ValueSet/topographie-cim10", "C50.4"), by=by)
    answer(sheet, "tronc.morpho", find("https://dcc.example/fhir/ValueSet/morphologie-cimo3", "8500/3"), by=by)
    choose(sheet, "tronc.preuve_histo", "oui", by=by)
    choose(sheet, "tronc.dossier_complet", "oui", by=by)
    choose(sheet, "tronc.decision", outcome, by=by)
    if outcome in ("proposition", "surveillance"):
        choose(sheet, "tronc.conforme", "conforme", by=by)
        answer(sheet, "tronc.referentiel", "Sein, réseau Ligéa, 2030-09", by=by)
