"""What nobody sees in a text is neither kept nor an answer (FRM-07): no control breaks a save or turns a letter."""

import pytest
from hypothesis import given
from hypothesis.strategies import text

from rcp.sheets.engine import Compiled
from rcp.sheets.engine.cleaning import cleaned
from tests.engine.test_entry import typed as read


class TestWhatNobodySees:
    """Pasted from a PDF or sent by hand: a control would break the database, a turned direction the letter."""

    @pytest.mark.parametrize(
        ("typed", "kept"),
        [
            ("pénicilline\x00", "pénicilline"),
            ("a\x00\x07\x1b\x7f\x9fb", "ab"),
            ("une\r\nligne\rpuis\x0bune", "une\nligne\npuis\nune"),
            ("tab\tulée", "tab\tulée"),
            ("lone \ud800surrogate", "lone surrogate"),
            ("\u202etxet\u202c \u2066x\u2069 \u200ey\u200f \u061cz", "txet x y z"),
            ("\ufdd0a\uffffb\U0010ffffc", "abc"),
            ("soft\u00adhyphen", "soft\u00adhyphen"),
            ("famille \U0001f468\u200d\U0001f469", "famille \U0001f468\u200d\U0001f469"),
        ],
    )
    def test_it_is_left_out(self, typed, kept):
        assert cleaned(typed) == kept

    @pytest.mark.parametrize("typed", ["\x00", "\u200b", "\ufeff \u2060", "\u00ad\u200d", "\x00 \u202e\u200b", " "])
    def test_alone_it_is_no_answer(self, typed):
        assert cleaned(typed) == ""

    @given(text())
    def test_any_text_can_be_kept_and_is_cleaned_once(self, typed):
        kept = cleaned(typed)
        assert "\x00" not in kept
        assert cleaned(kept) == kept
        kept.encode()


def test_an_answer_is_read_cleaned(form: Compiled) -> None:
    texts = [spec.link_id for spec in form.specs if spec.type == "text" and not spec.repeats]
    assert texts
    for link_id in texts:
        assert read(form, link_id, "ab\x00c\u202e") == "abc"
        assert read(form, link_id, "\u200b\x00") is None
