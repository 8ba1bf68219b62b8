"""Files as hospitals send them, and as nobody should: made here, small, always the same."""

import io
import zipfile
from base64 import b64encode

import pikepdf
from PIL import Image

_TRAITS = {
    "birth_name": "ABHERVE",
    "given": "FRANCOISE",
    "birth": "19630311",
    "sex": "F",
    "ins": "",
    "oid": "1.2.250.1.213.1.4.10",
}


def pdf(*, pages: int = 1, mark: bytes = b"essai") -> bytes:
    """A plain PDF; `mark` makes its bytes different."""
    made = pikepdf.new()
    for _ in range(pages):
        page = made.add_blank_page(page_size=(595, 842))
        page.Contents = made.make_stream(b"0.9 g 60 60 475 722 re f % " + mark)
    out = io.BytesIO()
    made.save(out, deterministic_id=True)
    return out.getvalue()


def changed_pdf(change: object, **saving: object) -> bytes:
    """A PDF after `change(pdf)`."""
    made = pikepdf.open(io.BytesIO(pdf()))
    change(made)  # type: ignore[operator]
    out = io.BytesIO()
    made.save(out, **saving)  # type: ignore[arg-type]
    return out.getvalue()


def picture(kind: str = "PNG", *, size: tuple[int, int] = (120, 80), pages: int = 1) -> bytes:
    out = io.BytesIO()
    frames = [Image.new("RGB", size, (200, 30 * rank, 90)) for rank in range(pages)]
    extra = {"save_all": True, "append_images": frames[1:]} if pages > 1 else {}
    frames[0].save(out, kind, **extra)
    return out.getvalue()


def docx() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<w/>")
    return out.getvalue()


def cda(
    *, body: str = "", code: str = "60568-3", title: str = "Compte rendu d’anatomopathologie", **traits: str
) -> bytes:
    """A CDA about Françoise Abhervé, or whoever `traits` says; `body` is what the component holds."""
    who = _TRAITS | traits
    ins = f'<id root="{who["oid"]}" extension="{who["ins"]}"/>' if who["ins"] else ""
    body = body or section(
        "Conclusion", "<paragraph>Carcinome infiltrant, <content styleCode='Bold'>HER2 1+</content></paragraph>"
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3"><typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>
<id root="1.2.3.4"/><code code="{code}" codeSystem="2.16.840.1.113883.6.1"/><title>{title}</title>
<effectiveTime value="20261102101500+0100"/>
<recordTarget><patientRole><id root="1.2.3" extension="80061742"/>{ins}<patient>
<name><family qualifier="BR">{who["birth_name"]}</family><given>{who["given"]}</given>
<given qualifier="BR">{who["given"].split()[0]}</given></name>
<administrativeGenderCode code="{who["sex"]}"/><birthTime value="{who["birth"]}"/>
</patient></patientRole></recordTarget>
<author><time value="20261102"/><assignedAuthor><id root="1.2"/><assignedPerson><name><suffix>DR</suffix>
<given>Anne</given><family>Morvan</family></name></assignedPerson>
<representedOrganization><name>Labo ACP Estuaire</name></representedOrganization></assignedAuthor></author>
<component>{body}</component></ClinicalDocument>""".encode()


def section(title: str, text: str) -> str:
    inner = f"<section><title>{title}</title><text>{text}</text></section>"
    return f"<structuredBody><component>{inner}</component></structuredBody>"


def wrapped(data: bytes, media_type: str = "application/pdf") -> str:
    """A level 1 body."""
    encoded = b64encode(data).decode()
    return f'<nonXMLBody><text mediaType="{media_type}" representation="B64">{encoded}</text></nonXMLBody>'
