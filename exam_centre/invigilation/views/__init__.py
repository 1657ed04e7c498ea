"""Pages of the exam day: the venue's board, the room, and what is printed of both."""

from exam_centre.invigilation.views import absentees, acts, board, closing, printed, room
from exam_centre.invigilation.views.blueprint import NAVIGATION, blueprint

__all__ = [
    "NAVIGATION",
    "absentees",
    "acts",
    "blueprint",
    "board",
    "closing",
    "printed",
    "room",
]
