"""Questions of a sheet: chips, answer to confirm, conflict, computed value, chapters."""

from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from dcc.ui.components.basics import badge, button, icon
from dcc.ui.components.contracts import ComponentError, attributes, instance, instances, natural, words
from dcc.ui.components.meters import disc


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One possible answer."""

    value: str
    label: str
    disabled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One of the two answers in a conflict: who, when, what, and the words of the button that keeps it."""

    author: str
    value: str
    keep_label: str
    name: str = "choix"
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictData:
    """Two different answers to one question."""

    question: str
    mine: Answer
    theirs: Answer
    element_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """A chapter of the sheet; ``closed`` gives the reason why it is not asked ("< 75 ans").

    ``left`` counts what still stops validation in it: compulsory answers that lack, answers to confirm, conflicts.
    """

    label: str
    href: str
    done: int = 0
    total: int = 0
    current: bool = False
    closed: str = ""
    left: int = 0


def choices(
    name: object,
    options: object,
    *,
    selected: object = (),
    multiple: bool = False,
    prefix: str = "",
    **attrs: object,
) -> SafeString:
    """Real radios or boxes drawn as chips; ``attrs`` go on each input (hx_post…)."""
    field_name = words(name, "choices name")
    offered = instances(options, Choice, "choices")
    chosen = {selected} if isinstance(selected, str) else set(selected or ())  # type: ignore[call-overload]
    if not multiple and len(chosen - {""}) > 1:
        raise ComponentError("choices: two answers to a single choice")
    extra = attributes(attrs)
    chips = format_html_join(
        "",
        '<label class="choice"><input type="{}" name="{}" id="{}" value="{}"{}{}{}><span>{}</span></label>',
        (
            (
                "checkbox" if multiple else "radio",
                field_name,
                f"{prefix or field_name}-{index}",
                option.value,
                SafeString(" checked") if option.value in chosen else "",
                SafeString(" disabled") if option.disabled else "",
                extra,
                words(option.label, "choice label"),
            )
            for index, option in enumerate(offered)
        ),
    )
    return format_html('<div class="choices">{}</div>', chips)


def question(
    content: SafeString | str, label: object, *, for_id: str = "", opened_by: str = "", note: str = "", error: str = ""
) -> SafeString:
    """One row of the sheet; without ``for_id`` the label heads a group of chips."""
    text = words(label, "question label")
    origin = format_html(' <span class="req">ouvert par {}</span>', opened_by) if opened_by else ""
    css = "q child" if opened_by else "q"
    beside = format_html('<span class="small muted">{}</span>', note) if note else ""
    failed = format_html('<p class="error">{}{}</p>', icon("alert"), error) if error else ""
    if for_id:
        return format_html(
            '<div class="{}"><div class="q-lab"><label class="label" for="{}">{}{}</label></div>'
            '<div class="flex">{}{}</div>{}</div>',
            css, for_id, text, origin, content, beside, failed,
        )  # fmt: skip
    return format_html(
        '<fieldset class="{}"><legend>{}{}</legend><div>{}{}</div>{}</fieldset>',
        css,
        text,
        origin,
        content,
        beside,
        failed,
    )


def toconfirm(content: SafeString | str, label: object, *, origin: object, for_id: object, **attrs: Any) -> SafeString:
    """An answer taken over from elsewhere: dashed ochre, where it comes from, one button (Enter in the field)."""
    target = words(for_id, "toconfirm for_id")
    confirm = button("Confirmer", size="sm", icon_name="check", about=words(label, "toconfirm label"), **attrs)
    return format_html(
        '<div class="q toconfirm" data-toconfirm><div class="q-lab"><label class="label" for="{}">{}</label></div>'
        '<div><div class="flex">{}{}</div><p class="prev" id="{}-origine">{}<span>{}</span></p></div></div>',
        target, label, content, confirm, target, badge("warn", "à confirmer"), words(origin, "toconfirm origin"),
    )  # fmt: skip


def conflict(data: object) -> SafeString:
    """Both answers side by side; nothing is lost, validation waits for the choice."""
    return render_to_string("dcc/components/conflict.html", {"conflict": instance(data, ConflictData, "conflict")})


def calc(content: SafeString | str, value: object) -> SafeString:
    """A computed value with its reason in one line."""
    return format_html(
        '<div class="calc"><output class="val">{}</output> <span class="muted">{}</span></div>',
        words(value, "calc value"), content,
    )  # fmt: skip


def chapters(items: object) -> SafeString:
    """Chapters with their completion; closed ones stay, grey, with their reason."""
    rows = format_html_join("", "<li>{}</li>", ((_chapter(item),) for item in instances(items, Chapter, "chapters")))
    return format_html('<ol class="chapters">{}</ol>', rows)


def _chapter(item: Chapter) -> SafeString:
    label = words(item.label, "chapter label")
    if item.closed:
        return format_html(
            '<a class="off" href="{}">{}<span>{}</span><span class="n">{}</span></a>',
            item.href, icon("minus"), label, item.closed,
        )  # fmt: skip
    here = SafeString(' aria-current="true"') if item.current else ""
    done, total = natural(item.done, "chapter done"), natural(item.total, "chapter total")
    left = natural(item.left, "chapter left")
    words_left = f"{left} à traiter avant de valider"
    mark = format_html('<span class="left">{}{}</span> ', icon("alert", words_left, tone="warn"), left) if left else ""
    return format_html(
        '<a href="{}"{}>{}<span>{}</span><span class="n">{}{}/{}</span></a>',
        item.href,
        here,
        disc(done, total),
        label,
        mark,
        done,
        total,
    )
