"""Draws a draft: any question, line or chapter, alone (a fragment) or in its page, always with the same ids."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from dcc.lib.french import NBSP, NNBSP, date_short, time_short
from dcc.ui.components.basics import badge, button, icon
from rcp.models import AnswerEvent, Origin
from rcp.sheets.draft import Draft, Row
from rcp.sheets.drawing.conflicts import conflict_block
from rcp.sheets.drawing.controls import Field, control, is_chips, keys_of
from rcp.sheets.drawing.folds import FoldPainter
from rcp.sheets.drawing.lines import LinePainter
from rcp.sheets.drawing.names import BASE, element_id, field_id
from rcp.sheets.drawing.reasons import reason
from rcp.sheets.drawing.tnm import briefly, is_column
from rcp.sheets.engine import Item, display_value, link_id_of, not_offered
from rcp.sheets.given import FROM_REGISTRATION, is_given

# The one long list whose options are all seen at once: the outcome is what the room speaks about.
AS_CHIPS = frozenset({"tronc.decision"})
NOTHING = SafeString("")
NO_ANSWER = SafeString('<p class="said muted">–</p>')
TO_CONFIRM = SafeString(" data-toconfirm")
COMPULSORY = SafeString(' <span class="req" data-must>obligatoire</span>')
SEVERAL = 2  # answers to confirm, from which one gesture for all is worth a button


@dataclass(kw_only=True)
class Painter:
    """`writable` says which chapters this reader may answer; `typed` and `errors` give back what was refused."""

    draft: Draft
    writable: Collection[str]
    codes_url: str = ""
    csrf: SafeString | str = ""
    before: Callable[[], Mapping[str, tuple[Any, str]]] = dict  # path → (answer of the last sheet, its date)
    typed: Mapping[str, list[str]] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def conflicts(self) -> dict[str, AnswerEvent]:
        return {event.path: event for event in self.draft.conflicts}

    @cached_property
    def required(self) -> frozenset[str]:
        return frozenset(str(issue["path"]) for issue in self.draft.missing)

    @cached_property
    def former(self) -> Mapping[str, tuple[Any, str]]:
        return self.before()

    @cached_property
    def lines(self) -> LinePainter:
        return LinePainter(self)

    @cached_property
    def folds(self) -> FoldPainter:
        return FoldPainter(self)

    def is_open(self, path: str) -> bool:
        return path in self.draft.enabled

    def may_write(self, item: Item) -> bool:
        if item.chapter not in self.writable or is_given(self.draft.form, item):
            return False
        return not item.read_only and (not item.calculated or item.overridable)

    # ------------------------------------------------------------------------------------------- chapters

    def chapter(self, item: Item) -> SafeString:
        """A chapter as a form of its own; a closed one is an empty place, filled when an answer opens it."""
        name = element_id(item.link_id, "c")
        if not self.is_open(item.link_id):
            return format_html('<section id="{}" class="card" hidden></section>', name)
        body = format_html_join("", "{}", ((one,) for one in self.folds.children(item, item.link_id)))
        if item.link_id not in self.writable:
            return format_html(
                '<section id="{}" class="card" aria-labelledby="{}-t">{}<div class="card-b">{}</div></section>',
                name, name, self._head(item, name), body,
            )  # fmt: skip
        save = button("Enregistrer ce chapitre", submit=True)
        return format_html(
            '<section id="{}" class="card" aria-labelledby="{}-t"><form method="post" novalidate data-chapter="{}">{}'
            '<input type="hidden" name="chapitre" value="{}">{}<div class="card-b">{}</div>'
            '<noscript><div class="card-f">{}</div></noscript></form></section>',
            name, name, item.link_id, self.csrf, item.link_id, self._head(item, name), body, save,
        )  # fmt: skip

    def _head(self, item: Item, name: str) -> SafeString:
        return format_html(
            '<div class="card-h"><h2 id="{}-t" tabindex="-1">{}</h2>{}{}</div>',
            name,
            item.text,
            format_html('<span class="small muted">{}</span>', item.help) if item.help else "",
            self.confirm_all(item.link_id),
        )

    def confirm_all(self, chapter: str) -> SafeString:
        """What was taken over in a chapter, confirmed in one gesture; its place stays when there is nothing left."""
        name = element_id(chapter, "k")
        waiting = [path for path in self.draft.to_confirm if self.draft.item(path).chapter == chapter]
        if len(waiting) < SEVERAL or chapter not in self.writable:
            return format_html('<span id="{}"></span>', name)
        said = f"Confirmer les {len(waiting)} réponses reprises"
        drawn = button(
            said, size="sm", icon_name="check", submit=True, name="confirmer", value=chapter, data_op="confirm"
        )
        return format_html('<span id="{}" class="push">{}</span>', name, drawn)

    # ---------------------------------------------------------------------------------------- any element

    def fragment(self, path: str) -> SafeString:
        """The element of a path: chapter, group, list of lines or question."""
        item = self.draft.form.items[link_id_of(path)]
        if item.control == "list":
            return self.lines.group(item, path)
        if item.type == "group":
            return self.chapter(item) if item.depth == 0 or "/" not in path else self.folds.group(item, path)
        if item.type == "display":
            return format_html('<p class="small muted" id="{}">{}</p>', element_id(path), item.text)
        if item.hidden or not self.is_open(path):
            return format_html('<div id="{}" class="q" data-path="{}" hidden></div>', element_id(path), path)
        return self.question(item, path)

    def element_of(self, path: str) -> str:
        """Id of the element `fragment` draws for a path."""
        item = self.draft.form.items[link_id_of(path)]
        return element_id(item.link_id, "c") if item.type == "group" and "/" not in path else element_id(path)

    # ------------------------------------------------------------------------------------------ questions

    def question(self, item: Item, path: str) -> SafeString:
        if (event := self.conflicts.get(path)) is not None and self.may_write(item):
            return conflict_block(self.draft, item, path, event, self.draft.rows.get(path))
        if item.calculated and not (item.overridable and self.may_write(item)):
            forced = item.overridable and self.draft.answers.get(path) is not None
            drawn = self._forced(item, path, self.said(item, path)) if forced else self.calculated(item, path)
            return self._row(item, path, drawn, chips=True)
        if not self.may_write(item):
            return self._read(item, path)
        item = self._offered(item, path)
        if item.link_id in AS_CHIPS or is_column(item):
            item = replace(item, control="radio")
        drawn = control(self._field(item, path))
        if item.calculated:
            drawn = self._override(item, path, drawn)
        return self._row(item, path, drawn, chips=is_chips(item) or bool(item.calculated))

    def _offered(self, item: Item, path: str) -> Item:
        """The item with the options its list holds now; the one already chosen stays, its warning says the rest."""
        refused = not_offered(self.draft.evaluation, path) if item.options else frozenset()
        refused -= set(self.typed.get(path, ())) | set(keys_of(item, self.draft.answers.get(path)))
        if not refused:
            return item
        return replace(item, options=tuple(option for option in item.options if option.key not in refused))

    def _field(self, item: Item, path: str) -> Field:
        return Field(
            form=self.draft.form,
            item=item,
            path=path,
            value=self.draft.answers.get(path),
            typed=self.typed.get(path),
            codes_url=self.codes_url,
            invalid=path in self.errors,
        )

    def _row(self, item: Item, path: str, drawn: SafeString, *, chips: bool) -> SafeString:
        row = self.draft.rows.get(path)
        name, to_confirm = element_id(path), bool(row and row.to_confirm) and self.may_write(item)
        css = f"q{' child' if item.opened_by else ''}{' toconfirm' if to_confirm else ''}"
        css += "" if self.may_write(item) or item.calculated else " read"
        error = self.errors.get(path, "")
        failed = format_html('<p class="error" id="{}-erreur">{}{}</p>', field_id(path), icon("alert"), error)
        marks, base = self._marks(item, path), self._base(row, path, item)
        shared = format_html(
            '{} id="{}" data-path="{}" data-ver="{}" data-control="{}"{}',
            format_html('class="{}"', css), name, path, row.ver if row else 0,
            item.control if self.may_write(item) else "",
            TO_CONFIRM if to_confirm else "",
        )  # fmt: skip
        confirm = self._confirm(item, path) if to_confirm else ""
        beside = self._beside(item, path, row) if not to_confirm else ""
        body = format_html('<div class="flex">{}{}{}</div>', drawn, confirm, beside)
        below = format_html("{}{}", self._origin(row) if to_confirm else "", failed if error else "")
        if chips:
            return format_html(
                "<fieldset {}><legend>{}{}</legend><div>{}{}{}</div></fieldset>",
                shared, item.text, marks, body, below, base,
            )  # fmt: skip
        return format_html(
            '<div {}><div class="q-lab"><label class="label" for="{}">{}{}</label></div><div>{}{}{}</div></div>',
            shared, field_id(path), item.text, marks, body, below, base,
        )  # fmt: skip

    def _marks(self, item: Item, path: str) -> SafeString:
        """« ouvert par 2+ », « obligatoire » while the answer lacks."""
        opened = item.opened_by if item.opened_by and self.may_write(item) else ""
        return format_html(
            "{}{}", format_html(' <span class="req">{}</span>', opened) if opened else "",
            COMPULSORY if path in self.required else "",
        )  # fmt: skip

    def _base(self, row: Row | None, path: str, item: Item) -> SafeString:
        if not self.may_write(item):
            return NOTHING
        return format_html('<input type="hidden" name="{}{}" value="{}">', BASE, path, row.ver if row else 0)

    def _confirm(self, item: Item, path: str) -> SafeString:
        return button(
            "Confirmer", size="sm", icon_name="check", submit=True, about=item.short_text, name="confirmer", value=path,
            data_op="confirm",
        )  # fmt: skip

    def _origin(self, row: Row | None) -> SafeString:
        said = row.author_name if row else ""
        return format_html('<p class="prev">{}<span>{}</span></p>', badge("warn", "à confirmer"), said)

    def _beside(self, item: Item, path: str, row: Row | None) -> SafeString:
        """What is said beside an answer: where it comes from, what it was the last time, how to answer."""
        if item.link_id in FROM_REGISTRATION:
            return NOTHING
        if row is not None and row.origin == Origin.PREFILL and row.value is not None:
            return format_html('<span class="small muted">{}</span>', row.author_name)
        was, day = self.former.get(path, (None, ""))
        if was is not None and was != self.draft.answers.get(path):
            said = briefly(self.draft.form, item.link_id, was)
            return format_html('<span class="small muted">le {}{}: {}</span>', day, NBSP, said)
        if item.help and not item.calculated:
            return format_html('<span class="small muted">{}</span>', item.help)
        return NOTHING

    def calculated(self, item: Item, path: str) -> SafeString:
        """A computed value with its reason in one line; the rule itself is behind « pourquoi ? »."""
        value = self.draft.computed.get(path)
        said = display_value(self.draft.form, item.link_id, value) if value is not None else "–"
        why = reason(self.draft, item, known=value is not None)
        rule = item.help or ("" if why else "calculé d’après les réponses")
        behind = self._rule(path, rule) if why and rule else ""
        return format_html(
            '<div class="calc"><output class="val">{}</output> <span class="muted">{}</span>{}</div>',
            said, why or rule, behind,
        )  # fmt: skip

    def _rule(self, path: str, rule: str) -> SafeString:
        return format_html(
            '<details class="why" id="{}"><summary class="small">pourquoi{}?</summary><p class="small">{}</p>'
            "</details>",
            element_id(path, "y"), NNBSP, rule,
        )  # fmt: skip

    def _override(self, item: Item, path: str, drawn: SafeString) -> SafeString:
        """A computed value somebody may replace: who did and when, what the rule gives, and the way back."""
        row = self.draft.rows.get(path)
        if row is None or row.value is None:
            return format_html(
                '<div class="stack-sm">{}<details class="force" id="{}"><summary class="small">Forcer une autre valeur'
                "</summary>{}</details></div>",
                self.calculated(item, path), element_id(path, "o"), drawn,
            )  # fmt: skip
        back = button(
            "Revenir au calcul", size="sm", icon_name="sync", submit=True, about=item.short_text, name="recalculer",
            value=path, data_op="recompute",
        )  # fmt: skip
        return self._forced(item, path, drawn, back)

    def _forced(self, item: Item, path: str, drawn: SafeString, back: SafeString = NOTHING) -> SafeString:
        """A forced value, on a frozen sheet too: who did and when, what the rule gives, and the way back if any."""
        row = self.draft.rows.get(path)
        return format_html(
            '<div class="stack-sm">{}<p class="prev">{}<span>{}</span><span>{}</span>{}</p></div>',
            drawn, badge("warn", "forcé"), self._by(row) if row else "", self._instead(item, path), back,
        )  # fmt: skip

    def _by(self, row: Row) -> str:
        moment = timezone.localtime(row.updated_at)
        day = f" le {date_short(moment)}" if moment.date() != timezone.localdate() else ""
        return f"par {row.author_name}{day} à {time_short(moment)}"

    def _instead(self, item: Item, path: str) -> str:
        """What the rule gives in place of the forced value."""
        draft = self.draft
        free = {one: value for one, value in draft.answers.items() if one != path}
        value = draft.form.evaluate(free, draft.context).calculated.get(path)
        if value is None:
            return "le calcul ne donne rien"
        return f"le calcul donne{NBSP}: {display_value(draft.form, item.link_id, value)}"

    def _read(self, item: Item, path: str) -> SafeString:
        """A question that is only read; once frozen, what was not answered is not shown."""
        if self.draft.frozen and self.draft.answers.get(path) is None:
            return format_html('<div id="{}" class="q" data-path="{}" hidden></div>', element_id(path), path)
        return self._row(item, path, self.said(item, path), chips=True)

    def said(self, item: Item, path: str) -> SafeString:
        """An answer that is only read."""
        value = self.draft.answers.get(path)
        text = display_value(self.draft.form, item.link_id, value) if value is not None else ""
        return format_html('<p class="said">{}</p>', text) if text else NO_ANSWER

    # ----------------------------------------------------------------------------------------- fragments

    def fragments(self, paths: Iterable[str]) -> dict[str, SafeString]:
        """The smallest set of elements to draw again for these paths: an element stands for those inside it."""
        wanted = {self._owner(path) for path in paths if link_id_of(path) in self.draft.form.items}
        inner = {path for path in wanted if any(path.startswith(f"{other}/") for other in wanted)}
        return {self.element_of(path): self.fragment(path) for path in sorted(wanted - inner)}

    def _owner(self, path: str) -> str:
        """A line is drawn with its list; a cell by itself."""
        return path[: path.rindex("[")] if path.endswith("]") else path
