"""The words of a template a reader may see, and a form with one template put in place of another for a while."""

import re
from collections.abc import Iterator
from typing import Any

from rcp.sheets.engine import Compiled
from rcp.sheets.engine.phrases import Phrase, _compile, covered_by

WORD = re.compile(r"[A-Za-zéèêàùçîôœ’-]{3,}")
_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_QUOTED = re.compile(r"'([^']*)'")


def said_words(source: str) -> Iterator[tuple[int, int]]:
    """Where the words a reader may see stand: those outside the tags, and the texts the tags choose between."""
    tags = [(tag.start(), tag.end(), tag.group()) for tag in _TAG.finditer(source)]
    for word in WORD.finditer(source):
        inside = next((tag for tag in tags if tag[0] <= word.start() < tag[1]), None)
        if inside is None:
            yield word.span()
        elif not inside[2].startswith("{#"):
            texts = ((q.start(1) + inside[0], q.end(1) + inside[0], q.group(1)) for q in _QUOTED.finditer(inside[2]))
            held = next((text for start, end, text in texts if start <= word.start() < end), "")
            if " " in held or held[:1].isupper():  # a linkId or a code has neither
                yield word.span()


class Replaced:
    """A compiled form with the template of an item, or of one of its options, replaced until it is left."""

    def __init__(self, form: Compiled, link_id: str, option: str | None, source: str) -> None:
        spec = form.spec(link_id)
        self._kept: dict[Any, Phrase] = form.phrases.items if option is None else form.phrases.options
        self._key: Any = spec.index if option is None else (spec.index, option)
        self._was = self._kept[self._key]
        self._new = Phrase(_compile(source), covered_by(spec))

    def __enter__(self) -> None:
        self._kept[self._key] = self._new

    def __exit__(self, *_: object) -> None:
        self._kept[self._key] = self._was
