"""How identities, passages and documents are drawn on pages: `{% load patients_ui %}`."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from dcc.lib import french
from dcc.ui.components.basics import badge, button, icon
from dcc.ui.components.data import event
from dcc.ui.components.identity import IDENTITY_STATUSES
from patients import naming
from patients.care import Around, Passage
from patients.closeness import Close
from patients.models import Document, DocumentState, IdentityStatus, Patient

register = template.Library()

register.filter("shown_name", naming.shown_name)
register.filter("birth_label", naming.birth_label)
register.filter("phone", french.phone)

_PASSAGE_ICONS = {"next": "cal", "frozen": "lock", "past": "case", "care": "case"}
_DOCUMENT_BADGES = {
    DocumentState.PRODUCING: ("info", "en production"),
    DocumentState.FAILED: ("bad", "production en échec"),
    DocumentState.REPLACED: ("neutral", "remplacé"),
}


@register.filter
def file_url(patient: Patient) -> str:
    return naming.file_url(patient.pk)


@register.simple_tag
def identity_badge(patient: Patient) -> SafeString:
    """Status of the identity, in words."""
    return badge(*IDENTITY_STATUSES[naming.STATUS_WORDS[IdentityStatus(patient.status)]])


@register.simple_tag
def passage_event(passage: Passage) -> SafeString:
    """One passage of the timeline; validated ones are violet with their number."""
    text = format_html("<p>{}</p>", passage.text) if passage.text else ""
    body = format_html(
        '<div class="passage"><div class="flex between"><h2 class="h3"><a href="{}">{}</a></h2>{}</div>{}'
        '<p class="small muted">{}</p></div>',
        passage.url, passage.title, badge(*passage.badge), text, passage.note,
    )  # fmt: skip
    return event(body, passage.kind, icon_name=_PASSAGE_ICONS[passage.kind], when=passage.when)


@register.simple_tag
def document_badge(document: Document) -> SafeString | str:
    """What became of a document, when it is not simply ready."""
    state = _DOCUMENT_BADGES.get(DocumentState(document.state))
    return badge(*state) if state else ""


@register.simple_tag
def channel(one: Around) -> SafeString:
    """How someone is written to: secure mail, or post."""
    if one.mssante_address:
        return format_html('<span class="small t-ok">{} MSSanté</span>', icon("mail"))
    return format_html('<span class="small t-warn">{} courrier</span>', icon("paper"))


@register.simple_tag
def twin_links(one: Close) -> SafeString:
    """The easy way out of a double: « C’est elle, ouvrir »."""
    patient = one.found.patient
    return button(
        f"{one.is_them}, ouvrir",
        href=naming.file_url(patient.pk),
        size="sm",
        kind="primary",
        about=naming.shown_name(patient),
    )
