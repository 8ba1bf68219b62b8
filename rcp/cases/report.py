"""The report of a case: everything it prints, gathered once at validation (SND-01, MTG-07, VAL-03)."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from dcc.accounts.models import User
from dcc.lib.french import join_list
from messaging.models import ChannelKind
from messaging.recipients import Recipient
from patients.models import PatientIdentifier
from rcp.cases.decision import decision_of
from rcp.cases.recipients import opposition_of, recipients_of
from rcp.meetings.attendance import participant, quorum_of, rule_of
from rcp.models import Case, Correspondent, CorrespondentRole, Level, Presence, Sheet
from rcp.reports import data as r
from rcp.reports.typesetting import typeset_report
from rcp.sheets.draft import Draft

CHANNELS = {
    ChannelKind.MSSANTE: "messagerie sécurisée",
    ChannelKind.HL7: "dossier informatisé",
    ChannelKind.PAPER: "courrier",
}
# Chapters printed apart: the decision has its own place on page 1, the quorum and the registration too.
APART = frozenset({"tronc.ch.inscription", "tronc.ch.discussion", "tronc.ch.decision"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Who validates, and who countersigns a registered case."""

    by: User
    at: Any
    countersigned_by: User | None = None
    countersigned_at: Any = None


def build_report(
    *, case: Case, sheet: Sheet, draft: Draft, signature: Signature, proposal: r.Proposal | None = None
) -> r.ReportData:
    """Gather the report of a case as it stands; nothing in it is read again afterwards. Holds no INS (D21)."""
    board, meeting = case.meeting.board, case.meeting
    chapters = [
        r.Chapter(title=chapter.title, text=chapter.text) for chapter in draft.sentences if chapter.link_id not in APART
    ]
    correspondents = list(case.correspondents.select_related("user").order_by("role", "name"))
    data = r.ReportData(
        network=board.organisation.lineage[-1].name,
        board=str(board),
        order_number=case.order_label,
        establishment=_establishment(case),
        centre=board.organisation.name,
        meeting=r.Meeting(
            held_on=meeting.held_on,
            starts_at=timezone.localtime(meeting.starts_at).time(),
            place=meeting.place,
            mode=meeting.get_mode_display(),
        ),
        patient=_patient(case),
        question=case.question,
        motive=case.get_motive_display(),
        level=r.Level(case.level),
        proposal=proposal or decision_of(draft),
        quorum=_quorum(draft) if case.level == Level.DISCUSSED else None,
        validation=_validation(signature),
        version=sheet.version,
        replaces=_replaced(sheet),
        requester=_professional(correspondents, CorrespondentRole.REQUESTER, place=case.requester_organisation.name)
        or r.Professional(name=case.requester_name, place=case.requester_organisation.name),
        referring_doctor=_professional(correspondents, CorrespondentRole.REFERRING),
        general_practitioner=_professional(correspondents, CorrespondentRole.GP),
        correspondents=tuple(
            r.Professional(name=one.name, role=one.get_role_display(), rpps=one.rpps)
            for one in correspondents
            if one.role == CorrespondentRole.OTHER
        ),
        chapters=tuple(chapters),
        recipients=tuple(_recipient(one) for one in recipients_of(case)),
        informed_on=case.information.given_on,
        informed_by=case.information.given_by,
        content_hash="",
    )
    return typeset_report(data)  # the correspondents treat a named patient; only the room does not see her (D3)


