"""Why a computed value is what it is: the answers it reads, and those it waits for."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from dcc.lib.french import join_list
from rcp.sheets.draft import Draft
from rcp.sheets.drawing.tnm import briefly
from rcp.sheets.engine import Compiled, Item, not_calculated_because, waited_for
from rcp.sheets.engine.compile import references_of

NAMED = 6


@lru_cache(maxsize=4096)
def inputs_of(form: Compiled, link_id: str) -> tuple[str, ...]:
    """Questions a computed item reads, in the order of the form."""
    spec = form.spec(link_id)
    if spec.calculated is None:
        return ()
    read = references_of(spec, spec.calculated) - {link_id}
    return tuple(one for one in form.items if one in read and form.items[one].is_question)


@lru_cache(maxsize=128)
def _readers(form: Compiled) -> dict[str, frozenset[str]]:
    """For each question, paths of the computed items that read it."""
    computed = [item.link_id for item in form.items.values() if item.calculated]
    found: dict[str, set[str]] = {}
    for link_id in computed:
        for read in inputs_of(form, link_id):
            found.setdefault(read, set()).add(form.path(link_id))
    return {read: frozenset(paths) for read, paths in found.items()}


def explained_by(form: Compiled, link_ids: Iterable[str]) -> set[str]:
    """Paths of the computed values whose reason names one of these answers, even when the value stays."""
    readers = _readers(form)
    return {path for link_id in link_ids for path in readers.get(link_id, ())}


def reason(draft: Draft, item: Item, *, known: bool) -> str:
    """« T2, N1, M0 » when there is a value, otherwise « attend Poids » or why none will come; "" for no question."""
    form = draft.form
    if not known:
        path = form.path(item.link_id)
        return not_calculated_because(draft.evaluation, path) or _awaited(form, *waited_for(draft.evaluation, path))
    answers = draft.answers | draft.computed
    paths = ((one, form.path(one)) for one in inputs_of(form, item.link_id))
    open_now = [(one, path) for one, path in paths if path in draft.enabled]
    said = [_said(form, one, answers[path]) for one, path in open_now if answers.get(path) is not None]
    return ", ".join(said[:NAMED]) + (" …" if len(said) > NAMED else "")


def _awaited(form: Compiled, always: Sequence[str], others: Sequence[Sequence[str]]) -> str:
    """« attend T, N », « attend PSA, et RE ou RP », « attend T et N, ou FIGO »: what is sure, what stands for what."""
    names = [form.items[one].short_text for one in always]
    sure = ", ".join(names[:NAMED]) + (" …" if len(names) > NAMED else "")
    ways = [join_list(form.items[one].short_text for one in way) for way in others]
    left = max(NAMED - len(names), 2)  # an alternative is of two at least
    joint = " ou " if all(len(way) == 1 for way in others) else ", ou "
    choice = joint.join(ways[:left]) + (" …" if len(ways) > left else "")
    return f"attend {', et '.join(part for part in (sure, choice) if part)}" if sure or choice else ""


def _said(form: Compiled, link_id: str, value: object) -> str:
    label, text = form.items[link_id].short_text, briefly(form, link_id, value)
    return text if text.casefold().startswith(label.casefold()) else f"{label} {text}"
