"""The state of a search: every exam's period and room, with every cost and count up to date.

For each unit and period the board holds what the unit would cost there against all other units,
and how much stands against it; so a change of period is judged by two look-ups. Both change only
when a unit is really moved.
"""

from typing import NamedTuple

import numpy as np

from exam_centre.solver.engine.arrays import Ints, Longs
from exam_centre.solver.engine.compiled import Words, stream, woven
from exam_centre.solver.examination.tables import (
    ALONE,
    FIRST,
    KIN,
    LATER,
    LENGTH,
    ORDER,
    PENALTY,
    SEATS,
    SIZE,
    STUDENTS,
    UNIT,
    WHO,
    WITH,
    Tables,
)

# Places of Board.totals.
PERIODS, ROOMS, OVER, UNSETTLED, WRITTEN, STAMP = range(6)
# Columns of Board.taken.
PEOPLE, EXAMS, SOLITARY, MIXED = range(4)

NEVER = 2**40  # a cost no rule bears


class Board(NamedTuple):
    """E exams in U units, P periods, R rooms, L lengths; -1: no period or room yet."""

    period: Ints  # (U,)
    room: Ints  # (E,)
    cost: Ints  # (U, P) penalties of the period and what the students of placed units cost
    against: Ints  # (U, P) how many placed units, orders and short periods forbid it
    taken: Ints  # (P, R, 4) students; exams; exams that must be alone; different lengths
    lengths: Ints  # (P, R, L) exams of each length
    totals: Longs  # (6,) cost of periods and students; of rooms; seats too few; see above
    journal: Ints  # (2 E + 2, 3) exam, period and room before, to be undone
    there: Ints  # (P, U) units of a period, held[period] of them
    held: Ints  # (P,)
    spot: Ints  # (U,) a unit's place in the list of its period
    chain: Ints  # (U, 2) units of a chain; the period each goes to
    mark: Longs  # (U,) the last chain a unit was in
    random: Words  # (1,)


def empty_board(t: Tables, seed: int) -> Board:
    """Return a board with nothing placed."""
    units, periods = t.base.shape
    exams, rooms = len(t.exam), len(t.room)
    totals = np.zeros(6, dtype=np.int64)
    totals[UNSETTLED] = units
    return Board(
        period=np.full(units, -1, dtype=np.int32),
        room=np.full(exams, -1, dtype=np.int32),
        cost=t.base.copy(),
        against=t.barred.copy(),
        taken=np.zeros((periods, rooms, 4), dtype=np.int32),
        lengths=np.zeros((periods, rooms, t.lengths), dtype=np.int32),
        totals=totals,
        journal=np.zeros((2 * exams + 2, 3), dtype=np.int32),
        there=np.zeros((periods, units), dtype=np.int32),
        held=np.zeros(periods, dtype=np.int32),
        spot=np.zeros(units, dtype=np.int32),
        chain=np.zeros((units, 2), dtype=np.int32),
        mark=np.zeros(units, dtype=np.int64),
        random=stream(seed),
    )


@woven
def room_cost(t: Tables, b: Board, exam: int, period: int, room: int, seat_price: int) -> int:
    """Return what an exam adds to the costs of rooms there, NEVER where one must be alone."""
    price = t.room[room, PENALTY]
    if b.taken[period, room, EXAMS] > 0:
        if b.taken[period, room, SOLITARY] > 0 or t.exam[exam, ALONE] > 0:
            return NEVER
        if b.lengths[period, room, t.exam[exam, LENGTH]] == 0:
            price += t.mixed
    lacking = b.taken[period, room, PEOPLE] + t.exam[exam, SIZE] - t.room[room, SEATS]
    if lacking > 0:
        price += seat_price * min(lacking, t.exam[exam, SIZE])
    return int(price)


@woven
def room_gain(t: Tables, b: Board, exam: int, period: int, seat_price: int) -> int:
    """Return what a seated exam costs in its room, so much less without it."""
    room = b.room[exam]
    price = t.room[room, PENALTY]
    if b.taken[period, room, MIXED] > 1 and b.lengths[period, room, t.exam[exam, LENGTH]] == 1:
        price += t.mixed
    lacking = b.taken[period, room, PEOPLE] - t.room[room, SEATS]
    if lacking > 0:
        price += seat_price * min(lacking, t.exam[exam, SIZE])
    return int(price)


@woven
def seat(t: Tables, b: Board, exam: int, period: int, room: int) -> None:
    """Put an exam that has no room into one."""
    _count(t, b, exam, period, room, 1)
    b.room[exam] = room


