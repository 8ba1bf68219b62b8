"""The contrast table of the interface guide (§3), computed from the tokens in light and dark."""

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).resolve().parents[2] / "dcc/ui/static/dcc/css/tokens.css"
TEXT, GRAPHIC = 4.5, 3.0

# (foreground, ground, needed, documented in light, in dark)
TABLE = [
    ("ink", "surface", TEXT, 15.8, 13.9), ("ink", "canvas", TEXT, 14.4, 15.7), ("ink", "sunken", TEXT, 13.5, 12.0),
    ("ink-2", "surface", TEXT, 7.3, 8.2), ("ink-2", "canvas", TEXT, 6.6, 9.2), ("ink-2", "sunken", TEXT, 6.2, 7.0),
    ("accent", "surface", TEXT, 7.2, 8.6), ("accent", "canvas", TEXT, 6.6, 9.7),
    ("accent", "accent-soft", TEXT, 6.1, 6.4),
    ("on-accent", "accent", TEXT, 7.2, 8.9), ("on-accent", "accent-hover", TEXT, 10.1, 11.2),
    ("ok", "ok-soft", TEXT, 5.8, 7.6), ("warn", "warn-soft", TEXT, 5.9, 7.9), ("danger", "danger-soft", TEXT, 5.7, 7.4),
    ("info", "info-soft", TEXT, 6.1, 7.5), ("frozen", "frozen-soft", TEXT, 7.2, 8.0),
    ("ok", "surface", TEXT, 6.8, 9.0), ("warn", "surface", TEXT, 6.7, 9.1), ("danger", "surface", TEXT, 6.8, 8.0),
    ("line-strong", "surface", GRAPHIC, 3.9, 4.5), ("line-strong", "canvas", GRAPHIC, 3.6, 5.1),
    ("line-strong", "sunken", GRAPHIC, 3.3, 3.9),
    ("focus", "surface", GRAPHIC, 6.0, 9.0), ("focus", "canvas", GRAPHIC, 5.4, 10.1),
    ("bar-ink-2", "bar", TEXT, 9.2, 9.6), ("bar-line", "bar", GRAPHIC, 4.5, 5.2),
    ("bar-focus", "bar", GRAPHIC, 10.2, 11.8),
]  # fmt: skip
# Pairs the components make that the guide does not list.
OTHERS = [
    ("warn", "canvas", TEXT), ("danger", "canvas", TEXT), ("ok", "canvas", TEXT), ("frozen", "surface", TEXT),
    ("ink-2", "select-row", TEXT), ("ok", "select-row", TEXT), ("warn", "select-row", TEXT),
    ("danger", "select-row", TEXT),
    ("accent-hover", "accent-soft", TEXT), ("ink", "warn-soft", TEXT), ("ink", "danger-soft", TEXT),
    ("ink", "frozen-soft", TEXT), ("surface", "danger", TEXT), ("surface", "frozen", TEXT),
    ("bar-ink-2", "bar-field", TEXT),
]  # fmt: skip


def blocks() -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    text = re.sub(r"/\*.*?\*/", "", TOKENS.read_text(encoding="utf-8"), flags=re.DOTALL)
    found = [
        dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", body)) for body in re.findall(r":root[^{]*\{([^}]*)\}", text)
    ]
    assert len(found) == 3, "light, dark by system, dark by choice"
    return found[0], found[1], found[2]


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_black_on_white_is_21() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


def test_both_dark_palettes_are_the_same() -> None:
    _, by_system, by_choice = blocks()
    assert by_system == by_choice


def test_dark_redefines_every_colour() -> None:
    light, dark, _ = blocks()
    assert light.keys() == dark.keys()


@pytest.mark.parametrize(("front", "ground", "needed", "in_light", "in_dark"), TABLE)
def test_table_of_the_guide(front: str, ground: str, needed: float, in_light: float, in_dark: float) -> None:
    for palette, documented in zip(blocks()[:2], (in_light, in_dark), strict=True):
        ratio = contrast(palette[front], palette[ground])
        assert ratio >= needed
        assert ratio == pytest.approx(documented, abs=0.1)


@pytest.mark.parametrize(("front", "ground", "needed"), OTHERS)
def test_pairs_the_components_make(front: str, ground: str, needed: float) -> None:
    for palette in blocks()[:2]:
        assert contrast(palette[front], palette[ground]) >= needed


@pytest.mark.parametrize(
    ("front", "ground", "needed"),
    [*((front, "#0a1418", 10) for front in ("#f2f7f8", "#b9cad1", "#ffa99f", "#8fdcf0", "#ffcb75", "#86e0ab")),
     *((front, "#ffffff", 7.7) for front in ("#0c1b21", "#3f535c", "#9b1c15", "#0b5064", "#774500", "#135833"))],
)  # fmt: skip
def test_the_room_reads_from_the_last_row(front: str, ground: str, needed: float) -> None:
    """Guide §4: at least 10:1 in the dark, 7.7:1 in the light; the colours are those of projection.css."""
    sheet = (TOKENS.parent / "projection.css").read_text(encoding="utf-8")
    assert front in sheet
    assert contrast(front, ground) >= needed
