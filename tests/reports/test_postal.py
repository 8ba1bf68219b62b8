"""What the 3C posts to those without a secure address (SND-05): address in the window, nothing of the patient there."""

import io
from datetime import date
from functools import cache

import pikepdf
import pytest

from dcc.lib.pdf_checks import check_pdfa1a
from rcp.reports.postal import AddressRefused, PostalLetter, render_postal
from tests.reports import samples
from tests.reports.reading import pages, rendered, runs

MAZURIER = ("Dr Paul MAZURIER", "Cabinet médical du Vieux-Port", "Résidence Les Goélands, bâtiment B",
            "4, rue des Filets", "BP 90010", "35998 PORT-NAVAILLES CEDEX")  # fmt: skip
MERLE = ("Dr Anne MERLE", "2, place Neuve", "", "35997 VALMONT")
DAY = date(2025, 11, 26)


def _letters() -> list[PostalLetter]:
    return [
        PostalLetter(data=samples.TYPICAL, address=MAZURIER, pdf=rendered("typical")),
        PostalLetter(data=samples.REPLACING, address=MERLE, greeting="Chère consœur,"),
    ]


@cache
def _print(*, duplex: bool = True) -> bytes:
    return render_postal(_letters(), printed_on=DAY, duplex=duplex)


def test_each_letter_is_an_address_sheet_then_its_report_on_sheets_of_its_own() -> None:
    texts = pages(_print())
    assert len(texts) == 8
    assert texts[1] == texts[5] == ""
    assert "Dr Paul MAZURIER" in texts[0]
    assert texts[2:4] == pages(rendered("typical"))
    assert "Chère consœur," in texts[4]
    assert "Annule et remplace la version 1 du 25/11/2025." in texts[4]
    assert texts[6:8] == pages(rendered("replacing"))


def test_on_one_side_no_blank_page_is_printed() -> None:
    texts = pages(_print(duplex=False))
    assert len(texts) == 6
    assert all(texts)


def test_an_odd_report_never_shares_a_sheet_with_the_next_letter() -> None:
    with pikepdf.Pdf.open(io.BytesIO(rendered("typical"))) as report:
        del report.pages[1]
        stream = io.BytesIO()
        report.save(stream)
    letters = [PostalLetter(data=samples.TYPICAL, address=MERLE, pdf=stream.getvalue())] * 2
    texts = pages(render_postal(letters, printed_on=DAY))
    assert [bool(text) for text in texts] == [True, False, True, False] * 2


def test_the_window_shows_the_address_and_nothing_else() -> None:
    """DL window, 35 × 100 mm, 20 mm from right and bottom: the paper can slide by 10 mm across and 11 mm down."""
    for cover, address in ((0, MAZURIER), (4, MERLE)):
        page = runs(_print())[cover]
        seen = [run for run in page if 44 <= run.y <= 92 and run.x >= 88]
        assert [run.text for run in seen] == [line for line in address if line]
        assert all(run.x >= 105 and 55 < run.y <= 79 for run in seen)
        sender = [run for run in page if run.y < 92 and run not in seen]
        assert all(run.x < 88 for run in sender)


def test_the_address_sheet_says_what_is_enclosed_and_how_to_be_quicker() -> None:
    cover = pages(_print())[0]
    for words in ("Le 26 novembre 2025", "Compte rendu de RCP n° SEI-2025-0413", "compte rendu, 2 pages",
                  "donnez votre adresse de messagerie sécurisée de santé", "Secret médical"):  # fmt: skip
        assert words in cover


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ((), "incomplète"),
        (("Dr Paul MAZURIER", " "), "incomplète"),
        ((*MAZURIER, "FRANCE"), "7 lignes"),
        (("Dr Paul MAZURIER", "x" * 45), "trop long"),
    ],
)
def test_an_address_that_does_not_fit_the_window_is_refused(address: tuple[str, ...], reason: str) -> None:
    with pytest.raises(AddressRefused, match=reason):
        PostalLetter(data=samples.TYPICAL, address=address)


def test_no_letter_is_an_error_and_same_letters_give_same_bytes() -> None:
    with pytest.raises(ValueError, match="no letter"):
        render_postal([], printed_on=DAY)
    assert render_postal(_letters(), printed_on=DAY) == _print()


def test_what_is_printed_is_not_taken_for_the_archived_document() -> None:
    assert check_pdfa1a(_print())
