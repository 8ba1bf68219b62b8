"""Two different answers to one question, side by side, until somebody chooses."""

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from dcc.lib.french import NBSP, time_short
from dcc.ui.components.basics import button, icon
from rcp.models import AnswerEvent
from rcp.sheets.draft import Draft, Row
from rcp.sheets.drawing.names import element_id
from rcp.sheets.engine import Item, display_value

MINE, THEIRS, BOTH = "ajoutee", "presente", "deux"


def conflict_block(draft: Draft, item: Item, path: str, event: AnswerEvent, there: Row | None) -> SafeString:
    """Both answers with who and when; a text can keep the two. Nothing is lost (guide §8)."""
    name = element_id(path)
    both = ""
    if item.type in ("text", "string") and not item.repeats:
        both = format_html('<p class="page-c">{}</p>', _choose("Garder les deux textes", BOTH, path))
    return format_html(
        '<div class="conflict" role="group" id="{}" data-path="{}" data-ver="{}" data-conflict'
        ' aria-labelledby="{}-t">'
        '<h3 id="{}-t" tabindex="-1">{} {}{}: deux réponses différentes</h3><div class="conflict-two">{}{}</div>{}'
        '<p class="small">Rien n’est perdu{}: l’autre réponse reste dans l’historique. La validation attend votre'
        " choix.</p></div>",
        name, path, there.ver if there else 0, name, name, icon("alert", tone="bad"), item.short_text, NBSP,
        _side(draft, item, path, event.value, _when(event.author.short_name, event.at), MINE),
        _side(draft, item, path, there.value if there else None,
              _when(there.author_name, there.updated_at) if there else "", THEIRS),
        both, NBSP,
    )  # fmt: skip


def _side(draft: Draft, item: Item, path: str, value: object, when: str, choice: str) -> SafeString:
    said = display_value(draft.form, item.link_id, value) if value is not None else "(sans réponse)"
    label = "Garder cette réponse"
    return format_html(
        '<div><p class="small muted">{}</p><p><b>{}</b></p>{}</div>', when, said, _choose(label, choice, path, said)
    )


def _choose(label: str, choice: str, path: str, about: str = "") -> SafeString:
    return button(
        label, size="sm", submit=True, about=about, name="trancher", value=f"{choice}:{path}", data_choice=choice
    )


def _when(name: str, moment: object) -> str:
    return f"{name}, {time_short(timezone.localtime(moment))}"  # type: ignore[arg-type]
