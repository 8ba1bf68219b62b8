"""The PDF flavour every issued document has, PDF/A-1a (D16): what is corrected, what is refused, what a logo may be.

No validator runs where the product runs, so ``check_pdfa1a`` reads the file itself and names each departure from
ISO 19005-1 that a generator or an edit could bring. It is a safety net, not a certificate.
"""

import io
import re
from collections.abc import Iterator

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream
from PIL import Image, ImageOps, UnidentifiedImageError

MAX_LOGO_BYTES = 2 * 1024 * 1024
MAX_LOGO_PIXELS = 4000 * 4000  # before reading: a few kilobytes can announce a picture that fills the memory
LOGO_BOX = (1000, 500)  # pixels: sharp at 300 dpi on the 42 × 16 mm a letter gives it, and light in every document

_PNG, _JPEG, _JPEG_END = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"\xff\xd9"
_JPEG_TAIL = 64  # bytes that some tools leave after the end mark
_MAX_NESTING = 28  # of q operators: architectural limit of PDF 1.4
_OPAQUE_BLENDS = (Name.Normal, Name.Compatible)
_FORBIDDEN_FILTERS = (Name.LZWDecode, Name.JPXDecode, Name.Crypt)
# PDF reference 1.4, tables 9.19 to 9.25
_STRUCTURE_TYPES = frozenset(
    ("Document", "Part", "Art", "Sect", "Div", "BlockQuote", "Caption", "TOC", "TOCI", "Index", "NonStruct", "Private",
     "P", "H", "H1", "H2", "H3", "H4", "H5", "H6", "L", "LI", "Lbl", "LBody", "Table", "TR", "TH", "TD", "Span",
     "Quote", "Note", "Reference", "BibEntry", "Code", "Link", "Figure", "Formula", "Form")
)  # fmt: skip
_LATER_GROUPS = (Name.THead, Name.TBody, Name.TFoot)  # PDF 1.5


class LogoRefused(Exception):
    """The file cannot be a logo; the message, in French, says what to do."""


def conform_pdfa1a(pdf: bytes) -> bytes:
    """Rewrite a tagged PDF so that nothing in it is younger than PDF 1.4, with an identifier made from its content.

    Rows leave the table groups that PDF 1.4 does not know, running heads and feet become artifacts, no object or
    cross-reference stream remains. Text and drawing are untouched.
    """
    with Pdf.open(io.BytesIO(pdf)) as document:
        _flatten_table_groups(document)
        _mark_running_text_as_artifact(document)
        _index_identified_elements(document)
        if Name.ID in document.trailer:
            del document.trailer[Name.ID]  # else its first half would be kept
        stream = io.BytesIO()
        document.save(
            stream,
            force_version="1.4",
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            deterministic_id=True,
            fix_metadata_version=False,
        )
    return stream.getvalue()


def check_pdfa1a(pdf: bytes) -> list[str]:
    """Name everything found that PDF/A-1a does not allow, one English sentence each; an empty list is what we want."""
    try:
        with Pdf.open(io.BytesIO(pdf)) as document:
            found = [*_check_file(pdf, document), *_check_catalog(document), *_check_structure(document)]
            for item in _objects(document):
                found += _check_object(item)
            owned = _owned_marks(document)
            for number, page in enumerate(document.pages, start=1):
                found += _check_page(number, page.obj, owned)
    except pikepdf.PasswordError:
        return ["the file is encrypted"]
    except pikepdf.PdfError as error:
        return [f"the file cannot be read: {error}"]
    return list(dict.fromkeys(found))


def flatten_logo(image: bytes) -> bytes:
    """Make a logo an opaque RGB PNG on white, bounded, stripped of everything but its pixels.

    Raises LogoRefused, with a French message, on anything but a PNG or JPEG of reasonable size.
    """
    if len(image) > MAX_LOGO_BYTES:
        raise LogoRefused("Le fichier dépasse 2 Mo. Choisissez une image plus légère.")
    if not image.startswith((_PNG, _JPEG)):
        raise LogoRefused("Ce fichier n’est pas une image PNG ou JPEG. Choisissez un logo dans l’un de ces formats.")
    try:
        upright = _read_logo(image)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError) as error:
        raise LogoRefused("L’image est abîmée ou incomplète. Enregistrez-la de nouveau, puis réessayez.") from error
    upright.thumbnail(LOGO_BOX, Image.Resampling.LANCZOS)
    flat = Image.new("RGB", upright.size, "white")
    flat.paste(upright, mask=upright.getchannel("A"))
    stream = io.BytesIO()
    flat.save(stream, "PNG", optimize=True)
    return stream.getvalue()


