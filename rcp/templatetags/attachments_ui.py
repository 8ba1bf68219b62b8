"""The documents that go with a case, on the pages that show cases: `{% load attachments_ui %}`."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import template

from dcc.accounts.access import granted
from patients.documents.kinds import kind_short
from patients.documents.received_queries import received_line
from patients.models import ReceivedDocument
from rcp.attachments.queries import MAY_ATTACH, attached_documents, offered
from rcp.models import Case

register = template.Library()
register.filter("document_line", received_line)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pieces:
    """What the sheet shows: documents attached, those one click would attach, and whether this reader may."""

    attached: list[ReceivedDocument]
    offered: list[ReceivedDocument]
    may_attach: bool


@register.simple_tag
def attached_to(case: Case) -> list[ReceivedDocument]:
    """The documents of one case; read once a page, however often it is asked."""
    known: list[ReceivedDocument] | None = getattr(case, "attached_cache", None)
    if known is None:
        known = attached_documents([case.pk]).get(case.pk, [])
        case.attached_cache = known  # type: ignore[attr-defined]
    return known


@register.simple_tag(takes_context=True)
def case_pieces(context: dict[str, Any], case: Case) -> Pieces:
    attached = attached_to(case)
    may_attach = any(granted(context["request"], one) for one in MAY_ATTACH)
    return Pieces(attached=attached, offered=offered(case, attached) if may_attach else [], may_attach=may_attach)


@register.simple_tag
def attached_by_case(listed: Iterable[tuple[Any, Any]]) -> dict[UUID, list[ReceivedDocument]]:
    """The documents of every case of a meeting's list; an anonymous case shows none there (D3)."""
    ids = [row.case.pk for row, _ in listed or () if not row.case.anonymous]
    return attached_documents(ids) if ids else {}


@register.filter
def of_case(found: dict[UUID, list[ReceivedDocument]], case: Case) -> list[ReceivedDocument]:
    return found.get(case.pk, []) if found else []


@register.filter
def short_kind(document: ReceivedDocument) -> str:
    return kind_short(document.kind)
