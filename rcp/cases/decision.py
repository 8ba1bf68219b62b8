"""The decision of the room, read from the sheet's own chapter (MTG-04, PLN-01…03, D7)."""


from rcp.reports import data as r
from rcp.sheets.draft import Draft

OUTCOME = "tronc.decision"
POSTPONEMENTS = frozenset({"report_dossier_incomplet", "report_quorum"})


def decision_of(draft: Draft) -> r.Proposal:
    raise AssertionError
