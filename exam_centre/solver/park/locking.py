"""Putting on the board what must stay, before anything is searched."""

import numpy as np

from exam_centre.solver.engine.arrays import Ints
from exam_centre.solver.park.board import AT, FIXED, LOCKED, PERIOD, SITS, Board, keep, may_put, put
from exam_centre.solver.park.holding import Held, Holding
from exam_centre.solver.park.moves import put_in_period
from exam_centre.solver.park.plan import LockBroken, Locks
from exam_centre.solver.park.problem import ParkProblem
from exam_centre.solver.park.tables import OWN, PAPER, Tables


def settle_locks(
    problem: ParkProblem, tables: Tables, board: Board, order: Ints, locked: Locks | None
) -> Holding:
    """Place what is locked and return the held-over sittings among it.

    Raises LockBroken for the first entry whose lock breaks a rule.
    """
    holding = Holding(problem, tables, board, order)
    if locked is None:
        return holding
    row = np.empty_like(order)
    row[order] = np.arange(len(order), dtype=np.int32)
    whole = np.flatnonzero((locked.room >= 0) & (locked.held_over_after < 0))
    later = np.flatnonzero(locked.held_over_after >= 0)
    timed = np.flatnonzero((locked.period >= 0) & (locked.room < 0))
    for entry in whole:
        room, period = int(locked.room[entry]), int(locked.period[entry])
        i = int(row[entry])
        if period < 0 or not may_put(tables, board, i, room, period):
            raise LockBroken(int(entry))
        _open(board, int(tables.entry[i, PAPER]), period)
        put(tables, board, i, room, period)
        board.entry[i, FIXED] = LOCKED
    for entry in later:
        _hold(problem, tables, board, holding, locked, row, int(entry))
    for entry in timed:
        i, period = int(row[entry]), int(locked.period[entry])
        tables.may[i] &= np.arange(tables.may.shape[1]) == period
        _open(board, int(tables.entry[i, PAPER]), period)
        if not put_in_period(tables, board, i, period):
            raise LockBroken(int(entry))
    keep(board)
    return holding


def _open(board: Board, paper: int, period: int) -> None:
    board.paper[paper, period, SITS] = 1


def _hold(
    problem: ParkProblem,
    tables: Tables,
    board: Board,
    holding: Holding,
    locked: Locks,
    row: Ints,
    entry: int,
) -> None:
    first, second = int(row[locked.held_over_after[entry]]), int(row[entry])
    room, period = int(locked.room[entry]), int(locked.period[entry])
    if room < 0 or board.entry[first, PERIOD] != period or not board.entry[first, FIXED]:
        raise LockBroken(entry)
    start = int(board.entry[first, AT] + tables.entry[first, OWN])
    start += problem.rules.isolation_minutes
    end = start + int(tables.entry[second, OWN])
    held = Held(first, second, period, room, start, end)
    if not holding.can(held):
        raise LockBroken(entry)
    holding.add(held)
