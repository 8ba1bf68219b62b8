"""Documents as laboratories and hospitals send them, invented and small: PDF, pictures, CDA."""

import io
from collections.abc import Sequence
from datetime import date
from xml.sax.saxutils import escape

import pikepdf
from PIL import Image, ImageDraw

from patients.models import Patient

_PAGE = (595, 842)  # A4, in points
_LEFT, _TOP, _STEP = 62, 770, 17


def pdf(origin: str, title: str, lines: Sequence[str]) -> bytes:
    """One page of text: where it comes from, what it is, what it says."""
    made = pikepdf.new()
    page = made.add_blank_page(page_size=_PAGE)
    fonts = {
        name: made.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Font,
                Subtype=pikepdf.Name.Type1,
                BaseFont=pikepdf.Name(f"/{face}"),
                Encoding=pikepdf.Name.WinAnsiEncoding,
            )
        )
        for name, face in (("/F1", "Helvetica"), ("/F2", "Helvetica-Bold"))
    }
    page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(fonts))
    drawn = [_drawn("F2", 11, _TOP, origin), _drawn("F2", 15, _TOP - 3 * _STEP, title)]
    drawn += [_drawn("F1", 11, _TOP - (5 + rank) * _STEP, line) for rank, line in enumerate(lines) if line]
    page.Contents = made.make_stream(b"\n".join(drawn))
    out = io.BytesIO()
    made.save(out, deterministic_id=True)
    return out.getvalue()


def _drawn(font: str, size: int, height: int, text: str) -> bytes:
    shown = text.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
    return b"BT /%s %d Tf %d %d Td (%s) Tj ET" % (font.encode(), size, _LEFT, height, shown)


def picture(label: str) -> bytes:
    """A grey shape with a lighter spot, PNG: what an exported key image looks like from afar."""
    width, height = 720, 900
    image = Image.new("L", (width, height), 0)
    glow = Image.radial_gradient("L").point([max(0, 190 - level) for level in range(256)])
    image.paste(glow.resize((600, 800)), (-120, 50))
    spot = glow.resize((96, 84))
    image.paste(245, (178, 328), spot.point([min(255, level * 2) for level in range(256)]))
    draw = ImageDraw.Draw(image)
    draw.ellipse((165, 315, 285, 425), outline=230, width=2)
    draw.text((24, 24), label, fill=235)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def cda(
    patient: Patient,
    *,
    code: str,
    title: str,
    author: tuple[str, str],
    origin: str,
    made_on: date,
    sections: Sequence[tuple[str, str]],
    given: str = "",
    born: date | None = None,
) -> bytes:
    """A level 3 CDA about `patient`; `given` and `born` name somebody else, as in a file it should not be in."""
    parts = "".join(
        f"<component><section><title>{escape(head)}</title><text><paragraph>{escape(text)}</paragraph></text>"
        "</section></component>"
        for head, text in sections
    )
    birth = born or patient.birth_date
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3"><typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>
<id root="1.2.250.1.999.1.1.9" extension="{code}-{made_on:%Y%m%d}"/>
<code code="{code}" codeSystem="2.16.840.1.113883.6.1"/><title>{escape(title)}</title>
<effectiveTime value="{made_on:%Y%m%d}"/><languageCode code="fr-FR"/>
<recordTarget><patientRole><id root="1.2.250.1.999.1.1" extension="LABO-0417"/><patient><name>
<family qualifier="BR">{escape(patient.birth_name)}</family><given>{escape(given or patient.first_given_name)}</given>
</name><administrativeGenderCode code="{patient.sex}"/><birthTime value="{birth:%Y%m%d}"/></patient></patientRole>
</recordTarget><author><time value="{made_on:%Y%m%d}"/><assignedAuthor><id root="1.2.250.1.999.1.1" extension="42"/>
<assignedPerson><name><prefix>DR</prefix><given>{escape(author[0])}</given><family>{escape(author[1])}</family></name>
</assignedPerson><representedOrganization><name>{escape(origin)}</name></representedOrganization></assignedAuthor>
</author><component><structuredBody>{parts}</structuredBody></component></ClinicalDocument>""".encode()
