"""How documents are drawn in a file: `{% load documents_ui %}`."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import template
from django.conf import settings
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from dcc.accounts.access import granted
from dcc.lib import french
from dcc.ui.components.basics import badge
from dcc.ui.components.data import Pair, Tab, event
from patients.care import Passage
from patients.documents.attaching import OpenCase, attaching, first_to_attach
from patients.documents.intake import MOST_FILES, size_words
from patients.documents.received_queries import ISSUED, FileDocuments, Line, file_documents
from patients.models import ReceivedDocument, ReceivedFormat, ReceivedStatus
from patients.permissions import PatientPermission
from patients.queries import PatientFile
from patients.templatetags.patients_ui import passage_event

register = template.Library()
register.filter("size_words", size_words)

WITHDRAWN = "retires"
_RECENT = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """One filter of the list, with how many documents it leaves."""

    label: str
    count: int
    href: str
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """The documents of a file as their list shows them; `total` counts those of every kind."""

    lines: tuple[tuple[Line, OpenCase | None], ...]
    total: int
    filters: tuple[Filter, ...]
    filtered: str
    waiting: int
    may_add: bool
    cases: tuple[OpenCase, ...]


@register.simple_tag(takes_context=True)
def documents_block(context: dict[str, Any], file: PatientFile) -> Block:
    """Everything the list shows, in a constant number of queries."""
    request = context["request"]
    found = _read_once(context, file)
    lines = found.lines
    may_add = granted(request, PatientPermission.DOCUMENT_ADD)
    gone = found.withdrawn if may_add else ()
    chosen = request.GET.get("type", "")
    filters = _filters(lines, len(gone), chosen)
    here = next((one for one in filters if one.current and one.href != _href("")), None)
    cases = attaching().open_cases(request, file.patient) if lines else ()
    shown = gone if chosen == WITHDRAWN and may_add else [one for one in lines if here is None or one.kind == chosen]
    return Block(
        lines=tuple((one, _attachable(one, cases)) for one in shown),
        total=len(lines),
        filters=filters if len(filters) > 2 or gone else (),
        filtered=here.label if here else "",
        waiting=len(found.drafts) if may_add else 0,
        may_add=may_add,
        cases=cases,
    )


def _read_once(context: dict[str, Any], file: PatientFile) -> FileDocuments:
    """The documents of the file of this page, read once whatever its parts that show them."""
    request = context["request"]
    known: FileDocuments | None = getattr(request, "file_documents", None)
    if known is None:
        known = request.file_documents = file_documents(file.patient, file.documents, reader=request.user)
    return known


@register.simple_tag(takes_context=True)
def count_documents(context: dict[str, Any], tabs: list[Tab], file: PatientFile) -> list[Tab]:
    """The tabs of the file, with every document counted, received or issued here."""
    total = len(_read_once(context, file).lines)
    return [replace(one, count=total) if one.label == "Documents" else one for one in tabs]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recent:
    """The last documents of a file, of `total` it shows."""

    lines: tuple[Line, ...]
    total: int


@register.simple_tag(takes_context=True)
def recent_documents(context: dict[str, Any], file: PatientFile) -> Recent:
    """The last documents, received or issued here, for the side of the other sections; replaced ones left out."""
    lines = _read_once(context, file).lines
    current = (one for one in lines if not one.is_replaced)
    return Recent(lines=tuple(islice(current, _RECENT)), total=len(lines))


def _filters(lines: Sequence[Line], gone: int, chosen: str) -> tuple[Filter, ...]:
    kinds: dict[str, tuple[str, int]] = {}
    for line in lines:
        kinds[line.kind] = (line.kind_name, kinds.get(line.kind, ("", 0))[1] + 1)
    if ISSUED in kinds:
        kinds[ISSUED] = ("Produits ici", kinds[ISSUED][1])
    known = chosen if chosen in kinds or (chosen == WITHDRAWN and gone) else ""
    found = [Filter(label="Tous", count=len(lines), href=_href(""), current=not known)]
    ordered = sorted(kinds.items(), key=lambda one: (one[0] == ISSUED, one[1][0]))
    found += [Filter(label=name, count=n, href=_href(kind), current=kind == known) for kind, (name, n) in ordered]
    if gone:
        found.append(Filter(label="Retirés", count=gone, href=_href(WITHDRAWN), current=known == WITHDRAWN))
    return tuple(found)


def _href(kind: str) -> str:
    return "?" + urlencode({"rubrique": "documents"} | ({"type": kind} if kind else {}))


def _attachable(line: Line, cases: Sequence[OpenCase]) -> OpenCase | None:
    """The case one click attaches this line to, when it is a current document that lacks it."""
    document = line.received
    if document is None or document.status != ReceivedStatus.FILED:
        return None
    return first_to_attach(cases, document.pk)


@register.simple_tag(takes_context=True)
def file_events(context: dict[str, Any], file: PatientFile) -> SafeString:
    """Passages and received documents as one timeline, backwards; what is to come first. '' when there is neither."""
    lines = [
        one for one in _read_once(context, file).lines if one.received and one.received.status == ReceivedStatus.FILED
    ]
    dated: list[tuple[Any, SafeString]] = [(_sorted_by(one), passage_event(one)) for one in file.passages]
    dated += [((False, one.day), received_event(one)) for one in lines]
    dated.sort(key=lambda one: one[0], reverse=True)
    return format_html_join("", "{}", ((drawn,) for _, drawn in dated))


def _sorted_by(passage: Passage) -> tuple[bool, Any]:
    return (passage.kind == "next", timezone.localtime(passage.at).date())


def received_event(line: Line) -> SafeString:
    """« 19/11/2025 – Compte rendu d’anatomopathologie reçu, pièce opératoire – labo Estuaire  Lire »."""
    title = line.name if line.name != line.kind_name else ""
    mark = badge(*line.badge) if line.badge else ""
    heard = f"\u00a0: {line.name}, {french.date_short(line.day)}"
    words = f", {title}" if title else ""
    body = format_html(
        '<p><b>{}</b>{} <span class="muted">– {}</span>'
        ' <a href="{}">Lire<span class="visually-hidden">{}</span></a> {}</p>',
        line.kind_name, words, line.note, line.href, heard, mark,
    )  # fmt: skip
    return event(body, "past", icon_name="doc", when=french.date_short(line.day))


@register.simple_tag(takes_context=True)
def may_add_documents(context: dict[str, Any]) -> bool:
    return granted(context["request"], PatientPermission.DOCUMENT_ADD)


@register.simple_tag
def line_badge(line: Line) -> SafeString | str:
    return badge(*line.badge) if line.badge else ""


@register.simple_tag
def drop_bounds() -> dict[str, object]:
    """What the drop zone says and checks before sending."""
    return {
        "bytes": settings.DOCUMENT_MAX_BYTES,
        "size": size_words(settings.DOCUMENT_MAX_BYTES).replace(",0", ""),
        "count": MOST_FILES,
        "accept": ".pdf,.png,.jpg,.jpeg,.tif,.tiff,.xml,.txt",
    }


@register.simple_tag
def document_pairs(document: ReceivedDocument, size: str) -> list[Pair]:
    """What is known of a document, beside its pages."""
    added = timezone.localtime(document.added_at)
    pages = french.counted(document.pages, "page") + ", " if document.pages > 1 else ""
    return [
        Pair(label="Auteur", value=document.author),
        Pair(label="Origine", value=document.origin),
        Pair(label="Date", value=french.date_short(document.dated_on) if document.dated_on else ""),
        Pair(label="Fichier", value=f"{document.file_name} ({pages}{ReceivedFormat(document.format).label}, {size})"),
        Pair(label="Ajouté", value=f"le {french.moment_short(added)} par {document.added_by_name}"),
    ]


@register.filter
def attached_in(document_id: UUID, case: OpenCase) -> bool:
    return document_id in case.attached
