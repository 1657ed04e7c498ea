"""What a search tells while it runs."""

from collections.abc import Callable

from exam_centre.solver.park.board import (
    BEYOND_WISH,
    METRES,
    ROOMS,
    SAME_DAY,
    SITTINGS,
    UNPLACED,
    Board,
)
from exam_centre.solver.park.plan import Score

Progress = Callable[[int, int, Score], None]


def running_score(board: Board) -> Score:
    """Return the score of an unfinished board; what is only settled at the end counts 0."""
    totals = [int(total) for total in board.totals]
    return Score(
        unplaced=totals[UNPLACED],
        clashes=0,
        on_shift=0,
        held_over=0,
        sittings_beyond=totals[BEYOND_WISH],
        sittings=totals[SITTINGS],
        travel_metres=totals[METRES],
        wishes_missed=0,
        same_day=totals[SAME_DAY],
        room_sessions=totals[ROOMS],
        leftovers=0,
        beside_paper=0,
        beside_team=0,
    )
