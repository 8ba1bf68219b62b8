"""Who is told which situation: each invented patient once, of a fitting age and sex, the same at each run."""

import random
from collections.abc import Iterator
from datetime import date
from itertools import cycle
from math import ceil
from uuid import UUID

from dcc.demo.catalogue import situations_of
from dcc.demo.clinical import Situation
from dcc.lib.french import age_years
from patients.models import Patient
from rcp.models import Board, Meeting

AGES_OF_BOARD = {"OGE": (75, 120), "PED": (0, 17)}
ADULTS = (18, 120)  # whom every other board sees
NETWORK_OF = {1: 1, 2: 1, 9: 9}  # founding region: the first region of its network


class Casting:
    """Gives patients and situations to meetings; `draw` shuffles each board's situations."""

    def __init__(self, patients: list[Patient], draw: random.Random) -> None:
        self.draw = draw
        self.waiting = {
            network: [one for one in patients if NETWORK_OF[one.region_id] == network]
            for network in set(NETWORK_OF.values())
        }
        self.seen_by: dict[UUID, Iterator[Situation]] = {}

    def of(self, meeting: Meeting, count: int) -> list[tuple[Patient, Situation]]:
        """At most `count` patients, fewer when nobody is left whom the board would see."""
        board, chosen = meeting.board, []
        situations = self.seen_by.setdefault(board.pk, cycle(self._order(board)))
        for _ in range(count):
            for situation in (next(situations) for _ in range(len(situations_of(board)))):
                if patient := self._patient(situation, meeting):
                    chosen.append((patient, situation))
                    break
        return chosen

    def _order(self, board: Board) -> list[Situation]:
        """The board's situations in a drawn order, those of its usual form half of the time at least."""
        every = situations_of(board)
        own = [one for one in every if one.form == board.form_code]
        others = [one for one in every if one.form != board.form_code]
        order = own * max(1, ceil(len(others) / len(own))) + others
        self.draw.shuffle(order)
        return order

    def _patient(self, situation: Situation, meeting: Meeting) -> Patient | None:
        on: date = meeting.held_on
        ages = AGES_OF_BOARD.get(meeting.board.code[:3], ADULTS)
        waiting = self.waiting[NETWORK_OF[meeting.region_id]]
        for rank, one in enumerate(waiting):
            if one.birth_date and situation.suits(sex=one.sex, age=age_years(one.birth_date, on), ages=ages):
                return waiting.pop(rank)
        return None