def _read_logo(image: bytes) -> Image.Image:
    with Image.open(io.BytesIO(image), formats=("PNG", "JPEG")) as picture:
        if picture.width * picture.height > MAX_LOGO_PIXELS:
            raise LogoRefused("L’image compte plus de 16 millions de points. Choisissez une image plus petite.")
        _check_whole(image, picture.format)
        return ImageOps.exif_transpose(picture).convert("RGBA")


def _check_whole(image: bytes, kind: str | None) -> None:
    """Refuse a file that was cut: the PDF renderer tells Pillow, for the whole process, to fill what is missing."""
    if kind == "PNG":
        with Image.open(io.BytesIO(image), formats=("PNG",)) as picture:
            picture.verify()
    elif _JPEG_END not in image[-_JPEG_TAIL:]:
        raise ValueError("the end of the JPEG is missing")


# What is corrected


def _flatten_table_groups(document: Pdf) -> None:
    root = document.Root.get(Name.StructTreeRoot)
    if root is None:
        return
    for element in list(_structure_elements(root)):
        kids = element.get(Name.K)
        if element.get(Name.S) != Name.Table or not isinstance(kids, Array):
            continue
        rows = []
        for kid in kids:
            if _is_element(kid) and kid.get(Name.S) in _LATER_GROUPS:
                for row in _as_list(kid.get(Name.K)):
                    row[Name.P] = element
                    rows.append(row)
            else:
                rows.append(kid)
        element[Name.K] = Array(rows)


def _index_identified_elements(document: Pdf) -> None:
    """Cells name their heads by identifier: the root must then index the identifiers (PDF reference 1.4, table 9.9)."""
    root = document.Root.get(Name.StructTreeRoot)
    if root is None:
        return
    named = {bytes(element[Name.ID]): element for element in _structure_elements(root) if Name.ID in element}
    if named:
        pairs = [item for key in sorted(named) for item in (pikepdf.String(key), named[key])]
        root[Name.IDTree] = Dictionary(Names=Array(pairs))


def _mark_running_text_as_artifact(document: Pdf) -> None:
    """Margin boxes are marked content outside the tree: in PDF 1.4 what is not in the tree is an artifact."""
    root = document.Root.get(Name.StructTreeRoot)
    if root is None:
        return
    reachable = {element.objgen for element in _structure_elements(root)}
    parents = _parent_tree(root)
    for page in document.pages:
        number = page.obj.get(Name.StructParents)
        owners = parents.get(int(number)) if number is not None else None
        if owners is None:
            continue
        orphans = {rank for rank, owner in enumerate(owners) if owner is not None and owner.objgen not in reachable}
        if orphans:
            page.contents_coalesce()
            content = page.Contents.read_bytes()
            page.Contents = document.make_stream(_to_artifacts(content, orphans))
            for rank in orphans:
                owners[rank] = pikepdf.Object.parse(b"null")


def _to_artifacts(content: bytes, orphans: set[int]) -> bytes:
    def rewrite(match: re.Match[bytes]) -> bytes:
        return b"/Artifact BMC" if int(match[1]) in orphans else match[0]

    return re.sub(rb"/\w+\s+<</MCID (\d+)>>\s+BDC", rewrite, content)


def _owned_marks(document: Pdf) -> dict[int, set[int]]:
    """Give, for each page's key in the parent tree, the marks whose owner is in the structure tree."""
    root = document.Root.get(Name.StructTreeRoot)
    if root is None:
        return {}
    reachable = {element.objgen for element in _structure_elements(root)}
    return {
        key: {rank for rank, owner in enumerate(owners) if owner is not None and owner.objgen in reachable}
        for key, owners in _parent_tree(root).items()
    }


def _parent_tree(root: Object) -> dict[int, Array]:
    numbers = root.get(Name.ParentTree, Dictionary()).get(Name.Nums, Array())
    pairs = zip(numbers[::2], numbers[1::2], strict=False)
    return {int(key): value for key, value in pairs if isinstance(value, Array)}


