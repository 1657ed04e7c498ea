"""Stage 2, second part: small moves and large ones by turns, and fewer sittings where they go."""

import numpy as np

from exam_centre.solver.engine.annealing_rule import patience
from exam_centre.solver.engine.arrays import Ints
from exam_centre.solver.engine.cooling import cooled
from exam_centre.solver.engine.effort import WHOLE_EFFORT, Effort
from exam_centre.solver.park.annealing import anneal
from exam_centre.solver.park.board import HELD, UNPLACED, WEIGHTS, Board
from exam_centre.solver.park.narrowing import ask_for_room, close_sittings
from exam_centre.solver.park.plan import Score
from exam_centre.solver.park.progress import running_score
from exam_centre.solver.park.sittings import allow_one_more
from exam_centre.solver.park.tables import KIN_FROM, KIN_TO, PAPER, WISHED, Tables
from exam_centre.solver.park.together import place_together

MILD, COLD = 10_000, 20  # metres
PAPERS_EVERY = 2048  # one whole paper is moved among so many entries
RESITS = 600  # moves of whole papers that somebody waits for, or that sit too often
MORE_SITTINGS_FROM = 5  # tenths of stage 2: nobody has found room by then
ROUNDS = 24  # times in stage 2 that one paper of everybody is placed anew
ROUND_MOVE = 20  # an entry placed so counts as so many moves


def improve(tables: Tables, board: Board, effort: Effort[Score], begun: int) -> None:
    """Better the places of everybody until the effort ends, of which `begun` was spent before.

    Papers with people left over may sit once more, when all else has been tried.
    """
    table, asked, rounds = patience(), 0, 0
    everybody = np.arange(len(board.entry), dtype=np.int32)
    papers = np.arange(len(board.sittings), dtype=np.int32)
    while effort.goes_on(WHOLE_EFFORT):
        part = (effort.done() - begun) / (WHOLE_EFFORT - begun)
        if part * ROUNDS >= 1 + rounds:
            rounds += 1
            effort.tried += ROUND_MOVE * place_together(tables, board)
        if part * 10 > 2 + asked:
            asked += 1
            anneal(
                tables,
                board,
                WEIGHTS,
                table,
                cooled(MILD, COLD, part),
                RESITS,
                1,
                everybody,
                _troubled(tables, board),
            )
            _fewer_sittings(tables, board, part * 10 > MORE_SITTINGS_FROM)
        chunk = 16_384
        heat = cooled(MILD, COLD, part)
        anneal(tables, board, WEIGHTS, table, heat, chunk, PAPERS_EVERY, everybody, papers)
        effort.tried += chunk
        effort.tell(lambda: running_score(board))
    _fewer_sittings(tables, board, True)


def _troubled(tables: Tables, board: Board) -> Ints:
    """Return the papers beyond their wish, and all papers of people who wait for one; or all."""
    waiting = board.waiting[: board.totals[UNPLACED]]
    first, last = tables.entry[waiting, KIN_FROM], tables.entry[waiting, KIN_TO]
    kin = [np.arange(a, b) for a, b in zip(first, last, strict=True)]
    theirs = tables.entry[np.concatenate([np.zeros(0, np.int64), *kin]), PAPER]
    beyond = np.flatnonzero(board.sittings[:, HELD] > tables.paper[:-1, WISHED])
    found = np.unique(np.concatenate([theirs, beyond])).astype(np.int32)
    return found if len(found) else np.arange(len(board.sittings), dtype=np.int32)


def _fewer_sittings(tables: Tables, board: Board, may_sit_more: bool) -> None:
    """Make room for those who wait, then close sittings beyond the wish; or let papers sit more."""
    ask_for_room(tables, board)
    close_sittings(tables, board)
    if may_sit_more and board.totals[UNPLACED] > 0:
        allow_one_more(tables, board)
