"""Pictures: what may be decoded, and the pages of a TIFF as browsers can show them."""

import io

from PIL import Image

from patients.documents.refusal import FileRefused
from patients.models import ReceivedFormat

MAX_PIXELS = 60_000_000  # an A4 page scanned at 600 dpi has 35 millions
MAX_PAGES = 200
_SHOWN = (2400, 2400)  # pixels of a page of TIFF on screen
_LAST_MARK = 64 * 1024  # telephones write more after the end of the picture
_NAMES = {ReceivedFormat.PNG: "PNG", ReceivedFormat.JPEG: "JPEG", ReceivedFormat.TIFF: "TIFF"}


def check_picture(data: bytes, kind: ReceivedFormat) -> int:
    """The number of pages, every one decoded once. Raises FileRefused: damaged, or too large to be shown."""
    try:
        with Image.open(io.BytesIO(data), formats=[_NAMES[kind]]) as image:
            pages = getattr(image, "n_frames", 1) if kind == ReceivedFormat.TIFF else 1
            if pages > MAX_PAGES:
                raise FileRefused(
                    f"Cette image compte {pages} pages.", f"{MAX_PAGES} au plus\u00a0: enregistrez-la en PDF."
                )
            for page in range(pages):
                image.seek(page)
                _refuse_giant(image)
                image.load()
                if _is_cut(image, data, kind):
                    raise OSError("the end is missing")
    except FileRefused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:  # said before its size can be read
        raise _giant(f"plus de {MAX_PIXELS // 1_000_000} millions de points") from error
    except Exception as error:  # hostile bytes: decoders raise anything, from KeyError to struct.error
        raise FileRefused(
            "Cette image est abîmée.", "Redemandez-la à son auteur, ou enregistrez-la de nouveau."
        ) from error
    return pages


def page_as_png(data: bytes, page: int) -> bytes:
    """One page of a TIFF (the first is 1), no larger than a screen needs. Raises IndexError when there is none."""
    with Image.open(io.BytesIO(data), formats=["TIFF"]) as image:
        if not 1 <= page <= getattr(image, "n_frames", 1):
            raise IndexError(page)
        image.seek(page - 1)
        shown = image.convert("L" if image.mode in {"1", "L", "I;16"} else "RGB")
    shown.thumbnail(_SHOWN)
    out = io.BytesIO()
    shown.save(out, "PNG")
    return out.getvalue()


def _refuse_giant(image: Image.Image) -> None:
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise _giant(f"{width} × {height} points")


def _giant(size: str) -> FileRefused:
    return FileRefused(
        f"Cette image est trop grande ({size}).",
        "Enregistrez-la avec une définition plus faible (300 points par pouce suffisent), puis ajoutez-la.",
    )


def _is_cut(image: Image.Image, data: bytes, kind: ReceivedFormat) -> bool:
    """Whether the end of the picture is missing: the decoder may be told elsewhere to fill it with grey."""
    if kind == ReceivedFormat.PNG:
        return b"IEND" not in data[-_LAST_MARK:]
    if kind == ReceivedFormat.JPEG:
        return b"\xff\xd9" not in data[-_LAST_MARK:]
    tags = image.tag_v2  # type: ignore[attr-defined]
    for offsets, counts in ((273, 279), (324, 325)):  # strips, tiles
        places = zip(tags.get(offsets, ()), tags.get(counts, ()), strict=False)
        if any(start + length > len(data) for start, length in places):
            return True
    return False
