"""« Avant de figer »: everything the validator must know before signing, and who is told what (D5, D7, SND-06)."""

from dataclasses import dataclass, replace

from django.urls import reverse

from dcc.lib.french import NBSP, agree, counted, date_short
from rcp.cases.actions import SAME_HAND, may_validate
from rcp.cases.decision import OUTCOME, decision_of
from rcp.meetings.attendance import quorum_of
from rcp.models import BoardMember, BoardRole, Case, CaseStatus, Level, OrderCounter
from rcp.sheets.desk import DECISION, Desk
from rcp.sheets.drawing import element_id
from rcp.sheets.panels import Check, checks, dormant


def before_freezing(desk: Desk) -> list[Check]:
    """The checks of a conclusion, what is done first, then what still stops it."""
    found = [*_quorum(desk), _information(desk.case)]
    todo = [_from_here(check, desk.case) for check in checks(desk)]
    if not todo:
        found.append(Check(tone="ok", text="Aucune réponse obligatoire vide, ni à confirmer, ni en conflit"))
    if kept := dormant(desk):
        many = len(kept) > 1
        said = f"{counted(len(kept), 'réponse')} de question{'s' if many else ''} fermée{'s' if many else ''}"
        text = f"{said} {'resteront' if many else 'restera'} hors du compte rendu"
        detail = "liste ci-dessous, n’empêche pas de valider"
        found.append(Check(tone="warn", text=text, detail=detail, href="#hors-fiche"))
    return [*found, *todo]


def _from_here(check: Check, case: Case) -> Check:
    """The same check with ways that hold on the conclusion's page: the decision is on it, the rest on the sheet."""
    places = tuple(replace(one, href=_way(one.href, case)) for one in check.places)
    return replace(check, href=_way(check.href, case), places=places)


def _way(href: str, case: Case) -> str:
    here = not href or href.startswith(f"#{element_id(DECISION)}-")
    return href if here else f"{reverse('rcp:case', args=[case.pk])}{href}"


def _quorum(desk: Desk) -> list[Check]:
    case = desk.case
    if case.level == Level.REGISTERED:
        return [Check(tone="ok", text="Cas enregistré : le quorum ne s’applique pas".replace(" :", f"{NBSP}:"))]
    quorum, decision = quorum_of(case.meeting), decision_of(desk.draft)
    if quorum.reached:
        return [Check(tone="ok", text=f"Quorum atteint, tracé{NBSP}: {quorum.summary}")]
    lacking = quorum.missing_sentence or "Le quorum n’est pas atteint"
    outcome = f"#{element_id(desk.draft.form.path(OUTCOME))}"
    if decision.postponed or decision.to_represent:
        text, detail = f"{lacking}{NBSP}: le dossier reviendra", "tracé dans le compte rendu"
        return [Check(tone="warn", text=text, detail=detail, href=outcome)]
    said = "Reportez le dossier, ou indiquez quand la proposition sera représentée."
    return [Check(tone="bad", text=lacking, detail=said, href=outcome)]


def _information(case: Case) -> Check:
    who = agree(case.patient.sex, "Patient informé", "Patiente informée")
    return Check(tone="ok", text=f"{who} le {date_short(case.information.given_on)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """Whether this person may sign, otherwise whose it is, in words."""

    allowed: bool
    why_not: str = ""


def signing(desk: Desk) -> Signing:
    """D5: who validates; D4: the requester first, then somebody else, for a registered case."""
    case, user = desk.case, desk.request.user
    if case.level == Level.REGISTERED and case.status not in (CaseStatus.AWAITING, CaseStatus.VALIDATED):
        if case.requester_id == user.pk:
            return Signing(allowed=True)
        return Signing(
            allowed=False, why_not=f"Un dossier enregistré est validé par son demandeur, {case.requester_name}."
        )
    if case.status == CaseStatus.AWAITING and case.validated_by_id == user.pk:
        return Signing(allowed=False, why_not=SAME_HAND)
    if may_validate(case=case, by=user):
        return Signing(allowed=True)
    members = BoardMember.objects.filter(board_id=case.meeting.board_id, role=BoardRole.COORDINATOR)
    names = [one.user.short_name for one in members.select_related("user").order_by("pk")]
    coordinator = f" ({', '.join(names)})" if names else ""
    verb = "Contresigner" if case.status == CaseStatus.AWAITING else "Valider"
    return Signing(
        allowed=False,
        why_not=f"{verb} revient au coordonnateur de la RCP{coordinator} ou au médecin qui préside la séance.",
    )


def next_label(case: Case) -> str:
    """The number the board would give now: the counter decides when it is taken (D1)."""
    if case.order_label:
        return case.order_label
    board, year = case.meeting.board, case.meeting.held_on.year
    last = OrderCounter.objects.filter(board=board, year=year).values_list("last_number", flat=True).first() or 0
    return f"{board.code}-{year}-{last + 1:04d}"
