"""What a page that stays open learns every five seconds (D20): answers of others, who is there, a freeze."""

from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone

from dcc.lib.french import NBSP, time_short
from rcp.models import AnswerEvent, SheetStatus
from rcp.sheets.answers_json import side
from rcp.sheets.desk import Desk
from rcp.sheets.engine import display_value, link_id_of
from rcp.sheets.form_choice import CHANGED
from rcp.sheets.presence import note
from rcp.sheets.since import moved_since

FORM_CHANGED = "Le formulaire de cette fiche vient de changer. Rechargez la page pour continuer : rien n’est perdu."


def live_content(desk: Desk, rev: int, *, chapter: str, page: str = "") -> dict[str, Any]:
    """The JSON of the poll; empty when nothing moved since `rev` and nobody else is there or left."""
    sheet = desk.sheet
    if sheet is None:
        return {"closed": "Ce dossier a été reporté : la fiche l’a suivi."}
    others = note(sheet_id=sheet.pk, by=desk.request.user, chapter=_title(desk, chapter))
    content: dict[str, Any] = {
        "rev": sheet.rev,
        "others": render_to_string("rcp/sheets/_others.html", {"others": others}),
    }
    if sheet.status == SheetStatus.FROZEN or not desk.open:
        last = _last_answer(desk)
        return content | {"closed": desk.refusal, "last": last}
    if sheet.rev <= rev:
        return content
    if AnswerEvent.objects.filter(sheet=sheet, rev__gt=rev, path=CHANGED).exists():
        return content | {"closed": FORM_CHANGED}
    painter = desk.painter()
    paths = moved_since(desk.draft, rev)
    drawn: dict[str, str] = dict(painter.fragments(paths))
    return content | {"fragments": drawn | painter.lines.summaries(paths) | side(desk, page)}


def _title(desk: Desk, chapter: str) -> str:
    """The title of the chapter one is in; the page sends its linkId."""
    item = desk.draft.form.items.get(chapter)
    return item.text if item and item.type == "group" else ""


def _last_answer(desk: Desk) -> str:
    """The last thing this person typed that the frozen sheet does not hold, to be copied."""
    refused = AnswerEvent.objects.filter(sheet=desk.sheet, author=desk.request.user, outcome="refused")
    event = refused.order_by("-at").first()
    if event is None or not event.path:
        return ""
    link_id = link_id_of(event.path)
    if link_id not in desk.draft.form.items:
        return ""
    said = display_value(desk.draft.form, link_id, event.value) if event.value is not None else "(vidée)"
    when = time_short(timezone.localtime(event.at))
    return f"{desk.draft.form.items[link_id].short_text}{NBSP}: {said} ({when})"