def hashed(report: r.ReportData, response: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """The report as stored, carrying the hash of itself (without that field) and of the frozen answers."""
    content = json.loads(report.to_json())
    whole = json.dumps({"report": content, "response": response}, sort_keys=True, ensure_ascii=False)
    digest = hashlib.sha256(whole.encode()).digest()
    return {**content, "content_hash": digest.hex()}, digest


def _establishment(case: Case) -> r.Establishment:
    """The letterhead: the establishment the board sits for, else the requester's, with its own logo (PLN-14)."""
    source = case.requester_organisation
    return r.Establishment(
        name=source.name,
        finess=source.finess,
        address=tuple(line for line in (source.address_line, f"{source.postcode} {source.city}".strip()) if line),
        phone=source.phone,
        logo=bytes(source.logo) if source.logo else None,
    )


def _patient(case: Case) -> r.Patient:
    patient = case.patient
    held = PatientIdentifier.objects.filter(patient=patient, ended_at__isnull=True).select_related("organisation")
    return r.Patient(
        birth_name=patient.birth_name,
        first_given_name=patient.first_given_name,
        given_names=patient.given_names,  # the list of the birth certificate, or nothing: never guessed
        birth_date=patient.birth_date,
        sex=patient.sex,
        birth_place_code=patient.birth_insee,
        birth_place_label=patient.birth_place,
        identity_status=r.IdentityStatus(patient.status),
        used_name=patient.used_name,
        used_given_name=patient.used_given_name,
        first_given_name_received=patient.first_given_name_received,
        used_given_name_received=patient.used_given_name_received,
        ipps=tuple(r.LocalIdentifier(establishment=one.organisation.short_name, value=one.value) for one in held),
    )


def _quorum(draft: Draft) -> r.Quorum:
    meeting = draft.case.meeting
    rule, quorum = rule_of(meeting.board), quorum_of(meeting)
    present = [row for row in draft.room if row.presence in (Presence.PRESENT, Presence.WRITTEN)]
    return r.Quorum(
        reached=quorum.reached,
        rule=rule.sentence,
        missing=quorum.missing_sentence,
        attendees=tuple(
            r.Attendee(
                name=row.name,
                specialty=row.specialty_label,
                mode=_mode(row.presence, row.remote),
                counts=participant(row).counts(rule),
            )
            for row in present
        ),
    )


def _mode(presence: str, remote: bool) -> r.AttendanceMode:
    if presence == Presence.WRITTEN:
        return r.AttendanceMode.WRITTEN
    return r.AttendanceMode.REMOTE if remote else r.AttendanceMode.ROOM


def _validation(signature: Signature) -> r.Validation:
    return r.Validation(
        by=_signatory(signature.by),
        at=signature.at,
        countersigned_by=_signatory(signature.countersigned_by) if signature.countersigned_by else None,
        countersigned_at=signature.countersigned_at,
    )


def _signatory(user: User) -> r.Professional:
    return r.Professional(name=user.display_name, specialty=user.specialty_label, rpps=user.rpps)


def _replaced(sheet: Sheet) -> r.Replaced | None:
    if sheet.replaces is None:
        return None
    assert sheet.replaces.frozen_at is not None, "only a frozen sheet is replaced"
    return r.Replaced(
        version=sheet.replaces.version, validated_at=sheet.replaces.frozen_at, reason=sheet.replace_reason
    )


def _professional(correspondents: list[Correspondent], role: str, place: str = "") -> r.Professional | None:
    found = next((one for one in correspondents if one.role == role), None)
    if found is None:
        return None
    specialty = found.user.specialty_label if found.user else ""
    return r.Professional(
        name=found.name, specialty=specialty, rpps=found.rpps, role=found.get_role_display(), place=place
    )


def _recipient(recipient: Recipient) -> r.Recipient:
    return r.Recipient(name=recipient.name, quality=recipient.role, channel=CHANNELS[recipient.channel])


def recipients_sentence(recipients: list[Recipient], left_out: list[Recipient], *, sex: str) -> str:
    """« à 4 destinataires : Dr Corlay et Dr Hélias par messagerie sécurisée, Dr Mazurier par courrier ».

    Whoever the patient, of this `sex`, opposes is named last: « (sans Dr Oumarou : opposition de la patiente) ».
    """
    names = join_list(one.name for one in left_out)
    without = f" (sans {names}\u00a0: {opposition_of(sex)})" if left_out else ""
    if not recipients:
        return f"à aucun destinataire{without}"
    by_channel: dict[str, list[str]] = {}
    for one in recipients:
        by_channel.setdefault(CHANNELS[one.channel], []).append(one.name)
    parts = [f"{join_list(names)} par {channel}" for channel, names in by_channel.items()]
    plural = "s" if len(recipients) > 1 else ""
    return f"à {len(recipients)} destinataire{plural} : {', '.join(parts)}{without}"
