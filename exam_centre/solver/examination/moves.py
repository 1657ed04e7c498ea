"""Moves of the search: each is judged first, and done where it costs no more than may be borne.

Every function returns whether the move was done. `most` is how much dearer the board may become.
No move ever breaks a rule between periods; only seats may lack, at `seat_price` each.
"""

from exam_centre.solver.engine.compiled import below, woven
from exam_centre.solver.examination.board import (
    NEVER,
    OVER,
    ROOMS,
    STAMP,
    Board,
    best_room,
    period_of,
    room_cost,
    room_gain,
    seat,
    settle,
    unseat,
)
from exam_centre.solver.examination.tables import FIRST, KIN, STUDENTS, WHO, Tables

SHORT_CHAIN = 4  # units; a chain k times as long is followed in one of k cases only,
RARELY = 64  # as each of its units leads to it; none is rarer than so
BESIDE = 2  # reading the table of pairs costs so many times a list's next row


@woven
def try_period(t: Tables, b: Board, unit: int, period: int, most: int, seat_price: int) -> bool:
    """Move a unit to a period; whatever stands against it there changes places with it."""
    before = b.period[unit]
    if before == period or before < 0:
        return False
    if b.against[unit, period] > 0:
        units, dearer = _chain(t, b, unit, period)
        return units > 0 and _follow(t, b, units, dearer, most, seat_price)
    dearer = b.cost[unit, period] - b.cost[unit, before]
    first = t.unit[unit, FIRST]
    if t.unit[unit + 1, FIRST] - first > 1:
        b.chain[0, 0], b.chain[0, 1] = unit, period
        return _follow(t, b, 1, dearer, most, seat_price)
    exam = t.members[first]
    dearer -= room_gain(t, b, exam, before, seat_price)
    if dearer > most:
        return False
    room, price = best_room(t, b, exam, period, below(b.random, len(t.room)), seat_price)
    if dearer + price > most:
        return False
    unseat(t, b, exam, before)
    seat(t, b, exam, period, room)
    settle(t, b, unit, period)
    return True


@woven
def try_swap(t: Tables, b: Board, unit: int, other: int, most: int, seat_price: int) -> bool:
    """Let two units that could be in each other's periods change places."""
    here, there = b.period[unit], b.period[other]
    if here == there or here < 0 or there < 0:
        return False
    if b.against[unit, there] > 0 or b.against[other, here] > 0:
        return False
    dearer = b.cost[unit, there] - b.cost[unit, here] + b.cost[other, here] - b.cost[other, there]
    b.chain[0, 0], b.chain[0, 1] = unit, there
    b.chain[1, 0], b.chain[1, 1] = other, here
    return _follow(t, b, 2, dearer, most, seat_price)


@woven
def try_room(t: Tables, b: Board, exam: int, room: int, most: int, seat_price: int) -> bool:
    """Move an exam to another room of its period."""
    if b.room[exam] == room or b.room[exam] < 0:
        return False
    period = period_of(t, b, exam)
    price = room_cost(t, b, exam, period, room, seat_price)
    if price - room_gain(t, b, exam, period, seat_price) > most:
        return False
    unseat(t, b, exam, period)
    seat(t, b, exam, period, room)
    return True


@woven
def try_room_swap(t: Tables, b: Board, exam: int, other: int, most: int, seat_price: int) -> bool:
    """Let two exams of one period change rooms."""
    room, to = b.room[exam], b.room[other]
    if room == to:
        return False
    period = period_of(t, b, exam)
    before = b.totals[ROOMS] + seat_price * b.totals[OVER]
    unseat(t, b, exam, period)
    unseat(t, b, other, period)
    if (
        room_cost(t, b, exam, period, to, 0) < NEVER
        and room_cost(t, b, other, period, room, 0) < NEVER
    ):
        seat(t, b, exam, period, to)
        seat(t, b, other, period, room)
        if b.totals[ROOMS] + seat_price * b.totals[OVER] - before <= most:
            return True
        unseat(t, b, exam, period)
        unseat(t, b, other, period)
    seat(t, b, exam, period, room)
    seat(t, b, other, period, to)
    return False


