"""Stage 2, fewer sittings: people without a place ask others for room, before a paper sits again.

Closing a sitting is the same asked the other way round: its people are taken off and all have to
find room in the sittings that are left, however far others have to go for it.
"""

import numpy as np

from exam_centre.solver.engine.arrays import Ints
from exam_centre.solver.engine.compiled import compiled
from exam_centre.solver.park.board import (
    COUNT,
    HELD,
    LIMIT,
    PERIOD,
    SITS,
    UNPLACED,
    Board,
    keep,
)
from exam_centre.solver.park.giving_way import make_way
from exam_centre.solver.park.moves import place_best
from exam_centre.solver.park.sittings import lift
from exam_centre.solver.park.tables import FIRST, NEEDS, WISHED, Tables

THIN = 200  # people at most of a sitting that is closed


def ask_for_room(tables: Tables, board: Board) -> None:
    """Place whom the moves of others make room for, in the sittings there are."""
    needs = tables.entry[:, NEEDS].copy()
    for entry in np.sort(board.waiting[: board.totals[UNPLACED]]):
        if board.entry[entry, PERIOD] < 0:
            make_way(tables, board, int(entry), needs, 0)


def close_sittings(tables: Tables, board: Board) -> None:
    """Close sittings beyond the wish, the thinnest first, wherever nobody loses a place by it."""
    needs = tables.entry[:, NEEDS].copy()
    beyond = board.sittings[:, HELD] > tables.paper[:-1, WISHED]
    for paper in np.flatnonzero(beyond):
        people = board.paper[paper, :, COUNT]
        for period in np.argsort(people, kind="stable"):
            if board.sittings[paper, HELD] <= tables.paper[paper, WISHED]:
                break
            if not 0 < people[period] <= THIN:
                continue
            before = Board._make(column.copy() for column in board)
            if not close_sitting(tables, board, int(paper), int(period), needs):
                copy_board(before, board)
        held, wished = board.sittings[paper, HELD], tables.paper[paper, WISHED]
        board.sittings[paper, LIMIT] = max(held, wished)


def copy_board(source: Board, target: Board) -> None:
    """Bring a board to the state of another of the same problem."""
    for name in Board._fields:
        getattr(target, name)[...] = getattr(source, name)


@compiled
def close_sitting(t: Tables, b: Board, paper: int, period: int, needs: Ints) -> bool:
    """Take a sitting off and place its people in the others; False: not all, some still wait."""
    keep(b)
    if not lift(t, b, paper, period):
        return False
    b.paper[paper, period, SITS] = 0
    keep(b)
    for k in range(t.paper[paper, FIRST], t.paper[paper + 1, FIRST]):
        entry = t.paper_entries[k]
        if b.entry[entry, PERIOD] >= 0 or not t.may[entry, period]:
            continue
        if not place_best(t, b, entry) and not make_way(t, b, entry, needs, 0):
            return False
        keep(b)
    return True