# What is refused


def _check_file(pdf: bytes, document: Pdf) -> Iterator[str]:
    if not pdf.startswith(b"%PDF-1.4"):
        yield "the header does not say PDF 1.4"
    second = pdf.split(b"\n", 2)[1:2]
    if not second or len(second[0]) < 5 or second[0][:1] != b"%" or any(byte < 128 for byte in second[0][1:5]):
        yield "the second line does not mark the file as binary"
    if document.is_encrypted:
        yield "the file is encrypted"
    if Name.ID not in document.trailer:
        yield "the file has no identifier"
    if any(isinstance(item, Stream) and item.get(Name.Type) in (Name.ObjStm, Name.XRef) for item in document.objects):
        yield "object or cross-reference streams are used"
    if re.search(rb"/Type\s*/(?:ObjStm|XRef)\b", pdf):
        yield "object or cross-reference streams are used"


def _check_catalog(document: Pdf) -> Iterator[str]:
    root = document.Root
    if not str(root.get(Name.Lang, "")):
        yield "the language is not said"
    if not str(document.docinfo.get(Name.Title, "")):
        yield "the title is not said"
    for key in (Name.OpenAction, Name.AA, Name.AcroForm, Name.OCProperties, Name.Collection):
        if key in root:
            yield f"the catalog holds {key}"
    names = root.get(Name.Names, Dictionary())
    yield from (f"{key} is forbidden" for key in ("/EmbeddedFiles", "/JavaScript") if key in names)
    intents = [item for item in root.get(Name.OutputIntents, Array()) if item.get(Name.S) == Name.GTS_PDFA1]
    if not any(isinstance(item.get(Name.DestOutputProfile), Stream) for item in intents):
        yield "there is no PDF/A output intent with its profile"
    yield from _check_metadata(document)


def _check_metadata(document: Pdf) -> Iterator[str]:
    packet = document.Root.get(Name.Metadata)
    if not isinstance(packet, Stream):
        yield "there are no XMP metadata"
        return
    if Name.Filter in packet:
        yield "the XMP metadata are compressed"
    with document.open_metadata() as metadata:
        if (metadata.get("pdfaid:part"), metadata.get("pdfaid:conformance")) != ("1", "A"):
            yield "the XMP metadata do not say PDF/A-1a"
        pairs = (("/Title", "dc:title"), ("/Author", "dc:creator"), ("/Creator", "xmp:CreatorTool"))
        for key, name in (*pairs, ("/Producer", "pdf:Producer"), ("/Subject", "dc:description")):
            written, described = document.docinfo.get(key), metadata.get(name)
            described = ", ".join(described) if isinstance(described, list) else described
            if written is not None and str(written) != described:
                yield f"{key} and {name} differ"


def _check_structure(document: Pdf) -> Iterator[str]:
    marks = document.Root.get(Name.MarkInfo, Dictionary())
    tree = document.Root.get(Name.StructTreeRoot)
    if marks.get(Name.Marked) is not True or tree is None or Name.K not in tree:
        yield "the document is not tagged"
        return
    if Name.IDTree not in tree and any(Name.ID in element for element in _structure_elements(tree)):
        yield "identified elements are not indexed"
    roles = tree.get(Name.RoleMap, Dictionary())
    for element in _structure_elements(tree):
        kind = str(element.get(Name.S, "/"))
        if kind[1:] not in _STRUCTURE_TYPES and kind not in roles:
            yield f"the structure type {kind} is not of PDF 1.4"
        if kind == "/Figure" and not str(element.get(Name.Alt, "")):
            yield "a figure has no alternate text"


