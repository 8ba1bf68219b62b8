"""What the sheet says otherwise than the last validated one of the patient: read first, on the desk and in the room."""

from dataclasses import dataclass

from rcp.sheets.draft import Draft
from rcp.sheets.drawing.names import element_id
from rcp.sheets.drawing.tnm import TNM
from rcp.sheets.engine import changes_since
from rcp.sheets.given import is_given
from rcp.sheets.reprise import Source

NEVER = "jamais"  # asked again at each passage: another answer is no change


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """One answer that is another: « HER2 1+ → 2+ »; `old` is "" when it is new."""

    link_id: str
    label: str
    old: str
    new: str
    element_id: str

    @property
    def words(self) -> str:
        """The change in one breath; the label is left out when the answer says it."""
        said = self.new if self.new.casefold().startswith(self.label.casefold()) else ""
        if not self.old:
            return said or f"{self.label} {self.new}"
        return f"{self.old} → {said}" if said else f"{self.label} {self.old} → {self.new}"


def moved_since_last(draft: Draft, source: Source) -> list[Moved]:
    """Answers that changed since `source`, in the order of the form; what is asked again each time is left out."""
    found = []
    for one in changes_since(draft.form, source.answers, draft.answers, draft.context):
        item = draft.form.items[one.link_id]
        if not one.new or item.reprise == NEVER or is_given(draft.form, item):
            continue
        if item.calculated and not item.overridable:  # an index follows from what changed: it says nothing more
            continue
        brief = one.link_id in TNM
        old, new = (_code(text) if brief else text for text in (one.old, one.new))
        if old == new:
            continue
        place = element_id(draft.form.path(one.link_id))
        found.append(Moved(link_id=one.link_id, label=one.label, old=old, new=new, element_id=place))
    return found


def _code(text: str) -> str:
    """« T1c (> 10 à 20 mm) » as the room says it."""
    return text.partition(" (")[0]
