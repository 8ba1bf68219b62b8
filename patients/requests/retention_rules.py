"""How long a file is kept: the table of the public health code (R.1112-7), as dates; pure.

Twenty years after the last passage, and until the 28th birthday at least; ten years after the death of somebody who
died within ten years of their last passage. A claim suspends them: somebody says so on the list.
"""

from dataclasses import dataclass
from datetime import date

KEPT = 20  # years after the last passage
YOUNG = 28  # years of age
AFTER_DEATH = 10  # years, when the death came within as many years of the last passage
SHORTEST = AFTER_DEATH  # no file is over sooner after its last passage


@dataclass(frozen=True, slots=True, kw_only=True)
class Over:
    """The first day a file may be eliminated, and the rule that says so (a key of RULES)."""

    on: date
    rule: str


RULES = {
    "last": f"{KEPT} ans après le dernier passage",
    "young": f"jusqu’au {YOUNG}\u1d49 anniversaire",
    "death": f"{AFTER_DEATH} ans après le décès",
}


def over(*, last: date, born: date, died: date | None = None) -> Over:
    """When the file of somebody last seen on `last` may be eliminated."""
    if died is not None and died < years_after(last, AFTER_DEATH):
        return Over(on=years_after(died, AFTER_DEATH), rule="death")
    usual, grown = years_after(last, KEPT), years_after(born, YOUNG)
    return Over(on=grown, rule="young") if grown > usual else Over(on=usual, rule="last")


def years_after(day: date, years: int) -> date:
    """The same day `years` later; a 29 February becomes a 1 March, the later of the two."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
