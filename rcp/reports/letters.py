"""Reports on paper: registers with the post how a report is printed behind its address sheet (SND-05)."""

import json
from collections.abc import Sequence
from datetime import date

from messaging.channels.paper.letters import Letter, register
from patients.models import DocumentKind
from rcp.reports.data import ReportData
from rcp.reports.postal import AddressRefused, PostalLetter, render_postal


class ReportPrinter:
    """Prints stored pages; the data only give the letterhead and the greeting of the address sheet."""

    def check(self, letter: Letter) -> str:
        try:
            _postal(letter)
        except AddressRefused as refused:
            return str(refused)
        return ""

    def print(self, letters: Sequence[Letter], printed_on: date) -> bytes:
        return render_postal([_postal(letter) for letter in letters], printed_on=printed_on)


def _postal(letter: Letter) -> PostalLetter:
    data = ReportData.from_json(json.dumps(letter.data["report"]))
    return PostalLetter(data=data, address=letter.address, pdf=letter.pdf)


register(DocumentKind.RCP_REPORT, ReportPrinter())
