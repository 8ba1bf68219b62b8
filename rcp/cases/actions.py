"""What a case goes through in and after the room: discussed, validated, countersigned, replaced.

Lock order (architecture §4): meeting → patient → case → sheet (guarded UPDATE) → answers → counters → document,
deliveries. Every action below takes a prefix of it, tested by random schedules, and is a savepoint: what it refuses
leaves no trace of having been done.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from dcc.accounts.models import User
from dcc.audit.record import record
from messaging.planning import plan_deliveries
from patients.documents.actions import issue_document
from patients.models import Document, DocumentKind, Patient
from rcp.cases.decision import decision_of
from rcp.cases.lifecycle import CASE_LIFECYCLE, OPEN, CaseTransition
from rcp.cases.recipients import recipients_of
from rcp.cases.report import Signature, build_report, hashed
from rcp.events import RcpEvent
from rcp.facts.actions import file_facts
from rcp.meetings.attendance import quorum_of
from rcp.models import Answer, BoardMember, BoardRole, Case, CaseStatus, Level, Meeting, Origin, Sheet, SheetStatus
from rcp.reports.header import header_facts
from rcp.sheets.draft import Draft
from rcp.tasks import produce_documents


class NotTheirsToValidate(Exception):
    """Neither the board's coordinator nor the physician who chairs the meeting (D5)."""


SAME_HAND = "Un dossier enregistré est contresigné par une autre personne que son demandeur."


class SheetFrozen(Exception):
    """Somebody validated this sheet a moment ago."""


class SheetChanged(Exception):
    """The sheet is not the one that was read on screen: somebody answered since."""


@dataclass
class ValidationRefused(Exception):
    """What still stops validation, as sentences to act on."""

    reasons: list[str]


class QuorumNotMet(ValidationRefused):
    """Without quorum: postpone, or flag the proposal to be presented again (D7)."""


def lock_case(case_id: UUID) -> Case:
    """Lock meeting, patient and case in that order; Case.DoesNotExist for who cannot see it.

    NO KEY: a save holds its sheet when the foreign keys of its answers look the patient up, and must not wait here.
    """
    case = Case.objects.only("meeting_id", "patient_id").get(pk=case_id)
    Meeting.objects.select_for_update(of=("self",), no_key=True).get(pk=case.meeting_id)
    Patient.objects.select_for_update(of=("self",), no_key=True).get(pk=case.patient_id)
    return (
        Case.objects.select_for_update(of=("self",), no_key=True)
        .select_related("meeting__board__organisation", "patient", "information", "requester_organisation")
        .get(pk=case_id)
    )


def lock_sheet(case: Case, seen_rev: int | None = None) -> Sheet:
    """Take the draft's row, which every save also takes first, so that nothing more is written under the signature.

    Raises SheetFrozen, and SheetChanged when `seen_rev`, the revision on screen, is not the last one.
    """
    with connection.cursor() as cursor:
        cursor.execute("UPDATE rcp_sheet SET rev = rev WHERE case_id = %s AND status = 'draft' RETURNING id", [case.pk])
        row = cursor.fetchone()
    if row is None:
        raise SheetFrozen
    sheet = Sheet.objects.select_related("replaces").get(pk=row[0])
    if seen_rev is not None and sheet.rev != seen_rev:
        raise SheetChanged
    return sheet


def may_validate(*, case: Case, by: User) -> bool:
    """D5: the board's coordinator, or the physician who chairs the meeting."""
    if not by.is_physician:
        return False
    coordinates = BoardMember.objects.filter(board_id=case.meeting.board_id, user=by, role=BoardRole.COORDINATOR)
    return case.meeting.chair_id == by.pk or coordinates.exists()


@transaction.atomic
def discuss_case(*, case_id: UUID, by: User) -> Case:
    """The room has concluded, validation comes later (VAL-01); said twice, it is said once."""
    case = lock_case(case_id)
    if case.status == CaseStatus.DISCUSSED:
        return case
    _move(case, CaseTransition.DISCUSS, by)
    case.discussed_at = timezone.now()
    case.save(update_fields=["status", "discussed_at"])
    return case


@transaction.atomic
def set_prepared(*, case_id: UUID, prepared: bool, by: User) -> Case:
    """The sheet is ready for the room, or is not any more."""
    case = lock_case(case_id)
    _move(case, CaseTransition.PREPARE if prepared else CaseTransition.UNPREPARE, by)
    case.save(update_fields=["status"])
    return case


