"""What enters a file: told by its bytes, opened, checked, and otherwise refused with an advice (PAT-12, FRM-01)."""

import io
import random
import zipfile
import zlib
from contextlib import suppress
from datetime import date
from pathlib import Path

import pikepdf
import pytest

from patients.documents.cda_narrative import Narrative
from patients.documents.cda_reading import read_cda
from patients.documents.inspection import inspect
from patients.documents.pictures import page_as_png
from patients.documents.refusal import FileRefused
from patients.models import ReceivedFormat, ReceivedKind
from tests.documents import samples_received as samples

SHARED = Path(__file__).resolve().parents[2] / "../shared"
EXAMPLES = sorted((SHARED / "data/cda").glob("exemples/*.xml")) + sorted(
    (SHARED / "data/cda").glob("synthetic_minimal/frcp*.xml")  # its level 1 wrap four bytes of PDF
)


MAIL_HEADER = b'From: Labo <labo@mss.example>\r\nContent-Type: application/pdf;\r\n name="cr.pdf"\r\n\r\n'


def commented_jpeg(comment: bytes) -> bytes:
    """A genuine JPEG whose comment says this."""
    whole = samples.picture("JPEG")
    return whole[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + whole[2:]


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as folder:
        folder.writestr("a.txt", "b")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "expected", "pages"),
    [
        (samples.pdf(pages=3), ReceivedFormat.PDF, 3),
        (b"bruit de scanner\n" + samples.pdf(), ReceivedFormat.PDF, 1),
        (b"\xef\xbb\xbf\r\n\r\n" + samples.pdf(), ReceivedFormat.PDF, 1),
        (MAIL_HEADER + samples.pdf(), ReceivedFormat.PDF, 1),
        (b"\x1b%-12345X@PJL JOB\r\n@PJL ENTER LANGUAGE=PDF\r\n" + samples.pdf(), ReceivedFormat.PDF, 1),
        (samples.picture("PNG"), ReceivedFormat.PNG, 1),
        (samples.picture("JPEG"), ReceivedFormat.JPEG, 1),
        (samples.picture("TIFF", pages=4), ReceivedFormat.TIFF, 4),
        (samples.cda(), ReceivedFormat.CDA, 1),
        ("Compte rendu\nConclusion : pas de récidive".encode("cp1252"), ReceivedFormat.TEXT, 1),
        ("Hémoglobine 12,1 g/dl".encode("utf-16"), ReceivedFormat.TEXT, 1),
        (b"BMI 24,3 ce jour", ReceivedFormat.TEXT, 1),
        (commented_jpeg(b"%PDF-1.4 scan"), ReceivedFormat.JPEG, 1),
        (b"<!-- export -->" + samples.cda().split(b"?>", 1)[1], ReceivedFormat.CDA, 1),
    ],
    ids=["pdf", "pdf after noise", "after a mark of order", "in a mail", "sent to a printer"]
    + ["png", "jpeg", "tiff", "cda", "latin text", "utf-16 text", "text like a mark", "jpeg of a scan", "comment, cda"],
)
def test_the_accepted_formats(data, expected, pages):
    found = inspect(data)
    assert (found.format, found.pages) == (expected, pages)


@pytest.mark.parametrize(
    ("data", "problem", "advice"),
    [
        (samples.docx(), "document Word", "enregistrez-le en PDF"),
        (b"PK\x03\x04rest of a broken archive", "archive", "ajoutez les documents"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "ancien document Office", "enregistrez-le en PDF"),
        (rb"{\rtf1 Bonjour}", "RTF", "PDF"),
        (b"\0" * 128 + b"DICM" + b"\1" * 50, "DICOM", "compte rendu"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 50, "HEIC", "JPEG"),
        (b"GIF89a" + b"\1" * 40, "GIF", "PNG"),
        (b"MZ\x90" + b"\1" * 90, "programme", "n’entre pas"),
        (b"<!doctype html><html><script>alert(1)</script></html>", "page web", "PDF"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "n’est pas un document médical CDA", "PDF"),
        (b"\x01\x02\x03\x04\x05", "aucun format connu", "PDF"),
        (b"  \n", "vide", "source"),
        (b"%PDF-1.4\n%%EOF\n", "abîmé", "auteur"),
        (samples.picture("PNG")[:-30], "abîmée", "auteur"),
        (samples.picture("JPEG", size=(900, 700))[:-400], "abîmée", "auteur"),
        (samples.picture("TIFF")[:-2000], "abîmée", "auteur"),
    ],
    ids=["docx", "zip", "doc", "rtf", "dicom", "heic", "gif", "exe", "html", "svg", "noise", "blank", "pdf"]
    + ["cut png", "cut jpeg", "cut tiff"],
)
def test_what_is_refused_says_what_to_do(data, problem, advice):
    with pytest.raises(FileRefused) as refusal:
        inspect(data)
    assert problem in refusal.value.problem
    assert advice in refusal.value.advice


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        (b"MZ" + b"\0" * 100, b"", "programme"),
        (b"#!/bin/sh\necho 1\n", b"", "programme"),
        (b"<html><script>alert(1)</script></html>\n", b"", "page web"),
        (b"titre\n<svg onload='alert(1)'>\n", b"", "page web"),
        (b"GIF89a", b"", "GIF"),
        (archive(), b"", "archive"),
        (b"", archive(), "archive"),
        (b"alert(1);/*\n", b"", "caché"),
    ],
    ids=["program", "shell", "page", "drawing", "gif", "archive first", "archive last", "code"],
)
def test_a_pdf_that_is_something_else_too_is_refused(before, after, problem):
    with pytest.raises(FileRefused, match=problem):
        inspect(before + samples.pdf() + after)