@woven
def unseat(t: Tables, b: Board, exam: int, period: int) -> None:
    """Take an exam out of its room."""
    _count(t, b, exam, period, b.room[exam], -1)
    b.room[exam] = -1


@woven
def _count(t: Tables, b: Board, exam: int, period: int, room: int, step: int) -> None:
    size, seats, length = t.exam[exam, SIZE], t.room[room, SEATS], t.exam[exam, LENGTH]
    people = b.taken[period, room, PEOPLE]
    b.taken[period, room, PEOPLE] = people + step * size
    b.totals[OVER] += max(0, people + step * size - seats) - max(0, people - seats)
    b.taken[period, room, EXAMS] += step
    b.taken[period, room, SOLITARY] += step * t.exam[exam, ALONE]
    b.totals[ROOMS] += step * t.room[room, PENALTY]
    of_length = b.lengths[period, room, length]
    b.lengths[period, room, length] = of_length + step
    if of_length == 0 or of_length + step == 0:
        mixed = b.taken[period, room, MIXED]
        b.taken[period, room, MIXED] = mixed + step
        b.totals[ROOMS] += t.mixed * (max(0, mixed + step - 1) - max(0, mixed - 1))


@woven
def best_room(
    t: Tables, b: Board, exam: int, period: int, start: int, seat_price: int
) -> tuple[int, int]:
    """Return the cheapest room of a period and its cost; of equals the first from `start` on."""
    best, least = start, NEVER
    rooms = len(t.room)
    room = start
    for _ in range(rooms):
        price = room_cost(t, b, exam, period, room, seat_price)
        if price < least:
            best, least = room, price
            if price == 0:
                break
        room += 1
        if room == rooms:
            room = 0
    return best, least


@woven
def settle(t: Tables, b: Board, unit: int, period: int) -> None:
    """Give a unit its period, or take it away (-1); its exams' rooms are not touched."""
    before = b.period[unit]
    _list(b, unit, before, period)
    periods = b.cost.shape[1]
    for k in range(t.unit[unit, KIN], t.unit[unit + 1, KIN]):
        other, students = t.kin[k, WHO], t.kin[k, STUDENTS]
        if before >= 0:
            b.against[other, before] -= 1
        if period >= 0:
            b.against[other, period] += 1
        if students == 0:
            continue
        if before >= 0 and period >= 0:
            for q in range(periods):
                b.cost[other, q] += students * (t.near[period, q] - t.near[before, q])
        elif period >= 0:
            for q in range(periods):
                b.cost[other, q] += students * t.near[period, q]
        else:
            for q in range(periods):
                b.cost[other, q] -= students * t.near[before, q]
    _settle_order(t, b, unit, before, -1)
    _settle_order(t, b, unit, period, 1)


@woven
def _list(b: Board, unit: int, before: int, period: int) -> None:
    if before >= 0:
        b.totals[PERIODS] -= b.cost[unit, before]
        b.held[before] -= 1
        last = b.there[before, b.held[before]]
        b.there[before, b.spot[unit]] = last
        b.spot[last] = b.spot[unit]
    else:
        b.totals[UNSETTLED] -= 1
    if period >= 0:
        b.totals[PERIODS] += b.cost[unit, period]
        b.there[period, b.held[period]] = unit
        b.spot[unit] = b.held[period]
        b.held[period] += 1
    else:
        b.totals[UNSETTLED] += 1
    b.period[unit] = period


@woven
def _settle_order(t: Tables, b: Board, unit: int, period: int, step: int) -> None:
    if period < 0:
        return
    for k in range(t.unit[unit, ORDER], t.unit[unit + 1, ORDER]):
        other = t.order[k, WITH]
        if t.order[k, LATER]:
            for q in range(period, b.against.shape[1]):
                b.against[other, q] += step
        else:
            for q in range(period + 1):
                b.against[other, q] += step


@woven
def seat_unit(t: Tables, b: Board, unit: int, period: int, seat_price: int) -> bool:
    """Seat each exam of a unit at its best; False, and none seated, where one finds no room."""
    from_, to = t.unit[unit, FIRST], t.unit[unit + 1, FIRST]
    for k in range(from_, to):
        exam = t.members[k]
        room, price = best_room(t, b, exam, period, 0, seat_price)
        if price >= NEVER:
            for done in range(from_, k):
                unseat(t, b, t.members[done], period)
            return False
        seat(t, b, exam, period, room)
    return True


@woven
def period_of(t: Tables, b: Board, exam: int) -> int:
    """Return the period of an exam."""
    return int(b.period[t.exam[exam, UNIT]])
