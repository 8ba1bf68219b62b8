"""Icon, key cap, button, badge."""

import re
from functools import cache
from pathlib import Path

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from dcc.ui.components.contracts import ComponentError, attributes, one_of, words
from dcc.ui.components.keys import shortcut

SPRITE = Path(__file__).resolve().parent.parent / "templates" / "dcc" / "components" / "sprite.svg"

BUTTON_KINDS = {"": "", "primary": " btn-primary", "danger": " btn-danger", "link": " btn-link"}
SIZES = {"": "", "sm": " btn-sm", "lg": " btn-lg"}
# kind → (class, icon when none is given)
BADGE_KINDS = {
    "ok": ("ok", "check"),
    "warn": ("warn", "alert"),
    "bad": ("bad", "xc"),
    "info": ("inf", "info"),
    "frozen": ("frz", "lock"),
    "neutral": ("", None),
}
TONES = {"": "", "ok": " t-ok", "warn": " t-warn", "bad": " t-bad", "frozen": " t-frz", "muted": " muted"}
_DISABLED_HINT = "disabled"


@cache
def icon_names() -> frozenset[str]:
    """Names of the symbols in the sprite."""
    return frozenset(re.findall(r'<symbol id="i-([a-z-]+)"', SPRITE.read_text(encoding="utf-8")))


def icon(name: object, label: str = "", tone: str = "") -> SafeString:
    """Draw one symbol of the sprite; without ``label`` it is decoration and hidden from assistive technology."""
    drawn = one_of(name, icon_names(), "icon")
    colour = TONES[one_of(tone, TONES, "icon tone")]
    if label:
        return format_html(
            '<svg class="i{}" viewBox="0 0 16 16" role="img" aria-label="{}"><use href="#i-{}"/></svg>',
            colour, label, drawn,
        )  # fmt: skip
    return format_html(
        '<svg class="i{}" viewBox="0 0 16 16" aria-hidden="true"><use href="#i-{}"/></svg>', colour, drawn
    )


def kbd(keys: object) -> SafeString:
    """Print the caps of a shortcut: ``"Ctrl Entrée"`` gives two."""
    return format_html_join("", "<kbd>{}</kbd>", ((cap,) for cap in shortcut(keys).caps))


def button(
    label: object,
    *,
    href: str | None = None,
    kind: str = "",
    size: str = "",
    icon_name: str | None = None,
    icon_only: bool = False,
    key: str | None = None,
    submit: bool = False,
    pressed: bool | None = None,
    about: str = "",
    push: bool = False,
    **attrs: object,
) -> SafeString:
    """Draw a link or a button; ``about`` says of what, for those who hear "Compléter" out of its row.

    ``push`` sends it to the right of its line; ``key`` binds and shows a shortcut.
    """
    text = words(label, "button label")
    css = "btn" + BUTTON_KINDS[one_of(kind, BUTTON_KINDS, "button kind")] + SIZES[one_of(size, SIZES, "button size")]
    if icon_only and not icon_name:
        raise ComponentError("button: icon_only needs an icon")
    if href is not None and (submit or pressed is not None or attrs.get(_DISABLED_HINT)):
        raise ComponentError("button: a link cannot submit, be pressed or be disabled")
    drawn = icon(icon_name) if icon_name else ""
    named = words(f"{text} {about}".strip(), "button label")
    css += " push" if push else ""
    tail: dict[str, object] = dict(attrs)
    caps: SafeString | str = ""
    if key:
        wanted = shortcut(key)
        tail |= {"data_key": wanted.code, "aria_keyshortcuts": wanted.aria}
        caps = format_html(' <span aria-hidden="true">{}</span>', kbd(key))
    if pressed is not None:
        tail["aria_pressed"] = "true" if pressed else "false"
    if icon_only:
        css, body = css + " btn-icon", drawn
        tail["aria_label"] = named
    else:
        spoken = format_html('<span class="visually-hidden"> {}</span>', about) if about else ""
        body = format_html("{}{}{}{}", drawn, text, spoken, caps)
    if href is not None:
        return format_html('<a class="{}" href="{}"{}>{}</a>', css, href, attributes(tail), body)
    kind_of_button = "submit" if submit else "button"
    return format_html('<button class="{}" type="{}"{}>{}</button>', css, kind_of_button, attributes(tail), body)


def badge(kind: object, label: object, icon_name: str | None = None) -> SafeString:
    """Draw a state as icon and word; ``neutral`` has no icon of its own."""
    css, usual = BADGE_KINDS[one_of(kind, BADGE_KINDS, "badge kind")]
    drawn = icon_name or usual
    return format_html(
        '<span class="badge{}">{}<span>{}</span></span>',
        f" {css}" if css else "",
        icon(drawn) if drawn else "",
        words(label, "badge label"),
    )
