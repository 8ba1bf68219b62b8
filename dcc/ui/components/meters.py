"""Drawings that count: seats of the quorum, bar of parts, disc of completion. Sizes are SVG attributes (strict CSP)."""

import math
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from dcc.ui.components.basics import icon
from dcc.ui.components.contracts import ComponentError, instances, natural, one_of, words

# Order round the table and class: filled counts, hollow is expected, dashed is missing.
_SEATS = (("present", "seat-in"), ("at_risk", "seat-warn"), ("missing", "seat-out"), ("expected", "seat-opt"))
# kind → (class of the part, tone of its legend, icon of its legend)
PART_KINDS = {
    "ok": ("a", "t-ok", "check"),
    "warn": ("b", "t-warn", "alert"),
    "bad": ("c", "t-bad", "xc"),
    "frozen": ("d", "t-frz", "lock"),
    "rest": ("e", "muted", "clock"),
}
_FULL_TURN = 2 * math.pi
_DISC_RADIUS = 5
_FULL_DISC = SafeString(
    '<svg class="disc" viewBox="0 0 16 16" aria-hidden="true"><circle class="full" cx="8" cy="8" r="6"/></svg>'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of a bar with the words of its legend."""

    kind: str
    value: int
    label: str


def seats(
    label: object,
    *,
    present: object = 0,
    expected: object = 0,
    missing: object = 0,
    at_risk: object = 0,
    size: str = "",
) -> SafeString:
    """The table seen from above; ``label`` says in words what the drawing shows."""
    counts = {"present": present, "expected": expected, "missing": missing, "at_risk": at_risk}
    classes = [css for name, css in _SEATS for _ in range(natural(counts[name], f"seats {name}"))]
    if not classes:
        raise ComponentError("seats: a table needs at least one seat")
    # Past nine physicians the seats shrink so that they never touch.
    radius = min(3.6, 15 * math.sin(math.pi / max(len(classes), 2)) * 0.8)
    circles = format_html_join(
        "",
        '<circle class="{}" cx="{}" cy="{}" r="{}"/>',
        (
            (css, *_on_the_ring(index, len(classes)), f"{radius:.1f}")
            for index, css in enumerate(classes)
        ),
    )  # fmt: skip
    one_of(size, ("", "lg"), "seats size")
    return format_html(
        '<svg class="seats-i{}" viewBox="0 0 40 40" role="img" aria-label="{}">'
        '<circle class="ring" cx="20" cy="20" r="8.5"/>{}</svg>',
        " seats-i-lg" if size else "", words(label, "seats label"), circles,
    )  # fmt: skip


def _on_the_ring(index: int, count: int) -> tuple[str, str]:
    angle = _FULL_TURN * index / count
    return f"{20 + 15 * math.sin(angle):.2f}", f"{20 - 15 * math.cos(angle):.2f}"


def split(parts: object, total: str = "") -> SafeString:
    """Bar of parts, always with its legend; parts of value zero are left out of both."""
    shown = [part for part in instances(parts, Part, "split") if natural(part.value, "part value")]
    whole = sum(part.value for part in shown)
    rects, start = [], 0
    for part in shown:
        rects.append((PART_KINDS[one_of(part.kind, PART_KINDS, "part kind")][0], start, part.value))
        start += part.value
    bar = format_html_join("", '<rect class="{}" x="{}" y="0" width="{}" height="1"/>', rects)
    head = format_html("<li><b>{}</b> {}</li>", whole, total) if total else ""
    legend = format_html_join(
        "",
        '<li class="{}">{} {} {}</li>',
        (
            (PART_KINDS[part.kind][1], icon(PART_KINDS[part.kind][2]), part.value, words(part.label, "part label"))
            for part in shown
        ),
    )
    return format_html(
        '<svg class="split" viewBox="0 0 {} 1" preserveAspectRatio="none" aria-hidden="true">{}</svg>'
        '<ul class="legend">{}{}</ul>',
        whole or 1, bar, head, legend,
    )  # fmt: skip


def disc(done: object, total: object) -> SafeString:
    """Disc of completion of a chapter; decorative, the n/m beside it is what is read."""
    filled, whole = natural(done, "disc done"), natural(total, "disc total")
    if filled > whole:
        raise ComponentError(f"disc: {filled} of {whole}")
    if whole and filled == whole:
        return _FULL_DISC
    length = _FULL_TURN * _DISC_RADIUS
    arc: SafeString | str = ""
    if filled:
        arc = format_html(
            '<circle class="f" cx="8" cy="8" r="5" stroke-dasharray="{} {}" transform="rotate(-90 8 8)"/>',
            f"{length * filled / whole:.1f}", f"{length:.1f}",
        )  # fmt: skip
    return format_html(
        '<svg class="disc" viewBox="0 0 16 16" aria-hidden="true"><circle cx="8" cy="8" r="5"/>{}</svg>', arc
    )
