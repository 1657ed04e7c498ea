"""Repair, the beginning: which places of a former plan keep every rule of a changed problem."""

import numpy as np

from exam_centre.solver.engine.arrays import Flags, Ints
from exam_centre.solver.park.board import AT, FIXED, LOCKED, PERIOD, Board
from exam_centre.solver.park.giving_way import put_back
from exam_centre.solver.park.holding import Held, Holding
from exam_centre.solver.park.plan import Locks, Placing
from exam_centre.solver.park.problem import ParkProblem
from exam_centre.solver.park.tables import (
    ALONE,
    LEFT_HANDED,
    NEEDS,
    OWN,
    WHEELCHAIR,
    Tables,
)


def places_that_stand(
    problem: ParkProblem, before: Placing, may: Flags, locked: Locks | None
) -> Flags:
    """Return (E,) whether each former place is there still and suits its entry, seen alone.

    may  (E, P) the periods an entry may be sat in; an entry held over has times of its own, and
         is judged beside the one it follows. A seat that two hold is its first holder's, or
         whose lock it is.
    """
    periods, rooms, seats = len(problem.periods), len(problem.rooms), len(problem.seats)
    stands = (before.period >= 0) & (before.period < periods)
    stands &= (before.room >= 0) & (before.room < rooms)
    stands &= (before.seat >= 0) & (before.seat < seats)
    at = np.flatnonzero(stands)
    period, room, seat = before.period[at], before.room[at], before.seat[at]
    who, paper = problem.entries.candidate[at], problem.entries.paper[at]
    people = problem.candidates
    good = problem.seats.room[seat] == room
    good &= problem.rooms.open[room, period]
    good &= (problem.papers.kinds[paper] >> problem.rooms.kind[room]) & 1 == 1
    good &= problem.seats.wheelchair[seat] | ~people.wheelchair[who]
    good &= problem.seats.left_handed[seat] | ~people.left_handed[who]
    good &= may[at, period] | (before.held_over_after[at] >= 0)
    if locked is not None:
        good &= locked.room[at] < 0
    stands[at] = good
    stands &= _first_holders(before, stands, locked)
    return _in_few_sittings(problem, before, stands)


def _first_holders(before: Placing, stands: Flags, locked: Locks | None) -> Flags:
    """Return (E,) False where a seat is another's at the time; held-over entries come later."""
    at = np.flatnonzero(stands & (before.held_over_after < 0))
    keys = np.stack([before.period[at], before.seat[at]])
    first_of_all = 0
    if locked is not None:
        given = np.flatnonzero((locked.seat >= 0) & (locked.held_over_after < 0))
        keys = np.concatenate([np.stack([locked.period[given], locked.seat[given]]), keys], axis=1)
        first_of_all = len(given)
    _, first = np.unique(keys, axis=1, return_index=True)
    holds = np.zeros(keys.shape[1], dtype=np.bool_)
    holds[first] = True
    result = np.ones(len(stands), dtype=np.bool_)
    result[at] = holds[first_of_all:]
    return result


def _in_few_sittings(problem: ParkProblem, before: Placing, stands: Flags) -> Flags:
    """Return the same without the thinnest sittings of papers that may have so many no longer."""
    count = np.zeros(problem.papers.periods.shape, dtype=np.int64)
    np.add.at(count, (problem.entries.paper[stands], before.period[stands]), 1)
    rank = np.argsort(np.argsort(-count, axis=1, kind="stable"), axis=1, kind="stable")
    keeps = rank < problem.papers.max_sittings[:, None]
    result = stands.copy()
    result[stands] = keeps[problem.entries.paper[stands], before.period[stands]]
    return result


def offers(problem: ParkProblem, seat: Ints) -> Ints:
    """Return what desks offer, in bits as of needs."""
    given: Ints = (
        problem.seats.wheelchair[seat] * WHEELCHAIR + problem.seats.left_handed[seat] * LEFT_HANDED
    ).astype(np.int32)
    return given


def settle_at_home(
    problem: ParkProblem,
    tables: Tables,
    board: Board,
    holding: Holding,
    order: Ints,
    before: Placing,
    stands: Flags,
) -> None:
    """Put everybody back whose former place stands and goes with all the others'.

    While at home an entry counts as needing what its desk offers, as nobody else can have that.
    """
    rows = np.flatnonzero(stands[order] & (before.held_over_after[order] < 0)).astype(np.int32)
    entries = order[rows]
    own = tables.entry[rows, NEEDS].copy()
    tables.entry[rows, NEEDS] = own & ALONE | offers(problem, before.seat[entries])
    put_back(tables, board, rows, before.room[entries], before.period[entries])
    left = board.entry[rows, FIXED] == 0
    tables.entry[rows[left], NEEDS] = own[left]
    for second in np.flatnonzero(stands[order] & (before.held_over_after[order] >= 0)):
        _hold(problem, tables, board, holding, order, before, int(second))


def _hold(
    problem: ParkProblem,
    tables: Tables,
    board: Board,
    holding: Holding,
    order: Ints,
    before: Placing,
    second: int,
) -> None:
    """Hold an entry over as before, if the one it followed is at home; both are locked then."""
    entry = int(order[second])
    first = int(np.flatnonzero(order == before.held_over_after[entry])[0])
    period, room = int(before.period[entry]), int(before.room[entry])
    if board.entry[first, PERIOD] != period or not board.entry[first, FIXED]:
        return
    start = int(board.entry[first, AT] + tables.entry[first, OWN])
    start += problem.rules.isolation_minutes
    held = Held(first, second, period, room, start, start + int(tables.entry[second, OWN]))
    if holding.can(held):
        board.entry[first, FIXED] = LOCKED
        holding.add(held)