@transaction.atomic
def reword_question(*, case_id: UUID, question: str, by: User) -> Case:
    """Put the question in better words while the case is prepared; it is the registration's, wherever it is read."""
    case = lock_case(case_id)
    if case.status not in OPEN:
        raise SheetFrozen
    if case.question != question:
        case.question = question
        case.save(update_fields=["question"])
        record(RcpEvent.QUESTION_REWORDED, on=case, by=by)
    return case


@transaction.atomic
def validate_case(*, case_id: UUID, by: User, seen_rev: int | None = None) -> Document:
    """Freeze the sheet, number it, issue its report and plan its deliveries (VAL-01…03, SND-02).

    Raises NotTheirsToValidate, SheetFrozen, SheetChanged, QuorumNotMet, ValidationRefused, TransitionRefused.
    """
    case = lock_case(case_id)
    if case.level == Level.REGISTERED and case.sheets.count() == 1:
        raise ValidationRefused(["Un dossier enregistré se valide par son demandeur, puis se contresigne."])
    if not may_validate(case=case, by=by):
        raise NotTheirsToValidate
    sheet = lock_sheet(case, seen_rev)
    replacing = sheet.replaces_id is not None
    if replacing:
        record(RcpEvent.CASE_REPLACED, on=case, by=by, version=sheet.version, why=sheet.replace_reason)
    else:
        _move(case, CaseTransition.VALIDATE, by)
    now = timezone.now()
    return _issue(case, sheet, Signature(by=by, at=now), numbered=not replacing)


@transaction.atomic
def submit_registered(*, case_id: UUID, by: User, seen_rev: int | None = None) -> Case:
    """The requester validates a registered case; it waits, unsent, for the countersignature (D4, D5, INS-08)."""
    case = lock_case(case_id)
    if case.level != Level.REGISTERED or case.requester_id != by.pk:
        raise NotTheirsToValidate
    sheet = lock_sheet(case, seen_rev)
    draft = Draft(case=case, sheet=sheet)
    if refusals := refusals_of(draft, draft.response(authored=timezone.now().isoformat())):
        raise ValidationRefused(refusals)
    _move(case, CaseTransition.SUBMIT, by)
    case.validated_by, case.discussed_at = by, timezone.now()
    case.save(update_fields=["status", "validated_by", "discussed_at"])
    return case


@transaction.atomic
def countersign_case(*, case_id: UUID, by: User) -> Document:
    """The coordinator countersigns a registered case: only now is it numbered and sent (D4).

    Two people sign: ValidationRefused for a coordinator who is also its requester.
    """
    case = lock_case(case_id)
    if not may_validate(case=case, by=by):
        raise NotTheirsToValidate
    if case.validated_by_id == by.pk:
        raise ValidationRefused([SAME_HAND])
    sheet = lock_sheet(case)
    requester, submitted_at = case.validated_by, case.discussed_at
    _move(case, CaseTransition.COUNTERSIGN, by)
    assert requester is not None, "a case awaiting countersignature was validated by its requester"
    signature = Signature(by=requester, at=submitted_at, countersigned_by=by, countersigned_at=timezone.now())
    return _issue(case, sheet, signature, numbered=True)


@transaction.atomic
def send_back_case(*, case_id: UUID, why: str, by: User) -> Case:
    """The coordinator refuses to countersign: the case will be discussed (D4)."""
    case = lock_case(case_id)
    if not may_validate(case=case, by=by):
        raise NotTheirsToValidate
    _move(case, CaseTransition.SEND_BACK, by, why=why)
    case.level, case.status_reason, case.validated_by = Level.DISCUSSED, why, None
    case.save(update_fields=["status", "level", "status_reason", "validated_by"])
    return case


@transaction.atomic
def replace_report(*, case_id: UUID, why: str, by: User) -> Sheet:
    """Open a new version of a validated sheet, prefilled whole, that will cancel and replace it (D6)."""
    case = lock_case(case_id)
    if case.status != CaseStatus.VALIDATED or not may_validate(case=case, by=by):
        raise NotTheirsToValidate
    last = case.sheets.order_by("-version")[0]
    if last.status == SheetStatus.DRAFT:
        return last
    sheet = Sheet.objects.create(
        region_id=case.region_id,
        patient_id=case.patient_id,
        case=case,
        form_id=last.form_id,
        version=last.version + 1,
        replaces=last,
        replace_reason=why,
        rev=1,
    )
    Answer.objects.bulk_create(
        Answer(
            region_id=case.region_id,
            patient_id=case.patient_id,
            sheet=sheet,
            path=row.path,
            value=row.value,
            rev=1,
            origin=Origin.PREFILL,
            author_id=row.author_id,
            author_name=row.author_name,
            updated_at=row.updated_at,
        )
        for row in last.answers.exclude(value=None)
    )
    record(RcpEvent.REPLACEMENT_OPENED, on=sheet, by=by, version=sheet.version, why=why)
    return sheet


