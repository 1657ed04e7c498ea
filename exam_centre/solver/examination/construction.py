"""The first plan: units one by one, always the one with the fewest periods left."""

import numpy as np

from exam_centre.solver.engine.arrays import Longs
from exam_centre.solver.engine.compiled import bare, below, woven
from exam_centre.solver.examination.board import (
    NEVER,
    OVER,
    PEOPLE,
    UNSETTLED,
    Board,
    seat_unit,
    settle,
    unseat,
)
from exam_centre.solver.examination.tables import (
    ALONE,
    FIRST,
    KIN,
    LATER,
    ORDER,
    SEATS,
    SIZE,
    UNIT,
    WHO,
    WITH,
    Tables,
)

ROUNDS = 40  # so often, on average, a unit may be placed before the rest is left over
SEAT_PRICE = 1_000  # far above what a place costs otherwise


def construct(t: Tables, b: Board) -> None:
    """Place the units without a period; at need others give way. Some may be left unsettled.

    Source  D. Brelaz, "New methods to color the vertices of a graph", Comm. ACM 22(4), 1979.
    """
    units = len(b.period)
    people = np.add.reduceat(t.exam[t.members, SIZE], t.unit[:-1, FIRST])
    alone = np.maximum.reduceat(t.exam[t.members, ALONE].astype(np.int64), t.unit[:-1, FIRST])
    kin = np.diff(t.unit[:, KIN]).astype(np.int64)
    _place_all(t, b, (alone << 40) + (kin << 20) + people, ROUNDS * units, SEAT_PRICE)


def force(t: Tables, b: Board) -> None:
    """Place what is left where least stands against it, and seat it where most seats are free.

    For problems without a solution: their plans are to show how little is missing.
    """
    for unit in np.flatnonzero(b.period < 0):
        b.period[unit] = int(np.argmin(b.against[unit]))
    for exam in np.flatnonzero(b.room < 0):
        period = b.period[t.exam[exam, UNIT]]
        free = t.room[:, SEATS] - b.taken[period, :, PEOPLE]
        b.room[exam] = int(np.argmax(free))
        b.taken[period, b.room[exam], PEOPLE] += t.exam[exam, SIZE]


@bare
def _place_all(t: Tables, b: Board, rank: Longs, steps: int, seat_price: int) -> None:
    for _ in range(steps):
        if b.totals[UNSETTLED] == 0:
            return
        unit = _hardest(b, rank)
        period = _cheapest(t, b, unit, seat_price)
        if period < 0:
            period = _made_free(t, b, unit)
            if period < 0:
                continue
            if not _seatable(t, b, unit, period, seat_price):
                while b.held[period] > 0:
                    _give_way(t, b, b.there[period, 0])
        if seat_unit(t, b, unit, period, seat_price):
            settle(t, b, unit, period)


@woven
def _hardest(b: Board, rank: Longs) -> int:
    best, fewest = -1, 0
    for unit in range(len(b.period)):
        if b.period[unit] >= 0:
            continue
        free = 0
        for period in range(b.against.shape[1]):
            free += b.against[unit, period] == 0
        if best < 0 or free < fewest or (free == fewest and rank[unit] > rank[best]):
            best, fewest = unit, free
    return best


@woven
def _cheapest(t: Tables, b: Board, unit: int, seat_price: int) -> int:
    """Return the period where a unit and its rooms cost least, -1 where none is free."""
    best, least = -1, NEVER
    for period in range(b.against.shape[1]):
        if b.against[unit, period] > 0:
            continue
        over = b.totals[OVER]
        if not seat_unit(t, b, unit, period, seat_price):
            continue
        price = b.cost[unit, period] + seat_price * (b.totals[OVER] - over)
        _unseat_unit(t, b, unit, period)
        if price < least:
            best, least = period, price
    return best


@woven
def _made_free(t: Tables, b: Board, unit: int) -> int:
    """Free a drawn period of whatever stands against a unit; -1 where it is too short."""
    period = below(b.random, b.against.shape[1])
    for _ in range(2):  # of two drawn, where fewer stand against it
        other = below(b.random, b.against.shape[1])
        if t.barred[unit, period] or (
            not t.barred[unit, other] and b.against[unit, other] < b.against[unit, period]
        ):
            period = other
    if t.barred[unit, period]:
        return -1
    for k in range(t.unit[unit, KIN], t.unit[unit + 1, KIN]):
        other = t.kin[k, WHO]
        if b.period[other] == period:
            _give_way(t, b, other)
    for k in range(t.unit[unit, ORDER], t.unit[unit + 1, ORDER]):
        other = t.order[k, WITH]
        at = b.period[other]
        if at >= 0 and (at >= period if t.order[k, LATER] else at <= period):
            _give_way(t, b, other)
    return period


@woven
def _give_way(t: Tables, b: Board, unit: int) -> None:
    _unseat_unit(t, b, unit, b.period[unit])
    settle(t, b, unit, -1)


@woven
def _seatable(t: Tables, b: Board, unit: int, period: int, seat_price: int) -> bool:
    if not seat_unit(t, b, unit, period, seat_price):
        return False
    _unseat_unit(t, b, unit, period)
    return True


@woven
def _unseat_unit(t: Tables, b: Board, unit: int, period: int) -> None:
    for k in range(t.unit[unit, FIRST], t.unit[unit + 1, FIRST]):
        unseat(t, b, t.members[k], period)
