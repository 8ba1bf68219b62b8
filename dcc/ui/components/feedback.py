"""What the interface says about itself: alerts, empty lists, loading, saving, dialogs, toasts."""

from datetime import datetime

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from dcc.lib import french
from dcc.ui.components.basics import button, icon
from dcc.ui.components.contracts import ComponentError, attributes, one_of, words

# kind → (class, icon, role): only an error interrupts
ALERT_KINDS = {
    "info": ("", "info", "status"),
    "warn": (" alert-warn", "alert", "status"),
    "bad": (" alert-bad", "alert", "alert"),
    "ok": (" alert-ok", "check", "status"),
    "frozen": (" alert-frz", "lock", ""),
}
# state → (icon, class)
SAVE_STATES = {
    "idle": ("check", "muted"),
    "saving": ("sync", "muted"),
    "saved": ("check", "t-ok"),
    "local": ("alert", "t-warn"),
    "refused": ("xc", "t-bad"),
    "frozen": ("lock", "t-frz"),
    "offline": ("offline", "t-warn"),
}
TOAST_KINDS = {"ok": ("", "check"), "bad": (" toast-bad", "alert"), "info": (" toast-inf", "info")}


def alert(
    content: SafeString | str,
    kind: object,
    title: object,
    *,
    actions: SafeString | str = "",
    icon_name: str | None = None,
    live: bool = True,
    **attrs: object,
) -> SafeString:
    """Say what happened, why and what to do; ``live=False`` for what was already there when the page opened."""
    css, usual, role = ALERT_KINDS[one_of(kind, ALERT_KINDS, "alert kind")]
    body = format_html('<div class="small">{}</div>', content) if str(content).strip() else ""
    spoken = format_html(' role="{}"', role) if live and role else ""
    acts = format_html('<div class="acts">{}</div>', actions) if str(actions).strip() else ""
    return format_html(
        '<div class="alert{}"{}{}>{}<div><b>{}</b>{}</div>{}</div>',
        css, spoken, attributes(attrs), icon(icon_name or usual), words(title, "alert title"), body, acts,
    )  # fmt: skip


def empty_state(
    content: SafeString | str, title: object, *, level: int = 3, actions: SafeString | str = ""
) -> SafeString:
    """Say why there is nothing, and what the next step is; an empty list without a sentence is refused."""
    if level not in {2, 3, 4}:
        raise ComponentError(f"empty_state level: {level!r}")
    words(str(content), "empty_state sentence")
    acts = format_html('<p class="flex centre page-c">{}</p>', actions) if str(actions).strip() else ""
    return format_html(
        '<div class="empty"><h{}>{}</h{}><p>{}</p>{}</div>',
        level,
        words(title, "empty_state title"),
        level,
        content,
        acts,
    )


def loading(sentence: object) -> SafeString:
    """Three grey lines and a sentence, shown after 300 ms only."""
    return format_html(
        '<div class="card-b stack-sm loading" aria-busy="true"><p class="small muted">{}</p>'
        '<span class="sk"></span><span class="sk sk-2"></span><span class="sk sk-3"></span></div>',
        words(sentence, "loading sentence"),
    )


def save_state(state: object, text: object, *, element_id: str = "etat-enregistrement") -> SafeString:
    """Where the typed answers are; one node whose text changes, so that a reader's place is kept."""
    drawn, css = SAVE_STATES[one_of(state, SAVE_STATES, "save state")]
    return format_html(
        '<span id="{}" class="save-state {}" data-state="{}">{} <span>{}</span></span>',
        element_id, css, state, icon(drawn), words(text, "save state text"),
    )  # fmt: skip


def savebar(
    content: SafeString | str,
    *,
    label: object,
    state: str = "",
    text: str = "",
    element_id: str = "etat-enregistrement",
) -> SafeString:
    """The bottom bar: state of saving at left, the final action at right."""
    said = save_state(state, text, element_id=element_id) if state else ""
    return format_html(
        '<footer class="savebar" aria-label="{}"><div class="savebar-in">{}{}</div></footer>',
        words(label, "savebar label"), said, content,
    )  # fmt: skip


def dialog(
    content: SafeString | str, element_id: object, title: object, *, actions: SafeString | str = "", **attrs: object
) -> SafeString:
    """A native dialog, for what cannot be undone; opened by ``data-dialog="<id>"`` on a link or button."""
    name = words(element_id, "dialog id")
    close = button("Fermer", data_close=True)
    return format_html(
        '<dialog class="dialog" id="{}" aria-labelledby="{}-titre"{}><h2 id="{}-titre" tabindex="-1" autofocus>{}</h2>'
        '<div class="dialog-b">{}</div><div class="dialog-f">{}</div></dialog>',
        name, name, attributes(attrs), name, words(title, "dialog title"), content, actions or close,
    )  # fmt: skip


def toast(kind: object, text: object) -> SafeString:
    """A word about something that happened out of sight; keyboard and pointer hold it, then it leaves."""
    css, drawn = TOAST_KINDS[one_of(kind, TOAST_KINDS, "toast kind")]
    close = button("Fermer", kind="link", size="sm", icon_name="x", icon_only=True, data_close_toast=True)
    return format_html(
        '<div class="toast{}">{}<span>{}</span>{}</div>', css, icon(drawn), words(text, "toast text"), close
    )


def breakglass(ends_at: object, reason: str = "") -> SafeString:
    """The red strip of an exceptional access, with the moment it ends."""
    if not isinstance(ends_at, datetime) or timezone.is_naive(ends_at):
        raise ComponentError(f"breakglass: an aware datetime is needed, not {ends_at!r}")
    end = timezone.localtime(ends_at)
    motive = format_html(" – {}", reason) if reason else ""
    return format_html(
        '<p class="breakglass" role="status">{} Accès exceptionnel ouvert{}, il se ferme à {} ; '
        "le délégué à la protection des données est prévenu</p>",
        icon("shield"), motive, french.time_short(end),
    )  # fmt: skip
