"""Every situation of the demonstration, and those a board may meet."""

from dcc.demo.clinical import Situation
from dcc.demo.situations import blood, chest_head, digestive, pelvis_breast, rare
from rcp.models import Board
from rcp.sheets.form_choice import forms_of

SITUATIONS: tuple[Situation, ...] = (
    *pelvis_breast.SITUATIONS,
    *digestive.SITUATIONS,
    *chest_head.SITUATIONS,
    *blood.SITUATIONS,
    *rare.SITUATIONS,
)


def situations_of(board: Board) -> list[Situation]:
    """What a board sees, on its usual form and on its other forms: never empty."""
    return [
        one for one in SITUATIONS if one.form in forms_of(board) and (not one.board or board.code.startswith(one.board))
    ]
