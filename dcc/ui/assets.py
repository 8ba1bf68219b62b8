"""Prepares what the browser loads: ``python -m dcc.ui.assets`` writes static/vendor/ (ignored by git).

One stylesheet out of static/dcc/css, three weights of the typeface cut to what French medical text needs, and htmx.
All three come from locked packages or from this repository; nothing third-party is committed.
"""

import hashlib
import logging
import re
import shutil
from importlib import metadata
from pathlib import Path

import django_htmx
import font_source_sans_pro
from fontTools import subset

logger = logging.getLogger(__name__)

STATIC = Path(__file__).resolve().parent / "static"
CSS = STATIC / "dcc" / "css"
VENDOR = STATIC / "vendor"
STAMP = VENDOR / "stamp"

# Order of the cascade.
STYLESHEETS = (
    "tokens", "fonts", "base", "bar", "banner", "page", "card", "buttons", "badges", "alerts", "tabs", "tables",
    "forms", "meters", "cockpit", "calendar", "timeline", "twin", "sheet", "letter", "designer", "states",
    "projection", "modes", "print",
)  # fmt: skip
# Weight in the stylesheet → file of the package.
FONTS = {400: "SourceSansPro-Regular.ttf", 600: "SourceSansPro-Semibold.ttf", 700: "SourceSansPro-Bold.ttf"}
FEATURES = ("kern", "liga", "tnum", "zero", "sups", "subs", "case", "ccmp", "locl", "mark", "mkmk")
UNICODES = (
    *range(0x20, 0x7F), *range(0xA0, 0x180),  # Latin, Latin-1, Latin Extended-A
    0x192, 0x1CD, 0x1CE, 0x218, 0x219, 0x21A, 0x21B, *range(0x2C6, 0x2DE), *range(0x300, 0x30D), 0x327, 0x328,
    *range(0x3B1, 0x3CA),  # Greek lower case: α-FP, β-hCG, μg
    *range(0x2009, 0x200C), *range(0x2010, 0x2016), *range(0x2018, 0x2023), 0x2026, 0x202F, 0x2030, 0x2032, 0x2033,
    0x2039, 0x203A, 0x2044, 0x2070, *range(0x2074, 0x208F), 0x20AC, 0x2116, 0x2122,
    *range(0x2190, 0x2194), 0x21B5, 0x2202, 0x2206, 0x2211, 0x2212, 0x2215, 0x221A, 0x221E, 0x222B,
    0x2248, 0x2260, 0x2264, 0x2265, 0x25A0, 0x25B2, 0x25B6, 0x25BC, 0x25C0, 0x25CB, 0x25CF, 0x2611, 0x2713,
)  # fmt: skip
HTMX = "htmx-2.min.js"


def stylesheet() -> str:
    """Concatenate the stylesheets and drop comments and needless spaces."""
    text = "\n".join((CSS / f"{name}.css").read_text(encoding="utf-8") for name in STYLESHEETS)
    text = text.replace("../../vendor/", "")  # the sources are two folders away from the fonts, the result beside them
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    text = re.sub(r"\s+", " ", text)
    return re.sub(r" ?([{};,]) ?", r"\1", text).replace(";}", "}").strip() + "\n"


def build(*, force: bool = False) -> bool:
    """Write static/vendor; returns False when it was already up to date."""
    stamp = fingerprint()
    if not force and STAMP.exists() and STAMP.read_text(encoding="utf-8") == stamp:
        return False
    (VENDOR / "fonts").mkdir(parents=True, exist_ok=True)
    _replace(VENDOR / "dcc.css", stylesheet().encode())
    htmx = _package(django_htmx) / "static" / "django_htmx" / HTMX
    _replace(VENDOR / "htmx.min.js", htmx.read_bytes())
    for weight, name in FONTS.items():
        _write_font(_package(font_source_sans_pro) / "files" / name, VENDOR / "fonts" / f"source-sans-{weight}.woff2")
    shutil.copyfile(_package(font_source_sans_pro) / "files" / "LICENSE.txt", VENDOR / "fonts" / "LICENSE.txt")
    _replace(STAMP, stamp.encode())
    return True


def fingerprint() -> str:
    """Hash of everything the result depends on."""
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for name in STYLESHEETS:
        digest.update((CSS / f"{name}.css").read_bytes())
    for distribution in ("django-htmx", "font-source-sans-pro", "fonttools", "brotli"):
        digest.update(metadata.version(distribution).encode())
    return digest.hexdigest()


def _write_font(source: Path, target: Path) -> None:
    options = subset.Options(
        flavor="woff2", layout_features=list(FEATURES), hinting=False, desubroutinize=True, name_IDs=[0, 1, 2, 13, 14]
    )
    font = subset.load_font(str(source), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=UNICODES)
    subsetter.subset(font)
    partial = target.with_suffix(".part")
    subset.save_font(font, str(partial), options)
    partial.replace(target)


def _replace(target: Path, content: bytes) -> None:
    """Write beside, then rename: a server reading meanwhile never sees half a file."""
    partial = target.with_name(f"{target.name}.part")
    partial.write_bytes(content)
    partial.replace(target)


def _package(module: object) -> Path:
    return Path(str(module.__file__)).resolve().parent  # type: ignore[attr-defined]


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    logger.info("assets: %s", "written" if build() else "up to date")
