"""What the registration and the room already know: answers of the sheet that nobody types a second time.

They are read where they live (the case, the attendance) each time a draft is evaluated, so that the sheet can never
say something else; validation freezes them with the rest.
"""

from collections.abc import Iterable
from typing import Any

from rcp.meetings.attendance import participant, rule_of
from rcp.meetings.quorum import evaluate
from rcp.models import Attendance, BoardKind, Case, Level, MeetingStatus, Motive, Presence, Urgency
from rcp.sheets.engine import Compiled, Item

REGISTRATION = "tronc.ch.inscription"
PRESENT = "tronc.presents"
MOTIVES = {
    Motive.DIAGNOSIS: "avis_diagnostique",
    Motive.INITIAL: "proposition_de_traitement_initial",
    Motive.CHANGE: "ajustement",
    Motive.FOLLOW_UP: "surveillance",
    Motive.STOP: "arret",
    Motive.RECOURSE: "recours",
    Motive.SUPPORTIVE: "soins_support",
    Motive.EMERGENCY: "traitement_en_urgence",
}
URGENCIES = {Urgency.STANDARD: "standard", Urgency.WEEK: "semi_urgent", Urgency.URGENT: "urgent"}
MODES = {"room": "presentiel", "remote": "visioconference", "mixed": "mixte", "written": "correspondance"}
LEVELS = {Level.DISCUSSED: "discute", Level.REGISTERED: "enregistre"}
FROM_REGISTRATION = frozenset(
    {
        "tronc.inf_patient",
        "tronc.inf_patient_date",
        "tronc.inf_patient_par",
        "tronc.nature_rcp",
        "tronc.rcp_recours",
        "tronc.rcp_pediatrique",
        "tronc.statut_cas",
        "tronc.motif",
        "tronc.question",
        "tronc.urgence",
        "tronc.mode_presentation",
    }
)


def is_given(form: Compiled, item: Item) -> bool:
    """Whether the answer comes from the registration or from the room, and is not typed in the sheet."""
    up: Item | None = item
    while up is not None:
        if up.source == "seance" or up.link_id in FROM_REGISTRATION:
            return True
        up = form.items[up.parent] if up.parent else None
    return False


def registration_answers(form: Compiled, case: Case) -> dict[str, Any]:
    """Answers the registration of a case gives; its meeting, board and information are loaded."""
    board, information = case.meeting.board, case.information
    given: dict[str, Any] = {
        "tronc.inf_patient": "oui",
        "tronc.inf_patient_date": information.given_on.isoformat(),
        "tronc.inf_patient_par": information.given_by or None,
        "tronc.nature_rcp": "transversale" if board.kind == BoardKind.TRANSVERSAL else "organe",
        "tronc.rcp_recours": board.kind == BoardKind.RECOURSE,
        "tronc.rcp_pediatrique": board.kind == BoardKind.PAEDIATRIC,
        "tronc.statut_cas": LEVELS[Level(case.level)],
        "tronc.motif": [MOTIVES[Motive(case.motive)]],
        "tronc.question": case.question or None,
        "tronc.urgence": URGENCIES[Urgency(case.urgency)],
        "tronc.mode_presentation": MODES.get(case.mode),
    }
    return _answers(form, given)


def room_answers(form: Compiled, case: Case, room: Iterable[Attendance]) -> dict[str, Any]:
    """One line for each person present or who wrote an opinion; a registered case has no room (D4)."""
    if case.level == Level.REGISTERED:
        return {}
    rule = rule_of(case.meeting.board)
    answers: dict[str, Any] = {}
    present = [row for row in room if row.presence in (Presence.PRESENT, Presence.WRITTEN)]
    for rank, row in enumerate(present, start=1):
        line = f"{form.path(PRESENT)}[{row.pk}]" if PRESENT in form.items else ""
        answers |= {line: rank} if line else {}
        given = {
            "tronc.presents.nom": row.name,
            "tronc.presents.rpps": row.user.rpps if row.user and row.user.rpps else None,
            "tronc.presents.specialite": row.specialty_label,
            "tronc.presents.presence": _presence(row),
            "tronc.presents.compte": participant(row).counts(rule),
        }
        answers |= _answers(form, given, str(row.pk))
    return answers


def quorum_code(case: Case, room: list[Attendance]) -> str | None:
    """Code of the quorum's answer: None for a registered case, and before anybody came."""
    if case.level == Level.REGISTERED:
        return None
    if case.meeting.status == MeetingStatus.PLANNED and all(row.presence != Presence.PRESENT for row in room):
        return None
    reached = evaluate(rule_of(case.meeting.board), [participant(row) for row in room]).reached
    return "atteint" if reached else "non_atteint"


def _presence(row: Attendance) -> str:
    if row.presence == Presence.WRITTEN:
        return "avis_ecrit"
    return "a_distance" if row.remote else "present"


def _answers(form: Compiled, given: dict[str, Any], *instances: str) -> dict[str, Any]:
    """Plain draft values by path; options are given by their code, unknown items are left out."""
    found = {}
    for link_id, value in given.items():
        if value is None or link_id not in form.items:
            continue
        item = form.items[link_id]
        if item.options:
            codes = value if isinstance(value, list) else [value]
            values = [option.value for code in codes if (option := item.option(code))]
            value = values if item.repeats else next(iter(values), None)
        if value not in (None, []):
            found[form.path(link_id, *instances)] = value
    return found
