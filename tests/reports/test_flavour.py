"""The reader of PDF/A-1a accepts every report and refuses each thing D16 forbids."""

import io
import re
from collections.abc import Callable

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf
from weasyprint import HTML

from dcc.lib.pdf_checks import check_pdfa1a, conform_pdfa1a
from tests.reports import samples
from tests.reports.reading import rendered


@pytest.mark.parametrize("name", samples.ALL)
def test_every_report_is_pdfa1a(name: str) -> None:
    assert check_pdfa1a(rendered(name)) == []


def _graphics(document: Pdf, **keys: object) -> None:
    document.pages[0].resources[Name.ExtGState] = Dictionary(G1=Dictionary(**keys))


def _catalog(key: str, value: object) -> Callable[[Pdf], None]:
    return lambda document: document.Root.__setitem__(Name(f"/{key}"), value)


def _without(key: str) -> Callable[[Pdf], None]:
    return lambda document: document.Root.__delitem__(Name(f"/{key}"))


def _image(document: Pdf) -> pikepdf.Object:
    return next(item for item in document.objects if _is(item, "Subtype", "Image"))


def _is(item: object, key: str, value: str) -> bool:
    return isinstance(item, Dictionary | pikepdf.Stream) and item.get(Name(f"/{key}")) == Name(f"/{value}")


def _fonts(document: Pdf, subtype: str) -> list[pikepdf.Object]:
    return [item for item in document.objects if _is(item, "Subtype", subtype)]


def _draw(document: Pdf, operators: bytes) -> None:
    document.pages[0].contents_add(document.make_stream(operators))


def _metadata(document: Pdf, old: bytes, new: bytes) -> None:
    packet = document.Root.Metadata.read_bytes()
    assert old in packet
    document.Root.Metadata.write(packet.replace(old, new))


def _structure(document: Pdf, kind: str, change: Callable[[pikepdf.Object], None]) -> None:
    change(next(item for item in document.objects if _is(item, "S", kind)))


