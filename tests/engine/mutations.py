"""Words of the templates changed one by one: the catalogue or a letter must show each of them.

Only the changed template is compiled again, and only what its item says is written again: it costs milliseconds.
"""

from dataclasses import dataclass
from functools import cache

from rcp.sheets.engine import Compiled, compile_definition
from rcp.sheets.engine.items import phrase_text
from rcp.sheets.engine.phrases import option_phrases
from rcp.sheets.engine.profile import PHRASE
from tests.engine import goldens
from tests.engine.template_words import Replaced, said_words

OTHER = "XXX"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutation:
    """One word of one template of a form; ``option`` is None for the item's own template."""

    code: str
    link_id: str
    option: str | None
    source: str
    start: int
    end: int

    @property
    def changed(self) -> str:
        return self.source[: self.start] + OTHER + self.source[self.end :]

    def __str__(self) -> str:
        return f"{self.code} {self.link_id} « {self.source[self.start : self.end]} » in {self.source[:200]}"


def mutations(code: str) -> list[Mutation]:
    """Every mutation of the templates a form brings."""
    form, own = open_form(code), set(goldens.link_ids(goldens.packaged(code)["item"]))
    found = []
    for spec in form.specs:
        if spec.link_id not in own:
            continue
        sources = [(None, phrase_text(spec.extension(PHRASE))), *option_phrases(spec)]
        found += [
            Mutation(code=code, link_id=spec.link_id, option=option, source=source, start=start, end=end)
            for option, source in sources
            if source
            for start, end in said_words(source)
        ]
    return found


@cache
def open_form(code: str) -> Compiled:
    return compile_definition(goldens.wide_open(goldens.definition(code)))


@cache
def written(code: str, link_id: str) -> list[str]:
    """What the catalogue says of an item, unchanged; the suite compares it with the file."""
    form = open_form(code)
    said = {item.link_id for item in goldens.spoken(code, form)}
    return goldens.entry(form, form.items[link_id]) if link_id in said else []


@cache
def letters(code: str) -> list[str]:
    return [goldens.letter(goldens.sheet(code), goldens.patient(code, number)) for number in goldens.PATIENTS]


def is_seen(mutation: Mutation) -> bool:
    """Whether the catalogue or one of the letters changes with this mutation."""
    form, before = open_form(mutation.code), written(mutation.code, mutation.link_id)
    if before:
        with Replaced(form, mutation.link_id, mutation.option, mutation.changed):
            if goldens.entry(form, form.items[mutation.link_id]) != before:
                return True
    sheet, before = goldens.sheet(mutation.code), letters(mutation.code)
    with Replaced(sheet, mutation.link_id, mutation.option, mutation.changed):
        again = (goldens.letter(sheet, goldens.patient(mutation.code, number)) for number in goldens.PATIENTS)
        return any(now != was for now, was in zip(again, before, strict=True))
