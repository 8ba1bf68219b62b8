"""The letter a general practitioner opens: what is on it, where; nothing breaks it (SND-01, MTG-07, PLN-01)."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rcp.reports import letter
from rcp.reports.data import AttendanceMode, Chapter, IdentityStatus, LocalIdentifier
from rcp.reports.render import NotConforming, paragraphs, pdf_filename, render_pdf
from rcp.reports.typeface import FACES, UNPRINTABLE, covered, printable
from tests.reports import samples
from tests.reports.reading import pages, plain, rendered, runs

EVERYDAY = [name for name in samples.ALL if name != "extreme"]


@pytest.mark.parametrize("name", EVERYDAY)
def test_an_everyday_report_holds_on_two_pages(name: str) -> None:
    assert len(pages(rendered(name))) <= 2


def test_what_the_general_practitioner_looks_for_is_on_the_first_page() -> None:
    first = pages(rendered("typical"))[0]
    expected = [
        "Centre hospitalier de Rochebrune",
        "RCP Sein",
        "mardi 25 novembre 2025, 14:00",
        "N° SEI-2025-0413 · cas discuté",
        "LE GUILLOU FRANCOISE , née ABHERVE FRANCOISE",
        "Nom de naissance ABHERVE",
        "11/03/1963 (62 ans)",
        "Sexe Féminin",
        "Saint-Malo (35288)",
        "Identité validée",
        "0048217306",
        "Question posée",
        "Proposition de la RCP Proposition thérapeutique Intention curative",
        "1 Signature génomique (Oncotype DX) sur la pièce Examen décisif au plus tard le 09/12/2025 Dr Paturel",
        "Hormonothérapie, anti-aromatase 5 ans",
        "qui craint la chimiothérapie ; revoir en consultation",
        "(rédigé à la main)",
        "Sein, réseau Ligéa, version 2025-09, conforme.",
        "critère d’exclusion (ADAGE-Sein).",
        "Validé le 25/11/2025 à 14:23 par Dr Nolwenn KERJEAN, coordonnatrice de la RCP, RPPS 10000000012.",
        "Quorum atteint : 5 médecins, 4 spécialités.",
    ]
    position = -1
    for words in expected:
        found = first.find(words, 0 if words.startswith(("Centre", "11/03", "Identité", "0048")) else position)
        assert found >= 0, f"« {words} » is not in its place on: {first}"
        position = max(position, found)


def test_the_second_page_tells_the_case_and_who_was_there() -> None:
    text = " ".join(pages(rendered("typical")))
    for words in (
        "Le dossier de Mme LE GUILLOU FRANCOISE, née ABHERVE FRANCOISE, 62 ans, a été discuté le 25 novembre 2025 avec "
        "l’avis de cinq médecins de quatre spécialités.",
        "Diagnostic Carcinome infiltrant de type non spécifique",
        "Règle de la RCP : trois médecins de trois spécialités",
        "Dr Aminata OUMAROU Radiothérapie à distance",
        "Mme Inès LE BRAS Infirmière de coordination en salle, hors quorum",
        "Médecin traitant Dr Paul MAZURIER Médecine générale, Port-Navailles",
        "Dr Paul MAZURIER médecin traitant courrier",
        "Patiente informée de la présentation de son dossier en RCP le 21/11/2025, par le Dr Corlay.",
        "L’avis de la RCP est une proposition collégiale.",
        "9f86d081 884c7d65",
    ):
        assert words in text


@pytest.mark.parametrize("name", samples.ALL)
def test_every_page_says_whose_report_it_is(name: str) -> None:
    data, texts = samples.ALL[name], pages(rendered(name))
    for number, text in enumerate(texts, start=1):
        assert plain(letter.footer_name(data)) in text
        version = f", version {data.version}" if data.version > 1 else ""
        assert re.sub(r"\s", "", f"n°{data.order_number}{version}·page{number}/{len(texts)}") in re.sub(r"\s", "", text)


def test_the_ins_is_printed_for_a_qualified_identity_only() -> None:
    spaced = "2 63 03 35 288 001 79"
    assert spaced in pages(rendered("replacing"))[0]
    assert "INS à scanner" in pages(rendered("replacing"))[0]
    for name in set(samples.ALL) - {"replacing", "extreme"}:
        text = " ".join(pages(rendered(name)))
        assert spaced.replace(" ", "") not in re.sub(r"\s", "", text)
        assert "INS" not in text


def test_a_replacing_version_says_what_it_cancels_and_why() -> None:
    first = pages(rendered("replacing"))[0]
    assert "Annule et remplace la version 1 du 25/11/2025. Motif : le côté opéré était noté à gauche" in first
    assert first.index("Annule et remplace") < first.index("Nom de naissance")
    assert "Annule et remplace" not in pages(rendered("typical"))[0]


def test_an_anonymous_report_names_nobody() -> None:
    text = " ".join(pages(rendered("anonymous")))
    patient = samples.QUALIFIED
    for trait in (patient.birth_name, patient.used_name, patient.first_given_name, "11/03/1963", "Saint-Malo", "62 ans",
                  patient.ipps[0].value, "MAZURIER", "Destinataires"):  # fmt: skip
        assert trait not in text
    assert "Compte rendu anonyme" in text
    assert "Le dossier n° SEI-2025-0413, présenté sans identité, a été discuté" in text
    assert samples.PATIENT.birth_name.encode() not in rendered("anonymous")


def test_a_registered_case_says_so_and_shows_its_countersignature() -> None:
    text = " ".join(pages(rendered("registered")))
    assert "cas enregistré" in text
    assert "a été enregistré à la RCP Sein du 25 novembre 2025, sans discussion en réunion." in text
    assert "contresigné le 25/11/2025 à 13:55 par Dr Nolwenn KERJEAN" in text
    assert "le quorum ne s’applique pas" in text


def test_a_missing_quorum_shows_on_the_first_page() -> None:
    first = pages(rendered("no quorum"))[0]
    assert "À représenter le 02/12/2025 (quorum non atteint)" in first
    assert "Quorum non atteint : 2 médecins, 2 spécialités." in first
    assert "Il manque un radiothérapeute." in " ".join(pages(rendered("no quorum")))


def test_a_postponed_case_gives_its_new_date() -> None:
    first = pages(rendered("postponed"))[0]
    assert "Report (dossier incomplet) À représenter le 02/12/2025" in first
    assert "Quorum non vérifié" in first


def test_a_child_is_not_called_madam_and_his_age_is_in_months() -> None:
    text = " ".join(pages(rendered("child")))
    assert "Le dossier du jeune patient D'AZUR--ROCHE LEO, 29 mois, a été discuté" in text
    assert "Né le 01/06/2023" in text


def test_a_long_report_repeats_its_heads_and_keeps_headings_with_their_text() -> None:
    texts = pages(rendered("extreme"))
    assert 8 <= len(texts) <= 16
    assert sum("N° Proposition Quand Où et par qui" in text for text in texts) >= 3
    assert sum("Nom Spécialité ou fonction Participation" in text for text in texts) >= 2
    assert "Alternative N° Proposition" in " ".join(texts)
    headings = {chapter.title for chapter in samples.EXTREME.chapters} | {"Quorum et participants", "Destinataires"}
    for page in runs(rendered("extreme")):
        last = max((run for run in page if run.y < 276), key=lambda run: run.y)
        assert plain(last.text) not in headings
        assert all(10 < run.y < 291 and 16 < run.x < 194 for run in page)


def test_a_long_question_leaves_the_first_page_to_the_proposal() -> None:
    texts = pages(rendered("extreme"))
    assert "Proposition de la RCP" in texts[0]
    assert "Question posée" not in texts[0]
    assert "Question posée" in " ".join(texts[1:])


def test_nothing_of_a_long_report_is_lost() -> None:
    text = re.sub(r"\s", "", " ".join(pages(rendered("extreme"))))
    assert text.count("A" * 60) >= 40
    assert text.count("CentreJeanne-Barret") >= 12
    for rank in range(25):
        assert f"NOM-DE-FAMILLE-{rank}" in text


def test_same_data_give_the_same_bytes() -> None:
    assert render_pdf(samples.TYPICAL) == rendered("typical")
    assert render_pdf(replace(samples.TYPICAL, motive="autre")) != rendered("typical")


anything = st.text(max_size=400) | st.text(alphabet="éœ≥ ;:\n😀\u202e\u0000\ud800日α<>&{}%'\"\\", max_size=400)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=anything, long=st.integers(min_value=1, max_value=12))
def test_no_text_breaks_the_pages(text: str, long: int) -> None:
    data = replace(
        samples.TYPICAL,
        patient=replace(samples.PATIENT, ipps=(LocalIdentifier(establishment=text[:40], value=text[:20]),)),
        question=text,
        summary=text * long,
        board=text[:80],
        order_number=text[:20],
        proposal=replace(samples.PROPOSAL, outcome=text[:60], conclusion=text, trial=text,
                         lines=(replace(samples.PROPOSAL.lines[0], label=text, details=text * long),)),
        chapters=(Chapter(title=text[:50], text=text * long), *samples.CHAPTERS[:1]),
        disclaimers=(text,),
    )  # fmt: skip
    seen = re.sub(r"\s", "", " ".join(pages(render_pdf(data))))
    for word in paragraphs(text):
        assert re.sub(r"\s", "", word) in seen


def test_markup_typed_by_someone_is_printed_not_obeyed() -> None:
    typed = '<b>gras</b> <img src="file:///etc/hostname"> {{ data }} &amp; <script>x</script>'
    text = pages(render_pdf(replace(samples.POSTPONED, question=typed)))[0]
    assert plain(typed) in text


def test_a_page_that_is_not_pdfa_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rcp.reports.render.conform_pdfa1a", lambda pdf: pdf)
    with pytest.raises(NotConforming, match=r"not of PDF 1\.4"):
        render_pdf(samples.POSTPONED)


def test_names_of_files_are_those_secure_messaging_wants() -> None:
    assert pdf_filename(samples.TYPICAL) == "20251125_CR-RCP_ABHERVE_FRANCOISE.pdf"
    assert pdf_filename(samples.CHILD) == "20251125_CR-RCP_D-AZUR--ROCHE_LEO.pdf"
    assert pdf_filename(samples.ANONYMOUS) == "20251125_CR-RCP_ANONYME_SEI-2025-0413.pdf"


def test_metadata_take_their_date_from_the_validation() -> None:
    assert b"<xmp:CreateDate>2025-11-25T14:23:11+01:00</xmp:CreateDate>" in rendered("typical")
    later = replace(samples.TYPICAL.validation, at=datetime(2025, 11, 26, 8, 0, tzinfo=UTC))
    assert b"2025-11-26T08:00:00+00:00" in render_pdf(replace(samples.TYPICAL, validation=later))


def test_agreement_follows_the_patient() -> None:
    man = replace(samples.PATIENT, sex="M", used_name="")
    unknown = replace(samples.PATIENT, sex="I")
    future = replace(samples.PATIENT, birth_date=samples.TYPICAL.meeting.held_on.replace(year=2026))
    said = [plain(letter.opening(replace(samples.TYPICAL, patient=p)))[:46] for p in (man, unknown, future)]
    assert said == [
        "Le dossier de M. ABHERVE FRANCOISE, 62 ans, a ",
        "Le dossier de LE GUILLOU FRANCOISE, né(e) ABHE",
        "Le dossier de la patiente LE GUILLOU FRANCOISE",
    ]
    assert "Né(e) le" in [trait.label for trait in letter.traits(replace(samples.TYPICAL, patient=unknown))]
    assert letter.information(replace(samples.TYPICAL, patient=man)).startswith("Patient informé de")
    assert letter.information(replace(samples.TYPICAL, informed_on=None)) == ""
    written = replace(samples.QUORUM.attendees[0], mode=AttendanceMode.WRITTEN, counts=False)
    assert letter.attendance(written) == "avis écrit, hors quorum"
    assert set(letter.STATUSES) == set(IdentityStatus)


def test_the_typeface_prints_what_clinicians_type() -> None:
    typed = "≥ ≤ → − ± × µ α β γ ½ ² ₂ œ Œ Ÿ … « » – — ’ • ✓ ≈ Ł ș"
    assert printable(typed) == typed
    assert len(FACES) == 3
    assert printable("e\u0301 ✔ ⇒ a\u202eb\u200bc ㎎ Ⅲ\r\nx\ty") == "é ✓ → abc mg III\nx y"
    assert printable("日 😀\ufe0f \ud800") == f"{UNPRINTABLE} {UNPRINTABLE} {UNPRINTABLE}"


@given(st.text())
def test_printable_text_holds_only_what_the_typeface_has(text: str) -> None:
    assert set(printable(text)) <= covered() | {"\n"}
    assert printable(printable(text)) == printable(text)