@woven
def _chain(t: Tables, b: Board, unit: int, period: int) -> tuple[int, int]:
    """Build the chain of units that change between two periods with `unit`: how many, how dear.

    0 units: something else stands against it, or the chain is longer than is drawn.
    Source  Kempe chains, as in J. M. Thompson & K. A. Dowsland, "Variants of simulated annealing
            for the examination timetabling problem", Ann. Oper. Res. 63, 1996, 105-128.
    """
    b.totals[STAMP] += 1
    here = b.period[unit]
    near = t.near[here, period]
    b.chain[0, 0], b.chain[0, 1] = unit, period
    b.mark[unit] = b.totals[STAMP]
    longest = SHORT_CHAIN * RARELY // (1 + below(b.random, RARELY))
    units, dearer, at = 1, 0, 0
    while at < units:
        one, to = b.chain[at, 0], b.chain[at, 1]
        at += 1
        dearer += b.cost[one, to] - b.cost[one, here + period - to]
        left = b.against[one, to]
        # Whichever list is shorter is gone through: the units of the period, or those at odds.
        odds = t.unit[one + 1, KIN] - t.unit[one, KIN]
        by_period = b.held[to] * BESIDE < odds
        for k in range(b.held[to] if by_period else odds):
            if left == 0:
                break
            other, students = _at_odds(t, b, one, to, k, by_period)
            if other < 0:
                continue
            left -= 1
            dearer += students * near
            if b.mark[other] != b.totals[STAMP]:
                if units == longest:
                    return 0, 0
                b.mark[other] = b.totals[STAMP]
                b.chain[units, 0], b.chain[units, 1] = other, here + period - to
                units += 1
        if left > 0:
            return 0, 0
    return units, dearer


@woven
def _at_odds(t: Tables, b: Board, one: int, to: int, k: int, by_period: bool) -> tuple[int, int]:
    """Return the k-th unit of a list if it is in a period and at odds with `one`, or else -1.

    The second number is the students of both.
    """
    if by_period:
        other = b.there[to, k]
        return (other, t.joint[one, other] - 1) if t.joint[one, other] > 0 else (-1, 0)
    at = t.unit[one, KIN] + k
    other = t.kin[at, WHO]
    return (other, t.kin[at, STUDENTS]) if b.period[other] == to else (-1, 0)


@woven
def _follow(t: Tables, b: Board, units: int, dearer: int, most: int, seat_price: int) -> bool:
    """Move the units of the chain, which make periods so much dearer, if their rooms allow."""
    if dearer - _most_gained(t, b, units, seat_price) > most:
        return False
    before = b.totals[ROOMS] + seat_price * b.totals[OVER]
    exams = 0
    for k in range(units):
        unit = b.chain[k, 0]
        for m in range(t.unit[unit, FIRST], t.unit[unit + 1, FIRST]):
            exam, period = t.members[m], b.period[unit]
            b.journal[exams, 0], b.journal[exams, 1], b.journal[exams, 2] = exam, k, b.room[exam]
            exams += 1
            unseat(t, b, exam, period)
    dearer += b.totals[ROOMS] + seat_price * b.totals[OVER] - before
    seated = 0
    while seated < exams and dearer <= most:
        exam, to = b.journal[seated, 0], b.chain[b.journal[seated, 1], 1]
        room, price = best_room(t, b, exam, to, below(b.random, len(t.room)), seat_price)
        dearer += price
        if price < NEVER:
            seat(t, b, exam, to, room)
            seated += 1
    if seated == exams and dearer <= most:
        for k in range(units):
            settle(t, b, b.chain[k, 0], b.chain[k, 1])
        return True
    for k in range(seated):
        unseat(t, b, b.journal[k, 0], b.chain[b.journal[k, 1], 1])
    for k in range(exams):
        exam = b.journal[k, 0]
        seat(t, b, exam, b.period[b.chain[b.journal[k, 1], 0]], b.journal[k, 2])
    return False


@woven
def _most_gained(t: Tables, b: Board, units: int, seat_price: int) -> int:
    """Return what leaving their rooms saves the units of the chain at most."""
    gained = 0
    for k in range(units):
        unit = b.chain[k, 0]
        for m in range(t.unit[unit, FIRST], t.unit[unit + 1, FIRST]):
            # Two of one length that leave a room together may save what neither saves alone.
            gained += room_gain(t, b, t.members[m], b.period[unit], seat_price) + t.mixed
    return gained
