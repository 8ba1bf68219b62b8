"""Reports for correspondents without a secure address: one PDF to print, each report behind its address sheet (SND-05).

The sheet shows its address through the window of a DL envelope once folded in three, and nothing of the patient.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pikepdf
from pikepdf import Name, Pdf

from rcp.reports import letter
from rcp.reports.data import ReportData
from rcp.reports.render import data_url, render_pdf, to_pdf

MAX_LINES = 6  # La Poste reads six lines of 38 characters; the window holds six lines of 44 in our face
MAX_CHARACTERS = 44
_A4 = (595.276, 841.89)  # points


class AddressRefused(ValueError):
    """The address does not fit the window of an envelope; the message, in French, says what to change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostalLetter:
    """A report to post: its data, the lines of the address from the name down, and its stored pages when they exist.

    Without ``pdf`` the pages are drawn again, which gives the same bytes. Raises AddressRefused.
    """

    data: ReportData
    address: tuple[str, ...]
    pdf: bytes | None = field(default=None, repr=False)
    greeting: str = "Madame, Monsieur,"

    def __post_init__(self) -> None:
        lines = [line for line in self.address if line.strip()]
        if len(lines) < 2:
            raise AddressRefused("L’adresse est incomplète. Indiquez au moins le nom, puis le code postal et la ville.")
        if len(lines) > MAX_LINES:
            raise AddressRefused(f"L’adresse compte {len(lines)} lignes. Ramenez-la à {MAX_LINES} lignes au plus.")
        for line in lines:
            if len(line) > MAX_CHARACTERS:
                raise AddressRefused(
                    f"«\u00a0{line}\u00a0» est trop long. Abrégez cette ligne à {MAX_CHARACTERS} caractères."
                )


def render_postal(letters: Sequence[PostalLetter], *, printed_on: date, duplex: bool = True) -> bytes:
    """Make one PDF of address sheets and reports, in the order given.

    With ``duplex`` address sheet and report each start on a new sheet of paper: printed on two sides, no page of a
    patient is ever on the back of another's, and the report is filed without the address. The result is for the
    printer; the archived document is the report itself.
    """
    if not letters:
        raise ValueError("no letter to print")
    reports = [item.pdf if item.pdf is not None else render_pdf(item.data) for item in letters]
    with Pdf.new() as output:
        counts = [_page_count(report) for report in reports]
        with Pdf.open(io.BytesIO(_covers(letters, counts, printed_on))) as covers:
            if len(covers.pages) != len(letters):
                raise AssertionError("an address sheet holds on one page")
            for rank, report in enumerate(reports):
                output.pages.append(covers.pages[rank])
                if duplex:
                    output.add_blank_page(page_size=_A4)
                with Pdf.open(io.BytesIO(report)) as pages:
                    output.pages.extend(pages.pages)
                if duplex and counts[rank] % 2 == 1:
                    output.add_blank_page(page_size=_A4)
        return _save(output)


def _covers(letters: Sequence[PostalLetter], counts: Sequence[int], printed_on: date) -> bytes:
    covers = [_cover(item, count) for item, count in zip(letters, counts, strict=True)]
    return to_pdf("cover", {"covers": covers, "printed_on": printed_on, "created": f"{printed_on:%Y-%m-%d}T00:00:00Z"})


def _cover(item: PostalLetter, pages: int) -> dict[str, Any]:
    logo = item.data.establishment.logo
    return {
        "data": item.data,
        "address": [line.strip() for line in item.address if line.strip()],
        "greeting": item.greeting,
        "patient": letter.footer_name(item.data),
        "replaced": letter.replaced(item.data),
        "logo": data_url(logo) if logo else "",
        "pages": pages,
    }


def _page_count(report: bytes) -> int:
    with Pdf.open(io.BytesIO(report)) as pages:
        return len(pages.pages)


def _save(output: Pdf) -> bytes:
    for page in output.pages:
        if Name.StructParents in page.obj:  # the trees of tags stay with the documents they came from
            del page.obj[Name.StructParents]
    output.docinfo[Name.Title] = "Courriers à poster"
    output.Root[Name.Lang] = pikepdf.String("fr")
    stream = io.BytesIO()
    output.save(stream, deterministic_id=True)
    return stream.getvalue()
