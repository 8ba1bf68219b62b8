"""What physicians type is set the French way when the report is composed, and no notation of theirs is changed."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rcp.reports.typesetting import typeset, typeset_report
from tests.reports import samples

AS_TYPED = (
    "p.V600E", "p.(Val600Glu)", "c.68_69del", "c.5266dup;p.(Gln1756fs)", "NM_007294.4:c.68_69del", "HER2:CEP17 = 2,1",
    "t(9;22)(q34;q11)", "46,XX,t(9;22)(q34;q11)[20]", "46,XY,der(1;7)(q10;p10),inv(3)(q21q26)?", "BCR::ABL1",
    "5'UTR", "3'UTR de BRCA1", "4'-épidoxorubicine", "rs1800566:C>T", "10:30", "1:2", "1/2", "2,5 mg/kg", "1 200 UI",
    "pT1c pN1mi(sn) M0", "cT2?", "90%", "Ki67=22%", "≥ 26", "10^9/l", "SUVmax 12,4", "12/03/2026",
    "https://ligue.example/l'essai?a=1;b=2:3!", "www.ligue.example/d'essai", "d'essai.o'brien@ligea.example",
    "tél. 02 99 00 00 00",
)  # fmt: skip


@pytest.mark.parametrize("typed", AS_TYPED)
@pytest.mark.parametrize(("before", "after"), [("", ""), ("Retrouvé\u00a0: ", "\u202f; suite"), ("«\u00a0", "\u00a0»")])
def test_a_notation_a_number_or_an_address_stays_exactly_as_typed(before: str, typed: str, after: str) -> None:
    assert typeset(f"{before}{typed}{after}") == f"{before}{typed}{after}"


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Reprise ? Non ; revoir !", "Reprise\u202f? Non\u202f; revoir\u202f!"),
        ("RE : 90 %, l'avis « d'expert »", "RE\u00a0: 90\u00a0%, l’avis «\u00a0d’expert\u00a0»"),
        ("dit «l'essai», 3'UTR ; d'abord", "dit «\u00a0l’essai\u00a0», 3'UTR\u202f; d’abord"),
        (
            "«https://ligue.example/l'essai» ; aujourd'hui",
            "«\u00a0https://ligue.example/l'essai\u00a0»\u202f; aujourd’hui",
        ),
        ("une ligne ;\nl'autre", "une ligne\u202f;\nl’autre"),
    ],
)
def test_words_are_set_the_french_way(typed: str, shown: str) -> None:
    assert typeset(typed) == shown


def bare(text: str) -> str:
    """Without its spaces, its apostrophes all alike."""
    return re.sub(r"[ \u00a0\u202f]", "", text).replace("’", "'")


typed_words = st.lists(
    st.sampled_from([*AS_TYPED, "l'avis", "d'", "'", " ", "\u00a0", "\u202f", ":", ";", "!", "?", "%", "«", "»", "\n",
                     "@", "3", "\ue000"]) | st.text(max_size=5),
    max_size=15,
).map("".join)  # fmt: skip


@given(st.text() | typed_words)
def test_only_spaces_and_apostrophes_change_and_once(text: str) -> None:
    once = typeset(text)
    assert bare(once) == bare(text)
    assert typeset(once) == once
    assert re.sub(r"[^\d:,./]", "", once) == re.sub(r"[^\d:,./]", "", text)


def test_a_long_word_takes_no_time() -> None:
    """Linear: a text pasted without a space is set as fast as another."""
    text = "A" * 200_000
    assert typeset(text) == text


def test_every_free_text_of_a_report_is_set_and_no_name_is() -> None:
    typed, shown = "l'avis ; t(9;22)(q34;q11) ?", "l’avis\u202f; t(9;22)(q34;q11)\u202f?"
    proposal = replace(
        samples.PROPOSAL,
        lines=(replace(samples.PROPOSAL.lines[0], label=typed, details=typed, person="Dr d'Arc", place="Val d'Or"),),
        conclusion=typed,
        facts=(replace(samples.PROPOSAL.facts[0], text=typed),),
        guideline=replace(samples.PROPOSAL.guideline, reason=typed),
        trial=typed,
    )
    report = replace(
        samples.REPLACING,
        patient=replace(samples.QUALIFIED, used_name="D'AZUR"),
        question=typed,
        summary=typed,
        proposal=proposal,
        chapters=(replace(samples.CHAPTERS[0], text=typed),),
        replaces=replace(samples.REPLACING.replaces, reason=typed),
        disclaimers=(typed,),
    )
    done = typeset_report(report)
    assert typed not in done.to_json()
    said = (done.question, done.summary, done.chapters[0].text, done.replaces.reason, done.disclaimers[0])
    decided = (
        done.proposal.conclusion,
        done.proposal.facts[0].text,
        done.proposal.guideline.reason,
        done.proposal.trial,
    )
    line = done.proposal.lines[0]
    assert {*said, *decided, line.label, line.details} == {shown}
    assert (line.person, line.place, done.patient.used_name) == ("Dr d'Arc", "Val d'Or", "D'AZUR")
    assert typeset_report(done) == done
