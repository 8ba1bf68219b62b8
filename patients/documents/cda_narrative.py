"""The narrative of a CDA as our own HTML: a closed list of elements, no attribute of theirs, no link, no stylesheet."""

import binascii
from base64 import b64decode, b64encode
from collections.abc import Callable

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from lxml import etree

from patients.documents.cda_reading import NS, Cda, CdaSection

_DEEPEST = 60
_LARGEST_PICTURE = 2 * 1024 * 1024
_PICTURES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
_NOTHING = SafeString("")
_STYLES = {"bold": "strong", "italics": "em", "emphasis": "em", "underline": "u"}
_SPANS = 50  # the widest cell we draw


class Narrative:
    """Draws the sections of one document; pictures are those it carries itself."""

    def __init__(self, cda: Cda) -> None:
        self.cda = cda
        self._draw: dict[str, Callable[[etree._Element, int], SafeString]] = {
            "paragraph": self._block,
            "content": self._content,
            "list": self._list,
            "table": self._table,
            "br": lambda element, depth: SafeString("<br>"),
            "sub": self._as("sub"),
            "sup": self._as("sup"),
            "caption": self._caption,
            "footnote": self._block,
            "linkHtml": self._link,
            "renderMultiMedia": self._picture,
        }

    def sections(self) -> SafeString:
        """Every section with a title or a text, from level 3 on: the page holds the first two."""
        return format_html_join("", "{}", ((self._section(one, 3),) for one in self.cda.sections))

    def _section(self, section: CdaSection, level: int) -> SafeString:
        inside = self._inside(section.text, 0) if section.text is not None else _NOTHING
        parts = format_html_join("", "{}", ((self._section(one, level + 1),) for one in section.parts))
        if not section.title and not inside.strip() and not parts:
            return _NOTHING
        tag = f"h{min(level, 6)}"
        heading = format_html("<{0}>{1}</{0}>", tag, section.title) if section.title else _NOTHING
        return format_html('<section class="cda-s">{}<div class="cda-t">{}</div>{}</section>', heading, inside, parts)

    def _inside(self, element: etree._Element, depth: int) -> SafeString:
        """Text and children, in order."""
        pieces: list[SafeString | str] = [element.text or ""]
        for child in element:
            if isinstance(child.tag, str) and depth < _DEEPEST:
                name = etree.QName(child).localname
                pieces.append(self._draw.get(name, self._unknown)(child, depth + 1))
            pieces.append(child.tail or "")
        return format_html_join("", "{}", ((piece,) for piece in pieces))

    def _unknown(self, element: etree._Element, depth: int) -> SafeString:
        """What the standard does not allow here keeps its words."""
        return self._inside(element, depth)

    def _as(self, tag: str) -> Callable[[etree._Element, int], SafeString]:
        return lambda element, depth: format_html("<{0}>{1}</{0}>", tag, self._inside(element, depth))

    def _block(self, element: etree._Element, depth: int) -> SafeString:
        return format_html('<div class="cda-p">{}</div>', self._inside(element, depth))

    def _caption(self, element: etree._Element, depth: int) -> SafeString:
        return format_html('<div class="cda-p"><b>{}</b></div>', self._inside(element, depth))

    def _content(self, element: etree._Element, depth: int) -> SafeString:
        drawn = self._inside(element, depth)
        if element.get("revised") == "delete":
            return format_html("<del>{}</del>", drawn)
        for style in (element.get("styleCode") or "").lower().split():
            if style in _STYLES:
                drawn = format_html("<{0}>{1}</{0}>", _STYLES[style], drawn)
        return drawn

    def _list(self, element: etree._Element, depth: int) -> SafeString:
        tag = "ol" if element.get("listType") == "ordered" else "ul"
        caption = element.find(f"{{{NS}}}caption")
        items = ((self._inside(one, depth + 1),) for one in element.findall(f"{{{NS}}}item"))
        lines = format_html_join("", "<li>{}</li>", items)
        title = self._caption(caption, depth) if caption is not None else _NOTHING
        return format_html("{0}<{1}>{2}</{1}>", title, tag, lines) if lines else title

    def _table(self, element: etree._Element, depth: int) -> SafeString:
        caption = element.find(f"{{{NS}}}caption")
        words = self._inside(caption, depth) if caption is not None else _NOTHING
        body = format_html_join("", "{}", ((self._rows(one, depth),) for one in element if isinstance(one.tag, str)))
        title = format_html("<caption>{}</caption>", words) if words else _NOTHING
        return format_html(
            '<div class="cda-table" role="group" tabindex="0" aria-label="Tableau">'
            '<table class="table tight">{}{}</table></div>',
            title,
            body,
        )

    def _rows(self, part: etree._Element, depth: int) -> SafeString:
        """A group of rows, or a row written without its group."""
        name = etree.QName(part).localname
        if name in {"thead", "tbody", "tfoot"}:
            rows = ((self._rows(one, depth + 1),) for one in part if isinstance(one.tag, str))
            return format_html("<{0}>{1}</{0}>", name, format_html_join("", "{}", rows))
        if name != "tr":
            return _NOTHING
        cells = ((self._cell(one, depth + 1),) for one in part if isinstance(one.tag, str))
        return format_html("<tr>{}</tr>", format_html_join("", "{}", cells))

    def _cell(self, cell: etree._Element, depth: int) -> SafeString:
        inside = self._inside(cell, depth)
        is_head = etree.QName(cell).localname == "th" and "".join(cell.itertext()).strip()
        spans = format_html_join(
            "", ' {}="{}"', ((name, span) for name in ("colspan", "rowspan") if (span := _span(cell.get(name))) > 1)
        )
        return format_html("<{0}{1}>{2}</{0}>", "th" if is_head else "td", spans, inside)

    def _link(self, element: etree._Element, depth: int) -> SafeString:
        """The words and the address in full: nothing to click that leaves for an unknown place."""
        words, address = self._inside(element, depth), element.get("href") or ""
        shown = address if address.lower().startswith(("http://", "https://")) and address not in words else ""
        return format_html('{} <span class="muted">({})</span>', words, shown) if shown else words

    def _picture(self, element: etree._Element, depth: int) -> SafeString:
        wanted = (element.get("referencedObject") or "").split()
        words = "".join(element.itertext()).strip() or "Image du document"
        drawn = [self._embedded(one, words) for one in wanted]
        return format_html_join("", "{}", ((one,) for one in drawn))

    def _embedded(self, identifier: str, words: str) -> SafeString:
        for media in self.cda.root.iter(f"{{{NS}}}observationMedia"):
            value = media.find(f"{{{NS}}}value")
            if media.get("ID") == identifier and value is not None and value.get("representation") == "B64":
                return _image("".join(value.itertext()), words)
        return SafeString('<span class="muted">[image absente du document]</span>')


def _image(encoded: str, words: str) -> SafeString:
    try:
        data = b64decode("".join(encoded.split()), validate=True)
    except (binascii.Error, ValueError):
        data = b""
    media_type = next((kind for mark, kind in _PICTURES.items() if data.startswith(mark)), "")
    if not media_type or len(data) > _LARGEST_PICTURE:
        return SafeString('<span class="muted">[image non affichée]</span>')
    source = f"data:{media_type};base64,{b64encode(data).decode()}"
    return format_html('<img class="cda-img" src="{}" alt="{}">', source, words)


def _span(written: str | None) -> int:
    return min(int(written), _SPANS) if written and written.isdecimal() else 1
