"""The words people type, set the French way when a report is composed; what is stored in the sheet stays as typed.

Spaces and apostrophes only, through ``dcc.lib.french.typography``, which adds no space where none was typed: a number,
a unit, an hour, « HER2:CEP17 », « p.V600E » or « t(9;22)(q34;q11) » are theirs who typed them. Addresses and the
primes of chemistry and genetics (« 5'UTR », « 3'-désoxy ») are kept whole. Names of people and places are not set.
"""

import re
from dataclasses import replace
from typing import Final

from dcc.lib.french import typography
from rcp.reports.data import Fact, Guideline, Proposal, ProposalLine, ReportData

_KEPT: Final = "\ue000"  # of the private use area: stands for what is kept while the words around it are set
_AS_TYPED: Final = re.compile(rf"(?:https?://|www\.)[^\s«»]+|(?<![^\s«»@])[^\s«»@]+@[^\s«»]+|(?<=\d)'|{_KEPT}")


def typeset(text: str) -> str:
    """Set the spaces and apostrophes of a text; setting it again changes nothing."""
    kept = iter(_AS_TYPED.findall(text))
    return re.sub(_KEPT, lambda _: next(kept), typography(_AS_TYPED.sub(_KEPT, text)))


def typeset_report(data: ReportData) -> ReportData:
    """Set every free text of a report, names and identity left as they are; done before it is hashed and frozen."""
    return replace(
        data,
        question=typeset(data.question),
        summary=typeset(data.summary),
        chapters=tuple(replace(one, text=typeset(one.text)) for one in data.chapters),
        proposal=_proposal(data.proposal),
        replaces=replace(data.replaces, reason=typeset(data.replaces.reason)) if data.replaces else None,
        disclaimers=tuple(typeset(one) for one in data.disclaimers),
    )


def _proposal(proposal: Proposal) -> Proposal:
    return replace(
        proposal,
        lines=tuple(_line(one) for one in proposal.lines),
        conclusion=typeset(proposal.conclusion),
        facts=tuple(Fact(label=one.label, text=typeset(one.text)) for one in proposal.facts),
        guideline=_guideline(proposal.guideline) if proposal.guideline else None,
        trial=typeset(proposal.trial),
    )


def _line(line: ProposalLine) -> ProposalLine:
    return replace(line, label=typeset(line.label), details=typeset(line.details))


def _guideline(guideline: Guideline) -> Guideline:
    return replace(guideline, name=typeset(guideline.name), reason=typeset(guideline.reason))