def _check_object(item: Object) -> Iterator[str]:
    """Look at one dictionary wherever it stands: graphics state, image, font, action, file, annotation."""
    if Name.SMask in item and item[Name.SMask] != Name("/None"):
        yield "/SMask is forbidden"
    for key in (Name.ca, Name.CA):
        if key in item and not isinstance(item[key], Stream | Dictionary | Array) and float(item[key]) < 1:
            yield f"{key} below 1 is forbidden"
    if Name.BM in item and item[Name.BM] not in _OPAQUE_BLENDS:
        yield "blend modes are forbidden"
    if item.get(Name.S) == Name.Transparency:
        yield "transparency groups are forbidden"
    if Name.EF in item or item.get(Name.Type) == Name.EmbeddedFile:
        yield "/EmbeddedFiles is forbidden"
    if item.get(Name.S) in (Name.JavaScript, Name.Launch, Name.SubmitForm, Name.ImportData, Name.ResetForm, Name.Movie,
                            Name.Sound, Name.URI, Name.GoToR, Name.Named, Name.Hide):  # fmt: skip
        yield f"actions are forbidden: {item[Name.S]}"
    if Name.AA in item or Name.JS in item:
        yield "actions are forbidden"
    if item.get(Name.Type) == Name.Font:
        yield from _check_font(item)
    if isinstance(item, Stream):
        yield from _check_stream(item)


def _check_stream(item: Stream) -> Iterator[str]:
    if any(name in _FORBIDDEN_FILTERS for name in _as_list(item.get(Name.Filter))):
        yield "a forbidden filter is used"
    if Name.F in item:
        yield "a stream stands outside the file"
    if item.get(Name.Subtype) == Name.Image and (item.get(Name.Interpolate) is True or Name.Alternates in item):
        yield "images are neither interpolated nor have alternates"
    if item.get(Name.Subtype) == Name.PS:
        yield "PostScript is forbidden"


def _check_font(font: Object) -> Iterator[str]:
    kind, name = font.get(Name.Subtype), font.get(Name.BaseFont)
    if kind == Name.Type3:
        yield "Type 3 fonts are not used here"
    elif kind == Name.Type0:
        if Name.ToUnicode not in font:
            yield f"the font {name} does not map to Unicode"
    else:
        descriptor = font.get(Name.FontDescriptor, Dictionary())
        if not any(key in descriptor for key in (Name.FontFile, Name.FontFile2, Name.FontFile3)):
            yield f"the font {name} is not embedded"
        if kind in (Name.CIDFontType0, Name.CIDFontType2) and Name.CIDSet not in descriptor:
            yield f"the font {name} has no CIDSet"
        if kind == Name.CIDFontType2 and Name.CIDToGIDMap not in font:
            yield f"the font {name} has no CIDToGIDMap"


def _check_page(number: int, page: Object, owned: dict[int, set[int]]) -> Iterator[str]:
    if Name.Annots in page and len(page[Name.Annots]):
        yield f"page {number} has annotations"
    depth = deepest = marked = 0
    marks = owned.get(int(page.get(Name.StructParents, -1)), set())
    for instruction in pikepdf.parse_content_stream(page):
        operator = str(instruction.operator)
        if operator == "q":
            depth += 1
            deepest = max(deepest, depth)
        elif operator == "Q":
            depth -= 1
        elif operator in ("BDC", "BMC"):
            marked += 1
            properties = instruction.operands[1] if operator == "BDC" else None
            if isinstance(properties, Dictionary) and int(properties.get(Name.MCID, -1)) not in marks:
                yield f"page {number} has marked content outside the structure tree"
        elif operator == "EMC":
            marked -= 1
        elif operator in ("Tj", "TJ", "'", '"', "Do") and not marked:
            yield f"page {number} has content that is neither tagged nor an artifact"
    if deepest > _MAX_NESTING:
        yield f"page {number} nests more than {_MAX_NESTING} graphics states"


# How a file is walked


def _objects(document: Pdf) -> Iterator[Object]:
    """Yield every dictionary and stream, those inside others too."""
    pending = [item for item in document.objects if isinstance(item, Dictionary | Stream | Array)]
    while pending:
        item = pending.pop()
        if isinstance(item, Array):
            inner = list(item)
        else:
            yield item
            inner = [value for _, value in item.items()]
        pending += [value for value in inner if isinstance(value, Dictionary | Array) and not value.is_indirect]


def _structure_elements(root: Object) -> Iterator[Object]:
    pending = [root]
    while pending:
        kids = [kid for kid in _as_list(pending.pop().get(Name.K)) if _is_element(kid)]
        yield from kids
        pending += kids


def _is_element(kid: Object) -> bool:
    return isinstance(kid, Dictionary) and Name.S in kid


def _as_list(value: Object | None) -> list[Object]:
    if value is None:
        return []
    return list(value) if isinstance(value, Array) else [value]
