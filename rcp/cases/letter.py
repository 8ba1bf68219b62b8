"""The letter as the GP will read it, written again at each answer (SND-01)."""

from dataclasses import dataclass, replace

from django.utils import timezone

from dcc.accounts.models import User
from rcp.cases.decision import CHAPTER, decision_of
from rcp.cases.report import Signature, build_report
from rcp.reports import letter
from rcp.reports.typesetting import typeset
from rcp.sheets.draft import Draft


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """One paragraph; `hand` marks what was typed as free text."""

    text: str
    hand: bool = False


def preview(draft: Draft, *, by: User) -> list[Paragraph]:
    """The opening, the story chapter by chapter, the decision, then the comment of the room."""
    decision = decision_of(draft)
    # Without quorum the report does not exist yet (D7): its opening sentence is the same.
    shown = replace(decision, postponed=True) if not decision.to_represent else decision
    data = build_report(
        case=draft.case,
        sheet=draft.sheet,
        draft=draft,
        signature=Signature(by=by, at=timezone.now()),
        proposal=shown,
    )
    story = [Paragraph(text=one.text) for one in data.chapters]
    decided = " ".join(one.text for one in draft.sentences if one.link_id == CHAPTER)
    comment = decision.conclusion
    before, found, after = decided.partition(comment) if comment else (decided, "", "")
    paragraphs = [Paragraph(text=letter.opening(data)), *story, Paragraph(text=typeset(f"{before}{after}".strip()))]
    if found:
        paragraphs.append(Paragraph(text=data.proposal.conclusion, hand=True))
    return [one for one in paragraphs if one.text]