@pytest.mark.parametrize("name", ["", "notes.txt", "NOTES.TXT", "CR Dr. Morvan", "bilan 12.11.2026"])
def test_a_plain_text_is_named_as_one(name):
    assert inspect(b"Pas de recidive", name=name).format == ReceivedFormat.TEXT


@pytest.mark.parametrize(
    ("name", "problem", "advice"),
    [
        ("nettoyer.bat", "programme", "enregistrez-le en PDF"),
        ("page.js", "programme", "enregistrez-le en PDF"),
        ("message.eml", "courriel", "imprimez le courriel en PDF"),
        ("bilan.csv", "csv", "enregistrez-le en PDF"),
    ],
)
def test_a_text_named_otherwise_is_refused(name, problem, advice):
    with pytest.raises(FileRefused, match=problem) as refusal:
        inspect(b"a;b\n1;2", name=name)
    assert advice in refusal.value.advice


def test_the_name_of_a_program_is_refused_whatever_it_holds_and_any_other_is_not_looked_at():
    with pytest.raises(FileRefused, match="exe"):
        inspect(samples.pdf(), name="compte rendu.pdf.exe")
    assert inspect(samples.pdf(), name="compte rendu.doc").format == ReceivedFormat.PDF


def script(pdf):
    pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert('x')")


def launch(pdf):
    pdf.pages[0].Annots = pdf.make_indirect(
        [
            pikepdf.Dictionary(
                Type=pikepdf.Name.Annot,
                Subtype=pikepdf.Name.Link,
                A=pikepdf.Dictionary(S=pikepdf.Name.Launch, F="cmd.exe"),
            )
        ]
    )


def hidden_in_fields(pdf):
    field = pikepdf.Dictionary(
        FT=pikepdf.Name.Tx, T="a", AA=pikepdf.Dictionary(K=pikepdf.Dictionary(S=pikepdf.Name.JavaScript))
    )
    pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([field]))


def attachment(pdf):
    pdf.attachments["virus.exe"] = b"MZ"


def opened_at_a_page(pdf):
    pdf.Root.OpenAction = pikepdf.Array([pdf.pages[0].obj, pikepdf.Name.Fit])


def opening(**action):
    def change(pdf):
        pdf.Root.OpenAction = pikepdf.Dictionary(action)

    return change


def after_a_page(pdf):
    after = pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://labo.example/")
    pdf.Root.OpenAction = pikepdf.Dictionary(
        S=pikepdf.Name.GoTo, D=pikepdf.Array([0]), Next=pdf.make_indirect(pikepdf.Array([after]))
    )


def when_a_page_is_seen(pdf):
    action = pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://labo.example/")
    pdf.pages[0].obj.AA = pdf.make_indirect(pikepdf.Dictionary(O=action))


def annotated(**annotation):
    def change(pdf):
        annotation_ = pikepdf.Dictionary({"/Type": pikepdf.Name.Annot, **annotation})
        pdf.pages[0].Annots = pikepdf.Array([annotation_])

    return change


