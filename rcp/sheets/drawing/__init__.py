"""A sheet as HTML: questions, lines and chapters, drawn from the engine's items so that a new form needs no screen."""

from rcp.sheets.drawing.names import element_id
from rcp.sheets.drawing.painter import Painter

__all__ = ["Painter", "element_id"]
