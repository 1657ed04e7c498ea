"""From a finished board to a plan: seats, reasons, score."""

import numpy as np

from exam_centre.solver.engine.arrays import Flags, Ints
from exam_centre.solver.park.board import AT, PERIOD, ROOM, Board
from exam_centre.solver.park.geography import nearest_metres
from exam_centre.solver.park.holding import Held
from exam_centre.solver.park.plan import Locks, ParkPlan, Placing, Reason
from exam_centre.solver.park.problem import ParkProblem
from exam_centre.solver.park.reasons import explain
from exam_centre.solver.park.score import score_of, sitting_table
from exam_centre.solver.park.seats import neighbours, seat_people


def finish(
    problem: ParkProblem,
    board: Board,
    order: Ints,
    held: list[Held],
    locked: Locks | None,
    least: Ints,
    *,
    seed: int,
    moves: int,
    complete: bool,
) -> ParkPlan:
    """Give everybody on the board a seat and write the plan down."""
    placing = _seated(problem, board, order, held, locked, seed)
    unplaced = explain(problem, placing)
    reason = np.full(len(order), Reason.PLACED, dtype=np.int32)
    for one in unplaced:
        reason[one.entry] = one.reason
    beside = neighbours(
        problem, placing.period, placing.seat, placing.placed() & (placing.held_over_after < 0)
    )
    nearest = nearest_metres(problem)
    return ParkPlan(
        **vars(placing),
        reason=reason,
        beside=beside,
        sittings=sitting_table(problem, placing),
        least_sittings=least,
        unplaced=unplaced,
        score=score_of(problem, placing, least, beside),
        travel_bound_metres=int(nearest[placing.placed()].sum(dtype=np.int64)),
        seed=seed,
        moves=moves,
        complete=complete,
    )


def _seated(
    problem: ParkProblem,
    board: Board,
    order: Ints,
    held: list[Held],
    locked: Locks | None,
    seed: int,
) -> Placing:
    """Return the placing; whom locked seats leave without one that meets the need is not placed."""
    period, room, start = (_by_entry(order, board.entry[:, c]) for c in (PERIOD, ROOM, AT))
    after = np.full(len(order), -1, dtype=np.int32)
    for one in held:
        second = int(order[one.second])
        period[second], room[second], start[second] = one.period, one.room, one.start
        after[second] = order[one.first]
    given = locked.seat if locked is not None else np.full(len(order), -1, dtype=np.int32)
    seat = _drawn_seats(problem, period, room, start, after >= 0, given, seed)
    end = start + problem.own_minutes()
    without = seat < 0
    without |= np.isin(after, np.flatnonzero(without)) & (after >= 0)
    columns = [period, room, seat, start, end, after]
    for column in columns:
        column[without] = -1
    return Placing(*(column.astype(np.int32) for column in columns))


def _drawn_seats(
    problem: ParkProblem,
    period: Ints,
    room: Ints,
    start: Ints,
    later: Flags,
    given: Ints,
    seed: int,
) -> Ints:
    seat = seat_people(problem, period, room, given, (period >= 0) & ~later, seed)
    for then in np.unique(start[later]):
        those = later & (start == then)
        seat[those] = seat_people(problem, period, room, given, those, seed + 1)[those]
    return seat


def _by_entry(order: Ints, column: Ints) -> Ints:
    entries = np.empty(len(order), dtype=np.int32)
    entries[order] = column
    return entries
