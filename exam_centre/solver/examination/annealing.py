"""Annealing: drawn moves, and the best plan without a lacking seat."""

from typing import NamedTuple

import numpy as np

from exam_centre.solver.engine.annealing_rule import bearable
from exam_centre.solver.engine.arrays import Ints, Longs
from exam_centre.solver.engine.compiled import bare, below, woven
from exam_centre.solver.examination.board import OVER, PERIODS, ROOMS, UNSETTLED, Board
from exam_centre.solver.examination.moves import try_period, try_room, try_room_swap, try_swap
from exam_centre.solver.examination.tables import FIRST, UNIT, Tables
from exam_centre.solver.examination.tuning import FINE, WHOLE_SHARE

NO_COST = 2**60


class Found(NamedTuple):
    """The best feasible placing so far, of E exams in U units."""

    period: Ints  # (U,)
    room: Ints  # (E,)
    least: Longs  # (1,) its cost, NO_COST: there is none yet

    @staticmethod
    def none_yet(t: Tables) -> "Found":
        """Return the place for a placing, empty."""
        return Found(
            np.full(len(t.base), -1, dtype=np.int32),
            np.full(len(t.exam), -1, dtype=np.int32),
            np.full(1, NO_COST, dtype=np.int64),
        )

    def cost(self) -> int | None:
        """Return the cost of the placing, None where there is none."""
        return int(self.least[0]) if self.least[0] < NO_COST else None


@bare
def anneal(
    t: Tables,
    b: Board,
    found: Found,
    table: Ints,
    temperature: int,
    seat_price: int,
    moves: int,
    shares: Longs,
) -> int:
    """Try `moves` moves at one temperature (in 1/FINE of a cost); return how many were done.

    shares  (3,) of WHOLE_SHARE, cumulative: changes of period; swaps of two units; changes of
            room. What is left over are swaps of two rooms.
    """
    units, exams = len(b.period), len(b.room)
    periods, rooms = b.cost.shape[1], len(t.room)
    done = 0
    for _ in range(moves):
        most = bearable(b.random, table, temperature) // FINE
        kind = below(b.random, WHOLE_SHARE)
        if kind < shares[0]:
            unit, period = below(b.random, units), below(b.random, periods)
            moved = try_period(t, b, unit, period, most, seat_price)
        elif kind < shares[1]:
            unit, other = below(b.random, units), below(b.random, units)
            moved = try_swap(t, b, unit, other, most, seat_price)
        elif kind < shares[2]:
            exam, room = below(b.random, exams), below(b.random, rooms)
            moved = try_room(t, b, exam, room, most, seat_price)
        else:
            moved = _two_rooms(t, b, below(b.random, exams), most, seat_price)
        if moved:
            done += 1
            _keep_best(b, found)
    return done


@woven
def _keep_best(b: Board, found: Found) -> None:
    if b.totals[OVER] > 0 or b.totals[UNSETTLED] > 0:
        return
    cost = b.totals[PERIODS] + b.totals[ROOMS]
    if cost >= found.least[0]:
        return
    found.least[0] = cost
    for unit in range(len(b.period)):
        found.period[unit] = b.period[unit]
    for exam in range(len(b.room)):
        found.room[exam] = b.room[exam]


@woven
def _two_rooms(t: Tables, b: Board, exam: int, most: int, seat_price: int) -> bool:
    """Let an exam and a drawn one of its period change rooms."""
    period = b.period[t.exam[exam, UNIT]]
    if period < 0:
        return False
    unit = b.there[period, below(b.random, b.held[period])]
    first = t.unit[unit, FIRST]
    other = t.members[first + below(b.random, t.unit[unit + 1, FIRST] - first)]
    return try_room_swap(t, b, exam, other, most, seat_price)