def _move(case: Case, name: CaseTransition, by: User, **details: Any) -> None:
    transition = CASE_LIFECYCLE.move(case, name)
    record(transition.event, on=case, by=by, **details)


def refusals_of(draft: Draft, response: dict[str, Any]) -> list[str]:
    """Everything of the sheet itself that stops validation, as sentences; `response` is what would be frozen."""
    refusals = [one["message"] for one in (*draft.missing, *draft.constraints) if one["severity"] == "error"]
    if count := len(draft.to_confirm):
        plural = "s" if count > 1 else ""
        refusals.append(f"{count} réponse{plural} reprise{plural} reste{'nt' if count > 1 else ''} à confirmer.")
    if count := len(draft.conflicts):
        refusals.append(f"{count} conflit{'s' if count > 1 else ''} à trancher.")
    # The last guard, once nothing else stands in the way: what is frozen is frozen for ever.
    return refusals or [f"La fiche ne peut pas être figée. {one['message']}" for one in draft.faults(response)]


def _issue(case: Case, sheet: Sheet, signature: Signature, *, numbered: bool) -> Document:
    """Check, number, freeze, count, issue and plan: one short transaction, whose order is the lock order."""
    draft = Draft(case=case, sheet=sheet)
    _check_signatory(signature.countersigned_by or signature.by)
    _check_quorum(case, draft)
    decided_at = signature.countersigned_at or signature.at
    response = draft.response(authored=decided_at.isoformat())
    if refusals := refusals_of(draft, response):
        raise ValidationRefused(refusals)
    if numbered:
        _number(case)
        case.validated_at, case.validated_by = decided_at, signature.by
        case.representation_due = decision_of(draft).to_represent
        case.save()
    report = build_report(case=case, sheet=sheet, draft=draft, signature=signature)
    content, digest = hashed(report, response)
    sheet.status, sheet.response, sheet.report, sheet.content_hash = SheetStatus.FROZEN, response, content, digest
    sheet.frozen_at, sheet.frozen_by = decided_at, signature.countersigned_by or signature.by
    sheet.save()
    file_facts(case=case, sheet=sheet)
    document = issue_document(
        patient=case.patient,
        kind=DocumentKind.RCP_REPORT,
        title=f"Compte rendu {case.order_label} – {case.meeting.board}",
        data={
            "report": content,
            "header": header_facts(case, by=signature.by, countersigned_by=signature.countersigned_by),
        },
        source_id=case.pk,
        version=sheet.version,
        replaces=Document.objects.filter(source_id=case.pk, version=sheet.version - 1).first(),
        renderer=produce_documents,
        by=signature.countersigned_by or signature.by,
    )
    plan_deliveries(document=document, recipients=recipients_of(case), three_c=case.meeting.board.organisation)
    return document


def _check_signatory(by: User) -> None:
    """The national document names who authenticates it by their RPPS: better said now than when it cannot leave."""
    if not by.rpps:
        raise ValidationRefused(
            [f"Le numéro RPPS de {by.display_name} manque. L’administrateur du 3C l’ajoute dans « Utilisateurs »."]
        )


def _check_quorum(case: Case, draft: Draft) -> None:
    if case.level != Level.DISCUSSED:
        return
    quorum, proposal = quorum_of(case.meeting), decision_of(draft)
    if not quorum.reached and not (proposal.postponed or proposal.to_represent):
        raise QuorumNotMet(
            [
                f"{quorum.missing_sentence or 'Le quorum n’est pas atteint'}. "
                "Reportez le dossier, ou indiquez quand la proposition sera représentée."
            ]
        )


def _number(case: Case) -> None:
    """Take the next number of the board for the year of the meeting: gapless, the counter row is the lock (D1)."""
    board, year = case.meeting.board, case.meeting.held_on.year
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO rcp_ordercounter (region_id, board_id, year, last_number) VALUES (%s, %s, %s, 1)"
            " ON CONFLICT (region_id, board_id, year) DO UPDATE SET last_number = rcp_ordercounter.last_number + 1"
            " RETURNING last_number",
            [board.region_id, board.pk, year],
        )
        case.order_number = cursor.fetchone()[0]
    case.order_year, case.order_label = year, f"{board.code}-{year}-{case.order_number:04d}"