MUTATIONS: dict[str, tuple[Callable[[Pdf], None], str]] = {
    "fill opacity": (lambda d: _graphics(d, ca=0.5), "/ca below 1"),
    "stroke opacity": (lambda d: _graphics(d, CA=0.99), "/CA below 1"),
    "blend mode": (lambda d: _graphics(d, BM=Name.Multiply), "blend modes"),
    "list of blend modes": (lambda d: _graphics(d, BM=Array([Name.Multiply])), "blend modes"),
    "soft mask": (lambda d: _graphics(d, SMask=Dictionary(S=Name.Alpha)), "/SMask"),
    "image mask": (lambda d: _image(d).__setitem__(Name.SMask, d.make_stream(b"")), "/SMask"),
    "transparency group": (
        lambda d: d.pages[0].obj.__setitem__(Name.Group, Dictionary(S=Name.Transparency)),
        "transparency groups",
    ),
    "interpolation": (lambda d: _image(d).__setitem__(Name.Interpolate, True), "interpolated"),
    "attachment": (lambda d: d.attachments.__setitem__("a.xml", b"<a/>"), "/EmbeddedFiles"),
    "no output intent": (_without("OutputIntents"), "output intent"),
    "intent without profile": (lambda d: d.Root.OutputIntents[0].__delitem__(Name.DestOutputProfile), "output intent"),
    "no metadata": (_without("Metadata"), "no XMP"),
    "level B": (lambda d: _metadata(d, b'conformance="A"', b'conformance="B"'), "do not say PDF/A-1a"),
    "part 2": (lambda d: _metadata(d, b'part="1"', b'part="2"'), "do not say PDF/A-1a"),
    "two titles": (lambda d: d.docinfo.__setitem__(Name.Title, "Autre"), "/Title and dc:title differ"),
    "no title": (lambda d: d.docinfo.__delitem__(Name.Title), "title is not said"),
    "no language": (_without("Lang"), "language is not said"),
    "not marked": (_without("MarkInfo"), "not tagged"),
    "no tree": (_without("StructTreeRoot"), "not tagged"),
    "younger tag": (lambda d: _structure(d, "Table", lambda e: e.__setitem__(Name.S, Name.TBody)), "/TBody"),
    "figure without words": (lambda d: _structure(d, "Figure", lambda e: e.__delitem__(Name.Alt)), "alternate text"),
    "no index": (lambda d: d.Root.StructTreeRoot.__delitem__(Name.IDTree), "not indexed"),
    "script": (_catalog("OpenAction", Dictionary(S=Name.JavaScript, JS=pikepdf.String("app.alert(1)"))), "actions"),
    "opening action": (_catalog("OpenAction", Array([])), "/OpenAction"),
    "form": (_catalog("AcroForm", Dictionary()), "/AcroForm"),
    "page action": (lambda d: d.pages[0].obj.__setitem__(Name.AA, Dictionary()), "actions"),
    "link": (
        lambda d: d.pages[0].obj.__setitem__(Name.Annots, Array([Dictionary(Type=Name.Annot, Subtype=Name.Link)])),
        "annotations",
    ),
    "font not embedded": (
        lambda d: _fonts(d, "CIDFontType2")[0].FontDescriptor.__delitem__(Name.FontFile2),
        "not embedded",
    ),
    "standard font": (
        lambda d: (
            d.pages[0]
            .resources[Name.Font]
            .__setitem__(Name.F9, Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
        ),
        "/Helvetica is not embedded",
    ),
    "no CIDSet": (lambda d: _fonts(d, "CIDFontType2")[0].FontDescriptor.__delitem__(Name.CIDSet), "CIDSet"),
    "no Unicode": (lambda d: _fonts(d, "Type0")[0].__delitem__(Name.ToUnicode), "map to Unicode"),
    "untagged text": (lambda d: _draw(d, b"BT /F0 9 Tf (x) Tj ET"), "neither tagged nor an artifact"),
    "mark without owner": (lambda d: _draw(d, b"/P <</MCID 9999>> BDC EMC"), "outside the structure tree"),
    "nesting": (lambda d: _draw(d, b"q " * 29 + b"Q " * 29), "nests more"),
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_each_departure_is_named(name: str) -> None:
    change, reason = MUTATIONS[name]
    found = check_pdfa1a(_changed(change))
    assert any(reason in sentence for sentence in found), found


def _changed(change: Callable[[Pdf], None], **options: object) -> bytes:
    with Pdf.open(io.BytesIO(rendered("replacing"))) as document:
        change(document)
        stream = io.BytesIO()
        document.save(stream, **{"force_version": "1.4", "fix_metadata_version": False} | options)  # type: ignore[arg-type]
    return stream.getvalue()


def test_the_bench_itself_adds_no_departure() -> None:
    assert check_pdfa1a(_changed(lambda document: None)) == []


def test_departures_of_the_file_are_named() -> None:
    keep = lambda document: None  # noqa: E731
    weak = {"R": 3, "aes": False, "metadata": False}  # what a file of PDF 1.4 can have
    locked = _changed(keep, encryption=pikepdf.Encryption(owner="a", user="b", **weak))
    assert check_pdfa1a(locked) == ["the file is encrypted"]
    open_locked = _changed(keep, encryption=pikepdf.Encryption(owner="a", user="", **weak))
    assert "the file is encrypted" in check_pdfa1a(open_locked)
    streams = _changed(keep, force_version="", object_stream_mode=pikepdf.ObjectStreamMode.generate)
    assert "object or cross-reference streams are used" in check_pdfa1a(streams)
    younger = rendered("typical").replace(b"%PDF-1.4", b"%PDF-1.7", 1)
    assert "the header does not say PDF 1.4" in check_pdfa1a(younger)
    textual = re.sub(rb"\n%[^\n]+\n", b"\n%abcdef\n", rendered("typical"), count=1)
    assert "the second line does not mark the file as binary" in check_pdfa1a(textual)
    assert check_pdfa1a(b"not a PDF")[0].startswith("the file cannot be read")


def test_transparency_drawn_by_the_generator_is_refused() -> None:
    page = '<html lang="fr"><title>x</title><p style="color: rgba(0, 0, 0, .5)">pâle</p></html>'
    made = conform_pdfa1a(HTML(string=page).write_pdf(pdf_variant="pdf/a-1a"))
    assert any("/ca below 1" in sentence for sentence in check_pdfa1a(made))


def test_running_text_is_an_artifact_and_tables_have_no_younger_group() -> None:
    with Pdf.open(io.BytesIO(rendered("typical"))) as document:
        kinds = {str(item.S) for item in document.objects if isinstance(item, Dictionary) and Name.S in item}
        texts = [re.findall(rb"/Artifact\s+BMC[^B]+BT", page.Contents.read_bytes()) for page in document.pages]
    assert {"/Table", "/TR", "/TH", "/TD", "/H1", "/H2", "/H3", "/P", "/Figure"} <= kinds
    assert not kinds & {"/THead", "/TBody", "/TFoot"}
    assert all(len(found) >= 2 for found in texts), "head and foot of each page are artifacts"
