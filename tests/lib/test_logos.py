"""A logo is flattened when it is given, so that no document is ever refused because of it (D16, PLN-14)."""

import io
import struct
import zlib

import pytest
from PIL import Image

from dcc.lib.pdf_checks import LOGO_BOX, MAX_LOGO_BYTES, LogoRefused, flatten_logo


def _picture(mode: str, kind: str = "PNG", size: tuple[int, int] = (60, 40), **options: object) -> bytes:
    picture = Image.new(mode, size, 0)
    stream = io.BytesIO()
    picture.save(stream, kind, **options)
    return stream.getvalue()


@pytest.mark.parametrize("mode", ["RGBA", "LA", "L", "P", "1", "RGB", "I;16"])
def test_any_png_becomes_an_opaque_rgb_png(mode: str) -> None:
    with Image.open(io.BytesIO(flatten_logo(_picture(mode)))) as flat:
        assert (flat.format, flat.mode, flat.size) == ("PNG", "RGB", (60, 40))
        assert "transparency" not in flat.info


def test_what_was_transparent_becomes_white() -> None:
    with Image.open(io.BytesIO(flatten_logo(_picture("RGBA")))) as flat:
        assert flat.getpixel((5, 5)) == (255, 255, 255)


def test_a_palette_with_a_transparent_colour_becomes_white() -> None:
    with Image.open(io.BytesIO(flatten_logo(_picture("P", transparency=0)))) as flat:
        assert flat.getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_a_jpeg_is_accepted_and_loses_its_metadata(mode: str) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "12 rue des Filets"
    flat = flatten_logo(_picture(mode, "JPEG", exif=exif))
    assert b"Filets" not in flat
    with Image.open(io.BytesIO(flat)) as picture:
        assert picture.size == (40, 60), "turned the way its EXIF said"
        assert not picture.getexif()


def test_a_large_logo_is_reduced_in_proportion() -> None:
    with Image.open(io.BytesIO(flatten_logo(_picture("RGB", size=(3000, 600))))) as flat:
        assert flat.size == (LOGO_BOX[0], 200)


def test_flattening_twice_changes_nothing() -> None:
    once = flatten_logo(_picture("RGBA"))
    assert flatten_logo(once) == once


def _png_announcing(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    start = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return start + struct.pack(">I", 20) + b"IDAT" + bytes(24)


def _noise() -> bytes:
    """A PNG that does not compress, so that what is cut off is missed."""
    stream = io.BytesIO()
    Image.effect_noise((60, 60), 90).save(stream, "PNG")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (b"", "pas une image"),
        (b"%PDF-1.4", "pas une image"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "pas une image"),
        (_picture("RGB", "GIF"), "pas une image"),
        (_picture("RGB", "BMP"), "pas une image"),
        (b"\x89PNG\r\n\x1a\n", "abîmée"),
        (b"\xff\xd8\xff" + b"x" * 50, "abîmée"),
        (_noise()[:-2000], "abîmée"),
        (_picture("RGB", "JPEG", size=(300, 300))[:-100], "abîmée"),
        (_png_announcing(60000, 60000), "abîmée"),
        (_png_announcing(5000, 5000), "points"),
        (b"\x89PNG\r\n\x1a\n" + b"0" * MAX_LOGO_BYTES, "2 Mo"),
    ],
    ids=[
        "empty",
        "pdf",
        "svg",
        "gif",
        "bmp",
        "png head",
        "jpeg head",
        "cut",
        "cut jpeg",
        "bomb",
        "too many pixels",
        "heavy",
    ],
)
def test_what_is_not_a_logo_is_refused_in_french(file: bytes, said: str) -> None:
    with pytest.raises(LogoRefused, match=said):
        flatten_logo(file)