def linked(**action):
    return annotated(**{"/Subtype": pikepdf.Name.Link, "/A": pikepdf.Dictionary(action)})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (script, "JavaScript"),
        (launch, "programme"),
        (hidden_in_fields, "JavaScript"),
        (attachment, "fichier joint"),
        (opening(**{"/S": pikepdf.Name.URI, "/URI": "https://labo.example/"}), "sans qu’on la demande"),
        (opening(**{"/S": pikepdf.Name.GoToR, "/F": "autre.pdf"}), "autre fichier"),
        (opening(**{"/S": pikepdf.Name.Sound}), "son"),
        (opening(**{"/S": pikepdf.Name.SubmitForm, "/F": "https://labo.example/"}), "formulaire"),
        (opening(**{"/S": pikepdf.Name.Named, "/N": pikepdf.Name.Print}), "sans qu’on la demande"),
        (after_a_page, "sans qu’on la demande"),
        (when_a_page_is_seen, "sans qu’on la demande"),
        (linked(**{"/S": pikepdf.Name.GoToR, "/F": "autre.pdf"}), "autre fichier"),
        (linked(**{"/S": pikepdf.Name.ImportData, "/F": "x.fdf"}), "import"),
        (linked(**{"/S": pikepdf.Name.URI, "/URI": "javascript:alert(1)"}), "adresse de site"),
        (linked(**{"/S": pikepdf.Name.URI, "/URI": "file://serveur/partage"}), "adresse de site"),
        (linked(**{"/S": pikepdf.Name.URI, "/URI": "\\\\serveur\\partage"}), "adresse de site"),
        (annotated(**{"/Subtype": pikepdf.Name.RichMedia}), "animé"),
    ],
)
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "object streams"])
def test_a_pdf_that_does_something_is_refused_with_the_way_to_print_it_again(change, words, packed):
    mode = pikepdf.ObjectStreamMode.generate if packed else pikepdf.ObjectStreamMode.disable
    with pytest.raises(FileRefused) as refusal:
        inspect(samples.changed_pdf(change, object_stream_mode=mode))
    assert words in refusal.value.problem
    assert "imprimez-le en PDF" in refusal.value.advice


@pytest.mark.parametrize("address", ["https://labo.example/", "mailto:labo@example.org", "www.labo.example", "?q=1:2"])
def test_a_pdf_with_a_link_that_somebody_clicks_is_accepted(address):
    change = linked(**{"/S": pikepdf.Name.URI, "/URI": address})
    assert inspect(samples.changed_pdf(change)).format == ReceivedFormat.PDF


def test_a_pdf_that_opens_at_a_page_or_only_forbids_copying_is_accepted():
    for change in (opening(**{"/S": pikepdf.Name.GoTo, "/D": pikepdf.Array([0])}), opened_at_a_page):
        assert inspect(samples.changed_pdf(change)).format == ReceivedFormat.PDF
    locked = pikepdf.Encryption(owner="labo", user="", allow=pikepdf.Permissions(extract=False))
    assert inspect(samples.changed_pdf(lambda pdf: None, encryption=locked)).pages == 1


def test_a_pdf_with_a_password_is_refused():
    with pytest.raises(FileRefused, match="mot de passe"):
        inspect(samples.changed_pdf(lambda pdf: None, encryption=pikepdf.Encryption(owner="a", user="b")))


def test_a_file_that_is_too_large_is_refused(settings):
    settings.DOCUMENT_MAX_BYTES = 500
    with pytest.raises(FileRefused, match="trop lourd"):
        inspect(samples.pdf())


def test_a_picture_of_a_giant_is_refused_before_it_is_decoded(monkeypatch):
    monkeypatch.setattr("patients.documents.pictures.MAX_PIXELS", 1000)
    with pytest.raises(FileRefused, match="trop grande"):
        inspect(samples.picture("JPEG"))


def test_a_picture_too_large_to_be_opened_is_not_called_damaged():
    """Its header says thirty thousand points by thirty thousand: the decoder itself refuses it."""
    whole = bytearray(samples.picture("PNG"))
    whole[16:24] = (30_000).to_bytes(4, "big") * 2
    whole[29:33] = zlib.crc32(whole[12:29]).to_bytes(4, "big")
    with pytest.raises(FileRefused, match="trop grande") as refusal:
        inspect(bytes(whole))
    assert "définition plus faible" in refusal.value.advice


def test_each_page_of_a_tiff_becomes_a_picture_browsers_show():
    fax = samples.picture("TIFF", pages=2)
    assert page_as_png(fax, 2).startswith(b"\x89PNG")
    with pytest.raises(IndexError):
        page_as_png(fax, 3)


# CDA


