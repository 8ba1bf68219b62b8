"""Changing any word of any template turns at least one golden red (SND-01)."""

import random

import pytest

from tests.engine import goldens
from tests.engine.mutations import is_seen, mutations

SAMPLE = 5  # of each form, in each run; all of them in the long version


@pytest.mark.parametrize("code", goldens.CODES)
def test_a_word_changed_in_a_template_never_goes_unseen(code: str) -> None:
    every = mutations(code)
    unseen = [str(one) for one in random.Random(7).sample(every, min(SAMPLE, len(every))) if not is_seen(one)]
    assert not unseen, "\n".join(unseen)


@pytest.mark.soak
@pytest.mark.parametrize("code", goldens.CODES)
def test_no_word_of_any_template_can_change_unseen(code: str) -> None:
    unseen = [str(one) for one in mutations(code) if not is_seen(one)]
    assert not unseen, "\n".join(unseen)
