"""From answers to letter: one sentence per answered item, one paragraph per chapter, always the same text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from jinja2 import TemplateError

from dcc.lib.french import NBSP, agree, number, plural
from rcp.sheets.engine import french_words as words
from rcp.sheets.engine import profile
from rcp.sheets.engine.conditions import nodes_seen_from
from rcp.sheets.engine.definition import Compiled
from rcp.sheets.engine.display import display_one
from rcp.sheets.engine.expressions.environment import age_in, sex_in
from rcp.sheets.engine.instances import Node, Tree
from rcp.sheets.engine.phrases import Phrase
from rcp.sheets.engine.review import is_answered, written_answer
from rcp.sheets.engine.session import Evaluation, plain_of
from rcp.sheets.engine.values import Coding


def sentences(
    form: Compiled, answers: Mapping[str, Any], context: Mapping[str, Any] | None = None
) -> list[tuple[str, str]]:
    """Write a draft as paragraphs: ``[(chapter title, text)]``, chapters without anything to say left out.

    Closed items say nothing. An item without a template says « Libellé : valeur. »; an empty template stays silent.
    """
    tree = form.evaluate(answers, context).tree
    writer = _Writer(tree, context or {})
    found = []
    for spec in form.root.children:
        nodes = [node for node in tree.by_index[spec.index] if node.enabled]
        said = " ".join(sentence for node in nodes for sentence in writer.say(node))
        if said:
            found.append((str(spec.raw.get("text") or ""), said))
    return found


def sentence_of(
    form: Compiled, answers: Mapping[str, Any], link_id: str, context: Mapping[str, Any] | None = None
) -> str:
    """The sentence of one item alone, for the preview of the designer; "" when it says nothing."""
    return sentence_in(form.evaluate(answers, context), link_id)


def sentence_in(evaluation: Evaluation, link_id: str) -> str:
    """The sentence of one item in a draft that is already evaluated."""
    writer = _Writer(evaluation.tree, evaluation.context)
    nodes = [node for node in evaluation.tree.nodes_of(link_id) if node.enabled]
    return " ".join(sentence for node in nodes for sentence in writer.say(node))


# What ends a national morphology label for the coder alone, noise in a letter: where it is used, « (C50.-) », and which
# other code excludes it, « (sauf appendice, M-8240/1) ».
_CODER_NOTE = re.compile(r"\s*\((?:[CD]\d\d[^()]*|[^()]*M-\d{4}/\d)\)\s*$")


class _Writer:
    def __init__(self, tree: Tree, context: Mapping[str, Any]) -> None:
        self._tree = tree
        self._form = tree.form
        self._sex = sex_in(context)
        self._age = age_in(context)
        self._covered: set[Node] = set()

    def say(self, node: Node) -> Iterator[str]:
        """Sentences of a node and of what is below it, in the order of the form."""
        spec = node.spec
        if not node.enabled or node in self._covered or spec.extension(profile.HIDDEN) is True:
            return
        phrase = self._form.phrases.items.get(spec.index)
        if spec.is_group:
            yield from self._say_group(node, phrase)
            return
        if node.values:
            yield from self._say_answer(node, phrase)
        for child in node.children():
            yield from self.say(child)

    def _say_group(self, node: Node, phrase: Phrase | None) -> Iterator[str]:
        if phrase is None and not node.spec.repeats:
            for child in self._ordered(node):
                yield from self.say(child)
            return
        if not is_answered(node):
            return
        if phrase is None:
            text = f"{node.spec.raw.get('text') or node.spec.link_id}{NBSP}: {written_answer(self._form, node)}"
        else:
            text = self._render(node, phrase)
        sentence = words.tidy(text)
        if sentence:
            yield sentence

    def _ordered(self, node: Node) -> list[Node]:
        """Children in order; those covered by an earlier or later answered sibling's phrase are marked first."""
        children = list(node.children())
        for child in children:
            self._mark_covered(child)
        return children

    def _mark_covered(self, node: Node) -> None:
        phrase = self._phrase_of(node)
        if phrase is None or not phrase.covers or not node.enabled or not node.values or node in self._covered:
            return
        if not words.tidy(self._render(node, phrase)):
            return
        for link_id in phrase.covers:
            self._covered.update(self._seen(node, link_id))

    def _phrase_of(self, node: Node) -> Phrase | None:
        spec = node.spec
        if node.values and not spec.repeats and isinstance(node.values[0], Coding):
            chosen = self._form.phrases.options.get((spec.index, node.values[0].code or ""))
            if chosen is not None:
                return chosen
        return self._form.phrases.items.get(spec.index)

    def _say_answer(self, node: Node, phrase: Phrase | None) -> Iterator[str]:
        phrase = self._phrase_of(node) or phrase
        if phrase is None:
            label = node.spec.raw.get("text") or node.spec.link_id
            text = f"{label}{NBSP}: {', '.join(self._labels(node))}"
        else:
            text = self._render(node, phrase)
        sentence = words.tidy(text)
        if sentence:
            yield sentence

    def _render(self, node: Node, phrase: Phrase) -> str:
        try:
            return phrase.render(self._words(node))
        except (TemplateError, TypeError, ValueError, LookupError, AttributeError, ArithmeticError):
            # A sentence that cannot be made never takes the letter with it: the answer is said plainly.
            return f"{node.spec.raw.get('text') or node.spec.link_id}{NBSP}: {written_answer(self._form, node)}"

    def _words(self, node: Node) -> dict[str, Any]:
        first = node.values[0] if node.values else None
        values = self._labels(node)
        return {
            "valeur": ", ".join(values),
            "valeurs": values,
            "donnee": plain_of(node),
            "choix": first.code if isinstance(first, Coding) else "",
            "age": self._age,
            "sexe": self._sex,
            "patient": agree(self._sex, "le patient", "la patiente"),
            "acc": lambda masculine, feminine: agree(self._sex, masculine, feminine),
            **_WORDS,
            **self._answer_words(node),
        }

    def _answer_words(self, node: Node) -> dict[str, Callable[..., Any]]:
        def first(link_id: str) -> Node | None:
            return next((n for n in self._seen(node, link_id) if n.enabled and n.values), None)

        def raw(link_id: str) -> Any:
            found = first(link_id)
            return "" if found is None else plain_of(found)

        def codes(link_id: str) -> list[str | None]:
            found = first(link_id)
            return [v.code for v in found.values if isinstance(v, Coding)] if found else []

        def labels(link_id: str) -> list[str]:
            found = first(link_id)
            return self._labels(found) if found else []

        return {
            "a": lambda link_id: first(link_id) is not None,
            "rep": lambda link_id: ", ".join(labels(link_id)),
            "reps": labels,
            "donnee_de": raw,
            "choix_de": lambda link_id: next((code for code in codes(link_id) if code), ""),
            "est": lambda link_id, code: code in codes(link_id),
            "oui": lambda link_id: raw(link_id) is True,
            "nombre_de": lambda link_id: _as_number(raw(link_id)),
            "date_de": lambda link_id: words.date_fr(raw(link_id)),
            "force": lambda link_id: (found := first(link_id)) is not None and found.overridden,
        }

    def _seen(self, node: Node, link_id: str) -> list[Node]:
        spec = self._form.by_link_id.get(link_id)
        if spec is None:
            return []
        return node.kids.get(spec.index) or nodes_seen_from(self._tree, node, spec)

    def _labels(self, node: Node) -> list[str]:
        """What each answer is called in a sentence: the fragment of its option when it has one, else its label."""
        item = self._form.items[node.spec.link_id]
        found = []
        for value in node.values:
            phrase = None
            if node.spec.repeats and isinstance(value, Coding):
                phrase = self._form.phrases.options.get((node.spec.index, value.code or ""))
            if phrase is not None:
                words_here = {"acc": lambda m, f: agree(self._sex, m, f), **_WORDS}
                found.append(phrase.render(words_here))
            elif item.value_set and isinstance(value, Coding) and value.display and value.code:
                found.append(f"{_CODER_NOTE.sub('', value.display)} ({value.code})")
            else:
                found.append(display_one(item, value))
        return [text for text in found if text]


