"""enableWhen lines compiled to closures (contract, rules 1 to 7)."""

from collections.abc import Callable, Mapping
from typing import Any

from rcp.sheets.engine.definition import Condition, Spec
from rcp.sheets.engine.instances import Node, Tree
from rcp.sheets.engine.values import Value, compare, equal, from_fhir

Test = Callable[[list[Value]], bool]

_ORDER: dict[str, Callable[[int], bool]] = {
    ">": lambda order: order > 0,
    "<": lambda order: order < 0,
    ">=": lambda order: order >= 0,
    "<=": lambda order: order <= 0,
}


def compile_condition(raw: Mapping[str, Any], by_link_id: Mapping[str, Spec]) -> Condition:
    """Compile one enableWhen; an unknown question or operator can never hold (the check refuses it)."""
    asked = raw.get("question")
    return Condition(by_link_id.get(asked) if isinstance(asked, str) else None, _test(raw))


def _test(raw: Mapping[str, Any]) -> Test:
    operator = raw.get("operator")
    expected = from_fhir(dict(raw))
    if operator == "exists":
        wanted = expected is not False
        return lambda answers: bool(answers) == wanted
    if operator == "=":
        return lambda answers: any(equal(answer, expected) for answer in answers)
    if operator == "!=":
        return lambda answers: not any(equal(answer, expected) for answer in answers)
    accept = _ORDER.get(str(operator))
    if accept is None:
        return lambda answers: False
    return lambda answers: any(
        order is not None and accept(order) for order in (compare(answer, expected) for answer in answers)
    )


def answers_seen_from(tree: Tree, node: Node, question: Spec) -> list[Value]:
    """Answers of a question as an item sees them: in the instance of the nearest item that contains both."""
    if question.is_single and not question.children:
        nodes = tree.by_index[question.index]
        return nodes[0].values if nodes and nodes[0].enabled else []
    return [value for node in nodes_seen_from(tree, node, question) if node.enabled for value in node.values]


def nodes_seen_from(tree: Tree, node: Node, question: Spec) -> list[Node]:
    """Instances of an item as another sees them: those in the instance of the nearest item that contains both."""
    above = {id(spec) for spec in question.ancestors()} | {id(question)}
    start: Node | None = node.parent
    while start is not None and id(start.spec) not in above:
        start = start.parent
    if start is None:
        start = tree.root
    if start.spec is question:  # a child of the question sees the answer it hangs from
        return [start]
    return _collect(start, question)


def _collect(start: Node, question: Spec) -> list[Node]:
    steps: list[Spec] = [question]
    for spec in question.ancestors():
        if spec is start.spec:
            break
        steps.append(spec)
    nodes = [start]
    for step in reversed(steps):
        below: list[Node] = []
        for node in nodes:
            for holder in [node] if node.is_slot or not node.slots else node.slots:
                below += holder.kids.get(step.index, ())
        nodes = below
    return nodes
