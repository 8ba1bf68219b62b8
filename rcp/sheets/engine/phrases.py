"""Sentence templates: the language allowed, its check, and its compilation once per form version.

A template is Jinja in an immutable sandbox, after a whitelist on its syntax tree: output, names, constants, calls to
our words, if, comparisons, and/or/not. No loop, attribute, index, arithmetic, macro or import: a form author can
neither reach Python nor hang a worker. Names known to a template:

``valeur`` (display), ``valeurs`` (list), ``donnee`` (stored value), ``choix`` (code), ``age``, ``sexe``, ``patient``
(« le patient », « la patiente »), and the words of ``WORDS``, those of ``ANSWER_WORDS`` taking a linkId.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from jinja2 import StrictUndefined, Template, TemplateError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from dcc.lib.french import typography
from rcp.sheets.engine import profile
from rcp.sheets.engine.definition import Compiled, Issue, Spec, issue
from rcp.sheets.engine.items import from_option, option_key, phrase_text

VARIABLES: Final = frozenset({"valeur", "valeurs", "donnee", "choix", "age", "sexe", "patient"})
ANSWER_WORDS: Final = frozenset({
    "rep", "reps", "donnee_de", "choix_de", "nombre_de", "est", "oui", "a", "date_de", "force",
})  # fmt: skip
WORDS: Final = ANSWER_WORDS | {
    "acc", "liste", "si", "bas", "nb", "pl", "date_fr", "du", "periode", "de", "elide", "tnm", "ordinal",
}  # fmt: skip
# How many arguments each word takes, at least and at most (None: any number).
ARITY: Final[dict[str, tuple[int, int | None]]] = {
    "rep": (1, 1), "reps": (1, 1), "donnee_de": (1, 1), "choix_de": (1, 1), "nombre_de": (1, 1), "est": (2, 2),
    "oui": (1, 1), "a": (1, 1), "date_de": (1, 1), "force": (1, 1), "acc": (2, 2), "liste": (0, None), "si": (2, 3),
    "bas": (1, 1), "nb": (2, 4), "pl": (2, 3), "date_fr": (1, 1), "du": (1, 1), "periode": (2, 2), "de": (1, 1),
    "elide": (2, 2), "tnm": (4, 6), "ordinal": (1, 1),
}  # fmt: skip
_STRUCTURE: Final = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.CondExpr, nodes.Compare, nodes.Operand,
    nodes.And, nodes.Or, nodes.Not,
)  # fmt: skip
_FRENCH_NODES: Final = {
    "For": "la boucle", "Getattr": "l’accès à un attribut « . »", "Getitem": "l’accès par indice « [ ] »",
    "Macro": "la macro", "Import": "l’import", "Include": "l’inclusion", "Assign": "l’affectation",
    "Extends": "l’héritage", "Block": "le bloc", "CallBlock": "l’appel de bloc", "FilterBlock": "le bloc de filtre",
    "Filter": "le filtre", "Test": "le test « is »", "Mul": "la multiplication", "Pow": "la puissance",
    "Add": "l’addition", "Sub": "la soustraction", "Concat": "la concaténation « ~ »", "List": "la liste",
    "Dict": "le dictionnaire", "Tuple": "le tuple",
}  # fmt: skip


MAX_TEMPLATE_DEPTH: Final = 40


class PhraseRefused(ValueError):
    """A template outside the allowed language; ``line`` counts from 1."""

    def __init__(self, construct: str, line: int = 1) -> None:
        super().__init__(construct)
        self.construct = construct
        self.line = line


class Phrase(NamedTuple):
    """A compiled phrase: how to render it, and the linkIds it already speaks of."""

    render: Callable[[Mapping[str, Any]], str]
    covers: frozenset[str]


class Phrases(NamedTuple):
    """The phrases of a form: per item index, and per option ``(item index, option key)``."""

    items: dict[int, Phrase]
    options: dict[tuple[int, str], Phrase]


def environment() -> ImmutableSandboxedEnvironment:
    """The sandbox all templates are compiled in."""
    env = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
    env.globals.clear()
    return env


_ENV: Final = environment()


def compile_phrases(form: Compiled) -> Phrases:
    """Compile every phrase of a form; a refused template is left out (publication refuses the form)."""
    found = Phrases({}, {})
    for spec in form.specs:
        covers = covered_by(spec)
        own = phrase_text(spec.extension(profile.PHRASE))
        if own is not None:
            _keep(found.items, spec.index, own, covers)
        for key, source in option_phrases(spec):
            _keep(found.options, (spec.index, key), source, covers)
    return found


def _keep(into: dict[Any, Phrase], key: Any, source: str, covers: frozenset[str]) -> None:
    try:
        into[key] = Phrase(_compile(source), covers)
    except (PhraseRefused, TemplateError):
        return


def option_phrases(spec: Spec) -> list[tuple[str, str]]:
    """The (option key, template) pairs of an item."""
    found = []
    for raw in spec.raw.get("answerOption") or ():
        for extension in raw.get("extension") or () if isinstance(raw, Mapping) else ():
            value = from_option(raw)
            if extension.get("url") == profile.PHRASE and value is not None:
                found.append((option_key(value), str(phrase_text(extension.get("valueString")) or "")))
    return found


def covered_by(spec: Spec) -> frozenset[str]:
    """LinkIds the phrase of an item already speaks of."""
    raw = spec.extension(profile.PHRASE)
    if not isinstance(raw, Mapping):
        return frozenset()
    return frozenset(str(e.get("valueString")) for e in raw.get("extension") or () if e.get("url") == "couvre")


def _compile(source: str) -> Callable[[Mapping[str, Any]], str]:
    if "{" not in source:
        fixed = typography(source)
        return lambda words: fixed
    tree, _ = parse_phrase(source)
    for data in tree.find_all(nodes.TemplateData):
        data.data = typography(data.data)
    for constant in tree.find_all(nodes.Const):
        if isinstance(constant.value, str) and " " in constant.value:  # words; linkIds and codes have no space
            constant.value = typography(constant.value)
    template = Template.from_code(_ENV, _ENV.compile(tree), {})
    return template.render


def parse_phrase(source: str) -> tuple[nodes.Template, set[str]]:
    """Parse a template and check its language; returns the tree and the linkIds it reads. Raises ``PhraseRefused``."""
    if len(source) > profile.MAX_TEMPLATE:
        raise PhraseRefused(f"le modèle dépasse {profile.MAX_TEMPLATE} caractères")
    try:
        tree = _ENV.parse(source)
    except TemplateError as error:
        raise PhraseRefused(f"le modèle ne se lit pas ({error})", getattr(error, "lineno", None) or 1) from error
    except RecursionError:
        raise PhraseRefused("le modèle est trop imbriqué") from None
    link_ids: set[str] = set()
    pending: list[tuple[nodes.Node, int]] = [(tree, 0)]
    while pending:
        node, depth = pending.pop()
        if depth > MAX_TEMPLATE_DEPTH:
            raise PhraseRefused("le modèle est trop imbriqué", node.lineno)
        _allow(node, link_ids)
        children = list(node.iter_child_nodes())
        pending += [
            (child, depth + 1) for child in children if not (isinstance(node, nodes.Call) and child is node.node)
        ]
    return tree, link_ids


def _allow(node: nodes.Node, link_ids: set[str]) -> None:
    if isinstance(node, _STRUCTURE):
        return
    if isinstance(node, nodes.Name) and node.ctx == "load" and node.name in VARIABLES:
        return
    if isinstance(node, nodes.Const) and (node.value is None or isinstance(node.value, (str, bool, int, float))):
        return
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name in WORDS:
        _allow_call(node, node.node.name, link_ids)
        return
    name = type(node).__name__
    said = f"le nom « {node.name} »" if isinstance(node, nodes.Name) else _FRENCH_NODES.get(name, f"« {name} »")
    raise PhraseRefused(said, node.lineno)


def _allow_call(node: nodes.Call, name: str, link_ids: set[str]) -> None:
    if node.kwargs or node.dyn_args is not None or node.dyn_kwargs is not None:
        raise PhraseRefused(f"un argument nommé ou déplié de « {name}() »", node.lineno)
    least, most = ARITY[name]
    if len(node.args) < least or (most is not None and len(node.args) > most):
        raise PhraseRefused(f"le nombre d’arguments de « {name}() »", node.lineno)
    if name in ANSWER_WORDS:
        first = node.args[0] if node.args else None
        if not isinstance(first, nodes.Const) or not isinstance(first.value, str):
            raise PhraseRefused(f"« {name}() » sans linkId écrit en toutes lettres", node.lineno)
        link_ids.add(first.value)


def check_phrases(form: Compiled) -> list[Issue]:
    """Findings of ``check_definition`` on the templates."""
    found: list[Issue] = []
    for spec in form.specs:
        own = phrase_text(spec.extension(profile.PHRASE))
        sources = [] if own is None else [own]
        sources += [source for _, source in option_phrases(spec)]
        unknown = {link_id for link_id in covered_by(spec) if link_id not in form.by_link_id}
        for source in sources:
            try:
                _, link_ids = parse_phrase(source)
            except PhraseRefused as refusal:
                message = (
                    f"Item « {spec.link_id} » : phrase refusée, {refusal.construct} "
                    f"(ligne {refusal.line}). Récrivez la phrase avec les mots prévus."
                )
                found.append(issue("error", "phrase", message, link_id=spec.link_id))
            else:
                unknown |= {link_id for link_id in link_ids if link_id not in form.by_link_id}
        for link_id in sorted(unknown):
            message = f"Item « {spec.link_id} », phrase : « {link_id} » n’existe pas. Corrigez le linkId."
            found.append(issue("error", "unknownReference", message, link_id=spec.link_id))
    return found
