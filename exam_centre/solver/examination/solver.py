"""Searches for an examination timetable: from the frozen problem to a checked plan."""

from functools import cache

import numpy as np

from exam_centre.solver.engine.annealing_rule import patience
from exam_centre.solver.engine.cooling import cooled
from exam_centre.solver.engine.effort import WHOLE_EFFORT, Cancel, Effort
from exam_centre.solver.examination.annealing import Found, anneal
from exam_centre.solver.examination.board import OVER, UNSETTLED, Board, empty_board
from exam_centre.solver.examination.construction import construct, force
from exam_centre.solver.examination.plan import ExaminationPlan, Placing, Progress
from exam_centre.solver.examination.problem import (
    Enrolments,
    ExaminationProblem,
    Exams,
    Pairs,
    Periods,
    Rooms,
    Weights,
)
from exam_centre.solver.examination.score import score_of
from exam_centre.solver.examination.tables import UNIT, Tables, build_tables
from exam_centre.solver.examination.tuning import SHARES, SeatPrice, tuned
from exam_centre.solver.examination.validation import validate

MOVES_PER_EXAM = 20_000  # where neither seconds nor moves are given
CHUNK = 16_384  # moves at one temperature


def solve(
    problem: ExaminationProblem,
    *,
    seed: int,
    seconds: float | None = None,
    iterations: int | None = None,
    progress: Progress | None = None,
    cancelled: Cancel | None = None,
) -> ExaminationPlan:
    """Return the best plan the effort allows; `violations` says what of it is not feasible.

    seed        >= 0; the same problem, seed and iterations give the same plan to the byte.
    seconds     CPU seconds of the search, one thread, compiling not counted; a plan found so need
                not repeat.
    iterations  moves tried; with `seconds` as well, whichever ends first. Neither: enough moves.
    progress    called with (done, total, cost of the best feasible plan so far or None).
    cancelled   asked many times a second; True ends the search with the best so far.
    """
    if seconds is None and iterations is None:
        iterations = MOVES_PER_EXAM * len(problem.exams)
    warm_up()
    return _search(problem, Effort(iterations, seconds, progress, cancelled), seed)


@cache
def warm_up() -> None:
    """Compile the search, or load what was compiled before, so that no search pays for it."""
    one, two, index = (np.array(a, dtype=np.int32) for a in ([1], [1, 1], [0, 1]))
    none = one[:0]
    pairs = Pairs(none, none)
    smallest = ExaminationProblem(
        exams=Exams(two, two > 1),
        enrolments=Enrolments(index, two),
        periods=Periods(index, two, two),
        rooms=Rooms(one, one),
        after=pairs,
        together=pairs,
        apart=pairs,
        weights=Weights(1, 1, 1, 1, 1, 1, 1),
    )
    _search(smallest, Effort(64, None, None, None), 0)


def _search(problem: ExaminationProblem, effort: Effort[int | None], seed: int) -> ExaminationPlan:
    tables = build_tables(problem)
    board, found = empty_board(tables, seed), Found.none_yet(tables)
    construct(tables, board)
    tuning = tuned(board)
    table = patience()
    price = SeatPrice(tuning.seat)
    while effort.goes_on(WHOLE_EFFORT):
        part = effort.done() / WHOLE_EFFORT
        if board.totals[UNSETTLED] > 0:
            construct(tables, board)
        heat, seat = cooled(tuning.hot, tuning.cold, part), price.at(part, int(board.totals[OVER]))
        moves = CHUNK if effort.moves is None else min(CHUNK, effort.moves - effort.tried)
        anneal(tables, board, found, table, heat, seat, moves, SHARES)
        effort.tried += moves
        effort.tell(found.cost)
    placing = _placing(tables, board, found)
    return ExaminationPlan(
        placing=placing,
        violations=validate(problem, placing),
        score=score_of(problem, placing),
        seed=seed,
        moves=effort.tried,
        complete=not effort.stopped,
    )


def _placing(tables: Tables, board: Board, found: Found) -> Placing:
    """Return the best feasible placing, or else the last one, with every exam placed somewhere."""
    if found.cost() is not None:
        return Placing(found.period[tables.exam[:, UNIT]], found.room.copy())
    force(tables, board)
    return Placing(board.period[tables.exam[:, UNIT]], board.room.copy())