def test_a_cda_describes_itself():
    found = inspect(samples.cda())
    assert found.kind == ReceivedKind.PATHOLOGY
    assert found.author == "Dr Anne Morvan"
    assert found.origin == "Labo ACP Estuaire"
    assert found.dated_on == date(2026, 11, 2)


@pytest.mark.parametrize(
    "path",
    EXAMPLES or [pytest.param(None, marks=pytest.mark.skip(reason="no national examples here"))],
    ids=lambda path: path.name if path else "",
)
def test_the_national_examples_are_read_and_drawn(path):
    found = inspect(path.read_bytes())
    assert found.format == ReceivedFormat.CDA
    assert found.cda
    assert found.cda.patient.birth_name
    assert found.cda.patient.birth_date
    assert found.author
    if found.cda.body is None:
        drawn = Narrative(found.cda).sections()
        assert "<table" in drawn or "cda-s" in drawn
        assert drawn.count("<td") + drawn.count("<th") > 0 or len(drawn) > 500


@pytest.mark.parametrize(
    "poison",
    [
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><ClinicalDocument xmlns="urn:hl7-org:v3">&x;'
        b"</ClinicalDocument>",
        b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd"><ClinicalDocument xmlns="urn:hl7-org:v3"/>',
        '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY x "y">]><ClinicalDocument/>'.encode("utf-16"),
        b'<?xml version="1.0" encoding="UTF-7"?><ClinicalDocument xmlns="urn:hl7-org:v3"/>',
        b'<?xml version="1.0"?><ClinicalDocument xmlns="urn:hl7-org:v3">',
        b"<a>" * 100_000 + b"</a>" * 100_000,
    ],
    ids=["entity", "external dtd", "utf-16 entity", "utf-7", "cut", "deep"],
)
def test_a_poisoned_xml_is_refused(poison):
    with pytest.raises(FileRefused):
        inspect(poison)


def test_nothing_of_theirs_becomes_html_of_ours():
    text = """<paragraph onclick="x()">a &lt;script&gt;alert(1)&lt;/script&gt;<script>alert(2)</script></paragraph>
      <linkHtml href="javascript:alert(3)">ici</linkHtml><linkHtml href="https://evil.example/">là</linkHtml>
      <table border="1" onload="y()"><tbody><tr><td style="x" colspan="999999">5</td><th></th></tr></tbody></table>
      <renderMultiMedia referencedObject="nowhere"/><iframe src="https://evil.example/"/>"""
    drawn = Narrative(read_cda(samples.cda(body=samples.section("<![CDATA[<b>Titre</b>]]>", text)))).sections()
    for never in ("<script", "onclick", "onload", "javascript:", "href=", "style=", "<iframe", "999999", "<b>Titre"):
        assert never not in drawn.lower() if never != "<b>Titre" else never not in drawn
    assert "&lt;script&gt;alert(1)" in drawn
    assert "(https://evil.example/)" in drawn


def test_a_wrapped_file_goes_through_the_same_checks():
    assert inspect(samples.cda(body=samples.wrapped(samples.pdf(pages=2)))).pages == 2
    for body in (samples.wrapped(samples.changed_pdf(script)), samples.wrapped(samples.picture(), "application/pdf")):
        with pytest.raises(FileRefused):
            inspect(samples.cda(body=body))
    with pytest.raises(FileRefused, match="text/rtf"):
        inspect(samples.cda(body=samples.wrapped(rb"{\rtf1}", "text/rtf")))


WHOLE = {
    "pdf": samples.pdf(pages=2),
    "png": samples.picture("PNG"),
    "jpeg": samples.picture("JPEG"),
    "tiff": samples.picture("TIFF", pages=2),
    "cda": samples.cda(),
    "docx": samples.docx(),
}


@pytest.mark.parametrize("kind", WHOLE)
def test_damaged_bytes_are_accepted_or_refused_and_never_a_fault(kind):
    """A hundred files of each kind, cut, overwritten or doubled here and there: the reader answers."""
    draw, whole = random.Random(kind), WHOLE[kind]
    for _ in range(100):
        data = bytearray(whole)
        for _ in range(draw.randrange(1, 6)):
            at = draw.randrange(len(data))
            match draw.randrange(4):
                case 0:
                    data[at] = draw.randrange(256)
                case 1:
                    data[at : at + draw.randrange(40)] = draw.randbytes(draw.randrange(40))
                case 2:
                    data[at:at] = data[: draw.randrange(60)]
                case _:
                    del data[max(at, 1) : at + draw.randrange(200)]
        with suppress(FileRefused):
            assert inspect(bytes(data)).pages >= 1