def _as_number(raw: Any) -> Any:
    if type(raw) is int:
        return raw
    return Decimal(raw) if isinstance(raw, str) and raw else None


def _count(of: Any) -> Any:
    return len(of) if isinstance(of, list) else of


def _plural(of: Any, singular: str, plural_form: str = "") -> str:
    return plural(_count(of) or 0, singular, plural_form)


def _counted(count: Any, singular: str, plural_form: str = "", none: str = "") -> str:
    """« 3 ganglions », « 1,5 cycle »; zero has its own wording: « aucun ganglion »."""
    count = _as_number(count)
    if count is None:
        return ""
    if count == 0:
        return none or f"aucun {singular}"
    return f"{number(count)}{NBSP}{plural(count, singular, plural_form)}"


def _low(text: Any) -> Any:
    return [words.low(one) for one in text] if isinstance(text, list) else words.low(str(text or ""))


_WORDS: dict[str, Callable[..., Any]] = {
    "liste": words.enumerate_words,
    "si": lambda condition, text, otherwise="": text if condition else otherwise,
    "bas": _low,
    "nb": _counted,
    "pl": _plural,
    "date_fr": words.date_fr,
    "du": words.from_date,
    "periode": words.between,
    "de": words.de,
    "elide": words.elide,
    "tnm": words.tnm,
    "ordinal": words.ordinal,
}
